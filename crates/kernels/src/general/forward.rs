//! A convolution of any kind forward.

use super::super::kernel::Kernel;
use super::super::pieces::Pieces;
use super::super::tile::{Right, Rows, Start, Target, multiply};
use super::patches::pack_row;
use super::{SLACK, Sizes};
use pulp::Simd;
use std::ops::Range;

/// Where the weights of a block lie, laid out: group after group, block after block.
fn place(s: &Sizes, lanes: usize, group: usize, block: usize) -> Range<usize> {
    let padded = s.outputs().next_multiple_of(lanes);
    let (first, start) = (2 * block * lanes, group * s.depth() * padded);
    start + first * s.depth()..start + padded.min(first + 2 * lanes) * s.depth()
}

/// Lays out the weights of one block for [`Forward`].
pub struct LayOut<'a> {
    pub sizes: Sizes,
    pub w: &'a [f32],
    pub block: usize,
    /// The block's place, overwritten.
    pub out: &'a mut [f32],
}

impl LayOut<'_> {
    /// Where a block of all blocks lies.
    pub fn place(s: &Sizes, lanes: usize, block: usize) -> Range<usize> {
        let of_group = s.blocks_of_group(lanes);
        place(s, lanes, block / of_group, block % of_group)
    }

    /// Numbers of all blocks.
    pub fn length(s: &Sizes, lanes: usize) -> usize {
        s.groups * s.depth() * s.outputs().next_multiple_of(lanes)
    }

    pub fn run(self, lanes: usize) {
        let s = &self.sizes;
        let of_group = s.blocks_of_group(lanes);
        let (group, block) = (self.block / of_group, self.block % of_group);
        let from = 2 * block * lanes;
        let used = (2 * lanes).min(s.outputs() - from);
        let column = group * s.outputs() + from;
        pack_columns(
            self.w,
            s.filters,
            column,
            used,
            used.next_multiple_of(lanes),
            self.out,
        );
    }
}

/// Copies some columns of a matrix; rows of the copy are `width` apart, with zeros at their ends.
#[inline(always)]
pub fn pack_columns(
    matrix: &[f32],
    columns: usize,
    first: usize,
    used: usize,
    width: usize,
    out: &mut [f32],
) {
    for (to, row) in out
        .chunks_exact_mut(width)
        .zip(matrix.chunks_exact(columns))
    {
        to[..used].copy_from_slice(&row[first..first + used]);
        to[used..].fill(0.0);
    }
}

/// `x ∗ w + b`, no less than zero if `relu`.
pub struct Forward<'a> {
    pub sizes: Sizes,
    pub relu: bool,
    pub x: &'a [f32],
    /// As [`LayOut`] leaves them.
    pub weights: &'a [f32],
    pub bias: Option<&'a [f32]>,
    /// Which blocks of filters.
    pub blocks: Range<usize>,
    /// Overwritten there.
    pub out: Pieces<'a, f32>,
}

impl Kernel for Forward<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        let (slide, window) = (s.slide, s.slide.window);
        let (lanes, depth, outputs) = (S::F32_LANES, s.depth(), s.outputs());
        let line = slide.padded_width() * slide.channels;
        let length = slide.padded_height() * line;
        let is_copied = length > slide.input_length() || !s.is_in_runs();
        let room = if is_copied { length + SLACK } else { 0 };
        let picture = scratch.picture.zeroed(room);
        let room = if s.is_in_runs() {
            0
        } else {
            slide.columns * depth + SLACK
        };
        let patches = scratch.patches.take(room);
        for (image, mut x) in self.x.chunks_exact(s.input_length()).enumerate() {
            if is_copied {
                slide.embed(x, slide.channels, picture);
                x = picture;
            }
            for row in 0..slide.rows {
                for (group, blocks) in s.groups_of(lanes, &self.blocks) {
                    let rows = if s.is_in_runs() {
                        Rows {
                            data: &x[row * window.stride[0] * line..],
                            row: window.stride[1] * slide.channels,
                            segment: window.dilation[0] * line,
                            segments: window.size[0],
                            length: s.run(),
                        }
                    } else {
                        pack_row(simd, &s, x, row, group, patches);
                        Rows {
                            data: patches,
                            row: depth,
                            segment: 0,
                            segments: 1,
                            length: depth,
                        }
                    };
                    let first = group * outputs;
                    let start = image * s.output_length() + row * slide.columns * s.filters;
                    let mut target = Target {
                        data: self.out.reborrow(start + first),
                        row: s.filters,
                        columns: outputs,
                        blocks,
                        relu: self.relu,
                    };
                    let place = place(&s, lanes, group, 0).start;
                    let length = depth * outputs.next_multiple_of(lanes);
                    let bias = (self.bias).map(|bias| &bias[first..first + outputs]);
                    multiply(
                        simd,
                        rows,
                        slide.columns,
                        Right::Packed(&self.weights[place..place + length]),
                        bias.map_or(Start::Zero, Start::Bias),
                        &mut target,
                    );
                }
            }
        }
    }
}
