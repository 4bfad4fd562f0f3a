//! A convolution of any kind forward.

use super::super::kernel::Kernel;
use super::super::tile::{Right, Rows, Start, Target, multiply};
use super::super::winograd;
use super::patches::{embed_group, pack_columns, pack_row};
use super::{Forward, SLACK, Sizes, few, panel};
use pulp::Simd;
use std::ops::Range;

/// Lays out one part of the weights for [`Forward`].
pub struct LayOut<'a> {
    pub sizes: Sizes,
    pub w: &'a [f32],
    pub part: usize,
    /// The part's place, overwritten.
    pub out: &'a mut [f32],
}

impl LayOut<'_> {
    /// Into how many parts it falls.
    pub fn parts(s: &Sizes, lanes: usize) -> usize {
        match s.tiles(1) {
            Some((shape, cut)) => winograd::parts(cut, &shape, lanes),
            None => s.blocks(lanes),
        }
    }

    /// Where a part lies.
    pub fn place(s: &Sizes, lanes: usize, part: usize) -> Range<usize> {
        if let Some((shape, cut)) = s.tiles(1) {
            return winograd::place(cut, &shape, lanes, part);
        }
        let of_group = s.blocks_of_group(lanes);
        panel(s, lanes, part / of_group, part % of_group)
    }

    /// Numbers of all parts.
    pub fn length(s: &Sizes, lanes: usize) -> usize {
        let parts = 0..Self::parts(s, lanes);
        parts.map(|part| Self::place(s, lanes, part).len()).sum()
    }
}

impl Kernel for LayOut<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (): &mut ()) {
        let (s, lanes) = (&self.sizes, S::F32_LANES);
        if let Some((shape, cut)) = s.tiles(1) {
            winograd::lay_out(simd, cut, &shape, self.w, self.part, self.out);
            return;
        }
        let of_group = s.blocks_of_group(lanes);
        let (group, block) = (self.part / of_group, self.part % of_group);
        let from = 2 * block * lanes;
        let used = (2 * lanes).min(s.outputs() - from);
        let column = group * s.outputs() + from;
        let width = used.next_multiple_of(lanes);
        pack_columns(self.w, s.filters, column, used, width, self.out);
    }
}

impl Kernel for Forward<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        if let Some((shape, cut)) = s.tiles(self.x.len() / s.input_length()) {
            let forward = winograd::Forward {
                shape,
                relu: self.relu,
                zeros_stay: self.zeros_stay,
                x: self.x,
                weights: self.weights,
                bias: self.bias,
                out: self.out,
                codes: None,
                blocks: self.blocks,
            };
            winograd::run(simd, cut, forward, &mut scratch.tiles);
            return;
        }
        if few::suits(&s, S::F32_LANES) {
            few::forward(simd, self, scratch);
            return;
        }
        let (slide, window) = (s.slide, s.slide.window);
        let (lanes, depth, outputs) = (S::F32_LANES, s.depth(), s.outputs());
        let (is_in_runs, by_group) = (window.dilation[1] == 1, s.is_by_group());
        let channels = if by_group { s.inputs() } else { slide.channels };
        let line = slide.padded_width() * channels;
        let length = slide.padded_height() * line;
        let is_copied = length > slide.height * slide.width * channels || !is_in_runs || by_group;
        let room = if is_copied { length + SLACK } else { 0 };
        let picture = scratch.picture.zeroed(room);
        let room = if is_in_runs {
            0
        } else {
            slide.columns * depth + SLACK
        };
        let patches = scratch.patches.take(room);
        for (image, x) in self.x.chunks_exact(s.input_length()).enumerate() {
            if is_copied && !by_group {
                slide.embed(x, channels, picture);
            }
            for (group, blocks) in s.groups_of(lanes, &self.blocks) {
                if by_group {
                    embed_group(simd, &s, x, group, picture);
                }
                let x = if is_copied { &*picture } else { x };
                for row in 0..slide.rows {
                    let blocks = blocks.clone();
                    let rows = if is_in_runs {
                        Rows {
                            data: &x[row * window.stride[0] * line..],
                            row: window.stride[1] * channels,
                            segment: window.dilation[0] * line,
                            segments: window.size[0],
                            length: window.size[1] * channels,
                            step: 1,
                        }
                    } else {
                        pack_row(simd, &s, x, row, group, patches);
                        Rows::of(patches, depth, depth)
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
                    let place = panel(&s, lanes, group, 0).start;
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
