//! What stands above the maps: layer, convolution number, range, ReLU.

use crate::app::model::action::Action;
use crate::app::model::maps::MapsAnswer;
use crate::app::model::state::State;
use crate::app::views::maps::{SCARCE, SIDES, Size};
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::stage::{for_room, for_teacher};
use crate::text::Text;
use convlens_core::figures::{MapSet, MapsSettings};
use convlens_core::render::{RangeMode, ValueRange};
use eframe::egui::{self, ComboBox, DragValue, RichText, Slider};

/// Convolution number, range, `ReLU`, layer, size.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    maps: &MapsAnswer,
    (size, over_picture): (&mut Size, &mut bool),
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let mut settings = state.preferences.maps.clone();
    let layers = &maps.set.activations.layers;
    let alone = alone(&maps.set, &settings);
    let shown = (layers.iter()).filter(|layer| alone.is_none_or(|name| *name == layer.name));
    let channels = shown.map(|layer| layer.channels).max();
    for_room(ui, |ui| {
        if let Some(channels) = channels {
            in_words(ui, text, &settings, channels);
        }
    });
    for_teacher(ui, |ui| {
        let look = (&mut *size, over_picture);
        rows(ui, state, maps, (&mut settings, channels), look);
    });
    size_keys(ui, size);
    if settings != state.preferences.maps {
        actions.push(Action::SetMaps(settings));
    }
    widgets::convolution_number::shortcuts(ui, state, channels.unwrap_or(1), actions);
}

/// The controls, in one row where a class looks at them, without what is seldom needed: pictures say more from the back.
fn rows(
    ui: &mut egui::Ui,
    state: &State,
    maps: &MapsAnswer,
    (settings, channels): (&mut MapsSettings, Option<usize>),
    (size, over_picture): (&mut Size, &mut bool),
) {
    let text = state.text();
    let layers = &maps.set.activations.layers;
    let is_in_one_row = state.preferences.display.presenter;
    if is_in_one_row && layers.is_empty() {
        return;
    }
    let is_scarce = ui.available_width() < SCARCE;
    ui.horizontal_wrapped(|ui| {
        if layers.is_empty() {
            ui.disable();
        }
        layer_menu(ui, text, &maps.set, settings);
        if let Some(channels) = channels {
            widgets::convolution_number::show(ui, text, settings, channels);
        }
        range_menu(ui, text, settings);
        ui.checkbox(&mut settings.before_relu, text.maps.before_relu)
            .on_hover_text(text.maps.before_relu_hint);
        if is_in_one_row {
            if size.chosen.is_some() {
                size_slider(ui, text, size);
            }
            if *over_picture || !is_scarce {
                lay_over(ui, text, over_picture);
            }
        }
    });
    // A network without maps has none to choose from, to colour or to enlarge; what stands below stays where it is.
    if !is_in_one_row {
        ui.add_enabled_ui(!layers.is_empty(), |ui| {
            ui.horizontal(|ui| {
                size_slider(ui, text, size);
                lay_over(ui, text, over_picture);
            });
        });
    }
}

/// What the room is told of them: which channel, and what shares its colours.
fn in_words(ui: &mut egui::Ui, text: &Text, settings: &MapsSettings, channels: usize) {
    let number = settings.convolution.min(channels.saturating_sub(1));
    let channel = format!(
        "{} {number} {}",
        text.maps.convolution,
        text.of_channels(channels)
    );
    let range = text.range_mode(settings.range);
    let mut words = format!("{channel} · {}: {range}", text.maps.range_label);
    if settings.before_relu {
        words = format!("{words} · {}", text.maps.before_relu);
    }
    ui.label(RichText::new(words).weak());
}

/// Whether they lie over the pictures.
fn lay_over(ui: &mut egui::Ui, text: &Text, over_picture: &mut bool) {
    ui.checkbox(over_picture, text.maps.over_picture)
        .on_hover_text(text.maps.over_picture_hint);
}

