//! The layers as a stack of cards, to be dragged, moved by keyboard, added and removed.

use crate::app::model::action::{Action, Edit};
use crate::app::model::state::State;
use crate::app::panels::network::card::{CardAction, CardWords};
use crate::app::widgets::keys::{self, Command};
use crate::app::{panels, widgets};
use convlens_core::network::{
    Activation, Layer, LayerSpec, MAX_FILTERS, MAX_LAYERS, NetworkSpec, Padding, Shape,
    parameter_count,
};
use eframe::egui::{self, Id, Rect, Role, Sense, Stroke, UiBuilder, WidgetInfo};

/// How far the cards of a branch stand in, in points, and how often within one another.
const INDENT: i8 = 8;
const DEEPEST: usize = 4;

/// The cards, and which of them is chosen or held.
#[derive(Default)]
pub struct Stack {
    /// New layers go after this one.
    chosen: Option<usize>,
    /// The card under the pointer that drags it.
    held: Option<usize>,
    /// The card that gets the keys in the next frame.
    focus: Option<usize>,
}

impl Stack {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let network = &state.preferences.config.network;
        let text = state.text();
        ui.spacing_mut().item_spacing.y = 3.0;
        self.chosen = self.chosen.filter(|&index| index < network.layers.len());
        self.held = self.held.filter(|&index| index < network.layers.len());
        let input = CardWords {
            name: text.network.input,
            output: Some(Shape::picture(network.input)),
            parameters: 0,
            multiply_adds: 0,
            fault: None,
        };
        // Above the cards: a click that adds one leaves the buttons where they are.
        let mut edited = self.add_buttons(ui, state);
        panels::network::input::show(ui, state, &input, actions);
        let mut rects = Vec::with_capacity(network.layers.len());
        let depths = network.depths();
        for (index, name) in network.names().iter().enumerate() {
            if flattens(state, index) {
                flatten(ui, state, index);
            }
            let (rect, action) = self.card(ui, state, index, name, depths[index]);
            rects.push(rect);
            edited = edited.or(action);
        }
        if flattens(state, network.layers.len()) {
            flatten(ui, state, network.layers.len());
        }
        output(ui, state);
        edited = edited.or_else(|| self.drop_held(ui, network, &rects));
        if let Some(edit) = edited {
            actions.push(Action::Edit(edit));
        }
        size(ui, state);
    }

    /// One layer of the list; where it was drawn, and what is to be changed.
    fn card(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        index: usize,
        name: &str,
        depth: usize,
    ) -> (Rect, Option<Edit>) {
        let text = state.text();
        let config = &state.preferences.config;
        let (network, layer) = (&config.network, config.network.layers[index]);
        let id = card_id(index);
        if self.focus == Some(index) {
            self.focus = None;
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let fault = state.outline.error.as_ref();
        let fault = fault.filter(|error| error.layer == index);
        let fault = fault.map(|error| text.spec_fault(error.fault));
        let standing = state.outline.layers.get(index);
        let words = CardWords {
            name,
            output: standing.map(|layer| layer.output),
            parameters: standing.map_or(0, |layer| layer.parameters),
            multiply_adds: standing.map_or(0, Layer::multiply_adds),
            fault: fault.as_deref(),
        };
        let has_keys = ui.memory(|memory| memory.has_focus(id));
        let builder = UiBuilder::new().scope_id(id).sense(Sense::click_and_drag());
        let shown = ui.scope_builder(builder, |ui| {
            if self.held == Some(index) {
                ui.set_opacity(0.4);
            }
            let marked = has_keys || self.chosen == Some(index);
            panels::network::card::frame(ui, words.fault.is_some(), marked)
                .outer_margin(egui::Margin {
                    left: INDENT * depth.min(DEEPEST) as i8,
                    ..egui::Margin::ZERO
                })
                .show(ui, |ui| {
                    panels::network::card::editable(ui, text, &words, layer)
                })
                .inner
        });
        let response = shown.response;
        let spoken = words.spoken(text);
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &spoken));
        if response.clicked() {
            response.request_focus();
            self.chosen = (self.chosen != Some(index)).then_some(index);
        }
        if response.drag_started() {
            self.held = Some(index);
        }
        let action = match shown.inner {
            Some(CardAction::Remove) => Some(Edit::Network(network.remove(index))),
            Some(CardAction::Change(layer, field)) => {
                let mut config = config.clone();
                config.network = network.replace(index, layer);
                Some(Edit::Field { config, field })
            }
            None if has_keys => self.keys(ui, network, index),
            None => None,
        };
        let rect = response.rect;
        response.on_hover_text_at_pointer(text.editing.card_hint);
        (rect, action)
    }

    /// Moving and removing the card that has the keys.
    fn keys(&mut self, ui: &egui::Ui, network: &NetworkSpec, index: usize) -> Option<Edit> {
        let pressed = |command| keys::pressed(ui.ctx(), command);
        let last = network.layers.len() - 1;
        let moved = if pressed(Command::LayerUp) {
            index.checked_sub(1)
        } else if pressed(Command::LayerDown) {
            Some(index + 1).filter(|&to| to <= last)
        } else {
            None
        };
        if let Some(to) = moved {
            self.focus = Some(to);
            self.chosen = Some(to);
            return Some(Edit::Network(network.move_layer(index, to)));
        }
        if pressed(Command::RemoveLayer) {
            self.focus = last.checked_sub(1).map(|last| index.min(last));
            self.chosen = self.focus;
            return Some(Edit::Network(network.remove(index)));
        }
        None
    }

    /// Shows where the held card would go, and puts it there when it is let go.
    fn drop_held(&mut self, ui: &egui::Ui, network: &NetworkSpec, rects: &[Rect]) -> Option<Edit> {
        let from = self.held?;
        let pointer = ui.input(|input| input.pointer.latest_pos())?;
        let gap = rects
            .iter()
            .filter(|rect| rect.center().y < pointer.y)
            .count();
        let to = if gap > from { gap - 1 } else { gap };
        if ui.input(|input| input.pointer.any_released()) {
            self.held = None;
            if to == from {
                return None;
            }
            self.chosen = Some(to);
            return Some(Edit::Network(network.move_layer(from, to)));
        }
        let (first, last) = (rects.first()?, rects.last()?);
        let y = match rects.get(gap) {
            Some(below) => below.min.y - 1.5,
            None => last.max.y + 1.5,
        };
        ui.painter().hline(
            first.x_range(),
            y,
            Stroke::new(3.0, widgets::theme::accent(ui)),
        );
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
        None
    }

    fn add_buttons(&mut self, ui: &mut egui::Ui, state: &State) -> Option<Edit> {
        let text = &state.text().editing;
        let network = &state.preferences.config.network;
        let has_room = network.layers.len() < MAX_LAYERS;
        let conv = LayerSpec::conv(32, 3, Padding::Valid);
        let mut chosen = None;
        let place_for_maps = network.place_for(conv, self.chosen);
        let maps = match place_for_maps.checked_sub(1) {
            None => Some(Shape::picture(network.input)),
            Some(before) => state.outline.layers.get(before).map(|layer| layer.output),
        };
        let filters = maps.map_or(32, Shape::channels).min(MAX_FILTERS);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            // So narrow that all of them stand side by side in the narrowest panel.
            ui.spacing_mut().button_padding.x = 5.0;
            for (label, hint, layer) in [
                (text.add_conv, text.add_conv_hint, conv),
                (text.add_pool, text.add_pool_hint, LayerSpec::MAX_POOL),
                (text.add_dense, text.add_dense_hint, LayerSpec::dense(64)),
            ] {
                let button = ui
                    .add_enabled(has_room, egui::Button::new(label))
                    .on_hover_text(hint)
                    .on_disabled_hover_text(text.stack_is_full);
                if button.clicked() {
                    chosen = Some(vec![layer]);
                }
            }
            let more = egui::Button::new(text.add_more);
            let more = ui
                .add_enabled(has_room, more)
                .on_hover_text(text.add_more_hint);
            widgets::theme::name(&more, text.add_more_hint);
            egui::Popup::menu(&more).show(|ui| {
                for (label, hint, layer) in [
                    (text.add_norm, text.add_norm_hint, LayerSpec::BATCH_NORM),
                    (text.add_dropout, text.add_dropout_hint, LayerSpec::DROPOUT),
                    (
                        text.add_activation,
                        text.add_activation_hint,
                        LayerSpec::Activation {
                            function: Activation::Relu,
                        },
                    ),
                    (
                        text.add_average,
                        text.add_average_hint,
                        LayerSpec::AVERAGE_POOL,
                    ),
                    (
                        text.add_global_average,
                        text.add_global_hint,
                        LayerSpec::GlobalAveragePool,
                    ),
                    (
                        text.add_global_max,
                        text.add_global_hint,
                        LayerSpec::GlobalMaxPool,
                    ),
                ] {
                    if ui.button(label).on_hover_text(hint).clicked() {
                        chosen = Some(vec![layer]);
                    }
                }
                for (label, hint, block) in [
                    (
                        text.add_residual,
                        text.add_residual_hint,
                        LayerSpec::residual(filters),
                    ),
                    (
                        text.add_inception,
                        text.add_inception_hint,
                        LayerSpec::inception(16),
                    ),
                ] {
                    if ui.button(label).on_hover_text(hint).clicked() {
                        chosen = Some(block);
                    }
                }
            });
        });
        let layers = chosen?;
        let place = match layers[..] {
            [layer] => network.place_for(layer, self.chosen),
            _ => place_for_maps,
        };
        self.chosen = Some(place + layers.len() - 1);
        Some(Edit::Network(network.insert_all(place, &layers)))
    }
}

