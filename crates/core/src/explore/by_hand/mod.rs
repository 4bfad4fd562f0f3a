//! A window sliding over one picture, in numbers small enough to follow: convolution with any
//! kernel, and max-pooling, step by step.
//!
//! As in every network here the kernel is *not* flipped: value (r, c) of the output is
//! Σ kernel(i, j) · picture(r·s − p + i, c·s − p + j), which mathematics calls cross-correlation. A
//! network learns its kernels, so that flipping them would only learn them flipped.
//!
//! These are plain loops over float64, apart from the fast operators, and are tested against candle's
//! `conv2d`.

mod kernel;
mod picture;

use serde::{Deserialize, Serialize};

pub use kernel::{Kernel, NamedKernel};
pub use picture::{Picture, SMALL_SIDE, SmallPicture};

use crate::network::Padding;

/// Strides that are offered.
pub const STRIDES: [usize; 2] = [1, 2];
/// Sides of a kernel that are offered.
pub const SIDES: [usize; 2] = [3, 5];
/// Side of the window that max-pooling looks through, as in the network.
pub const POOL_SIDE: usize = 2;

/// What happens to the values under the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Each is multiplied by the kernel's value on it; the products are added up.
    Convolution(Kernel),
    /// The largest is kept.
    MaxPool,
}

/// A window and how it moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Sliding {
    /// What is done with the values under it.
    pub operation: Operation,
    /// Whether zeros stand around the picture; max-pooling has none.
    pub padding: Padding,
    /// Pixels from one position to the next: 1 or 2.
    pub stride: usize,
}

/// The window at one place of the output.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// Row and column of the picture under the window's upper left corner; negative in the padding.
    pub corner: (isize, isize),
    /// Side of the window.
    pub side: usize,
    /// The values under it, row by row; `None` where it hangs over the border, which counts as 0.
    pub patch: Vec<Option<f64>>,
    /// The patch times the kernel, value by value; empty for max-pooling.
    pub products: Vec<f64>,
    /// The index into `patch` of the first largest, for max-pooling.
    pub winner: Option<usize>,
    /// The value of the output: the sum of the products, or the largest.
    pub value: f64,
}

/// Side of the output: ⌊(n + 2p − k) / s⌋ + 1 for a picture of side `n`, `p` zeros on each side, a
/// window of side `k` and the stride `s`; 0 if the window does not fit.
#[must_use]
pub fn output_side(n: usize, p: usize, k: usize, s: usize) -> usize {
    (n + 2 * p).checked_sub(k).map_or(0, |room| room / s + 1)
}

impl Sliding {
    /// Side of the window.
    #[must_use]
    pub fn side(&self) -> usize {
        match &self.operation {
            Operation::Convolution(kernel) => kernel.side(),
            Operation::MaxPool => POOL_SIDE,
        }
    }

    /// Zeros on each side of the picture: (k − 1) / 2 for [`Padding::Same`], which keeps the size
    /// at stride 1.
    #[must_use]
    pub fn border(&self) -> usize {
        match (&self.operation, self.padding) {
            (Operation::Convolution(kernel), Padding::Same) => (kernel.side() - 1) / 2,
            _ => 0,
        }
    }

    /// Rows and columns of the output.
    #[must_use]
    pub fn output_size(&self, picture: &Picture) -> (usize, usize) {
        let side = |n| output_side(n, self.border(), self.side(), self.stride);
        (side(picture.height), side(picture.width))
    }

    /// The window at row and column of the output.
    #[must_use]
    pub fn at(&self, picture: &Picture, row: usize, column: usize) -> Position {
        let (side, border) = (self.side(), self.border() as isize);
        let corner = (
            (row * self.stride) as isize - border,
            (column * self.stride) as isize - border,
        );
        let patch: Vec<_> = (0..side * side)
            .map(|index| {
                let (down, right) = ((index / side) as isize, (index % side) as isize);
                picture.get(corner.0 + down, corner.1 + right)
            })
            .collect();
        let (products, winner, value) = match &self.operation {
            Operation::Convolution(kernel) => {
                let products: Vec<f64> = kernel
                    .values()
                    .iter()
                    .zip(&patch)
                    .map(|(weight, value)| weight * value.unwrap_or(0.0))
                    .collect();
                let sum = products.iter().sum();
                (products, None, sum)
            }
            Operation::MaxPool => {
                let value = |index: usize| patch[index].unwrap_or(f64::NEG_INFINITY);
                let winner = (1..patch.len()).fold(0, |best, index| {
                    if value(index) > value(best) {
                        index
                    } else {
                        best
                    }
                });
                (Vec::new(), Some(winner), value(winner))
            }
        };
        Position {
            corner,
            side,
            patch,
            products,
            winner,
            value,
        }
    }

    /// The whole output; its sides are 0 if the window does not fit.
    #[must_use]
    pub fn apply(&self, picture: &Picture) -> Picture {
        let (height, width) = self.output_size(picture);
        let cells = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
        let values = cells
            .map(|(row, column)| self.at(picture, row, column).value)
            .collect();
        Picture {
            height,
            width,
            values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_those_of_the_lesson() {
        assert_eq!(output_side(5, 0, 3, 1), 3);
        assert_eq!(output_side(5, 1, 3, 1), 5);
        assert_eq!(output_side(28, 0, 3, 1), 26);
        assert_eq!(output_side(26, 0, 2, 2), 13);
        assert_eq!(output_side(11, 0, 2, 2), 5, "an odd last row is dropped");
        assert_eq!(output_side(2, 0, 3, 1), 0);
        assert_eq!(output_side(1, 0, 3, 1), 0);
    }

    #[test]
    fn a_single_bright_pixel_draws_the_kernel_turned_by_half() {
        let values: Vec<f64> = (1..=9).map(f64::from).collect();
        let sliding = Sliding {
            operation: Operation::Convolution(Kernel::new(values.clone()).unwrap()),
            padding: Padding::Valid,
            stride: 1,
        };
        let mut dot = Picture::small(&[0.0; 25]);
        dot.set(2, 2, 1.0);
        let turned: Vec<f64> = values.into_iter().rev().collect();
        assert_eq!(sliding.apply(&dot).values, turned);
    }

    #[test]
    fn the_first_of_equal_values_wins() {
        let sliding = Sliding {
            operation: Operation::MaxPool,
            padding: Padding::Same,
            stride: 2,
        };
        let mut picture = Picture::small(&[0.0; 25]);
        picture.set(0, 1, 3.0);
        picture.set(1, 0, 3.0);
        let position = sliding.at(&picture, 0, 0);
        assert_eq!((position.winner, position.value), (Some(1), 3.0));
        assert_eq!(
            sliding.output_size(&picture),
            (2, 2),
            "pools have no padding"
        );
    }
}
