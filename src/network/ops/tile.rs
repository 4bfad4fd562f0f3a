//! The register tile: the one matrix product that convolutions, dense layers and Winograd's sixteen small products share.
//!
//! A tile keeps `P` rows × `V` vectors of the result in registers and runs through the inner dimension once, multiplying one
//! broadcast number of each row with the vectors of a packed panel: `P · V` fused multiply-adds for `P + V` loads (Goto and van de
//! Geijn, "Anatomy of high-performance matrix multiplication", 2008). A row need not be contiguous: it is cut into equal
//! `segments`, so that the k×k patch of an image (k segments of k·channels neighbours) is read where it lies and im2col needs no copy.
#![allow(unsafe_code)] // Bounds checks and spilled pointers in the innermost loop cost a third of the speed.

use super::simd::{load, mul_add, store, vectors};
use pulp::{Simd, WithSimd};

/// Rows of the left matrix: row `r` holds `segments` runs of `length` numbers, the first at `r · row`, the next `segment` later.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    pub data: &'a [f32],
    pub row: usize,
    pub segment: usize,
    pub segments: usize,
    pub length: usize,
}

/// What a result starts from.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// Zero.
    Zero,
    /// What the target holds.
    Target,
    /// One number a column, padded to whole vectors.
    Bias(&'a [f32]),
}

/// Where results go: row `r` starts at `r · row` of `data`.
pub struct Target<'a> {
    pub data: &'a mut [f32],
    pub row: usize,
    /// Columns to write; those of the last vector beyond it are dropped.
    pub columns: usize,
    pub relu: bool,
}

/// Packs a `depth × columns` matrix for [`multiply`]: blocks of two vectors (one for an odd rest), each block's rows one after the
/// other, zeros beyond the last column. Takes `depth · vectors · lanes` numbers.
pub fn pack<S: Simd>(_: S, matrix: &[f32], columns: usize, packed: &mut [f32]) {
    let lanes = S::F32_LANES;
    let depth = matrix.len() / columns.max(1);
    for (first, width) in blocks::<S>(columns) {
        let block = &mut packed[first * lanes * depth..][..width * lanes * depth];
        let from = first * lanes;
        let used = (width * lanes).min(columns - from);
        for (to, row) in block
            .chunks_exact_mut(width * lanes)
            .zip(matrix.chunks_exact(columns))
        {
            to[..used].copy_from_slice(&row[from..from + used]);
            to[used..].fill(0.0);
        }
    }
}

/// `(first vector, vectors)` of each block of columns.
fn blocks<S: Simd>(columns: usize) -> impl Iterator<Item = (usize, usize)> {
    let all = vectors::<S>(columns);
    (0..all)
        .step_by(2)
        .map(move |first| (first, (all - first).min(2)))
}

/// The right matrix.
#[derive(Clone, Copy)]
pub enum Right<'a> {
    /// As [`pack`] leaves it.
    Packed(&'a [f32]),
    /// Row by row; the number of columns must be a multiple of the lanes.
    Plain(&'a [f32]),
}

/// `count` rows times a matrix of as many columns as the target.
#[inline(always)]
pub fn multiply<S: Simd>(
    simd: S,
    rows: Rows<'_>,
    count: usize,
    right: Right<'_>,
    start: Start<'_>,
    target: &mut Target<'_>,
) {
    let lanes = S::F32_LANES;
    let depth = rows.segments * rows.length;
    // Equal tiles, so that 15 rows are 8 + 7 and not 14 + 1.
    let most = if S::REGISTER_COUNT >= 32 { 14 } else { 6 };
    let tiles = count.div_ceil(most);
    for (first, width) in blocks::<S>(target.columns) {
        let (panel, pitch) = match right {
            Right::Packed(packed) => (
                &packed[first * lanes * depth..][..width * lanes * depth],
                width * lanes,
            ),
            Right::Plain(matrix) => (&matrix[first * lanes..], target.columns),
        };
        for tile in 0..tiles {
            let (from, to) = (count * tile / tiles, count * (tile + 1) / tiles);
            simd.vectorize(Tile {
                rows,
                from,
                count: to - from,
                panel,
                pitch,
                first,
                width,
                start,
                target,
            });
        }
    }
}

/// One tile of `count` rows and `width` vectors.
struct Tile<'a, 'b> {
    rows: Rows<'a>,
    from: usize,
    count: usize,
    panel: &'a [f32],
    pitch: usize,
    first: usize,
    width: usize,
    start: Start<'a>,
    target: &'a mut Target<'b>,
}

impl WithSimd for Tile<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        macro_rules! rows {
            ($($rows:literal)*) => {
                match (self.count, self.width) {
                    $(($rows, 1) => self.run::<S, $rows, 1>(simd), ($rows, _) => self.run::<S, $rows, 2>(simd),)*
                    _ => unreachable!("a tile has 1 to 14 rows"),
                }
            };
        }
        if S::REGISTER_COUNT >= 32 {
            rows!(1 2 3 4 5 6 7 8 9 10 11 12 13 14);
        } else {
            rows!(1 2 3 4 5 6);
        }
    }
}

