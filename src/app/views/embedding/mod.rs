//! Test images as points, by what a layer makes of them: where in the network the classes part.

mod lasso;
mod plane;

use crate::app::model::action::Action;
use crate::app::model::embedding::{Axes, COUNTS, EmbeddingSettings, Layout, Points, PointsOf};
use crate::app::model::state::State;
use crate::app::model::test_set::Kind;
use crate::app::model::whose::Whose;
use crate::app::views::ViewPanel;
use crate::app::widgets;
use crate::app::widgets::run_look::{self, Mark};
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::thumb::Thumbs;
use convlens_core::explore::embedding::computes;
use eframe::egui::{self, Align, Button, ComboBox, Label, RichText, ScrollArea, vec2};

/// Room for the classes and the layers.
const SIDE: f32 = 176.0;

/// The view with what it keeps.
#[derive(Default)]
pub struct EmbeddingView {
    thumbs: Thumbs,
    /// The only class that is shown.
    alone: Option<u8>,
    lasso: lasso::Lasso,
}

impl ViewPanel for EmbeddingView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let words = &text.embedding;
        self.thumbs.forget_some();
        let mut settings = state.embedding.clone();
        let answer = state.test_set.embedded.answer().cloned();
        widgets::stage::for_teacher(ui, |ui| {
            controls(ui, state, answer.as_deref(), &mut settings);
        });
        ui.horizontal(|ui| {
            ui.set_min_height(20.0);
            widgets::test_set_bar::brief(ui, state, Kind::Embedding, actions);
        });
        if let (Some(points), Some(whose)) = (&answer, state.test_set.embedded.whose()) {
            said(ui, state, points);
            let size = ui.available_size();
            let plot = vec2((size.x - SIDE - 10.0).max(240.0), size.y.max(220.0));
            ui.horizontal_top(|ui| {
                ui.allocate_ui(plot, |ui| {
                    region(ui, Region::Pictures);
                    let kept = (&mut self.thumbs, &mut self.lasso);
                    let clicked = plane::show(ui, state, points, self.alone, kept);
                    if let Some(image) = clicked {
                        actions.push(Action::OpenInMaps(image));
                    }
                });
                ScrollArea::vertical().id_salt("classes").show(ui, |ui| {
                    ui.vertical(|ui| {
                        let version = state.test_set.embedded.version();
                        self.lasso.show(ui, state, points, version, actions);
                        self.classes(ui, state, points);
                        layers(ui, state, whose, &settings, actions);
                        ui.add(Label::new(RichText::new(words.click).small().weak()).wrap());
                    });
                });
            });
        } else {
            ui.add(Label::new(words.not_yet).wrap());
        }
        if !same(&settings, &state.embedding) {
            actions.push(Action::SetEmbedding(settings));
        }
    }
}

/// Whether nothing was changed.
fn same(a: &EmbeddingSettings, b: &EmbeddingSettings) -> bool {
    let of = |settings: &EmbeddingSettings| settings.axes.as_ref().map(|axes| axes.version);
    (&a.of, a.layout, a.count, a.measures_all, of(a))
        == (&b.of, b.layout, b.count, b.measures_all, of(b))
}

