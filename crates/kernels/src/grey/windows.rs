//! The same where a pooling is behind the convolution.
//!
//! One pixel of a window at most lets gradient through, and its byte says which of the four. A tap sees one of four neighbouring numbers
//! of the picture then, each filter its own: with the four in a register, one instruction gives all filters theirs, where the zeros of
//! the three others would take four multiplications. Every four neighbours of the picture are written out for that, one behind the other.
#![allow(unsafe_code)] // Bounds checks in the innermost loop; the slices are checked before it.

use super::super::choice::Choice;
use super::super::geometry::Geometry;
use super::super::simd::{Buffer, load_part, mul_add, reach, store_part};
use super::super::window::{DEAD, read_codes};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Numbers of a band's fours of one channel: they stay in the first cache while all filters pass.
const FOURS: usize = 4 * 1024;

/// Windows whose gradients are added up, of some filters from `filter` on.
pub struct Windows<'a> {
    pub geometry: Geometry,
    /// The picture with its border.
    pub picture: &'a [f32],
    /// Of this picture.
    pub dy: &'a [f32],
    pub codes: &'a [u8],
    pub filter: usize,
    /// `(taps · channels, filters)`, the filters filled up to whole vectors; added to.
    pub dw: &'a mut [f32],
    /// As many as there are filters; added to.
    pub db: &'a mut [f32],
    pub fours: &'a mut Buffer,
}

impl Windows<'_> {
    #[inline(always)]
    pub fn add<S: Simd>(self, simd: S) {
        let Self {
            geometry: g,
            picture,
            dy,
            codes,
            filter,
            dw,
            db,
            fours,
        } = self;
        let (rows, columns) = g.output();
        // Pixels that are the upper left of four.
        let across = 2 * columns + g.kernel - 2;
        let band = (FOURS / (8 * across)).clamp(1, rows.max(1));
        for first in (0..rows).step_by(band) {
            let windows = first..rows.min(first + band);
            let down = 2 * windows.len() + g.kernel - 2;
            let plane = down * across * 4;
            let fours = fours.take(g.channels * plane);
            for (channel, fours) in fours.chunks_exact_mut(plane).enumerate() {
                write_fours(&g, picture, 2 * first, channel, across, fours);
            }
            simd.vectorize(Band {
                g,
                windows,
                fours,
                across,
                dy,
                codes,
                filter,
                dw: &mut *dw,
                db: &mut *db,
            });
        }
    }
}

/// At every pixel from row `top` on: it, the one to its right, and the two below.
#[inline(always)]
fn write_fours(
    g: &Geometry,
    picture: &[f32],
    top: usize,
    channel: usize,
    across: usize,
    fours: &mut [f32],
) {
    let (row, step) = (g.padded_width() * g.channels, g.channels);
    for (y, line) in fours.chunks_exact_mut(across * 4).enumerate() {
        let upper = &picture[(top + y) * row + channel..][..=across * step];
        let lower = &picture[(top + y + 1) * row + channel..][..=across * step];
        for (x, four) in line.chunks_exact_mut(4).enumerate() {
            let (here, next) = (x * step, (x + 1) * step);
            four[0] = upper[here];
            four[1] = upper[next];
            four[2] = lower[here];
            four[3] = lower[next];
        }
    }
}

/// Some rows of windows.
struct Band<'a> {
    g: Geometry,
    windows: Range<usize>,
    /// `(channels, rows, across, 4)`.
    fours: &'a [f32],
    across: usize,
    dy: &'a [f32],
    codes: &'a [u8],
    filter: usize,
    dw: &'a mut [f32],
    db: &'a mut [f32],
}

impl WithSimd for Band<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let wide = S::REGISTER_COUNT >= 32;
        for first in (0..self.db.len()).step_by(S::F32_LANES) {
            for channel in 0..self.g.channels {
                match self.g.kernel {
                    1 => self.taps::<S, 1, 1>(simd, first, channel),
                    3 => self.taps::<S, 3, 3>(simd, first, channel),
                    5 if wide => self.taps::<S, 5, 5>(simd, first, channel),
                    5 => self.taps::<S, 1, 5>(simd, first, channel),
                    _ => self.taps::<S, 1, 7>(simd, first, channel),
                }
            }
        }
    }
}

