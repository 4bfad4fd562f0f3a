//! Backward through the network: what the Overview says of gradients is what the function computes, down to one weight, and PyTorch
//! computes the same.

use convlens_core::dataset;
use convlens_core::explore::{GradientOf, OverviewOptions, WeightPlace, backward, overview};
use convlens_core::network::weights;
use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;
use serde_json::Value;

use super::commands::{fault, json, output};
use super::support::{python, root, run_python};
use super::views::{click, english, press, settle, shows, text, wait_for};

#[test]
fn the_gradient_of_a_channel_is_followed_down_to_one_weight() {
    let mut window = english();
    press(&mut window, Key::O);
    settle(&mut window);
    click(&mut window, text().overview.backward);
    let model = weights::built_in().unwrap();
    let test = dataset::synthetic(0, 30).test;
    let (picture, label) = (test.picture(0), test.label(0));
    let place = WeightPlace {
        layer: "conv2".to_owned(),
        filter: 1,
        channel: 1,
        tap: [0, 2],
    };
    let options = OverviewOptions {
        gradient: Some(GradientOf::Loss(usize::from(label))),
        weight: Some(place),
        ..OverviewOptions::forward(6, 1)
    };
    let found = overview(&model, &picture, &options).unwrap();
    let (of, value) = found.gradient.unwrap();
    wait_for(&mut window, &text().gradient_of(text(), of, value));
    let column = found
        .columns
        .iter()
        .find(|column| column.name == "conv2")
        .unwrap();
    let node = column.nodes.iter().find(|node| node.channel == 1).unwrap();
    let words = format!(
        "conv2 · 1: mean gradient {}",
        text().value(node.mean_gradient())
    );
    window.get_by_label(&words).click();
    window.run_steps(4);
    settle(&mut window);
    assert!(shows(&window, "What comes back: conv2 · 1"));
    // The channel that all rows show is among those of pool1, as it comes from conv1.
    let apart = found.weight.unwrap();
    let weight = text().weight_and_gradient([0, 2], apart.weight, apart.gradient);
    click(&mut window, &format!("pool1 · 1: {weight}"));
    wait_for(&mut window, &text().chain_rule(&apart, 4));
    assert!(shows(
        &window,
        &text().descent(apart.weight, apart.gradient, 0.001)
    ));
    click(&mut window, text().overview.forward);
    wait_for(&mut window, "What it adds up: conv2 · 1");
    assert!(!shows(&window, "mean gradient"));
}

#[test]
fn the_command_prints_what_the_function_computes() {
    let arguments = ["overview", "--data", "synthetic", "--image", "3", "--json"];
    let forward = json(&output(&arguments));
    assert!(forward.get("gradient").is_none());
    let answer = json(&output(&[&arguments[..], &["--gradient", "4"]].concat()));
    let picture = dataset::synthetic(0, 30).test.picture(3);
    let model = weights::built_in().unwrap();
    let found = backward(&model, picture.bytes(), GradientOf::Score(4)).unwrap();
    assert_eq!(answer["gradient"][0]["score"], 4);
    let value = answer["gradient"][1].as_f64().unwrap();
    assert!((value - f64::from(found.value)).abs() < 1e-6);
    let dense = &answer["layers"][5];
    assert_eq!(dense["name"], "dense1");
    let pairs = dense["channels"].as_array().unwrap().iter();
    for (unit, mean) in pairs.zip(dense["mean_gradients"].as_array().unwrap()) {
        let unit = unit.as_u64().unwrap() as usize;
        let expected = f64::from(found.layers[4].output[unit]);
        assert!((mean.as_f64().unwrap() - expected).abs() < 1e-6);
    }
    let words = output(&["overview", "--data", "synthetic", "--gradient", "loss"]);
    assert!(words.starts_with("Gradient of the loss: "), "{words}");
    assert!(words.contains("back from conv1 · "), "{words}");
    let line = fault(&["overview", "--data", "synthetic", "--gradient", "12"]);
    assert!(line.contains("class 12: the network has 10"), "{line}");
}

/// Every channel of every layer, by the loss and by a score.
#[test]
fn gradients_are_those_of_pytorch() {
    let test = "backward::gradients_are_those_of_pytorch";
    let Some(python) = python(test) else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    output(&["export", "--out", &file("network.safetensors")]);
    let maps = file("maps.npz");
    output(&[
        "maps",
        "--data",
        "synthetic",
        "--images",
        "0,5",
        "--out",
        &maps,
    ]);
    for (image, asked) in [("0", "loss"), ("5", "loss"), ("5", "2")] {
        let arguments = [
            "overview",
            "--data",
            "synthetic",
            "--channels",
            "512",
            "--json",
        ];
        let asked = ["--image", image, "--gradient", asked];
        let answer: Value = json(&output(&[&arguments[..], &asked].concat()));
        let name = format!("{image}-{}.json", asked[3]);
        std::fs::write(file(&name), answer.to_string()).unwrap();
    }
    let script = root().join("tests/it/backward.py");
    let said = run_python(&python, &[&script, &folder.path()], folder.path());
    assert!(said.contains("as PyTorch has it"), "{said}");
    println!("{said}");
}
