//! The Errors view: which classes are taken for which over the whole test set, and the images
//! behind every number.

mod image_list;
mod matrix;

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::test_set::Kind;
use crate::app::model::whose::Whose;
use crate::app::views::ViewPanel;
use crate::app::{views, widgets};
use eframe::egui::{self, RichText};

/// Least width at which the images stand beside the matrix and not below it.
const WIDE: f32 = 960.0;

/// Room for the legend, a heading and one row of images below the matrix.
const ROOM_FOR_IMAGES: f32 = 168.0;

/// Room for one image beside the matrix.
const ONE_IMAGE: f32 = 150.0;

/// The view; it owns which cell is chosen.
#[derive(Default)]
pub struct ErrorsView {
    matrix: views::errors::matrix::Matrix,
    images: views::errors::image_list::ImageList,
}

fn legend(ui: &mut egui::Ui, state: &State, whose: &Whose) {
    // Its colours tell right from wrong.
    if !state.tells_its_classes(whose) {
        return;
    }
    let words = RichText::new(state.text().errors.legend).small().weak();
    ui.add(egui::Label::new(words).wrap());
}

impl ViewPanel for ErrorsView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let Some(dataset) = &state.dataset else {
            ui.centered_and_justified(|ui| ui.label(text.data.opening_data));
            return;
        };
        let verdict = state.test_set.verdict();
        let is_wide = ui.available_width() >= WIDE;
        let figures = |ui: &mut egui::Ui| {
            let Some(verdict) = verdict else { return };
            if state.tells_its_classes(&verdict.judged.whose) {
                ui.label(widgets::theme::heading(text.filters.test_accuracy));
                let count = verdict.predictions.all.len();
                ui.label(text.test_accuracy_of(verdict.accuracy, count));
            } else {
                ui.label(text.status.other_classes_hint);
            }
            ui.separator();
            self.matrix.unit_buttons(ui, text);
        };
        let progress = |ui: &mut egui::Ui| {
            if is_wide {
                widgets::test_set_bar::show(ui, state, Kind::Predictions, actions);
            } else {
                widgets::test_set_bar::brief(ui, state, Kind::Predictions, actions);
            }
        };
        egui::Sides::new()
            .shrink_left()
            .truncate()
            .show(ui, figures, progress);
        // Predictions of another test set say nothing about these images.
        let Some(verdict) = verdict.filter(|v| v.predictions.all.len() == dataset.test.len())
        else {
            return;
        };
        if self.matrix.chosen != state.errors_cell {
            actions.push(Action::SetErrorsCell(self.matrix.chosen));
        }
        let names = views::errors::matrix::Names::of(state, &verdict.judged.whose);
        ui.add_space(4.0);
        let room = ui.available_size();
        let least = views::errors::matrix::least_size(dataset.classes.count());
        // Where both do not fit below one another, either.
        let is_low = room.y < least.y + ROOM_FOR_IMAGES && room.x >= least.x + ONE_IMAGE;
        if room.x >= WIDE || is_low {
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width((room.x * 0.58).max(least.x));
                    self.matrix.show(ui, &names, &verdict.confusion, 0.0);
                    legend(ui, state, &verdict.judged.whose);
                });
                ui.vertical(|ui| {
                    self.images.show(
                        ui,
                        state,
                        dataset,
                        verdict,
                        &mut self.matrix.chosen,
                        actions,
                    );
                });
            });
        } else {
            self.matrix
                .show(ui, &names, &verdict.confusion, ROOM_FOR_IMAGES);
            legend(ui, state, &verdict.judged.whose);
            ui.add_space(4.0);
            self.images.show(
                ui,
                state,
                dataset,
                verdict,
                &mut self.matrix.chosen,
                actions,
            );
        }
    }
}
