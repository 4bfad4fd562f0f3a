//! Changes of the network and the settings that Train will use, and of the user's own networks.

use crate::app::model::action::Edit;
use crate::app::model::state::State;
use crate::app::update;
use convlens_core::training::RunConfig;
use eframe::egui;

/// Carries out a change at `now_secs`.
pub fn apply(state: &mut State, edit: Edit, now_secs: f64) {
    match edit {
        Edit::Network(network) => {
            let config = RunConfig {
                network,
                ..state.preferences.config.clone()
            };
            change(state, config, None, now_secs);
        }
        Edit::All(config) => change(state, config, None, now_secs),
        Edit::Field { config, field } => change(state, config, Some(field), now_secs),
        Edit::Undo => {
            let now = state.preferences.config.clone();
            if let Some(config) = state.history.undo(now) {
                put(state, config);
            }
        }
        Edit::Redo => {
            let now = state.preferences.config.clone();
            if let Some(config) = state.history.redo(now) {
                put(state, config);
            }
        }
        Edit::Save(name) => {
            if state.outline.error.is_none() {
                let network = state.preferences.config.network.clone();
                state.preferences.networks.save(&name, network);
            }
        }
        Edit::Forget(name) => state.preferences.networks.forget(&name),
    }
}

fn change(state: &mut State, config: RunConfig, field: Option<egui::Id>, now_secs: f64) {
    let config = state.fitting(config);
    if config != state.preferences.config {
        let before = state.preferences.config.clone();
        state.history.record(before, field, now_secs);
        put(state, config);
    }
}

fn put(state: &mut State, config: RunConfig) {
    let config = state.fitting(config);
    state.outline = config.network.outline();
    state.preferences.config = config;
    update::draft::changed(state);
}
