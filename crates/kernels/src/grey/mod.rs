//! The weight gradient of a convolution of pictures, grey or coloured: few channels, and no gradient of the picture itself.
//!
//! Where a pooling is behind it, [`windows`] has it. Elsewhere, with so few taps, lists of the gradients that are not zero
//! ([`sparse`](super::sparse)) cost more than the zeros. The gradient of the convolution's sums is written out, a few rows at a time, and
//! `dw[tap] += x[pixel + tap] · dz[pixel]` runs over all of it: a vector of filters is loaded once and multiplied with every tap's
//! broadcast pixel, sums staying in registers. A pixel's colours are neighbours, so that a kernel row of `k` coloured taps is read as
//! `channels` runs of `k` numbers.
#![allow(unsafe_code)] // Bounds checks in the innermost loop; the slices are checked before it.

mod windows;

use super::alive::Alive;
use super::geometry::Geometry;
use super::kernel::Kernel;
use super::simd::{Buffer, load, load_part, mul_add, reach, store, store_part};
use pulp::{Simd, WithSimd};
use windows::Windows;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    picture: Buffer,
    dz: Buffer,
    fours: Buffer,
}

/// Whether this is the faster way.
pub const fn suits(channels: usize) -> bool {
    channels <= 3
}

/// The gradients of some filters' weights and biases.
pub struct WeightGradient<'a> {
    pub geometry: Geometry,
    pub x: &'a [f32],
    pub dy: &'a [f32],
    pub alive: Alive<'a>,
    /// The first of them.
    pub filter: usize,
    /// Overwritten: `(taps · channels, filters)`, the filters filled up to whole vectors.
    pub dw: &'a mut [f32],
    /// Overwritten. As many as there are filters.
    pub db: &'a mut [f32],
}

impl Kernel for WeightGradient<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let Self {
            geometry: g,
            x,
            dy,
            alive,
            filter,
            dw: sums,
            db,
        } = self;
        let filters = db.len().next_multiple_of(S::F32_LANES);
        let (rows, columns) = (g.rows(), g.columns());
        let width = g.padded_width();
        let picture = scratch
            .picture
            .zeroed(g.padded_height() * width * g.channels);
        // Rows whose gradient stays in the first cache.
        let band = (32 * 1024 / (columns * filters * 4)).max(1);
        sums.fill(0.0);
        db.fill(0.0);
        for image in 0..g.images {
            let from = &x[image * g.input_length()..][..g.input_length()];
            g.embed(from, width, picture);
            let outputs = image * g.output_length()..(image + 1) * g.output_length();
            let dy = &dy[outputs.clone()];
            match alive.part(outputs) {
                Alive::Maximum(codes) => Windows {
                    geometry: g,
                    picture,
                    dy,
                    codes,
                    filter,
                    dw: &mut *sums,
                    db: &mut *db,
                    fours: &mut scratch.fours,
                }
                .add(simd),
                Alive::Positive(y) => {
                    let dz = scratch.dz.take(band.min(rows) * columns * filters);
                    for first in (0..rows).step_by(band) {
                        let range = first..rows.min(first + band);
                        let pixels = range.start * columns..range.end * columns;
                        simd.vectorize(Expand {
                            dy: &dy[pixels.start * g.filters..pixels.end * g.filters],
                            y: &y[pixels.start * g.filters..pixels.end * g.filters],
                            pitch: g.filters,
                            filter,
                            filters,
                            dz: &mut *dz,
                            db: &mut *db,
                        });
                        simd.vectorize(Correlate {
                            kernel: g.kernel,
                            channels: g.channels,
                            columns,
                            filters,
                            picture: &picture[first * width * g.channels..],
                            width: width * g.channels,
                            dz: &dz[..range.len() * columns * filters],
                            sums: &mut *sums,
                        });
                    }
                }
            }
        }
    }
}

/// Writes out the gradient of the sums, `dz (pixels, padded filters)`, of some rows, and adds it to `db`.
struct Expand<'a> {
    /// `(pixels, pitch)`.
    dy: &'a [f32],
    y: &'a [f32],
    /// All filters.
    pitch: usize,
    filter: usize,
    filters: usize,
    dz: &'a mut [f32],
    db: &'a mut [f32],
}

impl WithSimd for Expand<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            dy,
            y,
            pitch,
            filter,
            filters,
            dz,
            db,
        } = self;
        let zero = simd.splat_f32s(0.0);
        let pixels = dy.chunks_exact(pitch).zip(y.chunks_exact(pitch));
        for (dz, (dy, y)) in dz.chunks_exact_mut(filters).zip(pixels) {
            for first in (0..db.len()).step_by(S::F32_LANES) {
                let used = S::F32_LANES.min(db.len() - first);
                let numbers = filter + first..filter + first + used;
                let dy = load_part(simd, &dy[numbers.clone()]);
                let y = load_part(simd, &y[numbers]);
                let through = simd.select_f32s(simd.greater_than_f32s(y, zero), dy, zero);
                store_part(simd, &mut dz[first..], through);
                let db = &mut db[first..][..used];
                let sum = simd.add_f32s(load_part(simd, db), through);
                store_part(simd, db, sum);
            }
        }
    }
}

