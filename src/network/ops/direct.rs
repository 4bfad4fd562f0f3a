//! Direct convolution: every kernel size, both paddings, any number of channels.
//!
//! In (height, width, channel) order the k×k patch under a pixel is k runs of k·channels neighbours, and patches of pixels in a row
//! start `channels` apart: [`tile`](super::tile) multiplies them with the weights where they lie. Same padding works on a copy with a border.

use super::geometry::Geometry;
use super::pool::pool_rows;
use super::simd::{Buffer, dispatch, vectors};
use super::tile::{Right, Rows, Start, Target, multiply, pack};
use pulp::{Simd, WithSimd};
use std::cell::RefCell;

/// `ReLU(x ∗ w + b)`, pooled if the geometry says so, into `out`; codes of the maxima into `codes` when pooling (see [`pool_rows`]).
pub struct Forward<'a> {
    pub geometry: Geometry,
    pub relu: bool,
    pub x: &'a [f32],
    pub w: &'a [f32],
    pub b: &'a [f32],
    pub out: &'a mut [f32],
    pub codes: Option<&'a mut [u8]>,
}

#[derive(Default)]
struct Scratch {
    weights: Buffer,
    bias: Buffer,
    picture: Buffer,
    rows: Buffer,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Forward<'_> {
    /// Computes on this thread.
    pub fn run(self) {
        SCRATCH.with_borrow_mut(|scratch| {
            dispatch(Kernel {
                forward: self,
                scratch,
            });
        });
    }
}

struct Kernel<'a> {
    forward: Forward<'a>,
    scratch: &'a mut Scratch,
}

impl WithSimd for Kernel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            forward: mut this,
            scratch,
        } = self;
        let g = this.geometry;
        let padded = vectors::<S>(g.filters) * S::F32_LANES;
        let weights = scratch
            .weights
            .take(g.kernel * g.kernel * g.channels * padded);
        pack(simd, this.w, g.filters, weights);
        let bias = scratch.bias.zeroed(padded);
        bias[..g.filters].copy_from_slice(this.b);
        let (rows, columns, width) = (g.rows(), g.columns(), g.padded_width() * g.channels);
        let picture = scratch.picture.zeroed(if g.border > 0 {
            g.padded_height() * width
        } else {
            0
        });
        let pair = scratch.rows.take(2 * columns * padded);
        for image in 0..g.images {
            let mut x = &this.x[image * g.input_length()..][..g.input_length()];
            if g.border > 0 {
                add_border(&g, x, picture);
                x = picture;
            }
            let out = &mut this.out[image * g.output_length()..][..g.output_length()];
            let patches = |row: usize| Rows {
                data: &x[row * width..],
                row: g.channels,
                segment: width,
                segments: g.kernel,
                length: g.kernel * g.channels,
            };
            if g.pool {
                let line = columns / 2 * g.filters;
                let mut codes = this
                    .codes
                    .as_deref_mut()
                    .map(|codes| &mut codes[image * g.output_length()..][..g.output_length()]);
                for (window, out) in out.chunks_exact_mut(line).enumerate() {
                    for half in 0..2 {
                        let data = &mut pair[half * columns * padded..][..columns * padded];
                        let mut target = Target {
                            data,
                            row: padded,
                            columns: g.filters,
                            relu: false,
                        };
                        multiply(
                            simd,
                            patches(2 * window + half),
                            columns,
                            Right::Packed(weights),
                            Start::Bias(bias),
                            &mut target,
                        );
                    }
                    pool_rows(
                        simd,
                        pair,
                        g.filters,
                        out,
                        codes
                            .as_deref_mut()
                            .map(|codes| &mut codes[window * line..][..line]),
                    );
                }
            } else {
                for (row, out) in out
                    .chunks_exact_mut(columns * g.filters)
                    .take(rows)
                    .enumerate()
                {
                    let mut target = Target {
                        data: out,
                        row: g.filters,
                        columns: g.filters,
                        relu: this.relu,
                    };
                    multiply(
                        simd,
                        patches(row),
                        columns,
                        Right::Packed(weights),
                        Start::Bias(bias),
                        &mut target,
                    );
                }
            }
        }
    }
}

/// Copies `picture` into the middle of `bordered`, whose border is zero already.
pub fn add_border(g: &Geometry, picture: &[f32], bordered: &mut [f32]) {
    let (line, padded) = (g.width * g.channels, g.padded_width() * g.channels);
    let inside = bordered[g.border * padded + g.border * g.channels..].chunks_mut(padded);
    for (to, from) in inside.zip(picture.chunks_exact(line)) {
        to[..line].copy_from_slice(from);
    }
}
