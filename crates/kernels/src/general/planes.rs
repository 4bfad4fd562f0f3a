//! The gradient of the weights from a picture whose channels lie one behind the other.
//!
//! Turned round, the numbers that one place of the kernel meets are runs: a row of a channel's plane, shifted. Where the window moves by
//! more than one, columns that it meets together lie together. So nothing is copied for each place of the kernel, and the rows that a
//! register tile reads stay in the first cache.

use super::super::simd::vectors;
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::patches::pack_columns;
use super::{Scratch, Sizes, WeightGradient, add_bias};
use pulp::Simd;

/// Whether this is the faster way: turning a picture must pay, and the rows fill a register tile.
pub const fn suits(s: &Sizes) -> bool {
    s.inputs() >= 8 && s.taps() >= 4
}

/// Pixels at a time: their gradients stay in the first cache.
const PIXELS: usize = 256;

/// Where the number of a pixel is.
pub struct Planes {
    /// From a channel to the next.
    pub pitch: usize,
    line: usize,
    /// Columns that are met together lie together, as many kinds as the stride.
    kinds: usize,
    of_kind: usize,
}

impl Planes {
    pub fn new(s: &Sizes) -> Self {
        let kinds = s.slide.window.stride[1].min(s.slide.padded_width());
        let of_kind = s.slide.padded_width().div_ceil(kinds);
        let line = kinds * of_kind;
        Self {
            // Odd: at a power of two apart they would share lines of the first cache.
            pitch: (s.slide.padded_height() * line) | 1,
            line,
            kinds,
            of_kind,
        }
    }

    #[inline(always)]
    pub fn at(&self, y: usize, x: usize) -> usize {
        y * self.line + x % self.kinds * self.of_kind + x / self.kinds
    }

    /// Turns a picture round; what is around it stays zero.
    #[inline(always)]
    pub fn fill(&self, s: &Sizes, x: &[f32], planes: &mut [f32]) {
        let (slide, [top, left]) = (&s.slide, s.slide.window.before);
        let channels = slide.channels;
        for (y, line) in x.chunks_exact(slide.width * channels).enumerate() {
            for kind in 0..self.kinds {
                // The first column of the picture that is of this kind.
                let first = (kind + self.kinds - left % self.kinds) % self.kinds;
                if first >= slide.width {
                    continue;
                }
                let place = self.at(y + top, first + left);
                for channel in 0..channels {
                    let from = line[first * channels + channel..].iter();
                    let to = &mut planes[channel * self.pitch + place..];
                    for (to, from) in to.iter_mut().zip(from.step_by(self.kinds * channels)) {
                        *to = *from;
                    }
                }
            }
        }
    }
}

#[inline(always)]
pub fn run<S: Simd>(simd: S, mut gradient: WeightGradient<'_>, scratch: &mut Scratch) {
    let s = gradient.sizes;
    let (slide, window, lanes) = (s.slide, s.slide.window, S::F32_LANES);
    let (inputs, outputs, columns) = (s.inputs(), s.outputs(), slide.columns);
    let some = s.filters_of(lanes, &gradient.blocks);
    let layout = Planes::new(&s);
    let planes = scratch.picture.zeroed(slide.channels * layout.pitch);
    let band = (PIXELS / columns).clamp(1, slide.rows);
    let mut start = Start::Zero;
    let images = (gradient.x.chunks_exact(s.input_length()))
        .zip(gradient.dz.chunks_exact(s.output_length()));
    for (x, dz) in images {
        layout.fill(&s, x, planes);
        if let Some(db) = &mut gradient.db {
            add_bias(dz, s.filters, &some, db);
        }
        for first in (0..slide.rows).step_by(band) {
            let rows = band.min(slide.rows - first);
            let pixels = rows * columns;
            let dz = &dz[first * columns * s.filters..][..pixels * s.filters];
            for (group, blocks) in s.groups_of(lanes, &gradient.blocks) {
                for block in blocks {
                    let from = 2 * block * lanes;
                    let used = (2 * lanes).min(outputs - from);
                    let is_plain = s.groups == 1 && outputs.is_multiple_of(lanes);
                    let right = if is_plain {
                        Right::Plain(dz)
                    } else {
                        let width = vectors::<S>(used) * lanes;
                        let packed = scratch.packed.take(pixels * width);
                        let column = group * outputs + from;
                        pack_columns(dz, s.filters, column, used, width, packed);
                        Right::Packed(packed)
                    };
                    for tap in 0..s.taps() {
                        let y = tap / window.size[1] * window.dilation[0];
                        let x = tap % window.size[1] * window.dilation[1];
                        let place = layout.at(first * window.stride[0] + y, x);
                        let left = Rows {
                            data: &planes[group * inputs * layout.pitch + place..],
                            row: layout.pitch,
                            segment: window.stride[0] * layout.line,
                            segments: rows,
                            length: columns,
                        };
                        let to = tap * inputs * s.filters + group * outputs;
                        let mut target = Target {
                            data: gradient.dw.reborrow(if is_plain { to } else { to + from }),
                            row: s.filters,
                            columns: if is_plain { outputs } else { used },
                            blocks: if is_plain { block..block + 1 } else { ALL },
                            relu: false,
                        };
                        multiply(simd, left, inputs, right, start, &mut target);
                    }
                }
            }
            start = Start::Target;
        }
    }
}
