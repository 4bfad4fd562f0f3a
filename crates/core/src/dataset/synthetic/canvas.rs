//! A small canvas with anti-aliased shapes. Places and lengths are those of a picture of 28×28, whatever its size.
//!
//! Only additions, products and square roots, which IEEE 754 rounds alike everywhere: the same
//! numbers give the same picture on every machine.

/// Horizontal lines that a row of pixels is sampled on; along a line, coverage is exact.
const LINES: usize = 4;

/// The side that places are given for.
const SIDE: f32 = 28.0;

/// Right and down, in pixels of 28×28 from the upper left corner of the picture.
pub type Point = (f32, f32);

/// A picture being drawn: 0 black, the background, to 1 white.
pub struct Canvas {
    side: usize,
    /// Pixels for one of 28×28.
    scale: f32,
    shades: Vec<f32>,
    /// How much of each pixel has been drawn on, 0 to 1.
    coverage: Vec<f32>,
}

impl Canvas {
    /// A black canvas, a square of so many pixels.
    pub fn new(side: usize) -> Self {
        Self {
            side,
            scale: side as f32 / SIDE,
            shades: vec![0.0; side * side],
            coverage: vec![0.0; side * side],
        }
    }

    /// Fills a closed outline with the shade of each place.
    pub fn fill(&mut self, outline: &[Point], shade: impl Fn(f32, f32) -> f32) {
        let outline: Vec<Point> = outline.iter().map(|point| self.scaled(*point)).collect();
        let (top, bottom) = outline
            .iter()
            .fold((f32::MAX, f32::MIN), |(top, bottom), &(_, y)| {
                (top.min(y), bottom.max(y))
            });
        let mut crossings = Vec::with_capacity(8);
        let mut coverage = vec![0.0_f32; self.side];
        for row in (top.max(0.0) as usize)..(bottom.ceil() as usize).min(self.side) {
            coverage.fill(0.0);
            for line in 0..LINES {
                let y = row as f32 + (line as f32 + 0.5) / LINES as f32;
                cross(&outline, y, &mut crossings);
                for span in crossings.chunks_exact(2) {
                    cover(&mut coverage, span[0], span[1]);
                }
            }
            self.blend(&coverage, row, &shade);
        }
    }

    /// Draws a line of the given width through `path`, rounded at its ends.
    pub fn stroke(&mut self, path: &[Point], width: f32, shade: impl Fn(f32, f32) -> f32) {
        let path: Vec<Point> = path.iter().map(|point| self.scaled(*point)).collect();
        let width = width * self.scale;
        let reach = width / 2.0 + 0.5;
        let mut coverage = vec![0.0_f32; self.side];
        for row in 0..self.side {
            let y = row as f32 + 0.5;
            coverage.fill(0.0);
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
            self.blend(&coverage, row, &shade);
        }
    }

    /// The picture in bytes, 255 for white: grey on black, or what is drawn in one colour and the ground in another.
    pub fn bytes(&self, colours: Option<Colours>) -> Vec<u8> {
        let byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
        let pixels = self.shades.iter().zip(&self.coverage);
        let Some(Colours { drawn, ground }) = colours else {
            return pixels.map(|(shade, _)| byte(*shade)).collect();
        };
        let mixed = pixels.flat_map(|(shade, covered)| {
            [0, 1, 2]
                .map(|channel| byte(shade * drawn[channel] + (1.0 - covered) * ground[channel]))
        });
        mixed.collect()
    }

    fn scaled(&self, (x, y): Point) -> Point {
        (x * self.scale, y * self.scale)
    }

    fn blend(&mut self, coverage: &[f32], row: usize, shade: &impl Fn(f32, f32) -> f32) {
        let from = row * self.side;
        let shades = &mut self.shades[from..from + self.side];
        let drawn = &mut self.coverage[from..from + self.side];
        let place = |at: usize| (at as f32 + 0.5) / self.scale;
        for (column, (pixel, &covered)) in shades.iter_mut().zip(coverage).enumerate() {
            if covered > 0.0 {
                let over = shade(place(column), place(row));
                *pixel += covered * (over - *pixel);
                drawn[column] += covered * (1.0 - drawn[column]);
            }
        }
    }
}

/// What a picture is drawn with and on, red, green and blue from 0 to 1.
#[derive(Clone, Copy)]
pub struct Colours {
    pub drawn: [f32; 3],
    pub ground: [f32; 3],
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
fn cover(coverage: &mut [f32], left: f32, right: f32) {
    let side = coverage.len();
    let (left, right) = (left.clamp(0.0, side as f32), right.clamp(0.0, side as f32));
    let last = (right.ceil() as usize).min(side);
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
        let mut canvas = Canvas::new(28);
        canvas.fill(&[(1.0, 1.0), (2.5, 1.0), (2.5, 2.5), (1.0, 2.5)], |_, _| {
            0.8
        });
        let pixels = canvas.bytes(None);
        let at = |row: usize, column: usize| pixels[row * 28 + column];
        assert_eq!(
            [at(1, 0), at(1, 1), at(1, 2), at(2, 2), at(2, 3)],
            [0, 204, 102, 51, 0]
        );
        assert_eq!(at(0, 1), 0);
    }

    #[test]
    fn a_line_is_as_wide_as_asked_and_may_leave_the_canvas() {
        let mut canvas = Canvas::new(28);
        canvas.stroke(&[(-50.0, 10.0), (80.0, 10.0)], 2.0, |_, _| 1.0);
        let pixels = canvas.bytes(None);
        let column: Vec<u8> = (8..12).map(|row| pixels[row * 28 + 5]).collect();
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
