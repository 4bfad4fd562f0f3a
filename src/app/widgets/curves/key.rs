//! What colours and marks stand for, and the choice of the axes.

use crate::app::model::action::Action;
use crate::app::model::curves::{CurveAxis, LossScale};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::curves::look::{axis_name, mark, run_colour};
use crate::app::widgets::curves::series::Series;
use crate::text::Text;
use eframe::egui::{self, Align, Color32, Label, Layout, RichText};

/// Height of a row.
pub const ROW: f32 = 16.0;

/// Below this width in points the key of a run's losses does not name the points of its batches.
const ROOM_FOR_POINTS: f32 = 245.0;

/// Most runs that are named.
const MOST_NAMED: usize = 6;

/// Rows that the key of so many runs takes, unless a name needs several.
pub fn rows(runs: usize) -> usize {
    if runs > 1 {
        runs.min(MOST_NAMED).div_ceil(abreast(runs)) + 1
    } else {
        1
    }
}

/// How many are named in a row: a pair is told apart by its names, which are seen whole.
fn abreast(runs: usize) -> usize {
    if runs > 2 { 2 } else { 1 }
}

/// Of the losses. Gives the height of what names the runs, which serves the accuracies, too: 0 of a single run.
pub fn losses(ui: &mut egui::Ui, series: &[Series<'_>], text: &Text) -> f32 {
    if series.len() > 1 {
        let top = ui.cursor().min.y;
        key_of_runs(ui, series, text);
        return ui.cursor().min.y - top;
    }
    let words = &text.curves;
    let raw = ui.visuals().weak_text_color();
    let (own, test) = (widgets::theme::training(ui), widgets::theme::second(ui));
    let names = [
        (raw, "·", words.each_batch),
        (own, "—", words.training_smoothed),
        (test, "◆", words.test),
    ];
    // The points behind the lines can go without a name first.
    let first = usize::from(ui.available_width() < ROOM_FOR_POINTS);
    key_row(ui, &names[first..]);
    0.0
}

/// Of the accuracies; of several runs it is that of the losses.
pub fn accuracies(ui: &mut egui::Ui, series: &[Series<'_>], text: &Text) {
    if series.len() > 1 {
        return;
    }
    let words = &text.curves;
    let (own, test) = (widgets::theme::training(ui), widgets::theme::second(ui));
    let mut names = vec![(own, "●", words.training_running), (test, "◆", words.test)];
    if has_validation(series) {
        names.push((widgets::theme::good_color(ui), "◆", words.validation));
    }
    key_row(ui, &names);
}

/// What the colours and marks of the curves below stand for; beside the plot, which it would cover.
fn key_row(ui: &mut egui::Ui, names: &[(Color32, &str, &str)]) {
    ui.allocate_ui(egui::vec2(ui.available_width(), ROW), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            ui.spacing_mut().interact_size.y = ROW;
            for &(color, mark, name) in names {
                ui.label(RichText::new(mark).small().color(color));
                ui.label(RichText::new(name).small().weak());
                ui.add_space(5.0);
            }
        });
    });
}

/// Whose curves are whose, and which of each are which.
fn key_of_runs(ui: &mut egui::Ui, series: &[Series<'_>], text: &Text) {
    let abreast = abreast(series.len());
    let gaps = (abreast - 1) as f32 * ui.spacing().item_spacing.x;
    let width = (ui.available_width() - gaps) / abreast as f32;
    let named = series.iter().take(MOST_NAMED).collect::<Vec<_>>();
    for row in named.chunks(abreast) {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = ROW;
            for run in row {
                ui.allocate_ui(egui::vec2(width, ROW), |ui| {
                    ui.set_width(width);
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 4.0;
                        mark(run).show(ui, run_colour(ui, run));
                        let name = Label::new(RichText::new(&run.name).small());
                        let name = if abreast > 1 {
                            name.truncate()
                        } else {
                            name.wrap()
                        };
                        ui.add(name).on_hover_text(&run.name);
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
pub fn axis_choice(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
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
