//! The network that Train will train: presets and the user's own, its layers as a stack of cards
//! to be edited, its size, and the settings of the run.

mod augmentation;
mod card;
mod draft;
mod fields;
mod input;
mod optimization;
mod presets;
mod settings;
mod stack;

use crate::app::model::action::{Action, Edit};
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::panels::network::presets::Presets;
use crate::app::widgets::keys::{self, Command};
use crate::app::{panels, widgets};
use convlens_core::network::{Shape, parameter_count};
use eframe::egui::scroll_area::ScrollBarVisibility;
use eframe::egui::{self, Align, Button, Layout, RichText, ScrollArea};

/// The panel at the left.
#[derive(Default)]
pub struct NetworkPanel {
    stack: panels::network::stack::Stack,
    presets: Presets,
    /// Pictures as training meets them.
    thumbs: widgets::thumb::Thumbs,
}

impl NetworkPanel {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        // A bar that is seen, as a long stack goes on below, and always there, so that a layer more moves nothing aside.
        widgets::theme::show_scroll_bars(ui);
        let bar = ScrollBarVisibility::AlwaysVisible;
        let scroll = ScrollArea::vertical().scroll_bar_visibility(bar);
        scroll.show(ui, |ui| {
            heading(ui, state, actions);
            trained(ui, state);
            Presets::show(ui, state, actions);
            ui.add_space(2.0);
            self.stack.show(ui, state, actions);
            self.presets.show_own(ui, state, actions);
            panels::network::settings::heading(ui, state);
            panels::network::settings::show(ui, state, &mut self.thumbs, actions);
            // Last: what it says comes and goes, and nothing below it moves.
            panels::network::draft::show(ui, state, actions);
        });
        shortcuts(ui, state, actions);
    }
}

/// The layers of the network that the views show, for those who look on.
pub fn shown(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let model = &state.snapshot.model;
    let input = (text.network.input, Shape::picture(model.spec().input), 0);
    let layers = model.layers().iter();
    let layers = layers.map(|layer| (layer.name.as_str(), layer.output, layer.parameters));
    ui.label(widgets::theme::heading(text.network.network));
    ui.spacing_mut().item_spacing.y = 3.0;
    ScrollArea::vertical().show(ui, |ui| {
        for (name, output, parameters) in [input].into_iter().chain(layers) {
            card::frame(ui, false, false).show(ui, |ui| {
                let left = |ui: &mut egui::Ui| {
                    ui.label(widgets::theme::strong(name));
                    if parameters > 0 {
                        ui.label(RichText::new(text.integer(parameters)).weak());
                    }
                };
                let right = |ui: &mut egui::Ui| ui.label(output.to_string());
                egui::Sides::new().shrink_left().show(ui, left, right);
            });
        }
        ui.label(text.parameters(parameter_count(model.layers())));
    });
}

/// The heading, with undo and redo at its end.
fn heading(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    ui.horizontal(|ui| {
        ui.label(widgets::theme::heading(text.network.network));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let buttons = [
                (
                    "↪",
                    text.editing.redo,
                    text.editing.redo_hint,
                    state.history.can_redo(),
                    Edit::Redo,
                ),
                (
                    "↩",
                    text.editing.undo,
                    text.editing.undo_hint,
                    state.history.can_undo(),
                    Edit::Undo,
                ),
            ];
            for (symbol, name, hint, enabled, edit) in buttons {
                let button = ui.add_enabled(enabled, Button::new(symbol).small());
                widgets::theme::name(&button, name);
                if button.on_hover_text(hint).clicked() {
                    actions.push(Action::Edit(edit));
                }
            }
        });
    });
}

/// Whether the views show this network, or another while this one is yet to be trained: a line either way, so that
/// nothing moves.
fn trained(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let is_shown = state.preferences.config.network == *state.snapshot.model.spec();
    let (words, hint) = if is_shown {
        let name = state.name_of(&state.whose);
        (text.status.as_shown.to_owned(), text.views_show(&name))
    } else {
        let network = &state.preferences.config.network;
        let mut runs = state.runs.list.iter().map(|run| &run.config.network);
        let (words, hint) = if runs.any(|of_run| of_run == network) {
            (text.status.not_shown, text.status.not_shown_hint)
        } else {
            (text.status.not_trained, text.status.not_trained_hint)
        };
        (format!("⚠ {words}"), hint.to_owned())
    };
    let words = RichText::new(words).small().weak();
    ui.add(egui::Label::new(words).truncate())
        .on_hover_text(hint);
}

/// Undo and redo by keyboard, unless the drawing has the keys.
fn shortcuts(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if state.preferences.view == View::Draw {
        return;
    }
    if keys::pressed(ui.ctx(), Command::RedoEdit) {
        actions.push(Action::Edit(Edit::Redo));
    } else if keys::pressed(ui.ctx(), Command::UndoEdit) {
        actions.push(Action::Edit(Edit::Undo));
    }
}
