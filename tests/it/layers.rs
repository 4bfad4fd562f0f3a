//! Networks of every kind of layer in Keras and PyTorch, and what they learn.

use std::path::Path;
use std::sync::Arc;

use candle_core::{D, Device, Tensor};
use convlens::text::{Framework, Language};
use convlens_core::dataset::{self, Origin};
use convlens_core::network::export::{self, WeightsFormat};
use convlens_core::network::{
    Activation, LayerSpec, Model, NetworkSpec, Padding, Parameters, Preset, Real, Sides, import,
    read_toml, weights,
};
use convlens_core::training::{RunConfig, Session, Team, evaluate};

use super::import::models;
use super::independent::{difference, pictures};
use super::support::{python, root, run_python};

/// One of each kind. The match is here for the compiler to name a kind that is missing in the list.
fn every_kind() -> Vec<LayerSpec> {
    let all = vec![
        LayerSpec::conv(8, 3, Padding::Valid),
        LayerSpec::MAX_POOL,
        LayerSpec::AVERAGE_POOL,
        LayerSpec::GlobalAveragePool,
        LayerSpec::GlobalMaxPool,
        LayerSpec::BATCH_NORM,
        LayerSpec::DROPOUT,
        activation(Activation::Tanh),
        LayerSpec::Split,
        LayerSpec::Branch,
        LayerSpec::Add,
        LayerSpec::Concatenate,
        LayerSpec::dense(8),
    ];
    for layer in &all {
        match layer {
            LayerSpec::Conv { .. }
            | LayerSpec::MaxPool { .. }
            | LayerSpec::AveragePool { .. }
            | LayerSpec::GlobalAveragePool
            | LayerSpec::GlobalMaxPool
            | LayerSpec::BatchNorm { .. }
            | LayerSpec::Dropout { .. }
            | LayerSpec::Activation { .. }
            | LayerSpec::Split
            | LayerSpec::Branch
            | LayerSpec::Add
            | LayerSpec::Concatenate
            | LayerSpec::Dense { .. } => {}
        }
    }
    all
}

#[test]
fn every_kind_of_layer_is_in_the_table_of_the_docs() {
    let docs = std::fs::read_to_string(root().join("docs/files.md")).unwrap();
    let (_, table) = docs.split_once("## A network as TOML").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    for layer in every_kind() {
        let words = toml::to_string(&layer).unwrap();
        let words: toml::Table = words.parse().unwrap();
        let kind = words["type"].as_str().unwrap();
        assert!(table.contains(&format!("`{kind}`")), "{kind}");
    }
}

/// A convolution with everything that one may have.
fn any_conv(change: impl FnOnce(&mut LayerSpec)) -> LayerSpec {
    let mut layer = LayerSpec::conv(8, 3, Padding::Valid);
    change(&mut layer);
    layer
}

fn activation(function: Activation) -> LayerSpec {
    LayerSpec::Activation { function }
}

/// Branches within branches, of maps and of vectors, and one that hands on what it was given.
fn inception() -> Vec<LayerSpec> {
    use LayerSpec::{Add, Branch, Concatenate, Split};
    let conv = |filters, kernel| {
        let padding = if kernel == 1 {
            Padding::Valid
        } else {
            Padding::Same
        };
        LayerSpec::conv(filters, kernel, padding)
    };
    let pool = LayerSpec::MaxPool {
        size: Sides::square(3),
        stride: Some(Sides::square(1)),
        padding: Padding::Same,
    };
    vec![
        conv(4, 3),
        Split,
        conv(3, 1),
        Branch,
        conv(2, 1),
        Split,
        conv(2, 3),
        Branch,
        Concatenate,
        Branch,
        pool,
        conv(2, 5),
        Branch,
        Concatenate,
        LayerSpec::MAX_POOL,
        Split,
        LayerSpec::dense(12),
        Branch,
        LayerSpec::GlobalMaxPool,
        LayerSpec::dense(12),
        Add,
    ]
}

