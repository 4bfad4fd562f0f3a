//! The window stays where it is while it is used, and uses the room it has.

use convlens::app::App;
use convlens::text::Language;
use eframe::egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Rect, TouchPhase, accesskit::Role,
    vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::support::VIEW_KEYS;
use super::views::{
    click, english, focused, harness, options, press, settle, shows, text, wait_for,
};

/// Where the first control is whose name contains this.
fn rect(harness: &Harness<'_, App>, name: &str) -> Rect {
    let found = harness.query_all_by_label_contains(name).next();
    found.unwrap_or_else(|| panic!("no {name}")).rect()
}

/// Clicks with the pointer, as a hand does.
fn point_and_click(harness: &mut Harness<'_, App>, at: eframe::egui::Pos2) {
    harness.hover_at(at);
    harness.run_steps(2);
    harness.drag_at(at);
    harness.run_steps(1);
    harness.drop_at(at);
    harness.run_steps(4);
    settle(harness);
}

#[test]
fn a_map_stays_under_the_pointer_that_pins_a_cell_of_it() {
    for size in [[1280.0, 720.0], [960.0, 600.0], [853.0, 480.0]] {
        let mut harness = harness(options(Language::En), size);
        // In a low window the third row is out of sight.
        let rows: &[usize] = if size[1] > 700.0 {
            &[0, 7, 26]
        } else {
            &[0, 7]
        };
        for image in rows {
            let name = format!("pool2, channel 1, image {image}: ");
            let before = rect(&harness, &name);
            point_and_click(&mut harness, before.center());
            let title = format!("pool2, channel 1, image {image} · row ");
            assert!(shows(&harness, &title), "{name} is pinned at {size:?}");
            let after = rect(&harness, &name);
            assert_eq!(before, after, "{name} at {size:?}");
            let inspector = rect(&harness, &title);
            if size[1] > 700.0 {
                assert!(!inspector.intersects(after), "{inspector} is over {after}");
            }
            press(&mut harness, Key::Escape);
            assert_eq!(before, rect(&harness, &name), "{name} when it is unpinned");
        }
    }
}

#[test]
fn the_inspector_shows_every_class_and_the_predicted_one_first() {
    let mut harness = english();
    let prediction = rect(&harness, "✓ Ankle boot");
    point_and_click(&mut harness, prediction.center());
    let score = |class: &str| {
        let score = harness
            .query_all_by_role(Role::Button)
            .find(|node| node.accesskit_node().label().as_deref() == Some(class));
        score
            .unwrap_or_else(|| panic!("no score of {class}"))
            .rect()
    };
    let first = score("Ankle boot");
    for class in text().classes.iter().take(9) {
        let other = score(class);
        assert!(
            other.min.y > first.min.y,
            "{class} is above the predicted one"
        );
        assert!(other.max.y < 720.0, "{class} is out of sight");
    }
}

#[test]
fn twelve_rows_of_maps_fill_the_width_and_a_slider_sets_their_size() {
    let mut harness = harness(options(Language::En), [1600.0, 1000.0]);
    for _ in 0..9 {
        click(&mut harness, text().images.random);
    }
    let map = "conv1, channel 1, image 0: ";
    let before = rect(&harness, map);
    assert!(before.width() > 150.0, "{before}");
    let slider = harness.get_by_role_and_label(Role::Slider, text().channels.size);
    slider.focus();
    harness.run_steps(2);
    for _ in 0..3 {
        harness.key_press(Key::ArrowLeft);
        harness.run_steps(2);
    }
    assert!(rect(&harness, map).width() < before.width());
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::Plus);
    press(&mut harness, Key::Plus);
    assert!(rect(&harness, map).width() > before.width());
    click(&mut harness, text().maps.fit);
    assert_eq!(rect(&harness, map), before);
}

