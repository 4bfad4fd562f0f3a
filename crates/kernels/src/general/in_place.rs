//! The gradient of the weights from a picture that is read where it lies.
//!
//! At one place of the kernel, the numbers that a channel meets with all pixels are one row of the left matrix: those of a pixel and the
//! next are as far apart as their channels are many. So nothing is copied for each place of the kernel.

use super::super::simd::vectors;
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::patches::pack_columns;
use super::{Scratch, Sizes, WeightGradient, add_bias};
use pulp::Simd;

/// Whether this is the faster way: channels fill a register tile.
pub const fn suits(s: &Sizes) -> bool {
    s.inputs() >= 6
}

/// Pixels at a time: what is read of them stays in the first cache.
const PIXELS: usize = 128;

#[inline(always)]
pub fn run<S: Simd>(simd: S, mut gradient: WeightGradient<'_>, scratch: &mut Scratch) {
    let s = gradient.sizes;
    let (slide, window, lanes) = (s.slide, s.slide.window, S::F32_LANES);
    let (inputs, outputs, columns) = (s.inputs(), s.outputs(), slide.columns);
    let some = s.filters_of(lanes, &gradient.blocks);
    let line = slide.padded_width() * slide.channels;
    let length = slide.padded_height() * line;
    let is_padded = length > s.input_length();
    let picture = scratch.picture.zeroed(if is_padded { length } else { 0 });
    let band = (PIXELS / columns).clamp(1, slide.rows);
    let mut start = Start::Zero;
    let images = (gradient.x.chunks_exact(s.input_length()))
        .zip(gradient.dz.chunks_exact(s.output_length()));
    for (mut x, dz) in images {
        if is_padded {
            slide.embed(x, slide.channels, picture);
            x = picture;
        }
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
                    let width = vectors::<S>(used) * lanes;
                    let column = group * outputs + from;
                    let right = if column + width <= s.filters {
                        Right::Plain(&dz[column..], s.filters)
                    } else {
                        let packed = scratch.packed.take(pixels * width);
                        pack_columns(dz, s.filters, column, used, width, packed);
                        Right::Packed(packed)
                    };
                    for tap in 0..s.taps() {
                        let (y, x_of_tap) = (tap / window.size[1], tap % window.size[1]);
                        let top = first * window.stride[0] + y * window.dilation[0];
                        let left = x_of_tap * window.dilation[1] * slide.channels;
                        let left = Rows {
                            data: &x[top * line + left + group * inputs..],
                            row: 1,
                            segment: window.stride[0] * line,
                            segments: rows,
                            length: columns,
                            step: window.stride[1] * slide.channels,
                        };
                        let mut target = Target {
                            data: (gradient.dw).reborrow(tap * inputs * s.filters + column),
                            row: s.filters,
                            columns: used,
                            blocks: ALL,
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
