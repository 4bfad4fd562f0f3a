//! The Python package: its own tests, with this program, and a training of Keras that the window follows.

use std::path::Path;
use std::process::{Command, Stdio};

use convlens::text::Language;
use convlens_core::training::runs::{RunStatus, Store};

use super::support::{python, root, write_small_dataset};
use super::views::{click, harness, options_of, wait_for};

/// Python with the package and this program, its caches in a folder.
fn with_package(python: &std::ffi::OsStr, folder: &Path) -> Command {
    let mut command = Command::new(python);
    command.current_dir(root());
    command.env("PYTHONPATH", root().join("python"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let program = assert_cmd::cargo::cargo_bin("convlens");
    command.env("CONVLENS_PROGRAM", program);
    command.env("CONVLENS_RUNS", folder.join("runs"));
    command.env("XDG_CACHE_HOME", folder.join("cache"));
    command.env("KERAS_HOME", folder.join("keras-home"));
    command.env("TF_CPP_MIN_LOG_LEVEL", "3");
    command
}

#[test]
fn its_own_tests_pass() {
    let Some(python) = python("its_own_tests_pass") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut tests = with_package(&python, folder.path());
    tests.args("-W ignore -m unittest discover -s python/tests -t python".split(' '));
    let ran = tests.output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    let count = said.lines().find_map(|line| line.strip_prefix("Ran "));
    let count = count.and_then(|ran| ran.split(' ').next()?.parse::<usize>().ok());
    assert!(count >= Some(40), "{said}");
}

/// Trains three epochs on what the window looks at, and prints what Keras measured.
const TRAINING: &str = r#"
import json, sys, numpy as np
import keras, convlens.keras
read = lambda name, head: np.fromfile(f"{sys.argv[1]}/{name}-ubyte", np.uint8)[head:]
x, y = (read(f"train-{kind}", head) for kind, head in (("images-idx3", 16), ("labels-idx1", 8)))
test = read("t10k-images-idx3", 16).reshape(-1, 28, 28, 1) / 255, read("t10k-labels-idx1", 8)
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.MaxPooling2D(),
                          keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
live = convlens.keras.Live(test=test, name="in a notebook")
history = model.fit(x.reshape(-1, 28, 28, 1) / 255, y, batch_size=8, epochs=3, validation_data=test, callbacks=[live], verbose=0).history
print(json.dumps(history))
"#;

#[test]
fn the_window_follows_keras_while_it_trains() {
    let Some(python) = python("the_window_follows_keras_while_it_trains") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    write_small_dataset(folder.path());
    let mut window = harness(options_of(folder.path()), [1280.0, 720.0]);
    let mut training = with_package(&python, folder.path());
    training.args(["-c", TRAINING]);
    training.arg(folder.path());
    let training = training.stdout(Stdio::piped()).stderr(Stdio::piped());
    let training = training.spawn().unwrap();
    wait_for(&mut window, "More about in a notebook");
    click(&mut window, "in a notebook");
    wait_for(&mut window, "after epoch 3");
    wait_for(&mut window, "finished");
    let ran = training.wait_with_output().unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );

    let printed: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let told = |what: &str, epoch: usize| printed[what][epoch].as_f64().unwrap();
    let [run] = &Store::new(folder.path().join("runs")).list().unwrap().runs[..] else {
        panic!("one run");
    };
    assert_eq!((run.status, run.epochs.len()), (RunStatus::Finished, 3));
    let same = |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 1e-6, "{ours} {theirs}");
    for (epoch, measured) in run.epochs.iter().enumerate() {
        same(measured.train_loss, told("loss", epoch));
        same(measured.train_accuracy, told("accuracy", epoch));
        same(measured.test_loss.unwrap(), told("val_loss", epoch));
        same(measured.test_accuracy.unwrap(), told("val_accuracy", epoch));
    }
    // And in the window.
    let accuracy = Language::En.text().percent(told("val_accuracy", 2), 2);
    wait_for(&mut window, &accuracy);
}
