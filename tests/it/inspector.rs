//! Hover, pin and the inspector, and the Channels view, by keyboard alone and by accessible name.

use convlens::app::App;
use eframe::egui::{Key, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::views::{english, press, settle, shows, wait_for};

const CHANNELS: usize = 64;

/// Gives the keyboard to the map of that name.
fn focus(harness: &mut Harness<'_, App>, map: &str) {
    let maps: Vec<_> = harness.query_all_by_label_contains(map).collect();
    assert_eq!(maps.len(), 1, "{map}");
    maps[0].focus();
    harness.run_steps(2);
}

/// Presses a control by keyboard.
fn push(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).focus();
    harness.run_steps(2);
    press(harness, Key::Enter);
}

/// Row and column of the pinned cell, as the inspector's title says.
fn pinned(harness: &Harness<'_, App>, title: &str) -> (usize, usize) {
    let start = format!("{title} · row ");
    let node = harness.get_by_label_contains(&start);
    let label = node
        .accesskit_node()
        .value()
        .or_else(|| node.accesskit_node().label());
    let label = label.unwrap_or_else(|| panic!("{title} has no words"));
    let numbers: Vec<usize> = label
        .rsplit(" · ")
        .next()
        .unwrap()
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    (numbers[0], numbers[1])
}

#[test]
fn a_pin_is_set_moved_and_dropped_by_keyboard() {
    let mut harness = english();
    focus(&mut harness, "conv1, channel 1, image 0: ");
    press(&mut harness, Key::Enter);
    let title = "conv1, channel 1, image 0";
    let (row, column) = pinned(&harness, title);
    for words in [
        "patch: ",
        "kernel: ",
        "products: ",
        "Σ products",
        "+ bias",
        "before ReLU",
        "float32 rounding",
        "sees 3×3 pixels",
    ] {
        assert!(shows(&harness, words), "{words}");
    }
    // The strongest cell may be at an edge: towards the middle there is room.
    let (key, next) = if row > 12 {
        (Key::ArrowUp, row - 1)
    } else {
        (Key::ArrowDown, row + 1)
    };
    press(&mut harness, key);
    assert_eq!(pinned(&harness, title), (next, column));
    let (key, beside) = if column > 12 {
        (Key::ArrowLeft, column - 1)
    } else {
        (Key::ArrowRight, column + 1)
    };
    press(&mut harness, key);
    assert_eq!(pinned(&harness, title), (next, beside));
    assert!(
        shows(&harness, "of 0–63"),
        "the arrows left the channel alone"
    );
    press(&mut harness, Key::CloseBracket);
    assert_eq!(
        pinned(&harness, "conv1, channel 2, image 0"),
        (next, beside)
    );
    press(&mut harness, Key::Escape);
    assert!(!shows(&harness, "Σ products"));
}

#[test]
fn the_largest_contribution_leads_to_its_map_of_the_layer_before() {
    let mut harness = english();
    focus(&mut harness, "conv2, channel 1, image 7: ");
    press(&mut harness, Key::Enter);
    let (row, column) = pinned(&harness, "conv2, channel 1, image 7");
    assert!(shows(&harness, "sees 8×8 pixels"));
    let drawn = harness.query_all_by_label_contains("patch: ").count();
    assert!(drawn >= 2, "{drawn} channels are drawn");
    assert!(shows(&harness, &format!("these {drawn} channels")));
    assert!(shows(
        &harness,
        &format!("the other {} channels", CHANNELS - drawn)
    ));
    let contribution = harness
        .query_all_by_label_contains("channel ")
        .find(|node| {
            let node = node.accesskit_node();
            node.role() == Role::Button
                && node
                    .label()
                    .is_some_and(|label| label.starts_with("channel "))
        });
    let contribution = contribution.expect("a contributing channel is a button");
    let label = contribution.accesskit_node().label().unwrap();
    let channel = label["channel ".len()..]
        .split(':')
        .next()
        .unwrap()
        .to_owned();
    push(&mut harness, &label);
    let title = format!("pool1, channel {channel}, image 7");
    assert_eq!(
        pinned(&harness, &title),
        (row + 1, column + 1),
        "the middle of the patch"
    );
    assert!(shows(&harness, "the values of the window: "));
    push(&mut harness, "Go to the winner");
    let (row_below, column_below) = pinned(&harness, &format!("conv1, channel {channel}, image 7"));
    assert_eq!((row_below / 2, column_below / 2), (row + 1, column + 1));
}

