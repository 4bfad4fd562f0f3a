//! One map of values, one pixel a value.

use super::{Colormap, Pixels, ValueRange};

/// Paints a map, given row by row `(height, width)`, one pixel a value; [`Pixels::draw_enlarged`] enlarges it.
///
/// Where `values` is too short the missing pixels have the color of NaN; values left over are not drawn.
#[must_use]
pub fn heatmap(
    width: usize,
    height: usize,
    values: &[f32],
    range: ValueRange,
    colormap: Colormap,
) -> Pixels {
    let mut pixels = Pixels::new(width, height, Colormap::NOT_A_NUMBER);
    for (pixel, &value) in pixels.rgb.iter_mut().zip(values) {
        *pixel = colormap.color(value, range);
    }
    pixels
}

/// A picture of bytes, row by row, with the channels of a pixel beside each other: red, green and blue where there are three, else
/// grey. Missing pixels have the color of NaN.
#[must_use]
pub fn byte_picture(width: usize, height: usize, channels: usize, bytes: &[u8]) -> Pixels {
    let mut pixels = Pixels::new(width, height, Colormap::NOT_A_NUMBER);
    for (pixel, bytes) in pixels
        .rgb
        .iter_mut()
        .zip(bytes.chunks_exact(channels.max(1)))
    {
        *pixel = match *bytes {
            [red, green, blue] => [red, green, blue],
            [grey, ..] => [grey; 3],
            [] => Colormap::NOT_A_NUMBER,
        };
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_its_color_in_its_place() {
        let values = [0.0, 1.0, 2.0, 3.0, 4.0, f32::NAN];
        let range = ValueRange::of(&values);
        let pixels = heatmap(3, 2, &values, range, Colormap::Grey);
        assert_eq!((pixels.width, pixels.height), (3, 2));
        assert_eq!(
            pixels.rgb,
            [
                [0; 3],
                [64; 3],
                [128; 3],
                [191; 3],
                [255; 3],
                Colormap::NOT_A_NUMBER
            ]
        );
    }

    #[test]
    fn a_constant_map_is_one_plain_color() {
        for constant in [0.0, 0.7, -3.0] {
            let values = [constant; 25];
            let pixels = heatmap(5, 5, &values, ValueRange::of(&values), Colormap::Inferno);
            assert_eq!(pixels.rgb, vec![Colormap::Inferno.at(0.0); 25]);
        }
    }

    #[test]
    fn missing_values_show_and_extra_ones_do_not() {
        let range = ValueRange::new(0.0, 1.0);
        let short = heatmap(2, 2, &[1.0], range, Colormap::Grey);
        assert_eq!(short.rgb[0], [255; 3]);
        assert_eq!(short.rgb[1..], [Colormap::NOT_A_NUMBER; 3]);
        assert_eq!(
            heatmap(1, 1, &[0.0; 9], range, Colormap::Grey).rgb,
            [[0; 3]]
        );
        assert_eq!(
            byte_picture(2, 1, 1, &[7]).rgb,
            [[7; 3], Colormap::NOT_A_NUMBER]
        );
        assert_eq!(
            byte_picture(2, 1, 3, &[7, 8, 9, 1, 2]).rgb,
            [[7, 8, 9], Colormap::NOT_A_NUMBER]
        );
    }
}
