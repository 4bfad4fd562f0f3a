//! What a square of the kernel sees of the picture under a tile: a patch, beyond the picture's border zeros.
#![allow(unsafe_code)] // Bounds checks of every vector; each patch is checked once.

use super::super::simd::{load, load_part, reach};
use super::Shape;
use super::both::{Apart, Columns, each};
use pulp::Simd;
use std::marker::PhantomData;
use std::ops::Range;

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
        square: usize,
    ) -> Self {
        let [down, across] = g.dilation;
        let [row_tap, column_tap] = g.first_tap(square);
        let (top, left) = (row + row_tap * down, column + column_tap * across);
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

    /// Whether none is outside.
    #[inline(always)]
    pub fn is_whole<const H: usize, const W: usize>(&self) -> bool {
        self.rows == (0..H) && self.columns == (0..W)
    }

    /// A vector of channels of each pixel, of a whole patch.
    #[inline(always)]
    pub fn apart<S: Simd, const H: usize, const W: usize>(
        &self,
        simd: S,
        channel: usize,
    ) -> Apart<'a, H, W> {
        let [down, across] = self.steps;
        Apart::new(simd, &self.pixels[channel..], down, across)
    }

    /// Whether whole vectors of every pixel's channels can be read.
    #[inline(always)]
    pub fn has_vectors<S: Simd>(&self, _: S) -> bool {
        let channels = self.channels.next_multiple_of(S::F32_LANES);
        let [down, across] = self.steps;
        let last = [self.rows.len(), self.columns.len()].map(|count| count.saturating_sub(1));
        reach([(last[0], down), (last[1], across), (1, channels)]) <= self.pixels.len()
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
fn inside(
    first: usize,
    step: usize,
    count: usize,
    border: usize,
    length: usize,
) -> (Range<usize>, usize) {
    let start = border.saturating_sub(first).div_ceil(step);
    let end = (border + length).saturating_sub(first).div_ceil(step);
    (
        start..end.min(count),
        (first + start * step).saturating_sub(border),
    )
}

/// A vector of channels of each pixel, or zeros where it is outside.
pub struct Edge<'a> {
    from: *const f32,
    rows: Range<usize>,
    columns: Range<usize>,
    steps: [usize; 2],
    pixels: PhantomData<&'a [f32]>,
}

impl<'a> Edge<'a> {
    /// From `channel` on.
    #[inline(always)]
    pub fn new<S: Simd>(simd: S, seen: &Seen<'a>, channel: usize) -> Self {
        assert!(seen.has_vectors(simd) && channel < seen.channels);
        Self {
            from: seen.pixels.as_ptr().wrapping_add(channel),
            rows: seen.rows.clone(),
            columns: seen.columns.clone(),
            steps: seen.steps,
            pixels: PhantomData,
        }
    }
}

impl<S: Simd, const H: usize> Columns<S, H> for Edge<'_> {
    #[inline(always)]
    fn column(&self, simd: S, index: usize) -> [S::f32s; H] {
        let mut column = [simd.splat_f32s(0.0); H];
        if self.columns.contains(&index) {
            let [down, across] = self.steps;
            let first = (index - self.columns.start) * across;
            each!(i < H, {
                if self.rows.contains(&i) {
                    let at = first + (i - self.rows.start) * down;
                    // SAFETY: it is inside, and whole vectors can be read, as was asserted.
                    column[i] = unsafe { load(simd, self.from.add(at)) };
                }
            });
        }
        column
    }
}

/// The same at the end of the pictures, where behind the last channel there is nothing to read.
pub struct End<'a, 'b> {
    pub seen: &'b Seen<'a>,
    pub channel: usize,
}

impl<S: Simd, const H: usize> Columns<S, H> for End<'_, '_> {
    #[inline(always)]
    fn column(&self, simd: S, index: usize) -> [S::f32s; H] {
        let mut column = [simd.splat_f32s(0.0); H];
        for (i, vector) in column.iter_mut().enumerate() {
            if let Some(pixel) = self.seen.pixel(i, index) {
                let rest = &pixel[self.channel..];
                *vector = load_part(simd, &rest[..rest.len().min(S::F32_LANES)]);
            }
        }
        column
    }
}