#[test]
fn a_class_score_is_taken_apart_down_to_a_cell() {
    let mut harness = english();
    let predictions: Vec<_> = harness.query_all_by_label_contains("✓ ").collect();
    predictions[0].focus();
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    for words in [
        "Score of ",
        "Softmax of the class scores",
        "24 largest",
        "the other 104",
    ] {
        assert!(shows(&harness, words), "{words}");
    }
    let input = harness
        .query_all_by_label_contains("unit ")
        .next()
        .expect("the largest input");
    let input = input.accesskit_node().label().unwrap();
    push(&mut harness, &input);
    assert!(shows(&harness, "dense1, unit "));
    let is_cell = |label: &str| label.starts_with("channel ") && label.ends_with(')');
    let cell = harness.query_all_by_role(Role::Button).find(|node| {
        node.accesskit_node()
            .label()
            .is_some_and(|label| is_cell(&label))
    });
    let cell = cell.expect("a cell of pool2");
    let cell = cell.accesskit_node().label().unwrap();
    push(&mut harness, &cell);
    assert!(shows(&harness, "pool2, channel "));
    assert!(shows(&harness, "the values of the window: "));
}

#[test]
fn a_pin_follows_the_training_and_outlives_a_network_without_its_layer() {
    let mut harness = english();
    focus(&mut harness, "conv2, channel 1, image 0: ");
    press(&mut harness, Key::Enter);
    press(&mut harness, Key::S);
    wait_for(&mut harness, "during epoch 1, batch 1 of ");
    settle(&mut harness);
    assert!(shows(&harness, "Σ products"));
    // What follows a stop belongs to the next run, however late the thread answers.
    harness.get_by_label("Stop").click();
    harness.run_steps(2);
    push(&mut harness, "1 conv");
    press(&mut harness, Key::S);
    wait_for(&mut harness, "This network has no conv2.");
    push(&mut harness, "Unpin (Esc)");
    assert!(!shows(&harness, "This network has no conv2."));
}

#[test]
fn channels_are_chosen_and_ranked_by_keyboard() {
    let mut harness = english();
    press(&mut harness, Key::Num2);
    assert!(shows(&harness, "Channels of conv1, chosen: 1"));
    press(&mut harness, Key::ArrowRight);
    assert!(shows(&harness, "Channels of conv1, chosen: 2"));
    press(&mut harness, Key::End);
    assert!(shows(&harness, "Channels of conv1, chosen: 63"));
    press(&mut harness, Key::Home);
    press(&mut harness, Key::ArrowDown);
    let below = |harness: &Harness<'_, App>| {
        (2..CHANNELS).find(|n| shows(harness, &format!("Channels of conv1, chosen: {n}")))
    };
    let columns = below(&harness).expect("a row has several channels");
    press(&mut harness, Key::Plus);
    press(&mut harness, Key::Home);
    press(&mut harness, Key::ArrowDown);
    assert!(
        below(&harness) < Some(columns),
        "larger maps, fewer in a row"
    );
    let chosen = below(&harness).unwrap();
    press(&mut harness, Key::Num1);
    let map = format!("pool2, channel {chosen}, image 0: ");
    assert!(shows(&harness, &map), "it is the channel of Maps");
}

#[test]
fn the_most_alike_channel_is_the_channel_itself() {
    let mut harness = english();
    press(&mut harness, Key::Num2);
    let menu = harness.get_by_role_and_label(Role::ComboBox, "Order");
    menu.focus();
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    push(&mut harness, "similarity to 1");
    assert!(shows(&harness, "Channels of conv1, chosen: 1 · 1.00"));
    let tiles: Vec<_> = harness.query_all_by_role(Role::ListBoxOption).collect();
    let first = tiles
        .iter()
        .filter_map(|node| node.accesskit_node().label())
        .find(|label| label.starts_with("channel "));
    assert_eq!(first.as_deref(), Some("channel 1 · 1.00"));
}

#[test]
fn every_control_of_the_inspector_and_of_channels_has_a_name() {
    let mut harness = english();
    focus(&mut harness, "conv2, channel 1, image 0: ");
    press(&mut harness, Key::Enter);
    for key in [Key::Num1, Key::Num2] {
        press(&mut harness, key);
        for role in [
            Role::Button,
            Role::Slider,
            Role::ComboBox,
            Role::CheckBox,
            Role::ListBoxOption,
            Role::Image,
        ] {
            for node in harness.query_all_by_role(role) {
                let node = node.accesskit_node();
                let named = node.label().is_some() || node.labelled_by().next().is_some();
                assert!(named, "a {role:?} at {:?} has no name", node.bounding_box());
            }
        }
    }
}
