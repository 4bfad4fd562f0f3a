//! Files in and out of the window: a model dropped on it, what its File menu saves, a run sent from
//! one window to another.

use std::path::Path;
use std::sync::Arc;

use convlens::app::App;
use convlens::text::{Framework, Language};
use convlens_core::dataset::{self, Gallery, ImageId};
use convlens_core::figures::{self, MapsSettings, map_set};
use convlens_core::network::export::{self, WeightsFormat};
use convlens_core::network::{import, weights};
use eframe::egui::{self, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::import::{models, state_dict};
use super::views::{
    click, drop_file, english, harness, options, press, settle, shows, tab_to, text, wait_for,
};

/// Chooses a thing in the File menu and saves it to a path, by keyboard.
pub fn save(harness: &mut Harness<'_, App>, what: &str, path: &Path) {
    choose(harness, what);
    // The second of the two: the first is where something to open is named.
    let field = harness.get_all_by_label(text().export.path).last().unwrap();
    field.focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text(path.display().to_string()));
    harness.run_steps(2);
    press(harness, Key::Enter);
}

/// Opens the menu and chooses a thing.
fn choose(harness: &mut Harness<'_, App>, what: &str) {
    tab_to(harness, text().export.button);
    press(harness, Key::Enter);
    harness
        .get_by_role_and_label(egui::Role::Button, what)
        .click();
    harness.run_steps(3);
}

#[test]
fn a_keras_model_is_opened_looked_at_and_its_figure_saved() {
    let mut harness = english();
    drop_file(&mut harness, &models().join("keras.keras"));
    assert!(shows(&harness, "Model keras.keras"));
    assert!(shows(&harness, "conv2, channel 1, image 0: "));
    assert!(shows(&harness, "3×13×13"), "its second convolution");

    let folder = tempfile::tempdir().unwrap();
    let dataset = Arc::new(dataset::synthetic(0, 10_000));
    let model = import::open(&models().join("keras.keras")).unwrap().model;
    let whose = harness.get_by_label_contains("Model keras.keras");
    let whose = whose.accesskit_node().value().unwrap();
    // The caption names the pictures itself.
    let (whose, _) = whose.rsplit_once(" · ").unwrap();
    let words = text().of_network(text(), whose.to_owned());
    let images = [0, 7, 26].map(ImageId::Test);
    let maps = map_set(&model, &Gallery::new(dataset.clone()), &images).unwrap();
    for (label, ending) in [
        (text().export.figure_png, "png"),
        (text().export.figure_svg, "svg"),
    ] {
        let saved = folder.path().join("saved").with_extension(ending);
        save(&mut harness, label, &saved);
        wait_for(&mut harness, "Saved as ");
        let expected = folder.path().join("expected").with_extension(ending);
        let settings = MapsSettings::default();
        figures::save(&maps, &dataset, &settings, &words, &expected).unwrap();
        let [saved, expected] = [saved, expected].map(|path| std::fs::read(path).unwrap());
        assert!(saved == expected, "{ending}");
    }

    // A file of that name is not replaced unasked.
    let kept = folder.path().join("kept.png");
    std::fs::write(&kept, "something else").unwrap();
    save(&mut harness, text().export.figure_png, &kept);
    wait_for(&mut harness, "exists already");
    assert_eq!(std::fs::read(&kept).unwrap(), b"something else");
    click(&mut harness, text().export.replace);
    assert!(std::fs::read(&kept).unwrap().starts_with(b"\x89PNG"));

    // Where nothing can be written, an error with the file's name.
    save(
        &mut harness,
        text().export.figure_png,
        Path::new("/nowhere/at all/x.png"),
    );
    wait_for(&mut harness, "/nowhere/at all/x.png was not saved");

    click(&mut harness, text().timeline.back_to_built_in);
    assert!(shows(&harness, text().status.built_in));
}

