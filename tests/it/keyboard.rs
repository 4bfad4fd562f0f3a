//! The window by keyboard: what Tab visits and in which order, what everything is called.

use std::collections::{BTreeMap, BTreeSet};

use convlens::app::App;
use convlens::text::Language;
use eframe::egui::accesskit::{Action, NodeId, Role};
use eframe::egui::{self, Key, Modifiers, Rect, Sense, WidgetInfo};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT as _, Queryable as _};

use super::support::VIEW_KEYS;
use super::views::{focused, harness, options, press, shows, tab_to, wait_for};

/// A control that the keyboard can reach.
#[derive(Clone, Debug)]
struct Control {
    role: Role,
    name: Option<String>,
    rect: Rect,
    takes_keys: bool,
    is_in_sight: bool,
}

/// Everything in the window that may have the keyboard, or that a click does something to.
fn controls<State>(harness: &Harness<'_, State>) -> BTreeMap<NodeId, Control> {
    nodes(harness, |node| {
        let data = node.data();
        let acts = data.supports_action(Action::Focus) || data.supports_action(Action::Click);
        acts && !node.is_disabled() && node.role() != Role::Window
    })
}

fn nodes<State>(
    harness: &Harness<'_, State>,
    is_meant: fn(&AccessKitNode<'_>) -> bool,
) -> BTreeMap<NodeId, Control> {
    let all = harness.query_all_by(is_meant);
    let screen = harness.ctx.content_rect();
    all.map(|node| {
        let (rect, node) = (node.rect(), node.accesskit_node());
        let control = Control {
            role: node.role(),
            name: node.label(),
            rect,
            takes_keys: node.data().supports_action(Action::Focus),
            is_in_sight: screen.contains(rect.center()),
        };
        (node.locate().0, control)
    })
    .collect()
}

/// What has the keyboard.
fn focus(harness: &Harness<'_, App>) -> Option<NodeId> {
    let mut all = harness
        .query_all_by(|node| node.is_focused() && node.data().supports_action(Action::Focus));
    all.next().map(|node| node.accesskit_node().locate().0)
}

/// What Tab visits, with these modifiers, until it is where it began.
fn tab_through(harness: &mut Harness<'_, App>, key: Modifiers) -> Vec<(NodeId, String)> {
    let mut visited: Vec<(NodeId, String)> = Vec::new();
    for _ in 0..700 {
        harness.key_press_modifiers(key, Key::Tab);
        harness.run_steps(2);
        let id = focus(harness).expect("Tab leaves nothing without the keyboard");
        let name = controls(harness)[&id].name.clone().unwrap_or_default();
        if visited.first().is_some_and(|(first, _)| *first == id) {
            return visited;
        }
        assert!(
            visited.iter().all(|(before, _)| *before != id),
            "{name} comes twice before all have come: {visited:#?}"
        );
        visited.push((id, name));
    }
    panic!("Tab never comes round: {:?}", visited.last());
}

/// The nodes with no name or role that can have the keyboard or be clicked, or are pictures.
fn nameless<State>(harness: &Harness<'_, State>) -> Vec<Control> {
    let mut all = controls(harness);
    all.extend(nodes(harness, |node| node.role() == Role::Image));
    let all = all.into_values();
    all.filter(|control| {
        if control.role == Role::Unknown {
            return true;
        }
        control.name.as_deref().is_none_or(str::is_empty)
            // Words that can be selected, which are their own name; what the wheel and the keys scroll, too.
            && !matches!(control.role, Role::Label | Role::ScrollBar)
    })
    .collect()
}

#[test]
fn whatever_can_be_clicked_has_a_name_and_a_role() {
    for language in [Language::En, Language::Es] {
        let text = language.text();
        let mut harness = harness(options(language), [1600.0, 1000.0]);
        let mut seen = 0;
        let mut pictures = BTreeSet::new();
        let mut check = |harness: &Harness<'_, App>, place: &str| {
            seen += controls(harness).len();
            let images = nodes(harness, |node| node.role() == Role::Image);
            pictures.extend(images.into_values().filter_map(|image| image.name));
            let nameless = nameless(harness);
            assert!(nameless.is_empty(), "{place}: {nameless:#?}");
        };
        press(&mut harness, Key::T);
        wait_for(&mut harness, text.training.train);
        for step in 0..3 {
            if step == 1 {
                press(&mut harness, Key::L);
            } else if step == 2 {
                press(&mut harness, Key::F5);
            }
            for view in VIEW_KEYS {
                press(&mut harness, view);
                check(&harness, &format!("{view:?}, {step}"));
            }
        }
        press(&mut harness, Key::F5);
        press(&mut harness, Key::Num1);
        for menu in [text.display.display, text.export.button] {
            press(&mut harness, Key::Escape);
            tab_to(&mut harness, menu);
            press(&mut harness, Key::Enter);
            check(&harness, menu);
        }
        assert!(seen > 2000, "{seen} nodes were looked at");
        let plots = [
            text.curves_in_words(text.curves.epoch, false, []),
            text.curves_in_words(text.curves.epoch, true, []),
            text.costs_in_words(text.runs.seconds_axis, []),
            text.costs_in_words(text.network.parameters, []),
        ];
        for plot in plots {
            let title = plot.split([':', '.']).next().unwrap();
            let is_named = |name: &String| name.starts_with(title) && name.contains("64-64: ");
            assert!(pictures.iter().any(is_named), "{title} is not named");
        }
    }
}

