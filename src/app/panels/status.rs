//! The status line above every view: whose figures these are, the way back to the current run, and the messages.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Shown;
use crate::app::panels::notices;
use eframe::egui::{self, Label, RichText};

/// Height of the line, whatever stands in it: nothing below it moves.
const HEIGHT: f32 = 26.0;

/// The line, and the view below in what room is left. Figures of others than those asked for are faint.
pub fn show(ui: &mut egui::Ui, state: &State, shown: Option<Shown>, actions: &mut Vec<Action>) {
    let shown = shown.unwrap_or_else(|| Shown {
        is_old: state.is_anothers(&state.whose),
        whose: state.whose.clone(),
    });
    let row = egui::Sides::new().height(HEIGHT).shrink_left().truncate();
    row.show(
        ui,
        |ui| words(ui, state, &shown),
        |ui| {
            notices::list(ui, state, actions);
            back(ui, state, actions);
        },
    );
    if shown.is_old {
        ui.multiply_opacity(0.4);
    }
}

fn words(ui: &mut egui::Ui, state: &State, shown: &Shown) {
    let text = state.text();
    let words = RichText::new(state.status_of(shown)).small();
    let line = ui.add(Label::new(words).truncate());
    if !state.tells_its_classes(&shown.whose) {
        line.on_hover_text(text.status.other_classes_hint);
    } else if state.is_of_other_data(&shown.whose.owner) {
        line.on_hover_text(text.status.other_data_hint);
    }
}

/// The way back, where others' weights are looked at than the current run's.
fn back(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let is_elsewhere = match state.runs.weights_of {
        WeightsOf::Live => false,
        // With nothing trained yet, these are the only ones.
        WeightsOf::BuiltIn => state.run.is_some(),
        WeightsOf::Kept { .. } | WeightsOf::File => true,
    };
    let back = if state.run.is_some() {
        text.timeline.back_to_live
    } else {
        text.timeline.back_to_built_in
    };
    if is_elsewhere && ui.small_button(back).clicked() {
        actions.push(Action::Runs(RunAction::BackToLive));
    }
}
