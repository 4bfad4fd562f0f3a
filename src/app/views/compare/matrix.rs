//! The matrix: a row and a column for each image, their likeness in the cells.

use crate::app::views::compare::measure;
use crate::app::widgets;
use crate::app::widgets::thumb::Thumbs;
use crate::text::Text;
use convlens_core::dataset::ImageId;
use convlens_core::explore::SimilarityMatrix;
use convlens_core::figures::MapSet;
use eframe::egui::{
    self, Align2, Color32, Id, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, WidgetInfo, pos2,
    vec2,
};

/// Room around the number and the class before a row, beside their picture.
const AROUND_NAME: f32 = 10.0;

/// Room for the pictures above the columns.
const HEADS: f32 = 54.0;

/// Least and largest size of a cell.
const CELLS: (egui::Vec2, egui::Vec2) = (vec2(48.0, 34.0), vec2(96.0, 84.0));

/// Least width of a cell where there would be no room beside the matrix.
const NARROWEST: f32 = 38.0;

/// Share of the view's width that the matrix may have, and height that the words below it have.
const SHARE: f32 = 0.58;
const BELOW: f32 = 84.0;

const THUMB: f32 = 32.0;

/// What is drawn.
pub struct Matrix<'a> {
    pub maps: &'a MapSet,
    pub similarity: &'a SimilarityMatrix,
    pub by_pearson: bool,
    /// Room for the names of the rows.
    pub names: f32,
    pub cell: egui::Vec2,
}

/// Room for picture, number and class before a row: they are never cut, and take no more than they need.
pub fn names(ui: &egui::Ui, text: &Text, maps: &MapSet) -> f32 {
    let width = |words: &str| widgets::theme::width(ui, &TextStyle::Small, words);
    let of_image = |image: &ImageId| {
        let class = maps.gallery.label(*image);
        let class = class.map_or("", |class| text.class_name(class));
        width(class).max(width(&text.image_number(*image)))
    };
    let widest = maps.images.iter().map(of_image).fold(0.0, f32::max);
    (THUMB + widest + 2.0 * AROUND_NAME).ceil()
}

/// The size of a cell with which the matrix fills its part of the view and leaves this much `beside` it.
pub fn cell_size(room: egui::Vec2, names: f32, beside: f32, images: usize) -> egui::Vec2 {
    let count = images.max(1) as f32;
    let left = (room.x - names - beside) / count;
    let least = vec2(left.clamp(NARROWEST, CELLS.0.x), CELLS.0.y);
    let room = vec2(SHARE * room.x - names, room.y - HEADS - BELOW);
    (room / count).clamp(least, CELLS.1).floor()
}