#[test]
fn what_has_no_name_or_role_is_found() {
    // The harness has a check of its own, of fewer roles.
    let builder = Harness::builder().with_accessibility_check(false);
    let harness = builder.build_ui(|ui| {
        let size = egui::vec2(20.0, 20.0);
        let _ = ui.button("named");
        ui.allocate_response(size, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Image, true, "a picture"));
        let _ = ui.button("");
        ui.allocate_response(size, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Image, true, ""));
        ui.allocate_response(size, Sense::click());
    });
    let roles: Vec<_> = nameless(&harness)
        .iter()
        .map(|control| control.role)
        .collect();
    for role in [Role::Button, Role::Image, Role::Unknown] {
        assert!(roles.contains(&role), "{role:?} is not found in {roles:?}");
    }
    assert_eq!(roles.len(), 3, "{roles:?}");
}

#[test]
fn tab_visits_every_control_once_in_the_order_of_reading() {
    let mut harness = harness(options(Language::En), [1280.0, 720.0]);
    for (number, view) in VIEW_KEYS.into_iter().enumerate() {
        press(&mut harness, view);
        let mut visited = tab_through(&mut harness, Modifiers::NONE);
        let first = visited.iter().position(|(_, name)| name == "File");
        visited.rotate_left(first.expect("the first of all"));
        let timeline = harness
            .query_all_by_value(Language::En.text().timeline.history)
            .next()
            .expect("the timeline")
            .rect();
        let timeline = timeline.min.y - 24.0;
        let text = Language::En.text();
        // The view of that name has such a heading too, farther left.
        let headings = harness.query_all_by_label(text.curves.loss);
        let curves = headings.map(|heading| heading.rect().min.x);
        let curves = curves.fold(0.0, f32::max) - 24.0;
        let ids: BTreeSet<_> = visited.iter().map(|(id, _)| *id).collect();
        for (id, control) in controls(&harness) {
            // Half a row of images is under the timeline, or half an image beside the curves; the arrows go there.
            let middle = control.rect.center();
            let is_cut = control.role == Role::ListBoxOption && middle.x > curves;
            let is_in_sight = control.is_in_sight && middle.y < timeline && !is_cut;
            let is_reached = ids.contains(&id) || !control.takes_keys || !is_in_sight;
            assert!(is_reached, "Tab never reaches {control:?} of view {number}");
        }
        let place = |name: &str| {
            let place = visited.iter().position(|(_, visited)| visited == name);
            place.unwrap_or_else(|| panic!("{name} is not visited in view {number}"))
        };
        let read = [
            "File", "Train", "Lesson", "Display", "ES", "EN", "Light", "64-64", "Epochs", "Look",
            "Learning", "batch", "epoch", "second",
        ];
        for pair in read.windows(2) {
            let is_read = place(pair[0]) < place(pair[1]);
            assert!(is_read, "{pair:?} in view {number}: {visited:#?}");
        }
    }
}

#[test]
fn shift_tab_goes_the_same_way_back() {
    let mut harness = harness(options(Language::En), [1280.0, 720.0]);
    let there: Vec<_> = tab_through(&mut harness, Modifiers::NONE);
    // The keyboard is at the first again.
    let mut back = tab_through(&mut harness, Modifiers::SHIFT);
    back.reverse();
    let names = |all: &[(NodeId, String)]| -> BTreeSet<String> {
        all.iter().map(|(_, name)| name.clone()).collect()
    };
    assert_eq!(names(&there), names(&back));
    let first = back.iter().position(|one| *one == there[0]).unwrap();
    back.rotate_left(first);
    assert_eq!(there, back);
}

#[test]
fn a_menu_keeps_the_keyboard_until_escape_gives_it_back() {
    let mut harness = harness(options(Language::En), [1280.0, 720.0]);
    tab_to(&mut harness, "Display");
    press(&mut harness, Key::Enter);
    let inside = tab_through(&mut harness, Modifiers::NONE);
    let names: Vec<_> = inside.iter().map(|(_, name)| name.as_str()).collect();
    assert!(names.contains(&"Reduced motion"), "{names:?}");
    assert!(!names.contains(&"Train"), "{names:?}");
    press(&mut harness, Key::Escape);
    assert!(!shows(&harness, "Reduced motion"), "it is closed");
    assert_eq!(focused(&harness).as_deref(), Some("Display"));
}

#[test]
fn the_keyboard_stays_near_when_what_had_it_goes() {
    let mut harness = harness(options(Language::En), [1280.0, 720.0]);
    tab_to(&mut harness, "Remove image 7");
    press(&mut harness, Key::Enter);
    assert!(!shows(&harness, "image 7: "));
    // The next image has moved up.
    assert_eq!(focused(&harness).as_deref(), Some("Remove image 26"));
    press(&mut harness, Key::L);
    tab_to(&mut harness, Language::En.text().lesson.show_me);
    press(&mut harness, Key::L);
    assert_eq!(focused(&harness), None, "the lesson is closed");
    press(&mut harness, Key::Tab);
    let near = focus(&harness).expect("Tab finds something");
    let near = controls(&harness)[&near].clone();
    assert!(near.rect.max.x < 330.0, "{near:?}");
}

#[test]
fn tab_scrolls_to_what_is_out_of_sight() {
    let mut harness = harness(options(Language::En), [1280.0, 600.0]);
    tab_to(&mut harness, "Training images");
    harness.run_steps(20);
    let field = harness.get_by_label("Training images").rect();
    assert!(field.max.y < 600.0 && field.min.y > 0.0, "{field}");
}
