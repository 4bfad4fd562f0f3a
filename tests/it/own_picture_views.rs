//! The views Compare, Draw and Why?, by keyboard alone, and their numbers against the functions'.

use std::sync::Arc;
use std::time::Instant;

use convlens::app::App;
use convlens::text::Language;
use convlens_core::dataset::picture::{Reduction, read_picture, reduce};
use convlens_core::dataset::{self, Gallery, ImageId, PictureSize};
use convlens_core::explore::most_likely;
use convlens_core::explore::{ImageSet, OcclusionPatch, activations, occlusion, similarity};
use convlens_core::figures::map_set;
use convlens_core::network::weights;
use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotResults};

use super::import::models;
use super::support::root;
use super::views::{
    click, drop_file, english, harness, open, options, press, settle, shows, tab_to, text,
    tolerance, wait_for,
};

#[test]
fn compare_shows_what_the_functions_compute() {
    let mut harness = english();
    open(&mut harness, text().views.compare);
    let test = dataset::synthetic(0, 10_000);
    let labels = test.test.labels().to_vec();
    let gallery = Gallery::new(Arc::new(test));
    let images = ImageSet::ShoesAndShirts.images(&labels, 9, 1);
    let ids: Vec<ImageId> = images.iter().copied().map(ImageId::Test).collect();
    let maps = map_set(&weights::built_in().unwrap(), &gallery, &ids).unwrap();
    let conv1 = &maps.activations.layers[0];
    let words = |channel: Option<usize>, row: usize, column: usize| {
        let matrix = similarity(conv1, ids.len(), channel).unwrap();
        let [a, b] = [row, column].map(|i| text().image_and_class(ids[i], gallery.label(ids[i])));
        let pair = matrix.at(row, column);
        text().similarity_cell([&a, &b], pair.cosine, pair.pearson)
    };
    assert!(shows(&harness, &words(Some(1), 0, 1)));
    assert!(shows(&harness, &words(Some(1), 7, 2)));
    tab_to(&mut harness, text().compare.all_channels);
    press(&mut harness, Key::Space);
    assert!(shows(&harness, &words(None, 0, 7)));
    let matrix = similarity(conv1, ids.len(), None).unwrap();
    let classes: Vec<_> = ids.iter().map(|&id| gallery.label(id)).collect();
    let means = matrix.class_means(&classes);
    let mean = text().mean_of_pairs(means.within.cosine.mean, 12);
    assert!(shows(&harness, &mean), "{mean}");
    tab_to(&mut harness, text().compare.pearson);
    press(&mut harness, Key::Space);
    let mean = text().mean_of_pairs(means.between.pearson.mean, 16);
    assert!(shows(&harness, &mean), "{mean}");
    tab_to(&mut harness, "#0 · Ankle boot and #4 · Shirt");
    press(&mut harness, Key::Enter);
    assert!(shows(&harness, "Difference: −"), "a range about zero");
}

#[test]
fn a_second_network_stands_beside_the_first() {
    let mut harness = english();
    open(&mut harness, text().views.compare);
    tab_to(&mut harness, text().compare.other_network);
    press(&mut harness, Key::Enter);
    // It is the built-in network that is on screen: nobody compares it with itself.
    assert_eq!(
        harness.query_all_by_label(text().compare.built_in).count(),
        0
    );
    press(&mut harness, Key::Escape);
    drop_file(&mut harness, &models().join("keras.keras"));
    tab_to(&mut harness, text().compare.other_network);
    press(&mut harness, Key::Enter);
    click(&mut harness, text().compare.built_in);
    assert!(shows(&harness, "#0 · on screen and #0 · built-in: cosine "));
    assert!(shows(&harness, "Difference: "));
}

