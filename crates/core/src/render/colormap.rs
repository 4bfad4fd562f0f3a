//! Color maps: a place in 0..=1 to a color.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::ValueRange;

/// How values become colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colormap {
    /// matplotlib's `inferno`, for activations: black, purple, orange, pale yellow, with lightness rising
    /// evenly, so that it reads in grey print and with any color vision.
    #[default]
    Inferno,
    /// Black to white, for the pictures themselves.
    Grey,
    /// Blue below zero, white at zero, red above, for weights and values before `ReLU`.
    ///
    /// `ColorBrewer`'s `RdBu`, reversed. It is safe for color blindness, its two ends are equally dark, and,
    /// unlike purple and orange, its hues cannot be taken for inferno's.
    Diverging,
    /// The same hues, but nearly black at zero and light at the ends: for a dark window, where mostly small values
    /// would make a white slab.
    DivergingDark,
}

/// One color more than a power of two, so that 0.5 has an entry of its own.
const ENTRIES: usize = 1025;

static TABLES: LazyLock<[Vec<[u8; 3]>; 4]> = LazyLock::new(|| {
    [inferno, grey, diverging, diverging_dark].map(|color| {
        (0..ENTRIES)
            .map(|i| color(i as f64 / (ENTRIES - 1) as f64))
            .collect()
    })
});

impl Colormap {
    /// The color of a value that is not a number: a cyan that occurs in none of the maps.
    pub const NOT_A_NUMBER: [u8; 3] = [0x00, 0xe5, 0xff];

    /// The color at `position`, clamped to 0..=1; NaN has [`Self::NOT_A_NUMBER`].
    #[must_use]
    pub fn at(self, position: f32) -> [u8; 3] {
        if position.is_nan() {
            return Self::NOT_A_NUMBER;
        }
        let entry = position.clamp(0.0, 1.0) * (ENTRIES - 1) as f32;
        TABLES[self as usize][entry.round() as usize]
    }

    /// The color of `value` drawn in `range`.
    ///
    /// Where the range is constant this is the lowest color. The diverging ones always use the symmetric range
    /// about zero, so that zero has the middle's color whatever the range.
    #[must_use]
    pub fn color(self, value: f32, range: ValueRange) -> [u8; 3] {
        self.at(match self {
            Self::Inferno | Self::Grey => range.position(value),
            Self::Diverging | Self::DivergingDark => range.signed_position(value),
        })
    }

    /// The range that the ends of this color map stand for when values are drawn in `range`.
    #[must_use]
    pub fn span(self, range: ValueRange) -> ValueRange {
        match self {
            Self::Inferno | Self::Grey => range,
            Self::Diverging | Self::DivergingDark => range.symmetric(),
        }
    }
}

fn inferno(t: f64) -> [u8; 3] {
    colorous::INFERNO.eval_continuous(t).into_array()
}

fn grey(t: f64) -> [u8; 3] {
    [(255.0 * t).round() as u8; 3]
}

/// `ColorBrewer`'s middle is a light grey: what it lacks to white is added in full at the middle, and fades to
/// nothing at the ends.
fn diverging(t: f64) -> [u8; 3] {
    let gradient = |t| {
        colorous::RED_BLUE
            .eval_continuous(1.0 - t)
            .into_array()
            .map(f64::from)
    };
    let (color, middle) = (gradient(t), gradient(0.5));
    let nearness = 1.0 - (2.0 * t - 1.0).abs();
    [0, 1, 2].map(|i| {
        (color[i] + nearness * (255.0 - middle[i]))
            .round()
            .min(255.0) as u8
    })
}

