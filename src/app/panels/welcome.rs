//! The first start: three clicks on the real thing, ticked off as they are made.

use crate::app::model::action::{Action, LessonAction};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::tab_order::{Region, region};
use convlens_core::figures::MapsSettings;
use eframe::egui::{self, RichText};

/// The strip; it owns what has been done.
#[derive(Default)]
pub struct Welcome {
    /// The choices as they were at the start.
    first: Option<MapsSettings>,
    done: [bool; 3],
}

impl Welcome {
    /// The strip below the top bar, until it is skipped or done with.
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        if state.preferences.welcomed || state.dataset.is_none() {
            return;
        }
        let maps = &state.preferences.maps;
        let first = self.first.get_or_insert_with(|| maps.clone());
        self.done[0] |= maps.images != first.images;
        self.done[1] |= maps.convolution != first.convolution;
        self.done[2] |= state.run.is_some();
        egui::Panel::top("welcome")
            .frame(widgets::theme::banner_frame(ui))
            .show(ui, |ui| {
                region(ui, Region::Welcome);
                ui.horizontal_wrapped(|ui| self.content(ui, state, actions));
            });
    }

    fn content(&self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = &state.text().lesson;
        if self.done == [true; 3] {
            ui.label(widgets::theme::strong(format!("✓ {}", text.welcome_done)));
            if ui.button(text.lesson).clicked() {
                actions.push(Action::Welcomed);
                actions.push(Action::Lesson(LessonAction::Open(true)));
            }
            if ui.button(text.close_welcome).clicked() {
                actions.push(Action::Welcomed);
            }
            return;
        }
        ui.label(widgets::theme::strong(text.welcome));
        let steps = [text.click_image, text.click_filter, text.click_train];
        for (number, (words, done)) in steps.into_iter().zip(self.done).enumerate() {
            let mark = if done { "✓" } else { "○" };
            let words = RichText::new(format!("{mark} {}. {words}", number + 1));
            let step = ui.label(if done { words.weak() } else { words });
            if done {
                step.on_hover_text(text.done);
            }
        }
        if ui.button(text.skip).clicked() {
            actions.push(Action::Welcomed);
        }
    }
}
