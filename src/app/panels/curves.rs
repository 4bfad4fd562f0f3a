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

/// Room for it and around the plots, and around them alone.
const NOTE: f32 = 96.0;
const MARGIN: f32 = 32.0;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let has_room = ui.available_height() > ROOM_FOR_NOTE;
    let series = series::all(state);
    let room = ui.available_height() - if has_room { NOTE } else { MARGIN };
    let axis = state.preferences.curve_axis;
    let is_log = state.preferences.loss_scale == LossScale::Log;
    egui::ScrollArea::vertical().show(ui, |ui| {
        let top = ui.cursor().min.y;
        ui.horizontal(|ui| {
            ui.label(widgets::theme::heading(text.curves.loss));
            key::axis_choice(ui, state, actions);
        });
        let shared = key::losses(ui, &series, text);
        // As much stands above the accuracies, but for the key of several runs.
        let above = ui.cursor().min.y - top;
        let height = (room / 2.0 - above + shared / 2.0).clamp(84.0, 300.0);
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
