//! Several inputs become one: added, or one behind the other along the channels.

use super::kernel::Kernel;
use super::pieces::Pieces;
use pulp::Simd;

/// What one of them does to the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Numbers of a pixel that it has.
    pub count: usize,
    /// Where they go among those of the output, and how many that has.
    pub first: usize,
    pub row: usize,
    /// Whether it is added to what is there. Training has a node for sums; evaluation goes layer by layer.
    pub adds: bool,
}

impl Part {
    /// The whole of a picture, copied or added.
    pub const fn whole(length: usize, adds: bool) -> Self {
        Self {
            count: length,
            first: 0,
            row: length,
            adds,
        }
    }
}

/// Puts one input into the output.
pub struct Join<'a> {
    pub part: Part,
    pub x: &'a [f32],
    pub y: Pieces<'a, f32>,
}

impl Kernel for Join<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, _: S, (): &mut ()) {
        let Part {
            count,
            first,
            row,
            adds,
        } = self.part;
        for (pixel, x) in self.x.chunks_exact(count).enumerate() {
            let y = self.y.piece(pixel * row + first, count);
            if adds {
                for (y, x) in y.iter_mut().zip(x) {
                    *y += x;
                }
            } else {
                y.copy_from_slice(x);
            }
        }
    }
}

/// Takes one input's part out of the output's gradient.
pub struct Take<'a> {
    pub part: Part,
    pub dy: &'a [f32],
    /// Overwritten.
    pub dx: &'a mut [f32],
}

impl Kernel for Take<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S, (): &mut ()) {
        let Part {
            count, first, row, ..
        } = self.part;
        let pixels = self.dx.chunks_exact_mut(count);
        for (dx, dy) in pixels.zip(self.dy.chunks_exact(row)) {
            dx.copy_from_slice(&dy[first..first + count]);
        }
    }
}
