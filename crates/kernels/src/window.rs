//! One window of a 2×2 max-pooling in registers: its largest value and which of the four it was.

#![allow(unsafe_code)] // Instructions that one unit alone has.

use super::simd::store_part;
use pulp::Simd;
#[cfg(target_arch = "x86_64")]
use {
    super::unit::is,
    pulp::x86::{V3, V4},
    std::{
        arch::x86_64::{
            __m128i, _mm_loadl_epi64, _mm_loadu_si128, _mm_packus_epi16, _mm_packus_epi32,
            _mm_storel_epi64, _mm_storeu_si128, _mm256_castsi256_si128, _mm256_cvtepu8_epi32,
            _mm256_extracti128_si256, _mm512_cvtepi32_epi8, _mm512_cvtepu8_epi32,
        },
        mem::transmute_copy,
    },
};

/// The code of a window whose maximum is not positive: no gradient passes its `ReLU`.
pub const DEAD: u8 = 4;

/// Where the results of one window go: as many channels as `out` is long, at most a vector.
pub struct Window<'a> {
    pub out: &'a mut [f32],
    /// The position of each maximum (0 to 3, reading rows from left to right; the first of equals), or [`DEAD`].
    pub codes: Option<&'a mut [u8]>,
}

impl Window<'_> {
    /// `ReLU(max(values) + bias)`.
    #[inline(always)]
    pub fn write<S: Simd>(self, simd: S, [a, b, c, d]: [S::f32s; 4], bias: S::f32s) {
        let zero = simd.splat_f32s(0.0);
        let upper_right = simd.greater_than_f32s(b, a);
        let upper = simd.select_f32s(upper_right, b, a);
        let lower_right = simd.greater_than_f32s(d, c);
        let lower = simd.select_f32s(lower_right, d, c);
        let down = simd.greater_than_f32s(lower, upper);
        let value = simd.add_f32s(simd.select_f32s(down, lower, upper), bias);
        // What is not a number stays so, and a diverged run is seen.
        let dead = simd.less_than_or_equal_f32s(value, zero);
        store_part(simd, self.out, simd.select_f32s(dead, zero, value));
        if let Some(codes) = self.codes {
            let code = |code: u8| simd.splat_u32s(u32::from(code));
            let upper = simd.select_u32s(upper_right, code(1), code(0));
            let lower = simd.select_u32s(lower_right, code(3), code(2));
            let alive = simd.select_u32s(down, lower, upper);
            write_codes(simd, simd.select_u32s(dead, code(DEAD), alive), codes);
        }
    }
}

/// Narrows a vector of codes to bytes, as many as `out` holds.
#[inline(always)]
fn write_codes<S: Simd>(_: S, codes: S::u32s, out: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if out.len() >= 16 && is::<S, V4>() {
        // SAFETY: as in `read_codes`.
        unsafe {
            let narrow = _mm512_cvtepi32_epi8(transmute_copy(&codes));
            _mm_storeu_si128(out.as_mut_ptr().cast(), narrow);
        }
        return;
    }
    #[cfg(target_arch = "x86_64")]
    if out.len() >= 8 && is::<S, V3>() {
        // SAFETY: as in `read_codes`.
        unsafe {
            let low: __m128i = _mm256_castsi256_si128(transmute_copy(&codes));
            let high = _mm256_extracti128_si256::<1>(transmute_copy(&codes));
            let words = _mm_packus_epi32(low, high);
            _mm_storel_epi64(out.as_mut_ptr().cast(), _mm_packus_epi16(words, words));
        }
        return;
    }
    let mut wide = [0_u32; 16];
    S::as_mut_simd_u32s(&mut wide).0[0] = codes;
    let narrow = wide.map(|code| code as u8);
    copy::<S>(out, &narrow);
}

/// Copies the shorter of both. A length known to the compiler becomes one instruction where the machine has it: a whole vector,
/// and half of one, as 8 or 24 filters leave on 16 lanes.
#[inline(always)]
fn copy<S: Simd>(to: &mut [u8], from: &[u8]) {
    let (whole, half) = (S::F32_LANES, S::F32_LANES / 2);
    let length = to.len().min(from.len());
    if length == whole {
        to[..whole].copy_from_slice(&from[..whole]);
    } else if length == half {
        to[..half].copy_from_slice(&from[..half]);
    } else {
        to[..length].copy_from_slice(&from[..length]);
    }
}

/// The inverse of [`write_codes`]: at most a vector of codes, [`DEAD`] beyond them.
#[inline(always)]
pub fn read_codes<S: Simd>(_: S, codes: &[u8]) -> S::u32s {
    #[cfg(target_arch = "x86_64")]
    if codes.len() >= 16 && is::<S, V4>() {
        // SAFETY: sixteen bytes are there, and a value of the unit's type says that this machine has its instructions. Both types of a
        // vector are its bits.
        unsafe {
            let bytes = _mm_loadu_si128(codes.as_ptr().cast());
            return transmute_copy(&_mm512_cvtepu8_epi32(bytes));
        }
    }
    #[cfg(target_arch = "x86_64")]
    if codes.len() >= 8 && is::<S, V3>() {
        // SAFETY: eight bytes are there; otherwise as above.
        unsafe {
            let bytes = _mm_loadl_epi64(codes.as_ptr().cast());
            return transmute_copy(&_mm256_cvtepu8_epi32(bytes));
        }
    }
    let mut narrow = [DEAD; 16];
    copy::<S>(&mut narrow, codes);
    S::as_simd_u32s(&narrow.map(u32::from)).0[0]
}
