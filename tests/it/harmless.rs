//! Names that would steer a terminal, in every kind of file that is read: what commands say of them
//! does no harm, and neither do tables in a spreadsheet.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use convlens_core::harmless::{clean, is_harmful};
use convlens_core::network::weights;
use convlens_core::training::runs::Store;
use image::GrayImage;
use safetensors::{Dtype, tensor::TensorView};
use serde_json::{Value, json};
use zip::CompressionMethod;

use super::import::models;
use super::import_onnx::replaced;
use super::readers::{DATASET, small_files};
use super::runs::record;
use super::support::{small_config, write_zip, zip_entries};

/// Clears the screen, names the window, rings, is red by one character, turns the rest round, hides
/// a letter's end and begins a line.
const EVIL: &str = "=evil\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{7f}\u{202e}\u{2066}\u{200b}\nline";

/// What a command says on both streams. No terminal would obey any of it.
fn said(runs: &Path, arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("convlens").expect("the program is built");
    let command = command.env("CONVLENS_RUNS", runs).args(arguments);
    let output = command.output().unwrap();
    let streams = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    for stream in &streams {
        let obeyed = |c: char| is_harmful(c) && c != '\n';
        assert!(!stream.contains(obeyed), "{arguments:?}: {stream:?}");
    }
    streams.concat()
}

/// The same of something that fails, with one line on standard error.
fn fault(arguments: &[&str]) -> String {
    let said = said(Path::new("/no/such/runs"), arguments);
    assert!(said.starts_with("convlens: "), "{arguments:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
    said
}

fn tensor(name: &str, metadata: Option<HashMap<String, String>>) -> Vec<u8> {
    let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    safetensors::serialize([(name, view)], metadata).unwrap()
}

/// The good `.keras` file with something changed in the description of its layers.
fn keras(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut entries = zip_entries(&models().join("keras.keras"));
    let config = entries.iter_mut().find(|(name, _)| name == "config.json");
    let config = &mut config.unwrap().1;
    let mut model: Value = serde_json::from_slice(config).unwrap();
    change(&mut model["config"]["layers"]);
    *config = serde_json::to_vec(&model).unwrap();
    write_zip(path, &entries, CompressionMethod::Stored);
}

#[test]
fn names_in_models_do_not_steer_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let write = |name: &str, bytes: &[u8]| fs::write(file(name), bytes).unwrap();
    keras(&file("class.keras"), |layers| {
        layers[1]["class_name"] = json!(EVIL);
        layers[1]["config"]["name"] = json!(EVIL);
    });
    keras(&file("option.keras"), |layers| {
        for layer in layers.as_array_mut().unwrap() {
            layer["config"]["activation"] = json!(EVIL);
        }
    });
    write("foreign.safetensors", &tensor(EVIL, None));
    let network = json!({ "layers": [], EVIL: 1 }).to_string();
    let network = HashMap::from([(weights::NETWORK_KEY.to_owned(), network)]);
    write("own.safetensors", &tensor("evil", Some(network)));
    // Of the same length, so that the file stays one.
    let onnx = replaced("torch-script.onnx", "Relu", "\u{1b}[2J");
    write("operator.onnx", &onnx);
    let mut hdf5 = hdf5_pure::FileBuilder::new();
    let mut layers = hdf5.create_group("layers");
    let mut layer = layers.create_group(EVIL);
    let mut vars = layer.create_group("vars");
    let kernel = vars.create_dataset("0").with_f32_data(&[0.5; 8]);
    kernel.with_shape(&[2, 2, 2]);
    layer.add_group(vars.finish());
    layers.add_group(layer.finish());
    hdf5.add_group(layers.finish());
    write("kernel.weights.h5", &hdf5.finish().unwrap());
    for (name, words) in [
        ("class.keras", "=evil\\u{1b}[2J"),
        ("option.keras", "evil"),
        ("foreign.safetensors", "evil"),
        ("own.safetensors", "evil"),
        ("operator.onnx", "\\u{1b}[2J"),
        ("kernel.weights.h5", "=evil\\u{1b}[2J"),
    ] {
        let line = fault(&["summary", &file(name).display().to_string()]);
        assert!(line.contains(words), "{name}: {line}");
    }
    // The files' own names, and those of networks.
    write(EVIL, b"no model");
    let named = file(EVIL).display().to_string();
    for arguments in [
        ["summary", &named],
        ["import", &named],
        ["evaluate", "/no/such\u{1b}[2J"],
    ] {
        let out = ["--out", "/no/such/folder\u{1b}[2J/x.safetensors"];
        let more = if arguments[0] == "import" {
            &out[..]
        } else {
            &[]
        };
        let line = fault(&[&arguments[..], more].concat());
        assert!(line.contains("\\u{1b}[2J"), "{line}");
    }
    write("network.toml", b"\"evil\\u001b[2J\\u202e\" = 1\n");
    let network = file("network.toml").display().to_string();
    let line = said(folder.path(), &["summary", "--network", &network]);
    assert!(line.contains("evil"), "{line}");
}

