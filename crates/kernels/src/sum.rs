//! Inputs of one shape added up, each as it is or normalized on its way: what a batch normalization puts out before a sum is then never
//! written.

use super::activation::Bend;
use super::kernel::Kernel;
use super::norm::{Normal, row};
use super::simd::Buffer;
use pulp::Simd;
use std::ops::Range;

/// One of the inputs.
#[derive(Clone, Copy)]
pub struct Summand<'a> {
    pub x: &'a [f32],
    pub normal: Option<Normal<'a>>,
}

/// `y = bend(Σ x)`.
pub struct Sum<'a> {
    /// The first may be in `y` already.
    pub summands: [Option<Summand<'a>>; 2],
    pub channels: usize,
    pub bend: Bend,
    /// Overwritten.
    pub y: &'a mut [f32],
}

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch([Buffer; 2]);

impl Kernel for Sum<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, _: S, scratch: &mut Self::Scratch) {
        let [first, second] = self.summands;
        let row = row(self.channels);
        let [one, other] = &mut scratch.0;
        let first_rows = rows(first, one.take(3 * row));
        let second_rows = rows(second, other.take(3 * row));
        // Some numbers at a time, which stay in the first cache until they are bent.
        for (index, y) in self.y.chunks_mut(row).enumerate() {
            let numbers = index * row..index * row + y.len();
            if let Some(summand) = first {
                summand.put::<false>(numbers.clone(), first_rows, y);
            }
            if let Some(summand) = second {
                summand.put::<true>(numbers, second_rows, y);
            }
            for y in y {
                *y = self.bend.value(*y);
            }
        }
    }
}

/// Mean, scale and β of a summand that has them.
#[inline(always)]
fn rows<'r>(summand: Option<Summand<'_>>, to: &'r mut [f32]) -> [&'r [f32]; 3] {
    match summand {
        Some(Summand {
            normal: Some(normal),
            ..
        }) => normal.rows(to),
        _ => [&[]; 3],
    }
}

impl Summand<'_> {
    /// Its `numbers` to `y`, or added to it.
    #[inline(always)]
    fn put<const ADDS: bool>(
        &self,
        numbers: Range<usize>,
        [means, scales, betas]: [&[f32]; 3],
        y: &mut [f32],
    ) {
        let x = &self.x[numbers];
        if let Some(normal) = self.normal {
            let parameters = means.iter().zip(scales).zip(betas);
            for ((y, x), ((mean, scale), beta)) in y.iter_mut().zip(x).zip(parameters) {
                let value = normal.output(x - mean, *scale, *beta);
                *y = if ADDS { *y + value } else { value };
            }
        } else {
            for (y, x) in y.iter_mut().zip(x) {
                *y = if ADDS { *y + x } else { *x };
            }
        }
    }
}
