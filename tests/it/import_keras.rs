//! `.keras` files that were changed by hand: what does not fit is named, and nothing harmful is done.

use std::path::PathBuf;

use convlens::text::Language;
use convlens_core::network::import::{self, ImportError, ImportFault, LayerReason};
use convlens_core::network::{Normalization, Real, weights};
use hdf5_pure::AttrValue;
use serde_json::{Value, json};
use zip::CompressionMethod;

use super::import::{agrees, models};
use super::support::{write_zip, zip_entries};

/// The entries of the good file: name and content.
fn entries() -> Vec<(String, Vec<u8>)> {
    zip_entries(&models().join("keras.keras"))
}

fn packed(entries: &[(String, Vec<u8>)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inner").join("changed.keras");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    write_zip(&path, entries, CompressionMethod::Stored);
    (folder, path)
}

/// What is said about a file with these entries.
fn fault(entries: &[(String, Vec<u8>)]) -> ImportFault {
    let (_folder, path) = packed(entries);
    let error = import::open(&path).unwrap_err();
    assert!(!Language::Es.text().import_error(&error).is_empty());
    match error {
        ImportError::File { fault, .. } => fault,
        ImportError::Own(error) => panic!("{error}"),
    }
}

/// What is said about the good model with another description.
fn described(change: impl FnOnce(&mut Value)) -> ImportFault {
    let mut entries = entries();
    let config = entries
        .iter_mut()
        .find(|(name, _)| name == "config.json")
        .unwrap();
    let mut model = serde_json::from_slice(&config.1).unwrap();
    change(&mut model);
    config.1 = serde_json::to_vec(&model).unwrap();
    fault(&entries)
}

/// The faults of the layers, as number, class and reason.
fn faults(change: impl FnOnce(&mut Vec<Value>)) -> Vec<(usize, String, LayerReason)> {
    let fault = described(|model| change(model["config"]["layers"].as_array_mut().unwrap()));
    let ImportFault::Layers(faults) = fault else {
        panic!("{fault}")
    };
    faults
        .into_iter()
        .map(|fault| (fault.number, fault.class, fault.reason))
        .collect()
}

/// Where the first layer of a class stands.
fn place(layers: &[Value], class: &str) -> usize {
    layers
        .iter()
        .position(|layer| layer["class_name"] == class)
        .unwrap()
}

#[test]
fn every_layer_that_does_not_fit_is_named_with_its_reason() {
    let found = faults(|layers| {
        let (conv, pool) = (place(layers, "Conv2D"), place(layers, "MaxPooling2D"));
        layers[conv]["config"]["data_format"] = json!("channels_first");
        layers[pool]["class_name"] = json!("UpSampling2D");
        layers.insert(
            pool,
            json!({ "class_name": "LayerNormalization", "config": { "name": "norm" } }),
        );
    });
    let places: Vec<_> = found
        .iter()
        .map(|(number, class, _)| (*number, class.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (2, "Conv2D"),
            (5, "LayerNormalization"),
            (6, "UpSampling2D")
        ]
    );
    assert!(
        matches!(
            &found[0].2,
            LayerReason::Setting {
                option: "data_format",
                ..
            }
        ),
        "{found:?}"
    );
    assert!(
        found[1..]
            .iter()
            .all(|(_, _, reason)| *reason == LayerReason::Class),
        "{found:?}"
    );
}

#[test]
fn unknown_activations_and_missing_flatten_are_refused() {
    let softplus = faults(|layers| {
        let dense = place(layers, "Dense");
        layers[dense]["config"]["activation"] = json!("softplus");
    });
    assert!(
        matches!(&softplus[0].2, LayerReason::Setting { option: "activation", found, .. } if found == "softplus")
    );
    let unflattened = faults(|layers| {
        let flatten = place(layers, "Flatten");
        layers.remove(flatten);
    });
    assert!(
        unflattened
            .iter()
            .any(|fault| fault.2 == LayerReason::NoFlatten),
        "{unflattened:?}"
    );
}

#[test]
fn other_pictures_and_scales_are_refused() {
    for shape in [json!([null, 28, 28, 4]), json!([null, 7, 7, 1])] {
        let other = faults(|layers| layers[0]["config"]["batch_shape"] = shape);
        assert!(matches!(other[0].2, LayerReason::Input(_)));
    }
    let rescaling = |scale: f64, offset: f64| json!({ "class_name": "Rescaling", "config": { "name": "r", "scale": scale, "offset": offset } });
    let normal = |mean: Value, variance: f64| json!({ "class_name": "Normalization", "config": { "name": "n", "axis": [-1], "mean": mean, "variance": [variance], "invert": false } });
    for layer in [rescaling(0.0, 0.0), normal(json!([0.1, 0.2, 0.3]), 1.0)] {
        let turned = described(|model| {
            let layers = model["config"]["layers"].as_array_mut().unwrap();
            layers.insert(1, layer.clone());
        });
        let words = turned.to_string();
        assert!(!words.is_empty(), "{layer}");
    }
    let adapted = faults(|layers| layers.insert(1, normal(Value::Null, 1.0)));
    assert!(matches!(
        adapted[0].2,
        LayerReason::Setting { option: "mean", .. }
    ));

    // Bytes divided by 255 are what every network here gets; so are numbers that stay as they are. Others are normalized.
    let half = Some(Normalization {
        mean: vec![Real::new(0.5)],
        deviation: vec![Real::new(0.5)],
    });
    let turned = Some(Normalization {
        mean: vec![Real::new(1.0)],
        deviation: vec![Real::new(-1.0)],
    });
    for (before, normalization) in [
        (vec![rescaling(-1.0, 1.0)], turned.clone()),
        (vec![rescaling(-1.0 / 255.0, 1.0)], turned),
        (vec![rescaling(1.0 / 255.0, 0.0)], None),
        (vec![rescaling(1.0, 0.0)], None),
        (vec![rescaling(1.0 / 127.5, -1.0)], half.clone()),
        (vec![rescaling(2.0, -1.0)], half.clone()),
        (vec![normal(json!([[0.5]]), 0.25)], half.clone()),
        (
            vec![rescaling(1.0 / 255.0, 0.0), normal(json!([0.5]), 0.25)],
            half,
        ),
    ] {
        let mut entries = entries();
        let config = entries
            .iter_mut()
            .find(|(name, _)| name == "config.json")
            .unwrap();
        let mut model: Value = serde_json::from_slice(&config.1).unwrap();
        model["config"]["layers"]
            .as_array_mut()
            .unwrap()
            .splice(1..1, before);
        config.1 = serde_json::to_vec(&model).unwrap();
        let (_folder, path) = packed(&entries);
        let opened = import::open(&path).unwrap();
        assert_eq!(opened.model.spec().normalization, normalization);
    }
}

#[test]
fn descriptions_that_do_not_fit_the_weights_are_refused() {
    let more = described(|model| {
        let layers = model["config"]["layers"].as_array_mut().unwrap();
        let conv = place(layers, "Conv2D");
        layers[conv]["config"]["filters"] = json!(4);
    });
    assert!(matches!(more, ImportFault::Weights { .. }), "{more}");
    let own = described(|model| model["class_name"] = json!("MyModel"));
    assert!(matches!(own, ImportFault::NotSequential(_)));
    let huge = described(|model| {
        let layers = model["config"]["layers"].as_array_mut().unwrap();
        let conv = place(layers, "Conv2D");
        layers[conv]["config"]["filters"] = json!(u64::MAX);
    });
    assert!(matches!(huge, ImportFault::Network(_)), "{huge}");
}

/// A change to the layers of a description.
type Change = fn(&mut [Value]);

/// The model of the `.keras` file as a functional one, as Keras 2 and Keras 3 write what a layer reads.
#[test]
fn functional_models_open_and_a_tangle_is_named() {
    let keras_2 = |name: &str| json!([[[name, 0, 0, {}]]]);
    let keras_3 = |name: &str| {
        let tensor = json!({
            "class_name": "__keras_tensor__",
            "config": { "shape": [null], "dtype": "float32", "keras_history": [name, 0, 0] },
        });
        json!([{ "args": [tensor], "kwargs": {} }])
    };
    let functional = |model: &mut Value, reads: &dyn Fn(&str) -> Value| {
        model["class_name"] = json!("Functional");
        let layers = model["config"]["layers"].as_array_mut().unwrap();
        let mut before: Option<String> = None;
        for layer in layers.iter_mut() {
            let name = layer["config"]["name"].as_str().unwrap().to_owned();
            layer["name"] = json!(name);
            layer["inbound_nodes"] = before.as_deref().map_or(json!([]), reads);
            before = Some(name);
        }
        model["config"]["output_layers"] = json!([[before.unwrap(), 0, 0]]);
    };
    let sequential = import::open(&models().join("keras.keras")).unwrap().model;
    for reads in [&keras_2 as &dyn Fn(&str) -> Value, &keras_3] {
        let mut entries = entries();
        let config = entries.iter_mut().find(|(name, _)| name == "config.json");
        let config = &mut config.unwrap().1;
        let mut model: Value = serde_json::from_slice(config).unwrap();
        functional(&mut model, reads);
        *config = serde_json::to_vec(&model).unwrap();
        let (_folder, path) = packed(&entries);
        let opened = import::open(&path).unwrap().model;
        let bytes = [&sequential, &opened].map(|model| weights::to_bytes(model).unwrap());
        assert!(bytes[0] == bytes[1]);
    }
    let changes: [(&str, Change); 4] = [
        ("used twice", |layers| {
            let node = layers[1]["inbound_nodes"][0].clone();
            layers[1]["inbound_nodes"]
                .as_array_mut()
                .unwrap()
                .push(node);
        }),
        ("reads nothing that is there", |layers| {
            layers[1]["inbound_nodes"] = json!([[["nothing", 0, 0]]]);
        }),
        ("a circle", |layers| {
            let last = layers.last().unwrap()["name"].clone();
            layers[1]["inbound_nodes"] = json!([[[last, 0, 0]]]);
        }),
        ("reads no layer", |layers| {
            layers[1]["inbound_nodes"] = json!([{}]);
        }),
    ];
    // Flattened maps one behind the other are not the maps' channels one behind the other.
    let flattened = described(|model| {
        functional(model, &keras_2);
        let layers = model["config"]["layers"].as_array_mut().unwrap();
        let flatten = place(layers, "Flatten");
        let name = layers[flatten]["name"].as_str().unwrap().to_owned();
        let twice = [&name, &name].map(|name| json!([name, 0, 0, {}]));
        let join = json!({
            "class_name": "Concatenate",
            "name": "join",
            "config": { "name": "join", "axis": -1 },
            "inbound_nodes": [twice],
        });
        layers[flatten + 1]["inbound_nodes"] = keras_2("join");
        layers.insert(flatten + 1, join);
    });
    let ImportFault::Layers(faults) = &flattened else {
        panic!("{flattened}")
    };
    assert_eq!(faults[0].class, "Concatenate");
    assert_eq!(faults[0].reason, LayerReason::Place);
    for (what, change) in changes {
        let fault = described(|model| {
            functional(model, &keras_3);
            change(model["config"]["layers"].as_array_mut().unwrap());
        });
        assert!(matches!(fault, ImportFault::Tangled(_)), "{what}: {fault}");
    }
}

#[test]
fn deep_large_and_incomplete_archives_are_refused() {
    let with = |config: Vec<u8>| {
        let mut entries = entries();
        entries
            .iter_mut()
            .find(|(name, _)| name == "config.json")
            .unwrap()
            .1 = config;
        fault(&entries)
    };
    let deep = with(vec![b'['; 500_000]);
    assert!(matches!(deep, ImportFault::Config(_)), "{deep}");
    let large = with(vec![b' '; 2 << 20]);
    assert!(
        matches!(&large, ImportFault::EntryTooLarge { entry, .. } if entry == "config.json"),
        "{large}"
    );
    let without: Vec<_> = entries()
        .into_iter()
        .filter(|(name, _)| name != "model.weights.h5")
        .collect();
    let missing = fault(&without);
    assert!(matches!(&missing, ImportFault::NoEntry(entry) if entry == "model.weights.h5"));
    let crowded: Vec<_> = (0..5000).map(|n| (format!("{n}"), Vec::new())).collect();
    assert!(matches!(fault(&crowded), ImportFault::Archive(_)));
    let pickle = [("archive/data.pkl".to_owned(), Vec::new())];
    assert!(matches!(fault(&pickle), ImportFault::Torch(_)));
}

#[test]
fn nothing_is_unpacked() {
    let mut entries = entries();
    entries.push(("../escaped".to_owned(), b"outside".to_vec()));
    entries.push(("assets/inside".to_owned(), b"inside".to_vec()));
    let (folder, path) = packed(&entries);
    import::open(&path).unwrap();
    assert!(!folder.path().join("escaped").exists());
    assert_eq!(
        std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1
    );
}

/// A `.keras` file that somebody packed again.
#[test]
fn a_compressed_keras_file_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("packed.keras");
    write_zip(&file, &entries(), CompressionMethod::Deflated);
    let opened = import::open(&file).unwrap();
    agrees(&opened.model, &models().join("keras.expected.safetensors"));
    // Half a megabyte that unpacks to half a gigabyte of a description.
    let mut bomb = entries();
    for (name, content) in &mut bomb {
        if name == "config.json" {
            *content = vec![b' '; 64 << 20];
        }
    }
    write_zip(&file, &bomb, CompressionMethod::Deflated);
    let error = import::open(&file).unwrap_err().to_string();
    assert!(
        error.contains("`config.json` in the archive is larger"),
        "{error}"
    );
}

