//! The forward pass of a convolution, by whichever algorithm is fastest for its sizes.

use super::geometry::Geometry;
use super::simd::dispatch;
use super::{direct, winograd};
use pulp::{Simd, WithSimd};
use std::cell::RefCell;

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

#[derive(Default)]
struct Scratch {
    direct: direct::Scratch,
    winograd: winograd::Scratch,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Forward<'_> {
    /// Computes on this thread.
    pub fn run(self) {
        SCRATCH.with_borrow_mut(|scratch| {
            dispatch(Kernel {
                forward: self,
                scratch,
            });
        });
    }
}

struct Kernel<'a> {
    forward: Forward<'a>,
    scratch: &'a mut Scratch,
}

impl WithSimd for Kernel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { forward, scratch } = self;
        if winograd::suits(&forward.geometry) {
            winograd::run(simd, forward, &mut scratch.winograd);
        } else {
            direct::run(simd, forward, &mut scratch.direct);
        }
    }
}
