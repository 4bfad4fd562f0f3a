//! Two networks, or two moments, side by side: how much each layer's weights differ, and of one layer the filters with their kernels and
//! maps, those that differ most first.

use crate::app::model::action::Action;
use crate::app::model::compare::{CompareSettings, Compared, DiffersMost, OtherNetwork};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::little::Little;
use crate::app::widgets::textures::Textures;
use crate::text::Text;
use convlens_core::explore::{
    Kernels, LayerDifference, LayerMaps, difference, largest_first, map_differences,
};
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, ComboBox, Grid, Label, RichText, ScrollArea, Slider};

/// Least and largest side of a picture.
const SIDE: (f32, f32) = (36.0, 96.0);

/// Width of what is written before a row's pictures.
const NAME: f32 = 54.0;

/// Between two pictures, and between the kernels and the maps.
const GAP: f32 = 4.0;
const APART: f32 = 10.0;

/// Height of a heading above the pictures.
const HEADING: f32 = 16.0;

/// The panel; it owns its textures.
#[derive(Default)]
pub struct NetworksPanel {
    textures: Textures,
}

/// What the rows are of.
struct Rows<'a> {
    /// Of the layer's weights, where both networks have it.
    weights: Option<&'a LayerDifference>,
    kernels: Option<&'a [Kernels; 2]>,
    /// The image's maps at the layer, where it has maps of the same size in both.
    maps: Option<Maps<'a>>,
    version: u64,
}

struct Maps<'a> {
    layers: [&'a LayerMaps; 2],
    images: [usize; 2],
    apart: Vec<f64>,
}

impl NetworksPanel {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        compared: &Compared,
        settings: &mut CompareSettings,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let Some(other) = &compared.other else {
            ui.label(text.compare.choose_other);
            return;
        };
        if other.differences.is_empty() {
            ui.label(text.compare.none_in_common);
            return;
        }
        let chosen = chosen_layer(other, settings);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                let names = state
                    .snapshot
                    .model
                    .layers()
                    .iter()
                    .map(|layer| &layer.name);
                layers(ui, text, names, other, (&chosen, settings));
                ui.add_space(6.0);
                let warning = text.compare.number_warning;
                crate::app::views::compare::note(ui, warning);
            });
            ui.add_space(12.0);
            ui.vertical(|ui| {
                let rows = rows(state, compared, other, &chosen, settings);
                order(ui, text, compared, &rows, settings);
                self.list(ui, state, &rows, settings, actions);
            });
        });
    }

    /// The filters, units or channels of the layer, a row each.
    fn list(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        rows: &Rows<'_>,
        settings: &CompareSettings,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let apart = rows.maps.as_ref().map(|maps| &maps.apart[..]);
        let weights = rows.weights.map(|weights| &weights.outputs[..]);
        let values = if settings.first == DiffersMost::Maps {
            apart.or(weights)
        } else {
            weights.or(apart)
        };
        let Some(values) = values else { return };
        let order = largest_first(values);
        let side = side(ui.available_width(), rows);
        Self::headings(ui, text, rows, side);
        let height = side.max(LINES);
        ScrollArea::both()
            .auto_shrink(false)
            .show_rows(ui, height, order.len(), |ui, range| {
                ui.spacing_mut().item_spacing.x = GAP;
                for &channel in &order[range] {
                    ui.horizontal_top(|ui| {
                        ui.set_height(height);
                        let is_chosen = state.preferences.maps.convolution == channel;
                        ui.vertical(|ui| {
                            ui.set_width(NAME);
                            ui.spacing_mut().item_spacing.y = 0.0;
                            let name = text.channel_name(&channel.to_string());
                            let number = widgets::theme::strong(channel.to_string());
                            let button = ui.selectable_label(is_chosen, number);
                            widgets::theme::name(&button, &name);
                            if button.on_hover_text(name).clicked() {
                                let mut maps = state.preferences.maps.clone();
                                maps.convolution = channel;
                                actions.push(Action::SetMaps(maps));
                            }
                            let by = if settings.first == DiffersMost::Maps {
                                apart.or(weights)
                            } else {
                                weights.or(apart)
                            };
                            if let Some(value) = by.and_then(|values| values.get(channel)) {
                                let words = RichText::new(text.value(*value as f32)).small().weak();
                                ui.add(Label::new(words).extend());
                            }
                        });
                        self.pictures(ui, text, rows, channel, side);
                    });
                }
            });
    }

    /// What stands in each column of pictures.
    fn headings(ui: &mut egui::Ui, text: &Text, rows: &Rows<'_>, side: f32) {
        let words = &text.compare;
        ui.spacing_mut().item_spacing.x = GAP;
        ui.horizontal(|ui| {
            ui.set_height(HEADING);
            ui.add_space(NAME + GAP);
            for (is_there, what) in [
                (rows.kernels.is_some(), words.weights),
                (rows.maps.is_some(), words.maps),
            ] {
                if !is_there {
                    continue;
                }
                for (part, hint) in [
                    (words.here, words.here_hint),
                    (words.there, words.there_hint),
                    (words.minus, words.difference_hint),
                ] {
                    let words = RichText::new(part).small().weak();
                    let label = ui.add_sized([side, HEADING], Label::new(words).truncate());
                    label.on_hover_text(format!("{what}: {hint}"));
                }
                ui.add_space(APART);
            }
        });
    }

    /// The slice of a filter that differs most, and its maps: here, there, and the first minus the second.
    fn pictures(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        rows: &Rows<'_>,
        channel: usize,
        side: f32,
    ) {
        if let Some([ours, theirs]) = rows.kernels
            && channel < ours.filters
        {
            let slice = most_different_slice(ours, theirs, channel);
            let of = |kernels: &Kernels| kernels.slices(channel, &[slice]);
            let (a, b) = (of(ours), of(theirs));
            let range = ValueRange::of(&a).union(ValueRange::of(&b));
            let mut what = text.compare.weights.to_owned();
            if ours.channels > 1 {
                what = format!("{what}, {}", text.slice_name(slice));
            }
            let three = Three {
                place: ("kernels of networks", channel),
                what: &what,
                values: [&a, &b],
                size: (ours.width, ours.height),
                range: range.symmetric(),
                colormap: widgets::theme::diverging(ui),
            };
            three.show(ui, text, &mut self.textures, (rows.version, side));
            ui.add_space(APART);
        }
        if let Some(maps) = &rows.maps
            && let Some(a) = maps.layers[0].map(maps.images[0], channel)
            && let Some(b) = maps.layers[1].map(maps.images[1], channel)
        {
            let three = Three {
                place: ("maps of networks", channel),
                what: text.compare.maps,
                values: [a, b],
                size: (maps.layers[0].width, maps.layers[0].height),
                range: ValueRange::of(a).union(ValueRange::of(b)),
                colormap: widgets::theme::shown_colormap(ui, Colormap::Inferno),
            };
            three.show(ui, text, &mut self.textures, (rows.version, side));
        }
    }
}

