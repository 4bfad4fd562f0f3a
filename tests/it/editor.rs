//! Editing the network in the window, without a display.

use convlens::app::App;
use convlens::text::Language;
use eframe::egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::views::{click, english, harness, options, shows};

fn press(harness: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn set(harness: &mut Harness<'_, App>, field: &str, value: f64) {
    harness.get_by_label(field).set_value_accesskit(value);
    harness.run_steps(3);
}

/// A place on the card that says this where it has no control.
fn card(harness: &Harness<'_, App>, words: &str) -> Pos2 {
    harness.get_by_label_contains(words).rect().left_center() + vec2(3.0, 0.0)
}

fn press_card(harness: &mut Harness<'_, App>, words: &str) {
    let at = card(harness, words);
    harness.drag_at(at);
    harness.run_steps(1);
    harness.drop_at(at);
    harness.run_steps(3);
}

#[test]
fn every_edit_shows_its_shapes_and_parameters_at_once() {
    let mut harness = english();
    assert!(shows(&harness, "conv1, 64×26×26, 640 parameters"));
    set(&mut harness, "conv1: filters", 16.0);
    assert!(shows(&harness, "conv1, 16×26×26, 160 parameters"));
    // As Keras counts: (3·3·16 + 1)·64, and what was 243,786.
    assert!(shows(&harness, "conv2, 64×11×11, 9280 parameters"));
    assert!(shows(&harness, "215,658"));
    // 26·26·16·9 + 11·11·64·16·9 + 1600·128 + 128·10.
    assert!(shows(&harness, "1.4\u{a0}M mult-adds"));
    click(&mut harness, "conv1: padding valid");
    assert!(shows(&harness, "conv1, 16×28×28, 160 parameters"));
    click(&mut harness, "conv2: kernel");
    click(&mut harness, "5×5");
    assert!(shows(&harness, "conv2, 64×10×10, 25,664 parameters"));
    set(&mut harness, "dense1: units", 10.0);
    assert!(shows(&harness, "dense1, 10, 16,010 parameters"));
    // No value outside its range comes in.
    set(&mut harness, "conv1: filters", 9999.0);
    assert!(shows(&harness, "conv1, 512×28×28"));
}

#[test]
fn layers_are_added_where_they_make_sense_and_removed() {
    let mut harness = english();
    click(&mut harness, "dense");
    for (button, card) in [
        ("+ conv", "conv1, 32×26×26"),
        ("+ pool", "pool1, 32×13×13"),
        ("+ conv", "conv2, 32×11×11"),
        ("+ dense", "dense1, 64, "),
    ] {
        click(&mut harness, button);
        assert!(shows(&harness, card), "{button}: {card}");
    }
    click(&mut harness, "Remove pool1");
    assert!(shows(&harness, "conv2, 32×24×24"));
    assert!(!shows(&harness, "Remove pool1"));
}

#[test]
fn an_impossible_network_is_explained_on_its_card_and_not_trained() {
    let mut harness = english();
    click(&mut harness, "3 conv");
    let may_train =
        |harness: &Harness<'_, App>| !harness.get_by_label("Train").accesskit_node().is_disabled();
    press_card(&mut harness, "conv3, 64×3×3");
    click(&mut harness, "+ conv");
    let reason = "pool3, a 1×1 map is too small for 2×2 pooling";
    assert!(shows(&harness, reason));
    assert!(!may_train(&harness));
    press(&mut harness, Modifiers::NONE, Key::T);
    assert!(!shows(&harness, "Pause"), "nor by keyboard");
    click(&mut harness, "Remove pool3");
    assert!(shows(&harness, "conv4, 32×1×1"));
    assert!(may_train(&harness));
}

#[test]
fn cards_move_by_keyboard_and_by_drag() {
    let mut harness = english();
    press_card(&mut harness, "pool2, 64×5×5");
    press(&mut harness, Modifiers::ALT, Key::ArrowUp);
    assert!(shows(&harness, "pool2, 64×6×6"), "above conv2");
    assert!(shows(&harness, "conv2, 64×4×4"));
    // It keeps the keys.
    press(&mut harness, Modifiers::ALT, Key::ArrowDown);
    assert!(shows(&harness, "pool2, 64×5×5"));
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(!shows(&harness, "Remove pool2"));
    assert!(shows(&harness, "dense1, 128, 991,360 parameters"));

    let from = card(&harness, "pool1, 64×13×13");
    let to = card(&harness, "conv1, 64×26×26");
    let to = to - vec2(0.0, 8.0);
    harness.drag_at(from);
    harness.run_steps(2);
    for part in 1..=5u8 {
        harness.hover_at(from.lerp(to, f32::from(part) / 5.0));
        harness.run_steps(2);
    }
    harness.drop_at(to);
    harness.run_steps(3);
    assert!(
        shows(&harness, "pool1, 1×14×14"),
        "the picture is pooled first"
    );
    assert!(shows(&harness, "conv2, 64×10×10"));
}

#[test]
fn changes_are_undone_and_done_again() {
    let mut harness = english();
    set(&mut harness, "conv1: filters", 16.0);
    set(&mut harness, "conv1: filters", 17.0);
    click(&mut harness, "Remove pool2");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(shows(&harness, "Remove pool2"));
    click(&mut harness, "Undo");
    assert!(
        shows(&harness, "conv1, 64×26×26"),
        "one gesture, one change"
    );
    assert!(shows(&harness, "243,786"));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(shows(&harness, "conv1, 17×26×26"));
    click(&mut harness, "Redo");
    assert!(!shows(&harness, "Remove pool2"));
}

#[test]
fn a_network_is_kept_under_a_name() {
    let mut harness = english();
    set(&mut harness, "conv1: filters", 5.0);
    click(&mut harness, "Save as preset…");
    harness
        .get_by_label("Name of the network")
        .type_text("five");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    click(&mut harness, "16-16");
    assert!(shows(&harness, "conv1, 16×26×26"));
    click(&mut harness, "five");
    assert!(shows(&harness, "conv1, 5×26×26"));
    click(&mut harness, "Delete the preset “five”");
    click(&mut harness, "16-16");
    assert!(harness.query_by_label("five").is_none());
}

#[test]
fn pictures_are_changed_as_the_menu_shows_and_patience_comes_with_validation() {
    let mut harness = harness(options(Language::En), [1600.0, 1000.0]);
    let text = Language::En.text();
    let shown = |harness: &Harness<'_, App>| harness.query_all_by_label_contains("epoch ").count();
    click(&mut harness, "Augmentation: none");
    assert!(shown(&harness) >= 5, "examples of five epochs");
    click(&mut harness, text.training.flip);
    click(&mut harness, text.training.turn);
    assert!(shows(&harness, "Augmentation: flip, turn 10"));
    set(&mut harness, &text.amount_of(text.training.turn), 15.0);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(shows(&harness, "Augmentation: flip, turn 15"));

    // The strip has the training images as they are met, and the test images again.
    assert!(shows(&harness, "10,000 test images"));
    click(&mut harness, text.images.as_trained);
    assert!(shows(&harness, "training images in epoch 1"));
    assert!(!shows(&harness, "10,000 test images"));
    click(&mut harness, text.images.as_trained);
    assert!(shows(&harness, "10,000 test images"));

    assert!(!shows(&harness, text.training.patience));
    set(&mut harness, text.training.validation, 10.0);
    set(&mut harness, text.training.patience, 2.0);
    press(&mut harness, Modifiers::NONE, Key::T);
    super::views::settle(&mut harness);
    assert!(shows(&harness, "after epoch 1"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    set(&mut harness, text.training.validation, 0.0);
    assert!(!shows(&harness, text.training.patience));
}

#[test]
fn pixels_are_normalized_from_their_card_and_so_is_what_is_drawn() {
    let mut harness = harness(options(Language::En), [1600.0, 1000.0]);
    let text = Language::En.text();
    click(&mut harness, "Pixels: 0 to 1");
    click(&mut harness, text.network.normalized_long);
    assert!(shows(&harness, "mean 0."));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(shows(&harness, "Pixels: mean 0"));
    press(&mut harness, Modifiers::NONE, Key::T);
    super::views::settle(&mut harness);
    assert!(shows(&harness, "after epoch 1") && shows(&harness, "64-64 norm"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(shows(&harness, "Pixels: 0 to 1"));
}
