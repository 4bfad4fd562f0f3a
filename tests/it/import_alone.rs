//! Weights alone of Keras, of models among the layers of others: their order is found or the file is refused.

use std::fs;
use std::path::{Path, PathBuf};

use convlens::text::Language;
use convlens_core::network::import::{self, ImportError, ImportFault};
use convlens_core::network::{LayerSpec, Model, NetworkSpec, Padding};
use hdf5_pure::{AttrValue, FileBuilder};

/// A group of layers: a layer of this name, kernel and number, or a model.
enum Group {
    Layer(&'static str, Vec<u64>, f32),
    Model(String, Vec<Group>),
}

use Group::Layer;

fn model(name: &str, layers: impl IntoIterator<Item = Group>) -> Group {
    Group::Model(name.to_owned(), layers.into_iter().collect())
}

fn conv(name: &'static str, inputs: u64, filters: u64, number: f32) -> Group {
    Layer(name, vec![3, 3, inputs, filters], number)
}

/// The file that Keras 3 would write, with `layers` as the name of the groups of layers.
fn written(folder: &Path, groups: &[Group], layers: &str) -> PathBuf {
    fn add(into: &mut hdf5_pure::GroupBuilder, groups: &[Group], layers: &str) {
        for group in groups {
            match group {
                Layer(name, dims, number) => {
                    let mut layer = into.create_group(name);
                    let mut vars = layer.create_group("vars");
                    let values = vec![*number; dims.iter().product::<u64>() as usize];
                    vars.create_dataset("0")
                        .with_f32_data(&values)
                        .with_shape(dims);
                    let units = *dims.last().unwrap();
                    vars.create_dataset("1")
                        .with_f32_data(&vec![*number; units as usize])
                        .with_shape(&[units]);
                    layer.add_group(vars.finish());
                    into.add_group(layer.finish());
                }
                Group::Model(name, within) => {
                    let mut model = into.create_group(name);
                    let mut inner = model.create_group(layers);
                    add(&mut inner, within, layers);
                    model.add_group(inner.finish());
                    into.add_group(model.finish());
                }
            }
        }
    }
    let mut file = FileBuilder::new();
    let mut all = file.create_group(layers);
    add(&mut all, groups, layers);
    file.add_group(all.finish());
    let path = folder.join("nested.weights.h5");
    fs::write(&path, file.finish().unwrap()).unwrap();
    path
}

/// The number of each layer, in the network's order.
fn numbers(model: &Model) -> Vec<f32> {
    let parameters = (0..model.layers().len()).filter_map(|layer| model.parameters(layer));
    let first = parameters.map(|parameters| {
        let values = parameters.weight.flatten_all().unwrap();
        values.to_vec1::<f32>().unwrap()[0]
    });
    first.collect()
}

fn fault(path: &Path, asked: Option<&NetworkSpec>) -> ImportFault {
    let error = match asked {
        Some(asked) => import::open_as(path, Some(asked)).unwrap_err(),
        None => import::open(path).unwrap_err(),
    };
    assert_ne!(Language::Es.text().import_error(&error), error.to_string());
    match error {
        ImportError::File { fault, .. } => fault,
        ImportError::Own(error) => panic!("{error}"),
    }
}

fn is_unordered(fault: &ImportFault) -> bool {
    matches!(fault, ImportFault::Unordered(_))
}

#[test]
fn models_within_a_model_are_counted_as_numbers_not_as_words() {
    let folder = tempfile::tempdir().unwrap();
    for layers in ["layers", "_layer_checkpoint_dependencies"] {
        let blocks = (0..11).map(|block| {
            let name = match block {
                0 => "sequential".to_owned(),
                _ => format!("sequential_{block}"),
            };
            let inputs = if block == 0 { 1 } else { 8 };
            model(&name, [conv("conv2d", inputs, 8, block as f32)])
        });
        let groups: Vec<Group> = blocks
            .chain([Layer("dense", vec![8 * 6 * 6, 10], 11.0)])
            .collect();
        let path = written(folder.path(), &groups, layers);
        let expected: Vec<f32> = (0..12).map(|n| n as f32).collect();
        let network = vec![LayerSpec::conv(8, 3, Padding::Valid); 11];
        let asked = NetworkSpec::new(network);
        let opened = import::open_as(&path, Some(&asked)).unwrap();
        assert_eq!(numbers(&opened.model), expected);
    }
}

#[test]
fn where_a_model_within_a_model_stands_is_told_by_shapes_or_the_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // 28 − 4 = 24 pixels a side.
    let dense = |number| Layer("dense", vec![8 * 24 * 24, 10], number);
    let open = |groups: &[Group]| import::open(&written(folder.path(), groups, "layers")).unwrap();
    let own_first = [
        conv("conv2d", 1, 4, 0.0),
        model("sequential", [conv("conv2d", 4, 8, 1.0)]),
        dense(2.0),
    ];
    assert_eq!(numbers(&open(&own_first).model), [0.0, 1.0, 2.0]);
    let own_last = [
        conv("conv2d", 4, 8, 1.0),
        model("functional", [conv("conv2d", 1, 4, 0.0)]),
        dense(2.0),
    ];
    assert_eq!(numbers(&open(&own_last).model), [0.0, 1.0, 2.0]);
    // 28 − 6 = 22 pixels a side.
    let either = [
        conv("conv2d", 1, 8, 0.0),
        conv("conv2d_1", 8, 8, 0.0),
        model("sequential", [conv("conv2d", 8, 8, 0.0)]),
        Layer("dense", vec![8 * 22 * 22, 10], 0.0),
    ];
    let path = written(folder.path(), &either, "layers");
    let asked = [LayerSpec::conv(8, 3, Padding::Valid); 3];
    let asked = NetworkSpec::new(asked.to_vec());
    for asked in [None, Some(&asked)] {
        let fault = fault(&path, asked);
        assert!(is_unordered(&fault), "{fault}");
    }
}

