//! A window that slides over a map: what a convolution or a pooling reads for each of its outputs.

use super::tensor::addressable;
use candle_core::{Result, bail};
use std::ops::Range;

/// Size and way of a window, `[rows, columns]` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Window {
    /// Places that it reads.
    pub size: [usize; 2],
    /// From one output's window to the next.
    pub stride: [usize; 2],
    /// From one place of the window to the next; 1 has no holes.
    pub dilation: [usize; 2],
    /// Padding above and to the left of the map.
    pub before: [usize; 2],
    /// Padding below and to the right.
    pub after: [usize; 2],
}

impl Window {
    /// One that moves by one, without holes and without padding.
    #[must_use]
    pub const fn new(size: [usize; 2]) -> Self {
        Self {
            size,
            stride: [1, 1],
            dilation: [1, 1],
            before: [0, 0],
            after: [0, 0],
        }
    }

    /// The same of as many rows as columns.
    #[must_use]
    pub const fn square(side: usize) -> Self {
        Self::new([side, side])
    }

    /// Windows beside one another, as a pooling usually has them.
    #[must_use]
    pub const fn tiles(size: [usize; 2]) -> Self {
        Self::new(size).strided(size)
    }

    /// With another stride.
    #[must_use]
    pub const fn strided(self, stride: [usize; 2]) -> Self {
        Self { stride, ..self }
    }

    /// With holes.
    #[must_use]
    pub const fn dilated(self, dilation: [usize; 2]) -> Self {
        Self { dilation, ..self }
    }

    /// With as much padding on both sides, as PyTorch has it.
    #[must_use]
    pub const fn padded(self, padding: [usize; 2]) -> Self {
        Self {
            before: padding,
            after: padding,
            ..self
        }
    }

    /// With the padding that Keras calls "same" on maps of `[height, width]`: an output for every stride begun, an odd pixel at the end.
    #[must_use]
    pub fn same(self, map: [usize; 2]) -> Self {
        let extent = self.extent();
        let padding = [0, 1].map(|axis| {
            let stride = self.stride[axis].max(1);
            let covered = (map[axis].div_ceil(stride).max(1) - 1) * stride;
            covered
                .saturating_add(extent[axis])
                .saturating_sub(map[axis])
        });
        Self {
            before: padding.map(|padding| padding / 2),
            after: padding.map(|padding| padding.div_ceil(2)),
            ..self
        }
    }

    /// Rows and columns that it covers, its holes counted.
    #[must_use]
    pub fn extent(&self) -> [usize; 2] {
        [0, 1].map(|axis| {
            let steps = self.size[axis].saturating_sub(1);
            steps.saturating_mul(self.dilation[axis]).saturating_add(1)
        })
    }

    /// Rows and columns of the output on maps of `[height, width]`, if there are some.
    #[must_use]
    pub fn output(&self, map: [usize; 2]) -> Option<[usize; 2]> {
        let extent = self.extent();
        let side = |axis: usize| {
            let padded = map[axis]
                .saturating_add(self.before[axis])
                .saturating_add(self.after[axis]);
            let is_something = self.size[axis] > 0 && self.stride[axis] > 0 && map[axis] > 0;
            let room = padded.checked_sub(extent[axis])?;
            is_something.then(|| room / self.stride[axis] + 1)
        };
        Some([side(0)?, side(1)?])
    }

    /// Whether it moves by one, without holes.
    pub(crate) fn is_dense(&self) -> bool {
        self.stride == [1, 1] && self.dilation == [1, 1]
    }
}

/// A window on maps of some size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slide {
    pub window: Window,
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    /// Of the output.
    pub rows: usize,
    pub columns: usize,
}

impl Slide {
    /// Checks that there is an output, and that all sizes can be counted.
    pub fn new(
        operator: &str,
        mut window: Window,
        [height, width, channels]: [usize; 3],
    ) -> Result<Self> {
        let Some([rows, columns]) = window.output([height, width]) else {
            bail!("{operator}: a window of {window:?} does not fit maps of {height}×{width}");
        };
        let side = |length: usize, axis: usize| {
            length
                .saturating_add(window.before[axis])
                .saturating_add(window.after[axis])
        };
        if channels == 0 || window.dilation.contains(&0) {
            bail!("{operator}: a window needs channels and a dilation of one at least");
        }
        // Between the places of a single one there are no holes, of whatever size.
        for axis in [0, 1] {
            if window.size[axis] == 1 {
                window.dilation[axis] = 1;
            }
        }
        if !addressable(&[side(height, 0), side(width, 1), channels])
            || !addressable(&[rows, columns, channels])
        {
            bail!("{operator}: maps of {height}×{width}×{channels} are too large");
        }
        Ok(Self {
            window,
            height,
            width,
            channels,
            rows,
            columns,
        })
    }

    /// The same for a pooling, of whose windows each must have something of the map.
    pub fn pooling(operator: &str, window: Window, map: [usize; 3]) -> Result<Self> {
        let slide = Self::new(operator, window, map)?;
        let is_empty = |axis: usize, outputs: usize| {
            (0..outputs).any(|output| slide.inside(axis, output).is_empty())
        };
        if is_empty(0, slide.rows) || is_empty(1, slide.columns) {
            bail!("{operator}: a window of {window:?} would lie in the padding alone");
        }
        Ok(slide)
    }

