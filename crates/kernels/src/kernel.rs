//! How the operators run: on this thread, on the widest vector unit, with memory that the thread keeps between calls.

use super::unit::dispatch;
use super::{forward, grey, matmul, sparse, transposed};
use pulp::{Simd, WithSimd};
use std::cell::RefCell;

/// What an operator computes, written once for every vector unit.
pub trait Kernel {
    /// Computes on this thread. To be inlined, as a function of its own would leave the vector unit.
    fn run<S: Simd>(self, simd: S, scratch: &mut Scratch);
}

/// One thread's memory, a part for each algorithm.
#[derive(Default)]
pub struct Scratch {
    pub forward: forward::Scratch,
    pub grey: grey::Scratch,
    pub sparse: sparse::Scratch,
    pub transposed: transposed::Scratch,
    pub matmul: matmul::Scratch,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Runs `kernel` on this thread, on the widest vector unit of the machine.
pub fn run(kernel: impl Kernel) {
    SCRATCH.with_borrow_mut(|scratch| dispatch(WithScratch { kernel, scratch }));
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