/// The layout of Keras 2: what was frozen in a model among the layers stands behind the rest of it.
#[test]
fn weights_of_a_partly_frozen_model_are_not_taken_in_the_order_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let conv = |name: &str, inputs: u64| {
        [
            (format!("{name}/kernel:0"), vec![3, 3, inputs, 8]),
            (format!("{name}/bias:0"), vec![8]),
        ]
    };
    let of_norm = |names: &[&str]| -> Vec<(String, Vec<u64>)> {
        let names = names.iter();
        names
            .map(|name| (format!("batch_normalization/{name}:0"), vec![8]))
            .collect()
    };
    let learnt = of_norm(&["gamma", "beta"]);
    let counted = of_norm(&["moving_mean", "moving_variance"]);
    let written = |name: &str, weights: Vec<(String, Vec<u64>)>| {
        let mut file = FileBuilder::new();
        let groups = ["base".to_owned(), "dense".to_owned()];
        file.set_attr("layer_names", AttrValue::StringArray(groups.to_vec()));
        let dense = vec![
            ("dense/kernel:0".to_owned(), vec![8 * 24 * 24, 10]),
            ("dense/bias:0".to_owned(), vec![10]),
        ];
        for (name, weights) in groups.iter().zip([weights, dense]) {
            let mut group = file.create_group(name);
            let names = weights.iter().map(|(name, _)| name.clone());
            group.set_attr("weight_names", AttrValue::StringArray(names.collect()));
            for (name, dims) in &weights {
                let (layer, variable) = name.split_once('/').unwrap();
                let mut within = group.create_group(layer);
                within
                    .create_dataset(variable)
                    .with_f32_data(&vec![0.5; dims.iter().product::<u64>() as usize])
                    .with_shape(dims);
                group.add_group(within.finish());
            }
            file.add_group(group.finish());
        }
        let path = folder.path().join(name);
        fs::write(&path, file.finish().unwrap()).unwrap();
        path
    };
    let (first, second) = (conv("conv2d", 1), conv("conv2d_1", 8));
    let whole = written("whole.h5", [&first[..], &second].concat());
    assert!(import::open(&whole).is_ok());
    let first_frozen = written("first.h5", [&second[..], &first].concat());
    // The second, behind what the normalization counts, which no training changes either.
    let [first, second, third] =
        [("a", 1), ("b", 8), ("c", 8)].map(|(name, inputs)| conv(name, inputs));
    let names = [&first[..], &learnt, &third, &counted, &second].concat();
    let second_frozen = written("second.h5", names);
    let mut layers = vec![LayerSpec::conv(8, 3, Padding::Valid); 3];
    layers.insert(1, LayerSpec::BATCH_NORM);
    let asked = NetworkSpec::new(layers);
    for (path, asked) in [(first_frozen, None), (second_frozen, Some(&asked))] {
        let fault = fault(&path, asked);
        assert!(is_unordered(&fault), "{fault}");
    }
}