#[test]
fn a_file_whose_end_is_missing_is_said_to_be_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["keras.h5", "keras.weights.h5"] {
        let bytes = std::fs::read(models().join(name)).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error = import::open(&path).unwrap_err();
        let (found, whole) = (bytes.len() / 2, bytes.len());
        let words = format!("after {found} of {whole} bytes");
        assert!(error.to_string().contains(&words), "{error}");
        let spanish = Language::Es.text().import_error(&error);
        assert!(spanish.contains(&format!("tras {found} de {whole} bytes")));
    }
}

/// As Keras 1 wrote it: other names of settings and of weights, and the layers of a `Sequential` in place of its settings.
#[test]
fn a_model_of_keras_1_is_that_of_keras_2() {
    let expected = import::open(&models().join("keras.keras")).unwrap().model;
    let layer = |class: &str, name: &str, config: Value| {
        let mut layer = json!({ "class_name": class, "config": config });
        layer["config"]["name"] = json!(name);
        layer
    };
    let conv = |name: &str, filters: usize, side: usize, border: &str| {
        let config = json!({
            "nb_filter": filters, "nb_row": side, "nb_col": side, "subsample": [1, 1],
            "border_mode": border, "dim_ordering": "tf", "bias": true, "activation": "relu",
            "batch_input_shape": [null, 28, 28, 1],
        });
        layer("Convolution2D", name, config)
    };
    let pool = |name: &str| {
        let config = json!({
            "pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid", "dim_ordering": "tf",
        });
        layer("MaxPooling2D", name, config)
    };
    let dense = |name: &str, units: usize, activation: &str| {
        let config = json!({ "output_dim": units, "bias": true, "activation": activation });
        layer("Dense", name, config)
    };
    let config = json!({ "class_name": "Sequential", "config": [
        conv("convolution2d_1", 2, 3, "valid"),
        pool("maxpooling2d_1"),
        conv("convolution2d_2", 3, 5, "same"),
        pool("maxpooling2d_2"),
        layer("Flatten", "flatten_1", json!({})),
        dense("dense_1", 5, "relu"),
        layer("Dropout", "dropout_1", json!({ "p": 0.2 })),
        dense("dense_2", 10, "softmax"),
    ]});
    let mut file = hdf5_pure::FileBuilder::new();
    file.set_attr("model_config", AttrValue::String(config.to_string()));
    let mut groups = file.create_group("model_weights");
    let layers = 0..expected.layers().len();
    let parameters = layers.filter_map(|layer| expected.parameters(layer));
    let names = ["convolution2d_1", "convolution2d_2", "dense_1", "dense_2"];
    for (name, parameters) in names.into_iter().zip(parameters) {
        let variables = ["W", "b"].map(|variable| format!("{name}_{variable}:0"));
        let mut group = groups.create_group(name);
        group.set_attr("weight_names", AttrValue::StringArray(variables.to_vec()));
        for (variable, tensor) in variables.iter().zip(parameters.tensors()) {
            let values: Vec<f32> = tensor.flatten_all().unwrap().to_vec1().unwrap();
            let shape: Vec<u64> = tensor.dims().iter().map(|&side| side as u64).collect();
            group
                .create_dataset(variable)
                .with_f32_data(&values)
                .with_shape(&shape);
        }
        let group = group.finish();
        groups.add_group(group);
    }
    let groups = groups.finish();
    file.add_group(groups);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.h5");
    std::fs::write(&path, file.finish().unwrap()).unwrap();
    let opened = import::open(&path).unwrap().model;
    let conv_and_dense = |model: &convlens_core::network::Model| {
        let layers = 0..model.layers().len();
        let layers = layers.filter_map(|layer| model.parameters(layer));
        let tensors: Vec<_> = layers
            .flat_map(|layer| layer.tensors().cloned().collect::<Vec<_>>())
            .collect();
        let values = tensors
            .iter()
            .map(|tensor| tensor.flatten_all().unwrap().to_vec1().unwrap());
        values.collect::<Vec<Vec<f32>>>().concat()
    };
    assert_eq!(conv_and_dense(&opened), conv_and_dense(&expected));
    let label = opened.spec().label();
    assert_eq!(label, "2-p-3k5same-p-d5-do0.2");
}

