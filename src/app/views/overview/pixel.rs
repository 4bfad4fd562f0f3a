//! One cell of a map: the window slides over the inputs, and products, bias and activation add up to the cell, step by step.

use super::node::Node;
use crate::app::model::maps::Inspected;
use crate::app::model::overview::OverviewSettings;
use crate::app::model::state::State;
use crate::app::views::maps::inspector::number_grid::{self, Look};
use crate::app::widgets::little::Little;
use crate::app::widgets::playing::Playing;
use crate::app::widgets::textures::Textures;
use crate::app::widgets::theme;
use crate::text::Text;
use convlens_core::explore::{Arithmetic, ConvSum, OverviewEdge, Region};
use convlens_core::network::LayerKind;
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{
    self, Label, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Vec2, vec2,
};

/// Side of an input and of the map that grows.
const INPUT: f32 = 48.0;
const OUTPUT: f32 = 104.0;

/// Width of what adds up, and room between the parts.
const TERMS: f32 = 130.0;
const GAP: f32 = 10.0;

/// Largest kernel whose products are written out.
const WRITTEN: usize = 5;

/// The panel; it owns where the window stands.
#[derive(Default)]
pub struct PixelPanel {
    playing: Playing<(String, usize, bool)>,
    /// Whether a step is a cell, not a term of its sum.
    by_cells: bool,
    /// What is shown, to begin at the cell asked for where that is another.
    shown: Option<(String, usize, bool)>,
    textures: Textures,
}

/// Whether a window slides over the layer's inputs.
pub fn slides(state: &State, layer: &str) -> bool {
    let layers = state.snapshot.model.layers();
    let layer = layers.iter().find(|other| other.name == layer);
    layer.is_some_and(|layer| {
        matches!(
            layer.kind,
            LayerKind::Conv { .. } | LayerKind::Pool { .. } | LayerKind::GlobalPool { .. }
        )
    })
}

