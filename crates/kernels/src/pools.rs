//! Poolings of any window: the largest number or the mean. A window as large as the map is global pooling.

use super::kernel::Kernel;
use super::simd::Buffer;
use super::slide::Slide;
use pulp::Simd;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    line: Buffer,
    rest: Buffer,
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

    /// Takes `x` into what a window came to so far, number by number.
    #[inline(always)]
    fn take(self, y: &mut [f32], x: &[f32]) {
        let numbers = y.iter_mut().zip(x);
        if self == Self::Max {
            // What is not a number stays so.
            numbers.for_each(|(y, x)| *y = if *x > *y || x.is_nan() { *x } else { *y });
        } else {
            numbers.for_each(|(y, x)| *y += x);
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
        let empty = if kind == Kind::Max {
            f32::NEG_INFINITY
        } else {
            0.0
        };
        let images =
            (x.chunks_exact(slide.input_length())).zip(y.chunks_exact_mut(slide.output_length()));
        for (x, y) in images {
            for (row, y) in y.chunks_exact_mut(slide.columns * channels).enumerate() {
                // Down first, whole lines at a time, then across.
                let rows = slide.inside(0, row);
                let high = rows.len();
                line.fill(empty);
                for place in rows {
                    kind.take(line, &x[slide.at(0, row, place) * length..][..length]);
                }
                for (column, y) in y.chunks_exact_mut(channels).enumerate() {
                    let columns = slide.inside(1, column);
                    let share = kind.share(&slide, high, columns.len());
                    y.fill(empty);
                    for place in columns {
                        let x = &line[slide.at(1, column, place) * channels..][..channels];
                        kind.take(y, x);
                    }
                    if kind != Kind::Max {
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
    fn run<S: Simd>(self, _: S, scratch: &mut Self::Scratch) {
        let (slide, inputs) = (self.slide, self.slide.input_length());
        self.dx.fill(0.0);
        let images = (self.dx.chunks_exact_mut(inputs))
            .zip(self.dy.chunks_exact(slide.output_length()))
            .enumerate();
        for (image, (dx, dy)) in images {
            if self.kind == Kind::Max {
                let x = &self.x[image * inputs..][..inputs];
                let y = &self.y[image * dy.len()..][..dy.len()];
                to_maxima(&slide, (x, y), dy, dx, scratch.rest.take(slide.channels));
            } else {
                share_out(&slide, self.kind, dy, dx, &mut scratch.line);
            }
        }
    }
}

/// The gradient of a maximum goes to the first number that is as large.
#[inline(always)]
fn to_maxima(
    slide: &Slide,
    (x, y): (&[f32], &[f32]),
    dy: &[f32],
    dx: &mut [f32],
    rest: &mut [f32],
) {
    let channels = slide.channels;
    let outputs = y.chunks_exact(channels).zip(dy.chunks_exact(channels));
    for ((row, column), (y, dy)) in places(slide).zip(outputs) {
        rest.copy_from_slice(dy);
        slide.each(row, column, |pixel| {
            let x = &x[pixel..pixel + channels];
            let dx = &mut dx[pixel..pixel + channels];
            // The first that is as large takes all that is left.
            for (((dx, rest), x), y) in dx.iter_mut().zip(&mut *rest).zip(x).zip(y) {
                let taken = if *x >= *y { *rest } else { 0.0 };
                *dx += taken;
                *rest -= taken;
            }
        });
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
            kind.take(dx, line);
        }
    }
}
