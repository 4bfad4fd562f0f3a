//! A map of the picture, the same moved, the map of the changed picture, and how the two differ.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::transform::{MovedPicture, TransformSettings};
use crate::app::widgets;
use crate::app::widgets::map_picture::{MapPicture, title_height};
use crate::app::widgets::textures::Textures;
use convlens_core::explore::difference;
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, ComboBox, Label, RichText};

/// Side of a map on screen, the least of it where all is to be in sight.
const LEAST: f32 = 44.0;
const SMALLEST: f32 = 84.0;
const LARGEST: f32 = 220.0;

/// Least width of a map's title and range.
const WORDS: f32 = 64.0;

/// Room for a map's range below it, and also for what is said of all of them.
const RANGE: f32 = 20.0;
const AROUND: f32 = 38.0;

/// Room between two maps.
const GAP: f32 = 10.0;

/// What comes from beyond the edge: grey.
const BEYOND: [u8; 3] = [110; 3];

/// The width of the row of maps in a view of this width.
pub fn width(room: f32) -> f32 {
    let side = (0.58 * room / 4.0 - GAP).clamp(SMALLEST, LARGEST);
    4.0 * (side.floor() + GAP)
}

/// The layer that is shown, among those with maps.
fn layer_place(answer: &MovedPicture, settings: &TransformSettings) -> usize {
    let mut layers = answer.moved.activations.layers.iter();
    let name = settings.layer.as_ref();
    name.and_then(|name| layers.position(|layer| layer.name == *name))
        .unwrap_or(0)
}

/// Which layer and channel, and how far its maps are from those of the changed picture.
pub fn controls(
    ui: &mut egui::Ui,
    state: &State,
    answer: &MovedPicture,
    settings: &mut TransformSettings,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let layers = &answer.moved.activations.layers;
    let place = layer_place(answer, &state.transform);
    let Some(layer) = layers.get(place) else {
        return;
    };
    let mut choices = |ui: &mut egui::Ui| {
        let label = widgets::layout::label_before(ui, text.maps.layer, 64.0);
        ComboBox::from_id_salt("layer moved")
            .selected_text(&layer.name)
            .width(64.0)
            .show_ui(ui, |ui| {
                for other in layers {
                    let is_shown = other.name == layer.name;
                    if ui.selectable_label(is_shown, &other.name).clicked() {
                        settings.layer = Some(other.name.clone());
                    }
                }
            })
            .response
            .labelled_by(label.id);
        let mut maps = state.preferences.maps.clone();
        widgets::convolution_number::show(ui, text, &mut maps, layer.channels);
        if maps != state.preferences.maps {
            actions.push(Action::SetMaps(maps));
        }
    };
    widgets::stage::for_teacher(ui, |ui| {
        ui.horizontal_wrapped(&mut choices);
    });
    widgets::convolution_number::shortcuts(ui, state, layer.channels, actions);
    if let Some(apart) = answer.moved.apart(place) {
        ui.add(Label::new(text.moved_apart(&layer.name, apart)).wrap());
    }
}

/// The row of maps; it owns its textures.
#[derive(Default)]
pub struct MovedMapsPanel {
    textures: Textures,
}

impl MovedMapsPanel {
    /// In so much height, if they can.
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, answer: &MovedPicture, height: f32) {
        let text = state.text();
        let words = &text.transform;
        let place = layer_place(answer, &state.transform);
        let Some(layer) = answer.moved.activations.layers.get(place) else {
            ui.add(Label::new(words.no_convolution).wrap());
            return;
        };
        let channel = state.preferences.maps.convolution.min(layer.channels - 1);
        let Some([of_picture, moved, of_changed]) = answer.moved.maps(place, channel) else {
            return;
        };
        let range = ValueRange::of(of_picture).union(ValueRange::of(of_changed));
        let minus = difference(of_changed, moved);
        let wide = (ui.available_width() / 4.0 - GAP).clamp(SMALLEST, LARGEST);
        let titles = [
            words.map,
            words.moved_map,
            words.map_of_changed,
            words.difference,
        ];
        let above = |ui: &egui::Ui, side: f32| title_height(ui, titles, side.max(WORDS));
        let is_for_class = state.preferences.display.needs_height(ui.ctx());
        let around = if is_for_class || widgets::stage::is_for_room(ui.ctx()) {
            RANGE
        } else {
            AROUND
        };
        let below = |above: f32| wide.min((height - around - above).max(LEAST)).floor();
        // In a narrower column a title may have more lines.
        let side = below(above(ui, wide));
        let side = below(above(ui, side));
        let above = above(ui, side);
        let version = (state.moved.version(), place, channel);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for (place, title, hint, values) in [
                ("map", words.map, "", of_picture),
                ("moved", words.moved_map, words.moved_map_hint, moved),
                (
                    "changed",
                    words.map_of_changed,
                    words.map_of_changed_hint,
                    of_changed,
                ),
                (
                    "difference",
                    words.difference,
                    words.difference_hint,
                    &minus[..],
                ),
            ] {
                let is_difference = place == "difference";
                let map = MapPicture {
                    place: ("moved", place),
                    title,
                    above,
                    values,
                    size: (layer.width, layer.height),
                    range: if is_difference {
                        ValueRange::of(values).symmetric()
                    } else {
                        range
                    },
                    colormap: if is_difference {
                        widgets::theme::diverging(ui)
                    } else {
                        Colormap::Inferno
                    },
                    missing: Some(BEYOND),
                };
                let shown = map.show(
                    ui,
                    text,
                    &mut self.textures,
                    (side, side.max(WORDS)),
                    version,
                );
                if !hint.is_empty() {
                    shown.on_hover_text(hint);
                }
            }
        });
        let truth = RichText::new(words.truth).small().weak();
        widgets::whole::for_class(ui, state, truth);
    }
}
