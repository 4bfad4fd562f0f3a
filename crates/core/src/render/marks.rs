//! Colours and marks of series and classes, by which they are told apart.

use super::canvas::Canvas;
use super::theme::Theme;

/// How many are told apart by colour; the next begin anew, with other marks.
pub const SERIES: usize = 12;

/// On white and on nearly black; chosen so that their least difference is largest for people with any colour vision, and larger
/// still for most. Neighbours, of which a class compares the curves, differ more than others.
const COLOURS: [[u32; SERIES]; 2] = [
    [
        0x00_11_aa, 0x44_99_00, 0xaa_22_88, 0x66_11_00, 0x66_00_dd, 0xff_22_99, 0x55_00_77,
        0x77_77_66, 0xcc_11_ff, 0x00_55_55, 0x99_77_cc, 0xbb_11_00,
    ],
    [
        0x00_cc_bb, 0xff_11_00, 0xee_99_ff, 0x66_88_66, 0xff_dd_ff, 0xaa_bb_00, 0xff_00_aa,
        0x00_ff_00, 0xee_99_88, 0xcc_22_ff, 0xbb_ee_aa, 0x99_77_cc,
    ],
];

/// The colour of a series: sRGB red, green and blue.
#[must_use]
pub fn series_colour(theme: Theme, series: usize) -> [u8; 3] {
    let [_, r, g, b] = COLOURS[theme as usize][series % SERIES].to_be_bytes();
    [r, g, b]
}

/// How large the hole of a mark is that is not filled.
const HOLE: f32 = 0.55;

/// The mark of a series, in the order that the window's curves have.
#[derive(Clone, Copy)]
enum Mark {
    Circle,
    Square,
    /// A triangle that points so many degrees from upwards, clockwise.
    Triangle(f32),
    /// Bars across each other, the first of them so many degrees from upright.
    Bars(usize, f32),
}

/// The marks, and whether they are filled.
const MARKS: [(Mark, bool); SERIES] = [
    (Mark::Circle, true),
    (Mark::Square, true),
    (Mark::Triangle(0.0), true),
    (Mark::Triangle(180.0), true),
    (Mark::Bars(2, 0.0), true),
    (Mark::Triangle(270.0), true),
    (Mark::Triangle(90.0), true),
    (Mark::Bars(2, 45.0), true),
    (Mark::Circle, false),
    (Mark::Square, false),
    (Mark::Bars(3, 0.0), true),
    (Mark::Triangle(0.0), false),
];

/// Marks a place with the mark of a series, as wide as a circle of this radius.
pub(super) fn draw_mark(
    canvas: &mut impl Canvas,
    series: usize,
    [x, y]: [f32; 2],
    radius: f32,
    colour: [u8; 3],
    paper: [u8; 3],
) {
    // The next dozen has the colours of the first, and other marks.
    let (mark, is_filled) = MARKS[(series + series / SERIES) % SERIES];
    let mut shape = |scale: f32, colour: [u8; 3]| {
        let radius = scale * radius;
        let corners = |count: usize, first: f32, reach: f32| {
            let corner = move |number: usize| {
                let angle = (first + 360.0 * number as f32 / count as f32).to_radians();
                [
                    x + reach * radius * angle.sin(),
                    y - reach * radius * angle.cos(),
                ]
            };
            (0..count).map(corner).collect::<Vec<_>>()
        };
        match mark {
            Mark::Circle => canvas.polygon(&corners(16, 0.0, 1.0), colour),
            Mark::Square => canvas.polygon(&corners(4, 45.0, 1.25), colour),
            Mark::Triangle(towards) => canvas.polygon(&corners(3, towards, 1.25), colour),
            Mark::Bars(count, first) => {
                for number in 0..count {
                    let angle = (first + 180.0 * number as f32 / count as f32).to_radians();
                    let (sine, cosine) = angle.sin_cos();
                    let ends = [(-0.3, -1.2), (0.3, -1.2), (0.3, 1.2), (-0.3, 1.2)];
                    let turned = ends.map(|(across, along)| {
                        let (dx, dy) = (
                            across * cosine - along * sine,
                            across * sine + along * cosine,
                        );
                        [x + radius * dx, y + radius * dy]
                    });
                    canvas.polygon(&turned, colour);
                }
            }
        }
    };
    shape(1.0, colour);
    if !is_filled {
        shape(HOLE, paper);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Pixels;
    use super::*;

    #[test]
    fn every_series_of_the_first_twelve_dozens_looks_otherwise() {
        let mut seen = BTreeSet::new();
        for series in 0..SERIES * SERIES {
            let mut pixels = Pixels::new(40, 40, [255; 3]);
            let colour = series_colour(Theme::Light, series);
            draw_mark(&mut pixels, series, [20.0, 20.0], 14.0, colour, [255; 3]);
            assert!(pixels.rgb.contains(&colour), "{series}");
            assert!(seen.insert(pixels.rgb), "{series} looks like another one");
        }
    }
}
