//! Convolutions of few filters, or of groups of few, whose vectors would be mostly empty.
//!
//! Forward, a vector holds a row's pixels instead: `(filters, depth)(depth, pixels)`. In the gradient of the weights it holds a part of a
//! patch: `(filters, pixels)(pixels, depth)`. The right matrices are read where they lie, over one another. Both results are turned round at
//! the end, a small part of the work.
#![allow(unsafe_code)] // Single numbers are written between those of other groups, of which other threads may have some.

use super::super::pieces::Pieces;
use super::super::simd::{reach, vectors};
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::patches::embed_group;
use super::planes::Planes;
use super::{Forward, PIXELS, SLACK, Scratch, Sizes, WeightGradient, add_bias, panel};
use pulp::Simd;

/// Filters of a group, at most, in the gradient of the weights.
const FEW: usize = 8;

/// Whether the forward pass is faster so: filters fill three quarters of a vector at most, and a row fills one.
pub const fn suits(s: &Sizes, lanes: usize) -> bool {
    4 * s.outputs() <= 3 * lanes && !s.is_depthwise() && s.slide.columns >= 12
}

/// Whether the gradient of the weights is.
pub const fn suits_weights(s: &Sizes, lanes: usize) -> bool {
    let runs = s.runs(s.inputs());
    let (few, many) = (
        s.outputs() * runs.count * runs.length.div_ceil(lanes),
        s.depth(),
    );
    s.outputs() <= FEW && s.outputs() <= 2 * lanes && !s.is_depthwise() && few < many
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
    let sums = scratch.sums.take(outputs * width);
    let taps = (0..s.taps()).flat_map(|tap| {
        let y = tap / window.size[1] * window.dilation[0];
        let place = layout.at(y, tap % window.size[1] * window.dilation[1]);
        (0..inputs).map(move |channel| channel * layout.pitch + place)
    });
    scratch.places.clear();
    scratch.places.extend(taps);
    for (image, x) in forward.x.chunks_exact(s.input_length()).enumerate() {
        layout.fill(&s, x, planes);
        for row in 0..slide.rows {
            let top = layout.at(row * window.stride[0], 0);
            for (group, _) in s.groups_of(lanes, &forward.blocks) {
                let right = &planes[group * inputs * layout.pitch + top..];
                let left = Rows::columns_of(
                    &forward.weights[panel(&s, lanes, group, 0)],
                    outputs.next_multiple_of(lanes).min(2 * lanes),
                    s.depth(),
                );
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
                    Right::Placed(right, &scratch.places),
                    Start::Zero,
                    &mut target,
                );
                let start = image * s.output_length() + row * columns * s.filters;
                let mut out = forward.out.reborrow(start + group * outputs);
                let end = reach([(columns - 1, s.filters), (1, outputs)]);
                assert!(end <= out.len(), "the row lies in the output");
                let to = out.as_mut_ptr();
                for (filter, sums) in sums.chunks_exact_mut(width).enumerate() {
                    let bias = forward
                        .bias
                        .map_or(0.0, |bias| bias[group * outputs + filter]);
                    for sum in &mut *sums {
                        let finished = *sum + bias;
                        // What is not a number stays so.
                        let is_cut = forward.relu && finished <= 0.0;
                        *sum = if is_cut { 0.0 } else { finished };
                    }
                }
                for column in 0..columns {
                    for filter in 0..outputs {
                        // SAFETY: before the end that was asserted.
                        unsafe {
                            let sum = sums[filter * width + column];
                            to.add(column * s.filters + filter).write(sum);
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
    let (slide, window, lanes) = (s.slide, s.slide.window, S::F32_LANES);
    let (inputs, outputs, columns) = (s.inputs(), s.outputs(), slide.columns);
    let some = s.filters_of(lanes, &gradient.blocks);
    let by_group = s.is_by_group();
    let channels = if by_group { inputs } else { slide.channels };
    let runs = s.runs(channels);
    let padded = vectors::<S>(runs.length) * lanes;
    let pitch = runs.count * padded;
    let line = slide.padded_width() * channels;
    let picture = scratch.picture.zeroed(slide.padded_height() * line + SLACK);
    let sums = scratch.sums.take(some.len() * pitch);
    let band = (PIXELS / columns).clamp(1, slide.rows);
    let step = window.stride[1] * channels;
    let pixels = (0..band * columns)
        .map(|pixel| pixel / columns * window.stride[0] * line + pixel % columns * step);
    scratch.places.clear();
    scratch.places.extend(pixels);
    let images = (gradient.x.chunks_exact(s.input_length()))
        .zip(gradient.dz.chunks_exact(s.output_length()));
    for (image, (x, dz)) in images.enumerate() {
        if !by_group {
            slide.embed(x, channels, picture);
        }
        if let Some(db) = &mut gradient.db {
            add_bias(dz, s.filters, &some, db);
        }
        for (group, _) in s.groups_of(lanes, &gradient.blocks) {
            let mut first_channel = group * inputs;
            if by_group {
                embed_group(simd, &s, x, group, picture);
                first_channel = 0;
            }
            let from = (group * outputs - some.start) * pitch;
            let sums = &mut sums[from..from + outputs * pitch];
            for first in (0..slide.rows).step_by(band) {
                let rows = band.min(slide.rows - first);
                let left = Rows::columns_of(
                    &dz[first * columns * s.filters + group * outputs..],
                    s.filters,
                    rows * columns,
                );
                let start = if (image, first) == (0, 0) {
                    Start::Zero
                } else {
                    Start::Target
                };
                let top = first * window.stride[0] * line + first_channel;
                for (run, at) in runs.starts(&window, line, channels).enumerate() {
                    let mut target = Target {
                        data: Pieces::new(&mut sums[run * padded..]),
                        row: pitch,
                        columns: padded,
                        blocks: ALL,
                        relu: false,
                    };
                    let right = Right::Placed(&picture[top + at..], &scratch.places);
                    multiply(simd, left, outputs, right, start, &mut target);
                }
            }
        }
    }
    for place in 0..s.depth() {
        let at = place / runs.length * padded + place % runs.length;
        let dw = gradient
            .dw
            .piece(place * s.filters + some.start, some.len());
        for (dw, sums) in dw.iter_mut().zip(sums.chunks_exact(pitch)) {
            *dw = sums[at];
        }
    }
}