/// Which layer, how they are laid out, how many.
fn controls(
    ui: &mut egui::Ui,
    state: &State,
    points: Option<&Points>,
    settings: &mut EmbeddingSettings,
) {
    let text = state.text();
    let words = &text.embedding;
    ui.horizontal_wrapped(|ui| {
        let label =
            widgets::layout::label_before(ui, words.layer, 84.0).on_hover_text(words.layer_hint);
        let shown = match (&settings.of, points) {
            (PointsOf::Pixels, _) => words.pixels,
            (PointsOf::Layer(name), _) => name,
            (PointsOf::BeforeClasses, Some(points)) if points.layer.is_empty() => words.pixels,
            (PointsOf::BeforeClasses, Some(points)) => &points.layer,
            (PointsOf::BeforeClasses, None) => "",
        }
        .to_owned();
        ComboBox::from_id_salt("layer embedded")
            .selected_text(&shown)
            .width(84.0)
            .height(340.0)
            .show_ui(ui, |ui| {
                let pixels = ui.selectable_label(shown == words.pixels, words.pixels);
                if pixels.clicked() {
                    settings.of = PointsOf::Pixels;
                }
                let layers = state.test_set.weights.snapshot.model.layers().iter();
                for layer in layers.filter(|layer| computes(layer)) {
                    let item = ui.selectable_label(layer.name == shown, &layer.name);
                    if item.clicked() {
                        settings.of = PointsOf::Layer(layer.name.clone());
                    }
                }
            })
            .response
            .labelled_by(label.id);
        widgets::theme::choose(ui, &mut settings.layout, Layout::Pca, words.pca)
            .on_hover_text(words.pca_hint);
        widgets::theme::choose(ui, &mut settings.layout, Layout::Tsne, words.tsne)
            .on_hover_text(words.tsne_hint);
        let label =
            widgets::layout::label_before(ui, words.images, 64.0).on_hover_text(words.images_hint);
        ComboBox::from_id_salt("images embedded")
            .selected_text(text.integer(settings.count))
            .width(64.0)
            .show_ui(ui, |ui| {
                for count in COUNTS {
                    ui.selectable_value(&mut settings.count, count, text.integer(count));
                }
            })
            .response
            .labelled_by(label.id);
        let mut keeps = settings.axes.is_some();
        let may_keep = settings.layout == Layout::Pca && (keeps || points.is_some());
        let keep = egui::Checkbox::new(&mut keeps, words.keep_axes);
        let keep = ui.add_enabled(may_keep, keep);
        if keep.on_hover_text(words.keep_axes_hint).changed() {
            settings.axes = points.filter(|_| keeps).map(|points| Axes {
                pca: points.pca.clone(),
                layer: points.layer.clone(),
                version: state.test_set.embedded.version(),
            });
        }
        ui.checkbox(&mut settings.measures_all, words.every_layer)
            .on_hover_text(words.every_layer_hint);
    });
}

/// What is shown, and how well the classes part in it.
fn said(ui: &mut egui::Ui, state: &State, points: &Points) {
    let text = state.text();
    let mut line = text.points_of(&points.layer, points.width, points.images.len());
    if let Some(shares) = points.shares {
        line = format!("{line} · {}", text.variance_shown(shares));
    }
    ui.label(widgets::theme::strong(text.parted(&points.separation)))
        .on_hover_text(text.embedding.neighbours_hint);
    ui.add(Label::new(RichText::new(line).small().weak()).truncate());
}

impl EmbeddingView {
    /// The classes with their marks; a click shows one alone, another all of them again.
    fn classes(&mut self, ui: &mut egui::Ui, state: &State, points: &Points) {
        let text = state.text();
        let mut classes = points.labels.clone();
        classes.sort_unstable();
        classes.dedup();
        for class in classes {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 5.0;
                Mark::of(class, false).show(ui, run_look::colour(ui, class));
                let is_alone = self.alone == Some(class);
                let name = Button::selectable(is_alone, text.class_name(class));
                if ui.add(name).clicked() {
                    self.alone = (!is_alone).then_some(class);
                }
            });
        }
        ui.add_space(6.0);
    }
}

/// How well the classes part in every layer, if that is asked for.
fn layers(
    ui: &mut egui::Ui,
    state: &State,
    whose: &Whose,
    settings: &EmbeddingSettings,
    actions: &mut Vec<Action>,
) {
    if !settings.measures_all {
        return;
    }
    let text = state.text();
    let words = &text.embedding;
    ui.horizontal(|ui| {
        ui.label(widgets::theme::strong(words.every_layer));
        widgets::test_set_bar::brief(ui, state, Kind::LayersApart, actions);
    });
    let Some(apart) = state.beside(&state.test_set.layers_apart, whose) else {
        return;
    };
    for (layer, separation) in apart.iter() {
        let name = if layer.is_empty() {
            words.pixels
        } else {
            layer
        };
        ui.horizontal(|ui| {
            ui.allocate_ui(vec2(70.0, 16.0), |ui| {
                ui.set_min_width(70.0);
                ui.label(RichText::new(name).small());
            });
            let share = text.percent(separation.neighbour_accuracy, 1);
            ui.with_layout(egui::Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new(share).small())
                    .on_hover_text(text.parted(separation));
            });
        });
    }
    ui.add_space(6.0);
}
