//! The window's views by accessible name, without a display; and a few pictures of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use convlens::app::{App, DataSource, Options};
use convlens::text::{Language, Text};
use eframe::egui;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotOptions};

use super::painter::Painter;

/// Longest any test waits for the threads.
const PATIENCE: Duration = Duration::from_mins(2);

pub fn harness(options: Options, size: [f32; 2]) -> Harness<'static, App> {
    let mut harness = Harness::builder()
        .with_size(size)
        .renderer(Painter::default())
        .build_eframe(|cc| App::new(cc, options).expect("the window opens"));
    settle(&mut harness);
    harness
}

pub fn options(language: Language) -> Options {
    Options {
        data: Some(DataSource::Synthetic),
        language: Some(language),
        images: Some(320),
        epochs: Some(1),
        runs: Some(runs_folder()),
        ..Options::default()
    }
}

/// Those of a window that looks at the data set in a folder, and at the runs in `runs` below it.
pub fn options_of(folder: &Path) -> Options {
    Options {
        data: Some(DataSource::Folder(folder.to_owned())),
        runs: Some(folder.join("runs")),
        images: None,
        ..options(Language::En)
    }
}

/// A folder of runs of the test's own.
pub fn runs_folder() -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tempfile::tempdir_in(parent).unwrap().keep()
}

pub fn english() -> Harness<'static, App> {
    harness(options(Language::En), [1280.0, 720.0])
}

/// What [`english`] says.
pub fn text() -> &'static Text {
    Language::En.text()
}

/// Draws frames until nothing is loading, training or computing, and two more.
pub fn settle(harness: &mut Harness<'_, App>) {
    wait_until(harness, App::is_settled);
    harness.run_steps(3);
}