impl Matrix<'_> {
    pub fn width(&self) -> f32 {
        self.names + self.maps.images.len() as f32 * self.cell.x
    }

    /// Draws it; a click changes `chosen`, row and column.
    pub fn show(
        &self,
        ui: &mut egui::Ui,
        text: &Text,
        thumbs: &mut Thumbs,
        chosen: &mut (usize, usize),
    ) {
        let images = &self.maps.images;
        let count = images.len() as f32;
        let size = vec2(self.width(), HEADS + count * self.cell.y);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        for (place, &image) in images.iter().enumerate() {
            let left = area.min.x + self.names + place as f32 * self.cell.x;
            let top = area.min.y + HEADS + place as f32 * self.cell.y;
            self.head(ui, text, thumbs, image, pos2(left, area.min.y));
            self.name(ui, text, thumbs, image, pos2(area.min.x, top));
            for column in 0..images.len() {
                let left = area.min.x + self.names + column as f32 * self.cell.x;
                let rect = Rect::from_min_size(pos2(left, top), self.cell).shrink(1.0);
                self.cell(ui, text, (place, column), rect, chosen);
            }
        }
    }

    /// Picture and number above a column.
    fn head(
        &self,
        ui: &egui::Ui,
        text: &Text,
        thumbs: &mut Thumbs,
        image: ImageId,
        corner: egui::Pos2,
    ) {
        let middle = corner.x + self.cell.x / 2.0;
        let at = pos2(middle - THUMB / 2.0, corner.y + 18.0);
        self.picture(ui, thumbs, image, at, "column");
        let font = TextStyle::Small.resolve(ui.style());
        let weak = ui.visuals().weak_text_color();
        let at = pos2(middle, corner.y + 2.0);
        let number = text.image_number(image);
        ui.painter()
            .text(at, Align2::CENTER_TOP, number, font, weak);
    }

    /// Picture, number and class before a row.
    fn name(
        &self,
        ui: &egui::Ui,
        text: &Text,
        thumbs: &mut Thumbs,
        image: ImageId,
        corner: egui::Pos2,
    ) {
        self.picture(
            ui,
            thumbs,
            image,
            corner + vec2(0.0, (self.cell.y - THUMB) / 2.0),
            "row",
        );
        let font = TextStyle::Small.resolve(ui.style());
        let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
        let left = corner.x + THUMB + AROUND_NAME;
        let middle = corner.y + self.cell.y / 2.0;
        let number = text.image_number(image);
        let painter = ui.painter();
        let Some(label) = self.maps.gallery.label(image) else {
            painter.text(pos2(left, middle), Align2::LEFT_CENTER, number, font, ink);
            return;
        };
        let at = pos2(left, middle - 1.0);
        painter.text(at, Align2::LEFT_BOTTOM, number, font.clone(), weak);
        let name = text.class_name(label);
        painter.text(at, Align2::LEFT_TOP, name, font, ink);
    }

    fn picture(
        &self,
        ui: &egui::Ui,
        thumbs: &mut Thumbs,
        image: ImageId,
        corner: egui::Pos2,
        role: &str,
    ) {
        let Some(picture) = self.maps.gallery.picture(image) else {
            return;
        };
        let rect = Rect::from_min_size(corner, vec2(THUMB, THUMB));
        if ui.is_rect_visible(rect) {
            let (place, size) = (Id::unique((role, image)), picture.size());
            thumbs.paint(ui, rect, place, &picture, size, || picture.clone());
        }
    }

    fn cell(
        &self,
        ui: &egui::Ui,
        text: &Text,
        (row, column): (usize, usize),
        rect: Rect,
        chosen: &mut (usize, usize),
    ) {
        let likeness = self.similarity.at(row, column);
        let [a, b] = [row, column].map(|place| {
            let image = self.maps.images[place];
            text.image_and_class(image, self.maps.gallery.label(image))
        });
        let words = text.similarity_cell([&a, &b], likeness.cosine, likeness.pearson);
        let id = ui.scope_id().with(("similarity", row, column));
        let response = ui.interact(rect, id, Sense::click()).on_hover_text(&words);
        let is_chosen = *chosen == (row, column);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &words));
        if response.clicked() {
            *chosen = (row, column);
        }
        let value = measure(likeness, self.by_pearson);
        let ground = ui.visuals().faint_bg_color;
        let fill = value.map_or(ground, |value| {
            let hue: Color32 = if value >= 0.0 {
                widgets::theme::amount(ui)
            } else {
                widgets::theme::signed(ui, true)
            };
            // Differences between large likenesses matter more than those between small ones.
            ground.lerp_to_gamma(hue, (value * value) as f32)
        });
        let painter = ui.painter();
        painter.rect_filled(rect, 2.0, fill);
        let font = TextStyle::Body.resolve(ui.style());
        let number = text.similarity(value, 2);
        let ink = widgets::theme::ink_on(fill);
        painter.text(rect.center(), Align2::CENTER_CENTER, number, font, ink);
        let edge = if is_chosen {
            Stroke::new(3.0, widgets::theme::accent(ui))
        } else if response.has_focus() || response.hovered() {
            Stroke::new(2.0, widgets::theme::pointed_at(ui))
        } else {
            return;
        };
        painter.rect_stroke(rect, 2.0, edge, StrokeKind::Outside);
    }
}
