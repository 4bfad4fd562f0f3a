//! The gradient of the input of a convolution of any kind.
//!
//! Where the window moves by one, it is a convolution of the output's gradient with the kernel [`turned`] round; where it moves by more,
//! several ([`phases`]) or one with as many more filters ([`Interleaved`]). Otherwise the gradient of every patch is written out (`dz · wᵀ`)
//! and added to the pixels that the patch was of.

use super::super::kernel::Kernel;
use super::super::pieces::Pieces;
use super::super::slide::{Slide, Window};
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::{Interleaved, SLACK, Sizes, phases};
use pulp::Simd;

/// The convolution that gives the input's gradient, if there is one.
pub fn turned(s: &Sizes) -> Option<Sizes> {
    let window = s.slide.window;
    let extent = window.extent();
    let left = |padding: [usize; 2]| {
        let left = |axis: usize| (extent[axis] - 1).checked_sub(padding[axis]);
        Some([left(0)?, left(1)?])
    };
    if window.stride != [1, 1] {
        return None;
    }
    Some(Sizes {
        slide: Slide {
            window: Window {
                before: left(window.before)?,
                after: left(window.after)?,
                ..window
            },
            height: s.slide.rows,
            width: s.slide.columns,
            channels: s.filters,
            rows: s.slide.height,
            columns: s.slide.width,
        },
        filters: s.slide.channels,
        groups: s.groups,
    })
}

/// The weights of that convolution at one tap, `(filters of a group, channels)`, from `w (taps, channels of a group, filters)`.
pub fn turn(s: &Sizes, w: &[f32], tap: usize, out: &mut [f32]) {
    let (inputs, outputs) = (s.inputs(), s.outputs());
    let block = inputs * s.filters;
    let from = &w[(s.taps() - 1 - tap) * block..][..block];
    for (filter, to) in out.chunks_exact_mut(s.slide.channels).enumerate() {
        for (group, to) in to.chunks_exact_mut(inputs).enumerate() {
            let from = from[group * outputs + filter..].iter().step_by(s.filters);
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
    }
}

/// Lays out the weights of one group for [`Input`], where it is not [`Interleaved`]: `(filters, depth)`, packed, or as its [`phases`] read
/// them.
pub struct LayOutColumns<'a> {
    pub sizes: Sizes,
    pub w: &'a [f32],
    pub group: usize,
    /// The group's place, overwritten.
    pub out: &'a mut [f32],
}

impl LayOutColumns<'_> {
    /// Numbers of a group.
    pub fn length(s: &Sizes, lanes: usize) -> usize {
        if phases::suits(s, lanes) {
            s.outputs() * s.taps() * s.inputs().next_multiple_of(lanes)
        } else {
            s.outputs() * s.depth().next_multiple_of(lanes)
        }
    }

    pub fn run(self, lanes: usize) {
        let s = &self.sizes;
        if phases::suits(s, lanes) {
            phases::lay_out(s, lanes, self.w, self.out);
            return;
        }
        let (depth, outputs) = (s.depth(), s.outputs());
        let mut place = 0;
        for first in (0..depth).step_by(2 * lanes) {
            let used = (2 * lanes).min(depth - first);
            let width = used.next_multiple_of(lanes);
            let block = &mut self.out[place..place + outputs * width];
            for (filter, to) in block.chunks_exact_mut(width).enumerate() {
                let column = self.group * outputs + filter;
                let from = self.w[first * s.filters + column..].iter();
                for (to, from) in to.iter_mut().zip(from.step_by(s.filters).take(used)) {
                    *to = *from;
                }
                to[used..].fill(0.0);
            }
            place += outputs * width;
        }
    }
}

/// The gradient of the input, by tiles, phase by phase or patch by patch.
pub struct Input<'a> {
    pub sizes: Sizes,
    pub dz: &'a [f32],
    /// As [`LayOutColumns`] leaves them, group by group, or as they are laid out for [`Interleaved`].
    pub weights: &'a [f32],
    /// Overwritten.
    pub dx: &'a mut [f32],
}

impl Kernel for Input<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        if let Some(interleaved) = Interleaved::new(&s, S::F32_LANES) {
            interleaved.run(simd, self.dz, self.weights, self.dx, scratch);
            return;
        }
        if phases::suits(&s, S::F32_LANES) {
            phases::run(simd, &s, self.dz, self.weights, self.dx, scratch);
            return;
        }
        let (slide, window) = (s.slide, s.slide.window);
        let (depth, outputs, columns) = (s.depth(), s.outputs(), slide.columns);
        let line = slide.padded_width() * slide.channels;
        let runs = s.runs(slide.channels);
        let length = LayOutColumns::length(&s, S::F32_LANES);
        let picture = slide.padded_height() * line;
        // Some rows at a time: a product of many rows uses the registers better.
        let band = (8 * 1024 / (columns * depth)).clamp(1, slide.rows);
        let images = (self.dz.chunks_exact(s.output_length()))
            .zip(self.dx.chunks_exact_mut(s.input_length()));
        for (dz, dx) in images {
            let sums = scratch.picture.zeroed(picture + SLACK);
            for first in (0..slide.rows).step_by(band) {
                let rows = band.min(slide.rows - first);
                for group in 0..s.groups {
                    let patches = scratch.patches.take(rows * columns * depth);
                    let left = Rows::of(
                        &dz[first * columns * s.filters + group * outputs..],
                        s.filters,
                        outputs,
                    );
                    let mut target = Target {
                        data: Pieces::new(patches),
                        row: depth,
                        columns: depth,
                        blocks: ALL,
                        relu: false,
                    };
                    let weights = &self.weights[group * length..][..length];
                    let right = Right::Packed(weights);
                    multiply(simd, left, rows * columns, right, Start::Zero, &mut target);
                    for (pixel, patch) in patches.chunks_exact(depth).enumerate() {
                        let (row, column) = (first + pixel / columns, pixel % columns);
                        let corner = row * window.stride[0] * line
                            + column * window.stride[1] * slide.channels
                            + group * s.inputs();
                        let corner = &mut sums[corner..];
                        let starts = runs.starts(&window, line, slide.channels);
                        for (at, run) in starts.zip(patch.chunks_exact(runs.length)) {
                            add(&mut corner[at..], run);
                        }
                    }
                }
            }
            slide.extract(sums, slide.channels, dx);
        }
    }
}

#[inline(always)]
fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}
