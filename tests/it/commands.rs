//! The real program without its window.

use std::path::Path;

use assert_cmd::Command;
use candle_core::Device;
use serde_json::Value;

fn convlens(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("convlens").expect("the program is built");
    command.args(arguments);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a command that must work; its standard output.
pub fn output(arguments: &[&str]) -> String {
    text(&convlens(arguments).assert().success().get_output().stdout)
}

/// Runs a command that must fail; its one line on standard error.
pub fn fault(arguments: &[&str]) -> String {
    let assert = convlens(arguments).assert().failure();
    let stderr = text(&assert.get_output().stderr);
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    stderr
}

pub fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn train_evaluate_summary_and_maps_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let weights = file("weights.safetensors");
    let lines = output(&[
        "train",
        "--network",
        "16-16",
        "--epochs",
        "2",
        "--batch",
        "16",
        "--learning-rate",
        "0.002",
        "--seed",
        "3",
        "--images",
        "320",
        "--data",
        "synthetic",
        "--threads",
        "1",
        "--out",
        &weights,
        "--json",
    ]);
    let epochs: Vec<Value> = lines.lines().map(json).collect();
    assert_eq!(epochs.len(), 2);
    for (number, epoch) in epochs.iter().enumerate() {
        assert_eq!(epoch["epoch"], number + 1);
        assert_eq!(epoch["images"], 320);
        let seconds = epoch["seconds"].as_f64().unwrap();
        let speed = epoch["images_per_second"].as_f64().unwrap();
        assert!((speed * seconds - 320.0).abs() < 1e-6);
        for field in ["train_loss", "test_loss", "seconds_evaluate"] {
            assert!(epoch[field].as_f64().unwrap() > 0.0, "{field}");
        }
        for field in ["train_accuracy", "test_accuracy"] {
            assert!(
                (0.0..=1.0).contains(&epoch[field].as_f64().unwrap()),
                "{field}"
            );
        }
    }

    let evaluated = json(&output(&[
        "evaluate",
        &weights,
        "--data",
        "synthetic",
        "--json",
    ]));
    assert_eq!(evaluated["images"], 10_000);
    assert_eq!(evaluated["accuracy"], epochs[1]["test_accuracy"]);
    assert!(evaluated["seconds"].as_f64().unwrap() > 0.0);

    let summary = json(&output(&["summary", &weights, "--json"]));
    assert_eq!(summary["layers"][0]["name"], "conv1");
    assert_eq!(
        summary["layers"][0]["output_shape"],
        serde_json::json!([16, 26, 26])
    );
    assert_eq!(summary["total"], 55_098);

    let arrays = file("maps.npz");
    output(&[
        "maps",
        &weights,
        "--images",
        "0,7",
        "--data",
        "synthetic",
        "--out",
        &arrays,
    ]);
    check_arrays(Path::new(&arrays));

    let figure = file("figure.png");
    output(&[
        "maps",
        &weights,
        "--filter",
        "2",
        "--range",
        "per-layer",
        "--data",
        "synthetic",
        "--out",
        &figure,
    ]);
    let figure = image::open(&figure).unwrap();
    assert!(figure.width() > 2000 && figure.height() > 1500);
}

fn check_arrays(path: &Path) {
    let arrays = candle_core::npy::NpzTensors::new(path).unwrap();
    let get = |name: &str| {
        arrays
            .get(name)
            .unwrap()
            .unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(get("images").to_vec1::<i64>().unwrap(), [0, 7]);
    assert_eq!(get("labels").to_vec1::<i64>().unwrap(), [9, 6]);
    assert_eq!(get("pixels").dims(), [2, 28, 28]);
    let probabilities = get("probabilities");
    assert_eq!(probabilities.dims(), [2, 10]);
    let sums = probabilities.sum(1).unwrap().to_vec1::<f32>().unwrap();
    assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5), "{sums:?}");
    for (name, side) in [("conv1", 26), ("pool1", 13), ("conv2", 11), ("pool2", 5)] {
        let maps = get(name);
        assert_eq!(maps.dims(), [2, 16, side, side], "{name}");
        let lowest = maps
            .flatten_all()
            .unwrap()
            .min(0)
            .unwrap()
            .to_scalar::<f32>()
            .unwrap();
        assert!(lowest >= 0.0, "{name} is after ReLU");
    }
    assert!(matches!(get("conv1").device(), Device::Cpu));
}

