//! One window of a 2×2 max-pooling in registers: its largest value and which of the four it was.

use super::simd::store_part;
use pulp::Simd;

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
    let mut narrow = [DEAD; 16];
    copy::<S>(&mut narrow, codes);
    S::as_simd_u32s(&narrow.map(u32::from)).0[0]
}
