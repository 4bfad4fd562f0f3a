//! The forward pass of a convolution, by whichever algorithm is fastest for its sizes.

use super::geometry::Geometry;
use super::kernel;
use super::{direct, winograd};
use pulp::Simd;

/// `ReLU(x ∗ w + b)`, pooled if the geometry says so, into `out`; codes of the maxima into `codes` when pooling (see
/// [`Window`](super::window::Window)).
pub struct Forward<'a> {
    pub geometry: Geometry,
    /// Whether negative values become zero; with a pooling they always do.
    pub relu: bool,
    pub x: &'a [f32],
    pub w: &'a [f32],
    pub b: &'a [f32],
    /// Overwritten.
    pub out: &'a mut [f32],
    /// Overwritten.
    pub codes: Option<&'a mut [u8]>,
}

/// Multiplications of a map of `rows × columns` pixels to compute, a channel and a filter, by the algorithm that `run` takes for many
/// pictures.
#[must_use]
pub fn multiplications(kernel: usize, channels: usize, rows: usize, columns: usize) -> usize {
    if winograd::suits(kernel, channels) {
        winograd::multiplications(rows, columns)
    } else {
        rows * columns * kernel * kernel
    }
}

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    direct: direct::Scratch,
    winograd: winograd::Scratch,
}

impl kernel::Kernel for Forward<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut kernel::Scratch) {
        run(simd, self, &mut scratch.forward);
    }
}

/// Computes on this thread.
#[inline(always)]
pub fn run<S: Simd>(simd: S, forward: Forward<'_>, scratch: &mut Scratch) {
    let g = &forward.geometry;
    if winograd::suits(g.kernel, g.channels) {
        winograd::run(simd, forward, &mut scratch.winograd);
    } else {
        direct::run(simd, forward, &mut scratch.direct);
    }
}
