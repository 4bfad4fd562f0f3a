//! The way from the drawing or the opened picture to what the network gets, step by step.

use crate::app::model::action::{Action, DrawAction};
use crate::app::model::state::State;
use crate::app::widgets::stage::for_teacher;
use crate::app::widgets::textures::{Textures, fill};
use crate::app::widgets::theme;
use crate::app::widgets::thumb::fitted;
use convlens_core::dataset::Picture;
use convlens_core::figures::picture_pixels;
use eframe::egui::{self, Align, Id, Layout, RichText, Role, Sense, WidgetInfo, vec2};

/// Longest side of a step on screen.
const SIDE: f32 = 76.0;

/// The row; it owns its textures.
#[derive(Default)]
pub struct StepsRow {
    textures: Textures,
}

impl StepsRow {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let words = &state.text().draw;
        let drawing = state.canvas.drawing();
        crate::app::views::draw::title(ui, words.what_it_gets);
        if let Some(opened) = drawing.opened() {
            crate::app::views::draw::note(ui, &state.text().picture_size(opened.size));
            if opened.is_animated {
                crate::app::views::draw::note(ui, words.first_frame);
            }
            if opened.is_transparent {
                crate::app::views::draw::note(ui, words.transparent);
            }
        }
        let mut how = drawing.reduction();
        let is_colour = drawing.size().is_colour();
        for_teacher(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                if drawing.opened().is_some() && !is_colour {
                    ui.checkbox(&mut how.ground, words.ground)
                        .on_hover_text(words.ground_hint);
                }
                ui.checkbox(&mut how.invert, words.invert)
                    .on_hover_text(words.invert_hint);
                ui.checkbox(&mut how.crop, words.crop)
                    .on_hover_text(words.crop_hint);
                ui.checkbox(&mut how.center, words.center)
                    .on_hover_text(words.center_hint);
            });
        });
        if how != drawing.reduction() {
            actions.push(Action::Draw(DrawAction::Reduce(how)));
        }
        let steps = drawing.steps();
        if steps.has_faded {
            let words = RichText::new(state.text().has_faded(drawing.size()));
            let words = words.small().color(theme::warning(ui));
            ui.add(egui::Label::new(words).wrap());
        }
        let version = state.canvas.version();
        ui.horizontal_wrapped(|ui| {
            let opened = drawing.opened().map(|opened| opened.picture(is_colour));
            let opened = opened.as_ref();
            let placed = drawing.size().to_string();
            let shown = [
                (words.step_picture, opened),
                (words.step_alone, how.ground.then_some(&steps.alone)),
                (words.step_inverted, how.invert.then_some(&steps.inverted)),
                (words.step_cropped, how.crop.then_some(&steps.cropped)),
                (words.step_reduced, opened.map(|_| &steps.reduced)),
                (placed.as_str(), Some(&steps.picture)),
            ];
            for (number, (name, picture)) in shown.into_iter().enumerate() {
                if let Some(picture) = picture {
                    self.step(ui, number, name, picture, version);
                }
            }
        });
    }

    fn step(
        &mut self,
        ui: &mut egui::Ui,
        number: usize,
        name: &str,
        picture: &Picture,
        version: u64,
    ) {
        let layout = Layout::top_down(Align::Center);
        ui.allocate_ui_with_layout(vec2(SIDE + 4.0, SIDE + 22.0), layout, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let (area, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
            let (width, height) = (picture.size().width, picture.size().height);
            response.widget_info(|| {
                WidgetInfo::labeled(Role::Image, true, format!("{name}, {width}×{height}"))
            });
            let id = Id::unique(("step", number));
            let pixels = || picture_pixels(picture);
            let texture = self.textures.get(ui.ctx(), id, version, pixels);
            let rect = fitted(area, picture.size());
            fill(ui.painter(), &texture, rect);
            let line = ui.visuals().widgets.noninteractive.bg_stroke;
            ui.painter()
                .rect_stroke(rect, 0.0, line, egui::StrokeKind::Outside);
            ui.label(RichText::new(name).small().weak());
            response.on_hover_text(format!("{width}×{height}"));
        });
    }
}
