//! What goes into a step and what comes out: layers, pictures, a loss.

use super::super::Padding;

/// A layer of a network that can be trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Convolution and `ReLU`.
    Convolution {
        /// Side of the kernel.
        kernel: usize,
        /// Maps put out.
        filters: usize,
        /// What happens at the border.
        padding: Padding,
    },
    /// 2×2 max-pooling with stride 2.
    MaxPool,
    /// Every input times a weight for every unit, with or without `ReLU`.
    Dense {
        /// Numbers put out.
        units: usize,
        /// Whether negative sums become zero.
        relu: bool,
    },
}

/// Some pictures of a set.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// All pictures of the set, one behind the other, a byte a number.
    pub pixels: &'a [u8],
    /// Their classes.
    pub labels: &'a [u8],
    /// Which of them are in the batch.
    pub rows: &'a [u32],
}

/// What a step came to, before its weights changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trained {
    /// Mean cross-entropy, in nats.
    pub loss: f32,
    /// Pictures whose largest logit (the first of equals) was the label's.
    pub hits: usize,
}