#[test]
fn panels_are_put_away_by_a_key_or_a_button_and_the_middle_has_their_room() {
    let mut harness = harness(options(Language::En), [1600.0, 1000.0]);
    let map = |harness: &Harness<'_, App>| rect(harness, "conv1, channel 1, image 0: ").width();
    for (key, inside, name) in [
        (Key::F2, "+ conv", text().network.network),
        (Key::F3, text().curves.accuracy, text().display.curves),
        (
            Key::F4,
            text().timeline.nothing_yet,
            text().timeline.history,
        ),
        (Key::F7, text().images.random, text().display.images),
    ] {
        let before = map(&harness);
        assert!(shows(&harness, inside));
        press(&mut harness, key);
        assert!(!shows(&harness, inside), "{name} is still there");
        assert!(map(&harness) >= before, "{name} leaves its room");
        click(
            &mut harness,
            &format!("{}: {name} ({})", text().display.show, key.name()),
        );
        assert!(shows(&harness, inside), "{name} is not back");
        click(
            &mut harness,
            &format!("{}: {name} ({})", text().display.hide, key.name()),
        );
        assert!(!shows(&harness, inside));
        press(&mut harness, key);
        assert!(shows(&harness, inside));
        assert!((map(&harness) - before).abs() < 1.0);
    }
}

#[test]
fn the_middle_is_never_narrower_than_what_stands_beside_it() {
    for width in [960.0, 1099.0, 1100.0, 1600.0] {
        let harness = harness(options(Language::En), [width, 700.0]);
        let network = harness.query_by_label("64-64").is_some();
        let curves = harness.query_by_label(text().curves.accuracy).is_some();
        assert_eq!(network, curves, "at {width}");
        let strip = rect(&harness, text().images.random);
        if network {
            let (left, right) = (strip.min.x, rect(&harness, text().curves.accuracy).min.x);
            assert!(
                left > 200.0 && right - 260.0 >= width / 2.0,
                "{left}, {right} at {width}"
            );
        }
    }
}

#[test]
fn a_layer_is_added_twice_by_two_clicks_at_one_place() {
    let mut harness = english();
    let at = harness.get_by_label("+ dense").rect().center();
    point_and_click(&mut harness, at);
    point_and_click(&mut harness, at);
    assert_eq!(harness.get_by_label("+ dense").rect().center(), at);
    assert!(shows(&harness, "dense3, "), "two were added");
}

/// Where everything is that has a name of its own.
fn places(harness: &Harness<'_, App>) -> Vec<(Role, String, Rect)> {
    let all = harness.query_all_by(|node| node.label().is_some());
    let mut places: Vec<_> = all
        .map(|node| {
            let (access, rect) = (node.accesskit_node(), node.rect());
            (access.role(), access.label().unwrap_or_default(), rect)
        })
        .collect();
    let names: Vec<(Role, String)> = places.iter().map(|p| (p.0, p.1.clone())).collect();
    let is_one = |place: &(Role, String, Rect)| {
        let same = names
            .iter()
            .filter(|(role, name)| (*role, name) == (place.0, &place.1));
        same.count() == 1
    };
    places.retain(is_one);
    places
}

/// The history, the progress and the way back have their room from the start.
#[test]
fn nothing_moves_when_a_run_begins_and_ends() {
    for (size, key, is_presenter) in [
        ([1280.0, 720.0], Key::Num1, false),
        ([1280.0, 720.0], Key::Num5, false),
        ([960.0, 600.0], Key::Num1, false),
        ([853.0, 480.0], Key::Num9, false),
        ([1600.0, 1000.0], Key::Num1, true),
        ([1280.0, 720.0], Key::Num2, true),
    ] {
        let mut harness = harness(options(Language::En), size);
        if is_presenter {
            press(&mut harness, Key::F5);
        }
        press(&mut harness, key);
        let before = places(&harness);
        let check = |harness: &Harness<'_, App>, when: &str| {
            let now = places(harness);
            let moved = before.iter().filter_map(|(role, name, rect)| {
                let there = now.iter().find(|p| (p.0, &p.1) == (*role, name))?.2;
                let is_moved = (there.min - rect.min).length() > 0.5;
                is_moved.then(|| format!("{role:?} {name}: {rect} → {there}"))
            });
            let moved: Vec<_> = moved.collect();
            assert!(moved.is_empty(), "{key:?} at {size:?}, {when}: {moved:#?}");
        };
        harness.key_press(Key::T);
        for _ in 0..8 {
            harness.step();
            check(&harness, "as it begins");
        }
        settle(&mut harness);
        check(&harness, "as it has ended");
    }
}

