//! Poolings of any window: the largest number or the mean. A window as large as the map is global pooling.

use super::kernel::Kernel;
use super::simd::{Buffer, load_part, store_part};
use super::slide::Slide;
use pulp::Simd;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    line: Buffer,
}

/// What becomes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The largest of what lies in the map; the first of equals, reading rows from left to right.
    Max,
    /// The sum divided by the places that lie in the map, or by all.
    Average {
        /// Whether those in the padding count, as PyTorch has it.
        counts_padding: bool,
    },
}

impl Kind {
    /// One over what a mean divides by, of an output of whose window so many rows and columns lie in the map.
    #[inline(always)]
    fn share(self, slide: &Slide, rows: usize, columns: usize) -> f32 {
        let Self::Average { counts_padding } = self else {
            return 1.0;
        };
        let count = if counts_padding {
            let [rows, columns] = slide.window.size;
            rows * columns
        } else {
            rows * columns
        };
        1.0 / count as f32
    }

    /// What two numbers of a window come to. What is not a number stays so.
    #[inline(always)]
    fn of_two(self, first: f32, second: f32) -> f32 {
        match self {
            Self::Max if second > first || second.is_nan() => second,
            Self::Max => first,
            Self::Average { .. } => first + second,
        }
    }

    /// What the places of a window along an axis come to, number by number: each place has a run of `x`.
    #[inline(always)]
    fn gather(self, slide: &Slide, axis: usize, output: usize, x: &[f32], y: &mut [f32]) {
        let length = y.len();
        let mut places = slide.inside(axis, output);
        let Some(first) = places.next() else {
            y.fill(match self {
                Self::Max => f32::NEG_INFINITY,
                Self::Average { .. } => 0.0,
            });
            return;
        };
        let first = &x[slide.at(axis, output, first) * length..][..length];
        let Some(second) = places.next() else {
            y.copy_from_slice(first);
            return;
        };
        let second = &x[slide.at(axis, output, second) * length..][..length];
        for ((y, first), second) in y.iter_mut().zip(first).zip(second) {
            *y = self.of_two(*first, *second);
        }
        for place in places {
            let x = &x[slide.at(axis, output, place) * length..][..length];
            for (y, x) in y.iter_mut().zip(x) {
                *y = self.of_two(*y, *x);
            }
        }
    }
}

/// Row and column of every output.
fn places(slide: &Slide) -> impl Iterator<Item = (usize, usize)> + use<> {
    let columns = slide.columns;
    (0..slide.rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
}

/// The output of some pictures.
pub struct Forward<'a> {
    pub slide: Slide,
    pub kind: Kind,
    pub x: &'a [f32],
    /// Overwritten.
    pub y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, _: S, scratch: &mut Self::Scratch) {
        let Self { slide, kind, x, y } = self;
        let channels = slide.channels;
        let length = slide.width * channels;
        let line = scratch.line.take(length);
        let images =
            (x.chunks_exact(slide.input_length())).zip(y.chunks_exact_mut(slide.output_length()));
        for (x, y) in images {
            for (row, y) in y.chunks_exact_mut(slide.columns * channels).enumerate() {
                // Down first, whole lines at a time, then across.
                kind.gather(&slide, 0, row, x, line);
                let high = slide.inside(0, row).len();
                for (column, y) in y.chunks_exact_mut(channels).enumerate() {
                    kind.gather(&slide, 1, column, line, y);
                    if kind != Kind::Max {
                        let share = kind.share(&slide, high, slide.inside(1, column).len());
                        for y in y {
                            *y *= share;
                        }
                    }
                }
            }
        }
    }
}

/// The gradient of the input of some pictures.
pub struct Backward<'a> {
    pub slide: Slide,
    pub kind: Kind,
    pub x: &'a [f32],
    pub y: &'a [f32],
    pub dy: &'a [f32],
    /// Overwritten.
    pub dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let (slide, inputs) = (self.slide, self.slide.input_length());
        let images = (self.dx.chunks_exact_mut(inputs))
            .zip(self.dy.chunks_exact(slide.output_length()))
            .enumerate();
        for (image, (dx, dy)) in images {
            dx.fill(0.0);
            if self.kind == Kind::Max {
                let x = &self.x[image * inputs..][..inputs];
                let y = &self.y[image * dy.len()..][..dy.len()];
                to_maxima(simd, &slide, (x, y), dy, dx);
            } else {
                share_out(&slide, self.kind, dy, dx, &mut scratch.line);
            }
        }
    }
}

/// The gradient of a maximum goes to the first number that is as large.
#[inline(always)]
fn to_maxima<S: Simd>(
    simd: S,
    slide: &Slide,
    (x, y): (&[f32], &[f32]),
    dy: &[f32],
    dx: &mut [f32],
) {
    let channels = slide.channels;
    let [down, across] = slide.window.dilation;
    let (down, across) = (down * slide.width * channels, across * channels);
    let outputs = y.chunks_exact(channels).zip(dy.chunks_exact(channels));
    for ((row, column), (y, dy)) in places(slide).zip(outputs) {
        let [rows, columns] = [slide.inside(0, row), slide.inside(1, column)];
        if rows.is_empty() || columns.is_empty() {
            continue;
        }
        let first = slide.at(0, row, rows.start) * slide.width + slide.at(1, column, columns.start);
        for channel in (0..channels).step_by(S::F32_LANES) {
            let used = channel..channels.min(channel + S::F32_LANES);
            let y = load_part(simd, &y[used.clone()]);
            let mut rest = load_part(simd, &dy[used.clone()]);
            for row in 0..rows.len() {
                for column in 0..columns.len() {
                    let at = first * channels + row * down + column * across + channel;
                    let x = load_part(simd, &x[at..at + used.len()]);
                    let dx = &mut dx[at..at + used.len()];
                    // The first that is as large takes all that is left.
                    let takes = simd.greater_than_or_equal_f32s(x, y);
                    let taken = simd.select_f32s(takes, rest, simd.splat_f32s(0.0));
                    let sum = simd.add_f32s(load_part(simd, dx), taken);
                    store_part(simd, dx, sum);
                    rest = simd.sub_f32s(rest, taken);
                }
            }
        }
    }
}

/// That of a mean goes to all numbers alike: across first, then down.
#[inline(always)]
fn share_out(slide: &Slide, kind: Kind, dy: &[f32], dx: &mut [f32], line: &mut Buffer) {
    let channels = slide.channels;
    let length = slide.width * channels;
    for (row, dy) in dy.chunks_exact(slide.columns * channels).enumerate() {
        let rows = slide.inside(0, row);
        let line = line.zeroed(length);
        for (column, dy) in dy.chunks_exact(channels).enumerate() {
            let columns = slide.inside(1, column);
            let share = kind.share(slide, rows.len(), columns.len());
            for place in columns {
                let line = &mut line[slide.at(1, column, place) * channels..][..channels];
                for (line, dy) in line.iter_mut().zip(dy) {
                    *line += dy * share;
                }
            }
        }
        for place in rows {
            let dx = &mut dx[slide.at(0, row, place) * length..][..length];
            for (dx, line) in dx.iter_mut().zip(&*line) {
                *dx += line;
            }
        }
    }
}
