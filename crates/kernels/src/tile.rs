//! The register tile: the one matrix product that convolutions, dense layers and Winograd's many small products share.
//!
//! A tile keeps rows × vectors of the result in registers and runs through the inner dimension once, multiplying one broadcast
//! number of each row with the vectors of a packed panel: with `P` rows of `V` vectors, `P · V` fused multiply-adds for `P + V`
//! loads (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008). A row need not be contiguous: it is
//! cut into equal `segments`, so that the k×k patch of an image (k segments of k·channels neighbours) is read where it lies and
//! im2col needs no copy.
#![allow(unsafe_code)] // Bounds checks and spilled pointers in the innermost loop cost a third of the speed.

use super::pieces::Pieces;
use super::simd::{load, load_part, mul_add, reach, relu, store, store_part, vectors};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Rows of the left matrix: row `r` holds `segments` runs of `length` numbers that are `step` apart, the first at `r · row`, the next run
/// `segment` later.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    pub data: &'a [f32],
    pub row: usize,
    pub segment: usize,
    pub segments: usize,
    pub length: usize,
    pub step: usize,
}

impl<'a> Rows<'a> {
    /// Of a matrix: `row` numbers apart, of `length` numbers each.
    pub fn of(data: &'a [f32], row: usize, length: usize) -> Self {
        Self {
            data,
            row,
            segment: 0,
            segments: 1,
            length,
            step: 1,
        }
    }

    /// The columns of a matrix of `length` rows, which are `row` numbers apart.
    pub fn columns_of(data: &'a [f32], row: usize, length: usize) -> Self {
        Self {
            row: 1,
            step: row,
            ..Self::of(data, row, length)
        }
    }
}

/// What a result starts from.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// Zero.
    Zero,
    /// What the target holds.
    Target,
    /// One number a column.
    Bias(&'a [f32]),
}

/// Where results go: row `r` starts at `r · row` of `data`.
pub struct Target<'a> {
    pub data: Pieces<'a, f32>,
    pub row: usize,
    /// Columns of the product; those of the last vector beyond it are dropped.
    pub columns: usize,
    /// Which [`blocks`] of columns to compute and write.
    pub blocks: Range<usize>,
    pub relu: bool,
}

/// Every block, however many there are.
pub const ALL: Range<usize> = 0..usize::MAX;

/// Packs a `depth × columns` matrix for [`multiply`]: blocks of two vectors (one for an odd rest), each block's rows one after the
/// other, zeros beyond the last column. Takes `depth · vectors · lanes` numbers.
pub fn pack<S: Simd>(_: S, matrix: &[f32], columns: usize, packed: &mut [f32]) {
    let depth = matrix.len() / columns.max(1);
    for block in 0..vectors::<S>(columns).div_ceil(2) {
        let place = packed_block(S::F32_LANES, columns, depth, block);
        pack_block(S::F32_LANES, matrix, columns, block, &mut packed[place]);
    }
}

/// Where [`pack`] puts a block of two vectors of columns, on vectors of so many lanes.
pub fn packed_block(lanes: usize, columns: usize, depth: usize, block: usize) -> Range<usize> {
    let (first, padded) = (2 * block * lanes, columns.next_multiple_of(lanes));
    first * depth..padded.min(first + 2 * lanes) * depth
}

/// One block of [`pack`].
#[inline(always)]
pub fn pack_block(lanes: usize, matrix: &[f32], columns: usize, block: usize, packed: &mut [f32]) {
    let from = 2 * block * lanes;
    let used = (2 * lanes).min(columns - from);
    let width = used.next_multiple_of(lanes);
    for (to, row) in packed
        .chunks_exact_mut(width)
        .zip(matrix.chunks_exact(columns))
    {
        to[..used].copy_from_slice(&row[from..from + used]);
        to[used..].fill(0.0);
    }
}

/// `(first vector, vectors)` of each block of columns.
pub fn blocks<S: Simd>(columns: usize) -> impl Iterator<Item = (usize, usize)> {
    let all = vectors::<S>(columns);
    (0..all)
        .step_by(2)
        .map(move |first| (first, (all - first).min(2)))
}

/// Those of [`blocks`] with these numbers.
pub fn blocks_of<S: Simd>(
    columns: usize,
    numbers: &Range<usize>,
) -> impl Iterator<Item = (usize, usize)> + use<S> {
    let numbers = numbers.clone();
    blocks::<S>(columns).filter(move |(first, _)| numbers.contains(&(first / 2)))
}

