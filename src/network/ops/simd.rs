//! The machine's vector unit, chosen at run time, and memory aligned for it.
//!
//! Every kernel is written once, generic over [`pulp::Simd`], and compiled for AVX-512, AVX2, NEON and plain code; [`dispatch`]
//! picks the widest that the processor has.
#![allow(unsafe_code)] // Plain old data, and loads through pointers that the kernels have checked.

use pulp::bytemuck::{self, Pod, Zeroable};
use pulp::{Arch, Scalar128b, Simd, WithSimd};
use std::any::TypeId;

/// Runs `kernel` on the widest vector unit of this machine.
pub fn dispatch<K: WithSimd>(kernel: K) -> K::Output {
    match arch() {
        // Four plain lanes: every x86-64 and most others turn them into their baseline vectors.
        Arch::Scalar => kernel.with_simd(Scalar128b),
        arch => arch.dispatch(kernel),
    }
}

/// Name of the vector unit in use: `AVX-512`, `AVX2`, `NEON` or `plain`. Results of different units differ in their last bits.
#[must_use]
pub fn vector_unit() -> &'static str {
    match arch() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(_) => "AVX-512",
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) => "AVX2",
        #[cfg(target_arch = "aarch64")]
        Arch::Neon(_) => "NEON",
        _ => "plain",
    }
}

#[cfg(not(test))]
fn arch() -> Arch {
    Arch::new()
}

#[cfg(test)]
thread_local! {
    static FORCED: std::cell::Cell<Option<Arch>> = const { std::cell::Cell::new(None) };
}

#[cfg(test)]
fn arch() -> Arch {
    FORCED.get().unwrap_or_default()
}

/// Runs `test` once on every vector unit that this machine has.
#[cfg(test)]
pub fn on_every_path(test: impl Fn()) {
    let mut paths = vec![Arch::Scalar, Arch::new()];
    #[cfg(target_arch = "x86_64")]
    paths.extend(pulp::x86::V3::try_new().map(Arch::V3));
    for path in paths {
        FORCED.set(Some(path));
        test();
    }
    FORCED.set(None);
}

/// `a · b + c` in every lane: fused where the machine can, two roundings on plain code (where a fused one is a slow library call).
#[inline(always)]
pub fn mul_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if TypeId::of::<S>() == TypeId::of::<Scalar128b>() {
        simd.add_f32s(simd.mul_f32s(a, b), c)
    } else {
        simd.mul_add_e_f32s(a, b, c)
    }
}

/// One vector from `pointer`, of any alignment.
///
/// # Safety
/// `S::F32_LANES` numbers must be readable there.
#[inline(always)]
pub unsafe fn load<S: Simd>(_: S, pointer: *const f32) -> S::f32s {
    // SAFETY: the caller's promise.
    unsafe { pointer.cast::<S::f32s>().read_unaligned() }
}

/// One vector to `pointer`, of any alignment.
///
/// # Safety
/// `S::F32_LANES` numbers must be writable there.
#[inline(always)]
pub unsafe fn store<S: Simd>(_: S, pointer: *mut f32, vector: S::f32s) {
    // SAFETY: the caller's promise.
    unsafe { pointer.cast::<S::f32s>().write_unaligned(vector) }
}

/// The first numbers of `from`, which may be shorter than a vector; zeros beyond them.
#[inline(always)]
pub fn load_part<S: Simd>(simd: S, from: &[f32]) -> S::f32s {
    if from.len() >= S::F32_LANES {
        // SAFETY: a whole vector is there.
        unsafe { load(simd, from.as_ptr()) }
    } else {
        simd.partial_load_f32s(from)
    }
}

/// The first numbers of `vector` to `out`, which may be shorter than a vector.
#[inline(always)]
pub fn store_part<S: Simd>(simd: S, out: &mut [f32], vector: S::f32s) {
    if out.len() >= S::F32_LANES {
        // SAFETY: there is room for a whole vector.
        unsafe { store(simd, out.as_mut_ptr(), vector) };
    } else {
        simd.partial_store_f32s(out, vector);
    }
}

/// Negative lanes become zero. What is not a number stays so, and a diverged run is seen.
#[inline(always)]
pub fn relu<S: Simd>(simd: S, vector: S::f32s) -> S::f32s {
    let zero = simd.splat_f32s(0.0);
    simd.select_f32s(simd.less_than_or_equal_f32s(vector, zero), zero, vector)
}

/// How many vectors of `S` hold `count` numbers.
#[inline(always)]
pub const fn vectors<S: Simd>(count: usize) -> usize {
    count.div_ceil(S::F32_LANES)
}

/// Scratch memory that starts on a cache line (a vector straddling two costs double) and is kept between calls.
#[derive(Default)]
pub struct Buffer(Vec<Line>);

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; 16]);

// SAFETY: sixteen floats without padding; all bits are valid.
unsafe impl Zeroable for Line {}
// SAFETY: as above.
unsafe impl Pod for Line {}

impl Buffer {
    /// The first `length` numbers, with whatever they held before (zero at first).
    pub fn take(&mut self, length: usize) -> &mut [f32] {
        let lines = length.div_ceil(16);
        if self.0.len() < lines {
            self.0.resize(lines, Line([0.0; 16]));
        }
        &mut bytemuck::cast_slice_mut(&mut self.0)[..length]
    }

    /// The first `length` numbers, set to zero.
    pub fn zeroed(&mut self, length: usize) -> &mut [f32] {
        let slice = self.take(length);
        slice.fill(0.0);
        slice
    }
}
