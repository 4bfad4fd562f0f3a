//! A second network beside the one looked at.

use crate::app::model::compare::Other;
use crate::app::model::state::State;
use eframe::egui::{self, ComboBox};

/// The menu to choose it from: all but the one looked at, unless it has several moments to be compared.
pub fn menu(ui: &mut egui::Ui, id: &str, state: &State, (other, has_moments): (&mut Other, bool)) {
    let words = &state.text().compare;
    let label = ui
        .label(words.other_network)
        .on_hover_text(words.other_network_hint);
    ComboBox::from_id_salt(id)
        .selected_text(name(state.other_beside(*other, has_moments), state))
        .width(104.0)
        .show_ui(ui, |ui| {
            ui.selectable_value(other, Other::None, words.none);
            let runs = state.runs.list.iter().map(|run| Other::Run(run.id));
            for another in [Other::BuiltIn].into_iter().chain(runs) {
                if state.other_beside(another, has_moments) == another {
                    ui.selectable_value(other, another, name(another, state));
                }
            }
        })
        .response
        .labelled_by(label.id);
}

/// What it is called.
pub fn name(other: Other, state: &State) -> String {
    let words = &state.text().compare;
    match other {
        Other::None => words.none.to_owned(),
        Other::BuiltIn => words.built_in.to_owned(),
        Other::Run(run) => state.runs.summary(run).map_or_else(
            || words.none.to_owned(),
            |run| state.runs.name(run).to_owned(),
        ),
    }
}
