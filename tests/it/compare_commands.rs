//! The commands that compare maps, explain a class and take a user's picture.

use std::path::Path;

use candle_core::npy::NpzTensors;
use serde_json::Value;

use super::commands::{fault, json, output};

const DATA: [&str; 2] = ["--data", "synthetic"];

fn answer(arguments: &[&str]) -> Value {
    json(&output(&[arguments, &DATA, &["--json"]].concat()))
}

fn floats(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|v| v.as_f64().unwrap()).collect()
}

/// Cosine and Pearson's r by plain float64 sums.
fn measures(a: &[f64], b: &[f64]) -> (f64, f64) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = |a: &[f64], b: &[f64]| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    let about_mean = |a: &[f64]| {
        let mean = a.iter().sum::<f64>() / a.len() as f64;
        a.iter().map(|v| v - mean).collect::<Vec<_>>()
    };
    (cosine(a, b), cosine(&about_mean(a), &about_mean(b)))
}

#[test]
fn compare_maps_measures_what_maps_saves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maps.npz").display().to_string();
    output(&[&["maps", "--images", "23,28,7", "--out", &file], &DATA[..]].concat());
    let arrays = NpzTensors::new(Path::new(&file)).unwrap();
    for (layer, filter) in [("conv1", Some(1)), ("conv1", None), ("pool2", Some(7))] {
        let number = filter.unwrap_or(0).to_string();
        let mut arguments = vec!["compare-maps", "--images", "23,28,7", "--layer", layer];
        if filter.is_some() {
            arguments.extend(["--filter", &number]);
        }
        let answer = answer(&arguments);
        assert_eq!(answer["filter"], serde_json::to_value(filter).unwrap());
        assert_eq!(answer["images"], serde_json::json!([23, 28, 7]));
        assert_eq!(answer["labels"], serde_json::json!([9, 9, 6]));
        let maps = arrays.get(layer).unwrap().unwrap();
        let vector = |image: usize| {
            let of_image = maps.get(image).unwrap();
            let chosen = filter.map_or(of_image.clone(), |f| of_image.get(f).unwrap());
            let values = chosen.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            values.into_iter().map(f64::from).collect::<Vec<_>>()
        };
        for (row, column) in (0..3).flat_map(|row| (0..3).map(move |column| (row, column))) {
            let (cosine, pearson) = measures(&vector(row), &vector(column));
            let found = |name: &str| floats(&answer[name][row])[column];
            assert!(
                (found("cosine") - cosine).abs() < 1e-9,
                "{layer} {filter:?}"
            );
            assert!(
                (found("pearson") - pearson).abs() < 1e-9,
                "{layer} {filter:?}"
            );
        }
        let pair = |place: usize, name: &str| answer["pairs"][place][name].as_f64().unwrap();
        assert_eq!(
            answer["within_classes"]["cosine"].as_f64(),
            Some(pair(0, "cosine"))
        );
        let between = f64::midpoint(pair(1, "pearson"), pair(2, "pearson"));
        let told = answer["between_classes"]["pearson"].as_f64().unwrap();
        assert!((told - between).abs() < 1e-12);
    }
}

#[test]
fn ready_made_sets_and_their_faults() {
    let notebook = answer(&["compare-maps", "--set", "notebook", "--layer", "conv2"]);
    assert_eq!(notebook["labels"], serde_json::json!([9, 1, 4, 6, 0, 9]));
    assert_eq!(notebook["within_classes"]["cosine_pairs"], 1);
    assert_eq!(notebook["between_classes"]["pearson_pairs"], 14);
    let random = |seed: &str| {
        let set = [
            "compare-maps",
            "--set",
            "same-class",
            "--class",
            "7",
            "--layer",
            "pool1",
        ];
        answer(&[&set[..], &["--seed", seed]].concat())["images"].clone()
    };
    assert_eq!(random("4"), random("4"));
    assert_ne!(random("4"), random("5"));
    let table = output(
        &[
            &["compare-maps", "--images", "23,28", "--layer", "conv1"],
            &DATA[..],
        ]
        .concat(),
    );
    assert!(
        table.contains("Ankle boot") && table.contains("1.000"),
        "{table}"
    );
    for (arguments, words) in [
        (
            vec!["--images", "23,28", "--layer", "conv9"],
            vec!["conv9", "conv1, pool1"],
        ),
        (
            vec!["--images", "23,28", "--layer", "conv1", "--filter", "64"],
            vec!["filter 64", "choose 0 to 63"],
        ),
        (
            vec!["--images", "23", "--layer", "conv1"],
            vec!["1 images", "choose 2"],
        ),
        (
            vec!["--images", "23,10000", "--layer", "conv1"],
            vec!["10000", "9999"],
        ),
    ] {
        let line = fault(&[&["compare-maps"], &arguments[..], &DATA[..]].concat());
        for word in words {
            assert!(line.contains(word), "{line}");
        }
    }
}

#[test]
fn explain_answers_for_any_class_and_for_a_picture_from_a_file() {
    let of_image = answer(&["explain", "--image", "0"]);
    assert_eq!(of_image["label"], 9);
    assert_eq!(of_image["class"], of_image["predicted"]);
    assert_eq!(of_image["occlusion"]["drops"].as_array().unwrap().len(), 12);
    assert_eq!(
        of_image["occlusion"]["pixels"].as_array().unwrap().len(),
        28
    );
    assert_eq!(of_image["grad_cam"]["layer"], "conv2");
    assert_eq!(of_image["grad_cam"]["map"].as_array().unwrap().len(), 11);
    let shirt = answer(&["explain", "--image", "0", "--class", "6", "--size", "28"]);
    let drop = floats(&shirt["occlusion"]["drops"][0])[0];
    let (whole, all) = (
        shirt["probability"].as_f64().unwrap(),
        shirt["occlusion"]["drops"].clone(),
    );
    assert!(drop <= whole && all.as_array().unwrap().len() == 1);
    let line = fault(&[&["explain", "--class", "10"], &DATA[..]].concat());
    assert!(
        line.contains("class 10") && line.contains("choose 0 to 9"),
        "{line}"
    );

    let pictures = super::support::root().join("tests/pictures");
    let file = |name: &str| pictures.join(name).display().to_string();
    let own = json(&output(&[
        "explain",
        "--picture",
        &file("turned.jpg"),
        "--json",
    ]));
    assert_eq!(own["image"], Value::Null);
    assert_eq!(own["grad_cam"]["layer"], "conv2");
    let line = fault(&["explain", "--picture", &file("README.md")]);
    assert!(
        line.contains("README.md") && line.contains("PNG, JPEG"),
        "{line}"
    );
}
