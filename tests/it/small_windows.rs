//! Windows so small, or so magnified, that not everything has a place: nothing is cut or overlaps.

use convlens::app::App;
use convlens::text::Language;
use convlens_core::dataset::ImageId;
use eframe::egui::{Key, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::import::models;
use super::support::VIEW_KEYS;
use super::views::{click, drop_file, harness, options, press, shows, tab_to};

/// Sizes in points: 1280×720 at 200 and at 300 %, and the smallest window.
const SIZES: [[f32; 2]; 3] = [[640.0, 360.0], [427.0, 240.0], [960.0, 600.0]];

fn rect(harness: &Harness<'_, App>, label: &str) -> Rect {
    harness.get_by_label(label).rect()
}

#[test]
fn the_top_bar_keeps_every_button_whole() {
    for language in [Language::En, Language::Es] {
        // Between these, what has one row fills it.
        for size in SIZES.into_iter().chain([[1100.0, 650.0], [1240.0, 700.0]]) {
            let harness = harness(options(language), size);
            let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(size[0], size[1]));
            let text = language.text();
            let buttons = [
                text.training.train,
                text.training.stop,
                text.lesson.lesson,
                text.display.display,
                text.export.button,
            ];
            // In the place of the progress, in long or in short.
            let hints = [text.training.not_trained_yet, text.training.press_train];
            let hint = hints
                .iter()
                .find(|hint| harness.query_by_label(hint).is_some());
            let buttons: Vec<_> = buttons.iter().chain(hint).copied().collect();
            let rects: Vec<_> = buttons.iter().map(|name| rect(&harness, name)).collect();
            for (place, one) in rects.iter().enumerate() {
                let name = buttons[place];
                assert!(screen.contains_rect(*one), "{name} {one} at {size:?}");
                for (other, two) in rects.iter().enumerate().skip(place + 1) {
                    let both = one.intersect(*two);
                    let overlap = both.width() > 0.5 && both.height() > 0.5;
                    assert!(!overlap, "{name} and {} at {size:?}", buttons[other]);
                }
            }
        }
    }
}

#[test]
fn a_narrow_window_has_every_view_and_panel() {
    let text = Language::En.text();
    let mut harness = harness(options(Language::En), [640.0, 360.0]);
    let map = harness
        .query_all_by_label_contains("conv1, channel 1, image 0: ")
        .next()
        .expect("the first map")
        .rect();
    assert!(
        map.width() >= 56.0 && map.max.x < 640.0 && map.max.y < 360.0,
        "{map}"
    );
    for key in VIEW_KEYS.into_iter().skip(1) {
        press(&mut harness, key);
    }
    assert!(shows(
        &harness,
        &format!("{}: {}", text.views.view, text.views.histograms)
    ));
    press(&mut harness, Key::Num1);
    assert!(!shows(&harness, "+ conv"), "the network is folded away");
    click(&mut harness, text.network.network);
    assert!(shows(&harness, "+ conv"));
    tab_to(&mut harness, text.display.curves);
    press(&mut harness, Key::Enter);
    assert!(!shows(&harness, "+ conv") && shows(&harness, text.curves.accuracy));
}

#[test]
fn above_a_small_map_stands_which_channel_it_shows_in_one_line() {
    for language in [Language::En, Language::Es] {
        for (size, is_short) in [([640.0, 500.0], true), ([1600.0, 1400.0], false)] {
            let mut harness = harness(options(language), size);
            // Two channels and three.
            drop_file(&mut harness, &models().join("torch.safetensors"));
            press(&mut harness, Key::ArrowRight);
            let text = language.text();
            let words = if is_short {
                text.clamped_in_short(1)
            } else {
                text.clamped(1, 2)
            };
            let map = text.map_name("conv1", 1, ImageId::Test(0));
            let map = harness.query_all_by_label_contains(&map).next();
            let map = map.expect("the first map").rect();
            let above: Vec<Rect> = (harness.query_all_by_label(&words))
                .map(|node| node.rect())
                .collect();
            assert_eq!(above.len(), 2, "{words} at {size:?}");
            for line in above {
                let is_whole = line.height() < 18.0 && line.max.y <= map.min.y;
                assert!(is_whole, "{words}: {line} above {map} at {size:?}");
            }
        }
    }
}
