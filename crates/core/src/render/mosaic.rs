//! The slices of a filter as one picture.

use super::{Colormap, Pixels, ValueRange};

/// Slices in a row of [`mosaic`]: as near to a square as can be.
#[must_use]
pub fn mosaic_columns(slices: usize) -> usize {
    (slices as f64).sqrt().ceil() as usize
}

/// Paints slices of so many rows and columns side by side, one pixel a value, with a line of one
/// pixel in the color of `gap` between them. They run from left to right and top to bottom,
/// [`mosaic_columns`] in a row; places left over have the color of `gap`.
#[must_use]
pub fn mosaic(
    slices: &[f32],
    (height, width): (usize, usize),
    range: ValueRange,
    colormap: Colormap,
    gap: [u8; 3],
) -> Pixels {
    let len = (height * width).max(1);
    let count = slices.len() / len;
    let columns = mosaic_columns(count).max(1);
    let (down, right) = (height + 1, width + 1);
    let rows = count.div_ceil(columns).max(1);
    let mut pixels = Pixels::new(columns * right - 1, rows * down - 1, gap);
    for (place, slice) in slices.chunks_exact(len).enumerate() {
        let (top, left) = (place / columns * down, place % columns * right);
        for (row, values) in slice.chunks_exact(width.max(1)).enumerate() {
            let start = (top + row) * pixels.width + left;
            for (pixel, &value) in pixels.rgb[start..start + width].iter_mut().zip(values) {
                *pixel = colormap.color(value, range);
            }
        }
    }
    pixels
}

/// Paints the three slices of a filter over a picture in colour as one: the weights for red, green and blue of a place make the colour of
/// a pixel, with middle grey for zero and the ends of the symmetric `range` for none and all of a colour.
#[must_use]
pub fn colour_kernel(slices: &[f32], (height, width): (usize, usize), range: ValueRange) -> Pixels {
    let most = range.min.abs().max(range.max.abs()).max(f32::MIN_POSITIVE);
    let level = |weight: f32| ((0.5 + 0.5 * weight / most).clamp(0.0, 1.0) * 255.0).round() as u8;
    let plane = height * width;
    let mut pixels = Pixels::new(width, height, Colormap::NOT_A_NUMBER);
    for (place, pixel) in pixels.rgb.iter_mut().enumerate() {
        let weight = |channel: usize| slices.get(channel * plane + place).copied();
        if let (Some(red), Some(green), Some(blue)) = (weight(0), weight(1), weight(2)) {
            *pixel = [red, green, blue].map(level);
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
        let pixels = mosaic(&slices, (2, 2), range, Colormap::Grey, gap);
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
    fn three_slices_make_one_picture_in_colour() {
        let slices = [1.0, 0.0, 0.0, -1.0, -1.0, 1.0]; // red, green, blue of two places
        let range = ValueRange::new(-1.0, 1.0);
        let pixels = colour_kernel(&slices, (1, 2), range);
        assert_eq!(pixels.rgb, [[255, 128, 0], [128, 0, 255]]);
        let cut = colour_kernel(&slices[..5], (1, 2), range);
        assert_eq!(cut.rgb[1], Colormap::NOT_A_NUMBER);
    }

    #[test]
    fn one_slice_is_itself_and_none_is_no_fault() {
        let range = ValueRange::new(-1.0, 1.0);
        let one = mosaic(
            &[-1.0, 0.0, 0.0, 1.0],
            (2, 2),
            range,
            Colormap::Diverging,
            [0; 3],
        );
        assert_eq!((one.width, one.height), (2, 2));
        assert_eq!(one.rgb[1], [255; 3]);
        assert_eq!(
            mosaic(&[], (3, 3), range, Colormap::Diverging, [0; 3])
                .rgb
                .len(),
            9
        );
    }
}
