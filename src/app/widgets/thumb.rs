//! A test image as a small button, perhaps with a part of it outlined.

use crate::app::widgets;
use crate::app::widgets::textures::Textures;
use convlens_core::dataset::{Dataset, Gallery, IMAGE_SIDE, ImageId};
use convlens_core::render::grey_picture;
use eframe::egui::{
    self, Color32, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// Textures kept before all are freed and those in view made anew.
const MOST_TEXTURES: usize = 400;

/// The pictures' textures.
#[derive(Default)]
pub struct Thumbs {
    textures: Textures,
}

impl Thumbs {
    /// Frees textures if there are too many.
    pub fn forget_some(&mut self) {
        self.textures.bound(MOST_TEXTURES);
    }

    /// An image of this side on screen, with some of its pixels outlined; `words` name it for screen readers and under the pointer.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        dataset: &Arc<Dataset>,
        image: usize,
        side: f32,
        mark: Option<Rect>,
        words: &str,
    ) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let pixels = dataset.test.image(image);
        self.paint(ui, rect, Id::unique(image), dataset.id(), pixels);
        let painter = ui.painter();
        if let Some(pixels) = mark {
            let unit = side / IMAGE_SIDE as f32;
            let marked = pixels * unit;
            let marked = marked.translate(rect.min.to_vec2());
            // Dark below bright, to be seen on any picture.
            let (dark, bright) = (Stroke::new(3.5, Color32::BLACK), widgets::theme::mark());
            painter.rect_stroke(marked, 0.0, dark, StrokeKind::Middle);
            painter.rect_stroke(marked, 0.0, Stroke::new(1.5, bright), StrokeKind::Middle);
        }
        if response.has_focus() || response.hovered() {
            let edge = Stroke::new(2.0, widgets::theme::pointed_at(ui));
            painter.rect_stroke(rect, 2.0, edge, StrokeKind::Outside);
        }
        response.on_hover_text(words)
    }

    /// A picture of this side on screen that is no button, with its name.
    pub fn of_gallery(
        &mut self,
        ui: &mut egui::Ui,
        gallery: &Gallery,
        id: ImageId,
        side: f32,
        words: &str,
    ) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
        if let Some(pixels) = gallery.pixels(id) {
            let place = Id::unique(("picture", id));
            self.paint(ui, rect, place, pixels, pixels);
        }
        response.on_hover_text(words)
    }

    /// Paints a picture; `version` tells contents apart.
    pub fn paint(
        &mut self,
        ui: &egui::Ui,
        rect: Rect,
        place: Id,
        version: impl std::hash::Hash,
        pixels: &[u8],
    ) {
        let paint = || grey_picture(IMAGE_SIDE, IMAGE_SIDE, pixels);
        let texture = self.textures.get(ui.ctx(), place, version, paint);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter()
            .image(texture.id(), rect, whole, Color32::WHITE);
    }
}