/// What a model among the layers says that it takes is what those before it were once trained to give.
#[test]
fn a_model_behind_a_rescaling_takes_the_pictures_of_the_model_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("within.keras");
    let mut within = entries();
    for (name, content) in &mut within {
        if name != "config.json" {
            continue;
        }
        let mut model: Value = serde_json::from_slice(content).unwrap();
        let layers = model["config"]["layers"].as_array_mut().unwrap();
        let rescaling = json!({
            "class_name": "Rescaling",
            "config": { "name": "rescaling", "scale": 1.0 / 255.0, "offset": 0.0 },
        });
        let other_input = json!({
            "class_name": "InputLayer",
            "config": { "name": "inner", "batch_shape": [null, 96, 96, 3] },
        });
        // The first layers become a model of their own, of weights that are not counted with those around it.
        layers.insert(1, rescaling);
        layers.insert(
            2,
            json!({ "class_name": "Sequential", "config": { "name": "no_weights", "layers": [other_input] } }),
        );
        *content = serde_json::to_vec(&model).unwrap();
    }
    write_zip(&file, &within, CompressionMethod::Stored);
    let opened = import::open(&file).unwrap();
    let whole = import::open(&models().join("keras.keras")).unwrap();
    assert_eq!(opened.model.spec().input, whole.model.spec().input);
}