impl PixelPanel {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        node: Node<'_>,
        settings: &mut OverviewSettings,
    ) {
        let text = state.text();
        let words = &text.overview;
        let Node { column, shown, .. } = node;
        let (height, width) = node.size();
        let inputs = node.inputs();
        let has_sum = shown.sum.is_some();
        // Its inputs, the channels not shown, bias and activation.
        let stages = if has_sum && !self.by_cells {
            inputs.len() + 3
        } else {
            1
        };
        let setup = (column.name.clone(), shown.channel, self.by_cells);
        let count = height * width * stages;
        let Some(mut place) = self.playing.place(&setup, 0, count) else {
            return;
        };
        if self.shown.as_ref() != Some(&setup) {
            place = settings.pixel.unwrap_or_default() * stages;
            self.playing.go_to(place);
            self.shown = Some(setup);
        }
        ui.horizontal_wrapped(|ui| {
            let name = node.name(text);
            let at = settings.pixel.unwrap_or_default();
            let at = text.row_and_column(at / width.max(1), at % width.max(1));
            ui.label(theme::strong(format!("{name} · {at}")));
            if ui.button(words.back_to_sum).clicked() {
                settings.pixel = None;
                self.shown = None;
            }
            if has_sum {
                let mut by_terms = !self.by_cells;
                let choice = ui.checkbox(&mut by_terms, words.term_by_term);
                if choice.on_hover_text(words.term_by_term_hint).changed() {
                    self.by_cells = !by_terms;
                }
            }
        });
        if settings.pixel.is_none() {
            return;
        }
        self.playing.show(ui, text);
        settings.pixel = Some(place / stages);
        // Of the same weights, and of this map; the place is its own, which may be the one before.
        let inspected = state.beside(&state.inspected, &node.answer.asked.whose);
        let inspected = inspected.filter(|inspected| {
            let pin = &inspected.asked.pin;
            pin.layer == column.name && pin.channel == shown.channel
        });
        let Some(inspected) = inspected.cloned() else {
            return;
        };
        let is_there =
            inspected.asked.pin.row * width + inspected.asked.pin.column == place / stages;
        let last = inputs.len() + 2;
        let stage = if is_there && stages > 1 {
            place % stages
        } else {
            last
        };
        let order = inputs.iter();
        let order = order.map(|edge| node.other(edge.from).shown.channel);
        let order: Vec<usize> = order.collect();
        let left = (ui.available_width() - TERMS - OUTPUT - 3.0 * GAP).max(OUTPUT);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            ui.vertical(|ui| {
                ui.set_width(left);
                ScrollArea::horizontal().id_salt("one cell").show(ui, |ui| {
                    ui.horizontal_top(|ui| {
                        let version = state.overlooked.version();
                        let window = window_of(&inspected.inspection.arithmetic);
                        for (index, edge) in inputs.iter().enumerate() {
                            let is_added = has_sum && index == stage;
                            self.input(ui, state, (node, edge), (window, is_added, version));
                        }
                    });
                    arithmetic(
                        ui,
                        text,
                        &inspected,
                        order.get(stage.min(order.len().saturating_sub(1))),
                    );
                });
            });
            ui.vertical(|ui| {
                ui.set_width(TERMS);
                ui.spacing_mut().item_spacing.y = 1.0;
                if let Arithmetic::Conv(sum) = &inspected.inspection.arithmetic {
                    let terms = terms(text, sum, &order);
                    add_up(ui, text, &terms[..terms.len().min(stage + 1)]);
                }
                if stage == last {
                    result(ui, text, &inspected);
                }
            });
            let cell = place / stages;
            let grown = cell + usize::from(stage == last && is_there);
            if let Some(to) = self.output(ui, state, node, (grown, cell)) {
                self.playing.go_to(to * stages);
            }
        });
    }

    /// An input's map with the window on it.
    fn input(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        (node, edge): (Node<'_>, &OverviewEdge),
        (window, is_added, version): (Option<Region>, bool, u64),
    ) {
        let from = node.other(edge.from);
        let name = from.name(state.text());
        let (height, width) = from.size();
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(3.0);
            ui.add(Label::new(RichText::new(&name).small()).extend());
            let range = ValueRange::of(&from.shown.values);
            let map = Little {
                place: ("input of cell", edge.from),
                values: &from.shown.values,
                size: (width, height),
                range: ValueRange::new(range.min.min(0.0), range.max),
                colormap: theme::shown_colormap(ui, Colormap::Inferno),
                side: INPUT,
                words: &name,
            };
            let response = map.show(ui, &mut self.textures, (version, edge.to));
            let Some(window) = window else { return };
            let unit = response.rect.width() / width.max(1) as f32;
            let corner = vec2(window.column as f32, window.row as f32) * unit;
            let size = vec2(window.width as f32, window.height as f32) * unit;
            let window = Rect::from_min_size(response.rect.min + corner, size);
            let width = if is_added { 3.0 } else { 1.5 };
            let line = Stroke::new(width, theme::accent(ui));
            // Padding lies beyond the map.
            let painter = ui.painter().with_clip_rect(response.rect.expand(3.0));
            painter.rect_stroke(window, 0.0, line, StrokeKind::Outside);
        });
    }

    /// The map as far as it has come; the cell that it is dragged or clicked to.
    fn output(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        node: Node<'_>,
        (grown, cell): (usize, usize),
    ) -> Option<usize> {
        let shown = node.shown;
        let (height, width) = node.size();
        let words = state.text().overview.grows;
        let mut clicked = None;
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(3.0);
            ui.add(Label::new(RichText::new(words).small()).extend());
            let range = ValueRange::of(&shown.values);
            let map = Little {
                place: ("cell of map", node.place),
                values: &shown.values,
                size: (width, height),
                range: ValueRange::new(range.min.min(0.0), range.max),
                colormap: theme::shown_colormap(ui, Colormap::Inferno),
                side: OUTPUT,
                words,
            };
            let version = (state.overlooked.version(), node.place);
            let rect = map.show(ui, &mut self.textures, version).rect;
            let unit = rect.width() / width.max(1) as f32;
            // What is still to come is covered: the rest of the row, and the rows below.
            let (row, column) = (grown / width.max(1), grown % width.max(1));
            let below = rect.min.y + unit * (row + usize::from(column > 0)) as f32;
            let right = Rect::from_min_max(
                rect.min + vec2(column as f32, row as f32) * unit,
                egui::pos2(rect.max.x, below),
            );
            let ground = ui.visuals().panel_fill;
            for rest in [right, rect.with_min_y(below)] {
                ui.painter().rect_filled(rest.intersect(rect), 0.0, ground);
            }
            let corner = vec2((cell % width) as f32, (cell / width) as f32) * unit;
            let here = Rect::from_min_size(rect.min + corner, Vec2::splat(unit));
            let line = Stroke::new(2.0, theme::accent(ui));
            ui.painter()
                .rect_stroke(here, 0.0, line, StrokeKind::Outside);
            let id = ui.scope_id().with("cell by hand");
            let response = ui.interact(rect, id, Sense::click_and_drag());
            if let Some(at) = response.interact_pointer_pos() {
                let at = (at - rect.min) / unit;
                let row = (at.y.max(0.0) as usize).min(height.saturating_sub(1));
                let column = (at.x.max(0.0) as usize).min(width.saturating_sub(1));
                clicked = Some(row * width + column);
            }
        });
        clicked
    }
}

/// The cells of the input under the window.
fn window_of(arithmetic: &Arithmetic) -> Option<Region> {
    match arithmetic {
        Arithmetic::Conv(sum) => Some(sum.patch),
        Arithmetic::Pool(choice) => Some(choice.window),
        Arithmetic::Mean(mean) => Some(mean.window),
        Arithmetic::Norm(_)
        | Arithmetic::Activation(_)
        | Arithmetic::Dropout(_)
        | Arithmetic::Branches(_)
        | Arithmetic::Dense(_) => None,
    }
}