/// How large the maps are: as chosen, or as they fit.
fn size_slider(ui: &mut egui::Ui, text: &Text, size: &mut Size) {
    let label = widgets::layout::label_before(ui, text.channels.size, 90.0);
    ui.spacing_mut().slider_width = 90.0;
    let mut side = size.side.clamp(*SIDES.start(), *SIDES.end());
    let slider = Slider::new(&mut side, SIDES).show_value(false);
    let slider = ui.add(slider).on_hover_text(text.channels.size_hint);
    if slider.labelled_by(label.id).changed() {
        size.chosen = Some(side.round());
    }
    let fits = size.chosen.is_none();
    let fit = widgets::theme::choice(ui, fits, text.maps.fit);
    if fit.on_hover_text(text.maps.fit_hint).clicked() {
        size.chosen = None;
    }
}

fn size_keys(ui: &egui::Ui, size: &mut Size) {
    let steps = keys::steps(ui.ctx(), Command::SmallerMaps, Command::LargerMaps);
    if steps != 0 {
        let side = size.side * 1.25_f32.powi(steps as i32);
        size.chosen = Some(side.clamp(*SIDES.start(), *SIDES.end()).round());
    }
}

/// The layer shown alone. One that this network lacks was chosen for another: then all are shown.
fn alone<'a>(maps: &MapSet, settings: &'a MapsSettings) -> Option<&'a String> {
    let is_there = |name: &&String| (maps.activations.layers.iter()).any(|it| it.name == **name);
    settings.layer.as_ref().filter(is_there)
}

fn layer_menu(ui: &mut egui::Ui, text: &Text, maps: &MapSet, settings: &mut MapsSettings) {
    let label = widgets::layout::label_before(ui, text.maps.layer, 64.0);
    let shown = alone(maps, settings).map_or(text.maps.all_layers, String::as_str);
    // A network with branches has more than twenty.
    let height = 0.6 * ui.ctx().content_rect().height();
    ComboBox::from_id_salt("layer")
        .selected_text(shown.to_owned())
        .width(64.0)
        .height(height)
        .show_ui(ui, |ui| {
            ui.selectable_value(&mut settings.layer, None, text.maps.all_layers);
            for layer in &maps.activations.layers {
                ui.selectable_value(&mut settings.layer, Some(layer.name.clone()), &layer.name);
            }
        })
        .response
        .labelled_by(label.id);
}

fn range_menu(ui: &mut egui::Ui, text: &Text, settings: &mut MapsSettings) {
    let label = widgets::layout::label_before(ui, text.maps.range_label, 92.0)
        .on_hover_text(text.maps.range_hint);
    ComboBox::from_id_salt("range")
        .selected_text(text.range_mode(settings.range))
        .width(92.0)
        .show_ui(ui, |ui| {
            let modes = [
                RangeMode::PerMap,
                RangeMode::PerColumn,
                RangeMode::PerLayer,
                RangeMode::Fixed(settings.fixed),
            ];
            for mode in modes {
                ui.selectable_value(&mut settings.range, mode, text.range_mode(mode))
                    .on_hover_text(text.range_mode_hint(mode));
            }
        })
        .response
        .labelled_by(label.id);
    if matches!(settings.range, RangeMode::Fixed(_)) {
        let ValueRange { min, max } = settings.fixed;
        let field = |end, range| {
            DragValue::new(end)
                .range(range)
                .speed(0.02)
                .max_decimals(2)
                .custom_formatter(|value, _| text.shortest(value, 2))
                .custom_parser(|typed| text.typed_number(typed))
        };
        let low = ui.add(field(&mut settings.fixed.min, -1000.0..=max - 0.01));
        widgets::theme::name(&low, text.maps.lowest);
        let high = ui.add(field(&mut settings.fixed.max, min + 0.01..=1000.0));
        widgets::theme::name(&high, text.maps.highest);
        settings.range = RangeMode::Fixed(settings.fixed);
    }
}
