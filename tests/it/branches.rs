//! Blocks of branches in the window: put together on cards, trained, taken apart and explained.

use eframe::egui::{Key, accesskit::Role};
use egui_kittest::kittest::Queryable as _;

use super::views::{click, english, open, press, settle, shows, text, wait_for};

#[test]
fn a_residual_block_is_added_trained_taken_apart_and_removed() {
    let mut harness = english();
    click(&mut harness, "16-16");
    click(&mut harness, text().editing.add_more_hint);
    click(&mut harness, "residual block");
    for card in ["split1", "branch1", "add1"] {
        assert!(shows(&harness, &format!("Remove {card}")), "{card}");
    }
    // As wide as the maps it is given, so that they can be added.
    assert!(!shows(&harness, text().editing.impossible));
    click(&mut harness, "Train");
    wait_for(&mut harness, "finished");
    settle(&mut harness);

    let map = harness.get_by_label_contains("add1, channel 1, image 0: ");
    map.focus();
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    settle(&mut harness);
    for words in [
        "add1, channel 1, image 0 · row ",
        "conv4, channel 1",
        "pool2, channel 1",
        "sum",
    ] {
        assert!(shows(&harness, words), "{words}");
    }
    click(&mut harness, "Take pool2 apart");
    settle(&mut harness);
    assert!(shows(&harness, "pool2, channel 1, image 0 · row "));

    // The last convolution lies in a branch: what all branches lead to is asked, or any other layer.
    open(&mut harness, "Why?");
    settle(&mut harness);
    assert!(shows(&harness, "Grad-CAM: act1 "));
    harness
        .get_by_role_and_label(Role::ComboBox, "Layer")
        .click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, "conv1").click();
    settle(&mut harness);
    assert!(shows(&harness, "Grad-CAM: conv1 "));

    click(&mut harness, "Remove add1");
    assert!(!shows(&harness, "Remove split1"));
    assert!(!shows(&harness, "Remove conv3"));
    assert!(shows(&harness, "Remove act1"), "what stood behind stays");
}
