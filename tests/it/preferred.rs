//! Pictures found by gradient ascent: the command, and the blocks of the Filters view.

use convlens::text::Language;
use convlens_core::explore::{Objective, PreferredSettings, Progress, Target, preferred_input};
use convlens_core::network::weights;
use eframe::egui::Key;
use egui_kittest::kittest::Queryable as _;
use serde_json::Value;

use super::commands::{fault, json, output};
use super::support::zip_entries;
use super::views::{english, harness, open, options, press, settle, shows, text};

const DATA: [&str; 2] = ["--data", "synthetic"];

fn answer(arguments: &[&str]) -> Value {
    json(&output(
        &[&["visualize"], arguments, &DATA, &["--json"]].concat(),
    ))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_filters_picture_is_written_and_reaches_more_than_any_test_image() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let npz = file("filter.npz");
    let said = answer(&["--layer", "conv2", "--filter", "5", "--out", &npz]);
    assert_eq!(
        (&said["layer"], &said["weights"]),
        (&"conv2".into(), &false.into())
    );
    let picture = &said["pictures"][0];
    assert_eq!(
        (&picture["filter"], &picture["dead"]),
        (&5.into(), &false.into())
    );
    let [start, reached, test] =
        ["start", "reached", "test_set"].map(|at| number(&picture[at]["largest"]));
    assert!(reached > test && reached > start, "{picture}");
    let top = json(&output(
        &[
            &["top", "--layer", "conv2", "--filter", "5"][..],
            &DATA,
            &["--json"],
        ]
        .concat(),
    ));
    assert!((test - number(&top["most"][0]["before_relu"])).abs() < 1e-4);

    // The very picture that the library finds.
    let model = weights::built_in().unwrap();
    let target = Target {
        layer: 2,
        channel: 5,
    };
    let settings = PreferredSettings::default();
    let found = preferred_input(&model, target, &settings, &Progress::default()).unwrap();
    let entries = zip_entries(npz.as_ref());
    let pixels = entries
        .iter()
        .find(|(name, _)| name == "pixels.npy")
        .unwrap();
    assert!(pixels.1.ends_with(found.picture.bytes()));

    for name in ["class.png", "class.svg"] {
        let again = answer(&[
            "--class",
            "7",
            "--from",
            "noise",
            "--steps",
            "9",
            "--out",
            &file(name),
        ]);
        assert_eq!(again["layer"], "dense2");
    }
    assert!(
        std::fs::read(file("class.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    assert!(
        std::fs::read_to_string(file("class.svg"))
            .unwrap()
            .contains("<svg")
    );
}

#[test]
fn a_whole_layer_begins_with_a_test_image_or_has_its_weights_as_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("sheet.png").display().to_string();
    let all = answer(&[
        "--layer",
        "conv1",
        "--all",
        "--from",
        "7",
        "--steps",
        "2",
        "--objective",
        "channel",
        "--out",
        &sheet,
    ]);
    assert_eq!(all["pictures"].as_array().unwrap().len(), 64);
    let image = image::open(&sheet).unwrap();
    assert!(image.width() > 8 * 280 && image.height() > 8 * 280);

    let small = folder
        .path()
        .join("small.safetensors")
        .display()
        .to_string();
    let trained = [
        "train",
        "--network",
        "dense",
        "--epochs",
        "1",
        "--images",
        "200",
        "--out",
        &small,
    ];
    output(&[&trained, &DATA[..]].concat());
    let units = answer(&[&small, "--layer", "dense1", "--all", "--out", &sheet]);
    assert_eq!(
        (&units["weights"], &units["pictures"][3]["reached"]),
        (&true.into(), &Value::Null)
    );
}

#[test]
fn faults_of_the_command_name_what_would_do() {
    for (arguments, words) in [
        (
            vec!["--layer", "pool1", "--filter", "0"],
            ["pool1", "conv1, conv2, dense1, dense2"],
        ),
        (vec!["--layer", "nothing", "--all"], ["nothing", "conv1"]),
        (
            vec!["--layer", "conv1", "--filter", "64"],
            ["filter 64", "choose 0 to 63"],
        ),
        (vec!["--class", "10"], ["class 10", "choose 0 to 9"]),
        (
            vec!["--class", "1", "--from", "no-such.png"],
            ["no-such.png", ""],
        ),
        (
            vec!["--class", "1", "--from", "10000"],
            ["10000", "choose 0 to 9999"],
        ),
        (
            vec!["--class", "1", "--out", "x.gif"],
            ["x.gif", ".png, .svg or .npz"],
        ),
    ] {
        let line = fault(&[&["visualize"], &arguments[..], &DATA].concat());
        for word in words {
            assert!(line.contains(word), "{arguments:?}: {line}");
        }
    }
}

/// What the window says of a filter of conv1 of the built-in network.
fn words(channel: usize, language: Language) -> String {
    let model = weights::built_in().unwrap();
    let settings = PreferredSettings {
        objective: Objective::Neuron,
        ..PreferredSettings::default()
    };
    let target = Target { layer: 0, channel };
    let found = preferred_input(&model, target, &settings, &Progress::default()).unwrap();
    let said = language
        .text()
        .preferred_reaches(found.reached.largest, None);
    said.split(';').next().unwrap().to_owned()
}

#[test]
fn the_filters_view_shows_what_the_chosen_filter_answers_to_most() {
    let mut window = english();
    open(&mut window, text().views.filters);
    assert!(shows(&window, &words(1, Language::En)));
    assert!(shows(&window, text().filters.preferred_note));
    let name = format!(
        "{}: conv1, filter 1, {}",
        text().filters.preferred,
        text().filters.at_one_place
    );
    assert!(window.query_by_label(&name).is_some());
    press(&mut window, Key::ArrowRight);
    assert!(shows(&window, &words(2, Language::En)) && !shows(&window, &words(1, Language::En)));
    // Known already: it is there in the frame after the key.
    window.key_press(Key::ArrowLeft);
    window.run_steps(2);
    assert!(shows(&window, &words(1, Language::En)));
    settle(&mut window);
    // Filter 43 answers to nothing. On the way to it each search ends as the next filter is chosen.
    for _ in 1..43 {
        window.key_press(Key::ArrowRight);
        window.run_steps(2);
    }
    settle(&mut window);
    assert!(shows(&window, text().filters.preferred_dead));

    let mut spanish = harness(options(Language::Es), [1280.0, 720.0]);
    settle(&mut spanish);
    open(&mut spanish, Language::Es.text().views.filters);
    assert!(shows(&spanish, &words(1, Language::Es)));
}
