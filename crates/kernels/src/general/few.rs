//! Convolutions of few filters, or of groups of few, whose vectors would be mostly empty.
//!
//! Forward, a vector holds a row's pixels instead: `(filters, depth)(depth, pixels)`. In the gradient of the weights it holds places of the
//! kernel: `(filters, pixels)(pixels, depth)`. Both results are turned round at the end, a small part of the work.
#![allow(unsafe_code)] // Single numbers are written between those of other groups, of which other threads may have some.

use super::super::pieces::Pieces;
use super::super::simd::{load_part, reach, store_part, vectors};
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::patches::pack_row;
use super::planes::Planes;
use super::{Forward, SLACK, Scratch, Sizes, WeightGradient, add_bias, panel};
use pulp::Simd;

/// Filters of a group, at most, in the gradient of the weights.
const FEW: usize = 8;

/// Numbers of the patches at a time: as many as stay in the first cache.
const PATCHES: usize = 6 * 1024;

/// Whether the forward pass is faster so: filters fill half a vector at most, and a row does.
pub const fn suits(s: &Sizes, lanes: usize) -> bool {
    2 * s.outputs() <= lanes && !s.is_depthwise() && s.slide.columns >= 12
}

/// Whether the gradient of the weights is.
pub const fn suits_weights(s: &Sizes, lanes: usize) -> bool {
    let (few, many) = (s.outputs() * s.depth().div_ceil(lanes), s.depth());
    s.outputs() <= FEW && s.outputs() <= 2 * lanes && !s.is_depthwise() && 4 * few < 3 * many
}

#[inline(always)]
pub fn forward<S: Simd>(simd: S, mut forward: Forward<'_>, scratch: &mut Scratch) {
    let s = forward.sizes;
    let (slide, window, lanes) = (s.slide, s.slide.window, S::F32_LANES);
    let (inputs, outputs, columns) = (s.inputs(), s.outputs(), slide.columns);
    let width = vectors::<S>(columns) * lanes;
    let layout = Planes::new(&s);
    let length = slide.channels * layout.pitch;
    let planes = scratch.picture.zeroed(length + width);
    let matrix = scratch.patches.take(s.depth() * width);
    let sums = scratch.sums.take(outputs * width);
    for (image, x) in forward.x.chunks_exact(s.input_length()).enumerate() {
        layout.fill(&s, x, planes);
        for row in 0..slide.rows {
            for (group, _) in s.groups_of(lanes, &forward.blocks) {
                let mut places = matrix.chunks_exact_mut(width);
                for tap in 0..s.taps() {
                    let y = row * window.stride[0] + tap / window.size[1] * window.dilation[0];
                    let x = tap % window.size[1] * window.dilation[1];
                    let place = layout.at(y, x);
                    let of_group = group * inputs..(group + 1) * inputs;
                    for (channel, to) in of_group.zip(&mut places) {
                        let from = &planes[channel * layout.pitch + place..][..width];
                        // No call of `memcpy` for two vectors.
                        for (to, from) in to.chunks_exact_mut(lanes).zip(from.chunks_exact(lanes)) {
                            store_part(simd, to, load_part(simd, from));
                        }
                    }
                }
                let left = Rows {
                    data: &forward.weights[panel(&s, lanes, group, 0)],
                    row: 1,
                    segment: 0,
                    segments: 1,
                    length: s.depth(),
                    step: outputs.next_multiple_of(lanes).min(2 * lanes),
                };
                let mut target = Target {
                    data: Pieces::new(sums),
                    row: width,
                    columns: width,
                    blocks: ALL,
                    relu: false,
                };
                multiply(
                    simd,
                    left,
                    outputs,
                    Right::Plain(matrix, width),
                    Start::Zero,
                    &mut target,
                );
                let start = image * s.output_length() + row * columns * s.filters;
                let mut out = forward.out.reborrow(start + group * outputs);
                let end = reach([(columns - 1, s.filters), (1, outputs)]);
                assert!(end <= out.len(), "the row lies in the output");
                let to = out.as_mut_ptr();
                for (filter, sums) in sums.chunks_exact(width).enumerate() {
                    let bias = forward
                        .bias
                        .map_or(0.0, |bias| bias[group * outputs + filter]);
                    for (column, sum) in sums[..columns].iter().enumerate() {
                        let sum = sum + bias;
                        // What is not a number stays so.
                        let is_cut = forward.relu && sum <= 0.0;
                        // SAFETY: before the end that was asserted.
                        unsafe {
                            to.add(column * s.filters + filter).write(if is_cut {
                                0.0
                            } else {
                                sum
                            });
                        }
                    }
                }
            }
        }
    }
}

/// Of at least one picture.
#[inline(always)]
pub fn weights<S: Simd>(simd: S, mut gradient: WeightGradient<'_>, scratch: &mut Scratch) {
    let s = gradient.sizes;
    let (slide, lanes) = (s.slide, S::F32_LANES);
    let (depth, outputs, columns) = (s.depth(), s.outputs(), slide.columns);
    let some = s.filters_of(lanes, &gradient.blocks);
    let pitch = vectors::<S>(depth) * lanes;
    let length = slide.padded_height() * slide.padded_width() * slide.channels;
    let picture = scratch.picture.zeroed(length + SLACK);
    let sums = scratch.sums.take(some.len() * pitch);
    let band = (PATCHES / (columns * pitch)).clamp(1, slide.rows);
    let patches = scratch.patches.take(band * columns * pitch + SLACK);
    let mut start = Start::Zero;
    let images = (gradient.x.chunks_exact(s.input_length()))
        .zip(gradient.dz.chunks_exact(s.output_length()));
    for (x, dz) in images {
        slide.embed(x, slide.channels, picture);
        if let Some(db) = &mut gradient.db {
            add_bias(dz, s.filters, &some, db);
        }
        for first in (0..slide.rows).step_by(band) {
            let rows = first..slide.rows.min(first + band);
            let pixels = rows.len() * columns;
            let dz = &dz[first * columns * s.filters..][..pixels * s.filters];
            for (group, _) in s.groups_of(lanes, &gradient.blocks) {
                for (row, at) in rows.clone().zip((0_usize..).step_by(columns * pitch)) {
                    let patches = &mut patches[at..][..columns * pitch + SLACK];
                    pack_row(simd, &s, picture, row, group, patches, pitch);
                }
                let left = Rows {
                    data: &dz[group * outputs..],
                    row: 1,
                    segment: 0,
                    segments: 1,
                    length: pixels,
                    step: s.filters,
                };
                let from = (group * outputs - some.start) * pitch;
                let mut target = Target {
                    data: Pieces::new(&mut sums[from..from + outputs * pitch]),
                    row: pitch,
                    columns: pitch,
                    blocks: ALL,
                    relu: false,
                };
                let right = Right::Plain(&patches[..pixels * pitch], pitch);
                multiply(simd, left, outputs, right, start, &mut target);
            }
            start = Start::Target;
        }
    }
    for place in 0..depth {
        let dw = gradient
            .dw
            .piece(place * s.filters + some.start, some.len());
        for (dw, sums) in dw.iter_mut().zip(sums.chunks_exact(pitch)) {
            *dw = sums[place];
        }
    }
}
