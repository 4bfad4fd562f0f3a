//! A unit or a class score: the inputs that contribute most, and for the classes their softmax.

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::pin::Pin;
use crate::app::model::state::State;
use crate::app::views::maps::inspector::go_to;
use crate::app::{views, widgets};
use convlens_core::explore::{ClassScore, DenseSum, Source, Term};
use eframe::egui::{self, Align, Button, Layout, RichText, ScrollArea, vec2};

/// Width of a bar.
const BAR: f32 = 44.0;

/// Room for a share in percent.
const SHARE: f32 = 46.0;

/// Height of a list: ten classes are seen at once.
const LISTED: f32 = 10.0 * (LINE + 1.0) + 2.0;

/// Height of a line of a list.
const LINE: f32 = 17.0;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    sum: &DenseSum,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    ui.spacing_mut().interact_size.y = LINE;
    ui.spacing_mut().button_padding.y = 1.0;
    // No longer a line than there are lists beside it.
    ui.set_max_height(LISTED + LINE + 4.0);
    ui.horizontal_top(|ui| {
        if let Some(classes) = &sum.classes {
            ui.vertical(|ui| scores(ui, state, inspected, classes, actions));
            ui.separator();
        }
        ui.vertical(|ui| {
            let listed: f64 = sum.terms.iter().map(|term| term.product).sum();
            let names = (
                text.inputs_shown(sum.terms.len()),
                text.other_inputs(sum.rest_count),
            );
            let before = text.before_activation(sum.activation);
            let mut lines = vec![(names.0.as_str(), listed)];
            if sum.rest_count > 0 {
                lines.push((&names.1, sum.rest));
            }
            lines.push((text.inspector.sum, sum.sum));
            lines.push((text.inspector.bias, f64::from(sum.bias)));
            let result = if sum.classes.is_some() {
                text.inspector.score
            } else {
                lines.push((&before, sum.before_relu));
                text.activation(sum.activation)
            };
            views::maps::inspector::sums::show(ui, text, &lines, result, &inspected.inspection);
        });
        ui.separator();
        ui.vertical(|ui| {
            ui.label(RichText::new(text.inspector.contributions).small().weak());
            let largest = sum.terms.first().map_or(1.0, |term| term.product.abs());
            let terms = ScrollArea::vertical().id_salt("terms").max_height(LISTED);
            terms.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for term in &sum.terms {
                    contribution(ui, state, inspected, term, largest, actions);
                }
            });
        });
    });
}

/// Every class with its softmax; a click takes that one apart.
fn scores(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    classes: &[ClassScore],
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let outputs = state.outputs_of(&inspected.asked.whose);
    ui.label(RichText::new(text.inspector.softmax).small().weak());
    ui.spacing_mut().item_spacing.y = 1.0;
    // The predicted one first.
    let mut likeliest: Vec<(usize, &ClassScore)> = classes.iter().enumerate().collect();
    likeliest.sort_by(|(_, a), (_, b)| b.probability.total_cmp(&a.probability));
    let list = ScrollArea::vertical().id_salt("classes");
    list.max_height(LISTED).show(ui, |ui| {
        for (class, score) in likeliest {
            ui.horizontal(|ui| {
                let name = RichText::new(outputs.class_name(class as u8)).small();
                let chosen = class == inspected.inspection.place.channel;
                let button = Button::selectable(chosen, (name, egui::Atom::grow()));
                let button = button.min_size(vec2(84.0, 0.0));
                if ui.add(button).clicked() {
                    actions.push(Action::SetPin(Some(Pin {
                        channel: class,
                        ..inspected.asked.pin.clone()
                    })));
                }
                bar(ui, 0.0, score.probability, widgets::theme::amount(ui));
                let share = RichText::new(text.percent(score.probability, 1)).small();
                let right = Layout::right_to_left(Align::Center);
                ui.allocate_ui_with_layout(vec2(SHARE, LINE), right, |ui| ui.label(share));
            });
        }
    });
}

/// One product; a click goes to where its input comes from.
fn contribution(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    term: &Term,
    largest: f64,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    ui.horizontal(|ui| {
        let source = match term.input {
            Source::Unit(unit) => text.unit_name(unit),
            Source::Cell {
                channel,
                row,
                column,
            } => text.cell_name(channel, row, column),
        };
        let button = Button::new(RichText::new(source).small());
        let has_source = inspected.layer_before.is_some();
        let button = ui
            .add_enabled_ui(has_source, |ui| widgets::theme::bare_button(ui, button))
            .inner;
        if button.on_hover_text(text.inspector.go_to_input).clicked() {
            let (channel, cell) = match term.input {
                Source::Unit(unit) => (unit, (0, 0)),
                Source::Cell {
                    channel,
                    row,
                    column,
                } => (channel, (row, column)),
            };
            go_to(state, inspected, channel, cell, actions);
        }
        let share = term.product / largest.max(f64::MIN_POSITIVE) / 2.0;
        let color = widgets::theme::signed(ui, share < 0.0);
        bar(ui, 0.5, 0.5 + share, color);
        ui.label(RichText::new(text.product(term.value, term.weight, term.product)).small());
    });
}

/// A bar between two shares of its width; a line marks the first, its zero.
fn bar(ui: &mut egui::Ui, zero: f64, end: f64, color: egui::Color32) {
    let (area, _) = ui.allocate_exact_size(vec2(BAR, 9.0), egui::Sense::hover());
    let at = |share: f64| area.min.x + share as f32 * BAR;
    let (from, to) = (at(zero.min(end)), at(zero.max(end)));
    let rect = egui::Rect::from_x_y_ranges(from..=to, area.y_range());
    ui.painter().rect_filled(rect, 0.0, color);
    let line = egui::Stroke::new(1.0, ui.visuals().weak_text_color());
    ui.painter().vline(at(zero), area.y_range(), line);
}