/// Networks that have every layer and every option of one among them.
fn networks() -> Vec<(String, NetworkSpec)> {
    let mobile = vec![
        any_conv(|layer| {
            if let LayerSpec::Conv {
                stride,
                bias,
                activation,
                padding,
                ..
            } = layer
            {
                (*stride, *bias) = (Sides::square(2), false);
                (*activation, *padding) = (Activation::None, Padding::Same);
            }
        }),
        LayerSpec::BATCH_NORM,
        activation(Activation::Relu6),
        any_conv(|layer| {
            if let LayerSpec::Conv {
                groups, padding, ..
            } = layer
            {
                (*groups, *padding) = (0, Padding::Same);
            }
        }),
        LayerSpec::conv(16, 1, Padding::Valid),
        LayerSpec::GlobalAveragePool,
        LayerSpec::DROPOUT,
    ];
    let windows = vec![
        any_conv(|layer| {
            if let LayerSpec::Conv {
                kernel,
                dilation,
                padding,
                ..
            } = layer
            {
                (kernel.height, kernel.width) = (5, 2);
                (dilation.height, dilation.width) = (2, 2);
                *padding = Padding::Pixels(2);
            }
        }),
        LayerSpec::MaxPool {
            size: Sides::square(3),
            stride: Some(Sides::square(2)),
            padding: Padding::Same,
        },
        any_conv(|layer| {
            if let LayerSpec::Conv { groups, stride, .. } = layer {
                (*groups, *stride) = (
                    2,
                    Sides {
                        height: 1,
                        width: 1,
                    },
                );
            }
        }),
        LayerSpec::AveragePool {
            size: Sides {
                height: 2,
                width: 3,
            },
            stride: Some(Sides::square(2)),
            padding: Padding::Valid,
            counts_padding: false,
        },
        LayerSpec::GlobalMaxPool,
        LayerSpec::BATCH_NORM,
        LayerSpec::Dense {
            units: 12,
            bias: false,
            activation: Activation::None,
        },
    ];
    let mut all = vec![
        ("lenet".to_owned(), Preset::LeNet5.spec()),
        ("vgg".to_owned(), Preset::VggSmall.spec()),
        ("mobile".to_owned(), NetworkSpec::new(mobile)),
        ("windows".to_owned(), NetworkSpec::new(windows)),
        ("resnet".to_owned(), Preset::ResNetSmall.spec()),
        ("inception".to_owned(), NetworkSpec::new(inception())),
    ];
    for (index, function) in Activation::ALL.into_iter().enumerate() {
        let dense = LayerSpec::Dense {
            units: 16,
            bias: true,
            activation: function,
        };
        let mut layers = vec![
            any_conv(|layer| {
                if let LayerSpec::Conv { activation, .. } = layer {
                    *activation = function;
                }
            }),
            LayerSpec::AVERAGE_POOL,
            dense,
        ];
        // Files of Keras leave out a layer that does nothing.
        if function != Activation::None {
            layers.push(activation(function));
        }
        all.push((format!("activation{index}"), NetworkSpec::new(layers)));
    }
    all
}

/// Random weights, with biases, means and variances that are not those of a new network, so that one in the wrong place is seen.
pub fn model(spec: &NetworkSpec) -> Model {
    let random = Model::random(spec, 5).unwrap();
    let waves = |like: &Tensor, mean: f32| {
        let count = like.elem_count();
        let values: Vec<f32> = (0..count)
            .map(|i| mean + 0.1 - 0.03 * (i % 7) as f32)
            .collect();
        Tensor::from_vec(values, count, &Device::Cpu).unwrap()
    };
    let parameters = (0..random.layers().len()).filter_map(|index| random.parameters(index));
    let parameters = parameters.map(|p| Parameters {
        weight: match &p.running {
            Some(_) => waves(&p.weight, 1.0),
            None => p.weight.clone(),
        },
        bias: p.bias.as_ref().map(|bias| waves(bias, 0.0)),
        running: p
            .running
            .as_ref()
            .map(|[mean, variance]| [waves(mean, 0.0), waves(variance, 0.8)]),
    });
    Model::from_parameters(spec, parameters.collect()).unwrap()
}

/// Keras's files name no GELU in its tanh form.
fn not_in_keras(spec: &NetworkSpec) -> bool {
    let tanh = activation(Activation::GeluTanh);
    spec.layers.contains(&tanh)
}

