//! Loss and accuracy as the run goes.

use crate::app::model::action::Action;
use crate::app::model::curves::LossScale;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::curves::key;
use crate::app::widgets::curves::plot::Chart;
use crate::app::widgets::curves::series;
use eframe::egui::{self, Label, RichText};

/// Less room than this and what is said about the curves is said on pointing at their heading.
const ROOM_FOR_NOTE: f32 = 430.0;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let has_room = ui.available_height() > ROOM_FOR_NOTE;
    let series = series::all(state);
    let row = key::ROW + ui.spacing().item_spacing.y;
    // The only run has a second one below the heading of its accuracies.
    let rows = key::rows(series.len()).max(2);
    let others = rows as f32 * row + if has_room { 148.0 } else { 84.0 };
    let height = ((ui.available_height() - others) / 2.0).clamp(84.0, 300.0);
    let axis = state.preferences.curve_axis;
    let is_log = state.preferences.loss_scale == LossScale::Log;
    egui::ScrollArea::vertical().show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(widgets::theme::heading(text.curves.loss));
            key::axis_choice(ui, state, actions);
        });
        key::losses(ui, &series, text);
        let chart = Chart {
            series: &series,
            axis,
            text,
            height,
            is_large: false,
            leaves_out_fall: false,
        };
        chart.loss(ui, is_log);
        ui.label(widgets::theme::heading(text.curves.accuracy))
            .on_hover_text(text.curves.accuracy_note);
        key::accuracies(ui, &series, text);
        chart.accuracy(ui);
        if has_room {
            let note = RichText::new(text.curves.accuracy_note).small().weak();
            ui.add(Label::new(note).wrap());
        }
    });
}
