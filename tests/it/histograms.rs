//! How layers learn: the view, and `convlens histograms`, whose numbers are also PyTorch's.

use convlens::app::App;
use convlens_core::dataset::{self, Pictures};
use convlens_core::explore::Progress;
use convlens_core::explore::statistics::{PROBE_IMAGES, Statistics, statistics};
use convlens_core::network::{Model, weights};
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use serde_json::Value;

use super::commands::json;
use super::runs_commands::Folder;
use super::support::{python, root, run_python};
use super::views::{click, english, press, settle, shows, text};
use super::views_follow::Bench;

/// A folder with pictures, and a run trained on them.
fn trained(settings: &[&str]) -> Folder {
    let folder = Folder::new();
    let data = folder.0.path().display().to_string();
    let train = ["train", "--data", &data, "--record", "--threads", "2"];
    folder
        .command(&[&train[..], settings].concat())
        .assert()
        .success();
    folder
}

fn layers(moment: &Value) -> &[Value] {
    moment["layers"].as_array().unwrap()
}

#[test]
fn a_runs_moments_are_told_as_table_and_object() {
    let folder = trained(&["--network", "16-16", "--epochs", "2"]);
    let csv = folder.0.path().join("layers.csv");
    let csv = csv.display().to_string();
    let answer = json(&folder.output(&["histograms", "1", "--json", "--csv", &csv]));
    assert_eq!(
        (&answer["probe"], &answer["images"]),
        (&"training".into(), &256.into())
    );
    let moments = answer["moments"].as_array().unwrap();
    let steps: Vec<u64> = moments
        .iter()
        .map(|m| m["step"].as_u64().unwrap())
        .collect();
    assert_eq!(steps, [0, 1, 2, 4, 5, 7, 8, 10, 20]);
    for (place, moment) in moments.iter().enumerate() {
        let names: Vec<&str> = layers(moment)
            .iter()
            .map(|l| l["layer"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["conv1", "conv2", "dense1", "dense2"]);
        for layer in layers(moment) {
            assert_eq!(layer["update_ratio"].is_null(), place == 0);
            let all = &layer["weights"];
            let bins = all["histogram"]["counts"].as_array().unwrap();
            let sum: u64 = bins.iter().map(|bin| bin.as_u64().unwrap()).sum();
            assert_eq!(
                sum + all["zeros"].as_u64().unwrap(),
                all["count"].as_u64().unwrap()
            );
            assert!(layer["gradients"]["rms"].as_f64().unwrap() > 0.0, "{layer}");
            assert_eq!(layer["dead"].is_null(), layer["layer"] == "dense2");
        }
    }
    let loss = |place: usize| moments[place]["loss"].as_f64().unwrap();
    assert!(loss(steps.len() - 1) < loss(0), "it has learnt");
    let table = std::fs::read_to_string(&csv).unwrap();
    assert!(
        table.starts_with("step,epochs,layer,of,count,not_finite,zeros,rms,q0,q1,q10,q25,q50,")
    );
    assert_eq!(table.lines().count(), 1 + steps.len() * 4 * 3);
    let words = folder.output(&["histograms", "16-16", "--threads", "1"]);
    assert!(
        words.starts_with("run 1, 16-16: 256 training images (folder)"),
        "{words}"
    );
    // Of other pictures than those it was trained on.
    let other = json(&folder.output(&["histograms", "1", "--json", "--data", "synthetic"]));
    assert_eq!(other["probe"], "test");
    let fault = folder.command(&["histograms", "7"]).assert().failure();
    assert!(String::from_utf8_lossy(&fault.get_output().stderr).contains('7'));
}

#[test]
fn a_learning_rate_of_1_is_seen_to_kill_a_network() {
    let folder = trained(&[
        "--network",
        "16-16",
        "--epochs",
        "2",
        "--learning-rate",
        "1",
    ]);
    let answer = json(&folder.output(&["histograms", "1", "--json"]));
    let moments = answer["moments"].as_array().unwrap();
    let first = layers(&moments[1]);
    assert!(
        first[0]["update_ratio"].as_f64().unwrap() > 0.5,
        "{}",
        first[0]
    );
    let last = layers(moments.last().unwrap());
    let is_dead = |layer: &Value| layer["dead"] == layer["units"];
    let no_gradient = |layer: &Value| layer["gradients"]["rms"] == 0.0;
    assert!(
        last.iter().any(is_dead) && last.iter().any(no_gradient),
        "{last:?}"
    );
}

/// With `CONVLENS_PYTHON` naming a Python that has torch and safetensors.
#[test]
fn numbers_are_those_of_pytorch() {
    let test = "histograms::numbers_are_those_of_pytorch";
    let Some(python) = python(test) else { return };
    let folder = trained(&["--network", "16-16", "--epochs", "1"]);
    let answer = folder.output(&["histograms", "1", "--json"]);
    std::fs::write(folder.0.path().join("histograms.json"), answer).unwrap();
    let script = root().join("tests/it/histograms.py");
    let said = run_python(&python, &[&script, &folder.0.path()], folder.0.path());
    assert!(said.contains("as PyTorch has it"), "{said}");
}

fn found(model: &Model, probe: &Pictures) -> Statistics {
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    statistics(model, probe, &pool, &Progress::default()).unwrap()
}

/// A layer of the table: it is also a card, and in the menu.
fn click_row(window: &Harness<'_, App>, layer: &str) {
    let named = window.query_all_by_role_and_label(Role::Button, layer);
    let mut in_table = named.filter(|node| (270.0..900.0).contains(&node.rect().min.x));
    in_table.next().expect("a row of the table").click();
}

#[test]
fn the_built_in_network_has_one_moment() {
    let mut window = english();
    press(&mut window, Key::H);
    settle(&mut window);
    let words = &text().histograms;
    assert!(shows(&window, words.one_moment));
    // It was trained on other images than these.
    let probe = dataset::synthetic(0, PROBE_IMAGES).test;
    let found = found(&weights::built_in().unwrap(), &probe);
    click(&mut window, words.activations);
    click_row(&window, "dense1");
    window.run_steps(3);
    let layer = found.layers.iter().find(|layer| layer.name == "dense1");
    let spread = text().spread("dense1", words.activations, &layer.unwrap().activations);
    assert!(shows(&window, &spread), "{spread}");
    assert!(shows(
        &window,
        &text().bands_in_words("dense1", words.activations, 1)
    ));
}

#[test]
fn a_run_has_all_its_moments_and_what_it_kills_is_said() {
    let mut bench = Bench::new(1);
    let rate = bench.window.get_by_label(text().training.learning_rate);
    rate.set_value_accesskit(1.0);
    bench.window.run_steps(3);
    press(&mut bench.window, Key::H);
    press(&mut bench.window, Key::T);
    settle(&mut bench.window);
    let words = &text().histograms;
    // 0, 1, 2, 4, 5, 7, 8 and the end of the epoch.
    assert!(shows(
        &bench.window,
        &text().bands_in_words("conv1", words.weights, 8)
    ));
    let probe = dataset::synthetic(PROBE_IMAGES, 1).train;
    let found = found(&bench.weights(1, -1), &probe);
    let dead = found
        .layers
        .iter()
        .filter_map(|layer| Some((layer.dead?, layer.units)));
    let mut most = 0;
    for (dead, units) in dead {
        let said = text().units_of(dead, units);
        assert!(shows(&bench.window, &said), "{said}");
        most = most.max(100 * dead / units);
    }
    assert!(most > 50, "not a test: {most} %");
}