#[test]
fn the_pictures_stay_beside_maps_that_are_scrolled() {
    let mut harness = english();
    click(&mut harness, "ResNet");
    click(&mut harness, "One batch");
    wait_for(&mut harness, "conv2, channel 1, image 7: ");
    settle(&mut harness);
    let left = |harness: &Harness<'_, App>, name: &str| rect(harness, name).min.x;
    let [picture, map] = ["Remove image 7", "conv2, channel 1, image 7: "];
    let before = [left(&harness, picture), left(&harness, map)];
    harness.hover_at(rect(&harness, map).center());
    harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        source: MouseWheelSource::Unknown,
        delta: vec2(-60.0, 0.0),
        phase: TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(30);
    assert!((left(&harness, picture) - before[0]).abs() < 0.5);
    assert!(
        left(&harness, map) < before[1] - 30.0,
        "the maps are scrolled"
    );
}

#[test]
fn the_edge_of_the_shelf_does_not_creep() {
    let mut harness = english();
    let before = rect(&harness, "No runs yet");
    for height in [600.0, 720.0, 640.0, 720.0, 1000.0, 720.0] {
        harness.set_size([1280.0, height].into());
        harness.run_steps(4);
    }
    assert_eq!(rect(&harness, "No runs yet"), before);
}

/// Presses a key so often before the next frame.
fn held(harness: &mut Harness<'_, App>, key: Key, times: usize) {
    // Into one frame: pressed one by one, each would have its own.
    let pressed = Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let events = std::iter::repeat_n(pressed, times);
    harness.input_mut().events.extend(events);
    harness.run_steps(4);
}

/// Opens a view and waits for these words, and not for what it computes over the whole test set.
fn see(harness: &mut Harness<'_, App>, view: Key, words: &str) {
    harness.key_press(view);
    harness.run_steps(3);
    wait_for(harness, words);
}

/// Clicks a control and draws what follows.
fn tap(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(4);
}

#[test]
fn a_key_held_through_a_slow_frame_counts_as_often_as_it_came() {
    let mut harness = english();
    held(&mut harness, Key::ArrowRight, 5);
    assert!(shows(&harness, "conv1, channel 6, image 0: "), "arrows");
    held(&mut harness, Key::OpenBracket, 3);
    assert!(shows(&harness, "conv1, channel 3, image 0: "), "brackets");
    see(&mut harness, Key::Num2, "Channels of conv1, chosen: 3");
    held(&mut harness, Key::ArrowRight, 4);
    assert!(shows(&harness, "Channels of conv1, chosen: 7"), "the grid");
    see(&mut harness, Key::Num9, &text().position_of(1, 9, 0, 0));
    held(&mut harness, Key::ArrowRight, 4);
    assert!(shows(&harness, &text().position_of(5, 9, 1, 1)), "by hand");
}

#[test]
fn all_filters_of_a_layer_are_switched_at_once() {
    let mut harness = english();
    let words = &text().filters;
    see(&mut harness, Key::Num3, words.only_this);
    let place = rect(&harness, words.all_off);
    tap(&mut harness, words.only_this);
    assert_eq!(
        rect(&harness, words.all_off),
        place,
        "the notice moves nothing"
    );
    assert!(shows(&harness, &text().filters_off(63)));
    assert!(!shows(&harness, "conv1, filter 1, off"));
    tap(&mut harness, words.all_off);
    assert!(shows(&harness, &text().filters_off(64)));
    tap(&mut harness, words.all_on);
    assert!(!shows(&harness, words.only_here));
}

#[test]
fn a_later_filter_is_shown_by_what_can_be_read() {
    let mut harness = english();
    see(&mut harness, Key::Num3, text().filters.only_this);
    assert!(
        !shows(&harness, text().filters.all_slices),
        "one channel has one slice"
    );
    tap(&mut harness, "Layer conv2");
    wait_for(&mut harness, text().filters.strength);
    assert!(shows(&harness, text().filters.strongest));
    tap(&mut harness, text().filters.all_slices);
    assert!(!shows(&harness, text().filters.strength));
}