/// Puts values into a JSON file of a run.
fn change(file: &Path, change: impl FnOnce(&mut Value)) {
    let mut content = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    change(&mut content);
    fs::write(file, content.to_string()).unwrap();
}

#[test]
fn names_in_runs_do_not_steer_a_terminal_or_a_spreadsheet() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("runs");
    let store = Store::new(root.clone());
    let [id, other, damaged] = ["a", "b", "c"].map(|name| record(&store, small_config(), name));
    let sent = folder.path().join("sent.convlens");
    store.pack(id, &Value::Null, &sent).unwrap();
    change(&store.folder(id).join("notes.json"), |notes| {
        notes["name"] = json!(EVIL);
    });
    change(&store.folder(id).join("run.json"), |run| {
        run["experiment"] = json!(EVIL);
        run["environment"]["processor"] = json!(EVIL);
        run["environment"]["version"] = json!(EVIL);
        run["environment"]["data"]["source"] = json!(EVIL);
        run["environment"]["data"]["folder"] = json!(EVIL);
    });
    fs::write(
        store.folder(damaged).join("run.json"),
        format!("{{\"format\": 1, \"{EVIL}\": 1}}"),
    )
    .unwrap();
    let said = |arguments: &[&str]| said(&root, arguments);
    // The damaged one is said to be set aside, once.
    assert!(said(&["runs"]).contains("set aside"));
    let (id, other) = (id.to_string(), other.to_string());
    for arguments in [
        &["runs"][..],
        &["runs", "--json"],
        &["compare", &id, &other],
        &["compare", &id, &other, "--json"],
        &["train", "--continue", &id, "--epochs", "1"],
        &["runs", "rename", EVIL, "x"],
    ] {
        let words = said(arguments);
        assert!(words.contains("evil"), "{arguments:?}: {words}");
    }
    let csv = said(&["compare", &id, &other, "--csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    for record in reader.records() {
        for cell in &record.unwrap() {
            let is_number = cell.parse::<f64>().is_ok();
            assert!(
                is_number || !cell.starts_with(['=', '+', '-', '@']),
                "{csv}"
            );
        }
    }
    assert!(csv.contains("'=evil"), "{csv}");
    let out = folder.path().join(format!("{EVIL}.csv"));
    let out = out.display().to_string();
    said(&["export", "--run", &id, "--out", &out]);

    let mut entries = zip_entries(&sent);
    entries.push((EVIL.to_owned(), Vec::new()));
    write_zip(&sent, &entries, CompressionMethod::Stored);
    let words = said(&["runs", "open", &sent.display().to_string()]);
    assert!(words.contains("=evil\\u{1b}[2J"), "{words}");
}

/// A folder of pictures for each of two classes.
fn write_classes(folder: &Path, classes: [&str; 2]) -> PathBuf {
    for class in classes {
        let class = folder.join(class);
        fs::create_dir_all(&class).unwrap();
        for number in 0..5 {
            let picture = GrayImage::new(28, 28);
            picture.save(class.join(format!("{number}.png"))).unwrap();
        }
    }
    folder.to_owned()
}