impl Band<'_> {
    /// A vector of filters from `first` of `db` on, one channel; the taps are taken `R` rows of `K` at a time.
    #[inline(always)]
    fn taps<S: Simd, const R: usize, const K: usize>(
        &mut self,
        simd: S,
        first: usize,
        channel: usize,
    ) {
        for top in (0..self.g.kernel).step_by(R) {
            self.rows::<S, R, K>(simd, first, channel, top);
        }
    }

    #[inline(always)]
    fn rows<S: Simd, const R: usize, const K: usize>(
        &mut self,
        simd: S,
        first: usize,
        channel: usize,
        top: usize,
    ) {
        let Self { g, across, .. } = *self;
        let (lanes, columns) = (S::F32_LANES, g.output().1);
        let filters = self.db.len().next_multiple_of(lanes);
        let used = lanes.min(self.db.len() - first);
        let plane = self.fours.len() / g.channels;
        let fours = &self.fours[channel * plane..][..plane];
        let sums = &mut self.dw[first..];
        let rows = self.windows.len();
        assert!(
            g.kernel == K && top + R <= K && K * K * g.channels * filters <= first + sums.len(),
            "a block is some of the taps"
        );
        // The last pixel that a tap of the last window sees.
        let last = (
            2 * (rows.max(1) - 1) + top + R - 1,
            2 * (columns.max(1) - 1) + K - 1,
        );
        assert!(
            reach([(last.0, across * 4), (last.1, 4), (1, 4)]) <= fours.len(),
            "the taps lie in the picture"
        );
        let at = |r: usize, k: usize| (((top + r) * K + k) * g.channels + channel) * filters;
        let zero = simd.splat_f32s(0.0);
        let mut block = [[zero; K]; R];
        for r in 0..R {
            for k in 0..K {
                block[r][k] = load_part(simd, &sums[at(r, k)..]);
            }
        }
        // Whole vectors are read, also of fewer filters; the next ones' numbers do not count.
        let numbers: [u32; 16] = std::array::from_fn(|lane| lane as u32);
        let numbers = S::as_simd_u32s(&numbers).0[0];
        let own = simd.less_than_u32s(numbers, simd.splat_u32s(used as u32));
        let mut bias = zero;
        for row in 0..rows {
            let from = (self.windows.start + row) * columns * g.filters + self.filter + first;
            let (dy, codes) = (&self.dy[from..], &self.codes[from..]);
            for column in 0..columns {
                let site = column * g.filters;
                let site = site..dy.len().min(site + lanes);
                let (dy, codes) = (&dy[site.clone()], &codes[site]);
                let dy = load_part(simd, dy);
                let codes = read_codes(simd, codes);
                let alive = simd.less_than_u32s(codes, simd.splat_u32s(u32::from(DEAD)));
                let dz = simd.select_f32s(simd.and_m32s(alive, own), dy, zero);
                bias = simd.add_f32s(bias, dz);
                let choice = Choice::<S>::new(codes);
                let pixel = (2 * row + top) * across + 2 * column;
                for r in 0..R {
                    for k in 0..K {
                        // SAFETY: four numbers are there, as asserted above.
                        let x = unsafe {
                            choice.of(simd, fours.as_ptr().add((pixel + r * across + k) * 4))
                        };
                        block[r][k] = mul_add(simd, dz, x, block[r][k]);
                    }
                }
            }
        }
        for r in 0..R {
            for k in 0..K {
                store_part(simd, &mut sums[at(r, k)..][..lanes], block[r][k]);
            }
        }
        if channel == 0 && top == 0 {
            let db = &mut self.db[first..][..used];
            let sum = simd.add_f32s(load_part(simd, db), bias);
            store_part(simd, db, sum);
        }
    }
}