#[test]
fn drawing_by_keyboard_is_answered_and_undone() {
    let mut harness = english();
    open(&mut harness, text().views.draw);
    assert!(shows(&harness, text().draw.blank));
    tab_to(&mut harness, "Drawing pad");
    assert!(shows(&harness, "Drawing pad, row 14, column 14: 0"));
    for _ in 0..6 {
        press(&mut harness, Key::Space);
        press(&mut harness, Key::ArrowDown);
    }
    press(&mut harness, Key::ArrowUp);
    assert!(shows(&harness, "Drawing pad, row 19, column 14: 255"));
    assert!(!shows(&harness, text().draw.blank));
    for layer in ["conv1", "pool1", "conv2", "pool2"] {
        assert!(shows(&harness, &format!("{layer}, channel 1, drawing: ")));
    }
    press(&mut harness, Key::E);
    press(&mut harness, Key::Space);
    assert!(shows(&harness, "row 19, column 14: 0"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    settle(&mut harness);
    assert!(shows(&harness, "row 19, column 14: 255"));
    press(&mut harness, Key::Escape);

    // The drawing becomes a row in the other views.
    tab_to(&mut harness, text().draw.as_row);
    press(&mut harness, Key::Space);
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::Num1);
    assert!(shows(&harness, "conv2, channel 1, drawing: "));
    assert!(shows(&harness, "conv2, channel 1, image 26: "));
    click(&mut harness, "Remove the drawing");
    assert!(!shows(&harness, "drawing: "));
}

#[test]
fn letters_typed_while_drawing_train_nothing() {
    let mut harness = english();
    open(&mut harness, text().views.draw);
    let is_chosen = |harness: &Harness<'_, App>, tool: &str| {
        let tool = harness.get_by_role_and_label(Role::Button, tool);
        tool.accesskit_node().is_selected() == Some(true)
            || tool.accesskit_node().toggled() == Some(Toggled::True)
    };
    let has_begun = |harness: &Harness<'_, App>| shows(harness, text().training.pause);
    tab_to(&mut harness, "Drawing pad");
    for key in [
        Key::T,
        Key::S,
        Key::X,
        Key::E,
        Key::L,
        Key::M,
        Key::U,
        Key::P,
    ] {
        press(&mut harness, key);
        assert!(!has_begun(&harness), "{key:?}");
        assert!(shows(&harness, "Drawing pad, row 14"), "{key:?}");
    }
    assert!(shows(&harness, text().training.press_train));
    assert!(
        !shows(&harness, text().lesson.next),
        "the lesson stays closed"
    );
    assert!(is_chosen(&harness, text().draw.eraser));
    press(&mut harness, Key::B);
    assert!(is_chosen(&harness, text().draw.brush));
    // The eraser's key is no other one's beside the pad either.
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::E);
    assert!(is_chosen(&harness, text().draw.eraser));
    assert!(shows(&harness, text().training.press_train));
    harness.key_press(Key::S);
    wait_for(&mut harness, text().training.resume);
}

/// A dark thing on a table in the light of a window: the table is taken away, unless somebody wants it.
#[test]
fn a_photographs_ground_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.png");
    let photograph = image::GrayImage::from_fn(120, 120, |x, y| {
        let is_thing = (40..80).contains(&x) && (20..100).contains(&y);
        let table = 230 - x - y / 4;
        image::Luma([if is_thing { 40 } else { table as u8 }])
    });
    photograph.save(&path).unwrap();
    let mut harness = english();
    drop_file(&mut harness, &path);
    assert!(shows(&harness, "no ground, 120×120"));
    assert!(shows(&harness, "cropped, 40×80"), "of the thing alone");
    assert!(!shows(&harness, text().draw.unclear_ground));
    tab_to(&mut harness, text().draw.ground);
    press(&mut harness, Key::Space);
    assert!(!shows(&harness, "no ground, 120×120"));
    // Of a street nothing can be told.
    let street = image::GrayImage::from_fn(120, 120, |x, y| {
        let is_light = (x / 20 + y / 20) % 2 == 0;
        image::Luma([if is_light { 230 } else { 20 }])
    });
    street.save(&path).unwrap();
    drop_file(&mut harness, &path);
    assert!(shows(&harness, text().draw.unclear_ground));
}

