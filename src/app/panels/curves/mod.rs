//! Loss and accuracy as the run goes.

mod drawn;
mod look;
mod plot;
mod series;

use crate::app::model::action::Action;
use crate::app::model::curves::{CurveAxis, LossScale};
use crate::app::model::state::State;
use crate::app::panels::curves::look::{axis_name, mark, run_colour};
use crate::app::panels::curves::plot::Chart;
use crate::app::panels::curves::series::Series;
use crate::app::{panels, widgets};
use crate::text::Text;
use eframe::egui::{self, Align, Color32, Label, Layout, RichText};

/// Less room than this and what is said about the curves is said on pointing at their heading.
const ROOM_FOR_NOTE: f32 = 430.0;

/// Height of a row that says what colours and marks stand for.
const ROW_OF_KEY: f32 = 16.0;

/// Most runs that the key names.
const MOST_NAMED: usize = 6;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let has_room = ui.available_height() > ROOM_FOR_NOTE;
    let series = panels::curves::series::all(state);
    let row = ROW_OF_KEY + ui.spacing().item_spacing.y;
    let rows = if series.len() > 1 {
        series.len().min(MOST_NAMED).div_ceil(2) + 1
    } else {
        2
    };
    let others = rows as f32 * row + if has_room { 148.0 } else { 84.0 };
    let height = ((ui.available_height() - others) / 2.0).clamp(84.0, 300.0);
    let axis = state.preferences.curve_axis;
    let is_log = state.preferences.loss_scale == LossScale::Log;
    let classes = series.iter().map(|run| run.classes).fold(2, usize::max);
    egui::ScrollArea::vertical().show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(widgets::theme::heading(text.curves.loss));
            axis_choice(ui, state, actions);
        });
        let words = &text.curves;
        if series.len() > 1 {
            key_of_runs(ui, &series, text);
        } else {
            let raw = ui.visuals().weak_text_color();
            let (own, test) = (widgets::theme::training(ui), widgets::theme::second(ui));
            let names = [
                (raw, "·", words.each_batch),
                (own, "—", words.training_smoothed),
                (test, "◆", words.test),
            ];
            key_row(ui, &names);
        }
        let chart = Chart {
            series: &series,
            axis,
            text,
            height,
        };
        chart.loss(ui, classes, is_log);
        ui.label(widgets::theme::heading(text.curves.accuracy))
            .on_hover_text(text.curves.accuracy_note);
        if series.len() <= 1 {
            let (own, test) = (widgets::theme::training(ui), widgets::theme::second(ui));
            let mut names = vec![(own, "●", words.training_running), (test, "◆", words.test)];
            if has_validation(&series) {
                names.push((widgets::theme::good_color(ui), "◆", words.validation));
            }
            key_row(ui, &names);
        }
        chart.accuracy(ui);
        if has_room {
            let note = RichText::new(text.curves.accuracy_note).small().weak();
            ui.add(Label::new(note).wrap());
        }
    });
}

/// What the colours and marks of the curves below stand for; beside the plot, which it would cover.
fn key_row(ui: &mut egui::Ui, names: &[(Color32, &str, &str)]) {
    ui.allocate_ui(egui::vec2(ui.available_width(), ROW_OF_KEY), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            ui.spacing_mut().interact_size.y = ROW_OF_KEY;
            for &(color, mark, name) in names {
                ui.label(RichText::new(mark).small().color(color));
                ui.label(RichText::new(name).small().weak());
                ui.add_space(5.0);
            }
        });
    });
}

/// Whose curves are whose, two in a row, and which of each are which.
fn key_of_runs(ui: &mut egui::Ui, series: &[Series<'_>], text: &Text) {
    let half = (ui.available_width() - ui.spacing().item_spacing.x) / 2.0;
    let named = series.iter().take(MOST_NAMED).collect::<Vec<_>>();
    for row in named.chunks(2) {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = ROW_OF_KEY;
            for run in row {
                ui.allocate_ui(egui::vec2(half, ROW_OF_KEY), |ui| {
                    ui.set_width(half);
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 4.0;
                        mark(run).show(ui, run_colour(ui, run));
                        let name = RichText::new(&run.name).small();
                        ui.add(Label::new(name).truncate()).on_hover_text(&run.name);
                    });
                });
            }
        });
    }
    let words = &text.curves;
    let weak = ui.visuals().weak_text_color();
    let more = series.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 {
        text.more_curves(more)
    } else {
        String::new()
    };
    let names = [
        (weak, "—", words.training_running),
        (weak, "- -", words.test),
        (weak, "", more.as_str()),
    ];
    key_row(ui, &names);
}

/// Whether there is an accuracy of a validation split.
fn has_validation(series: &[Series<'_>]) -> bool {
    let mut epochs = series.iter().flat_map(|run| run.epochs);
    epochs.any(|epoch| epoch.validation_accuracy.is_some())
}

/// What the curves are drawn over, and how the loss is.
fn axis_choice(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for axis in [CurveAxis::Second, CurveAxis::Epoch, CurveAxis::Batch] {
            let chosen = axis == state.preferences.curve_axis;
            let name = RichText::new(axis_name(text, axis)).small();
            let button = widgets::theme::choice(ui, chosen, name);
            if button.on_hover_text(text.curves.axis_hint).clicked() {
                actions.push(Action::SetCurveAxis(axis));
            }
        }
        let is_log = state.preferences.loss_scale == LossScale::Log;
        let name = RichText::new(text.curves.log).small();
        let button = widgets::theme::choice(ui, is_log, name);
        if button.on_hover_text(text.curves.log_hint).clicked() {
            actions.push(Action::SetLossScale(if is_log {
                LossScale::Linear
            } else {
                LossScale::Log
            }));
        }
    });
}