#[test]
fn names_in_data_sets_do_not_steer_a_terminal_or_a_spreadsheet() {
    let folder = tempfile::tempdir().unwrap();
    let data = write_classes(&folder.path().join(EVIL), [EVIL, "=1+2"]);
    let data = data.display().to_string();
    let said = |arguments: &[&str]| {
        let words = said(folder.path(), &[arguments, &["--data", &data]].concat());
        assert!(words.contains("evil"), "{arguments:?}: {words}");
        words
    };
    said(&["confusion"]);
    said(&["confusion", "--json"]);
    let csv = said(&["confusion", "--csv"]);
    assert!(csv.contains(",'=1+2,") && csv.contains(",'=evil"), "{csv}");
    said(&[
        "ablate",
        "--layer",
        "conv1",
        "--filters",
        "0",
        "--images",
        "0",
    ]);
    said(&["compare-maps", "--images", "0,1", "--layer", "conv1"]);
    said(&[
        "compare-maps",
        "--images",
        "0,1",
        "--layer",
        "conv1",
        "--json",
    ]);
    fs::write(Path::new(&data).join(EVIL).join(format!("{EVIL}.png")), "x").unwrap();
    said(&["evaluate"]);

    // The names in `classes.txt`, and a picture's.
    let idx = folder.path().join("idx");
    fs::create_dir(&idx).unwrap();
    for (name, content) in DATASET.into_iter().zip(small_files()) {
        fs::write(idx.join(name), content).unwrap();
    }
    // Ten, as EVIL has two lines.
    let names = format!("{EVIL}\n{}", "b\n".repeat(8));
    fs::write(idx.join("classes.txt"), names).unwrap();
    let idx = idx.display().to_string();
    let words = self::said(folder.path(), &["confusion", "--data", &idx]);
    assert!(words.contains("=evil"), "{words}");
    let picture = folder.path().join(format!("{EVIL}.png"));
    fs::write(&picture, "no picture").unwrap();
    let line = fault(&["explain", "--picture", &picture.display().to_string()]);
    assert!(line.contains(&clean(EVIL)), "{line}");
}

#[test]
fn names_in_lessons_do_not_steer_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        (
            "key",
            "+++\ntitle = \"a\"\n\"evil\\u001b[2J\\u202e\" = 1\n+++\nx\n",
        ),
        (
            "word",
            "+++\ntitle = \"a\"\nshow = [{ network = \"evil\\u001b[2J\\u202e\" }]\n+++\nx\n",
        ),
        ("evil syntax", "+++\ntitle = \u{1b}[2J\n+++\nx\n"),
    ] {
        let lesson = folder.path().join(name);
        fs::create_dir(&lesson).unwrap();
        fs::write(lesson.join("1.md"), content).unwrap();
        let line = fault(&["lesson", "check", &lesson.display().to_string()]);
        assert!(line.contains("evil"), "{line}");
    }
    for name in [format!("{EVIL}.md"), "\u{202e}evil.md".to_owned()] {
        let lesson = tempfile::tempdir_in(folder.path()).unwrap();
        let step = "+++\ntitle = \"a\"\n+++\nx\n";
        fs::write(lesson.path().join(name), step).unwrap();
        let line = fault(&["lesson", "check", &lesson.path().display().to_string()]);
        assert!(line.contains("evil"), "{line}");
    }
}

#[test]
fn a_lesson_on_screen_hides_nothing_and_keeps_its_lines() {
    let source = "+++\ntitle = \"One\\u202e\\u200btwo\"\n+++\nA\u{202e}b\r\n\n- c\n";
    let step = convlens_core::lessons::parse_step("1.md", "1", source).unwrap();
    assert_eq!(
        (step.title.as_str(), step.body.as_str()),
        ("One  two", "A b\r\n\n- c")
    );
}
