//! The test images behind a cell of the matrix, or the most confident mistakes. Only those in view
//! exist as textures.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::test_set::Verdict;
use crate::app::widgets;
use crate::app::widgets::thumb::Thumbs;
use convlens_core::dataset::{Dataset, DatasetId};
use convlens_core::explore::Target;
use eframe::egui::{
    self, Button, Id, Label, RichText, Role, ScrollArea, Sense, StrokeKind, TextWrapMode,
    WidgetInfo, vec2,
};
use std::sync::Arc;

/// Room for a picture and two lines of words.
const ITEM: egui::Vec2 = vec2(128.0, 98.0);

/// The list.
#[derive(Default)]
pub struct ImageList {
    thumbs: Thumbs,
    /// Images of the cell chosen, and what they were chosen by.
    images: Vec<usize>,
    chosen_by: Option<(u64, DatasetId, (u8, u8))>,
}

impl ImageList {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        dataset: &Arc<Dataset>,
        verdict: &Verdict,
        chosen: &mut Option<(u8, u8)>,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let outputs = state.outputs_of(&verdict.judged.whose);
        let tells_them = state.tells_its_classes(&verdict.judged.whose);
        if chosen.is_none() && !tells_them {
            return;
        }
        let images: &[usize] = if let Some((label, predicted)) = *chosen {
            let by = (
                verdict.judged.whose.version,
                dataset.id(),
                (label, predicted),
            );
            if self.chosen_by != Some(by) {
                self.chosen_by = Some(by);
                self.images = verdict.predictions.cell(label, predicted);
            }
            &self.images
        } else {
            &verdict.mistakes
        };
        ui.horizontal_wrapped(|ui| {
            if let Some((label, predicted)) = *chosen {
                let (matrix, count) = (&verdict.confusion, images.len());
                let rate = matrix.rate(label.into(), predicted.into());
                let words = text.confusion_cell(outputs, (label, predicted), count, rate);
                ui.label(widgets::theme::heading(words));
                let back = ui
                    .small_button(text.errors.show_mistakes)
                    .on_hover_text(text.errors.show_mistakes_hint);
                if back.clicked() {
                    *chosen = None;
                }
            } else {
                let words = format!(
                    "{}: {}",
                    text.errors.most_confident,
                    text.integer(images.len())
                );
                ui.label(widgets::theme::heading(words))
                    .on_hover_text(text.errors.show_mistakes_hint);
            }
        });
        if let Some((_, predicted)) = *chosen {
            preferred(ui, state, verdict, predicted, &mut self.thumbs);
        }
        if images.is_empty() {
            ui.label(RichText::new(text.errors.nothing_here).weak());
            return;
        }
        self.thumbs.forget_some();
        let columns = ((ui.available_width() / ITEM.x) as usize).max(1);
        let rows = images.len().div_ceil(columns);
        let spacing = ui.spacing().item_spacing.y;
        ScrollArea::vertical()
            .id_salt(("images", *chosen))
            .auto_shrink([false, false])
            .show_rows(ui, ITEM.y - spacing, rows, |ui, shown| {
                widgets::tab_order::only_in_sight(ui);
                for row in shown {
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 0.0;
                        let row = images.iter().skip(row * columns).take(columns);
                        for &image in row {
                            item(
                                ui,
                                state,
                                dataset,
                                verdict,
                                image,
                                &mut self.thumbs,
                                actions,
                            );
                        }
                    });
                }
            });
    }
}

/// The picture that the network takes for the class most, beside what that says and does not say.
fn preferred(ui: &mut egui::Ui, state: &State, verdict: &Verdict, class: u8, thumbs: &mut Thumbs) {
    let text = state.text();
    let whose = &verdict.judged.whose;
    let name = state.outputs_of(whose).class_name(class);
    let target = Target {
        layer: state.snapshot.model.layers().len().saturating_sub(1),
        channel: class.into(),
    };
    let found = state.preferred_beside(whose, target);
    ui.horizontal(|ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(56.0, 56.0), Sense::hover());
        let words = text.preferred_of_class(name);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        if let Some(found) = found {
            let input = &found.channel;
            let of = (whose.version, target);
            let size = input.picture.size();
            let place = Id::unique("preferred input of class");
            thumbs.paint(ui, rect, place, of, size, || input.picture.clone());
        } else {
            let line = ui.visuals().widgets.noninteractive.bg_stroke;
            ui.painter()
                .rect_stroke(rect, 0.0, line, StrokeKind::Inside);
        }
        let note = RichText::new(words).small();
        ui.add(Label::new(note).wrap())
            .on_hover_text(text.filters.preferred_note);
    });
}

/// Asks why the network takes an image for this class, and not for its own.
fn why(
    ui: &mut egui::Ui,
    state: &State,
    (image, label, predicted): (usize, u8, u8),
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let words = RichText::new(text.views.explain).small();
    let button = Button::new(words).small();
    let button = ui.add(button.wrap_mode(TextWrapMode::Extend));
    let words = text.why_image(image, predicted, (label != predicted).then_some(label));
    widgets::theme::name(&button, &words);
    if button.on_hover_text(words).clicked() {
        actions.push(Action::AskWhy {
            image: image.into(),
            class: predicted.into(),
            against: (label != predicted).then_some(label.into()),
        });
    }
}

/// One image, what it is and what it is taken for.
fn item(
    ui: &mut egui::Ui,
    state: &State,
    dataset: &Arc<Dataset>,
    verdict: &Verdict,
    image: usize,
    thumbs: &mut Thumbs,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let outputs = state.outputs_of(&verdict.judged.whose);
    let said = verdict.predictions.all[image];
    let probability = f64::from(said.probability);
    let (label, predicted) = (said.label, said.predicted);
    let size = vec2(ITEM.x, ITEM.y - ui.spacing().item_spacing.y);
    ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.y = 1.0;
        let words = text.judged_image(outputs, image, (label, predicted), probability);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            if thumbs
                .show(ui, dataset, image, 56.0, None, &words)
                .clicked()
            {
                actions.push(Action::OpenInMaps(image.into()));
            }
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                why(ui, state, (image, label, predicted), actions);
            });
        });
        let small = |words: String| egui::Label::new(RichText::new(words).small()).truncate();
        ui.add(small(format!("#{image} {}", text.class_name(label))));
        let color = if !state.tells_its_classes(&verdict.judged.whose) {
            ui.visuals().text_color()
        } else if said.is_right() {
            widgets::theme::good_color(ui)
        } else {
            widgets::theme::error_color(ui)
        };
        let words = format!("→ {}", outputs.prediction(predicted, probability));
        ui.add(egui::Label::new(RichText::new(words).small().color(color)).truncate());
    });
}
