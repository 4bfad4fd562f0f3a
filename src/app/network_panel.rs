//! The network that Train will train: presets, its layers as a stack of cards, its size, and the
//! settings of the run.

use eframe::egui::{self, Align, DragValue, Layout, RichText};

use super::action::Action;
use super::state::State;
use super::theme;
use crate::network::{Layer, LayerKind, Preset, Shape, parameter_count};
use crate::text::Text;
use crate::training::RunConfig;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    egui::ScrollArea::vertical().show(ui, |ui| {
        let text = state.text();
        ui.label(theme::heading(text.network.network));
        presets(ui, state, actions);
        ui.add_space(2.0);
        cards(ui, state);
        ui.add_space(8.0);
        ui.label(theme::heading(text.training.training));
        hyperparameters(ui, state, actions);
    });
}

fn presets(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let current = Preset::of(&state.preferences.config.network);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for preset in Preset::ALL {
            let chosen = current == Some(preset);
            let button = ui
                .selectable_label(chosen, text.preset(preset))
                .on_hover_text(text.preset_hint(preset));
            if button.clicked() {
                actions.push(Action::SetNetwork(preset.spec()));
            }
        }
    });
}

fn cards(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    ui.spacing_mut().item_spacing.y = 4.0;
    let input = CardText {
        name: text.network.input,
        details: text.network.input_details.to_owned(),
        output: Shape::PICTURE,
        parameters: 0,
    };
    card(ui, text, &input);
    for layer in &state.outline.layers {
        let flattens = !matches!(layer.input, Shape::Vector(_)) && !layer.has_maps();
        if flattens {
            let flatten = CardText {
                name: "flatten",
                details: text.network.flatten_details.to_owned(),
                output: Shape::Vector(layer.input.len()),
                parameters: 0,
            };
            card(ui, text, &flatten);
        }
        let words = CardText {
            name: &layer.name,
            details: details(layer, text),
            output: layer.output,
            parameters: layer.parameters,
        };
        card(ui, text, &words);
    }
    if let Some(error) = &state.outline.error {
        ui.colored_label(theme::error_color(ui), text.spec_error(error));
    }
    let total = parameter_count(&state.outline.layers);
    ui.horizontal(|ui| {
        ui.label(theme::strong(text.integer(total)));
        ui.label(text.network.parameters);
    });
}

/// What one card says.
struct CardText<'a> {
    name: &'a str,
    details: String,
    output: Shape,
    parameters: usize,
}

fn details(layer: &Layer, text: &Text) -> String {
    match layer.kind {
        LayerKind::Conv { kernel, padding } => format!("{kernel}×{kernel}, {padding}, ReLU"),
        LayerKind::MaxPool => text.network.pool_details.to_owned(),
        LayerKind::Dense => text.network.dense_details.to_owned(),
        LayerKind::Output => text.network.output_details.to_owned(),
    }
}

fn card(ui: &mut egui::Ui, text: &Text, layer: &CardText<'_>) {
    theme::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.horizontal(|ui| {
            ui.label(theme::strong(layer.name));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(shape_text(layer.output)));
            });
        });
        ui.horizontal(|ui| {
            ui.label(RichText::new(&layer.details).small().weak());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if layer.parameters > 0 {
                    let count = text.parameter_count(layer.parameters);
                    ui.label(RichText::new(count).small().color(theme::accent(ui)));
                }
            });
        });
    });
}

/// Channels × height × width, or the number of units.
fn shape_text(shape: Shape) -> String {
    match shape {
        Shape::Maps {
            channels,
            height,
            width,
        } => format!("{channels}×{height}×{width}"),
        Shape::Vector(units) => units.to_string(),
    }
}

fn hyperparameters(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let old = &state.preferences.config;
    let mut config = old.clone();
    egui::Grid::new("settings").num_columns(2).show(ui, |ui| {
        let row = |ui: &mut egui::Ui, label: &str, hint: &str, field: DragValue<'_>| {
            let label = ui.label(label);
            ui.add(field).labelled_by(label.id).on_hover_text(hint);
            ui.end_row();
        };
        row(
            ui,
            text.training.epochs,
            text.training.epochs_hint,
            DragValue::new(&mut config.epochs)
                .range(1..=RunConfig::MAX_EPOCHS)
                .speed(0.1),
        );
        row(
            ui,
            text.training.batch_size,
            text.training.batch_size_hint,
            DragValue::new(&mut config.batch_size).range(1..=RunConfig::MAX_BATCH_SIZE),
        );
        row(
            ui,
            text.training.learning_rate,
            text.training.learning_rate_hint,
            DragValue::new(&mut config.learning_rate)
                .range(0.000_01..=1.0)
                .speed(0.000_05)
                .max_decimals(5),
        );
        row(
            ui,
            text.training.seed,
            text.training.seed_hint,
            DragValue::new(&mut config.seed).range(0..=u64::from(u32::MAX)),
        );
        if let Some(dataset) = &state.dataset {
            let all = dataset.train.len();
            let mut images = config.images.unwrap_or(all).min(all);
            row(
                ui,
                text.training.training_images,
                text.training.training_images_hint,
                DragValue::new(&mut images).range(1..=all).speed(100.0),
            );
            config.images = (images < all).then_some(images);
        }
    });
    let shares_are_equal = config.images == old.images
        || state.dataset.as_ref().is_some_and(|d| {
            config.images.unwrap_or(d.train.len())
                == old.images.unwrap_or(d.train.len()).min(d.train.len())
        });
    if shares_are_equal {
        config.images = old.images;
    }
    if config != *old {
        actions.push(Action::SetConfig(config));
    }
}