/// A quick hand, or a program, types more between two frames than one key.
#[test]
fn what_is_typed_into_a_path_is_no_shortcut_though_enter_comes_in_the_same_frame() {
    let mut harness = english();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t3.png");
    let figure_is_there =
        |harness: &Harness<'_, App>| shows(harness, "conv2, channel 1, image 0: ");
    assert!(figure_is_there(&harness));
    choose(&mut harness, text().export.figure_png);
    let field = harness.get_all_by_label(text().export.path).last().unwrap();
    field.focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    let key = |key| egui::Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let typed = egui::Event::Text(file.display().to_string());
    let events = [typed, key(Key::T), key(Key::Num3), key(Key::Enter)];
    harness.input_mut().events.extend(events);
    harness.step();
    wait_for(&mut harness, "Saved as ");
    assert!(std::fs::read(file).unwrap().starts_with(b"\x89PNG"));
    assert!(harness.query_by_label(text().training.pause).is_none());
    assert!(figure_is_there(&harness), "another view is shown");

    // And the next key is one again.
    press(&mut harness, Key::Num3);
    assert!(!figure_is_there(&harness));
}

#[test]
fn weights_arrays_and_programs_are_saved_and_copied() {
    let mut harness = english();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let built_in = weights::built_in().unwrap();
    for (format, label) in [
        (WeightsFormat::Safetensors, text().export.weights),
        (WeightsFormat::Keras, text().export.keras),
        (WeightsFormat::KerasWeights, text().export.keras_weights),
        (WeightsFormat::Onnx, text().export.onnx),
    ] {
        // The ending is added.
        save(&mut harness, label, &at("network"));
        let file = at(&format!("network.{}", format.ending()));
        let expected = export::to_bytes(&built_in, format).unwrap();
        assert!(std::fs::read(file).unwrap() == expected, "{format:?}");
    }
    save(&mut harness, text().export.activations, &at("maps.npz"));
    let arrays = candle_core::npy::NpzTensors::new(at("maps.npz")).unwrap();
    let conv2 = arrays.get("conv2").unwrap().unwrap();
    assert_eq!(conv2.dims(), [3, 64, 11, 11]);

    choose(&mut harness, text().export.pytorch_code);
    harness.get_by_label(text().export.copy).click();
    let mut copied = None;
    for _ in 0..200 {
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
        let commands = &harness.output().platform_output.commands;
        copied = commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if copied.is_some() {
            break;
        }
    }
    let program = copied.expect("the program is on the clipboard");
    let name = Framework::PyTorch.name();
    assert!(program.contains(name) && program.contains("nn.Conv2d(1, 64, 3)"));

    // What is not there yet cannot be chosen.
    choose(&mut harness, text().export.confusion);
    assert!(shows(&harness, text().export.pytorch_code_hint));
}

/// The maps on screen by name, with their values.
fn maps_on_screen(harness: &Harness<'_, App>) -> Vec<String> {
    let maps = harness.query_all_by_label_contains(", channel 3, image ");
    let mut names: Vec<_> = maps
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    names.sort();
    names
}

#[test]
fn a_run_goes_from_one_window_to_another_with_what_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let sent = folder.path().join("sent.convlens");
    let mut harness = english();
    press(&mut harness, Key::T);
    settle(&mut harness);
    for _ in 0..2 {
        press(&mut harness, Key::CloseBracket);
    }
    let here = maps_on_screen(&harness);
    assert_eq!(here.len(), 12, "{here:?}");
    save(&mut harness, text().export.run, &sent);
    wait_for(&mut harness, "Saved as ");

    let mut other = self::harness(options(Language::En), [1280.0, 720.0]);
    drop_file(&mut other, &sent);
    wait_for(&mut other, "it is saved as number 1");
    settle(&mut other);
    assert_eq!(maps_on_screen(&other), here);
}

/// The path proposed in the menu that is open.
fn proposed(harness: &Harness<'_, App>) -> String {
    let mut fields = harness.get_all_by_role_and_label(egui::Role::TextInput, text().export.path);
    let field = fields.next_back().expect("a field for a path");
    field.accesskit_node().value().unwrap_or_default()
}

#[test]
fn the_path_proposed_follows_the_run_and_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = english();
    choose(&mut harness, text().export.weights);
    assert!(proposed(&harness).ends_with("network.safetensors"));
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::T);
    settle(&mut harness);
    choose(&mut harness, text().export.weights);
    assert!(proposed(&harness).ends_with("run-1-network.safetensors"));
    press(&mut harness, Key::Escape);
    let export = &text().export;
    for (what, name) in [
        (export.figure_png, "/run-1-feature-maps.png"),
        (export.activations, "/run-1-activations.npz"),
        (export.view, "/convlens.png"),
        (export.keras_code, "/train-keras.py"),
    ] {
        choose(&mut harness, what);
        let path = proposed(&harness);
        assert!(path.ends_with(name), "{path}");
        press(&mut harness, Key::Escape);
    }

    click(&mut harness, text().export.film);
    assert!(proposed(&harness).ends_with("run-1-training.gif"));
    press(&mut harness, Key::Escape);
    let saved = folder.path().join("any.safetensors");
    save(&mut harness, text().export.weights, &saved);
    wait_for(&mut harness, "Saved as ");
    click(&mut harness, text().export.film);
    let there = folder.path().join("run-1-training.gif");
    assert_eq!(proposed(&harness), there.display().to_string());
    press(&mut harness, Key::Escape);

    // A model from a file is no run's, whatever the window has trained.
    drop_file(&mut harness, &models().join("keras.keras"));
    choose(&mut harness, text().export.weights);
    assert!(proposed(&harness).ends_with("/network.safetensors"));
}

