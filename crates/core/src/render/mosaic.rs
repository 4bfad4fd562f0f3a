//! The slices of a filter as one picture.

use super::{Colormap, Pixels, ValueRange};

/// Slices in a row of [`mosaic`]: as near to a square as can be.
#[must_use]
pub fn mosaic_columns(slices: usize) -> usize {
    (slices as f64).sqrt().ceil() as usize
}

/// Paints square slices of `side × side` values side by side, one pixel a value, with a line of one
/// pixel in the color of `gap` between them. They run from left to right and top to bottom,
/// [`mosaic_columns`] in a row; places left over have the color of `gap`.
#[must_use]
pub fn mosaic(
    slices: &[f32],
    side: usize,
    range: ValueRange,
    colormap: Colormap,
    gap: [u8; 3],
) -> Pixels {
    let len = (side * side).max(1);
    let count = slices.len() / len;
    let columns = mosaic_columns(count).max(1);
    let step = side + 1;
    let rows = count.div_ceil(columns).max(1);
    let mut pixels = Pixels::new(columns * step - 1, rows * step - 1, gap);
    for (place, slice) in slices.chunks_exact(len).enumerate() {
        let (top, left) = (place / columns * step, place % columns * step);
        for (row, values) in slice.chunks_exact(side).enumerate() {
            let start = (top + row) * pixels.width + left;
            for (pixel, &value) in pixels.rgb[start..start + side].iter_mut().zip(values) {
                *pixel = colormap.color(value, range);
            }
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_stand_in_reading_order_with_a_line_between() {
        let gap = [1, 2, 3];
        let slices: Vec<f32> = (0..12).map(|i| i as f32).collect(); // three of 2×2
        let range = ValueRange::new(0.0, 11.0);
        let pixels = mosaic(&slices, 2, range, Colormap::Grey, gap);
        assert_eq!((pixels.width, pixels.height), (5, 5));
        let grey = |value| Some(Colormap::Grey.color(value, range));
        let line = Some(gap);
        for (y, row) in [
            [grey(0.0), grey(1.0), line, grey(4.0), grey(5.0)],
            [grey(2.0), grey(3.0), line, grey(6.0), grey(7.0)],
            [line; 5],
            [grey(8.0), grey(9.0), line, line, line],
            [grey(10.0), grey(11.0), line, line, line],
        ]
        .into_iter()
        .enumerate()
        {
            for (x, color) in row.into_iter().enumerate() {
                assert_eq!(pixels.get(x, y), color, "at {x}, {y}");
            }
        }
    }

    #[test]
    fn one_slice_is_itself_and_none_is_no_fault() {
        let range = ValueRange::new(-1.0, 1.0);
        let one = mosaic(
            &[-1.0, 0.0, 0.0, 1.0],
            2,
            range,
            Colormap::Diverging,
            [0; 3],
        );
        assert_eq!((one.width, one.height), (2, 2));
        assert_eq!(one.rgb[1], [255; 3]);
        assert_eq!(
            mosaic(&[], 3, range, Colormap::Diverging, [0; 3]).rgb.len(),
            9
        );
    }
}
