//! Layers models of TensorFlow.js: `model.json` and its files of weights, as its converter writes them.

use std::fs;
use std::path::{Path, PathBuf};

use convlens::text::Language;
use convlens_core::network::import::{self, ImportError, ImportFault};
use convlens_core::network::{Model, weights};
use half::f16;
use serde_json::{Value, json};

use super::import::models;
use super::support::zip_entries;

/// How the weights of a file are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rounded {
    No,
    Half,
    /// To so many steps from the smallest number to the largest.
    Steps(u16),
}

fn model() -> Model {
    import::open(&models().join("keras.keras")).unwrap().model
}

/// Writes the model of `keras.keras` into a folder, its weights in two files that are cut in the middle of one.
pub fn written(folder: &Path, rounded: Rounded, change: impl FnOnce(&mut Value)) -> PathBuf {
    let entries = zip_entries(&models().join("keras.keras"));
    let (_, config) = entries
        .iter()
        .find(|(name, _)| name == "config.json")
        .unwrap();
    let config: Value = serde_json::from_slice(config).unwrap();
    let names = config["config"]["layers"].as_array().unwrap().iter();
    let weighted =
        |layer: &&Value| layer["class_name"] == "Conv2D" || layer["class_name"] == "Dense";
    let mut names = names
        .filter(weighted)
        .map(|layer| layer["config"]["name"].clone());
    let model = model();
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for parameters in (0..model.layers().len()).filter_map(|layer| model.parameters(layer)) {
        let layer = names.next().unwrap();
        for (tensor, variable) in parameters.tensors().zip(["kernel", "bias"]) {
            let values: Vec<f32> = tensor.flatten_all().unwrap().to_vec1().unwrap();
            let name = format!("{}/{variable}", layer.as_str().unwrap());
            let mut entry = json!({ "name": name, "shape": tensor.dims(), "dtype": "float32" });
            match rounded {
                Rounded::No => bytes.extend(values.iter().flat_map(|value| value.to_le_bytes())),
                Rounded::Half => {
                    entry["quantization"] =
                        json!({ "dtype": "float16", "original_dtype": "float32" });
                    bytes.extend(values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()));
                }
                Rounded::Steps(steps) => {
                    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
                    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                    let scale = (most - least).max(1e-6) / f32::from(steps);
                    let dtype = if steps < 256 { "uint8" } else { "uint16" };
                    entry["quantization"] = json!({ "dtype": dtype, "min": least, "scale": scale });
                    for value in values {
                        let step = ((value - least) / scale).round() as u16;
                        match steps {
                            ..256 => bytes.push(step as u8),
                            _ => bytes.extend(step.to_le_bytes()),
                        }
                    }
                }
            }
            list.push(entry);
        }
    }
    let (first, second) = bytes.split_at(bytes.len() / 2 + 1);
    fs::write(folder.join("group1-shard1of2.bin"), first).unwrap();
    fs::write(folder.join("group1-shard2of2.bin"), second).unwrap();
    let mut json = json!({
        "format": "layers-model",
        "convertedBy": "TensorFlow.js Converter v1.3.1.1",
        "modelTopology": { "keras_version": "2.2.4-tf", "model_config": config },
        "weightsManifest": [{
            "paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"],
            "weights": list,
        }],
    });
    change(&mut json);
    let path = folder.join("model.json");
    fs::write(&path, json.to_string()).unwrap();
    path
}

fn flat(model: &Model) -> Vec<f32> {
    let layers = (0..model.layers().len()).filter_map(|layer| model.parameters(layer));
    let tensors = layers.flat_map(|parameters| parameters.tensors().cloned().collect::<Vec<_>>());
    let values = tensors.map(|tensor| tensor.flatten_all().unwrap().to_vec1().unwrap());
    values.collect::<Vec<Vec<f32>>>().concat()
}

#[test]
fn a_layers_model_opens_with_the_weights_of_the_keras_model() {
    let folder = tempfile::tempdir().unwrap();
    let expected = model();
    // As the converter writes it, and as TensorFlow.js itself does.
    let changes: [fn(&mut Value); 2] = [
        |_| {},
        |json| json["modelTopology"] = json["modelTopology"]["model_config"].clone(),
    ];
    for change in changes {
        let path = written(folder.path(), Rounded::No, change);
        let opened = import::open(&path).unwrap();
        assert_eq!(opened.format.name(), "TensorFlow.js (model.json)");
        let bytes = [&expected, &opened.model].map(|model| weights::to_bytes(model).unwrap());
        assert!(bytes[0] == bytes[1]);
    }
    for (rounded, most) in [
        (Rounded::Half, 1e-3),
        (Rounded::Steps(255), 1e-2),
        (Rounded::Steps(u16::MAX), 1e-4),
    ] {
        let path = written(folder.path(), rounded, |_| {});
        let opened = import::open(&path).unwrap().model;
        let (ours, theirs) = (flat(&opened), flat(&expected));
        let apart = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
        let apart = apart.fold(0.0, f32::max);
        assert!(apart > 0.0 && apart < most, "{rounded:?}: {apart}");
    }
}

