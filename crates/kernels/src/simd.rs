//! Vectors of the unit in use, and memory aligned for them.
//!
//! Every kernel is written once, generic over [`pulp::Simd`], and compiled for each [`unit`](super::unit).
#![allow(unsafe_code)] // Plain old data, and loads through pointers that the kernels have checked.

use super::unit::fuses;
use pulp::Simd;
use pulp::bytemuck::{self, Pod, Zeroable};

/// `a · b + c` in every lane: fused where the machine can, two roundings elsewhere (where a fused one is a slow library call).
#[inline(always)]
pub fn mul_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if fuses::<S>() {
        simd.mul_add_e_f32s(a, b, c)
    } else {
        simd.add_f32s(simd.mul_f32s(a, b), c)
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

/// `Σ count · step`, for the checks before memory is read or written without them. What no number can hold becomes the largest one,
/// which no slice is as long as: a sum that wrapped around would let everything through.
#[inline(always)]
pub fn reach<const N: usize>(terms: [(usize, usize); N]) -> usize {
    let mut sum = 0_usize;
    for (count, step) in terms {
        sum = sum.saturating_add(count.saturating_mul(step));
    }
    sum
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_that_no_number_can_hold_is_the_largest() {
        assert_eq!(reach([(3, 5), (0, usize::MAX), (1, 2)]), 17);
        assert_eq!(reach([(2, usize::MAX / 2 + 1), (1, 1)]), usize::MAX);
        assert_eq!(reach([(1, usize::MAX), (1, 1)]), usize::MAX);
    }
}