impl Tile<'_, '_> {
    #[inline(always)]
    fn run<S: Simd, const P: usize, const V: usize>(self, simd: S) {
        let Self {
            rows,
            from,
            panel,
            pitch,
            first,
            start,
            target,
            ..
        } = self;
        let lanes = S::F32_LANES;
        let Rows {
            data,
            row,
            segment,
            segments,
            length,
        } = rows;
        if segments == 0 || length == 0 {
            return;
        }
        assert!(
            (from + P - 1) * row + (segments - 1) * segment + length <= data.len(),
            "tile reads its rows"
        );
        assert!(
            panel.len() >= (segments * length - 1) * pitch + V * lanes,
            "tile reads its panel"
        );
        let column = first * lanes;
        assert!(
            (from + P - 1) * target.row + target.columns <= target.data.len()
                && column < target.columns,
            "tile writes its target"
        );
        let mut sums = [[simd.splat_f32s(0.0); V]; P];
        // SAFETY: the largest index read of each slice was asserted to be inside it.
        unsafe {
            let mut weights = panel.as_ptr();
            for s in 0..segments {
                let patch = data.as_ptr().add(from * row + s * segment);
                for k in 0..length {
                    let w: [S::f32s; V] =
                        std::array::from_fn(|v| load(simd, weights.add(v * lanes)));
                    weights = weights.add(pitch);
                    for (p, sums) in sums.iter_mut().enumerate() {
                        let x = simd.splat_f32s(*patch.add(p * row + k));
                        for (sum, w) in sums.iter_mut().zip(w) {
                            *sum = mul_add(simd, w, x, *sum);
                        }
                    }
                }
            }
        }
        let used = (target.columns - column).min(V * lanes);
        let whole = used == V * lanes;
        let out = &mut target.data[from * target.row + column..];
        // Half a vector goes by way of `edge`, and all three starts are read alike: a case of its own would push the sums out of
        // the registers.
        let mut edge = [0.0; 14 * 2 * 16];
        if !whole && matches!(start, Start::Target) {
            for p in 0..P {
                edge[p * V * lanes..][..used].copy_from_slice(&out[p * target.row..][..used]);
            }
        }
        let (to, stride) = if whole {
            (out.as_mut_ptr(), target.row)
        } else {
            (edge.as_mut_ptr(), V * lanes)
        };
        let (before, before_stride) = match start {
            Start::Zero => ([0.0_f32; 2 * 16].as_ptr(), 0),
            Start::Bias(bias) => (bias[column..][..V * lanes].as_ptr(), 0),
            Start::Target => (to.cast_const(), stride),
        };
        // What is not a number stays so, and a diverged run is seen.
        let floor = simd.splat_f32s(if target.relu { 0.0 } else { f32::NEG_INFINITY });
        for p in 0..P {
            for v in 0..V {
                // SAFETY: `out` holds P rows of at least `columns` numbers, as asserted, `edge` P · V vectors of at most 16.
                unsafe {
                    let sum = simd.add_f32s(
                        sums[p][v],
                        load(simd, before.add(p * before_stride + v * lanes)),
                    );
                    let low = simd.less_than_or_equal_f32s(sum, floor);
                    store(
                        simd,
                        to.add(p * stride + v * lanes),
                        simd.select_f32s(low, floor, sum),
                    );
                }
            }
        }
        if !whole {
            for p in 0..P {
                out[p * target.row..][..used].copy_from_slice(&edge[p * V * lanes..][..used]);
            }
        }
    }
}
