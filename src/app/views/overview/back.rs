//! The gradient at a node: what hands it back, the gradient by each of its weights, and the chain rule at one of them.

use super::node::Node;
use super::term::Term;
use crate::app::model::overview::{Overlooked, OverviewSettings};
use crate::app::model::state::State;
use crate::app::widgets::little::Little;
use crate::app::widgets::textures::Textures;
use crate::app::widgets::theme;
use convlens_core::explore::{KernelSlice, OverviewEdge, WeightPlace};
use convlens_core::render::ValueRange;
use eframe::egui::{self, Label, RichText, ScrollArea, Vec2};

/// Longer side of a map, of a kernel that hands back, and of a gradient whose cells can be clicked.
const MAP: f32 = 58.0;
const KERNEL: f32 = 30.0;
const WEIGHTS: f32 = 54.0;

/// Width of a sentence beside the pictures.
const SENTENCE: f32 = 190.0;

/// Products of the chain rule that are written out.
const WRITTEN: usize = 4;

/// The panel; it owns its textures.
#[derive(Default)]
pub struct BackPanel {
    textures: Textures,
}

impl BackPanel {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        node: Node<'_>,
        settings: &mut OverviewSettings,
    ) {
        let text = state.text();
        let words = &text.overview;
        let shown = node.shown;
        ui.horizontal(|ui| {
            let name = node.name(text);
            ui.label(theme::strong(format!("{}: {name}", words.comes_back)));
            let mean = text.value(shown.mean_gradient());
            ui.label(format!("{} {mean}", words.mean_gradient));
            if ui.button(words.close).clicked() {
                settings.chosen = None;
                settings.weight = None;
            }
        });
        let readers = node.readers();
        let by_weights = readers.iter().all(|edge| edge.handed_back.is_some());
        let inputs = node.inputs();
        ScrollArea::horizontal()
            .id_salt("gradient of overview")
            .show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    if !by_weights {
                        ui.vertical(|ui| {
                            ui.set_max_width(SENTENCE);
                            ui.add(Label::new(words.back_as_it_is).wrap());
                        });
                    }
                    for edge in readers.iter().filter(|_| by_weights) {
                        self.handed_back(ui, state, node.other(edge.to), edge);
                    }
                    if by_weights && !readers.is_empty() {
                        let handed: f32 = readers.iter().filter_map(|edge| edge.handed_back).sum();
                        ui.vertical(|ui| {
                            let rest = text.contribution(shown.mean_gradient() - handed);
                            ui.label(theme::strong(rest));
                            let rest = RichText::new(words.not_shown).small().weak();
                            ui.add(Label::new(rest).extend());
                        });
                    }
                    let kernels = inputs.iter();
                    let kernels: Vec<_> = kernels
                        .filter_map(|edge| Some((*edge, edge.kernel.as_ref()?)))
                        .collect();
                    let is_unit = inputs.iter().any(|edge| edge.handed_back.is_some());
                    if kernels.is_empty() && is_unit {
                        ui.separator();
                        ui.vertical(|ui| {
                            ui.set_max_width(SENTENCE);
                            ui.add(Label::new(words.weights_of_unit).wrap());
                        });
                    }
                    if !kernels.is_empty() {
                        ui.separator();
                        ui.vertical(|ui| {
                            ui.add(Label::new(RichText::new(words.its_weights).small()).extend());
                            ui.horizontal_top(|ui| {
                                for (edge, kernel) in kernels {
                                    self.weights(ui, state, node, (edge, kernel), settings);
                                }
                            });
                        });
                    }
                });
            });
        chain_rule(ui, state, node.answer, settings);
    }

    /// A reader's gradient, the kernel between, and what it hands back.
    fn handed_back(&mut self, ui: &mut egui::Ui, state: &State, to: Node<'_>, edge: &OverviewEdge) {
        let text = state.text();
        let name = to.name(text);
        let (height, width) = to.size();
        let gradient = &to.shown.gradient;
        let version = (state.overlooked.version(), edge.from);
        let colormap = theme::diverging(ui);
        let map = Little {
            place: ("gradient of reader", edge.to),
            values: gradient,
            size: (width, height),
            range: ValueRange::of(gradient).symmetric(),
            colormap,
            side: if to.column.shape.is_maps() {
                MAP
            } else {
                KERNEL
            },
            words: &name,
        };
        let kernel = edge.kernel.as_ref().map(|kernel| Little {
            place: ("kernel of reader", edge.to),
            values: &kernel.weights,
            size: (kernel.size[1], kernel.size[0]),
            range: ValueRange::of(&kernel.weights).symmetric(),
            colormap,
            side: KERNEL,
            words: text.by_hand.kernel,
        });
        let term = Term {
            map,
            kernel,
            comes_to: Some(edge.handed_back.unwrap_or_default()),
        };
        term.show(ui, text, &mut self.textures, version);
    }

    /// The kernel's gradient from an input, whose cells can be clicked.
    fn weights(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        to: Node<'_>,
        (edge, kernel): (&OverviewEdge, &KernelSlice),
        settings: &mut OverviewSettings,
    ) {
        let text = state.text();
        let from = to.other(edge.from);
        let channel = from.shown.channel;
        let place = |tap: [usize; 2]| WeightPlace {
            layer: to.column.name.clone(),
            filter: to.shown.channel,
            channel,
            tap,
        };
        let version = (state.overlooked.version(), edge.to);
        let chosen = settings.weight.as_ref();
        let chosen = chosen.filter(|weight| **weight == place(weight.tap));
        let chosen = chosen.map(|weight| weight.tap);
        let clicked = ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(3.0);
            let name = from.name(text);
            ui.add(Label::new(RichText::new(&name).small().weak()).extend());
            let gradient = Little {
                place: ("gradient by weights", edge.from),
                values: &kernel.gradient,
                size: (kernel.size[1], kernel.size[0]),
                range: ValueRange::of(&kernel.gradient).symmetric(),
                colormap: theme::diverging(ui),
                side: WEIGHTS,
                words: &name,
            };
            gradient.cells(ui, &mut self.textures, version, chosen, |tap| {
                let at = tap[0] * kernel.size[1] + tap[1];
                let by = kernel.gradient.get(at).copied().unwrap_or_default();
                let weight = text.weight_and_gradient(tap, kernel.weights[at], by);
                format!("{name}: {weight}")
            })
        });
        if let Some(tap) = clicked.inner {
            settings.weight = (chosen != Some(tap)).then(|| place(tap));
        }
    }
}

/// At the weight that was clicked, once it is answered.
fn chain_rule(ui: &mut egui::Ui, state: &State, answer: &Overlooked, settings: &OverviewSettings) {
    let text = state.text();
    let found = answer.overview.weight.as_ref();
    let Some(found) = found.filter(|found| settings.weight.as_ref() == Some(&found.place)) else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(text.overview.chain_rule).small().weak());
        ui.label(theme::strong(text.chain_rule(found, WRITTEN)));
    });
    let Some(rate) = state.learning_rate_of(&answer.asked.whose) else {
        return;
    };
    let descent = text.descent(found.weight, found.gradient, rate);
    ui.add(Label::new(RichText::new(descent).small()).wrap());
}
