//! Settings changed while a run trains, and runs that begin with weights there were: in the window and as commands.

use convlens_core::training::runs::Store;
use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;

use super::runs_commands::Folder;
use super::views::{
    harness, options, press, runs_folder, settle, shows, tab_to, text, wait_for, wait_until,
};
use convlens::app::Options;
use convlens::text::Language;

#[test]
fn a_learning_rate_is_changed_in_the_run_under_way_and_marked_on_its_curves() {
    let folder = runs_folder();
    let with_runs = Options {
        runs: Some(folder.clone()),
        ..options(Language::En)
    };
    let mut window = harness(with_runs, [1280.0, 720.0]);
    let words = "Run 1: use these settings from now on (rate 0.01)";
    // One batch, then it holds.
    press(&mut window, Key::S);
    settle(&mut window);
    let rate = |window: &egui_kittest::Harness<'_, convlens::app::App>, value: f64| {
        let field = window.get_by_label(text().training.learning_rate);
        field.set_value_accesskit(value);
    };
    assert!(!shows(&window, "Run 1: use these"), "nothing is another");
    rate(&window, 0.01);
    window.run_steps(4);
    assert!(shows(&window, words));
    tab_to(&mut window, words);
    press(&mut window, Key::Enter);
    wait_until(&mut window, |_| {
        let runs = Store::new(folder.clone()).list().unwrap().runs;
        runs.iter().any(|run| !run.config.changes.is_empty())
    });
    window.run_steps(2);
    assert!(!shows(&window, "Run 1: use these"), "it has it");
    press(&mut window, Key::T);
    settle(&mut window);
    let run = Store::new(folder).list().unwrap().runs.remove(0);
    let change = run.config.changes[0];
    assert_eq!(
        (change.step, change.learning_rate.to_bits()),
        (1, 0.01_f64.to_bits())
    );
    assert_eq!(run.config.learning_rate.to_bits(), 0.001_f64.to_bits());
    press(&mut window, Key::C);
    settle(&mut window);
    assert!(shows(&window, "after 1 batches: rate 0.01"));
}

#[test]
fn weights_changed_by_hand_are_trained_on_as_a_run_that_says_where_it_began() {
    let folder = runs_folder();
    let with_runs = Options {
        runs: Some(folder.clone()),
        ..options(Language::En)
    };
    let mut window = harness(with_runs, [1280.0, 720.0]);
    press(&mut window, Key::Num3);
    settle(&mut window);
    tab_to(&mut window, text().filters.all_zero);
    press(&mut window, Key::Enter);
    wait_for(&mut window, "Model Built-in network, changed by hand");
    settle(&mut window);
    tab_to(&mut window, text().training.train_shown);
    press(&mut window, Key::Enter);
    wait_until(&mut window, |_| {
        let runs = Store::new(folder.clone()).list().unwrap().runs;
        runs.iter().any(|run| run.epochs.len() == 1)
    });
    settle(&mut window);
    let store = Store::new(folder);
    let run = store.list().unwrap().runs.remove(0);
    assert_eq!(
        run.began_from.as_deref(),
        Some("Built-in network, changed by hand")
    );
    // One epoch behind a trained network, it knows more than one from random weights ever could.
    assert!(
        run.epochs[0].test_accuracy > Some(0.7),
        "{:?}",
        run.epochs[0]
    );
    let first = store.read(run.id).unwrap().checkpoints[0];
    let cache = convlens_core::training::runs::CheckpointCache::default();
    let began = store.checkpoint(run.id, first, &cache).unwrap();
    let kernels = convlens_core::explore::kernels(&began.model, 0).unwrap();
    assert!(kernels.filter(1).iter().all(|weight| *weight == 0.0));
    // Its first moment is not called random.
    press(&mut window, Key::Num1);
    window
        .get_by_label_contains("Training history: epoch 1")
        .focus();
    window.run_steps(2);
    press(&mut window, Key::Home);
    settle(&mut window);
    assert!(shows(
        &window,
        "weights of Built-in network, changed by hand"
    ));
}

#[test]
fn commands_change_the_rate_of_a_run_and_begin_with_a_file() {
    let folder = Folder::new();
    let run = [
        "train",
        "--network",
        "16-16",
        "--epochs",
        "1",
        "--images",
        "64",
        "--threads",
        "1",
    ];
    let data = folder.0.path().display().to_string();
    let named = ["--data", &data, "--name", "first"];
    folder.output(&[&run[..], &named].concat());
    let file = folder
        .0
        .path()
        .join("first.safetensors")
        .display()
        .to_string();
    let more = ["train", "--continue", "first", "--epochs", "1"];
    folder.output(&[&more[..], &["--learning-rate", "0.0001", "--out", &file]].concat());
    let runs = folder.lines(&["runs", "--json"]);
    let changes = &runs[0]["config"]["changes"];
    assert_eq!(changes[0]["step"], 2);
    assert_eq!(changes[0]["learning_rate"], 0.0001);
    // Said again it changes nothing.
    folder.output(&[&more[..], &["--learning-rate", "0.0001"]].concat());
    let runs = folder.lines(&["runs", "--json"]);
    assert_eq!(runs[0]["config"]["changes"].as_array().unwrap().len(), 1);
    let refused = folder.fault(&[&more[..], &["--momentum", "0.9"]].concat());
    assert!(refused.contains("Adam has its own"), "{refused}");
    let refused = folder.fault(&[&more[..], &["--optimizer", "sgd"]].concat());
    assert!(refused.contains("--optimizer"), "{refused}");

    let begin = [
        "train", "--from", &file, "--epochs", "1", "--images", "64", "--data", &data,
    ];
    folder.output(&[&begin[..], &["--name", "second"]].concat());
    let runs = folder.lines(&["runs", "--json"]);
    let second = runs.iter().find(|run| run["name"] == "second").unwrap();
    assert_eq!(second["began_from"], "first.safetensors");
    let start = std::path::Path::new(second["folder"].as_str().unwrap());
    let start =
        convlens_core::network::weights::load(&start.join("checkpoints/0000000000.safetensors"));
    let given = convlens_core::network::weights::load(file.as_ref()).unwrap();
    let bytes = convlens_core::network::weights::to_bytes;
    assert_eq!(bytes(&start.unwrap()).unwrap(), bytes(&given).unwrap());
    let refused = folder.fault(&[&begin[..], &["--network", "dense"]].concat());
    assert!(refused.contains("--network"), "{refused}");
}