/// The numbers under the window: of a convolution those of one input.
fn arithmetic(ui: &mut egui::Ui, text: &Text, inspected: &Inspected, channel: Option<&usize>) {
    match &inspected.inspection.arithmetic {
        Arithmetic::Conv(sum) => products(ui, text, inspected, sum, channel),
        Arithmetic::Pool(choice) => {
            let winner = Some(choice.winner);
            candidates(ui, text, &choice.candidates, choice.window, winner);
        }
        Arithmetic::Mean(mean) => candidates(ui, text, &mean.values, mean.window, None),
        Arithmetic::Norm(_)
        | Arithmetic::Activation(_)
        | Arithmetic::Dropout(_)
        | Arithmetic::Branches(_)
        | Arithmetic::Dense(_) => {}
    }
}

/// What each step adds: the inputs that are shown, the others together, the bias.
fn terms(text: &Text, sum: &ConvSum, order: &[usize]) -> Vec<(String, f64)> {
    let of = |channel: &usize| {
        let found = sum.channels.iter().find(|other| other.channel == *channel);
        found.map_or(0.0, |found| found.sum)
    };
    let mut terms: Vec<(String, f64)> = order
        .iter()
        .map(|channel| (text.channel_name(&channel.to_string()), of(channel)))
        .collect();
    let shown: f64 = terms.iter().map(|(_, value)| value).sum();
    let others = sum.channels.len().saturating_sub(order.len());
    terms.push((text.other_channels(others), sum.sum - shown));
    terms.push((text.inspector.bias.to_owned(), f64::from(sum.bias)));
    terms
}

/// Patch × kernel = products of the input that is added just now.
fn products(
    ui: &mut egui::Ui,
    text: &Text,
    inspected: &Inspected,
    sum: &ConvSum,
    channel: Option<&usize>,
) {
    let found = channel.and_then(|channel| sum.channels.iter().find(|c| c.channel == *channel));
    let Some(found) = found.filter(|_| sum.rows.max(sum.columns) <= WRITTEN) else {
        return;
    };
    let (height, width) = inspected.input_size;
    let is_padding = |index: usize| {
        let (row, column) = sum.cell(index);
        !(0..height as isize).contains(&row) || !(0..width as isize).contains(&column)
    };
    let products = found.patch.iter().zip(&found.kernel);
    let products: Vec<f32> = products.map(|(x, weight)| x * weight).collect();
    let signed = |name, values: &[f32]| Look {
        name,
        columns: sum.columns,
        range: ValueRange::of(values),
        colormap: Colormap::Diverging,
        marked: None,
        is_wide: false,
        is_padding: &|_| false,
    };
    let patch = Look {
        range: ValueRange::of(&found.patch).union(ValueRange::default()),
        colormap: Colormap::Grey,
        is_padding: &is_padding,
        ..signed(text.inspector.patch, &found.patch)
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        number_grid::show(ui, text, &found.patch, patch);
        ui.label(theme::strong("×"));
        let kernel = signed(text.inspector.kernel, &found.kernel);
        number_grid::show(ui, text, &found.kernel, kernel);
        ui.label(theme::strong("="));
        let look = signed(text.inspector.products, &products);
        number_grid::show(ui, text, &products, look);
    });
}

/// The last of the terms that are there, and their sum so far.
fn add_up(ui: &mut egui::Ui, text: &Text, there: &[(String, f64)]) {
    let so_far: f64 = there.iter().map(|(_, value)| value).sum();
    if let Some((name, value)) = there.last() {
        let ink = theme::signed(ui, *value < 0.0);
        ui.label(RichText::new(name).small().weak());
        ui.label(theme::strong(text.signed(*value, 4)).color(ink));
    }
    ui.label(RichText::new(text.overview.so_far).small().weak());
    ui.label(theme::strong(text.signed(so_far, 4)));
}

/// The value in the map.
fn result(ui: &mut egui::Ui, text: &Text, inspected: &Inspected) {
    let inspection = &inspected.inspection;
    let name = match &inspection.arithmetic {
        Arithmetic::Conv(sum) => text.activation(sum.activation),
        Arithmetic::Pool(_) => text.inspector.largest,
        _ => text.editing.mean,
    };
    ui.label(RichText::new(name).small().weak());
    let value = text.decimal(f64::from(inspection.value), 4);
    ui.label(theme::strong(value));
}

/// The values under a pool's window.
fn candidates(
    ui: &mut egui::Ui,
    text: &Text,
    values: &[f32],
    window: Region,
    marked: Option<usize>,
) {
    if window.width > WRITTEN {
        return;
    }
    let look = Look {
        name: text.inspector.candidates,
        columns: window.width.max(1),
        range: ValueRange::of(values).union(ValueRange::default()),
        colormap: Colormap::Inferno,
        marked,
        is_wide: true,
        is_padding: &|_| false,
    };
    number_grid::show(ui, text, values, look);
}