/// The right matrix.
#[derive(Clone, Copy)]
pub enum Right<'a> {
    /// As [`pack`] leaves it.
    Packed(&'a [f32]),
    /// Rows that are so many numbers apart. Whole vectors are read.
    Plain(&'a [f32], usize),
    /// Rows that start anywhere, over one another, too. Whole vectors are read.
    Placed(&'a [f32], &'a [usize]),
}

/// Where the rows of a panel start.
pub trait Starts: Copy {
    /// No row of the first `depth` starts further; there are so many.
    fn last(self, depth: usize) -> usize;

    /// Where the next row starts; `cursor`, zero at first, says which one that is.
    ///
    /// # Safety
    /// No more often than the `depth` that [`last`](Self::last) was asked about.
    unsafe fn next(self, cursor: &mut usize) -> usize;
}

/// Rows so many numbers apart.
#[derive(Clone, Copy)]
pub struct Apart(pub usize);

impl Starts for Apart {
    #[inline(always)]
    fn last(self, depth: usize) -> usize {
        reach([(depth - 1, self.0)])
    }

    #[inline(always)]
    unsafe fn next(self, cursor: &mut usize) -> usize {
        // Counted in numbers: nothing is multiplied.
        let start = *cursor;
        *cursor += self.0;
        start
    }
}

impl Starts for &[usize] {
    #[inline(always)]
    fn last(self, depth: usize) -> usize {
        let mut last = 0;
        for start in &self[..depth] {
            last = last.max(*start);
        }
        last
    }

    #[inline(always)]
    unsafe fn next(self, cursor: &mut usize) -> usize {
        // SAFETY: the caller's promise.
        let start = unsafe { *self.get_unchecked(*cursor) };
        *cursor += 1;
        start
    }
}

/// Rows of the largest tile of two vectors.
pub const fn most_rows<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 14 } else { 6 }
}

/// Rows of the largest tile of so many vectors: eight sums at least are on their way at a time, and all of sixteen channels.
const fn most_rows_of<S: Simd>(vectors: usize) -> usize {
    match vectors {
        1 if S::REGISTER_COUNT >= 32 => 16,
        1 => 8,
        _ => most_rows::<S>(),
    }
}

/// `count` things in equal shares of at most `most`, so that 15 rows by 14 are 8 + 7 and not 14 + 1.
#[inline(always)]
pub fn shares(count: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let shares = count.div_ceil(most);
    let (least, more) = (count / shares.max(1), count % shares.max(1));
    (0..shares).map(move |share| {
        let start = share * least + share.min(more);
        start..start + least + usize::from(share < more)
    })
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
    for (first, width) in blocks_of::<S>(target.columns, &target.blocks) {
        let block = Columns {
            rows,
            count,
            panel: &[],
            starts: Apart(width * lanes),
            first,
            width,
            start,
            target,
        };
        match right {
            Right::Packed(packed) => simd.vectorize(Columns {
                panel: &packed[first * lanes * depth..][..width * lanes * depth],
                ..block
            }),
            Right::Plain(matrix, apart) => simd.vectorize(Columns {
                panel: &matrix[first * lanes..],
                starts: Apart(apart),
                ..block
            }),
            Right::Placed(matrix, places) => simd.vectorize(Columns {
                rows,
                count,
                panel: &matrix[first * lanes..],
                starts: places,
                first,
                width,
                start,
                target: block.target,
            }),
        }
    }
}

/// Asserts that a panel of `width` vectors can be read as long as `rows` are, and these up to the one that starts at `last`.
#[inline(always)]
pub fn check<S: Simd>(
    rows: Rows<'_>,
    last: usize,
    panel: &[f32],
    starts: impl Starts,
    width: usize,
) {
    let Rows {
        data,
        segment,
        segments,
        length,
        step,
        ..
    } = rows;
    if segments == 0 || length == 0 {
        return;
    }
    let read = reach([
        (1, last),
        (segments - 1, segment),
        (length - 1, step),
        (1, 1),
    ]);
    assert!(read <= data.len(), "tile reads its rows");
    let depth = reach([(segments, length)]);
    assert!(
        reach([(1, starts.last(depth)), (width, S::F32_LANES)]) <= panel.len(),
        "tile reads its panel"
    );
}