/// Height of the number of a channel and what it differs by.
const LINES: f32 = 38.0;

/// The largest side with which all pictures of a row fit.
fn side(room: f32, rows: &Rows<'_>) -> f32 {
    let groups = [rows.kernels.is_some(), rows.maps.is_some()];
    let groups = groups.into_iter().filter(|is_there| *is_there).count() as f32;
    let bar = 14.0;
    let pictures = 3.0 * groups;
    let room = room - NAME - bar - groups * (APART + GAP) - pictures * GAP;
    (room / pictures.max(1.0)).clamp(SIDE.0, SIDE.1).floor()
}

/// The same of both networks, and the first minus the second.
struct Three<'a> {
    place: (&'static str, usize),
    what: &'a str,
    values: [&'a [f32]; 2],
    /// Columns and rows.
    size: (usize, usize),
    range: ValueRange,
    colormap: Colormap,
}

impl Three<'_> {
    fn show(
        &self,
        ui: &mut egui::Ui,
        text: &Text,
        textures: &mut Textures,
        (version, side): (u64, f32),
    ) {
        let [a, b] = self.values;
        let minus = difference(a, b);
        let (kind, channel) = self.place;
        let words = &text.compare;
        let of_difference = ValueRange::of(&minus).symmetric();
        let diverging = widgets::theme::diverging(ui);
        let pictures = [
            (words.here, a, self.range, self.colormap),
            (words.there, b, self.range, self.colormap),
            (words.minus, &minus, of_difference, diverging),
        ];
        for (index, (part, values, range, colormap)) in pictures.into_iter().enumerate() {
            let name = text.channel_name(&channel.to_string());
            let range_of = text.range(ValueRange::of(values));
            let words = format!("{name}, {}, {part}: {range_of}", self.what);
            let little = Little {
                place: (kind, (channel, index)),
                values,
                size: self.size,
                range,
                colormap,
                side,
                words: &words,
            };
            let response = little.show(ui, textures, (version, (channel, index)));
            response.on_hover_text(words);
        }
    }
}

/// The slice of a filter whose weights differ most.
fn most_different_slice(ours: &Kernels, theirs: &Kernels, filter: usize) -> usize {
    let len = ours.slice_len().max(1);
    let minus = difference(ours.filter(filter), theirs.filter(filter));
    let squares = |slice: &[f32]| slice.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
    let lengths: Vec<f64> = minus.chunks_exact(len).map(squares).collect();
    largest_first(&lengths).first().copied().unwrap_or(0)
}

/// The layer whose rows are shown: the one chosen, where both networks have weights or maps there, or else the first with weights.
fn chosen_layer(other: &OtherNetwork, settings: &CompareSettings) -> String {
    let maps = other
        .maps
        .activations
        .layers
        .iter()
        .map(|layer| &layer.name);
    let weights = other.differences.iter().map(|layer| &layer.name);
    let there = |name: &String| {
        maps.clone()
            .chain(weights.clone())
            .any(|other| other == name)
    };
    let chosen = settings.layer.clone().filter(there);
    chosen.unwrap_or_else(|| other.differences[0].name.clone())
}

