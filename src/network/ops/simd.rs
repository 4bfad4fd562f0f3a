//! The machine's vector unit, chosen at run time, and memory aligned for it.
//!
//! Every kernel is written once, generic over [`pulp::Simd`], and compiled for AVX-512, AVX2, NEON and plain code; [`dispatch`]
//! picks the widest that the processor has.
#![allow(unsafe_code)] // Plain old data, and loads through pointers that the kernels have checked.

use pulp::bytemuck::{self, Pod, Zeroable};
use pulp::{Arch, Scalar128b, Simd, WithSimd};
use std::any::TypeId;
use std::sync::OnceLock;

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
    name(arch())
}

/// Names of the vector units that this machine has, the widest first.
#[must_use]
pub fn vector_units() -> Vec<&'static str> {
    archs().into_iter().map(name).collect()
}

/// Has this process use one of [`vector_units`] instead of the widest, to measure it.
///
/// # Errors
/// If this machine has no unit of that name, or an operator has run already: one process never mixes two.
pub fn use_vector_unit(wanted: &str) -> Result<(), String> {
    let arch = archs().into_iter().find(|arch| name(*arch) == wanted);
    let arch = arch.ok_or_else(|| {
        let names = vector_units().join(", ");
        format!("this machine has no vector unit {wanted}, but {names}")
    })?;
    if name(*IN_USE.get_or_init(|| arch)) == wanted {
        Ok(())
    } else {
        Err(format!("{} is in use already", vector_unit()))
    }
}

static IN_USE: OnceLock<Arch> = OnceLock::new();

fn name(arch: Arch) -> &'static str {
    match arch {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(_) => "AVX-512",
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) => "AVX2",
        #[cfg(target_arch = "aarch64")]
        Arch::Neon(_) => "NEON",
        _ => "plain",
    }
}

/// What this machine has, the widest first.
fn archs() -> Vec<Arch> {
    let mut archs = vec![Arch::new()];
    #[cfg(target_arch = "x86_64")]
    archs.extend(pulp::x86::V3::try_new().map(Arch::V3));
    archs.push(Arch::Scalar);
    archs.dedup_by_key(|arch| name(*arch));
    archs
}

fn arch() -> Arch {
    #[cfg(test)]
    if let Some(forced) = FORCED.get() {
        return forced;
    }
    *IN_USE.get_or_init(Arch::new)
}

#[cfg(test)]
thread_local! {
    static FORCED: std::cell::Cell<Option<Arch>> = const { std::cell::Cell::new(None) };
}

/// Runs `test` once on every vector unit that this machine has.
#[cfg(test)]
pub fn on_every_path(test: impl Fn()) {
    for arch in archs() {
        FORCED.set(Some(arch));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_unit_is_chosen_once() {
        let units = vector_units();
        assert_eq!(units.last(), Some(&"plain"));
        assert_eq!(use_vector_unit(units[0]), Ok(()));
        assert_eq!(vector_unit(), units[0]);
        for unit in &units[1..] {
            let error = use_vector_unit(unit).unwrap_err();
            assert!(error.contains(units[0]), "{error}");
        }
        let error = use_vector_unit("abacus").unwrap_err();
        assert!(
            error.contains("abacus") && error.contains("plain"),
            "{error}"
        );
    }
}