#[test]
fn what_is_dragged_over_the_window_is_told_to_open_when_dropped() {
    let mut harness = english();
    let words = text().drop_to_open("keras.keras");
    assert!(!shows(&harness, &words));
    let path = models().join("keras.keras");
    let hovered = egui::HoveredFile {
        path: Some(path),
        ..Default::default()
    };
    harness.input_mut().hovered_files.push(hovered);
    // The first frame only measures it.
    harness.run_steps(2);
    assert!(shows(&harness, &words));
    harness.input_mut().hovered_files.clear();
    harness.run_steps(2);
    assert!(!shows(&harness, &words));
}

#[test]
fn weights_that_fit_several_networks_are_opened_as_the_one_chosen() {
    let mut harness = english();
    let folder = tempfile::tempdir().unwrap();
    let shapes: [(&str, &[usize]); 3] = [
        ("0.weight", &[4, 1, 3, 3]),
        ("2.weight", &[4, 4, 3, 3]),
        ("6.weight", &[10, 784]),
    ];
    let path = state_dict(folder.path(), &shapes);
    drop_file(&mut harness, &path);
    let question = text().which_network(&path, false);
    assert!(shows(&harness, &question));
    assert!(!shows(&harness, "Looking at the model"));
    // Zeros say the first class of every picture.
    let test = dataset::synthetic(0, 1000).test;
    let first = (0..1000).filter(|&index| test.label(index) == 0).count();
    let accuracy = text().percent(first as f64 / 1000.0, 1);
    click(&mut harness, &format!("4same-p-4same: {accuracy}"));
    assert!(shows(&harness, "Model state.safetensors"));
    // The pool before the second convolution, not behind it.
    assert!(shows(&harness, "4×28×28") && shows(&harness, "4×14×14"));
    assert!(shows(&harness, "conv2, channel 1, image 0: "));
    assert!(!shows(&harness, "pool2, channel") && !shows(&harness, &question));
}

/// Every view as a vector file: its words are words, and it says whose figures it shows.
#[test]
fn every_view_is_saved_as_shapes_and_what_it_draws_as_numbers() {
    let mut harness = english();
    let folder = tempfile::tempdir().unwrap();
    for (place, key) in super::support::VIEW_KEYS.into_iter().enumerate() {
        press(&mut harness, key);
        settle(&mut harness);
        let file = folder.path().join(format!("{place}.svg"));
        save(&mut harness, text().export.view_svg, &file);
        super::views::wait_until(&mut harness, |_| file.exists());
        harness.run_steps(3);
        let svg = std::fs::read_to_string(&file).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(svg.matches("<text").count() > 5, "{key:?}");
        let is_by_hand = key == Key::Num9;
        assert!(is_by_hand || svg.contains("Built-in network"), "{key:?}");
        // The menu that it was asked from is not on it.
        assert!(!svg.contains(text().export.view_svg), "{key:?}");
    }
    for (key, heading) in [
        (
            Key::O,
            "from,channel,to,to_channel,contribution,handed_back\npicture,",
        ),
        (
            Key::Num3,
            "layer,filter,channel,row,column,weight\nconv1,0,0,0,0,",
        ),
        (
            Key::H,
            "step,epochs,layer,of,count,not_finite,zeros,rms,q0,q1,q10",
        ),
    ] {
        press(&mut harness, key);
        settle(&mut harness);
        let file = folder.path().join(format!("{key:?}.csv"));
        save(&mut harness, text().export.shown, &file);
        super::views::wait_until(&mut harness, |_| file.exists());
        let table = std::fs::read_to_string(&file).unwrap();
        assert!(table.starts_with(heading), "{table}");
    }
}