/// `[line][row][vector]`: `R` lines, `line` numbers apart, of `P` rows from `first` (in numbers) on, times `V` vectors of a panel.
///
/// # Safety
/// All of it must have passed [`check`].
#[inline(always)]
pub unsafe fn sums<S: Simd, const R: usize, const P: usize, const V: usize>(
    simd: S,
    rows: Rows<'_>,
    first: usize,
    line: usize,
    panel: &[f32],
    starts: impl Starts,
) -> [[[S::f32s; V]; P]; R] {
    let lanes = S::F32_LANES;
    let mut sums = [[[simd.splat_f32s(0.0); V]; P]; R];
    // SAFETY: the caller's promise.
    unsafe {
        let mut cursor = 0;
        for s in 0..rows.segments {
            let patch = rows.data.as_ptr().add(first + s * rows.segment);
            for k in 0..rows.length {
                let from = panel.as_ptr().add(starts.next(&mut cursor));
                let w: [S::f32s; V] = std::array::from_fn(|v| load(simd, from.add(v * lanes)));
                for (r, sums) in sums.iter_mut().enumerate() {
                    for (p, sums) in sums.iter_mut().enumerate() {
                        let x =
                            simd.splat_f32s(*patch.add(r * line + p * rows.row + k * rows.step));
                        for (sum, w) in sums.iter_mut().zip(w) {
                            *sum = mul_add(simd, w, x, *sum);
                        }
                    }
                }
            }
        }
    }
    sums
}

/// All rows and `width` vectors of columns, from vector `first`.
struct Columns<'a, 'b, P> {
    rows: Rows<'a>,
    count: usize,
    panel: &'a [f32],
    starts: P,
    first: usize,
    width: usize,
    start: Start<'a>,
    target: &'a mut Target<'b>,
}

impl<P: Starts> WithSimd for Columns<'_, '_, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.width {
            1 => self.run::<S, 1>(simd),
            _ => self.run::<S, 2>(simd),
        }
    }
}

impl<P: Starts> Columns<'_, '_, P> {
    #[inline(always)]
    fn run<S: Simd, const V: usize>(self, simd: S) {
        let Self {
            rows,
            count,
            panel,
            starts,
            first,
            start,
            target,
            ..
        } = self;
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        let (lanes, column) = (S::F32_LANES, first * S::F32_LANES);
        assert!(
            reach([(last, target.row), (1, target.columns)]) <= target.data.len()
                && column < target.columns,
            "tile writes its target"
        );
        check::<S>(rows, reach([(last, rows.row)]), panel, starts, V);
        let mut bias = [simd.splat_f32s(0.0); V];
        if let Start::Bias(numbers) = start {
            for v in 0..V {
                bias[v] = load_part(simd, &numbers[column + v * lanes..]);
            }
        }
        let tile = Tile {
            rows,
            panel,
            starts,
            bias,
            adds: matches!(start, Start::Target),
            relu: target.relu,
            row: target.row,
            used: (target.columns - column).min(V * lanes),
        };
        for range in shares(count, most_rows_of::<S>(V)) {
            // SAFETY: what all rows read and write was asserted to be there.
            unsafe {
                let out = target.data.as_mut_ptr();
                let out = out.add(range.start * tile.row + column);
                macro_rules! rows {
                    ($($rows:literal)*) => {
                        match range.len() {
                            $($rows => tile.run::<$rows>(simd, range.start, out),)*
                            _ => unreachable!("a tile has 1 to 16 rows"),
                        }
                    };
                }
                if S::REGISTER_COUNT >= 32 && V == 1 {
                    rows!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
                } else if S::REGISTER_COUNT >= 32 {
                    rows!(1 2 3 4 5 6 7 8 9 10 11 12 13 14);
                } else if V == 1 {
                    rows!(1 2 3 4 5 6 7 8);
                } else {
                    rows!(1 2 3 4 5 6);
                }
            }
        }
    }
}

/// What the tiles of `V` vectors of columns have in common.
#[derive(Clone, Copy)]
struct Tile<'a, S: Simd, P, const V: usize> {
    rows: Rows<'a>,
    panel: &'a [f32],
    starts: P,
    bias: [S::f32s; V],
    /// To what the target holds.
    adds: bool,
    relu: bool,
    /// From one row of the target to the next.
    row: usize,
    /// Columns; those of the last vector beyond them are dropped.
    used: usize,
}

