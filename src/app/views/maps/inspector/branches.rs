//! Where branches come together: what each hands on.

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::state::State;
use crate::app::views;
use crate::app::views::maps::inspector::go_to_layer;
use convlens_core::explore::Handed;
use eframe::egui;

/// A line a branch, and a way to its layer.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    handed: &[Handed],
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let names: Vec<String> = handed.iter().map(|branch| text.handed(branch)).collect();
    let values = handed.iter().map(|branch| f64::from(branch.value));
    let lines: Vec<_> = names.iter().map(String::as_str).zip(values).collect();
    let result = if handed.len() > 1 {
        text.inspector.sum_of_branches
    } else {
        text.inspector.result
    };
    views::maps::inspector::sums::show(ui, text, &lines, result, &inspected.inspection);
    let place = inspected.inspection.place;
    ui.horizontal_wrapped(|ui| {
        for branch in handed {
            let Some(layer) = &branch.from else { continue };
            if ui.button(text.take_apart(layer)).clicked() {
                let cell = (place.row, place.column);
                go_to_layer(
                    state,
                    inspected,
                    layer.clone(),
                    branch.channel,
                    cell,
                    actions,
                );
            }
        }
    });
}
