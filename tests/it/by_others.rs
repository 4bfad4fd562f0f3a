//! Runs as other programs write them, after the page of the docs alone: listed, compared, looked into, never set aside for what they lack.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use convlens_core::network::{Model, weights};
use convlens_core::training::runs::{CheckpointCache, Column, RunError, RunStatus, Store, compare};
use serde_json::{Value, json};

use super::support::{small_config, small_dataset, write_small_dataset};
use super::views::{click, harness, options_of, settle, shows, wait_for};

/// `run.json` after an epoch of 100 batches.
fn told(status: &str) -> Value {
    json!({
        "format": 2,
        "trained_by": { "program": "Keras 3.12.0", "settings": "Nadam, learning rate 0.002" },
        "config": { "network": small_config().network, "epochs": 2, "batch_size": 32 },
        "images_per_epoch": 3200,
        "status": status,
        "epochs": [{
            "epoch": 1, "seconds": 2.0, "train_loss": 0.5, "train_accuracy": 0.75, "test_accuracy": 0.875, "test_loss": 0.25,
        }],
    })
}

/// Writes a run of another program into its folder.
fn write(folder: &Path, told: &Value) {
    fs::create_dir_all(folder.join("checkpoints")).unwrap();
    fs::write(folder.join("run.json"), told.to_string()).unwrap();
    let lines = (2..=150).step_by(2);
    let lines = lines.map(|batch| format!("{batch},{},0.5\n", 3.0 / f64::from(batch)));
    let curve = lines.collect::<String>();
    let curve = format!("batch,loss,accuracy\n{curve}152,0.0");
    fs::write(folder.join("curve.csv"), curve).unwrap();
    let model = Model::random(&small_config().network, 7).unwrap();
    for step in ["0000000000", "0000000100"] {
        let file = folder.join("checkpoints").join(step);
        fs::write(
            file.with_extension("safetensors"),
            weights::to_bytes(&model).unwrap(),
        )
        .unwrap();
    }
}

#[test]
fn a_run_written_by_hand_is_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().into());
    write(&folder.path().join("0001"), &told("finished"));
    let listing = store.list().unwrap();
    assert!(
        listing.set_aside.is_empty() && listing.unreadable.is_empty(),
        "{listing:?}"
    );
    let [run] = &listing.runs[..] else {
        panic!("{listing:?}")
    };
    assert_eq!(run.status, RunStatus::Finished);
    // It has come half through its second epoch; the line that is being written does not count.
    assert_eq!(
        (run.step, run.batches_per_epoch, run.seconds),
        (150, 100, 2.0)
    );
    assert_eq!(run.test_accuracy(), Some(0.875));
    let read = store.read(run.id).unwrap();
    assert_eq!(read.curve.len(), 75);
    let steps: Vec<u64> = read.checkpoints.iter().map(|at| at.step).collect();
    assert_eq!(steps, [0, 100]);
    let cache = CheckpointCache::default();
    let shown = store
        .checkpoint(run.id, read.checkpoints[1], &cache)
        .unwrap();
    assert_eq!(*shown.model.spec(), small_config().network);

    // What it does not say is not made up.
    let table = compare(&listing.runs, None);
    for column in [
        Column::LearningRate,
        Column::Optimizer,
        Column::Seed,
        Column::Threads,
    ] {
        assert!(!table.columns.contains(&column), "{column:?}");
    }
    let error = store
        .continue_run(run.id, &small_dataset(), 1)
        .err()
        .unwrap();
    assert!(matches!(error, RunError::ByOthers { .. }), "{error}");
    let sent = folder.path().join("sent.convlens");
    store.pack(run.id, &Value::Null, &sent).unwrap();
    let (taken, _) = store.unpack(&sent).unwrap();
    let taken = store.summary(taken).unwrap();
    assert_eq!((&taken.trained_by, taken.step), (&run.trained_by, 150));
}

#[test]
fn what_is_wrong_with_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().into());
    let changed = |change: fn(&mut Value)| {
        let mut told = told("stopped");
        change(&mut told);
        write(&folder.path().join("0001"), &told);
        store
            .read("1".parse().unwrap())
            .map_err(|error| error.to_string())
    };
    assert!(changed(|_| {}).is_ok());
    let diverged = changed(|told| told["epochs"][0]["train_loss"] = Value::Null).unwrap();
    assert!(diverged.summary.epochs[0].train_loss.is_infinite());
    for (change, named) in [
        (
            (|told| told["epochs"][0]["test_accuracy"] = json!(87.5)) as fn(&mut Value),
            "epoch 1 is out of order or range",
        ),
        (
            |told| told["config"]["batch_size"] = json!(0),
            "`batch_size` is 0",
        ),
        (
            |told| told["config"]["seed"] = json!(1),
            "unknown field `seed`",
        ),
        (
            |told| told["images_per_epoch"] = json!(0),
            "`images_per_epoch` is 0",
        ),
        (
            |told| told["status"] = json!("interrupted"),
            "never written",
        ),
        (
            |told| told["epochs"][0]["train_accuracy"] = Value::Null,
            "null",
        ),
    ] {
        let error = changed(change).unwrap_err();
        assert!(
            error.contains("run.json") && error.contains(named),
            "{named}: {error}"
        );
        fs::remove_dir_all(folder.path().join("damaged")).unwrap();
    }
}

#[test]
fn the_window_follows_one_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    write_small_dataset(folder.path());
    let runs = folder.path().join("runs");
    let run = runs.join("0001");
    write(&run, &told("training"));
    let lock = fs::File::create(run.join("run.lock")).unwrap();
    lock.lock().unwrap();
    let mut window = harness(options_of(folder.path()), [1280.0, 720.0]);
    wait_for(&mut window, "Keras 3.12.0 · training");
    click(&mut window, "4 → pool → dense 16");
    wait_for(&mut window, "after epoch 1");
    settle(&mut window);

    // It learns on, and ends.
    let mut curve = fs::File::options();
    let mut curve = curve.append(true).open(run.join("curve.csv")).unwrap();
    curve.write_all(b"2,0.5\n200,0.01,1\n").unwrap();
    let model = Model::random(&small_config().network, 8).unwrap();
    let (beside, newest) = (
        run.join("new"),
        run.join("checkpoints/0000000200.safetensors"),
    );
    fs::write(&beside, weights::to_bytes(&model).unwrap()).unwrap();
    fs::rename(&beside, newest).unwrap();
    wait_for(&mut window, "after epoch 2");
    let mut ended = told("finished");
    let second = json!({
        "epoch": 2, "seconds": 2.0, "train_loss": 0.25, "train_accuracy": 1.0,
    });
    ended["epochs"].as_array_mut().unwrap().push(second);
    fs::write(&beside, ended.to_string()).unwrap();
    fs::rename(&beside, run.join("run.json")).unwrap();
    drop(lock);
    wait_for(&mut window, "Keras 3.12.0 · finished");
    assert!(!shows(&window, "damaged"));
}
