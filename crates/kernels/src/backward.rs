//! The backward pass of a convolution, by whichever algorithm is fastest for its sizes.

use super::geometry::Geometry;
use super::kernel::{Kernel, Scratch};
use super::{grey, sparse, transposed};
use pulp::Simd;

/// Which outputs let gradient through.
#[derive(Clone, Copy)]
pub enum Alive<'a> {
    /// No pooling: where the output is positive.
    Positive(&'a [f32]),
    /// Pooling: at the position of the maximum, by the codes of [`Window`](super::window::Window).
    Maximum(&'a [u8]),
}

/// The gradients of `x (images, height, width, channels)`, `w (kernel, kernel, channels, filters)` and `b (filters,)`.
pub struct Backward<'a> {
    pub geometry: Geometry,
    pub x: &'a [f32],
    pub w: &'a [f32],
    pub dy: &'a [f32],
    pub alive: Alive<'a>,
    /// Overwritten.
    pub dx: Option<&'a mut [f32]>,
    /// Overwritten.
    pub dw: &'a mut [f32],
    /// Overwritten.
    pub db: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, scratch: &mut Scratch) {
        if let Alive::Positive(y) = self.alive
            && let Some(dx) = self.dx.take()
        {
            transposed::run(simd, &self, y, dx, scratch);
        }
        if self.geometry.channels == 1 && self.dx.is_none() {
            grey::run(simd, self, &mut scratch.grey);
        } else {
            sparse::run(simd, self, &mut scratch.sparse);
        }
    }
}
