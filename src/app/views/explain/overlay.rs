//! Values laid over a picture, each on the pixels it belongs to.

use crate::app::model::explain::Explained;
use crate::app::widgets::textures::{Textures, fill};
use convlens_core::dataset::PictureSize;
use convlens_core::explore::Region;
use convlens_core::figures::picture_pixels;
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{
    self, Color32, Id, Mesh, Rect, Role, Sense, StrokeKind, Vec2, WidgetInfo, vec2,
};

/// How much of the picture shows through, of 255.
const VEIL: u8 = 175;

/// Values and where they lie.
pub struct Shade<'a> {
    /// Top, left, bottom and right of each cell, in pixels of the picture.
    pub cells: Vec<[f32; 4]>,
    pub values: &'a [f32],
    pub range: ValueRange,
    pub colormap: Colormap,
}

/// The pictures' textures.
#[derive(Default)]
pub struct Overlay {
    textures: Textures,
}

impl Overlay {
    /// The picture, this large on screen, with values over it. `place` names the picture and tells
    /// one answer from another.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        place: (u64, &'static str),
        size: Vec2,
        explained: &Explained,
        shade: Option<&Shade<'_>>,
        words: &str,
    ) {
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
        let id = Id::unique(("explained", place.1));
        let texture = self
            .textures
            .get(ui.ctx(), id, place.0, || picture_pixels(&explained.picture));
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        fill(&painter, &texture, rect);
        if let Some(shade) = shade {
            let unit = size.x / explained.picture.size().width as f32;
            let mut mesh = Mesh::default();
            for (cell, &value) in shade.cells.iter().zip(shade.values) {
                let [top, left, bottom, right] = cell.map(|at| at * unit);
                let cell =
                    Rect::from_min_max(rect.min + vec2(left, top), rect.min + vec2(right, bottom));
                let [r, g, b] = shade.colormap.color(value, shade.range);
                mesh.add_colored_rect(cell, Color32::from_rgba_unmultiplied(r, g, b, VEIL));
            }
            painter.add(mesh);
        }
        let line = ui.visuals().widgets.noninteractive.bg_stroke;
        ui.painter()
            .rect_stroke(rect, 0.0, line, StrokeKind::Outside);
    }
}

/// A cell for each pixel of a picture with so many columns.
pub fn pixels(count: usize, columns: usize) -> Vec<[f32; 4]> {
    let places = (0..count).map(|pixel| (pixel / columns, pixel % columns));
    places
        .map(|(y, x)| [y, x, y + 1, x + 1].map(|at| at as f32))
        .collect()
}

/// Tiles of equal size, each in the middle of what its cell sees of the picture: the receptive
/// fields themselves overlap.
pub fn tiles(fields: &[Region], columns: usize, size: PictureSize) -> Vec<[f32; 4]> {
    let middle = |start: isize, length: usize| start as f32 + length as f32 / 2.0;
    let middles = fields.iter().map(|field| {
        (
            middle(field.row, field.height),
            middle(field.column, field.width),
        )
    });
    let middles: Vec<(f32, f32)> = middles.collect();
    let step = match (middles.first(), middles.get(1), middles.get(columns)) {
        (Some(first), Some(second), _) if columns > 1 => second.1 - first.1,
        (Some(first), _, Some(below)) => below.0 - first.0,
        _ => size.width.max(size.height) as f32,
    };
    let half = step / 2.0;
    middles
        .into_iter()
        .map(|(y, x)| [y - half, x - half, y + half, x + half])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens_core::explore::uncut_receptive_field;
    use convlens_core::network::Preset;

    #[test]
    fn tiles_stand_side_by_side_where_their_cells_look() {
        let layers = Preset::Conv64.spec().plan().unwrap();
        let cells = (0..11).flat_map(|y| (0..11).map(move |x| Region::cell(y, x)));
        let fields = cells.filter_map(|cell| uncut_receptive_field(&layers, 2, cell));
        let size = PictureSize::FASHION_MNIST;
        let tiles = tiles(&fields.collect::<Vec<_>>(), 11, size);
        // The first cell of conv2 sees pixels 0 to 7; the next one two further on.
        assert_eq!(tiles[0].map(|at| at as i32), [3, 3, 5, 5]);
        assert_eq!(tiles[1].map(|at| at as i32), [3, 5, 5, 7]);
        assert_eq!(tiles[11].map(|at| at as i32), [5, 3, 7, 5]);
    }
}