fn card_id(index: usize) -> Id {
    Id::unique(("layer card", index))
}

/// Whether the layer at `index`, or the output layer, flattens maps.
fn flattens(state: &State, index: usize) -> bool {
    let layers = &state.preferences.config.network.layers;
    if let Some(standing) = state.outline.layers.get(index) {
        return standing.kind.is_dense() && standing.input.is_maps();
    }
    // Below an impossible layer nothing is known of shapes: the first to make a vector is taken.
    let makes_vector = |layer: &LayerSpec| !layer.keeps_maps();
    let is_dense = |layer: &LayerSpec| matches!(layer, LayerSpec::Dense { .. });
    layers.get(index).is_none_or(is_dense) && !layers[..index].iter().any(makes_vector)
}

/// What happens between the last map and the first dense layer, which is not a layer to edit.
fn flatten(ui: &mut egui::Ui, state: &State, above: usize) {
    let text = state.text();
    let input = match above.checked_sub(1) {
        None => Some(Shape::picture(state.preferences.config.network.input)),
        Some(below) => state.outline.layers.get(below).map(|layer| layer.output),
    };
    let words = CardWords {
        name: "flatten",
        output: input.map(|shape| Shape::Vector(shape.len())),
        parameters: 0,
        multiply_adds: 0,
        fault: None,
    };
    panels::network::card::fixed(ui, text, &words, text.network.flatten_details);
}

