//! What a square of the kernel sees of the picture under a tile: a patch, beyond the picture's border zeros.
#![allow(unsafe_code)] // Bounds checks of every vector; each patch is checked once.

use super::super::simd::{load, load_part, reach};
use super::Shape;
use pulp::Simd;
use std::ops::Range;

/// Taps of the kernel that a tile meets at once, every `stride`-th of it.
#[derive(Clone, Copy)]
pub struct Square {
    /// Row and column of the first.
    pub first: [usize; 2],
    /// How many in each direction, three at most.
    pub taps: [usize; 2],
}

/// A patch of `H × W` pixels, read where it lies.
pub struct Seen<'a> {
    /// From the first pixel on that is inside of the picture.
    pixels: &'a [f32],
    channels: usize,
    /// Which of the patch's rows and columns are inside.
    rows: Range<usize>,
    columns: Range<usize>,
    /// From one to the next, in numbers.
    steps: [usize; 2],
}

impl<'a> Seen<'a> {
    /// Of a tile whose first pixel is at `(image, row, column)`.
    #[inline(always)]
    pub fn new<const H: usize, const W: usize>(
        g: &Shape,
        x: &'a [f32],
        (image, row, column): (usize, usize, usize),
        square: &Square,
    ) -> Self {
        let [stride_y, stride_x] = g.stride;
        let top = row * stride_y + square.first[0] * g.dilation[0];
        let left = column * stride_x + square.first[1] * g.dilation[1];
        let (down, across) = (stride_y * g.dilation[0], stride_x * g.dilation[1]);
        let (rows, y) = inside(top, down, H, g.before[0], g.height);
        let (columns, x0) = inside(left, across, W, g.before[1], g.width);
        let start = image * g.input_length() + (y * g.width + x0) * g.channels;
        let is_outside = rows.is_empty() || columns.is_empty();
        Self {
            pixels: if is_outside { &[] } else { &x[start..] },
            channels: g.channels,
            rows: if is_outside { 0..0 } else { rows },
            columns,
            steps: [down * g.width * g.channels, across * g.channels],
        }
    }

    /// A vector of channels of every pixel where they lie, if all are inside and whole vectors can be read: the first at the start, and how
    /// far rows and columns lie apart.
    #[inline(always)]
    pub fn whole<S: Simd, const H: usize, const W: usize>(
        &self,
        _: S,
        channel: usize,
    ) -> Option<(&'a [f32], [usize; 2])> {
        let [down, across] = self.steps;
        let is_inside = self.rows == (0..H) && self.columns == (0..W);
        let end = reach([
            (H - 1, down),
            (W - 1, across),
            (1, channel),
            (1, S::F32_LANES),
        ]);
        (is_inside && end <= self.pixels.len()).then(|| (&self.pixels[channel..], self.steps))
    }

    /// Copies it, row after row, with zeros for what is outside.
    #[inline(always)]
    pub fn gather<S: Simd, const H: usize, const W: usize>(
        &self,
        simd: S,
        channel: usize,
        to: &mut [[S::f32s; W]; H],
    ) {
        let zero = simd.splat_f32s(0.0);
        let ([down, across], used) = (self.steps, S::F32_LANES.min(self.channels - channel));
        let [high, wide] = [&self.rows, &self.columns].map(|inside| inside.len().max(1) - 1);
        let end = reach([(high, down), (wide, across), (1, channel), (1, used)]);
        assert!(
            self.rows.is_empty() || end <= self.pixels.len(),
            "the patch lies in the picture"
        );
        for (row, to) in to.iter_mut().enumerate() {
            if !self.rows.contains(&row) {
                *to = [zero; W];
                continue;
            }
            let line = (row - self.rows.start) * down + channel;
            for (column, to) in to.iter_mut().enumerate() {
                *to = if self.columns.contains(&column) {
                    let at = line + (column - self.columns.start) * across;
                    // SAFETY: the last pixel was asserted to be inside.
                    unsafe {
                        let pixel = self.pixels.as_ptr().add(at);
                        if used == S::F32_LANES {
                            load(simd, pixel)
                        } else {
                            load_part(simd, std::slice::from_raw_parts(pixel, used))
                        }
                    }
                } else {
                    zero
                };
            }
        }
    }

    /// The channels of a pixel, unless it is outside.
    #[inline(always)]
    pub fn pixel(&self, row: usize, column: usize) -> Option<&'a [f32]> {
        if self.rows.contains(&row) && self.columns.contains(&column) {
            let [down, across] = self.steps;
            let at = (row - self.rows.start) * down + (column - self.columns.start) * across;
            Some(&self.pixels[at..][..self.channels])
        } else {
            None
        }
    }
}

/// Which of `count` pixels from `first` on, `step` apart, lie in `length` behind `border`, and where the first of these is.
#[inline(always)]
pub fn inside(
    first: usize,
    step: usize,
    count: usize,
    border: usize,
    length: usize,
) -> (Range<usize>, usize) {
    // Dividing takes as long as reading many pixels, and most tiles are inside.
    let start = if first >= border {
        0
    } else {
        (border - first).div_ceil(step)
    };
    let end = if first + count * step <= border + length {
        count
    } else {
        (border + length).saturating_sub(first).div_ceil(step)
    };
    (
        start..end.min(count),
        (first + start * step).saturating_sub(border),
    )
}
