//! One of four neighbouring numbers, each lane its own.
#![allow(unsafe_code)] // Reads through pointers that the kernels have checked; instructions that one unit alone has.

use pulp::Simd;
#[cfg(target_arch = "x86_64")]
use {
    super::unit::is,
    pulp::x86::{V3, V4},
    std::mem::transmute_copy,
};

/// Which of four numbers each lane takes.
#[derive(Clone, Copy)]
pub struct Choice<S: Simd> {
    codes: S::u32s,
}

impl<S: Simd> Choice<S> {
    /// Of codes from 0 to 3; what a lane of another code gets is one of the four, too.
    #[inline(always)]
    pub fn new(codes: S::u32s) -> Self {
        Self { codes }
    }

    /// The lanes' numbers of the four at `four`.
    ///
    /// # Safety
    /// Four numbers must be readable there.
    #[inline(always)]
    pub unsafe fn of(self, simd: S, four: *const f32) -> S::f32s {
        // SAFETY: the caller's promise; a value of the unit's type says that this machine has its instructions. Both types of a vector
        // are its bits.
        unsafe {
            #[cfg(target_arch = "x86_64")]
            {
                use std::arch::x86_64::{
                    _mm_loadu_ps, _mm256_broadcast_ps, _mm256_permutevar_ps,
                    _mm512_broadcast_f32x4, _mm512_permutevar_ps,
                };
                if is::<S, V3>() {
                    let fours = _mm256_broadcast_ps(&_mm_loadu_ps(four));
                    return transmute_copy(&_mm256_permutevar_ps(
                        fours,
                        transmute_copy(&self.codes),
                    ));
                }
                if is::<S, V4>() {
                    let fours = _mm512_broadcast_f32x4(_mm_loadu_ps(four));
                    return transmute_copy(&_mm512_permutevar_ps(
                        fours,
                        transmute_copy(&self.codes),
                    ));
                }
            }
            let number = |place: usize| simd.splat_f32s(*four.add(place));
            let is = |code: u32| simd.equal_u32s(self.codes, simd.splat_u32s(code));
            let upper = simd.select_f32s(is(1), number(1), number(0));
            let lower = simd.select_f32s(is(3), number(3), upper);
            simd.select_f32s(is(2), number(2), lower)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::store;
    use super::super::unit::{Unit, on_every_path};
    use super::*;
    use pulp::WithSimd;

    struct Chosen([u32; 16]);

    impl WithSimd for Chosen {
        type Output = Vec<f32>;

        fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
            let codes = S::as_simd_u32s(&self.0).0[0];
            let mut lanes = [0.0; 16];
            // SAFETY: four numbers are read, and no vector has more lanes than sixteen.
            unsafe {
                let chosen = Choice::<S>::new(codes).of(simd, [10.0, 11.0, 12.0, 13.0].as_ptr());
                store(simd, lanes.as_mut_ptr(), chosen);
            }
            lanes[..S::F32_LANES].to_vec()
        }
    }

    #[test]
    fn every_lane_takes_its_own() {
        on_every_path(|| {
            let codes = std::array::from_fn(|lane| (lane * 7 / 4 % 4) as u32);
            for (lane, chosen) in Unit::in_use()
                .dispatch(Chosen(codes))
                .into_iter()
                .enumerate()
            {
                assert_eq!(chosen as u32, 10 + codes[lane], "lane {lane}");
            }
        });
    }
}