pub fn wait_until(harness: &mut Harness<'_, App>, done: impl Fn(&App) -> bool) {
    let started = Instant::now();
    harness.step();
    while !done(harness.state()) {
        assert!(started.elapsed() < PATIENCE, "still waiting");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

pub fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(4);
    settle(harness);
}

/// Presses a key and lets the window come to rest.
pub fn press(harness: &mut Harness<'_, App>, key: egui::Key) {
    harness.key_press(key);
    harness.run_steps(3);
    settle(harness);
}

/// Presses Tab until something whose name begins like this has the keyboard; its name.
pub fn tab_to(harness: &mut Harness<'_, App>, name: &str) -> String {
    for _ in 0..600 {
        harness.key_press(egui::Key::Tab);
        harness.step();
        if let Some(found) = focused(harness).filter(|found| found.starts_with(name)) {
            return found;
        }
    }
    panic!("Tab never reaches {name}");
}

/// The name of what has the keyboard.
pub fn focused(harness: &Harness<'_, App>) -> Option<String> {
    let mut all = harness.query_all_by(|node| node.is_focused() && node.label().is_some());
    all.find_map(|node| node.accesskit_node().label())
}

/// Opens a view by keyboard, by way of its group.
pub fn open(harness: &mut Harness<'_, App>, view: &str) {
    for language in [Language::En, Language::Es] {
        let words = &language.text().views;
        for (group, views) in [
            (
                words.look,
                &[words.overview, words.maps, words.channels, words.filters][..],
            ),
            (words.judge, &[words.compare, words.errors, words.embedding]),
            (
                words.try_out,
                &[words.draw, words.explain, words.by_hand, words.transform],
            ),
            (
                words.learning,
                &[words.curves, words.histograms, words.runs],
            ),
        ] {
            let mut tabs = harness.query_all_by_role_and_label(Role::Button, view);
            let is_there = tabs.next().is_some();
            drop(tabs);
            if views.contains(&view) && !is_there {
                tab_to(harness, group);
                press(harness, egui::Key::Enter);
            }
        }
    }
    tab_to(harness, view);
    press(harness, egui::Key::Enter);
    press(harness, egui::Key::Escape);
}

/// A file dropped on the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

pub fn drop_file(harness: &mut Harness<'_, App>, path: &Path) {
    let_fall(harness, path);
    harness.run_steps(3);
    settle(harness);
}

/// The same without waiting for what comes of it.
pub fn let_fall(harness: &mut Harness<'_, App>, path: &Path) {
    let dropped = Arc::new(Dropped(path.to_owned()));
    harness.input_mut().dropped_files.push(dropped);
}

/// Draws frames until these words are there.
pub fn wait_for(harness: &mut Harness<'_, App>, words: &str) {
    let started = Instant::now();
    while !shows(harness, words) {
        assert!(started.elapsed() < PATIENCE, "still waiting for {words}");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

pub fn shows(harness: &Harness<'_, App>, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

#[test]
fn the_first_picture_is_the_notebooks_figure() {
    let harness = english();
    for layer in ["conv1", "pool1", "conv2", "pool2"] {
        for image in [0, 7, 26] {
            let map = format!("{layer}, channel 1, image {image}: ");
            assert!(shows(&harness, &map), "{map}");
        }
    }
    assert!(shows(&harness, "of 0–63"));
    assert!(shows(&harness, "Built-in network · 64-64"));
    assert!(
        shows(&harness, "Synthetic garments"),
        "synthetic data is named"
    );
    assert!(shows(&harness, "243,786"));
}

#[test]
fn every_text_follows_the_language() {
    let mut harness = english();
    assert!(shows(&harness, "Train"));
    click(&mut harness, "ES");
    for words in [
        "Entrenar",
        "Red",
        "Pérdida",
        "Exactitud",
        "Prendas sintéticas",
        "de 0–63",
    ] {
        assert!(shows(&harness, words), "{words}");
    }
    assert!(!shows(&harness, "Train"));
    click(&mut harness, "EN");
    assert!(shows(&harness, "Train"));
}

#[test]
fn training_moves_the_maps_and_ends_with_its_accuracy() {
    let mut harness = english();
    click(&mut harness, "Train");
    wait_for(&mut harness, "after epoch 1");
    assert!(shows(&harness, "Train"), "another run may start");
}

#[test]
fn one_batch_at_a_time() {
    let mut harness = english();
    click(&mut harness, "One batch");
    wait_for(&mut harness, "during epoch 1, batch 1 of 10");
    wait_for(&mut harness, "Resume");
    click(&mut harness, "One batch");
    wait_for(&mut harness, "during epoch 1, batch 2 of 10");
    click(&mut harness, "Stop");
    wait_for(&mut harness, "Train");
}

#[test]
fn presets_change_the_stack_and_its_parameters() {
    let mut harness = english();
    click(&mut harness, "1 conv");
    assert!(shows(&harness, "1,386,506"));
    assert!(shows(&harness, "64×13×13"));
    click(&mut harness, "dense");
    assert!(shows(&harness, "101,770"));
}

#[test]
fn one_layer_alone_shows_several_channels() {
    let mut harness = english();
    let button = egui::accesskit::Role::Button;
    harness.get_by_role_and_label(button, "conv2").click();
    harness.run_steps(3);
    for channel in 1..=4 {
        assert!(shows(
            &harness,
            &format!("conv2, channel {channel}, image 0: ")
        ));
    }
    assert!(!shows(&harness, "conv1, channel"));
    // A network without that layer shows all that it has, and their names say so.
    click(&mut harness, "1 conv");
    harness.key_press(egui::Key::T);
    wait_for(&mut harness, "after epoch 1");
    wait_for(&mut harness, "conv1, channel 1, image 0: ");
    harness.get_by_role_and_label(button, "conv1");
}

#[test]
fn the_keyboard_alone_changes_the_convolution_and_trains() {
    let mut harness = english();
    harness.key_press(egui::Key::ArrowRight);
    harness.run_steps(3);
    assert!(shows(&harness, "conv1, channel 2, image 0: "));
    harness.key_press(egui::Key::ArrowLeft);
    harness.run_steps(3);
    assert!(shows(&harness, "conv1, channel 1, image 0: "));
    harness.key_press(egui::Key::T);
    wait_for(&mut harness, "after epoch 1");
}

#[test]
fn an_image_is_removed_and_the_notebooks_come_back() {
    let mut harness = english();
    click(&mut harness, "Remove image 7");
    assert!(!shows(&harness, "conv1, channel 1, image 7: "));
    click(&mut harness, "0, 7, 26");
    wait_for(&mut harness, "conv1, channel 1, image 7: ");
}

#[test]
fn a_folder_that_is_none_is_said_and_nothing_is_lost() {
    let mut options = options(Language::Es);
    options.data = Some(DataSource::Folder("no-such-folder".into()));
    let harness = harness(options, [1280.0, 720.0]);
    assert!(shows(&harness, "no-such-folder: no hay ninguna carpeta"));
    assert!(
        shows(&harness, "conv1, canal 1, imagen 0: "),
        "other data are shown instead"
    );
}

#[test]
fn every_control_has_a_name() {
    let harness = english();
    for role in [
        egui::accesskit::Role::Button,
        egui::accesskit::Role::Slider,
        egui::accesskit::Role::SpinButton,
        egui::accesskit::Role::ComboBox,
        egui::accesskit::Role::CheckBox,
    ] {
        for node in harness.query_all_by_role(role) {
            let node = node.accesskit_node();
            let named = node.label().is_some() || node.labelled_by().next().is_some();
            assert!(named, "a {role:?} at {:?} has no name", node.bounding_box());
        }
    }
}

/// Not every machine rounds alike: a few pixels may differ a little.
pub fn tolerance() -> SnapshotOptions {
    SnapshotOptions::new().threshold(1.5).max_failed_pixels(400)
}

#[test]
fn pictures_of_the_window() {
    let tolerance = tolerance();
    let mut results = egui_kittest::SnapshotResults::new();
    for (name, language, dark, size) in [
        ("maps-en-dark-1280", Language::En, true, [1280.0, 720.0]),
        ("maps-es-light-1600", Language::Es, false, [1600.0, 1000.0]),
    ] {
        let mut harness = harness(options(language), size);
        if !dark {
            click(&mut harness, language.text().window.light);
        }
        harness.remove_cursor();
        harness.run_steps(3);
        results.add(harness.try_snapshot_options(name, &tolerance));
    }
}
