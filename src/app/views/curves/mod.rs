//! Loss and accuracy of the runs, as large as the middle, and what they come to.

mod outcomes;

use crate::app::model::action::Action;
use crate::app::model::curves::LossScale;
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::widgets;
use crate::app::widgets::curves::plot::Chart;
use crate::app::widgets::curves::{key, series};
use eframe::egui::{self, ScrollArea};

/// From this width on both plots stand side by side; from the second on where one below the other would not be seen whole.
const WIDE: f32 = 760.0;
const WIDE_ENOUGH: f32 = 520.0;

/// Least height of a plot.
const LEAST: f32 = 150.0;

/// Room for a heading, and for a row of the table below.
const HEADING: f32 = 46.0;
const ROW: f32 = 21.0;

/// The view.
#[derive(Default)]
pub struct CurvesView;

impl ViewPanel for CurvesView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let series = series::all(state);
        let key = key::rows(series.len()) as f32 * (key::ROW + ui.spacing().item_spacing.y);
        let table = (series.len() + 2) as f32 * ROW;
        let room = |plots: f32| ui.available_height() - table - plots * (HEADING + key);
        let is_low = room(2.0) < 2.0 * LEAST;
        let wide = if is_low { WIDE_ENOUGH } else { WIDE };
        let is_wide = ui.available_width() >= wide;
        let plots = if is_wide { 1.0 } else { 2.0 };
        let room = room(plots);
        let chart = Chart {
            series: &series,
            axis: state.preferences.curve_axis,
            text,
            height: (room / plots).max(LEAST),
            is_large: true,
            leaves_out_fall: true,
        };
        let is_log = state.preferences.loss_scale == LossScale::Log;
        let loss = |ui: &mut egui::Ui, actions: &mut Vec<Action>| {
            ui.horizontal(|ui| {
                ui.label(widgets::theme::heading(text.curves.loss));
                widgets::stage::for_teacher(ui, |ui| key::axis_choice(ui, state, actions));
            });
            let shared = key::losses(ui, &series, text);
            chart.loss(ui, is_log);
            shared
        };
        let accuracy = |ui: &mut egui::Ui, shared: f32| {
            ui.horizontal(|ui| {
                ui.label(widgets::theme::heading(text.curves.accuracy))
                    .on_hover_text(text.curves.accuracy_note);
            });
            // As high as the key of the losses beside it.
            ui.add_space(shared);
            key::accuracies(ui, &series, text);
            chart.accuracy(ui);
        };
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            if is_wide {
                ui.columns(2, |columns| {
                    let [left, right] = columns else { return };
                    let shared = loss(left, actions);
                    accuracy(right, shared);
                });
            } else {
                loss(ui, actions);
                accuracy(ui, 0.0);
            }
            outcomes::show(ui, &series, state.preferences.curve_axis, text);
        });
    }
}
