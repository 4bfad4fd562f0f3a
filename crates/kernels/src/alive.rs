//! Which outputs of a convolution let gradient through their `ReLU` and pooling.

use std::ops::Range;

/// Of each output.
#[derive(Clone, Copy)]
pub enum Alive<'a> {
    /// No pooling: where the output is positive.
    Positive(&'a [f32]),
    /// Pooling: at the position of the maximum, by the codes of [`Window`](super::window::Window).
    Maximum(&'a [u8]),
}

impl Alive<'_> {
    /// Of some of them.
    pub fn part(self, outputs: Range<usize>) -> Self {
        match self {
            Self::Positive(y) => Self::Positive(&y[outputs]),
            Self::Maximum(codes) => Self::Maximum(&codes[outputs]),
        }
    }
}