/// The output layer, which is always there.
fn output(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let index = state.preferences.config.network.layers.len();
    let standing = state.outline.layers.get(index);
    let fault = state.outline.error.as_ref();
    let fault = fault.filter(|error| error.layer >= index);
    let fault = fault.map(|error| text.spec_fault(error.fault));
    let words = CardWords {
        name: standing.map_or("dense", |layer| layer.name.as_str()),
        output: standing.map(|layer| layer.output),
        parameters: standing.map_or(0, |layer| layer.parameters),
        multiply_adds: standing.map_or(0, Layer::multiply_adds),
        fault: fault.as_deref(),
    };
    panels::network::card::fixed(ui, text, &words, text.network.output_details);
}

/// The size of the whole.
fn size(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    if state.outline.error.is_some() {
        let label =
            egui::RichText::new(text.editing.impossible).color(widgets::theme::error_color(ui));
        ui.label(label);
        return;
    }
    let layers = &state.outline.layers;
    let multiply_adds = layers.iter().map(Layer::multiply_adds).sum();
    let values = layers.iter().map(|layer| layer.output.len()).sum();
    let left = |ui: &mut egui::Ui| {
        ui.label(widgets::theme::strong(
            text.integer(parameter_count(layers)),
        ));
        ui.label(text.network.parameters);
    };
    let right = |ui: &mut egui::Ui| {
        let words = egui::RichText::new(text.multiply_adds(multiply_adds));
        ui.label(words.small().weak())
            .on_hover_text(text.layer_cost(multiply_adds, values));
    };
    let row = egui::Sides::new().shrink_right().truncate();
    row.show(ui, left, right);
}