fn floats(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let words = bytes.as_chunks::<4>().0.iter();
    words.map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

#[test]
fn models_of_every_layer_come_back_from_files_with_every_weight() {
    let folder = tempfile::tempdir().unwrap();
    for (name, spec) in networks() {
        let model = model(&spec);
        let bytes = weights::to_bytes(&model).unwrap();
        for format in WeightsFormat::ALL {
            let path = folder.path().join(format!("{name}.{}", format.ending()));
            if let Err(error) = export::save(&model, format, &path) {
                let is_keras = matches!(format, WeightsFormat::Keras | WeightsFormat::KerasWeights);
                assert!(is_keras && not_in_keras(&spec), "{error}");
                continue;
            }
            // Dropout is not in it.
            let asked = (format != WeightsFormat::Onnx).then_some(&spec);
            let opened = import::open_as(&path, asked).unwrap_or_else(|e| panic!("{name}: {e}"));
            if format == WeightsFormat::Onnx {
                // What acts in training only is not in it: the same is computed.
                let test = pictures(2);
                let logits = |model: &Model| {
                    let x = model.input((0..2).map(|i| test.image(i))).unwrap();
                    model.logits(&x).unwrap()
                };
                let apart = difference(&logits(&opened.model), &logits(&model));
                assert!(apart < 1e-5, "{name}: {apart}");
                continue;
            }
            assert!(
                weights::to_bytes(&opened.model).unwrap() == bytes,
                "{name} {format:?}: {:?}, not {spec:?}",
                opened.model.spec()
            );
        }
    }
}

/// By the standard's own reference implementation, which also checks the file.
#[test]
fn exported_onnx_models_compute_the_same() {
    let test = "layers::exported_onnx_models_compute_the_same";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, ending: &str| folder.path().join(format!("{name}.{ending}"));
    let test = pictures(2);
    let bytes: Vec<u8> = (0..2).flat_map(|i| test.image(i).to_vec()).collect();
    for (name, spec) in networks() {
        std::fs::write(at(&name, "bin"), &bytes).unwrap();
        export::save(&model(&spec), WeightsFormat::Onnx, &at(&name, "onnx")).unwrap();
    }
    let script = root().join("tests/it/onnx_export.py");
    run_python(&python, &[&script, &folder.path()], folder.path());
    for (name, spec) in networks() {
        let model = model(&spec);
        let x = model.input((0..2).map(|i| test.image(i))).unwrap();
        let ours = model.logits(&x).unwrap();
        let theirs = floats(&at(&name, "logits"));
        let theirs = Tensor::from_vec(theirs, ours.shape(), &Device::Cpu).unwrap();
        let apart = difference(&ours, &theirs);
        assert!(apart < 1e-4, "{name}: {apart}");
    }
}

#[test]
fn keras_and_pytorch_compute_the_same_with_every_layer() {
    let test = "keras_and_pytorch_compute_the_same_with_every_layer";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let test = pictures(2);
    let bytes: Vec<u8> = (0..2).flat_map(|i| test.image(i).to_vec()).collect();
    std::fs::write(folder.path().join("pictures.bin"), bytes).unwrap();
    let at = |name: &str, ending: &str| folder.path().join(format!("{name}.{ending}"));
    for (name, spec) in networks() {
        let model = model(&spec);
        if !not_in_keras(&spec) {
            export::save(&model, WeightsFormat::Keras, &at(&name, "keras")).unwrap();
        }
        weights::save(&model, &at(&name, "safetensors")).unwrap();
        let names: Vec<&str> = model.layers().iter().map(|l| l.name.as_str()).collect();
        std::fs::write(at(&name, "layers"), names.join("\n")).unwrap();
        let text = Language::En.text();
        let config = RunConfig::new(spec.clone());
        let program = text.python(Framework::PyTorch, &config, &Origin::Synthetic);
        std::fs::write(at(&name, "py"), program.unwrap()).unwrap();
    }
    for kind in ["keras", "torch"] {
        let arguments: [&dyn AsRef<std::ffi::OsStr>; 3] =
            [&models().join("layers.py"), &kind, &folder.path()];
        run_python(&python, &arguments, folder.path());
        for (name, spec) in networks() {
            if kind == "keras" && not_in_keras(&spec) {
                continue;
            }
            let model = model(&spec);
            let x = model.input((0..2).map(|i| test.image(i))).unwrap();
            let logits = model.logits(&x).unwrap();
            let ours = match kind {
                "keras" => candle_nn::ops::softmax(&logits, D::Minus1).unwrap(),
                _ => logits,
            };
            let theirs = Tensor::from_vec(floats(&at(&name, "logits")), ours.shape(), &Device::Cpu);
            let apart = difference(&ours, &theirs.unwrap());
            assert!(apart < 1e-4, "{kind}, {name}: {apart}");
            if kind == "torch" {
                let opened = import::open(&at(&name, "onnx"));
                // Padding that is not the same on all sides is a layer there, whose numbers the graph computes.
                if ["mobile", "windows"].contains(&name.as_str()) {
                    let error = opened.unwrap_err().to_string();
                    assert!(
                        error.contains("Pad `") && error.contains("computed"),
                        "{error}"
                    );
                    continue;
                }
                let opened = opened.unwrap_or_else(|error| panic!("{error}")).model;
                let apart = difference(&opened.logits(&x).unwrap(), &ours);
                assert!(apart < 1e-4, "{name}.onnx: {apart}");
                continue;
            }
            for ending in ["keras", "h5", "weights.h5"] {
                let path = at(&format!("{name}-again"), ending);
                let again = import::open_as(&path, Some(&spec));
                let again = again.unwrap_or_else(|error| panic!("{error}"));
                let bytes = [&again.model, &model].map(|model| weights::to_bytes(model).unwrap());
                assert!(bytes[0] == bytes[1], "{}", path.display());
            }
        }
    }
}

#[test]
fn the_presets_learn_and_batch_normalization_is_frozen_in_testing() {
    // Running means take some hundred steps to come near.
    let data = Arc::new(dataset::synthetic(3200, 200));
    for (preset, epochs) in [
        (Preset::LeNet5, 4),
        (Preset::VggSmall, 4),
        (Preset::ResNetSmall, 4),
    ] {
        let config = RunConfig {
            threads: 2,
            ..RunConfig::new(preset.spec())
        };
        let mut session = Session::new(config, data.clone()).unwrap();
        session.plan_epochs(epochs);
        while !session.is_finished() {
            while !session.epoch_is_complete() {
                session.train_batch().unwrap();
            }
            session.end_epoch().unwrap();
        }
        let model = session.snapshot().unwrap();
        let team = &mut Team::new(2, "test").unwrap();
        let accuracy = evaluate(&model, &data.test, team).unwrap().accuracy;
        assert!(accuracy > 0.75, "{preset:?}: {accuracy}");
        // One picture alone gives what it gives among others.
        let all = (0..8).map(|i| data.test.image(i));
        let together = model.logits(&model.input(all).unwrap()).unwrap();
        for index in 0..8 {
            let alone = model.input([data.test.image(index)]).unwrap();
            let alone = model.logits(&alone).unwrap();
            let there = together.narrow(0, index, 1).unwrap();
            assert!(difference(&alone, &there) < 1e-4, "{preset:?}");
        }
    }
}

#[test]
fn a_network_of_every_layer_is_written_and_read_in_toml() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.toml");
    for (name, spec) in networks() {
        std::fs::write(&path, toml::to_string(&spec).unwrap()).unwrap();
        assert_eq!(read_toml(&path).unwrap(), spec, "{name}");
    }
    // Every default may be left out.
    let text = "layers = [{ type = \"conv\", filters = 4 }, { type = \"max_pool\" }, { type = \"batch_norm\" },
        { type = \"dropout\", rate = 0.25 }, { type = \"dense\", units = 8, activation = { elu = 1.0 } }]";
    std::fs::write(&path, text).unwrap();
    let read = read_toml(&path).unwrap();
    let expected = [
        LayerSpec::conv(4, 3, Padding::Valid),
        LayerSpec::MAX_POOL,
        LayerSpec::BATCH_NORM,
        LayerSpec::Dropout {
            rate: Real::new(0.25),
        },
        LayerSpec::Dense {
            units: 8,
            bias: true,
            activation: Activation::Elu(Real::new(1.0)),
        },
    ];
    assert_eq!(read.layers, expected);
}
