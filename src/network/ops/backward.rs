//! The backward pass of a convolution, by whichever algorithm is fastest for its sizes.

use super::geometry::Geometry;
use super::simd::dispatch;
use super::{grey, sparse};
use pulp::{Simd, WithSimd};
use std::cell::RefCell;

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

#[derive(Default)]
struct Scratch {
    grey: grey::Scratch,
    sparse: sparse::Scratch,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Backward<'_> {
    /// Computes on this thread.
    pub fn run(self) {
        SCRATCH.with_borrow_mut(|scratch| {
            dispatch(Kernel {
                backward: self,
                scratch,
            });
        });
    }
}

struct Kernel<'a> {
    backward: Backward<'a>,
    scratch: &'a mut Scratch,
}

impl WithSimd for Kernel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { backward, scratch } = self;
        if backward.geometry.channels == 1 && backward.dx.is_none() {
            grey::run(simd, backward, &mut scratch.grey);
        } else {
            sparse::run(simd, backward, &mut scratch.sparse);
        }
    }
}