/// Names are found whole, however short messages show them.
#[test]
fn layers_of_long_names_that_begin_alike_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let long = |name: &str| format!("{}{name}", "a_name_that_somebody_wrote_".repeat(12));
    let path = written(folder.path(), Rounded::No, |json| {
        let config = &mut json["modelTopology"]["model_config"]["config"];
        for layer in config["layers"].as_array_mut().unwrap() {
            let name = long(layer["config"]["name"].as_str().unwrap());
            layer["config"]["name"] = json!(name);
        }
        for weight in json["weightsManifest"][0]["weights"]
            .as_array_mut()
            .unwrap()
        {
            weight["name"] = json!(long(weight["name"].as_str().unwrap()));
        }
    });
    assert_eq!(flat(&import::open(&path).unwrap().model), flat(&model()));
}

/// What an optimizer keeps is not counted as the network's, which has a bound.
#[test]
fn the_optimizers_numbers_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = 26_000_000;
    let path = written(folder.path(), Rounded::No, |json| {
        let kept = json!({
            "name": "training/Adam/m", "shape": [numbers], "dtype": "uint8", "group": "optimizer",
        });
        let group = json!({ "paths": ["kept.bin"], "weights": [kept] });
        json["weightsManifest"]
            .as_array_mut()
            .unwrap()
            .insert(0, group);
    });
    fs::write(folder.path().join("kept.bin"), vec![1; numbers]).unwrap();
    assert_eq!(flat(&import::open(&path).unwrap().model), flat(&model()));
}

#[test]
fn what_is_damaged_or_elsewhere_is_named_and_no_other_path_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(folder.path().join("secret.bin"), vec![0; 1 << 16]).unwrap();
    let fault = |change: &dyn Fn(&mut Value)| {
        let path = written(&inner, Rounded::No, change);
        let error = import::open(&path).unwrap_err();
        assert!(!Language::Es.text().import_error(&error).is_empty());
        match error {
            ImportError::File { fault, .. } => fault,
            ImportError::Own(error) => panic!("{error}"),
        }
    };
    for path in ["../secret.bin", "/etc/passwd", "a\\b", "c:x", "."] {
        let found = fault(&|json| json["weightsManifest"][0]["paths"] = json!([path]));
        assert!(
            matches!(found, ImportFault::WeightsElsewhere(_)),
            "{path}: {found}"
        );
    }
    let missing = fault(&|json| json["weightsManifest"][0]["paths"] = json!(["no.bin"]));
    assert!(
        matches!(missing, ImportFault::WeightsBeside { .. }),
        "{missing}"
    );
    let cut = fault(&|json| json["weightsManifest"][0]["paths"] = json!(["group1-shard1of2.bin"]));
    assert!(matches!(cut, ImportFault::WeightsBeside { .. }), "{cut}");
    let graph = fault(&|json| json["format"] = json!("graph-model"));
    assert!(matches!(graph, ImportFault::GraphModel), "{graph}");
    let huge = fault(&|json| {
        json["weightsManifest"][0]["weights"][0]["shape"] = json!([1_u64 << 40, 1_u64 << 40]);
    });
    assert!(matches!(huge, ImportFault::TooManyWeights(_)), "{huge}");
    let renamed = fault(&|json| json["weightsManifest"][0]["weights"][0]["name"] = json!("a/b"));
    assert!(
        matches!(
            renamed,
            ImportFault::Missing(_) | ImportFault::Foreign { .. }
        ),
        "{renamed}"
    );
    // As where two models within the model have a layer of one name.
    let twice = fault(&|json| {
        let weights = &mut json["weightsManifest"][0]["weights"];
        let name = weights[0]["name"].as_str().unwrap();
        weights[2]["name"] = json!(format!("other/{name}"));
    });
    assert!(matches!(twice, ImportFault::Tangled(_)), "{twice}");
    let none = fault(&|json| json["weightsManifest"] = json!([]));
    assert!(matches!(none, ImportFault::Missing(_)), "{none}");
    // Any other file of JSON.
    fs::write(inner.join("model.json"), r#"{"layers": 3}"#).unwrap();
    let error = import::open(&inner.join("model.json")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("not a model that convlens can open"),
        "{error}"
    );
}
