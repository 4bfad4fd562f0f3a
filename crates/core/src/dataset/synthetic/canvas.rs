//! A small grey canvas with anti-aliased shapes.
//!
//! Only additions, products and square roots, which IEEE 754 rounds alike everywhere: the same
//! numbers give the same picture on every machine.

use super::super::{IMAGE_PIXELS, IMAGE_SIDE};

/// Horizontal lines that a row of pixels is sampled on; along a line, coverage is exact.
const LINES: usize = 4;

/// Right and down, in pixels from the upper left corner of the picture.
pub type Point = (f32, f32);

/// A picture being drawn: 0 black, the background, to 1 white.
pub struct Canvas {
    shades: [f32; IMAGE_PIXELS],
}

impl Canvas {
    /// A black canvas.
    pub fn new() -> Self {
        Self {
            shades: [0.0; IMAGE_PIXELS],
        }
    }

    /// Fills a closed outline with the shade of each place.
    pub fn fill(&mut self, outline: &[Point], shade: impl Fn(f32, f32) -> f32) {
        let (top, bottom) = outline
            .iter()
            .fold((f32::MAX, f32::MIN), |(top, bottom), &(_, y)| {
                (top.min(y), bottom.max(y))
            });
        let mut crossings = Vec::with_capacity(8);
        let rows = self.shades.chunks_exact_mut(IMAGE_SIDE).enumerate();
        for (row, shades) in rows.take(bottom.ceil() as usize).skip(top as usize) {
            let mut coverage = [0.0_f32; IMAGE_SIDE];
            for line in 0..LINES {
                let y = row as f32 + (line as f32 + 0.5) / LINES as f32;
                cross(outline, y, &mut crossings);
                for span in crossings.chunks_exact(2) {
                    cover(&mut coverage, span[0], span[1]);
                }
            }
            blend(shades, &coverage, row, &shade);
        }
    }

    /// Draws a line of the given width through `path`, rounded at its ends.
    pub fn stroke(&mut self, path: &[Point], width: f32, shade: impl Fn(f32, f32) -> f32) {
        let reach = width / 2.0 + 0.5;
        for (row, shades) in self.shades.chunks_exact_mut(IMAGE_SIDE).enumerate() {
            let y = row as f32 + 0.5;
            let mut coverage = [0.0_f32; IMAGE_SIDE];
            for ends in path.windows(2) {
                let (from, to) = (ends[0], ends[1]);
                if y < from.1.min(to.1) - reach || y > from.1.max(to.1) + reach {
                    continue;
                }
                let first = (from.0.min(to.0) - reach) as usize;
                let last = (from.0.max(to.0) + reach).ceil() as usize;
                for (column, covered) in coverage.iter_mut().enumerate().take(last).skip(first) {
                    let away = distance((column as f32 + 0.5, y), from, to);
                    let inside = (reach - away).clamp(0.0, width.min(1.0));
                    *covered = covered.max(inside);
                }
            }
            blend(shades, &coverage, row, &shade);
        }
    }

    /// The shades as bytes, 255 for white.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.shades
            .iter()
            .map(|shade| (shade.clamp(0.0, 1.0) * 255.0).round() as u8)
    }
}

/// Where the outline crosses the horizontal line at `y`, from left to right.
fn cross(outline: &[Point], y: f32, crossings: &mut Vec<f32>) {
    crossings.clear();
    let Some(&(mut from)) = outline.last() else {
        return;
    };
    for &to in outline {
        if (from.1 <= y) != (to.1 <= y) {
            crossings.push(from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0));
        }
        from = to;
    }
    crossings.sort_by(f32::total_cmp);
}

/// Adds one sample line's share to the pixels between `left` and `right`.
fn cover(coverage: &mut [f32; IMAGE_SIDE], left: f32, right: f32) {
    let (left, right) = (
        left.clamp(0.0, IMAGE_SIDE as f32),
        right.clamp(0.0, IMAGE_SIDE as f32),
    );
    let last = (right.ceil() as usize).min(IMAGE_SIDE);
    for (column, covered) in coverage
        .iter_mut()
        .enumerate()
        .take(last)
        .skip(left as usize)
    {
        let (start, end) = (column as f32, column as f32 + 1.0);
        *covered += (right.min(end) - left.max(start)).max(0.0) / LINES as f32;
    }
}

