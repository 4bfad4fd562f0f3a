//! Where a map lies on the picture that it is of: each cell in the middle of what it sees.

use convlens_core::explore::{Region, uncut_receptive_field};
use convlens_core::network::Layer;
use eframe::egui::{Pos2, Rect, pos2, vec2};

/// The place of a map of `height × width` cells at a layer, in pixels of the picture; `None` where the layer has no maps. With a stride its cells
/// are larger than pixels, and without padding they end before the picture does.
pub fn extent(layers: &[Layer], layer: usize, (height, width): (usize, usize)) -> Option<Rect> {
    let middle = |row: usize, column: usize| -> Option<Pos2> {
        let field = uncut_receptive_field(layers, layer, Region::cell(row, column))?;
        let x = field.column as f32 + field.width as f32 / 2.0;
        let y = field.row as f32 + field.height as f32 / 2.0;
        Some(pos2(x, y))
    };
    let (first, last) = (
        middle(0, 0)?,
        middle(height.checked_sub(1)?, width.checked_sub(1)?)?,
    );
    let whole = uncut_receptive_field(layers, layer, Region::cell(0, 0))?;
    let step = |from: f32, to: f32, cells: usize, field: usize| {
        if cells > 1 {
            (to - from) / (cells - 1) as f32
        } else {
            field as f32
        }
    };
    let cell = vec2(
        step(first.x, last.x, width, whole.width),
        step(first.y, last.y, height, whole.height),
    );
    Some(Rect::from_min_max(first - cell / 2.0, last + cell / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens_core::network::Preset;

    #[test]
    fn cells_lie_in_the_middle_of_what_they_see() {
        let layers = Preset::Conv64.spec().plan().unwrap();
        let at = |layer, side| extent(&layers, layer, (side, side)).unwrap();
        let square = |from: f32, to: f32| Rect::from_min_max(pos2(from, from), pos2(to, to));
        // A 3×3 kernel without padding leaves out a pixel on each side.
        assert_eq!(at(0, 26), square(1.0, 27.0));
        // The pool joins two by two; the first cell of conv2 sees pixels 0 to 7.
        assert_eq!(at(1, 13), square(1.0, 27.0));
        assert_eq!(at(2, 11), square(3.0, 25.0));
        assert_eq!(extent(&layers, 4, (1, 1)), None, "flat");
    }
}