/// A row a layer that has weights or maps in both, which chooses it.
fn layers<'a>(
    ui: &mut egui::Ui,
    text: &Text,
    names: impl Iterator<Item = &'a String>,
    other: &OtherNetwork,
    (chosen, settings): (&str, &mut CompareSettings),
) {
    let words = &text.compare;
    Grid::new("layers that differ")
        .striped(true)
        .show(ui, |ui| {
            for [heading, hint] in [
                [text.maps.layer, ""],
                [words.layer_differs, words.layer_differs_hint],
                [words.cosine, words.cosine_hint],
                [words.largest, words.largest_hint],
            ] {
                let label = ui.add(Label::new(widgets::theme::strong(heading)).extend());
                if !hint.is_empty() {
                    label.on_hover_text(hint);
                }
            }
            ui.end_row();
            let or_none = |words: Option<String>| words.unwrap_or_else(|| "–".to_owned());
            for name in names {
                let weights = other.differences.iter().find(|layer| layer.name == *name);
                let maps = &other.maps.activations.layers;
                if weights.is_none() && maps.iter().all(|layer| layer.name != *name) {
                    continue;
                }
                if ui.selectable_label(name == chosen, name).clicked() {
                    settings.layer = Some(name.clone());
                }
                let relative = weights.and_then(|layer| layer.relative);
                ui.label(or_none(relative.map(|share| text.percent(share, 1))));
                let cosine = weights.and_then(|layer| layer.cosine);
                ui.label(or_none(cosine.map(|cosine| text.decimal(cosine, 3))));
                ui.label(or_none(weights.map(|layer| text.value(layer.largest))));
                ui.end_row();
            }
        });
}

/// By what the rows are ordered, and of which image the maps are.
fn order(
    ui: &mut egui::Ui,
    text: &Text,
    compared: &Compared,
    rows: &Rows<'_>,
    settings: &mut CompareSettings,
) {
    let words = &text.compare;
    ui.horizontal_wrapped(|ui| {
        if rows.maps.is_some() && rows.weights.is_some() {
            for (first, name, hint) in [
                (
                    DiffersMost::Weights,
                    words.by_weights,
                    words.by_weights_hint,
                ),
                (DiffersMost::Maps, words.by_maps, words.by_maps_hint),
            ] {
                widgets::theme::choose(ui, &mut settings.first, first, name).on_hover_text(hint);
            }
            ui.separator();
        }
        if rows.maps.is_some() {
            let label = widgets::layout::label_before(ui, words.image, 136.0);
            let images = &compared.maps.images;
            let name = |row: usize| {
                let image = images[row];
                text.image_and_class(image, compared.maps.gallery.label(image))
            };
            let last = images.len().saturating_sub(1);
            let mut row = settings.chosen.0.min(last);
            ComboBox::from_id_salt("image of networks")
                .selected_text(name(row))
                .width(136.0)
                .show_ui(ui, |ui| {
                    for other in 0..images.len() {
                        ui.selectable_value(&mut row, other, name(other));
                    }
                })
                .response
                .labelled_by(label.id);
            if row != settings.chosen.0.min(last) {
                settings.chosen.0 = row;
            }
        }
    });
}

fn rows<'a>(
    state: &State,
    compared: &'a Compared,
    other: &'a OtherNetwork,
    chosen: &str,
    settings: &CompareSettings,
) -> Rows<'a> {
    let weights = other.differences.iter().find(|layer| layer.name == chosen);
    let kernels = other
        .kernels
        .as_ref()
        .filter(|[ours, _]| ours.name == chosen);
    let named = |layers: &'a [LayerMaps]| layers.iter().find(|layer| layer.name == chosen);
    let images = &compared.maps.images;
    let row = settings.chosen.0.min(images.len().saturating_sub(1));
    let maps = || -> Option<Maps<'a>> {
        let ours = named(&compared.maps.activations.layers)?;
        let theirs = named(&other.maps.activations.layers)?;
        let image = *images.get(row)?;
        let there = other.maps.images.iter().position(|id| *id == image)?;
        let apart = map_differences(ours, theirs, [row, there])?;
        Some(Maps {
            layers: [ours, theirs],
            images: [row, there],
            apart,
        })
    };
    Rows {
        weights,
        kernels,
        maps: maps(),
        version: state.compared.version(),
    }
}

/// The moment of the other network, where it is a run with several.
pub fn moment(
    ui: &mut egui::Ui,
    text: &Text,
    other: &OtherNetwork,
    settings: &mut CompareSettings,
) {
    if other.moments.len() < 2 {
        return;
    }
    let last = other.moments.len() - 1;
    let label = ui.label(text.compare.moment);
    let mut moment = other.moment;
    let moments = other.moments.clone();
    let words = move |index: f64| {
        let moment = moments[(index as usize).min(last)];
        text.moment_in_short(moment.step, moment.epochs)
    };
    let slider = Slider::new(&mut moment, 0..=last).custom_formatter(move |value, _| words(value));
    let slider = ui.add(slider).labelled_by(label.id);
    if slider.on_hover_text(text.compare.moment_hint).changed() {
        settings.other_step = (moment < last).then(|| other.moments[moment].step);
    }
}
