//! A test image as a small button, perhaps with a part of it outlined.

use crate::app::widgets;
use crate::app::widgets::textures::{Textures, fill};
use convlens_core::dataset::{Dataset, Gallery, ImageId, Picture, PictureSize};
use convlens_core::figures::picture_pixels;
use eframe::egui::{
    self, Color32, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2,
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
        let size = dataset.size();
        let place = Id::unique(image);
        let picture = || dataset.test.picture(image);
        let painted = self.paint(ui, rect, place, dataset.id(), size, picture);
        let painter = ui.painter();
        if let Some(pixels) = mark {
            let unit = painted.width() / size.width as f32;
            let marked = pixels * unit;
            let marked = marked.translate(painted.min.to_vec2());
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
        if let Some(picture) = gallery.picture(id) {
            let place = Id::unique(("picture", id));
            let size = picture.size();
            self.paint(ui, rect, place, picture.clone(), size, || picture);
        }
        response.on_hover_text(words)
    }

    /// Paints a picture of this size as large as the room allows; where. `version` tells contents apart.
    pub fn paint(
        &mut self,
        ui: &egui::Ui,
        room: Rect,
        place: Id,
        version: impl std::hash::Hash,
        size: PictureSize,
        picture: impl FnOnce() -> Picture,
    ) -> Rect {
        let rect = fitted(room, size);
        let paint = || picture_pixels(&picture());
        let texture = self.textures.get(ui.ctx(), place, (version, size), paint);
        fill(ui.painter(), &texture, rect);
        rect
    }
}

/// The middle of some room that a picture of this size fills, as high as wide where it is so.
pub fn fitted(room: Rect, size: PictureSize) -> Rect {
    let shape = vec2(size.width as f32, size.height as f32);
    let unit = (room.size() / shape).min_elem();
    Rect::from_center_size(room.center(), shape * unit)
}