    /// Numbers of one picture.
    pub const fn input_length(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Numbers of one picture of the output, if it has as many channels.
    pub const fn output_length(&self) -> usize {
        self.rows * self.columns * self.channels
    }

    /// Height of a map with its padding.
    pub const fn padded_height(&self) -> usize {
        self.height + self.window.before[0] + self.window.after[0]
    }

    /// Width of a map with its padding.
    pub const fn padded_width(&self) -> usize {
        self.width + self.window.before[1] + self.window.after[1]
    }

    /// Which of the window's places of an output lie in the map.
    pub fn inside(&self, axis: usize, output: usize) -> Range<usize> {
        let Window {
            size,
            stride,
            dilation,
            before,
            ..
        } = self.window;
        let (length, dilation) = ([self.height, self.width][axis], dilation[axis]);
        let first = output * stride[axis];
        // Most have no holes, and dividing costs more than all else here.
        let steps = |pixels: usize| match dilation {
            1 => pixels,
            _ => pixels.div_ceil(dilation),
        };
        let from = steps(before[axis].saturating_sub(first));
        // Places whose distance from the first is less than the map's end.
        let to = steps((length + before[axis]).saturating_sub(first)).min(size[axis]);
        from.min(to)..to
    }

    /// Where in the map a place of the window of an output is; it must be inside.
    pub const fn at(&self, axis: usize, output: usize, place: usize) -> usize {
        output * self.window.stride[axis] + place * self.window.dilation[axis]
            - self.window.before[axis]
    }

    /// Copies a picture of so many `channels` into the middle of a padded one.
    #[inline(always)]
    pub fn embed(&self, picture: &[f32], channels: usize, to: &mut [f32]) {
        let line = self.padded_width() * channels;
        let start = self.window.before[0] * line + self.window.before[1] * channels;
        let lines = picture.chunks_exact(self.width * channels);
        for (to, from) in to[start..].chunks_mut(line).zip(lines) {
            to[..from.len()].copy_from_slice(from);
        }
    }

    /// The inverse of [`Slide::embed`].
    #[inline(always)]
    pub fn extract(&self, padded: &[f32], channels: usize, to: &mut [f32]) {
        let line = self.padded_width() * channels;
        let start = self.window.before[0] * line + self.window.before[1] * channels;
        let lines = to.chunks_exact_mut(self.width * channels);
        for (from, to) in padded[start..].chunks(line).zip(lines) {
            to.copy_from_slice(&from[..to.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_padding_is_what_keras_does() {
        let window = Window::square(3).strided([2, 2]);
        let same = window.same([8, 7]);
        assert_eq!((same.before, same.after), ([0, 1], [1, 1]));
        assert_eq!(same.output([8, 7]), Some([4, 4]));
        let same = Window::square(5).same([6, 6]);
        assert_eq!((same.before, same.after), ([2, 2], [2, 2]));
        let same = Window::square(2).same([6, 6]);
        assert_eq!((same.before, same.after), ([0, 0], [1, 1]));
        let same = Window::square(1).strided([3, 3]).same([7, 7]);
        assert_eq!((same.before, same.after), ([0, 0], [0, 0]));
    }

    #[test]
    fn places_inside_are_those_that_a_check_of_each_finds() {
        for (size, stride, dilation, before, after, length) in [
            (3, 2, 1, 1, 1, 8),
            (3, 1, 2, 2, 2, 5),
            (2, 3, 1, 0, 1, 7),
            (5, 1, 1, 4, 4, 3),
            (3, 2, 3, 6, 0, 4),
        ] {
            let window = Window {
                size: [size, 1],
                stride: [stride, 1],
                dilation: [dilation, 1],
                before: [before, 0],
                after: [after, 0],
            };
            let slide = Slide::new("test", window, [length, 1, 1]).unwrap();
            for row in 0..slide.rows {
                let is_inside = |place: &usize| {
                    let at = row * stride + place * dilation;
                    (before..before + length).contains(&at)
                };
                let want: Vec<_> = (0..size).filter(is_inside).collect();
                assert_eq!(slide.inside(0, row).collect::<Vec<_>>(), want);
            }
        }
    }

    #[test]
    fn a_window_that_has_no_output_is_refused() {
        for window in [
            Window::square(9),
            Window::square(0),
            Window::square(3).strided([0, 1]),
            Window::square(3).dilated([4, 1]),
            Window::square(1).dilated([0, 1]),
            Window::square(1).padded([usize::MAX, 1]),
        ] {
            let error = Slide::new("test", window, [8, 8, 1]).unwrap_err();
            assert!(error.to_string().contains("test"), "{error}");
        }
        let lost = Window::square(2).padded([2, 2]);
        assert!(Slide::new("test", lost, [8, 8, 1]).is_ok());
        assert!(Slide::pooling("test", lost, [8, 8, 1]).is_err());
    }
}
