//! Layers that make of one number another: batch normalization, activation, dropout.

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::state::State;
use crate::app::views;
use crate::app::views::maps::inspector::go_to;
use crate::app::views::maps::inspector::sums::Line;
use convlens_core::explore::{Activated, NormSum, Passed};
use eframe::egui;

/// What batch normalization does to one number, step by step.
pub fn norm(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    sum: &NormSum,
    actions: &mut Vec<Action>,
) {
    let words = &state.text().inspector;
    let deviation = (f64::from(sum.variance) + sum.epsilon).sqrt();
    let lines = [
        (words.before, f64::from(sum.value)),
        (words.less_mean, -f64::from(sum.mean)),
        (words.over_deviation, deviation),
        (words.normalized, sum.normalized()),
        (words.times_gamma, f64::from(sum.gamma)),
        (words.plus_beta, f64::from(sum.beta)),
    ];
    show(ui, state, inspected, &lines, words.result, actions);
    ui.add(egui::Label::new(words.norm_truth).wrap());
}

pub fn activation(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    activated: &Activated,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let lines = [(text.inspector.before, f64::from(activated.value))];
    let name = text.activation(activated.activation);
    show(ui, state, inspected, &lines, name, actions);
}

pub fn dropout(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    passed: Passed,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let lines = [(text.inspector.before, f64::from(passed.value))];
    show(ui, state, inspected, &lines, text.inspector.result, actions);
    ui.add(egui::Label::new(text.dropped(passed.rate)).wrap());
}

fn show(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    lines: &[Line<'_>],
    result: &str,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    views::maps::inspector::sums::show(ui, text, lines, result, &inspected.inspection);
    let place = inspected.inspection.place;
    let has_source = inspected.layer_before.is_some();
    let button = egui::Button::new(text.inspector.go_to_input);
    if ui.add_enabled(has_source, button).clicked() {
        let cell = (place.row, place.column);
        go_to(state, inspected, place.channel, cell, actions);
    }
}
