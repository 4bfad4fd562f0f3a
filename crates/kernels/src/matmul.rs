//! The three matrix products of a dense layer, on the register tile.

use super::kernel::Kernel;
use super::pieces::Pieces;
use super::simd::{Buffer, load_part, store_part, vectors};
use super::tile::{ALL, Right, Rows, Start, Target, most_rows, multiply, pack, packed_block};
use pulp::Simd;
use std::ops::Range;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    packed: Buffer,
    product: Buffer,
    columns: Buffer,
}

/// Rows of `w` that are taken at a time: of as many, two vectors stay in the first cache while all images pass. The sums of an output are
/// cut there, however the work is.
const fn depth(lanes: usize) -> usize {
    2048 / lanes
}

/// How the weights of a dense layer are read, on vectors of so many lanes.
#[derive(Clone, Copy)]
pub struct Panels {
    inputs: usize,
    outputs: usize,
    padded: usize,
    depth: usize,
}

impl Panels {
    pub fn new(inputs: usize, outputs: usize, lanes: usize) -> Self {
        let padded = outputs.next_multiple_of(lanes);
        Self {
            inputs,
            outputs,
            padded,
            depth: depth(lanes),
        }
    }

    /// Whether they must be laid out, as their rows are no whole vectors.
    pub fn are_packed(&self) -> bool {
        self.padded != self.outputs
    }

    /// Into how many parts laying them out falls.
    pub fn parts(&self) -> usize {
        self.inputs.div_ceil(self.depth)
    }

    /// Numbers that they take then.
    pub fn length(&self) -> usize {
        self.inputs * self.padded
    }

    /// Where a part lies among them.
    pub fn place(&self, part: usize) -> Range<usize> {
        let rows = self.rows(part);
        rows.start * self.padded..rows.end * self.padded
    }

    fn rows(&self, part: usize) -> Range<usize> {
        let first = part * self.depth;
        first..self.inputs.min(first + self.depth)
    }
}

/// Lays out one part of the weights.
pub struct LayOut<'a> {
    pub panels: Panels,
    pub w: &'a [f32],
    pub part: usize,
    /// The part's place, overwritten.
    pub out: &'a mut [f32],
}

impl Kernel for LayOut<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (): &mut ()) {
        let (rows, outputs) = (self.panels.rows(self.part), self.panels.outputs);
        let w = &self.w[rows.start * outputs..rows.end * outputs];
        pack(simd, w, outputs, self.out);
    }
}

/// `y (images, outputs) = x (images, inputs) · w (inputs, outputs) + b (outputs,)`, no less than zero if `relu`.
pub struct Affine<'a> {
    pub panels: Panels,
    pub x: &'a [f32],
    /// As they are, or packed if they must be.
    pub w: &'a [f32],
    pub b: &'a [f32],
    pub relu: bool,
    /// Which blocks of outputs, of two vectors each.
    pub blocks: Range<usize>,
    /// Overwritten.
    pub y: Pieces<'a, f32>,
}

impl Kernel for Affine<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let Self {
            panels,
            x,
            w,
            b,
            relu,
            blocks,
            y,
        } = self;
        let Panels {
            inputs, outputs, ..
        } = panels;
        let images = x.len() / inputs;
        let mut target = Target {
            data: y,
            row: outputs,
            columns: outputs,
            blocks: blocks.clone(),
            relu: false,
        };
        for part in 0..panels.parts() {
            let rows = panels.rows(part);
            let start = if part == 0 {
                Start::Bias(b)
            } else {
                Start::Target
            };
            target.relu = relu && rows.end == inputs;
            let left = Rows::of(&x[rows.start.min(x.len())..], inputs, rows.len());
            if panels.are_packed() {
                let right = Right::Packed(&w[panels.place(part)]);
                multiply(simd, left, images, right, start, &mut target);
                continue;
            }
            let w = &w[rows.start * outputs..rows.end * outputs];
            if images <= 2 * most_rows::<S>() {
                multiply(
                    simd,
                    left,
                    images,
                    Right::Plain(w, outputs),
                    start,
                    &mut target,
                );
                continue;
            }
            // Many tiles read the same weights: they are read once in the order of memory, which is made for that.
            let lanes = S::F32_LANES;
            let packed = scratch.packed.take(w.len());
            for (k, row) in w.chunks_exact(outputs).enumerate() {
                for block in blocks.start..blocks.end.min(vectors::<S>(outputs).div_ceil(2)) {
                    let place = packed_block(lanes, outputs, rows.len(), block);
                    let width = place.len() / rows.len();
                    let from = &row[2 * block * lanes..][..width];
                    let to = &mut packed[place.start + k * width..][..width];
                    for (to, from) in to.chunks_exact_mut(lanes).zip(from.chunks_exact(lanes)) {
                        store_part(simd, to, load_part(simd, from));
                    }
                }
            }
            multiply(
                simd,
                left,
                images,
                Right::Packed(packed),
                start,
                &mut target,
            );
        }
    }
}

