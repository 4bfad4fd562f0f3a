//! The sum of a node: each input that is shown, times its kernel, what it adds, and what those add that are not shown.

use super::node::Node;
use super::pixel;
use super::term::Term;
use crate::app::model::action::Action;
use crate::app::model::overview::OverviewSettings;
use crate::app::model::pin::Pin;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::widgets::little::Little;
use crate::app::widgets::textures::Textures;
use crate::app::widgets::theme;
use convlens_core::explore::OverviewEdge;
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, Label, RichText, ScrollArea};

/// Side of a map and of a kernel.
const MAP: f32 = 64.0;
const KERNEL: f32 = 34.0;

/// The panel; it owns its textures.
#[derive(Default)]
pub struct SumPanel {
    textures: Textures,
}

impl SumPanel {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        node: Node<'_>,
        settings: &mut OverviewSettings,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let words = &text.overview;
        let Node { column, shown, .. } = node;
        ui.horizontal(|ui| {
            let name = node.name(text);
            ui.label(theme::strong(format!("{}: {name}", words.sum)));
            let has_maps = column.shape.is_maps() && column.layer.is_some();
            if has_maps {
                let can_slide = pixel::slides(state, &column.name);
                if can_slide {
                    let down = ui.button(words.to_a_pixel);
                    if down.on_hover_text(words.to_a_pixel_hint).clicked() {
                        let pin = strongest(node);
                        settings.pixel = Some(pin.row * node.size().1 + pin.column);
                    }
                }
                let down = ui.button(words.to_maps);
                if down.on_hover_text(words.to_maps_hint).clicked() {
                    let pin = strongest(node);
                    let mut maps = state.preferences.maps.clone();
                    maps.convolution = shown.channel;
                    maps.layer = None;
                    actions.push(Action::SetMaps(maps));
                    actions.push(Action::SetPin(Some(pin)));
                    actions.push(Action::SetView(View::Maps));
                }
            }
            if ui.button(words.close).clicked() {
                settings.chosen = None;
            }
        });
        let edges = node.inputs();
        if edges.iter().all(|edge| edge.contribution.is_none()) {
            ui.add(Label::new(words.handed_on).wrap());
        }
        let handed: f32 = edges.iter().filter_map(|edge| edge.contribution).sum();
        ScrollArea::horizontal()
            .id_salt("sum of overview")
            .show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    if let Some((all, bias)) = shown.sum {
                        ui.vertical(|ui| {
                            ui.spacing_mut().item_spacing.y = 1.0;
                            for (value, name) in [
                                (text.value(all + bias), words.before_activation),
                                (text.contribution(bias), words.bias),
                                (text.contribution(all - handed), words.not_shown),
                            ] {
                                ui.label(theme::strong(value));
                                let name = RichText::new(name).small().weak();
                                ui.add(Label::new(name).extend());
                            }
                        });
                        ui.add_space(6.0);
                    }
                    for edge in edges {
                        self.term(ui, state, node.other(edge.from), edge);
                    }
                });
            });
    }

    /// An input, the kernel between, and what it adds.
    fn term(&mut self, ui: &mut egui::Ui, state: &State, from: Node<'_>, edge: &OverviewEdge) {
        let text = state.text();
        let name = from.name(text);
        let (height, width) = from.size();
        let values = &from.shown.values;
        let range = ValueRange::of(values);
        let map = Little {
            place: ("input of sum", edge.from),
            values,
            size: (width, height),
            range: ValueRange::new(range.min.min(0.0), range.max),
            colormap: theme::shown_colormap(ui, Colormap::Inferno),
            side: if from.column.shape.is_maps() {
                MAP
            } else {
                KERNEL
            },
            words: &name,
        };
        let kernel = edge.kernel.as_ref().map(|kernel| Little {
            place: ("kernel of sum", edge.from),
            values: &kernel.weights,
            size: (kernel.size[1], kernel.size[0]),
            range: ValueRange::of(&kernel.weights).symmetric(),
            colormap: theme::diverging(ui),
            side: KERNEL,
            words: text.by_hand.kernel,
        });
        let term = Term {
            map,
            kernel,
            comes_to: edge.contribution,
        };
        let version = (state.overlooked.version(), edge.to);
        term.show(ui, text, &mut self.textures, version);
    }
}

/// The largest value of a node's map, to be taken apart.
fn strongest(node: Node<'_>) -> Pin {
    let values = &node.shown.values;
    let (_, width) = node.size();
    let best = (0..values.len()).reduce(|best, next| {
        if values[next] > values[best] {
            next
        } else {
            best
        }
    });
    let best = best.unwrap_or_default();
    Pin {
        image: node.answer.asked.image,
        layer: node.column.name.clone(),
        channel: node.shown.channel,
        row: best / width.max(1),
        column: best % width.max(1),
    }
}
