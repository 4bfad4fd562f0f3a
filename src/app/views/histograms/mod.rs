//! What each layer is like while it learns: how its weights, activations and gradients are spread, how many of its units are dead, how
//! large its steps are.

mod bands;
mod bars;
mod table;

use crate::app::model::action::{Action, RunAction};
use crate::app::model::histograms::{HistogramsSettings, Moment, Quantity, Subject};
use crate::app::model::state::State;
use crate::app::model::test_set::Kind;
use crate::app::views::ViewPanel;
use crate::app::widgets;
use crate::app::widgets::tab_order::{Region, region};
use crate::text::Text;
use convlens_core::explore::statistics::LayerStatistics;
use eframe::egui::{self, ComboBox, Label, RichText, ScrollArea};
use std::sync::Arc;

/// Share of the width that the plot over the training has.
const WIDE: f32 = 0.58;

/// Most height of the plots, and least.
const HEIGHTS: std::ops::RangeInclusive<f32> = 130.0..=300.0;

/// Height of what stands around the plots, without the table's rows, and of a row.
const AROUND: f32 = 150.0;
const ROW: f32 = 22.0;

/// The view.
#[derive(Default)]
pub struct HistogramsView;

impl ViewPanel for HistogramsView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let subject = Subject::of(state);
        let shown = subject.as_ref().and_then(|subject| {
            let moment = state.histograms.shown(subject)?;
            Some((subject, moment))
        });
        let mut settings = state.histograms.settings.clone();
        let layers = shown.map_or(&[][..], |(_, moment)| &moment.statistics.layers);
        let layer = chosen(&settings, layers);
        ui.horizontal_wrapped(|ui| {
            controls(ui, text, &mut settings, layers, layer);
            widgets::test_set_bar::brief(ui, state, Kind::Histograms, actions);
        });
        let (Some((subject, moment)), Some(layer)) = (shown, layer) else {
            ui.add(Label::new(text.histograms.not_yet).wrap());
            return;
        };
        let rows = layers.len() as f32 * ROW;
        let height =
            (ui.available_height() - AROUND - rows).clamp(*HEIGHTS.start(), *HEIGHTS.end());
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            region(ui, Region::Pictures);
            plots(ui, state, (subject, moment), (layer, height), actions);
            table::show(ui, text, moment, &mut settings, &layer.name);
            probe(ui, text, moment, subject.run.is_some());
        });
        if settings != state.histograms.settings {
            actions.push(Action::SetHistograms(settings));
        }
    }
}

/// The layer that is looked at.
fn chosen<'a>(
    settings: &HistogramsSettings,
    layers: &'a [LayerStatistics],
) -> Option<&'a LayerStatistics> {
    let named = layers
        .iter()
        .find(|layer| settings.layer.as_ref() == Some(&layer.name));
    named.or(layers.first())
}

/// What numbers are called, and what they are.
fn words(text: &Text, quantity: Quantity) -> [&'static str; 2] {
    let words = &text.histograms;
    match quantity {
        Quantity::Weights => [words.weights, words.weights_hint],
        Quantity::Activations => [words.activations, words.activations_hint],
        Quantity::Gradients => [words.gradients, words.gradients_hint],
    }
}

/// Which numbers, and of which layer.
fn controls(
    ui: &mut egui::Ui,
    text: &Text,
    settings: &mut HistogramsSettings,
    layers: &[LayerStatistics],
    layer: Option<&LayerStatistics>,
) {
    for quantity in Quantity::ALL {
        let [name, hint] = words(text, quantity);
        widgets::theme::choose(ui, &mut settings.quantity, quantity, name).on_hover_text(hint);
    }
    let label = widgets::layout::label_before(ui, text.histograms.layer, 84.0);
    let name = layer.map_or("", |layer| &layer.name);
    ComboBox::from_id_salt("layer of histograms")
        .selected_text(name)
        .width(84.0)
        .height(340.0)
        .show_ui(ui, |ui| {
            for layer in layers {
                let item = ui.selectable_label(layer.name == name, &layer.name);
                if item.clicked() {
                    settings.layer = Some(layer.name.clone());
                }
            }
        })
        .response
        .labelled_by(label.id);
}

/// The numbers of the layer over the training and at the moment, and in words.
fn plots(
    ui: &mut egui::Ui,
    state: &State,
    (subject, moment): (&Subject, &Arc<Moment>),
    (layer, height): (&LayerStatistics, f32),
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let quantity = state.histograms.settings.quantity;
    let [name, _] = words(text, quantity);
    let Some(spread) = quantity.of(layer) else {
        ui.add(Label::new(text.histograms.no_gradients).wrap());
        return;
    };
    ui.horizontal_top(|ui| {
        let whole = ui.available_width() - ui.spacing().item_spacing.x;
        ui.vertical(|ui| {
            ui.set_width(WIDE * whole);
            ui.horizontal(|ui| {
                ui.label(widgets::theme::strong(text.histograms.bands))
                    .on_hover_text(text.histograms.bands_hint);
            });
            let clicked = bands::show(ui, state, subject, moment, (&layer.name, height));
            let scrub = subject
                .run
                .zip(clicked)
                .map(|(run, at)| RunAction::Scrub(run, at));
            actions.extend(scrub.map(Action::Runs));
        });
        ui.vertical(|ui| {
            ui.set_width((1.0 - WIDE) * whole);
            ui.horizontal(|ui| {
                ui.label(widgets::theme::strong(text.histograms.now))
                    .on_hover_text(text.histograms.now_hint);
                if let Some(zeros) = text.zeros_left_out(spread) {
                    ui.add(Label::new(RichText::new(zeros).small().weak()).truncate());
                }
            });
            bars::show(
                ui,
                text,
                spread,
                (&text.spread(&layer.name, name, spread), height),
            );
        });
    });
    let said = RichText::new(text.spread(&layer.name, name, spread));
    let said = if spread.not_finite > 0 {
        said.color(widgets::theme::warning(ui))
    } else {
        said
    };
    ui.add(Label::new(said.small()).wrap());
    ui.add_space(4.0);
}

/// What activations and gradients are of.
fn probe(ui: &mut egui::Ui, text: &Text, moment: &Moment, is_of_run: bool) {
    let statistics = &moment.statistics;
    let words = text.probe_in_words(moment.probe, statistics.images, statistics.loss);
    ui.add(Label::new(RichText::new(words).small().weak()).wrap())
        .on_hover_text(text.probe_hint());
    if !is_of_run {
        let words = RichText::new(text.histograms.one_moment);
        ui.add(Label::new(words.small().weak()).wrap());
    }
}
