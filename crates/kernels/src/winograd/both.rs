//! A matrix on both sides of another one: `F m F'ᵀ`, vector by vector.
//!
//! Column after column is read and row after row written, so that no more of the matrix than what is between the two products is held at a
//! time. All loops over it are written out: one that the compiler keeps would leave every vector in memory, three times over.
#![allow(unsafe_code)] // Bounds checks of every vector; each matrix is checked once.

use super::super::simd::{load, reach, store};
use super::filtering::Matrix;
use pulp::Simd;
use std::marker::PhantomData;

/// Columns of `H` vectors.
pub trait Columns<S: Simd, const H: usize> {
    fn column(&self, simd: S, index: usize) -> [S::f32s; H];
}

/// Takes rows of `N` vectors.
pub trait TakesRows<S: Simd, const N: usize> {
    fn row(&mut self, simd: S, index: usize, row: [S::f32s; N]);
}

/// Runs the block for each index below a constant of at most six.
macro_rules! each {
    ($index:ident < $count:expr, $body:block) => {
        each!($index < $count, $body, 0 1 2 3 4 5)
    };
    ($index:ident < $count:expr, $body:block, $($number:literal)*) => {
        $(if $number < $count {
            let $index = $number;
            $body
        })*
    };
}
pub(super) use each;

/// `F m F'ᵀ` of a matrix of `H × W` vectors. Written without closures, which would not be inlined into code for the vector unit.
#[inline(always)]
pub fn in_both<S: Simd, F, const H: usize, const W: usize, const M: usize, const N: usize>(
    simd: S,
    from: &impl Columns<S, H>,
    to: &mut impl TakesRows<S, N>,
) where
    F: Matrix<S, H, M> + Matrix<S, W, N>,
{
    let mut halfway = [[simd.splat_f32s(0.0); W]; M];
    each!(j < W, {
        let column = <F as Matrix<S, H, M>>::times(simd, from.column(simd, j));
        each!(i < M, {
            halfway[i][j] = column[i];
        });
    });
    each!(i < M, {
        to.row(simd, i, <F as Matrix<S, W, N>>::times(simd, halfway[i]));
    });
}

/// A matrix given by its columns.
impl<S: Simd, const H: usize, const W: usize> Columns<S, H> for [[S::f32s; H]; W] {
    #[inline(always)]
    fn column(&self, _: S, index: usize) -> [S::f32s; H] {
        self[index]
    }
}

/// A matrix given by its rows.
impl<S: Simd, const M: usize, const N: usize> TakesRows<S, N> for [[S::f32s; N]; M] {
    #[inline(always)]
    fn row(&mut self, _: S, index: usize, row: [S::f32s; N]) {
        self[index] = row;
    }
}

/// `H × W` vectors in memory, whose rows lie `down` numbers apart and whose columns `across`.
pub struct Apart<'a, S, const H: usize, const W: usize> {
    from: *const f32,
    down: usize,
    across: usize,
    /// Checked for this unit's vectors.
    numbers: PhantomData<(&'a [f32], S)>,
}

impl<'a, S: Simd, const H: usize, const W: usize> Apart<'a, S, H, W> {
    /// The first of them at the start of `from`.
    #[inline(always)]
    pub fn new(_: S, from: &'a [f32], down: usize, across: usize) -> Self {
        let from = &from[..reach([(H - 1, down), (W - 1, across), (1, S::F32_LANES)])];
        Self {
            from: from.as_ptr(),
            down,
            across,
            numbers: PhantomData,
        }
    }
}

impl<S: Simd, const H: usize, const W: usize> Columns<S, H> for Apart<'_, S, H, W> {
    #[inline(always)]
    fn column(&self, simd: S, index: usize) -> [S::f32s; H] {
        let mut column = [simd.splat_f32s(0.0); H];
        assert!(index < W, "the matrix has the column");
        each!(i < H, {
            // SAFETY: the slice that this was made of ends behind the last vector.
            column[i] = unsafe { load(simd, self.from.add(i * self.down + index * self.across)) };
        });
        column
    }
}

/// The same to write to, each vector so many numbers behind the one before, row after row.
pub struct ApartMut<'a, S, const H: usize, const W: usize> {
    to: *mut f32,
    apart: usize,
    /// Checked for this unit's vectors.
    numbers: PhantomData<(&'a mut [f32], S)>,
}

impl<'a, S: Simd, const H: usize, const W: usize> ApartMut<'a, S, H, W> {
    /// The first of them to the start of `to`.
    #[inline(always)]
    pub fn new(_: S, to: &'a mut [f32], apart: usize) -> Self {
        let to = &mut to[..reach([(H * W - 1, apart), (1, S::F32_LANES)])];
        Self {
            to: to.as_mut_ptr(),
            apart,
            numbers: PhantomData,
        }
    }
}

impl<S: Simd, const H: usize, const W: usize> TakesRows<S, W> for ApartMut<'_, S, H, W> {
    #[inline(always)]
    fn row(&mut self, simd: S, index: usize, row: [S::f32s; W]) {
        assert!(index < H, "the matrix has the row");
        each!(j < W, {
            // SAFETY: the slice that this was made of ends behind the last vector.
            unsafe { store(simd, self.to.add((index * W + j) * self.apart), row[j]) };
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::Scalar128b;

    /// The third row of a matrix would be back at its start.
    const FAR: usize = usize::MAX / 2 + 1;

    #[test]
    #[should_panic(expected = "range end index")]
    fn a_matrix_whose_end_cannot_be_counted_is_not_read() {
        let _ = Apart::<_, 3, 1>::new(Scalar128b, &[0.0; 16], FAR, 4);
    }

    #[test]
    #[should_panic(expected = "range end index")]
    fn a_matrix_whose_end_cannot_be_counted_is_not_written() {
        let _ = ApartMut::<_, 3, 1>::new(Scalar128b, &mut [0.0; 16], FAR);
    }
}
