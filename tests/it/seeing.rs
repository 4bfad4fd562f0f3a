//! The network at a glance, a picture moved by hand, pictures as points: what the views say is what the functions compute, and their
//! controls act.

use std::time::{Duration, Instant};

use convlens::app::App;
use convlens_core::dataset::picture::Transform;
use convlens_core::dataset::{self, ImageId};
use convlens_core::explore::most_likely;
use convlens_core::explore::{
    Arithmetic, OverviewOptions, Place, Progress, SaliencyMethod, Way, accuracy_when_changed,
    activations, inspect, moved, overview, saliency, smallest_change,
};
use convlens_core::network::{Model, weights};
use convlens_core::render::ValueRange;
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::commands::{json, output};
use super::views::{click, english, press, settle, shows, text, wait_for};

fn model() -> Model {
    weights::built_in().unwrap()
}

fn click_beginning(window: &Harness<'_, App>, words: &str) {
    let mut found = window.query_all_by(|node| {
        let label = node.label();
        label.is_some_and(|label| label.starts_with(words))
    });
    found.next().unwrap_or_else(|| panic!("{words}")).click();
}

#[test]
fn a_channel_of_the_overview_tells_what_it_adds_up_down_to_a_pixel() {
    let mut window = english();
    press(&mut window, Key::O);
    settle(&mut window);
    let picture = dataset::synthetic(0, 30).test.picture(0);
    let found = overview(&model(), &picture, &OverviewOptions::forward(6, 1)).unwrap();
    let column = found
        .columns
        .iter()
        .position(|column| column.name == "conv2");
    let column = &found.columns[column.unwrap()];
    let node = column.nodes.iter().find(|node| node.channel == 1).unwrap();
    let (sum, bias) = node.sum.unwrap();
    click_beginning(&window, "conv2 · 1: ");
    window.run_steps(3);
    wait_for(&mut window, "What it adds up: conv2 · 1");
    for words in [text().value(sum + bias), text().contribution(bias)] {
        assert!(shows(&window, &words), "{words}");
    }
    // Fewer channels: the chosen one stays among them.
    click(&mut window, text().overview.to_maps);
    wait_for(&mut window, "of 0–63");
    settle(&mut window);
    let map = activations(&model(), [picture.bytes()]).unwrap();
    let map = map.layers[2].map(0, 1).unwrap();
    let best = (0..map.len()).reduce(|a, b| if map[b] > map[a] { b } else { a });
    let best = best.unwrap();
    let place = format!("({}, {})", best / 11, best % 11);
    assert!(shows(&window, "conv2"), "{place}");
    assert!(
        shows(&window, &text().value(map[best])),
        "{place}: {}",
        map[best]
    );
}

/// The window slides, the terms add up one by one, and the last step is the value in the map.
#[test]
fn a_cell_adds_up_step_by_step_in_the_overview() {
    let mut window = english();
    press(&mut window, Key::O);
    settle(&mut window);
    click_beginning(&window, "conv1 · 1: ");
    window.run_steps(3);
    click(&mut window, text().overview.to_a_pixel);
    settle(&mut window);
    let picture = dataset::synthetic(0, 30).test.picture(0);
    let model = model();
    let map = activations(&model, [picture.bytes()]).unwrap();
    let map = map.layers[0].map(0, 1).unwrap().to_vec();
    // It opens at the strongest cell; from the first on to one that is not black.
    let best = (0..map.len()).reduce(|a, b| if map[b] > map[a] { b } else { a });
    let best = best.unwrap();
    let opened = text().row_and_column(best / 26, best % 26);
    assert!(shows(&window, &format!("conv1 · 1 · {opened}")));
    let bright = map.iter().position(|value| *value > 0.01).unwrap();
    click(&mut window, text().overview.term_by_term);
    click(&mut window, text().by_hand.first);
    for _ in 0..bright {
        click(&mut window, text().by_hand.step);
    }
    settle(&mut window);
    let at = text().row_and_column(bright / 26, bright % 26);
    assert!(shows(&window, &format!("conv1 · 1 · {at}")));
    let place = Place {
        layer: 0,
        channel: 1,
        row: bright / 26,
        column: bright % 26,
    };
    let Arithmetic::Conv(sum) = inspect(&model, picture.bytes(), place).unwrap().arithmetic else {
        panic!("a convolution")
    };
    let value = text().decimal(f64::from(map[bright]), 4);
    assert!(shows(&window, &value), "{value}");
    assert!(shows(&window, &text().signed(sum.before_relu, 4)));

    // Term by term: the picture's products, no other channels, the bias, the activation.
    click(&mut window, text().overview.term_by_term);
    click(&mut window, text().by_hand.first);
    settle(&mut window);
    let first = inspect(
        &model,
        picture.bytes(),
        Place {
            row: 0,
            column: 0,
            ..place
        },
    );
    let Arithmetic::Conv(first) = first.unwrap().arithmetic else {
        panic!("a convolution")
    };
    let label = text().overview.so_far;
    assert!(shows(&window, label) && shows(&window, &text().signed(first.sum, 4)));
    for _ in 0..2 {
        click(&mut window, text().by_hand.step);
    }
    assert!(shows(&window, &text().signed(f64::from(first.bias), 4)));
    assert!(shows(&window, &text().signed(first.before_relu, 4)));
    press(&mut window, Key::Escape);
    assert!(
        shows(&window, "What it adds up: conv1 · 1"),
        "back by Escape"
    );
    press(&mut window, Key::Escape);
    assert!(!shows(&window, "What it adds up"));
}

