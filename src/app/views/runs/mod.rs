//! Runs side by side: one experiment started as a whole, what came of it, and the table.

mod charts;
mod sweep;
mod table;

use crate::app::model::action::Action;
use crate::app::model::save::SaveAs;
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::widgets::path_menu::PathMenu;
use crate::app::{views, widgets};
use eframe::egui;

/// The view.
#[derive(Default)]
pub struct RunsView {
    sweep: views::runs::sweep::SweepForm,
    save: PathMenu,
}

impl ViewPanel for RunsView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        widgets::stage::for_teacher(ui, |ui| {
            self.sweep.show(ui, state, actions);
            ui.separator();
        });
        let runs = state.runs.compared(state.run.as_ref());
        if runs.is_empty() {
            ui.label(text.runs.none_yet);
            return;
        }
        egui::ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.label(widgets::theme::heading(text.runs.comparison));
                let which = if state.runs.chosen.is_empty() {
                    text.runs.all_compared
                } else {
                    text.runs.chosen_compared
                };
                ui.small(which);
                views::runs::table::show(ui, state, actions);
                widgets::stage::for_teacher(ui, |ui| {
                    self.save.show(ui, state, SaveAs::Table, actions);
                });
                ui.add_space(8.0);
                views::runs::charts::show(ui, state, &runs);
            });
    }
}