#[test]
fn a_key_jumps_from_part_to_part_and_soon_to_the_first_map() {
    let mut harness = english();
    let mut presses = 0;
    while !focused(&harness).is_some_and(|name| name.starts_with("conv1, channel 1, image 0")) {
        press(&mut harness, Key::F6);
        presses += 1;
        // The head of its row comes first.
        if focused(&harness).is_some_and(|name| name.contains("image 0")) {
            while !focused(&harness).is_some_and(|name| name.starts_with("conv1")) {
                press(&mut harness, Key::Tab);
                presses += 1;
            }
        }
        assert!(presses < 10, "{:?}", focused(&harness));
    }
    let there = focused(&harness);
    harness.key_press(Key::F6);
    harness.run_steps(2);
    assert_ne!(focused(&harness), there);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F6);
    harness.run_steps(2);
    let back = focused(&harness).unwrap();
    assert!(back.contains("image 0"), "{back}");
}

#[test]
fn after_a_views_key_the_next_key_is_the_views() {
    let mut harness = english();
    harness.get_by_label(text().images.random).focus();
    harness.run_steps(2);
    press(&mut harness, Key::Num9);
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert!(shows(&harness, text().by_hand.hold), "it plays");
}

/// The picture that is chosen among the rows of a view.
fn picked(harness: &Harness<'_, App>) -> Option<String> {
    let all = harness.query_all_by_role(Role::Button);
    let mut picked = all.filter(|node| {
        let node = node.accesskit_node();
        node.toggled() == Some(eframe::egui::accesskit::Toggled::True)
            && node.label().is_some_and(|label| label.starts_with('#'))
    });
    picked.next()?.accesskit_node().label()
}

#[test]
fn why_is_about_the_picture_one_came_with() {
    let mut harness = english();
    let map = rect(&harness, "pool2, channel 1, image 7: ");
    point_and_click(&mut harness, map.center());
    press(&mut harness, Key::Num7);
    wait_for(&mut harness, "#7 · Shirt");
    assert_eq!(
        picked(&harness).as_deref(),
        Some("#7 · Shirt"),
        "the pinned one"
    );
    click(&mut harness, "#26 · Shirt");
    assert_eq!(
        picked(&harness).as_deref(),
        Some("#26 · Shirt"),
        "the one clicked"
    );
    see(&mut harness, Key::Num2, "Channels of conv1");
    assert_eq!(
        picked(&harness).as_deref(),
        Some("#26 · Shirt"),
        "in Channels too"
    );
}

#[test]
fn why_this_class_and_not_that_one_is_one_click_from_a_mistake() {
    let mut harness = english();
    press(&mut harness, Key::Num5);
    settle(&mut harness);
    let question = harness
        .query_all_by_label_contains(": why ")
        .find(|node| {
            let label = node.accesskit_node().label();
            label.is_some_and(|label| label.contains(" and not "))
        })
        .expect("a mistake");
    let words = question.accesskit_node().label().unwrap();
    question.click();
    harness.run_steps(4);
    settle(&mut harness);
    let number = words.split(':').next().unwrap();
    assert!(picked(&harness).unwrap().starts_with(number));
    assert!(
        shows(&harness, "% and not "),
        "both classes, with their probabilities"
    );
    assert!(shows(&harness, "Lead lost: "));
}

#[test]
fn nothing_is_cut_off_at_the_sides() {
    for (language, size) in [
        (Language::Es, [960.0, 600.0]),
        (Language::En, [853.0, 480.0]),
        (Language::Es, [1280.0, 720.0]),
    ] {
        let mut harness = harness(options(language), size);
        for key in VIEW_KEYS {
            press(&mut harness, key);
            let controls = [
                Role::Button,
                Role::CheckBox,
                Role::ComboBox,
                Role::SpinButton,
            ];
            let controls = controls.into_iter();
            for node in controls.flat_map(|role| harness.query_all_by_role(role)) {
                let rect = node.rect();
                let is_cut = rect.min.x < -0.5 || rect.max.x > size[0] + 0.5;
                let name = node.accesskit_node().label();
                assert!(
                    !is_cut,
                    "{name:?} {rect} in {key:?} at {size:?}, {language:?}"
                );
            }
        }
    }
}