/// `sums[tap] += Σ picture[pixel + tap] · dz[pixel]`.
struct Correlate<'a> {
    kernel: usize,
    channels: usize,
    columns: usize,
    filters: usize,
    /// From the first tap of the first pixel on; rows are `width` numbers apart.
    picture: &'a [f32],
    width: usize,
    dz: &'a [f32],
    sums: &'a mut [f32],
}

impl WithSimd for Correlate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let wide = S::REGISTER_COUNT >= 32;
        let all = self.filters / S::F32_LANES;
        let mut first = 0;
        while first < all {
            let two = all - first >= 2;
            match (self.kernel, two) {
                (1, true) => self.vectors::<S, 1, 1, 2>(simd, first),
                (1, false) => self.vectors::<S, 1, 1, 1>(simd, first),
                (3, true) if wide => self.vectors::<S, 3, 3, 2>(simd, first),
                (3, true) => self.vectors::<S, 1, 3, 2>(simd, first),
                (3, false) => self.vectors::<S, 3, 3, 1>(simd, first),
                (5, true) => self.vectors::<S, 1, 5, 2>(simd, first),
                (5, false) if wide => self.vectors::<S, 5, 5, 1>(simd, first),
                (5, false) => self.vectors::<S, 1, 5, 1>(simd, first),
                (_, true) if wide => self.vectors::<S, 1, 7, 2>(simd, first),
                (_, true) => {
                    self.vectors::<S, 1, 7, 1>(simd, first);
                    self.vectors::<S, 1, 7, 1>(simd, first + 1);
                }
                (_, false) => self.vectors::<S, 1, 7, 1>(simd, first),
            }
            first += if two { 2 } else { 1 };
        }
    }
}

impl Correlate<'_> {
    /// `V` vectors of filters from vector `first`; the taps are taken `R` rows of `K` numbers at a time.
    #[inline(always)]
    fn vectors<S: Simd, const R: usize, const K: usize, const V: usize>(
        &mut self,
        simd: S,
        first: usize,
    ) {
        for run in 0..self.channels {
            self.run::<S, R, K, V>(simd, first, run);
        }
    }

    /// The numbers from `run · K` on of each row of taps.
    #[inline(always)]
    fn run<S: Simd, const R: usize, const K: usize, const V: usize>(
        &mut self,
        simd: S,
        first: usize,
        run: usize,
    ) {
        let lanes = S::F32_LANES;
        let Self {
            kernel,
            channels,
            columns,
            filters,
            picture,
            width,
            dz,
            ..
        } = *self;
        let taps = K * channels;
        let sums = &mut self.sums[first * lanes..];
        assert!(
            kernel == K
                && K.is_multiple_of(R)
                && run < channels
                && reach([(first + V, lanes)]) <= filters,
            "a block is some of the taps and of the filters"
        );
        assert!(
            reach([(K * taps - 1, filters), (V, lanes)]) <= sums.len(),
            "the block lies in the sums"
        );
        for top in (0..kernel).step_by(R) {
            // SAFETY: the last block of `sums` by the assertion above, pixels and gradients by those on each row.
            unsafe {
                let at = |r: usize, k: usize, v: usize| {
                    ((top + r) * taps + run * K + k) * filters + v * lanes
                };
                let mut block = [[[simd.splat_f32s(0.0); V]; K]; R];
                for r in 0..R {
                    for k in 0..K {
                        for v in 0..V {
                            block[r][k][v] = load(simd, sums.as_ptr().add(at(r, k, v)));
                        }
                    }
                }
                for (row, dz) in dz.chunks_exact(columns * filters).enumerate() {
                    let picture = &picture[(row + top) * width..];
                    assert!(
                        reach([(R - 1, width), (columns - 1, channels), (1, taps)])
                            <= picture.len(),
                        "the taps lie in the picture"
                    );
                    for (column, dz) in dz.chunks_exact(filters).enumerate() {
                        let dz = dz.as_ptr().add(first * lanes);
                        let pixel = picture.as_ptr().add(column * channels + run * K);
                        let gradient: [S::f32s; V] =
                            std::array::from_fn(|v| load(simd, dz.add(v * lanes)));
                        for r in 0..R {
                            for k in 0..K {
                                let x = simd.splat_f32s(*pixel.add(r * width + k));
                                for v in 0..V {
                                    block[r][k][v] = mul_add(simd, gradient[v], x, block[r][k][v]);
                                }
                            }
                        }
                    }
                }
                for r in 0..R {
                    for k in 0..K {
                        for v in 0..V {
                            store(simd, sums.as_mut_ptr().add(at(r, k, v)), block[r][k][v]);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::Scalar128b;

    fn correlate(filters: usize, picture: &[f32], width: usize, sums: &mut [f32]) {
        let mut pass = Correlate {
            kernel: 3,
            channels: 1,
            columns: 2,
            filters,
            picture,
            width,
            dz: &[0.0; 8],
            sums,
        };
        pass.vectors::<_, 3, 3, 1>(Scalar128b, 0);
    }

    #[test]
    #[should_panic(expected = "the taps lie in the picture")]
    fn a_picture_whose_end_cannot_be_counted_is_not_read() {
        correlate(4, &[0.0; 16], usize::MAX / 2 + 1, &mut [0.0; 36]);
    }

    #[test]
    #[should_panic(expected = "the block lies in the sums")]
    fn sums_too_short_for_a_block_are_not_written() {
        correlate(4, &[0.0; 16], 4, &mut [0.0; 35]);
    }
}
