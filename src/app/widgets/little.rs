//! A small picture of values: a map, a kernel, or the gradient by either.

use crate::app::widgets::textures::{Textures, fill};
use convlens_core::render::{Colormap, ValueRange, heatmap};
use eframe::egui::{self, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2};

/// What is shown, and how large.
pub struct Little<'a> {
    /// Which part of a sum it is, and of which node.
    pub place: (&'static str, (usize, usize)),
    pub values: &'a [f32],
    /// Columns and rows.
    pub size: (usize, usize),
    pub range: ValueRange,
    pub colormap: Colormap,
    /// The longer side, in points.
    pub side: f32,
    pub words: &'a str,
}

impl Little<'_> {
    /// Draws it. `version` tells what it shows from what it showed before.
    pub fn show(
        &self,
        ui: &mut egui::Ui,
        textures: &mut Textures,
        version: (u64, (usize, usize)),
    ) -> Response {
        let (rect, response) = self.allocate(ui, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, self.words));
        self.paint(ui, textures, version, rect);
        response
    }

    /// Draws it; each cell can be pointed at and clicked. `in_words` names a cell by row and column; the one that was clicked.
    pub fn cells(
        &self,
        ui: &mut egui::Ui,
        textures: &mut Textures,
        version: (u64, (usize, usize)),
        chosen: Option<[usize; 2]>,
        in_words: impl Fn([usize; 2]) -> String,
    ) -> Option<[usize; 2]> {
        let (rect, _) = self.allocate(ui, Sense::hover());
        self.paint(ui, textures, version, rect);
        let (columns, rows) = self.size;
        let cell = vec2(
            rect.width() / columns.max(1) as f32,
            rect.height() / rows.max(1) as f32,
        );
        let mut clicked = None;
        for at in (0..rows).flat_map(|row| (0..columns).map(move |column| [row, column])) {
            let corner = rect.min + vec2(at[1] as f32, at[0] as f32) * cell;
            let place = Rect::from_min_size(corner, cell);
            let response = ui.interact(place, Id::unique((self.place, at)), Sense::click());
            let words = in_words(at);
            let is_chosen = chosen == Some(at);
            response.widget_info(|| {
                WidgetInfo::selected(Role::Button, true, is_chosen, words.as_str())
            });
            if is_chosen || response.has_focus() || response.hovered() {
                let width = if is_chosen { 2.5 } else { 1.5 };
                let line = Stroke::new(width, ui.visuals().strong_text_color());
                ui.painter()
                    .rect_stroke(place, 0.0, line, StrokeKind::Middle);
            }
            if response.clicked() {
                clicked = Some(at);
            }
            response.on_hover_text(words);
        }
        clicked
    }

    fn allocate(&self, ui: &mut egui::Ui, sense: Sense) -> (Rect, Response) {
        let (width, height) = self.size;
        let longer = width.max(height).max(1) as f32;
        let size = vec2(width as f32, height as f32) * (self.side / longer);
        ui.allocate_exact_size(size, sense)
    }

    fn paint(
        &self,
        ui: &egui::Ui,
        textures: &mut Textures,
        version: (u64, (usize, usize)),
        rect: Rect,
    ) {
        let (width, height) = self.size;
        let id = Id::unique(("little picture", self.place));
        // The colours are others in another theme.
        let bits = [self.range.min, self.range.max].map(f32::to_bits);
        let content = (version, bits, self.colormap);
        let texture = textures.get(ui.ctx(), id, content, || {
            heatmap(width, height, self.values, self.range, self.colormap)
        });
        let painter = ui.painter();
        fill(painter, &texture, rect);
        let line = ui.visuals().widgets.noninteractive.bg_stroke;
        painter.rect_stroke(rect, 0.0, line, StrokeKind::Outside);
    }
}
