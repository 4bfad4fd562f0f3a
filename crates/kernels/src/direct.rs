//! Direct convolution: every kernel size, both paddings, any number of channels.
//!
//! In (height, width, channel) order the k×k patch under a pixel is k runs of k·channels neighbours, and patches of pixels in a row
//! start `channels` apart: [`tile`](super::tile) multiplies them with the weights where they lie. Same padding works on a copy with a
//! border. Before a pooling a tile holds whole windows and leaves the registers as one value each; the last odd row and column,
//! which the pooling drops, are never computed.

use super::forward::Forward;
use super::simd::{Buffer, load_part, vectors};
use super::tile::{Right, Rows, Start, Target, blocks, multiply, pack, shares, sums};
use super::window::Window;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    weights: Buffer,
    bias: Buffer,
    picture: Buffer,
}

/// Computes on this thread.
#[inline(always)]
pub fn run<S: Simd>(simd: S, mut forward: Forward<'_>, scratch: &mut Scratch) {
    let g = forward.geometry;
    let padded = vectors::<S>(g.filters) * S::F32_LANES;
    let weights = scratch
        .weights
        .take(g.kernel * g.kernel * g.channels * padded);
    pack(simd, forward.w, g.filters, weights);
    let bias = scratch.bias.zeroed(padded);
    bias[..g.filters].copy_from_slice(forward.b);
    let width = g.padded_width() * g.channels;
    let picture = scratch.picture.zeroed(if g.border > 0 {
        g.padded_height() * width
    } else {
        0
    });
    for image in 0..g.images {
        let mut x = &forward.x[image * g.input_length()..][..g.input_length()];
        if g.border > 0 {
            g.embed(x, g.padded_width(), picture);
            x = picture;
        }
        let out = &mut forward.out[image * g.output_length()..][..g.output_length()];
        let rows = |row: usize| Rows {
            data: &x[row * width..],
            row: g.channels,
            segment: width,
            segments: g.kernel,
            length: g.kernel * g.channels,
        };
        let line = g.output().1 * g.filters;
        let mut codes = forward
            .codes
            .as_deref_mut()
            .map(|codes| &mut codes[image * g.output_length()..][..g.output_length()]);
        for (row, out) in out.chunks_exact_mut(line).enumerate() {
            if g.pool {
                let windows = Windows {
                    rows: rows(2 * row),
                    line: width,
                    filters: g.filters,
                    out,
                    codes: codes
                        .as_deref_mut()
                        .map(|codes| &mut codes[row * line..][..line]),
                };
                windows.compute(simd, weights, bias);
            } else {
                let mut target = Target {
                    data: out,
                    row: g.filters,
                    columns: g.filters,
                    relu: forward.relu,
                };
                multiply(
                    simd,
                    rows(row),
                    g.columns(),
                    Right::Packed(weights),
                    Start::Bias(bias),
                    &mut target,
                );
            }
        }
    }
}

/// A row of pooling windows.
struct Windows<'a> {
    /// The patches under the upper pixels of the windows.
    rows: Rows<'a>,
    /// From them to those below.
    line: usize,
    filters: usize,
    out: &'a mut [f32],
    codes: Option<&'a mut [u8]>,
}

impl Windows<'_> {
    #[inline(always)]
    fn compute<S: Simd>(mut self, simd: S, weights: &[f32], bias: &[f32]) {
        let lanes = S::F32_LANES;
        let depth = self.rows.segments * self.rows.length;
        let count = self.out.len() / self.filters;
        // Three windows of two vectors are 24 sums in 32 registers, one is 8 in 16.
        let most = if S::REGISTER_COUNT >= 32 { 3 } else { 1 };
        for (first, width) in blocks::<S>(self.filters) {
            let panel = &weights[first * lanes * depth..][..width * lanes * depth];
            for range in shares(count, most) {
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
struct WindowTile<'a, 'b> {
    windows: &'a mut Windows<'b>,
    range: Range<usize>,
    panel: &'a [f32],
    bias: &'a [f32],
    first: usize,
    width: usize,
}

impl WithSimd for WindowTile<'_, '_> {
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

impl WindowTile<'_, '_> {
    /// `P` pixels in each of two rows, `V` vectors of filters.
    #[inline(always)]
    fn run<S: Simd, const P: usize, const V: usize>(self, simd: S) {
        let Windows {
            rows,
            line,
            filters,
            out,
            codes,
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
                let at = (from + window) * *filters + column;
                let used = S::F32_LANES.min(*filters - column);
                let values = [
                    upper[2 * window][v],
                    upper[2 * window + 1][v],
                    lower[2 * window][v],
                    lower[2 * window + 1][v],
                ];
                let to = Window {
                    out: &mut out[at..][..used],
                    codes: codes.as_deref_mut().map(|codes| &mut codes[at..][..used]),
                };
                to.write(simd, values, bias);
            }
        }
    }
}
