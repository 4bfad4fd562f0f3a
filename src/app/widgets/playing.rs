//! Where a sliding window stands among its positions, and how it moves by itself: buttons, keys and speed.

use crate::app::widgets;
use crate::app::widgets::keys::{self, Command, Way};
use crate::text::Text;
use eframe::egui::{self, Button, Slider};

/// Slowest and fastest, in positions a second.
const SPEEDS: (f32, f32) = (0.5, 200.0);

/// The window's place and its movement, over something that is set up as `S` says.
pub struct Playing<S> {
    place: usize,
    plays: bool,
    /// Positions a second.
    speed: f32,
    /// Fractions of a position that have passed.
    passed: f32,
    /// When they were counted last, in seconds.
    counted: f64,
    /// What was set up when the place was chosen: another setup begins anew.
    setup: Option<S>,
    count: usize,
}

impl<S> Default for Playing<S> {
    fn default() -> Self {
        Self {
            place: 0,
            plays: false,
            speed: 2.0,
            passed: 0.0,
            counted: f64::NEG_INFINITY,
            setup: None,
            count: 0,
        }
    }
}

impl<S: Clone + PartialEq> Playing<S> {
    /// The place among `count` of a setup, which begins at `first`; `None` where the window fits nowhere.
    pub fn place(&mut self, setup: &S, first: usize, count: usize) -> Option<usize> {
        if self.setup.as_ref() != Some(setup) {
            // Editing a pixel or a weight leaves the window where it is.
            if self.count != count {
                self.place = first;
                self.plays = false;
            }
            self.setup = Some(setup.clone());
            self.count = count;
        }
        self.place = self.place.min(count.checked_sub(1)?);
        Some(self.place)
    }

    /// Puts the window somewhere, by hand.
    pub fn go_to(&mut self, place: usize) {
        self.place = place.min(self.count.saturating_sub(1));
        self.plays = false;
    }

    fn toggle(&mut self) {
        self.plays = !self.plays;
        self.passed = 0.0;
        if self.plays && self.place + 1 == self.count {
            self.place = 0;
        }
    }

    /// The buttons, and the movement while it plays.
    pub fn show(&mut self, ui: &mut egui::Ui, text: &Text) {
        let last = self.count.saturating_sub(1);
        widgets::stage::for_teacher(ui, |ui| self.buttons(ui, text, last));
        self.keys(ui, last);
        self.go_on(ui, last);
    }

    fn buttons(&mut self, ui: &mut egui::Ui, text: &Text, last: usize) {
        ui.horizontal_wrapped(|ui| {
            let mut button = |symbol: &str, words: &str, enabled: bool| {
                let button = Button::new(symbol).min_size(egui::vec2(30.0, 0.0));
                let button = ui.add_enabled(enabled, button).on_hover_text(words);
                widgets::theme::name(&button, words);
                button.clicked()
            };
            let by_hand = &text.by_hand;
            if button("|◀", by_hand.first, self.place > 0) {
                self.go_to(0);
            }
            if button("◀", by_hand.step_back, self.place > 0) {
                self.go_to(self.place - 1);
            }
            let (symbol, words) = if self.plays {
                ("■", by_hand.hold)
            } else {
                ("▶", by_hand.play)
            };
            if button(symbol, words, last > 0) {
                self.toggle();
            }
            if button("▶|", by_hand.step, self.place < last) {
                self.go_to(self.place + 1);
            }
            if button("▶▶", by_hand.last, self.place < last) {
                self.go_to(last);
            }
            let label = ui.label(by_hand.speed);
            ui.spacing_mut().slider_width = 90.0;
            let speed = Slider::new(&mut self.speed, SPEEDS.0..=SPEEDS.1)
                .logarithmic(true)
                .max_decimals(1)
                .custom_formatter(|value, _| text.shortest(value, 1))
                .custom_parser(|typed| text.typed_number(typed));
            ui.add(speed).labelled_by(label.id);
        });
    }

    fn keys(&mut self, ui: &egui::Ui, last: usize) {
        // A control that has the keys uses them itself.
        if ui.ctx().memory(|memory| memory.focused().is_some()) {
            return;
        }
        if keys::pressed(ui.ctx(), Command::Play) {
            self.toggle();
        }
        let go = Command::Go;
        let steps = keys::steps(ui.ctx(), go(Way::Left), go(Way::Right));
        if steps != 0 {
            self.go_to(self.place.saturating_add_signed(steps));
        }
        for (way, place) in [(Way::First, 0), (Way::Last, last)] {
            if keys::pressed(ui.ctx(), go(way)) {
                self.go_to(place);
            }
        }
    }

    fn go_on(&mut self, ui: &egui::Ui, last: usize) {
        // Once a frame, however many windows show it.
        if ui.ctx().viewport_id() != egui::ViewportId::ROOT {
            return;
        }
        let now = ui.input(|input| input.time);
        // A frame that took long must not make it jump over what is to be seen.
        let seconds = (now - self.counted).clamp(0.0, 0.5) as f32;
        self.counted = now;
        if !self.plays {
            return;
        }
        self.passed += seconds * self.speed;
        let steps = self.passed.floor();
        self.passed -= steps;
        self.place = (self.place + steps as usize).min(last);
        self.plays = self.place < last;
        let until_next = (1.0 - self.passed) / self.speed;
        ui.ctx()
            .request_repaint_after(std::time::Duration::from_secs_f32(until_next.max(0.016)));
    }
}