/// The darker half of `ColorBrewer`'s `RdBu` turned round: the further from zero, the lighter.
fn diverging_dark(t: f64) -> [u8; 3] {
    const BELOW: [[f64; 3]; 2] = [[33.0, 102.0, 172.0], [146.0, 197.0, 222.0]];
    const ZERO: [f64; 3] = [20.0, 23.0, 27.0];
    const ABOVE: [[f64; 3]; 2] = [[178.0, 24.0, 43.0], [244.0, 165.0, 130.0]];
    let [near, far] = if t < 0.5 { BELOW } else { ABOVE };
    let from_zero = 2.0 * (2.0 * t - 1.0).abs();
    let (one, other, share) = if from_zero <= 1.0 {
        (ZERO, near, from_zero)
    } else {
        (near, far, from_zero - 1.0)
    };
    [0, 1, 2].map(|i| (one[i] + share * (other[i] - one[i])).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: [u8; 3] = [255; 3];

    fn assert_near(color: [u8; 3], expected: [u8; 3], tolerance: u8) {
        assert!(
            (0..3).all(|i| color[i].abs_diff(expected[i]) <= tolerance),
            "{color:?} is not {expected:?}"
        );
    }

    /// Relative luminance, close enough to compare two colors.
    fn luminance([r, g, b]: [u8; 3]) -> f32 {
        let linear = |c: u8| (f32::from(c) / 255.0).powf(2.2);
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    #[test]
    fn inferno_is_the_one_of_matplotlib() {
        assert_near(Colormap::Inferno.at(0.0), [0x00, 0x00, 0x04], 1);
        assert_near(Colormap::Inferno.at(0.25), [0x57, 0x10, 0x6e], 2);
        assert_near(Colormap::Inferno.at(0.5), [0xbc, 0x37, 0x54], 2);
        assert_near(Colormap::Inferno.at(1.0), [0xfc, 0xff, 0xa4], 1);
    }

    #[test]
    fn grey_is_the_byte_itself() {
        for byte in 0..=255 {
            assert_eq!(Colormap::Grey.at(f32::from(byte) / 255.0), [byte; 3]);
        }
    }

    #[test]
    fn lightness_never_falls_along_inferno() {
        let lights: Vec<f32> = (0..=100)
            .map(|i| luminance(Colormap::Inferno.at(i as f32 / 100.0)))
            .collect();
        assert!(lights.windows(2).all(|pair| pair[0] <= pair[1] + 1e-3));
    }

    #[test]
    fn zero_is_exactly_white_in_any_range() {
        for (min, max) in [
            (-1.0, 1.0),
            (-0.3, 2.0),
            (0.0, 5.0),
            (-7.0, -1.0),
            (0.0, 0.0),
            (-1e38, 3e38),
        ] {
            assert_eq!(
                Colormap::Diverging.color(0.0, ValueRange::new(min, max)),
                WHITE,
                "{min}..{max}"
            );
            assert_eq!(
                Colormap::Diverging.color(-0.0, ValueRange::new(min, max)),
                WHITE,
                "{min}..{max}"
            );
        }
    }

    #[test]
    fn opposite_values_are_equally_dark_and_of_opposite_hue() {
        let range = ValueRange::new(-2.0, 0.5);
        for value in [0.25, 0.5, 1.0, 1.5, 2.0] {
            let (below, above) = (
                Colormap::Diverging.color(-value, range),
                Colormap::Diverging.color(value, range),
            );
            assert!(
                (luminance(below) - luminance(above)).abs() < 0.12,
                "{value}: {below:?} {above:?}"
            );
            assert!(
                below[2] > below[0] && above[0] > above[2],
                "{value}: {below:?} {above:?}"
            );
        }
    }

    #[test]
    fn in_a_dark_window_zero_is_dark_and_the_ends_are_light() {
        let map = Colormap::DivergingDark;
        let range = ValueRange::new(-2.0, 0.5);
        assert!(luminance(map.color(0.0, range)) < 0.01);
        for step in 1..=20 {
            let value = step as f32 / 10.0;
            for sign in [-1.0, 1.0] {
                let nearer = luminance(map.color(sign * (value - 0.1), range));
                let here = map.color(sign * value, range);
                assert!(luminance(here) > nearer, "{value}: {here:?}");
                assert_eq!(here[0] > here[2], sign > 0.0, "{value}: {here:?}");
            }
            let (below, above) = (map.color(-value, range), map.color(value, range));
            let difference = (luminance(below) - luminance(above)).abs();
            assert!(difference < 0.12, "{value}: {below:?} {above:?}");
        }
    }

    #[test]
    fn a_map_of_zeros_has_the_lowest_color() {
        assert_eq!(
            Colormap::Inferno.color(0.0, ValueRange::of(&[0.0; 9])),
            Colormap::Inferno.at(0.0)
        );
    }

    #[test]
    fn places_outside_are_clamped_and_nan_stands_out() {
        for map in [
            Colormap::Inferno,
            Colormap::Grey,
            Colormap::Diverging,
            Colormap::DivergingDark,
        ] {
            assert_eq!(map.at(-3.0), map.at(0.0));
            assert_eq!(map.at(f32::INFINITY), map.at(1.0));
            assert_eq!(map.at(f32::NAN), Colormap::NOT_A_NUMBER);
            assert!(
                TABLES[map as usize]
                    .iter()
                    .all(|color| *color != Colormap::NOT_A_NUMBER)
            );
        }
    }
}