#[test]
fn a_dropped_picture_is_reduced_and_recognised_or_refused() {
    let mut harness = english();
    let path = root().join("tests/pictures/cmyk.jpg");
    drop_file(&mut harness, &path);
    assert!(shows(&harness, "Opened: 40×60 pixels"));
    for step in [
        "grey, 40×60",
        "inverted, 40×60",
        "cropped, 20×30",
        "reduced, 19×28",
        "28×28",
    ] {
        assert!(shows(&harness, step), "{step}");
    }
    let opened = read_picture(&path).unwrap();
    let size = PictureSize::FASHION_MNIST;
    let how = Reduction::suggested(&opened.grey, size);
    let steps = reduce(&opened.picture(false), how, size);
    let model = weights::built_in().unwrap();
    let said = activations(&model, [steps.picture.bytes()])
        .unwrap()
        .probabilities;
    let class = most_likely(&said[0]);
    let share = text().percent(f64::from(said[0][class]), 1);
    let words = format!("{} {share}", text().class_name(class as u8));
    assert!(shows(&harness, &words), "{words}");
    tab_to(&mut harness, text().draw.crop);
    press(&mut harness, Key::Space);
    assert!(!shows(&harness, "cropped, "));

    drop_file(&mut harness, &root().join("tests/pictures/missing.png"));
    wait_for(&mut harness, "missing.png: it cannot be read");
    assert!(shows(&harness, "Opened: 40×60 pixels"), "nothing is lost");

    // Without a native dialog a path can be typed.
    assert!(!shows(&harness, text().draw.first_frame));
    click(&mut harness, text().draw.open);
    let typed = root().join("tests/pictures/animated.gif");
    let field = harness.get_by_label(text().maps.figure_path);
    field.set_text_value_accesskit(&typed.display().to_string());
    harness.run_steps(2);
    click(&mut harness, text().data.open);
    assert!(shows(&harness, text().draw.first_frame));
}

#[test]
fn why_names_the_patch_and_answers_for_any_class() {
    let mut harness = english();
    open(&mut harness, text().views.explain);
    let test = dataset::synthetic(0, 10_000).test;
    let model = weights::built_in().unwrap();
    let patch = OcclusionPatch::default();
    let probabilities = activations(&model, [test.image(0)]).unwrap().probabilities;
    let predicted = most_likely(&probabilities[0]);
    let words = |class: usize| {
        let map = occlusion(&model, test.image(0), class, patch).unwrap();
        let pixels = map.per_pixel();
        let largest = pixels.iter().copied().fold(f32::MIN, f32::max);
        let smallest = pixels.iter().copied().fold(f32::MAX, f32::min);
        text().largest_drop(largest, smallest)
    };
    assert!(shows(&harness, &words(predicted)));
    assert!(shows(&harness, &text().patch(6, 2, 128)));
    assert!(shows(&harness, "Grad-CAM: conv2 11×11"));
    tab_to(&mut harness, text().explain.class);
    press(&mut harness, Key::Enter);
    click(&mut harness, "Bag");
    assert!(shows(&harness, &words(8)));
    assert!(shows(&harness, "the network says"));
}

#[test]
fn a_stroke_is_answered_within_a_tenth_of_a_second() {
    let mut harness = english();
    open(&mut harness, text().views.draw);
    tab_to(&mut harness, "Drawing pad");
    let mut slowest = 0.0_f64;
    for _ in 0..20 {
        harness.key_press(Key::ArrowRight);
        harness.key_press(Key::Space);
        let started = Instant::now();
        harness.step();
        while !harness.state().is_settled() {
            std::thread::sleep(std::time::Duration::from_millis(1));
            harness.step();
        }
        slowest = slowest.max(started.elapsed().as_secs_f64());
    }
    // A figure does not gate a test: a machine may be busy. This one is off by a factor.
    eprintln!("slowest answer to a stroke: {:.1} ms", slowest * 1e3);
    assert!(slowest < 5.0, "{slowest} s");
}

#[test]
fn pictures_of_compare_draw_and_why() {
    let mut results = SnapshotResults::new();
    for (name, language, dark, size) in [
        ("compare-en-dark-1280", Language::En, true, [1280.0, 720.0]),
        ("draw-es-light-1600", Language::Es, false, [1600.0, 1000.0]),
        ("why-en-light-1280", Language::En, false, [1280.0, 720.0]),
    ] {
        let mut harness = harness(options(language), size);
        if !dark {
            click(&mut harness, language.text().window.light);
        }
        let words = &language.text().views;
        let view = match name.split('-').next() {
            Some("compare") => words.compare,
            Some("draw") => words.draw,
            _ => words.explain,
        };
        open(&mut harness, view);
        settle(&mut harness);
        harness.remove_cursor();
        harness.run_steps(3);
        results.add(harness.try_snapshot_options(name, &tolerance()));
    }
}
