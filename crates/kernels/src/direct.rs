//! Direct convolution: every kernel size, both paddings, any number of channels.
//!
//! In (height, width, channel) order the k×k patch under a pixel is k runs of k·channels neighbours, and patches of pixels in a row
//! start `channels` apart: [`tile`](super::tile) multiplies them with the weights where they lie. Same padding works on a copy with a
//! border. Before a pooling a tile holds whole windows and leaves the registers as one value each; the last odd row and column,
//! which the pooling drops, are never computed.

use super::pass::Forward;
use super::pieces::Pieces;
use super::simd::{Buffer, load_part};
use super::tile::{Right, Rows, Start, Target, blocks_of, multiply, shares, sums};
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
        // Three windows of two vectors are 24 sums in 32 registers, one is 8 in 16.
        let most = if S::REGISTER_COUNT >= 32 { 3 } else { 1 };
        for (first, width) in blocks_of::<S>(self.filters, self.blocks) {
            let panel = &weights[first * lanes * depth..][..width * lanes * depth];
            for range in shares(self.count, most) {
                simd.vectorize(WindowTile {
                    windows: &mut self,
                    range,
                    panel,
                    bias,
                    first,
                    width,
                });
            }
        }
    }
}

/// A few windows and one or two vectors of filters, from vector `first`.
struct WindowTile<'a, 'b, 'c> {
    windows: &'a mut Windows<'b, 'c>,
    range: Range<usize>,
    panel: &'a [f32],
    bias: &'a [f32],
    first: usize,
    width: usize,
}

impl WithSimd for WindowTile<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match (self.range.len(), self.width) {
            (1, 1) => self.run::<S, 2, 1>(simd),
            (1, _) => self.run::<S, 2, 2>(simd),
            (2, 1) => self.run::<S, 4, 1>(simd),
            (2, _) => self.run::<S, 4, 2>(simd),
            (_, 1) => self.run::<S, 6, 1>(simd),
            _ => self.run::<S, 6, 2>(simd),
        }
    }
}

impl WindowTile<'_, '_, '_> {
    /// `P` pixels in each of two rows, `V` vectors of filters.
    #[inline(always)]
    fn run<S: Simd, const P: usize, const V: usize>(self, simd: S) {
        let Windows {
            rows,
            line,
            filters,
            start,
            out,
            codes,
            ..
        } = self.windows;
        let from = self.range.start;
        let [upper, lower] = sums::<S, 2, P, V>(
            simd,
            *rows,
            2 * from * rows.row,
            *line,
            self.panel,
            V * S::F32_LANES,
        );
        for v in 0..V {
            let column = (self.first + v) * S::F32_LANES;
            let bias = load_part(simd, &self.bias[column..]);
            for window in 0..P / 2 {
                let at = *start + (from + window) * *filters + column;
                let used = S::F32_LANES.min(*filters - column);
                let values = [
                    upper[2 * window][v],
                    upper[2 * window + 1][v],
                    lower[2 * window][v],
                    lower[2 * window + 1][v],
                ];
                let to = Window {
                    out: out.piece(at, used),
                    codes: codes.as_mut().map(|codes| codes.piece(at, used)),
                };
                to.write(simd, values, bias);
            }
        }
    }
}
