//! How kernels run: on the thread that calls them, on a vector unit, with memory that the thread keeps between calls.

use super::simd::Buffer;
use super::unit::Unit;
use pulp::{Simd, WithSimd};
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;

/// What is computed, written once for every vector unit.
pub trait Kernel {
    /// The memory that a thread keeps for it from call to call, with whatever the last call left there.
    type Scratch: Default + 'static;

    /// Computes on this thread. To be inlined, as a function of its own would leave the vector unit.
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch);
}

thread_local! {
    static SCRATCH: RefCell<HashMap<TypeId, Box<dyn Any>>> = RefCell::default();
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
pub fn run_on<K: Kernel>(unit: Unit, kernel: K) {
    SCRATCH.with_borrow_mut(|all| {
        let own = all.entry(TypeId::of::<K::Scratch>());
        let own = own.or_insert_with(|| Box::<K::Scratch>::default());
        if let Some(scratch) = own.downcast_mut() {
            unit.dispatch(WithScratch { kernel, scratch });
        }
    });
}

struct WithScratch<'a, K: Kernel> {
    kernel: K,
    scratch: &'a mut K::Scratch,
}

impl<K: Kernel> WithSimd for WithScratch<'_, K> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.kernel.run(simd, self.scratch);
    }
}
