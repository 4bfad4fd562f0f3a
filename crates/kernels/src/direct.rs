//! Direct convolution: every kernel size, both paddings, any number of channels.
//!
//! In (height, width, channel) order the k×k patch under a pixel is k runs of k·channels neighbours, and patches of pixels in a row
//! start `channels` apart: [`tile`](super::tile) multiplies them with the weights where they lie. Same padding works on a copy with a
//! border. Before a pooling a tile holds whole windows and leaves the registers as one value each; the last odd row and column,
//! which the pooling drops, are never computed.
#![allow(unsafe_code)] // What is read is checked once for a row of windows.

use super::pass::Forward;
use super::pieces::Pieces;
use super::simd::{Buffer, load, load_part, mul_add, reach};
use super::tile::{Apart, Right, Rows, Start, Target, blocks_of, check, multiply, shares, sums};
use super::window::Window;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    picture: Buffer,
}

/// Computes on this thread.
#[inline(always)]
pub fn run<S: Simd>(simd: S, mut forward: Forward<'_>, scratch: &mut Scratch) {
    let g = forward.geometry;
    let width = g.padded_width() * g.channels;
    let picture = scratch.picture.zeroed(if g.border > 0 {
        g.padded_height() * width
    } else {
        0
    });
    let line = g.output().1 * g.filters;
    for image in 0..g.images {
        let mut x = &forward.x[image * g.input_length()..][..g.input_length()];
        if g.border > 0 {
            g.embed(x, g.padded_width(), picture);
            x = picture;
        }
        let rows = |row: usize| Rows {
            data: &x[row * width..],
            row: g.channels,
            segment: width,
            segments: g.kernel,
            length: g.kernel * g.channels,
            step: 1,
        };
        for row in 0..g.output().0 {
            let start = image * g.output_length() + row * line;
            if g.pool {
                let windows = Windows {
                    rows: rows(2 * row),
                    line: width,
                    filters: g.filters,
                    blocks: &forward.blocks,
                    start,
                    count: g.output().1,
                    out: &mut forward.out,
                    codes: forward.codes.as_mut(),
                };
                windows.compute(simd, forward.weights, forward.b);
            } else {
                let mut target = Target {
                    data: forward.out.reborrow(start),
                    row: g.filters,
                    columns: g.filters,
                    blocks: forward.blocks.clone(),
                    relu: forward.relu,
                };
                multiply(
                    simd,
                    rows(row),
                    g.columns(),
                    Right::Packed(forward.weights),
                    Start::Bias(forward.b),
                    &mut target,
                );
            }
        }
    }
}

/// A row of pooling windows.
struct Windows<'a, 'b> {
    /// The patches under the upper pixels of the windows.
    rows: Rows<'a>,
    /// From them to those below.
    line: usize,
    filters: usize,
    blocks: &'a Range<usize>,
    /// Where the first one's results lie.
    start: usize,
    count: usize,
    out: &'a mut Pieces<'b, f32>,
    codes: Option<&'a mut Pieces<'b, u8>>,
}

impl Windows<'_, '_> {
    #[inline(always)]
    fn compute<S: Simd>(mut self, simd: S, weights: &[f32], bias: &[f32]) {
        let lanes = S::F32_LANES;
        let depth = self.rows.segments * self.rows.length;
        for (first, width) in blocks_of::<S>(self.filters, self.blocks) {
            simd.vectorize(Block {
                windows: &mut self,
                panel: &weights[first * lanes * depth..][..width * lanes * depth],
                bias,
                first,
                width,
            });
        }
    }
}

/// All windows and one or two vectors of filters, from vector `first`.
struct Block<'a, 'b, 'c> {
    windows: &'a mut Windows<'b, 'c>,
    panel: &'a [f32],
    bias: &'a [f32],
    first: usize,
    width: usize,
}

impl WithSimd for Block<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Rows {
            row,
            segments,
            length,
            ..
        } = self.windows.rows;
        match (self.width, [row, segments, length]) {
            (1, [1, 3, 3]) => self.grey::<S, 1>(simd, 0),
            (_, [1, 3, 3]) if S::REGISTER_COUNT >= 32 => self.grey::<S, 2>(simd, 0),
            (_, [1, 3, 3]) => {
                self.grey::<S, 1>(simd, 0);
                self.grey::<S, 1>(simd, 1);
            }
            (1, _) => self.run::<S, 1>(simd),
            _ => self.run::<S, 2>(simd),
        }
    }
}