fn blend(
    shades: &mut [f32],
    coverage: &[f32; IMAGE_SIDE],
    row: usize,
    shade: &impl Fn(f32, f32) -> f32,
) {
    for (column, (pixel, &covered)) in shades.iter_mut().zip(coverage).enumerate() {
        if covered > 0.0 {
            let over = shade(column as f32 + 0.5, row as f32 + 0.5);
            *pixel += covered * (over - *pixel);
        }
    }
}

/// From `point` to the nearest point between `from` and `to`.
fn distance(point: Point, from: Point, to: Point) -> f32 {
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let (x, y) = (point.0 - from.0, point.1 - from.1);
    let length_squared = (along_x * along_x + along_y * along_y).max(f32::MIN_POSITIVE);
    let t = ((x * along_x + y * along_y) / length_squared).clamp(0.0, 1.0);
    let (x, y) = (x - t * along_x, y - t * along_y);
    (x * x + y * y).sqrt()
}

/// Rounds the corners of a closed outline (G. Chaikin 1974, two rounds).
pub fn rounded(outline: &[Point]) -> Vec<Point> {
    let once = |points: &[Point]| {
        let next = points.iter().cycle().skip(1);
        points
            .iter()
            .zip(next)
            .flat_map(|(&a, &b)| [mix(a, b, 0.25), mix(a, b, 0.75)])
            .collect()
    };
    let first: Vec<Point> = once(outline);
    once(&first)
}

/// Rounds the corners of a path, keeping its two ends.
pub fn bent(path: &[Point]) -> Vec<Point> {
    let once = |points: &[Point]| -> Vec<Point> {
        let middle = points
            .windows(2)
            .flat_map(|ends| [mix(ends[0], ends[1], 0.25), mix(ends[0], ends[1], 0.75)]);
        points
            .first()
            .copied()
            .into_iter()
            .chain(middle)
            .chain(points.last().copied())
            .collect()
    };
    once(&once(path))
}

/// The point a share `t` of the way from `a` to `b`.
pub fn mix(a: Point, b: Point, t: f32) -> Point {
    (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_half_covered_is_half_as_bright() {
        let mut canvas = Canvas::new();
        canvas.fill(&[(1.0, 1.0), (2.5, 1.0), (2.5, 2.5), (1.0, 2.5)], |_, _| {
            0.8
        });
        let pixels: Vec<u8> = canvas.bytes().collect();
        let at = |row: usize, column: usize| pixels[row * IMAGE_SIDE + column];
        assert_eq!(
            [at(1, 0), at(1, 1), at(1, 2), at(2, 2), at(2, 3)],
            [0, 204, 102, 51, 0]
        );
        assert_eq!(at(0, 1), 0);
    }

    #[test]
    fn a_line_is_as_wide_as_asked_and_may_leave_the_canvas() {
        let mut canvas = Canvas::new();
        canvas.stroke(&[(-50.0, 10.0), (80.0, 10.0)], 2.0, |_, _| 1.0);
        let pixels: Vec<u8> = canvas.bytes().collect();
        let column: Vec<u8> = (8..12).map(|row| pixels[row * IMAGE_SIDE + 5]).collect();
        assert_eq!(column, [0, 255, 255, 0]);
    }

    #[test]
    fn rounding_stays_inside_a_convex_outline_and_keeps_the_ends_of_a_path() {
        let square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)];
        let round = rounded(&square);
        assert_eq!(round.len(), 16);
        assert!(round.iter().all(|&(x, y)| x + y >= 0.5 && x + y <= 7.5));
        let path = bent(&square);
        assert_eq!((path[0], path[path.len() - 1]), (square[0], square[3]));
    }
}
