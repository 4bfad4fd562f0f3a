//! A window that starts with whatever the file of its preferences says.

use convlens::app::{App, DataSource, Options, Preferences};
use convlens::text::Language;
use convlens_core::dataset::ImageId;
use convlens_core::network::Preset;
use convlens_core::render::{RangeMode, ValueRange};
use eframe::egui;
use egui_kittest::Harness;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::damage::damage;
use super::views::{options, settle};

/// What eframe hands out of its file.
#[derive(Default)]
struct Remembered(String);

impl eframe::Storage for Remembered {
    fn get_string(&self, _: &str) -> Option<String> {
        Some(self.0.clone())
    }

    fn set_string(&mut self, _: &str, value: String) {
        self.0 = value;
    }

    fn remove_string(&mut self, _: &str) {}

    fn flush(&mut self) {}
}

/// The preferences as eframe writes them.
fn written(preferences: &Preferences) -> String {
    let mut storage = Remembered::default();
    eframe::set_value(&mut storage, eframe::APP_KEY, preferences);
    storage.0
}

/// Opens a window with these remembered, and draws until nothing is under way.
fn start(remembered: String) -> Harness<'static, App> {
    let storage: &'static Remembered = Box::leak(Box::new(Remembered(remembered)));
    let options = Options {
        language: None,
        images: None,
        epochs: None,
        ..options(Language::En)
    };
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .build_eframe(|cc| {
            cc.storage = Some(storage);
            App::new(cc, options).expect("the window opens")
        });
    settle(&mut harness);
    harness
}

#[test]
fn preferences_that_make_no_sense_open_a_window_all_the_same() {
    let good = Preferences {
        data: DataSource::Synthetic,
        ..Preferences::default()
    };
    let mut absurd = good.clone();
    absurd.drawing = vec![7; 3];
    absurd.strip_class = Some(255);
    absurd.filters_layer = "conv".repeat(10_000);
    absurd.maps.images = vec![ImageId::Test(usize::MAX >> 1), ImageId::Drawing];
    absurd.maps.convolution = usize::MAX;
    absurd.maps.layer = Some("no such layer".into());
    absurd.maps.range = RangeMode::Fixed(ValueRange {
        min: f32::NAN,
        max: f32::NEG_INFINITY,
    });
    absurd.lesson.step = usize::MAX;
    absurd.lesson.is_open = true;
    absurd.lesson.folder = Some("/no/such/folder".into());
    absurd.figure_folder = Some("\0".into());
    absurd.config.threads = usize::MAX;
    absurd.config.learning_rate = f64::NAN;
    for network in [Preset::Conv64.spec(), Preset::Dense.spec()] {
        absurd.config.network = network;
        let mut harness = start(written(&absurd));
        harness.key_press(egui::Key::ArrowRight);
        harness.run_steps(3);
    }
    for text in ["", "(", &"(".repeat(100_000), &"[".repeat(100_000)] {
        start((*text).to_owned());
    }
}

#[test]
fn no_damage_to_preferences_keeps_the_window_from_opening() {
    let mut preferences = Preferences {
        data: DataSource::Synthetic,
        drawing: vec![9; 784],
        strip_class: Some(3),
        ..Preferences::default()
    };
    preferences.networks.save("mine", Preset::ThreeConv.spec());
    preferences.lesson.is_open = true;
    let good = written(&preferences);
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = prop::collection::vec(damage(), 1..3);
    let outcome = runner.run(&strategy, |damages| {
        let mut bytes = good.clone().into_bytes();
        for damage in damages {
            damage.apply(&mut bytes, usize::MAX);
        }
        start(String::from_utf8_lossy(&bytes).into_owned());
        Ok(())
    });
    outcome.unwrap();
}
