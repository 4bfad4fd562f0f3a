//! How kernels run: on the thread that calls them, on a vector unit, with memory that the thread keeps between calls.

use super::simd::Buffer;
use super::unit::Unit;
use super::{forward, general, grey, matmul, norm, pools, sparse, transposed};
use pulp::{Simd, WithSimd};
use std::cell::RefCell;

/// What is computed, written once for every vector unit.
pub trait Kernel {
    /// Computes on this thread. To be inlined, as a function of its own would leave the vector unit.
    fn run<S: Simd>(self, simd: S, scratch: &mut Scratch);
}

/// One thread's memory, a part for each algorithm.
#[derive(Default)]
pub struct Scratch {
    pub forward: forward::Scratch,
    pub general: general::Scratch,
    pub grey: grey::Scratch,
    pub sparse: sparse::Scratch,
    pub transposed: transposed::Scratch,
    pub matmul: matmul::Scratch,
    pub norm: norm::Scratch,
    pub pools: pools::Scratch,
    /// The sum of what several tasks have left of one gradient.
    pub gradient: Buffer,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
    static ACTIVATIONS: RefCell<Vec<Buffer>> = RefCell::default();
}

/// Runs `body` with so many buffers of this thread for the numbers between layers.
pub fn with_activations<R>(count: usize, body: impl FnOnce(&mut [Buffer]) -> R) -> R {
    ACTIVATIONS.with_borrow_mut(|buffers| {
        if buffers.len() < count {
            buffers.resize_with(count, Buffer::default);
        }
        body(&mut buffers[..count])
    })
}

/// Runs `kernel` on this thread, on the vector unit in use.
pub fn run(kernel: impl Kernel) {
    run_on(Unit::in_use(), kernel);
}

/// Runs `kernel` on this thread, on `unit`.
pub fn run_on(unit: Unit, kernel: impl Kernel) {
    SCRATCH.with_borrow_mut(|scratch| unit.dispatch(WithScratch { kernel, scratch }));
}

struct WithScratch<'a, K> {
    kernel: K,
    scratch: &'a mut Scratch,
}

impl<K: Kernel> WithSimd for WithScratch<'_, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.kernel.run(simd, self.scratch);
    }
}
