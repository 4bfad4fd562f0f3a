//! The inspector: the pinned value with all its arithmetic, below the maps.

mod conv;
mod dense;
mod number_grid;
mod pool;
mod sums;

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::pin::Pin;
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::tab_order::{Region, region};
use crate::app::{views, widgets};
use convlens_core::explore::Arithmetic;
use eframe::egui::{self, Button, RichText, ScrollArea};

/// Draws the panel if a value is pinned. Escape unpins.
pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let Some(pin) = &state.pin else {
        return;
    };
    if keys::pressed(ui.ctx(), Command::Close) {
        actions.push(Action::SetPin(None));
    }
    egui::Panel::bottom("inspector")
        .frame(widgets::theme::card_frame(ui))
        .resizable(true)
        .default_size(132.0)
        .size_range(96.0..=460.0)
        .show(ui, |ui| {
            region(ui, Region::Inspector);
            // The panel keeps its height whatever it shows.
            ui.set_min_height(ui.available_height());
            let known = pin.place(state.snapshot.model.layers()).is_some();
            // Beside maps of the same weights only.
            let shown = state.maps.whose().unwrap_or(&state.whose);
            let inspected = state.beside(&state.inspected, shown).filter(|_| known);
            header(ui, state, pin, inspected.map(|i| &**i), known, actions);
            if let Some(inspected) = inspected {
                ScrollArea::both()
                    .id_salt("arithmetic")
                    .auto_shrink(false)
                    .show(ui, |ui| match &inspected.inspection.arithmetic {
                        Arithmetic::Conv(sum) => {
                            views::maps::inspector::conv::show(ui, state, inspected, sum, actions);
                        }
                        Arithmetic::Pool(choice) => {
                            views::maps::inspector::pool::show(
                                ui, state, inspected, choice, actions,
                            );
                        }
                        Arithmetic::Dense(sum) => {
                            views::maps::inspector::dense::show(ui, state, inspected, sum, actions);
                        }
                    });
            }
        });
    widgets::theme::name_edge(ui, "inspector", state.text().window.resize);
}

/// What is taken apart, and how to stop.
fn header(
    ui: &mut egui::Ui,
    state: &State,
    pin: &Pin,
    inspected: Option<&Inspected>,
    known: bool,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    ui.horizontal(|ui| {
        let close = widgets::theme::bare_button(ui, Button::new("×"));
        widgets::theme::name(&close, text.inspector.unpin);
        if close.on_hover_text(text.inspector.unpin).clicked() {
            actions.push(Action::SetPin(None));
        }
        let Some(inspected) = inspected else {
            if !known {
                ui.label(text.no_layer(&pin.layer));
            }
            return;
        };
        let inspection = &inspected.inspection;
        let place = inspection.place;
        let image = inspected.asked.pin.image;
        let outputs = state.outputs_of(&inspected.asked.whose);
        let (name, at) = match &inspection.arithmetic {
            Arithmetic::Dense(sum) if sum.classes.is_some() => {
                (outputs.class_score(place.channel as u8, image), None)
            }
            Arithmetic::Dense(_) => (text.unit_of(&inspection.name, place.channel, image), None),
            Arithmetic::Conv(_) | Arithmetic::Pool(_) => (
                text.map_name(&inspection.name, place.channel, image),
                Some(text.row_and_column(place.row, place.column)),
            ),
        };
        let title = at.map_or_else(|| name.clone(), |at| format!("{name} · {at}"));
        ui.label(widgets::theme::strong(title));
        if let Some(field) = inspection.uncut_field {
            let words = text.sees(field.height, field.width);
            ui.label(RichText::new(words).small().weak());
        }
    });
}

/// Pins a value of the layer before, and shows its map.
pub fn go_to(
    state: &State,
    inspected: &Inspected,
    channel: usize,
    (row, column): (usize, usize),
    actions: &mut Vec<Action>,
) {
    let Some(layer) = inspected.layer_before.clone() else {
        return;
    };
    let layers = state.snapshot.model.layers();
    if layers.iter().any(|l| l.has_maps() && l.name == layer) {
        let mut maps = state.preferences.maps.clone();
        maps.convolution = channel;
        maps.layer = maps.layer.is_some().then(|| layer.clone());
        actions.push(Action::SetMaps(maps));
    }
    actions.push(Action::SetPin(Some(Pin {
        image: inspected.asked.pin.image,
        layer,
        channel,
        row,
        column,
    })));
}