/// The same, its weights laid out first.
pub struct Whole<'a> {
    pub x: &'a [f32],
    pub w: &'a [f32],
    pub b: &'a [f32],
    pub inputs: usize,
    pub relu: bool,
    /// Overwritten.
    pub y: &'a mut [f32],
}

impl Kernel for Whole<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let Self {
            x,
            w,
            b,
            inputs,
            relu,
            y,
        } = self;
        let panels = Panels::new(inputs, b.len(), S::F32_LANES);
        let mut buffer = std::mem::take(&mut scratch.packed);
        let mut right = w;
        if panels.are_packed() {
            let packed = buffer.take(panels.length());
            for part in 0..panels.parts() {
                let lay_out = LayOut {
                    panels,
                    w,
                    part,
                    out: &mut packed[panels.place(part)],
                };
                lay_out.run(simd, &mut ());
            }
            right = packed;
        }
        let affine = Affine {
            panels,
            x,
            w: right,
            b,
            relu,
            blocks: ALL,
            y: Pieces::new(y),
        };
        affine.run(simd, scratch);
        scratch.packed = buffer;
    }
}

/// Some columns of `dx (images, inputs) = dz (images, outputs) · wᵀ` of `w (inputs, outputs)`.
pub struct InputGradient<'a> {
    pub dz: &'a [f32],
    /// All rows.
    pub w: &'a [f32],
    pub outputs: usize,
    /// Which inputs.
    pub inputs: Range<usize>,
    /// The layer's input, where it comes from a `ReLU`: that lets the gradient through where it is positive.
    pub x: Option<&'a [f32]>,
    /// Overwritten there.
    pub dx: Pieces<'a, f32>,
}

impl Kernel for InputGradient<'_> {
    type Scratch = Scratch;

    /// Computes `dxᵀ = w · dzᵀ`, which reads the large w once and where it lies.
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let Self {
            dz,
            w,
            outputs,
            inputs,
            x,
            mut dx,
        } = self;
        let Scratch {
            packed,
            product,
            columns,
        } = scratch;
        let (images, width) = (dz.len() / outputs, w.len() / outputs);
        if images == 0 {
            return;
        }
        let columns = columns.take(dz.len());
        transpose(dz, outputs, columns, images);
        let packed = packed.take(outputs * vectors::<S>(images) * S::F32_LANES);
        pack(simd, columns, images, packed);
        let tile = most_rows::<S>();
        let most = (4 * 1024 / images).max(tile) / tile * tile;
        for first in inputs.clone().step_by(most) {
            let count = most.min(inputs.end - first);
            let product = product.take(count * images);
            let rows = Rows::of(&w[first * outputs..], outputs, outputs);
            let mut target = Target {
                data: Pieces::new(product),
                row: images,
                columns: images,
                blocks: ALL,
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
            for image in 0..images {
                let at = image * width + first;
                let dx = dx.piece(at, count);
                let from = product[image..].iter().step_by(images);
                if let Some(x) = x {
                    for ((dx, from), x) in dx.iter_mut().zip(from).zip(&x[at..][..count]) {
                        *dx = if *x > 0.0 { *from } else { 0.0 };
                    }
                } else {
                    for (dx, from) in dx.iter_mut().zip(from) {
                        *dx = *from;
                    }
                }
            }
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
    right: Right<'a>,
    inputs: usize,
    outputs: usize,
    images: usize,
}

impl<'a> WeightGradient<'a> {
    /// Of `x (images, inputs)` and `dz (images, outputs)`, which is copied to `packed` if its rows are no whole vectors.
    #[inline(always)]
    pub fn new<S: Simd>(
        simd: S,
        x: &'a [f32],
        dz: &'a [f32],
        outputs: usize,
        packed: &'a mut Buffer,
    ) -> Self {
        let images = dz.len() / outputs;
        let right = if outputs.is_multiple_of(S::F32_LANES) {
            Right::Plain(dz, outputs)
        } else {
            let packed = packed.take(images * vectors::<S>(outputs) * S::F32_LANES);
            pack(simd, dz, outputs, packed);
            Right::Packed(packed)
        };
        Self {
            x,
            right,
            inputs: x.len() / images.max(1),
            outputs,
            images,
        }
    }

    /// Rows `first..` into `out`.
    #[inline(always)]
    pub fn rows<S: Simd>(&self, simd: S, first: usize, out: &mut [f32]) {
        // Row i of xᵀ is every image's input i.
        let rows = Rows::columns_of(&self.x[first..], self.inputs, self.images);
        let count = out.len() / self.outputs;
        let mut target = Target {
            data: Pieces::new(out),
            row: self.outputs,
            columns: self.outputs,
            blocks: ALL,
            relu: false,
        };
        multiply(simd, rows, count, self.right, Start::Zero, &mut target);
    }
}

/// The same whole.
pub struct Weights<'a> {
    pub x: &'a [f32],
    pub dz: &'a [f32],
    pub outputs: usize,
    /// Overwritten.
    pub dw: &'a mut [f32],
}

impl Kernel for Weights<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let packed = &mut scratch.packed;
        let product = WeightGradient::new(simd, self.x, self.dz, self.outputs, packed);
        product.rows(simd, 0, self.dw);
    }
}
