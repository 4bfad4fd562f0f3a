//! The projector's window, drawn without a display: the room sees the network and every filter, and nothing there is a control.

use convlens::app::App;
use eframe::egui::accesskit::{Node, Role};
use eframe::egui::{Context, Key, Pos2, RawInput, Rect, Vec2, ViewportInfo, vec2};
use egui_kittest::Harness;
use std::cell::RefCell;
use std::rc::Rc;

use super::views::{english, open, press, settle, text};

/// Pixels of the projector.
const ROOM: Vec2 = vec2(1920.0, 1080.0);

/// The teacher's window, and what a screen reader is told of the other.
struct Class {
    harness: Harness<'static, App>,
    nodes: Rc<RefCell<Vec<Node>>>,
}

impl Class {
    fn new() -> Self {
        let mut harness = english();
        let nodes = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::clone(&nodes);
        harness.ctx.set_embed_viewports(false);
        Context::set_immediate_viewport_renderer(move |ctx, mut window| {
            let id = window.ids.this;
            let mut input = RawInput {
                viewport_id: id,
                screen_rect: Some(Rect::from_min_size(Pos2::ZERO, ROOM / ctx.zoom_factor())),
                time: Some(ctx.input(|input| input.time)),
                ..RawInput::default()
            };
            let native = ViewportInfo {
                native_pixels_per_point: Some(1.0),
                ..ViewportInfo::default()
            };
            input.viewports.insert(id, native);
            let drawn = ctx.run_ui(input, |ui| (window.viewport_ui_cb)(ui));
            let update = drawn.platform_output.accesskit_update;
            *kept.borrow_mut() = update.map_or_else(Vec::new, |update| {
                update.nodes.into_iter().map(|(_, node)| node).collect()
            });
        });
        press(&mut harness, Key::F8);
        Self { harness, nodes }
    }

    fn open(&mut self, view: &str) {
        open(&mut self.harness, view);
        settle(&mut self.harness);
        self.harness.run_steps(3);
    }

    /// What the room sees, wholly.
    fn seen(&self, is_it: impl Fn(&Node) -> bool) -> Vec<String> {
        let nodes = self.nodes.borrow();
        let seen = nodes.iter().filter(|node| is_it(node) && is_within(node));
        seen.map(|node| node.label().or(node.value()).unwrap_or_default().to_owned())
            .collect()
    }
}

fn is_within(node: &Node) -> bool {
    let (width, height) = (f64::from(ROOM.x), f64::from(ROOM.y));
    node.bounds().is_some_and(|bounds| {
        bounds.x0 >= 0.0 && bounds.y0 >= 0.0 && bounds.x1 <= width && bounds.y1 <= height
    })
}

#[test]
fn the_room_sees_the_networks_layers_beside_the_maps() {
    let mut class = Class::new();
    class.open(text().views.maps);
    let cards = |class: &Class| {
        let labels = class.seen(|node| node.role() == Role::Label);
        let all = ["dense2", "204,928", &text().parameters(243_786)];
        all.map(|words| labels.iter().any(|label| label == words))
    };
    assert_eq!(cards(&class), [true; 3]);
    class.open(text().views.filters);
    assert_eq!(cards(&class), [false; 3], "the filters need the room");
}

#[test]
fn the_room_sees_every_filter() {
    let mut class = Class::new();
    class.open(text().views.filters);
    let tiles = class.seen(|node| node.role() == Role::Button);
    for filter in 0..64 {
        let name = text().filter_name("conv1", filter, false, false);
        // Behind a comma it may be said to be dead.
        let is_it = |tile: &String| tile.split(", dead").next() == Some(name.as_str());
        assert!(tiles.iter().any(is_it), "{name}: {tiles:?}");
    }
}

/// A control that cannot be used from a chair only takes room from the pictures.
#[test]
fn nothing_in_the_rooms_window_is_a_control() {
    let mut class = Class::new();
    let words = &text().views;
    // The fields of a kernel by hand are its numbers.
    let controls = [
        Role::CheckBox,
        Role::ComboBox,
        Role::RadioButton,
        Role::Slider,
        Role::TextInput,
    ];
    for view in [
        words.maps,
        words.filters,
        words.compare,
        words.by_hand,
        words.transform,
    ] {
        class.open(view);
        let seen = class.seen(|node| controls.contains(&node.role()));
        assert!(seen.is_empty(), "{view}: {seen:?}");
        assert!(!class.seen(|_| true).is_empty(), "{view} is drawn");
    }
}
