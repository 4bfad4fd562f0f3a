//! In place of a view: the network does not take the data set's pictures, and what can be done.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::state::State;
use eframe::egui;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let Some(dataset) = &state.dataset else {
        return;
    };
    let takes = state.snapshot.model.spec().input;
    ui.add_space(20.0);
    let words = text.does_not_take(&state.name_of(&state.whose), takes, dataset.size());
    ui.add(egui::Label::new(words).wrap());
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        if ui.button(text.make_pictures(takes)).clicked() {
            let source = state.preferences.data.clone();
            actions.push(Action::OpenData(source.sized(Some(takes))));
        }
        if ui.button(text.status.another_network).clicked() {
            actions.push(Action::Runs(RunAction::BuiltIn));
        }
    });
}
