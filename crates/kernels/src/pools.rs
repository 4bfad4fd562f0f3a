//! Poolings of any window: the largest number or the mean. A window as large as the map is global pooling.

use super::kernel::Kernel;
use super::simd::Buffer;
use super::slide::Slide;
use pulp::Simd;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
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
    /// One over what a mean of this output divides by.
    #[inline(always)]
    fn share(self, slide: &Slide, row: usize, column: usize) -> f32 {
        let Self::Average { counts_padding } = self else {
            return 1.0;
        };
        let count = if counts_padding {
            let [rows, columns] = slide.window.size;
            rows * columns
        } else {
            slide.inside(0, row).len() * slide.inside(1, column).len()
        };
        1.0 / count as f32
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
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S, (): &mut ()) {
        let Self { slide, kind, x, y } = self;
        let channels = slide.channels;
        let images =
            (x.chunks_exact(slide.input_length())).zip(y.chunks_exact_mut(slide.output_length()));
        for (x, y) in images {
            for ((row, column), y) in places(&slide).zip(y.chunks_exact_mut(channels)) {
                if kind == Kind::Max {
                    y.fill(f32::NEG_INFINITY);
                    slide.each(row, column, |pixel| {
                        for (y, x) in y.iter_mut().zip(&x[pixel..pixel + channels]) {
                            // What is not a number stays so.
                            *y = if *x > *y || x.is_nan() { *x } else { *y };
                        }
                    });
                    continue;
                }
                y.fill(0.0);
                slide.each(row, column, |pixel| {
                    for (y, x) in y.iter_mut().zip(&x[pixel..pixel + channels]) {
                        *y += x;
                    }
                });
                let share = kind.share(&slide, row, column);
                for y in y {
                    *y *= share;
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
        let Self {
            slide, kind, dx, ..
        } = self;
        let channels = slide.channels;
        let rest = scratch.rest.take(channels);
        dx.fill(0.0);
        let (inputs, outputs) = (slide.input_length(), slide.output_length());
        for (image, dx) in dx.chunks_exact_mut(inputs).enumerate() {
            let dy = &self.dy[image * outputs..][..outputs];
            for (place, ((row, column), dy)) in
                (0..).zip(places(&slide).zip(dy.chunks_exact(channels)))
            {
                if kind == Kind::Max {
                    let x = &self.x[image * inputs..][..inputs];
                    let y = &self.y[image * outputs + place * channels..][..channels];
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
                    continue;
                }
                let share = kind.share(&slide, row, column);
                slide.each(row, column, |pixel| {
                    for (dx, dy) in dx[pixel..pixel + channels].iter_mut().zip(dy) {
                        *dx += dy * share;
                    }
                });
            }
        }
    }
}