#[test]
fn a_picture_moved_by_hand_is_answered_and_put_back() {
    let mut window = english();
    press(&mut window, Key::Num0);
    settle(&mut window);
    let picture = dataset::synthetic(0, 30).test.picture(0);
    let said = |transform: &Transform| {
        let found = moved(&model(), &picture, transform, 0).unwrap();
        let said = found.activations.probabilities[1].clone();
        let class = most_likely(&said);
        let said = text().said_of_picture(class as u8, said[class]);
        format!("{}: {said}", text().transform.changed)
    };
    let begins = Transform {
        shift: [0.0, 4.0],
        ..Transform::default()
    };
    assert!(shows(&window, &said(&begins)));
    // By keyboard: a step to the right more.
    window
        .get_by_role_and_label(Role::Slider, text().transform.right)
        .focus();
    window.run_steps(2);
    press(&mut window, Key::ArrowRight);
    settle(&mut window);
    let more = Transform {
        shift: [0.0, 5.0],
        ..begins
    };
    assert!(shows(&window, &said(&more)), "{}", said(&more));
    click(&mut window, text().transform.reset);
    settle(&mut window);
    assert!(shows(&window, &said(&Transform::default())));
    let same = "conv1, all channels: the moved maps are the maps of the changed picture.";
    assert!(shows(&window, same));
    let name = text().image_and_class(
        ImageId::Test(0),
        Some(dataset::synthetic(0, 30).test.label(0)),
    );
    assert!(shows(&window, &name));
}

#[test]
fn the_accuracy_of_changed_pictures_is_measured_when_it_is_asked_for() {
    let mut window = english();
    press(&mut window, Key::Num0);
    settle(&mut window);
    assert!(shows(&window, text().transform.measured_first));
    window.get_by_label(text().transform.measure).click();
    window.run_steps(4);
    // Twenty times through ten thousand images: on a busy machine longer than other questions may take.
    let started = Instant::now();
    while !window.state().is_settled() && started.elapsed() < Duration::from_mins(5) {
        std::thread::sleep(Duration::from_millis(20));
        window.step();
    }
    window.run_steps(3);
    let way = Way::Shift;
    let amounts = [0.0, 2.0];
    let pool = rayon::ThreadPoolBuilder::new().build().unwrap();
    let test = dataset::synthetic(0, 10_000).test;
    let progress = Progress::default();
    let measured = accuracy_when_changed(&model(), &test, way, &amounts, &pool, &progress).unwrap();
    for (amount, accuracy) in amounts.into_iter().zip(measured) {
        let amount = text().way_amount(way, f64::from(amount));
        let words = format!("{amount}: {}", text().percent(accuracy, 1));
        assert!(shows(&window, &words), "{words}");
    }
}

#[test]
fn pictures_as_points_are_of_the_layer_and_class_that_are_chosen() {
    let mut window = english();
    press(&mut window, Key::N);
    settle(&mut window);
    assert!(shows(&window, "dense1: 1000 images of 128 numbers each"));
    let every = text().embedding.every_layer;
    click(&mut window, every);
    settle(&mut window);
    for layer in ["pixels", "conv1", "pool2", "dense2"] {
        assert!(window.query_all_by_label(layer).next().is_some(), "{layer}");
    }
    click(&mut window, "t-SNE");
    settle(&mut window);
    assert!(shows(&window, "dense1: 1000 images of 128 numbers each"));
}

#[test]
fn a_small_change_makes_another_class_and_says_how_small() {
    let mut window = english();
    press(&mut window, Key::Num7);
    settle(&mut window);
    let menu = text().saliency(None);
    window.get_by_role_and_label(Role::ComboBox, menu).click();
    window.run_steps(4);
    click(&mut window, text().explain.change);
    settle(&mut window);
    let picture = dataset::synthetic(0, 30).test.picture(0);
    let found = smallest_change(&model(), picture.bytes(), None).unwrap();
    let found = found.unwrap();
    for words in [
        text().changed_to(text(), &found),
        text().on_the_way(text(), &found),
        text().explain.change_truth.to_owned(),
    ] {
        assert!(shows(&window, &words), "{words}");
    }
    let arguments = ["explain", "--data", "synthetic", "--change", "--json"];
    let answer = json(&output(&arguments));
    let change = &answer["change"];
    assert_eq!(change["classes"], serde_json::json!(found.classes));
    assert_eq!(change["largest"], found.largest);
    assert_eq!(change["way"].as_array().unwrap().len(), found.way.len());
}

#[test]
fn why_is_also_asked_pixel_by_pixel() {
    let mut window = english();
    press(&mut window, Key::Num7);
    settle(&mut window);
    let picture = dataset::synthetic(0, 30).test.picture(0);
    let said = activations(&model(), [picture.bytes()]).unwrap();
    let class = most_likely(&said.probabilities[0]);
    for (before, method, truth) in [
        (
            None,
            SaliencyMethod::Gradient,
            text().explain.gradient_truth,
        ),
        (
            Some(SaliencyMethod::Gradient),
            SaliencyMethod::Integrated,
            text().explain.integrated_truth,
        ),
    ] {
        let menu = text().saliency(before);
        window.get_by_role_and_label(Role::ComboBox, menu).click();
        window.run_steps(4);
        click(&mut window, text().saliency(Some(method)));
        settle(&mut window);
        assert!(shows(&window, truth));
        let found = saliency(&model(), picture.bytes(), class, method).unwrap();
        let range = text().range(ValueRange::of(&found.values));
        let name = format!("{}: {range}", text().saliency(Some(method)));
        assert!(shows(&window, &name), "{name}");
        if method == SaliencyMethod::Integrated {
            assert!(shows(&window, &text().adds_up(found.scores)));
        }
    }
}
