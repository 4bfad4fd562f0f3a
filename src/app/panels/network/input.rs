//! The card of the pictures: what they are, and how their pixels become numbers.

use crate::app::model::action::{Action, Edit};
use crate::app::model::state::State;
use crate::app::panels::network::card::{self, CardWords};
use crate::app::widgets;
use convlens_core::network::{Normalization, Real};
use eframe::egui::{self, Button, Popup, PopupCloseBehavior, RichText};

pub fn show(ui: &mut egui::Ui, state: &State, words: &CardWords<'_>, actions: &mut Vec<Action>) {
    let text = state.text();
    let network = &state.preferences.config.network;
    let details = if network.input.is_colour() {
        text.network.input_in_colour
    } else {
        text.network.input_details
    };
    card::fixed_with(ui, text, words, details, |ui| {
        ui.spacing_mut().button_padding = egui::vec2(4.0, 0.0);
        let short = match network.normalization {
            Some(_) => text.network.normalized,
            None => text.network.divided,
        };
        let button = ui.add(Button::new(RichText::new(short).small()));
        let name = format!("{}: {short}", text.network.pixels);
        widgets::theme::name(&button, &name);
        let button = button.on_hover_text(text.network.pixels_hint);
        Popup::from_toggle_button_response(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(280.0);
                menu(ui, state, actions);
            });
    });
}

fn menu(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let network = &state.preferences.config.network;
    let has = network.normalization.is_some();
    let mut wanted = has;
    ui.radio_value(&mut wanted, false, text.network.divided_long);
    ui.radio_value(&mut wanted, true, text.network.normalized_long);
    if let Some(Normalization { mean, deviation }) = &network.normalization {
        let list = |numbers: &[Real]| {
            let numbers = numbers.iter().map(|n| text.decimal(f64::from(n.get()), 3));
            numbers.collect::<Vec<_>>().join(" · ")
        };
        let numbers = text.mean_and_deviation(&list(mean), &list(deviation));
        ui.label(RichText::new(numbers).small().weak());
    }
    if wanted == has {
        return;
    }
    let mut config = state.preferences.config.clone();
    config.network.normalization = match &state.dataset {
        Some(dataset) if wanted && dataset.train.is_empty() => {
            Some(Normalization::of(&dataset.test))
        }
        Some(dataset) if wanted => Some(Normalization::of(&dataset.train)),
        _ => None,
    };
    let field = ui.scope_id();
    actions.push(Action::Edit(Edit::Field { config, field }));
}