impl<S: Simd, Q: Starts, const V: usize> Tile<'_, S, Q, V> {
    /// `P` rows from `from` on, to `out`.
    ///
    /// # Safety
    /// The rows must have passed [`check`], and `out` have room for as many of `used` numbers.
    #[inline(always)]
    unsafe fn run<const P: usize>(self, simd: S, from: usize, out: *mut f32) {
        let Self {
            rows,
            panel,
            starts,
            row,
            used,
            ..
        } = self;
        let lanes = S::F32_LANES;
        // SAFETY: the caller's promises.
        unsafe {
            let [whole] = sums::<S, 1, P, V>(simd, rows, from * rows.row, 0, panel, starts);
            // Most are like this: nothing but one thing is asked of each vector.
            if !self.relu && used >= V * lanes {
                for p in 0..P {
                    for v in 0..V {
                        let out = out.add(p * row + v * lanes);
                        let before = if self.adds {
                            load(simd, out)
                        } else {
                            self.bias[v]
                        };
                        store(simd, out, simd.add_f32s(whole[p][v], before));
                    }
                }
                return;
            }
            // A copy, so that the sums need not be in memory above.
            let mut sums = whole;
            for p in 0..P {
                for v in 0..V {
                    let sum = &mut sums[p][v];
                    *sum = simd.add_f32s(*sum, self.bias[v]);
                    let out = out.add(p * row + v * lanes);
                    let whole = used >= (v + 1) * lanes;
                    if self.adds {
                        let before = if whole {
                            load(simd, out)
                        } else {
                            load_part(simd, std::slice::from_raw_parts(out, used - v * lanes))
                        };
                        *sum = simd.add_f32s(*sum, before);
                    }
                    if self.relu {
                        *sum = relu(simd, *sum);
                    }
                    if whole {
                        store(simd, out, *sum);
                    } else {
                        let out = std::slice::from_raw_parts_mut(out, used - v * lanes);
                        store_part(simd, out, *sum);
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

    /// Three segments of a row, half of what can be counted apart: the places of the second and the third come to 2⁶³ and to zero.
    #[test]
    #[should_panic(expected = "tile reads its rows")]
    fn rows_whose_end_cannot_be_counted_are_not_read() {
        let rows = Rows {
            data: &[0.0; 8],
            row: 1,
            segment: usize::MAX / 2 + 1,
            segments: 3,
            length: 1,
            step: 1,
        };
        check::<Scalar128b>(rows, 0, &[0.0; 16], Apart(4), 1);
    }

    #[test]
    #[should_panic(expected = "tile reads its panel")]
    fn a_panel_whose_end_cannot_be_counted_is_not_read() {
        let rows = Rows {
            data: &[0.0; 8],
            row: 1,
            segment: 1,
            segments: 3,
            length: 1,
            step: 1,
        };
        check::<Scalar128b>(rows, 0, &[0.0; 16], Apart(usize::MAX / 2 + 1), 1);
    }

    #[test]
    #[should_panic(expected = "tile writes its target")]
    fn a_target_whose_end_cannot_be_counted_is_not_written() {
        let rows = Rows {
            data: &[0.0; 8],
            row: 1,
            segment: 1,
            segments: 1,
            length: 1,
            step: 1,
        };
        let mut numbers = [0.0; 4];
        let mut target = Target {
            data: Pieces::new(&mut numbers),
            row: usize::MAX / 2 + 1,
            columns: 4,
            blocks: ALL,
            relu: false,
        };
        let panel = Right::Packed(&[0.0; 4]);
        multiply(Scalar128b, rows, 3, panel, Start::Zero, &mut target);
    }

    #[test]
    fn shares_are_equal_and_leave_nothing_out() {
        for (count, most) in (0..40).flat_map(|count| (1..9).map(move |most| (count, most))) {
            let mut end = 0;
            for share in shares(count, most) {
                assert_eq!(share.start, end);
                assert!(share.len() <= most && share.len() >= count / count.div_ceil(most));
                end = share.end;
            }
            assert_eq!(end, count);
        }
        assert_eq!(shares(15, 14).collect::<Vec<_>>(), [0..8, 8..15]);
        let thirds = shares(usize::MAX, usize::MAX / 3);
        assert_eq!(thirds.last().map(|share| share.end), Some(usize::MAX));
    }
}
