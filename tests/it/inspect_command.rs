//! `convlens inspect`: the figures add up, and impossible wishes are refused.

use candle_core::{Device, safetensors};
use convlens_core::network::{Preset, weights};
use serde_json::{Value, json};

use super::commands::{fault, json as parse, output};

fn answer(arguments: &[&str]) -> Value {
    let shared = ["--data", "synthetic", "--json"];
    parse(&output(&[&["inspect"], arguments, &shared].concat()))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

fn flat(rows: &Value) -> Vec<f64> {
    let rows = rows.as_array().unwrap().iter();
    rows.flat_map(|row| row.as_array().unwrap().iter().map(number))
        .collect()
}

#[test]
fn a_value_of_a_later_convolution_adds_up_from_its_channels() {
    let answer = answer(&[
        "--image", "0", "--layer", "conv2", "--filter", "1", "--at", "5,3",
    ]);
    let field =
        |row: i32, side: i32| json!({"row": row, "column": row - 4, "height": side, "width": side});
    assert_eq!(answer["receptive_field"]["picture"], field(10, 8));
    assert_eq!(
        answer["receptive_field"]["layer_before"],
        json!({"row": 5, "column": 3, "height": 3, "width": 3})
    );
    let sums = answer["partial_sums"].as_array().unwrap();
    assert_eq!(sums.len(), 64);
    let model = weights::built_in().unwrap();
    let file = safetensors::load_buffer(&weights::to_bytes(&model).unwrap(), &Device::Cpu).unwrap();
    let filter = file["conv2.weight"].get(1).unwrap(); // (64, 3, 3)
    let mut total = 0.0;
    for partial in sums {
        let (patch, kernel) = (flat(&partial["patch"]), flat(&partial["kernel"]));
        let channel = partial["channel"].as_u64().unwrap() as usize;
        let saved = filter.get(channel).unwrap().flatten_all().unwrap();
        let saved = saved.to_vec1::<f32>().unwrap();
        assert!(
            kernel
                .iter()
                .zip(saved)
                .all(|(a, b)| (a - f64::from(b)).abs() < 1e-9)
        );
        let products: f64 = patch.iter().zip(&kernel).map(|(x, w)| x * w).sum();
        assert!((products - number(&partial["sum"])).abs() < 1e-6);
        total += number(&partial["sum"]);
    }
    assert!((total - number(&answer["sum"])).abs() < 1e-9);
    let before = total + number(&answer["bias"]);
    assert!((before - number(&answer["pre_activation"])).abs() < 1e-6);
    let rounding = number(&answer["value"]) - before.max(0.0);
    assert!(rounding.abs() < 1e-5);
    assert!((rounding - number(&answer["difference"])).abs() < 1e-9);
}

#[test]
fn a_class_score_shows_its_softmax() {
    let answer = answer(&["--layer", "dense2", "--filter", "9"]);
    let shares = answer["probabilities"].as_array().unwrap();
    assert!((shares.iter().map(number).sum::<f64>() - 1.0).abs() < 1e-9);
    assert_eq!(answer["logits"][9], answer["value"]);
    assert_eq!(answer["terms"].as_array().unwrap().len(), 24);
    assert_eq!(answer["rest_count"], 128 - 24);
    let spoken = output(&[
        "inspect",
        "--layer",
        "dense2",
        "--filter",
        "9",
        "--data",
        "synthetic",
    ]);
    for words in [
        "image 0, dense2, unit 9",
        "120 other inputs",
        "bias",
        "softmax of class 9",
    ] {
        assert!(spoken.contains(words), "{words}: {spoken}");
    }
}

#[test]
fn a_file_without_that_layer_or_cell_is_refused_with_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dense.safetensors");
    let model = convlens_core::network::Model::random(&Preset::Dense.spec(), 1).unwrap();
    weights::save(&model, &path).unwrap();
    let path = path.display().to_string();
    for (arguments, words) in [
        (
            vec![path.as_str(), "--layer", "conv1", "--at", "0,0"],
            "choose one of dense1, dense2",
        ),
        (
            vec!["--layer", "conv2", "--filter", "64", "--at", "0,0"],
            "choose 0 to 63",
        ),
        (
            vec!["--layer", "conv2", "--at", "11,0"],
            "choose rows 0 to 10",
        ),
        (vec!["--layer", "conv2"], "add --at ROW,COLUMN"),
        (vec!["--layer", "dense1", "--at", "0,0"], "leave out --at"),
        (
            vec!["--layer", "conv1", "--at", "0,0", "--image", "10000"],
            "choose 0 to 9999",
        ),
    ] {
        let line = fault(&[&["inspect", "--data", "synthetic"], arguments.as_slice()].concat());
        assert!(line.contains(words), "{arguments:?}: {line}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    use std::process::{Command, Stdio};
    let mut program = Command::new(assert_cmd::cargo::cargo_bin("convlens"))
        .args(["inspect", "--image", "0", "--layer", "conv2"])
        .args(["--filter", "1", "--at", "5,3", "--data", "synthetic"])
        .arg("--json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    let output = program.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
