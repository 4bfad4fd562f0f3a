//! The three matrix products of a dense layer, on the register tile.

use super::kernel::{self, Kernel};
use super::simd::{Buffer, vectors};
use super::tile::{Right, Rows, Start, Target, most_rows, multiply, pack};
use pulp::Simd;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    packed: Buffer,
    bias: Buffer,
    product: Buffer,
}

/// `y (images, outputs) = x (images, inputs) · w (inputs, outputs) + b (outputs,)`, no less than zero if `relu`.
pub fn affine(x: &[f32], w: &[f32], b: &[f32], inputs: usize, relu: bool, y: &mut [f32]) {
    kernel::run(Affine {
        x,
        w,
        b,
        inputs,
        relu,
        y,
    });
}

struct Affine<'a> {
    x: &'a [f32],
    w: &'a [f32],
    b: &'a [f32],
    inputs: usize,
    relu: bool,
    y: &'a mut [f32],
}

impl Kernel for Affine<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut kernel::Scratch) {
        let Self {
            x,
            w,
            b,
            inputs,
            relu,
            y,
        } = self;
        let scratch = &mut scratch.matmul;
        let outputs = b.len();
        let padded = vectors::<S>(outputs) * S::F32_LANES;
        let bias = scratch.bias.zeroed(padded);
        bias[..outputs].copy_from_slice(b);
        // As many rows of w as stay in the second cache while all images pass.
        let depth = (64 * 1024 / padded).clamp(1, inputs);
        for first in (0..inputs).step_by(depth) {
            let length = depth.min(inputs - first);
            let right = whole_vectors(
                simd,
                &w[first * outputs..][..length * outputs],
                outputs,
                &mut scratch.packed,
            );
            let rows = Rows {
                data: &x[first.min(x.len())..],
                row: inputs,
                segment: 0,
                segments: 1,
                length,
            };
            let start = if first == 0 {
                Start::Bias(bias)
            } else {
                Start::Target
            };
            let mut target = Target {
                data: y,
                row: outputs,
                columns: outputs,
                relu: relu && first + length == inputs,
            };
            multiply(simd, rows, x.len() / inputs, right, start, &mut target);
        }
    }
}

/// `matrix` as it is if its rows are whole vectors, else packed.
#[inline(always)]
fn whole_vectors<'a, S: Simd>(
    simd: S,
    matrix: &'a [f32],
    columns: usize,
    packed: &'a mut Buffer,
) -> Right<'a> {
    if columns.is_multiple_of(S::F32_LANES) {
        return Right::Plain(matrix);
    }
    let packed = packed.take(matrix.len() / columns * vectors::<S>(columns) * S::F32_LANES);
    pack(simd, matrix, columns, packed);
    Right::Packed(packed)
}

/// `dx (images, inputs) = dz (images, outputs) · wᵀ` of `w (inputs, outputs)`.
pub fn input_gradient(dz: &[f32], w: &[f32], outputs: usize, dx: &mut [f32]) {
    kernel::run(InputGradient { dz, w, outputs, dx });
}

struct InputGradient<'a> {
    dz: &'a [f32],
    w: &'a [f32],
    outputs: usize,
    dx: &'a mut [f32],
}

impl Kernel for InputGradient<'_> {
    /// Computes `dxᵀ = w · dzᵀ`, which reads the large w once and where it lies.
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut kernel::Scratch) {
        let Self { dz, w, outputs, dx } = self;
        let scratch = &mut scratch.matmul;
        let (images, inputs) = (dz.len() / outputs, w.len() / outputs);
        if images == 0 {
            return;
        }
        let mut columns = vec![0.0; dz.len()];
        transpose(dz, outputs, &mut columns, images);
        let packed = scratch
            .packed
            .take(outputs * vectors::<S>(images) * S::F32_LANES);
        pack(simd, &columns, images, packed);
        let tile = most_rows::<S>();
        let most = (4 * 1024 / images).max(tile) / tile * tile;
        for first in (0..inputs).step_by(most) {
            let count = most.min(inputs - first);
            let product = scratch.product.take(count * images);
            let rows = Rows {
                data: &w[first * outputs..],
                row: outputs,
                segment: 0,
                segments: 1,
                length: outputs,
            };
            let mut target = Target {
                data: product,
                row: images,
                columns: images,
                relu: false,
            };
            multiply(
                simd,
                rows,
                count,
                Right::Packed(packed),
                Start::Zero,
                &mut target,
            );
            transpose(product, images, &mut dx[first..], inputs);
        }
    }
}

/// Writes `matrix` of rows of `columns` numbers as columns; rows of `to` lie `row` apart.
#[inline(always)]
fn transpose(matrix: &[f32], columns: usize, to: &mut [f32], row: usize) {
    // Sixteen rows at a time: a line is written whole while it is in the first cache.
    for (block, rows) in matrix.chunks(16 * columns).enumerate() {
        for column in 0..columns {
            let to = &mut to[column * row + 16 * block..];
            for (to, from) in to.iter_mut().zip(rows[column..].iter().step_by(columns)) {
                *to = *from;
            }
        }
    }
}

/// `xᵀ · dz`, the gradient of a dense layer's weights, computed a few rows at a time.
pub struct WeightGradient<'a> {
    x: &'a [f32],
    dz: &'a [f32],
    packed: Buffer,
    inputs: usize,
    outputs: usize,
    images: usize,
}

impl<'a> WeightGradient<'a> {
    /// Of `x (images, inputs)` and `dz (images, outputs)`.
    #[inline(always)]
    pub fn new<S: Simd>(simd: S, x: &'a [f32], dz: &'a [f32], outputs: usize) -> Self {
        let images = dz.len() / outputs;
        let mut packed = Buffer::default();
        whole_vectors(simd, dz, outputs, &mut packed);
        Self {
            x,
            dz,
            packed,
            inputs: x.len() / images.max(1),
            outputs,
            images,
        }
    }

    /// Rows `first..` into `out`, or added to it.
    #[inline(always)]
    pub fn rows<S: Simd>(&mut self, simd: S, first: usize, add: bool, out: &mut [f32]) {
        let Self {
            x,
            dz,
            ref mut packed,
            inputs,
            outputs,
            images,
        } = *self;
        if images == 0 {
            if !add {
                out.fill(0.0);
            }
            return;
        }
        let padded = images * vectors::<S>(outputs) * S::F32_LANES;
        let right = if outputs.is_multiple_of(S::F32_LANES) {
            Right::Plain(dz)
        } else {
            Right::Packed(packed.take(padded))
        };
        // Row i of xᵀ is every image's input i.
        let rows = Rows {
            data: &x[first..],
            row: 1,
            segment: inputs,
            segments: images,
            length: 1,
        };
        let start = if add { Start::Target } else { Start::Zero };
        let count = out.len() / outputs;
        multiply(
            simd,
            rows,
            count,
            right,
            start,
            &mut Target {
                data: out,
                row: outputs,
                columns: outputs,
                relu: false,
            },
        );
    }
}