impl Block<'_, '_, '_> {
    /// `V` vectors of filters.
    #[inline(always)]
    fn run<S: Simd, const V: usize>(mut self, simd: S) {
        let Windows {
            rows, line, count, ..
        } = *self.windows;
        let panel = self.panel;
        let apart = Apart(V * S::F32_LANES);
        let last = reach([(1, line), ((2 * count).max(1) - 1, rows.row)]);
        check::<S>(rows, last, panel, apart, V);
        // Three windows of two vectors are 24 sums in 32 registers, one is 8 in 16.
        let most = if S::REGISTER_COUNT >= 32 { 3 } else { 1 };
        let mut results = self.results::<S, V>(simd, 0);
        for range in shares(count, most) {
            let from = 2 * range.start * rows.row;
            macro_rules! tile {
                ($pixels:literal) => {{
                    // SAFETY: the last window was checked, and no other reads further.
                    let [upper, lower] =
                        unsafe { sums::<S, 2, $pixels, V>(simd, rows, from, line, panel, apart) };
                    for window in 0..$pixels / 2 {
                        let left = 2 * window;
                        let values = [
                            [upper[left], upper[left + 1]],
                            [lower[left], lower[left + 1]],
                        ];
                        results.write(simd, range.start + window, values);
                    }
                }};
            }
            // A constant where one is the most: the larger tiles are not compiled then.
            let windows = if most == 1 { 1 } else { range.len() };
            match windows {
                1 => tile!(2),
                2 => tile!(4),
                _ => tile!(6),
            }
        }
    }

    /// 3×3 taps of grey pictures: all weights of `V` vectors from the panel's vector `vector` on stay in registers, and each pixel under a
    /// window is read once.
    #[inline(always)]
    fn grey<S: Simd, const V: usize>(&mut self, simd: S, vector: usize) {
        let Windows {
            rows, line, count, ..
        } = *self.windows;
        let lanes = S::F32_LANES;
        let pitch = self.width * lanes;
        let panel = &self.panel[vector * lanes..];
        let last = reach([(1, line), ((2 * count).max(1) - 1, 1)]);
        check::<S>(rows, last, panel, Apart(pitch), V);
        let mut weights = [[simd.splat_f32s(0.0); V]; 9];
        for tap in 0..9 {
            for v in 0..V {
                // SAFETY: nine rows of `V` vectors were checked.
                weights[tap][v] =
                    unsafe { load(simd, panel.as_ptr().add(tap * pitch + v * lanes)) };
            }
        }
        let mut results = self.results::<S, V>(simd, vector);
        for window in 0..count {
            let mut values = [[[simd.splat_f32s(0.0); V]; 2]; 2];
            // Pixel by pixel: so few values are alive at a time that they fit into registers.
            for y in 0..4 {
                for x in 0..4 {
                    // SAFETY: the last window was checked: rows up to the line below its last pixel.
                    let pixel = unsafe {
                        let at = y.min(1) * line + y.saturating_sub(1) * rows.segment;
                        simd.splat_f32s(*rows.data.as_ptr().add(2 * window + at + x))
                    };
                    for down in 0..2 {
                        for across in 0..2 {
                            let (i, j) = (y.wrapping_sub(down), x.wrapping_sub(across));
                            if i < 3 && j < 3 {
                                for v in 0..V {
                                    let sum = &mut values[down][across][v];
                                    *sum = mul_add(simd, weights[3 * i + j][v], pixel, *sum);
                                }
                            }
                        }
                    }
                }
            }
            results.write(simd, window, values);
        }
    }

    /// Where the results of `V` vectors go, from the block's vector `vector` on.
    #[inline(always)]
    fn results<S: Simd, const V: usize>(&mut self, simd: S, vector: usize) -> Results<'_, S, V> {
        let (lanes, filters) = (S::F32_LANES, self.windows.filters);
        let column = (self.first + vector) * lanes;
        let start = self.windows.start + column;
        let mut bias = [simd.splat_f32s(0.0); V];
        for v in 0..V {
            bias[v] = load_part(simd, &self.bias[column + v * lanes..]);
        }
        Results {
            out: self.windows.out.reborrow(start),
            codes: (self.windows.codes.as_mut()).map(|codes| codes.reborrow(start)),
            bias,
            filters,
            last: (filters - column).min(V * lanes) - (V - 1) * lanes,
        }
    }
}

/// Where the results of `V` vectors of filters go.
struct Results<'a, S: Simd, const V: usize> {
    out: Pieces<'a, f32>,
    codes: Option<Pieces<'a, u8>>,
    bias: [S::f32s; V],
    filters: usize,
    /// Filters of the last vector.
    last: usize,
}

impl<S: Simd, const V: usize> Results<'_, S, V> {
    /// One window's, from its four sums.
    #[inline(always)]
    fn write(&mut self, simd: S, window: usize, [upper, lower]: [[[S::f32s; V]; 2]; 2]) {
        for v in 0..V {
            let at = window * self.filters + v * S::F32_LANES;
            let used = if v < V - 1 { S::F32_LANES } else { self.last };
            let to = Window {
                out: self.out.piece(at, used),
                // A closure would be a function of its own, outside of the vector unit.
                codes: match &mut self.codes {
                    Some(codes) => Some(codes.piece(at, used)),
                    None => None,
                },
            };
            let values = [upper[0][v], upper[1][v], lower[0][v], lower[1][v]];
            to.write(simd, values, self.bias[v]);
        }
    }
}