#[test]
fn summary_agrees_with_keras() {
    for (network, total) in [
        ("dense", 101_770),
        ("64-64", 243_786),
        ("one-conv", 1_386_506),
        ("three-conv", 84_106),
        ("lenet-5", 61_706),
        ("vgg-small", 468_394),
        ("resnet-small", 78_426),
    ] {
        let summary = json(&output(&["summary", "--network", network, "--json"]));
        assert_eq!(summary["total"], total, "{network}");
    }
    // The running means and variances of its four batch normalizations are not trained.
    let summary = json(&output(&["summary", "--network", "vgg-small", "--json"]));
    assert_eq!(summary["trainable"], 468_010);
    let summary = json(&output(&["summary", "--network", "lenet-5", "--json"]));
    assert_eq!(summary["trainable"], 61_706);
    assert_eq!(summary["multiply_adds"], 416_520);
    let table = output(&["summary"]);
    assert!(
        table.contains("64×26×26") && table.contains("243786"),
        "{table}"
    );
}

#[test]
fn faults_are_one_line_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let damaged = path("damaged.safetensors");
    std::fs::write(&damaged, b"\x40\0\0\0\0\0\0\0{\"cut off").unwrap();
    for (arguments, words) in [
        (vec!["train", "--epochs", "0"], vec!["epochs", "choose 1"]),
        (vec!["train", "--momentum", "0.9"], vec!["momentum", "sgd"]),
        (
            vec!["train", "--optimizer", "rmsprop", "--nesterov"],
            vec!["Nesterov", "sgd"],
        ),
        (
            vec!["train", "--label-smoothing", "1"],
            vec!["label smoothing", "below 1"],
        ),
        (
            vec!["train", "--augment", "flip,blur"],
            vec!["blur", "flip, shift, turn"],
        ),
        (
            vec!["train", "--augment", "zoom=0.9"],
            vec!["zoom 0.9", "0 to 0.5"],
        ),
        (
            vec!["train", "--patience", "3"],
            vec!["patience", "validation"],
        ),
        (
            vec!["train", "--learning-rate", "nan"],
            vec!["learning rate"],
        ),
        (
            vec![
                "train",
                "--data",
                "synthetic",
                "--out",
                "/no/such/folder/w.safetensors",
            ],
            vec!["/no/such/folder", "create"],
        ),
        (
            vec!["evaluate", damaged.as_str()],
            vec!["damaged.safetensors", "save the weights again"],
        ),
        (
            vec!["evaluate", "missing.safetensors"],
            vec!["missing.safetensors", "exists"],
        ),
        (
            vec!["evaluate", "--data", "/no/such/data"],
            vec!["/no/such/data", "download"],
        ),
        (vec!["maps", "--out", "maps.txt"], vec!["maps.txt", ".png"]),
        (
            vec![
                "maps",
                "--data",
                "synthetic",
                "--images",
                "0,10000",
                "--out",
                "m.png",
            ],
            vec!["10000", "choose 0 to 9999"],
        ),
        (
            vec![
                "maps",
                "--data",
                "synthetic",
                "--filter",
                "64",
                "--out",
                "m.png",
            ],
            vec!["filter 64", "choose 0 to 63"],
        ),
    ] {
        let line = fault(&arguments);
        for word in words {
            assert!(line.contains(word), "{arguments:?}: {line}");
        }
    }
}

#[test]
fn commands_speak_english_whatever_the_system_does() {
    let said = |locale: &str, arguments: &[&str]| {
        let mut command = convlens(arguments);
        for name in ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANGUAGE", "LANG"] {
            command.env(name, locale);
        }
        let output = command.output().unwrap();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    for arguments in [
        &["--help"][..],
        &["train", "--help"],
        &["train", "--epoch", "3"],
        &["train", "--epochs", "0"],
        &["summary", "--network", "64-64"],
        &["evaluate", "missing.safetensors"],
        &["runs", "rename", "99", "x", "--runs", "/no/such"],
    ] {
        let english = said("C.UTF-8", arguments);
        assert_eq!(said("es_ES.UTF-8", arguments), english, "{arguments:?}");
    }
    let (status, out, misused) = said("es_ES.UTF-8", &["train", "--epoch", "3"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(
        misused.contains("'--epochs'") && misused.contains("Usage: convlens train"),
        "{misused}"
    );
}

#[test]
fn a_failed_figure_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("missing").join("figure.png");
    fault(&[
        "maps",
        "--data",
        "synthetic",
        "--out",
        &target.display().to_string(),
    ]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn without_a_display_the_window_points_at_the_commands() {
    let mut command = convlens(&[]);
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let assert = command.assert().failure();
    let stderr = text(&assert.get_output().stderr);
    if cfg!(all(unix, not(target_os = "macos"))) {
        assert!(
            stderr.contains("no display") && stderr.contains("evaluate"),
            "{stderr}"
        );
    }
}

#[test]
fn a_network_name_that_is_none_lists_the_names() {
    let assert = convlens(&["train", "--network", "65-65"])
        .assert()
        .failure();
    let stderr = text(&assert.get_output().stderr);
    assert!(
        stderr.contains("64-64") && stderr.contains("three-conv"),
        "{stderr}"
    );
}
