//! All layers at a moment: dead and saturated units, size of the steps, of the gradients and of the weights.

use crate::app::model::histograms::{HistogramsSettings, Moment};
use crate::app::widgets::theme;
use crate::text::Text;
use convlens_core::explore::statistics::{Distribution, LayerStatistics};
use eframe::egui::{self, Align, Button, Grid, Label, Layout, RichText, ScrollArea};

/// What a layer does not have.
const NONE: &str = "–";

/// Share of dead units from which on it is marked.
const MANY: f64 = 0.5;

/// The table; a click on a layer looks at it.
pub fn show(
    ui: &mut egui::Ui,
    text: &Text,
    moment: &Moment,
    settings: &mut HistogramsSettings,
    chosen: &str,
) {
    let words = &text.histograms;
    ScrollArea::horizontal().id_salt("layers").show(ui, |ui| {
        Grid::new("layers of histograms")
            .striped(true)
            .spacing([14.0, 2.0])
            .show(ui, |ui| {
                ui.label(theme::strong(words.layer));
                for (heading, hint) in [
                    (words.dead, words.dead_hint),
                    (words.saturated, words.saturated_hint),
                    (words.update, words.update_hint),
                    (words.gradient, words.gradient_hint),
                    (words.weight, words.weight_hint),
                ] {
                    right(ui, theme::strong(heading), hint);
                }
                ui.end_row();
                for (place, layer) in moment.statistics.layers.iter().enumerate() {
                    let name = Button::selectable(layer.name == chosen, &layer.name);
                    if ui.add(name).clicked() {
                        settings.layer = Some(layer.name.clone());
                    }
                    row(ui, text, moment, (place, layer));
                    ui.end_row();
                }
            });
    });
}

fn row(ui: &mut egui::Ui, text: &Text, moment: &Moment, (place, layer): (usize, &LayerStatistics)) {
    let words = &text.histograms;
    let warning = theme::warning(ui);
    let dead = layer.dead.map_or(RichText::new(NONE), |dead| {
        let words = RichText::new(text.units_of(dead, layer.units));
        if dead as f64 >= MANY * layer.units as f64 {
            words.color(warning)
        } else {
            words
        }
    });
    right(ui, dead, words.dead_hint);
    let saturated = layer.saturated.map(|share| text.percent(share, 1));
    right(
        ui,
        RichText::new(saturated.unwrap_or(NONE.to_owned())),
        words.saturated_hint,
    );
    let updates = moment.updates.as_ref();
    let update = updates.and_then(|updates| {
        let ratio = updates.ratios.get(place).copied().flatten()?;
        Some((ratio, text.changed_since(updates.since)))
    });
    if let Some((ratio, since)) = update {
        let ratio = Some(ratio).filter(|ratio| ratio.is_finite());
        let said = RichText::new(text.figure(ratio));
        let said = if ratio.is_none() {
            said.color(warning)
        } else {
            said
        };
        right(ui, said, &format!("{since}. {}", words.update_hint));
    } else {
        right(ui, RichText::new(NONE), words.update_hint);
    }
    let mut size = |spread: Option<&Distribution>, hint: &str| {
        let Some(spread) = spread else {
            right(ui, RichText::new(NONE), hint);
            return;
        };
        let said = RichText::new(text.figure(spread.rms));
        match text.not_finite(spread) {
            Some(not_finite) => right(ui, said.color(warning), &format!("{not_finite}. {hint}")),
            None => right(ui, said, hint),
        }
    };
    size(layer.gradients.as_ref(), words.gradient_hint);
    size(Some(&layer.weights), words.weight_hint);
}

/// A cell of a column of numbers.
fn right(ui: &mut egui::Ui, words: RichText, hint: &str) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add(Label::new(words)).on_hover_text(hint);
    });
}
