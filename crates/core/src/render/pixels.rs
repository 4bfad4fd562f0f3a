//! A picture in memory.

/// Pixels row by row from the top left, three bytes each: sRGB red, green and blue.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` colors, row by row.
    pub rgb: Vec<[u8; 3]>,
}

/// A rectangle of whole pixels; it may reach beyond the picture it is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

impl Pixels {
    /// A picture of one color.
    #[must_use]
    pub fn new(width: usize, height: usize, color: [u8; 3]) -> Self {
        Self {
            width,
            height,
            rgb: vec![color; width * height],
        }
    }

    /// The bytes as files and textures want them, `3 * width * height` of them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.rgb.as_flattened()
    }

    /// The color at column `x`, row `y`, or nothing outside.
    #[must_use]
    pub fn get(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        if x < self.width {
            self.rgb.get(y * self.width + x).copied()
        } else {
            None
        }
    }

    /// Fills a rectangle, as far as it lies inside.
    pub(super) fn fill(&mut self, area: Area, color: [u8; 3]) {
        let columns = area.x.min(self.width)..area.x.saturating_add(area.width).min(self.width);
        for y in area.y..area.y.saturating_add(area.height).min(self.height) {
            self.rgb[y * self.width..][columns.clone()].fill(color);
        }
    }

    /// Mixes `color` into one pixel, by `share` in 0..=1; outside, nothing happens.
    pub(super) fn blend(&mut self, x: usize, y: usize, color: [u8; 3], share: f32) {
        if x < self.width && y < self.height {
            let pixel = &mut self.rgb[y * self.width + x];
            for (old, new) in pixel.iter_mut().zip(color) {
                *old = (f32::from(*old) + share * (f32::from(new) - f32::from(*old))).round() as u8;
            }
        }
    }

    /// Fills a convex polygon, as far as it lies inside; how much of a pixel is covered is told from sixteen places in it.
    pub(super) fn fill_polygon(&mut self, corners: &[[f32; 2]], color: [u8; 3]) {
        let bounds = |axis: usize, most: usize| {
            let places = corners.iter().map(|corner| corner[axis]);
            let first = places.clone().fold(f32::INFINITY, f32::min).max(0.0) as usize;
            let last = places.fold(0.0, f32::max).ceil() as usize;
            first.min(most)..last.min(most)
        };
        // On the same side of every edge, or on an edge, whichever way round the corners go.
        let is_inside = |x: f32, y: f32| {
            let next = corners.iter().cycle().skip(1);
            let sides = corners
                .iter()
                .zip(next)
                .map(|([ax, ay], [bx, by])| (bx - ax) * (y - ay) - (by - ay) * (x - ax));
            let ends = sides.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), side| {
                (least.min(side), most.max(side))
            });
            ends.0 >= 0.0 || ends.1 <= 0.0
        };
        for row in bounds(1, self.height) {
            for column in bounds(0, self.width) {
                let places = (0..16).filter(|place| {
                    let at = |cell: usize, part: usize| cell as f32 + (part as f32 + 0.5) / 4.0;
                    is_inside(at(column, place % 4), at(row, place / 4))
                });
                let covered = places.count();
                if covered > 0 {
                    self.blend(column, row, color, covered as f32 / 16.0);
                }
            }
        }
    }

    /// Draws `picture` with its top left corner at (`x`, `y`), each of its pixels as a square of `factor`:
    /// nearest neighbour, because smoothing a 5×5 map would invent detail.
    pub fn draw_enlarged(&mut self, picture: &Self, x: usize, y: usize, factor: usize) {
        for (row, colors) in picture.rgb.chunks_exact(picture.width.max(1)).enumerate() {
            for (column, &color) in colors.iter().enumerate() {
                let (x, y) = (
                    x.saturating_add(column.saturating_mul(factor)),
                    y.saturating_add(row.saturating_mul(factor)),
                );
                self.fill(
                    Area {
                        x,
                        y,
                        width: factor,
                        height: factor,
                    },
                    color,
                );
            }
        }
    }
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({}×{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INK: [u8; 3] = [1, 2, 3];
    const PAPER: [u8; 3] = [255; 3];

    #[test]
    fn enlarged_pixels_are_exact_blocks() {
        let small = Pixels {
            width: 2,
            height: 3,
            rgb: (0..6).map(|i| [i, 10 * i, 100]).collect(),
        };
        let mut page = Pixels::new(20, 20, PAPER);
        page.draw_enlarged(&small, 3, 2, 4);
        for (x, y) in (0..20).flat_map(|x| (0..20).map(move |y| (x, y))) {
            let inside = (3..3 + 8).contains(&x) && (2..2 + 12).contains(&y);
            let expected = if inside {
                small.get((x - 3) / 4, (y - 2) / 4)
            } else {
                Some(PAPER)
            };
            assert_eq!(page.get(x, y), expected, "at {x}, {y}");
        }
    }

    #[test]
    fn a_polygon_covers_its_area_and_what_is_outside_stays() {
        let mut page = Pixels::new(20, 20, [0; 3]);
        let corners = [[2.0, 3.0], [12.0, 3.0], [12.0, 13.0]];
        page.fill_polygon(&corners, [160; 3]);
        assert_eq!(
            (page.get(11, 5), page.get(3, 11)),
            (Some([160; 3]), Some([0; 3]))
        );
        let area: f32 = page.rgb.iter().map(|c| f32::from(c[0]) / 160.0).sum();
        assert!((area - 50.0).abs() < 1.5, "{area}");
        let mut other = Pixels::new(20, 20, [0; 3]);
        let turned: Vec<_> = corners.into_iter().rev().collect();
        other.fill_polygon(&turned, [160; 3]);
        assert!(
            other
                .rgb
                .iter()
                .zip(&page.rgb)
                .all(|(a, b)| a[0].abs_diff(b[0]) <= 20)
        );
        page.fill_polygon(
            &[[-50.0, -50.0], [90.0, -50.0], [90.0, 90.0], [-50.0, 90.0]],
            INK,
        );
        assert!(page.rgb.iter().all(|color| *color == INK));
    }

    #[test]
    fn what_reaches_beyond_the_edge_is_cut_off() {
        let mut page = Pixels::new(3, 2, PAPER);
        page.draw_enlarged(&Pixels::new(2, 2, INK), 2, 1, 5);
        page.fill(
            Area {
                x: 7,
                y: 9,
                width: 4,
                height: 4,
            },
            INK,
        );
        page.blend(3, 0, INK, 1.0);
        assert_eq!(page.rgb, [PAPER, PAPER, PAPER, PAPER, PAPER, INK]);
        assert_eq!((page.get(3, 0), page.get(0, 2)), (None, None));
    }
}
