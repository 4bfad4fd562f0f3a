//! The gradient of the input where the window moves by more than one and has no holes.
//!
//! Pixels of the padded input at a multiple of the stride and the same rest see the same taps of the kernel, those at `rest`, `rest + stride`
//! and so on. Their gradient is a convolution of the output's with these taps turned round, which moves by one: every number is computed
//! where it belongs, and none is added up from patches.

use super::super::pieces::Pieces;
use super::super::slide::{Slide, Window};
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::{Scratch, Sizes};
use pulp::Simd;

/// Whether this takes less than adding patches up, which fills vectors better if there are few channels.
pub const fn suits(s: &Sizes, lanes: usize) -> bool {
    let [down, across] = s.slide.window.stride;
    let phases = s.depth() / s.inputs() * s.outputs() * s.inputs().div_ceil(lanes);
    // A vector added is about four multiplied.
    let columns = s.depth().div_ceil(lanes) * (s.outputs() + 4);
    let [y, x] = s.slide.window.dilation;
    s.groups == 1 && down * across > 1 && y * x == 1 && phases <= columns
}

/// The pixels of one rest in one direction.
#[derive(Clone, Copy)]
struct Phase {
    rest: usize,
    /// Of the kernel, none where the stride is larger than that.
    taps: usize,
    /// The first pixel, and how many there are.
    first: usize,
    count: usize,
    /// The output that the first pixel meets with the first tap; the next taps meet those before it.
    output: usize,
}

/// All rests in one direction.
fn phases(slide: &Slide, axis: usize) -> impl Iterator<Item = Phase> + Clone + use<> {
    let length = [slide.height, slide.width][axis];
    let window = slide.window;
    let (size, stride, before) = (window.size[axis], window.stride[axis], window.before[axis]);
    (0..stride).map(move |rest| {
        let output = before.saturating_sub(rest).div_ceil(stride);
        let first = rest + output * stride - before;
        Phase {
            rest,
            taps: size.saturating_sub(rest).div_ceil(stride),
            first,
            count: length.saturating_sub(first).div_ceil(stride),
            output,
        }
    })
}

/// All pairs of rests, row by row.
fn pairs(slide: &Slide) -> impl Iterator<Item = [Phase; 2]> + use<> {
    let across = phases(slide, 1);
    phases(slide, 0).flat_map(move |down| across.clone().map(move |across| [down, across]))
}

/// The output's gradient with as many zeros around as pixels at the border reach over.
fn padded(s: &Sizes) -> Slide {
    let Slide {
        window,
        height,
        width,
        rows,
        columns,
        ..
    } = s.slide;
    let before = [0, 1].map(|axis| window.size[axis].div_ceil(window.stride[axis]) - 1);
    let after = [(0, height, rows), (1, width, columns)].map(|(axis, length, outputs)| {
        let last = (window.before[axis] + length - 1) / window.stride[axis];
        (last + 1).saturating_sub(outputs)
    });
    Slide {
        window: Window {
            before,
            after,
            ..Window::square(1)
        },
        height: rows,
        width: columns,
        channels: s.filters,
        rows,
        columns,
    }
}

/// Lays out the weights: pair after pair of phases, `(taps · filters, channels)` each, packed.
pub fn lay_out(s: &Sizes, lanes: usize, w: &[f32], out: &mut [f32]) {
    let (channels, [stride_y, stride_x]) = (s.slide.channels, s.slide.window.stride);
    let mut place = 0;
    for [down, across] in pairs(&s.slide) {
        for first in (0..channels).step_by(2 * lanes) {
            let used = (2 * lanes).min(channels - first);
            let width = used.next_multiple_of(lanes);
            for y in (0..down.taps).rev() {
                for x in (0..across.taps).rev() {
                    let row = down.rest + y * stride_y;
                    let tap = row * s.slide.window.size[1] + across.rest + x * stride_x;
                    let from = &w[(tap * channels + first) * s.filters..][..used * s.filters];
                    let to = &mut out[place..place + s.filters * width];
                    for (filter, to) in to.chunks_exact_mut(width).enumerate() {
                        let column = from[filter..].iter().step_by(s.filters);
                        to.iter_mut().zip(column).for_each(|(to, from)| *to = *from);
                        to[used..].fill(0.0);
                    }
                    place += s.filters * width;
                }
            }
        }
    }
}

/// The gradients of the pictures in `dx`, which are overwritten.
#[inline(always)]
pub fn run<S: Simd>(
    simd: S,
    s: &Sizes,
    dz: &[f32],
    weights: &[f32],
    dx: &mut [f32],
    scratch: &mut Scratch,
) {
    let (slide, channels) = (&s.slide, s.slide.channels);
    let [stride_y, stride_x] = slide.window.stride;
    let around = padded(s);
    let line = around.padded_width() * s.filters;
    let is_padded = around.padded_height() * line > s.output_length();
    let room = if is_padded {
        around.padded_height() * line
    } else {
        0
    };
    let picture = scratch.picture.zeroed(room);
    // Some pixels may be seen by no tap.
    let has_gaps = pairs(slide).any(|[down, across]| down.taps * across.taps == 0);
    let width = channels.next_multiple_of(S::F32_LANES);
    let images = (dz.chunks_exact(s.output_length())).zip(dx.chunks_exact_mut(s.input_length()));
    for (mut dz, dx) in images {
        if is_padded {
            around.embed(dz, s.filters, picture);
            dz = picture;
        }
        if has_gaps {
            dx.fill(0.0);
        }
        let mut place = 0;
        for [down, across] in pairs(slide) {
            let length = down.taps * across.taps * s.filters * width;
            let weights = &weights[place..place + length];
            place += length;
            if across.count == 0 || length == 0 {
                continue;
            }
            let [top, left] = [(0, down), (1, across)]
                .map(|(axis, phase)| phase.output + around.window.before[axis] + 1 - phase.taps);
            for row in 0..down.count {
                let pixel = (down.first + row * stride_y) * slide.width + across.first;
                let dx = &mut dx[pixel * channels..];
                let rows = Rows {
                    data: &dz[(top + row) * line + left * s.filters..],
                    row: s.filters,
                    segment: line,
                    segments: down.taps,
                    length: across.taps * s.filters,
                    step: 1,
                };
                let mut target = Target {
                    data: Pieces::new(dx),
                    row: stride_x * channels,
                    columns: channels,
                    blocks: ALL,
                    relu: false,
                };
                let right = Right::Packed(weights);
                multiply(simd, rows, across.count, right, Start::Zero, &mut target);
            }
        }
    }
}
