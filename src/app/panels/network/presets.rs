//! Ready-made networks, and the user's own by name.

use crate::app::model::action::{Action, Edit};
use crate::app::model::own_networks::OwnNetworks;
use crate::app::model::state::State;
use crate::app::widgets::theme::choice;
use convlens_core::network::Preset;
use eframe::egui::{self, Button, Key, TextEdit};

/// The buttons above the stack.
#[derive(Default)]
pub struct Presets {
    /// The name being typed for the network at hand.
    naming: Option<String>,
}

impl Presets {
    pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let network = &state.preferences.config.network;
        let current = Preset::of(network);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            for preset in Preset::ALL {
                let button = choice(ui, current == Some(preset), text.preset(preset))
                    .on_hover_text(text.preset_hint(preset));
                if button.clicked() {
                    actions.push(Action::Edit(Edit::Network(preset.spec())));
                }
            }
            for own in state.preferences.networks.iter() {
                // The number of classes is the data set's.
                let chosen = own.network.layers == network.layers;
                let button = choice(ui, chosen, &own.name).on_hover_text(text.editing.own_network);
                if button.clicked() {
                    actions.push(Action::Edit(Edit::Network(own.network.clone())));
                }
            }
        });
    }

    /// What comes and goes with the network: saves it under a name, or forgets the one of that name. Below the stack,
    /// whose buttons it would push away.
    pub fn show_own(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let network = &state.preferences.config.network;
        let mut own = state.preferences.networks.iter();
        if let Some(saved) = own.find(|own| own.network.layers == network.layers) {
            let forget = ui.add(Button::new(text.forget_network(&saved.name)).small());
            if forget.clicked() {
                actions.push(Action::Edit(Edit::Forget(saved.name.clone())));
            }
        } else if Preset::of(network).is_none() && self.naming.is_none() {
            self.offer_to_save(ui, state);
        }
        if self.naming.is_some() {
            self.name_field(ui, state, actions);
        }
    }

    fn offer_to_save(&mut self, ui: &mut egui::Ui, state: &State) {
        let text = &state.text().editing;
        let enabled = state.outline.error.is_none() && !state.preferences.networks.is_full();
        let save = ui
            .add_enabled(enabled, Button::new(text.save_network))
            .on_hover_text(text.save_network_hint)
            .on_disabled_hover_text(text.save_network_not);
        if save.clicked() {
            self.naming = Some(String::new());
        }
    }

    fn name_field(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = &state.text().editing;
        let mut done = false;
        ui.horizontal(|ui| {
            let Some(name) = &mut self.naming else { return };
            let field = TextEdit::singleline(name)
                .id(egui::Id::unique("name of the network"))
                .char_limit(OwnNetworks::MAX_NAME)
                .hint_text(text.network_name)
                .desired_width(120.0);
            let field = ui.add(field).accessible_name(text.network_name);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if !entered && !field.lost_focus() {
                field.request_focus();
            }
            let may_save = !name.trim().is_empty() && state.outline.error.is_none();
            let save = ui.add_enabled(may_save, Button::new(text.save));
            if may_save && (entered || save.clicked()) {
                actions.push(Action::Edit(Edit::Save(name.clone())));
                done = true;
            }
            let cancelled = ui.button(state.text().data.cancel).clicked();
            done |= cancelled || ui.input(|input| input.key_pressed(Key::Escape));
        });
        if done {
            self.naming = None;
        }
    }
}
