//! One layer, as a person writes it down.

use serde::{Deserialize, Serialize};

use super::{Activation, Join, Padding, Real, Sides};

/// One layer of the stack, as a person writes it down. What is left out in a file has the values of [`conv`](Self::conv),
/// [`MAX_POOL`](Self::MAX_POOL), [`DROPOUT`](Self::DROPOUT), [`BATCH_NORM`](Self::BATCH_NORM) and [`dense`](Self::dense).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum LayerSpec {
    /// A convolution, followed by its activation. As everywhere in deep learning the kernel is
    /// not flipped: the operation is a cross-correlation.
    Conv {
        /// Number of filters, which is the number of output channels: 1 to [`MAX_FILTERS`](super::MAX_FILTERS).
        filters: usize,
        /// Sides of the kernel: 1 to [`MAX_KERNEL`](super::MAX_KERNEL).
        #[serde(default = "three")]
        kernel: Sides,
        /// Pixels from one output's window to the next.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        stride: Sides,
        /// Pixels from one weight's place to the next; 1 has no holes.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        dilation: Sides,
        /// Into how many parts channels and filters fall, that do not see each other; 0 for as many as there are channels (depthwise).
        #[serde(default = "ungrouped", skip_serializing_if = "is_ungrouped")]
        groups: usize,
        /// What happens at the border.
        #[serde(default)]
        padding: Padding,
        /// Whether a number is added to each map.
        #[serde(default = "yes", skip_serializing_if = "is_yes")]
        bias: bool,
        /// What comes behind.
        #[serde(default, skip_serializing_if = "is_relu")]
        activation: Activation,
    },
    /// The largest of each window; what no whole window fits on is dropped.
    MaxPool {
        /// Sides of the window.
        #[serde(default = "two", skip_serializing_if = "is_two")]
        size: Sides,
        /// Pixels from one window to the next; the window's sides if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stride: Option<Sides>,
        /// What happens at the border; padding is never the largest.
        #[serde(default, skip_serializing_if = "is_valid")]
        padding: Padding,
    },
    /// The mean of each window.
    AveragePool {
        /// Sides of the window.
        #[serde(default = "two", skip_serializing_if = "is_two")]
        size: Sides,
        /// Pixels from one window to the next; the window's sides if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stride: Option<Sides>,
        /// What happens at the border.
        #[serde(default, skip_serializing_if = "is_valid")]
        padding: Padding,
        /// Whether the zeros of the padding count, as PyTorch has it by default and Keras never.
        #[serde(default, skip_serializing_if = "is_no")]
        counts_padding: bool,
    },
    /// The mean of each map: a vector with a number a channel.
    GlobalAveragePool,
    /// The largest of each map.
    GlobalMaxPool,
    /// Each channel less its mean, over its deviation, times γ plus β: of the batch in training, of running values in testing
    /// (Ioffe and Szegedy 2015).
    BatchNorm {
        /// Added to the variance: Keras 0.001, PyTorch 0.00001.
        #[serde(default = "keras_epsilon", skip_serializing_if = "is_keras_epsilon")]
        epsilon: Real,
        /// Share of the running values that is kept in a step: Keras 0.99, PyTorch 0.9 (written there as 0.1).
        #[serde(default = "keras_momentum", skip_serializing_if = "is_keras_momentum")]
        momentum: Real,
        /// Whether the running variance is that of a sample, as PyTorch's is.
        #[serde(default, skip_serializing_if = "is_no")]
        unbiased: bool,
    },
    /// In training some numbers become zero and the others larger, so that their mean stays; in testing nothing happens
    /// (Srivastava et al. 2014).
    Dropout {
        /// Share that becomes zero: from 0 to below 1.
        rate: Real,
    },
    /// An activation that stands alone, such as behind a batch normalization.
    Activation {
        /// Which one.
        function: Activation,
    },
    /// Opens a block: what comes here goes into each of its branches. The first one follows.
    Split,
    /// Ends a branch and begins the next, which may be empty: what the block was given then passes as it is.
    Branch,
    /// Closes a block: the sum of its branches, as in a residual network (He et al. 2016).
    Add,
    /// Closes a block: the channels of its branches, one behind the other, as in Inception (Szegedy et al. 2015).
    Concatenate,
    /// A fully connected layer followed by its activation.
    Dense {
        /// Number of output units: 1 to [`MAX_UNITS`](super::MAX_UNITS).
        units: usize,
        /// Whether a number is added to each.
        #[serde(default = "yes", skip_serializing_if = "is_yes")]
        bias: bool,
        /// What comes behind.
        #[serde(default, skip_serializing_if = "is_relu")]
        activation: Activation,
    },
}

/// What a layer is to a block of branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockPart {
    /// It opens the block.
    Split,
    /// It ends a branch and begins the next.
    Branch,
    /// It closes the block.
    Join(Join),
}

impl LayerSpec {
    /// 2×2 max-pooling with stride 2; an odd last row or column is dropped.
    pub const MAX_POOL: Self = Self::MaxPool {
        size: Sides::square(2),
        stride: None,
        padding: Padding::Valid,
    };
    /// The same with the mean.
    pub const AVERAGE_POOL: Self = Self::AveragePool {
        size: Sides::square(2),
        stride: None,
        padding: Padding::Valid,
        counts_padding: false,
    };
    /// Batch normalization as Keras has it.
    pub const BATCH_NORM: Self = Self::BatchNorm {
        epsilon: Real::new(0.001),
        momentum: Real::new(0.99),
        unbiased: false,
    };
    /// Batch normalization as `PyTorch` has it.
    pub const PYTORCH_BATCH_NORM: Self = Self::BatchNorm {
        epsilon: Real::new(0.00001),
        momentum: Real::new(0.9),
        unbiased: true,
    };
    /// Half of all numbers.
    pub const DROPOUT: Self = Self::Dropout {
        rate: Real::new(0.5),
    };

    /// What comes behind a convolution or a dense layer, to be changed; also that of an activation that stands alone.
    #[must_use]
    pub fn activation_mut(&mut self) -> Option<&mut Activation> {
        match self {
            Self::Conv { activation, .. }
            | Self::Dense { activation, .. }
            | Self::Activation {
                function: activation,
            } => Some(activation),
            Self::MaxPool { .. }
            | Self::AveragePool { .. }
            | Self::GlobalAveragePool
            | Self::GlobalMaxPool
            | Self::BatchNorm { .. }
            | Self::Dropout { .. }
            | Self::Split
            | Self::Branch
            | Self::Add
            | Self::Concatenate => None,
        }
    }

    /// A convolution of a square kernel with stride 1, bias and ReLU.
    #[must_use]
    pub const fn conv(filters: usize, kernel: usize, padding: Padding) -> Self {
        Self::Conv {
            filters,
            kernel: Sides::square(kernel),
            stride: Sides::square(1),
            dilation: Sides::square(1),
            groups: 1,
            padding,
            bias: true,
            activation: Activation::Relu,
        }
    }

    /// A dense layer with bias and ReLU.
    #[must_use]
    pub const fn dense(units: usize) -> Self {
        Self::Dense {
            units,
            bias: true,
            activation: Activation::Relu,
        }
    }

    /// Whether it needs maps, which there are none of behind a dense layer or a global pooling.
    #[must_use]
    pub fn needs_maps(self) -> bool {
        match self {
            Self::Conv { .. }
            | Self::MaxPool { .. }
            | Self::AveragePool { .. }
            | Self::GlobalAveragePool
            | Self::GlobalMaxPool => true,
            Self::BatchNorm { .. }
            | Self::Dropout { .. }
            | Self::Activation { .. }
            | Self::Split
            | Self::Branch
            | Self::Add
            | Self::Concatenate
            | Self::Dense { .. } => false,
        }
    }

    /// Whether maps are still maps behind it, and no vector.
    #[must_use]
    pub fn keeps_maps(self) -> bool {
        !matches!(
            self,
            Self::Dense { .. } | Self::GlobalAveragePool | Self::GlobalMaxPool
        )
    }

    /// Whether it opens, divides or closes a block of branches.
    #[must_use]
    pub fn block_part(self) -> Option<BlockPart> {
        match self {
            Self::Split => Some(BlockPart::Split),
            Self::Branch => Some(BlockPart::Branch),
            Self::Add => Some(BlockPart::Join(Join::Add)),
            Self::Concatenate => Some(BlockPart::Join(Join::Concatenate)),
            Self::Conv { .. }
            | Self::MaxPool { .. }
            | Self::AveragePool { .. }
            | Self::GlobalAveragePool
            | Self::GlobalMaxPool
            | Self::BatchNorm { .. }
            | Self::Dropout { .. }
            | Self::Activation { .. }
            | Self::Dense { .. } => None,
        }
    }

    /// A residual block (He et al. 2016) that keeps the shape of maps with as many channels as `filters`: two 3×3 convolutions beside
    /// nothing, added, and ReLU.
    #[must_use]
    pub fn residual(filters: usize) -> Vec<Self> {
        let first = Self::conv(filters, 3, Padding::Same);
        let mut second = first;
        if let Self::Conv { activation, .. } = &mut second {
            *activation = Activation::None;
        }
        let relu = Self::Activation {
            function: Activation::Relu,
        };
        vec![Self::Split, first, second, Self::Branch, Self::Add, relu]
    }

    /// Two branches whose channels are joined, 1×1 and 3×3, as in an Inception module (Szegedy et al. 2015).
    #[must_use]
    pub fn inception(filters: usize) -> Vec<Self> {
        vec![
            Self::Split,
            Self::conv(filters, 1, Padding::Valid),
            Self::Branch,
            Self::conv(filters, 3, Padding::Same),
            Self::Concatenate,
        ]
    }
}

// What a layer has where a file does not say it. Serde takes functions, and passes what it asks about by reference.
fn one() -> Sides {
    Sides::square(1)
}
fn two() -> Sides {
    Sides::square(2)
}
fn three() -> Sides {
    Sides::square(3)
}
fn ungrouped() -> usize {
    1
}
fn yes() -> bool {
    true
}
fn keras_epsilon() -> Real {
    Real::new(0.001)
}
fn keras_momentum() -> Real {
    Real::new(0.99)
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
mod is_default {
    use super::{Activation, Padding, Real, Sides};

    pub fn is_one(sides: &Sides) -> bool {
        *sides == super::one()
    }
    pub fn is_two(sides: &Sides) -> bool {
        *sides == super::two()
    }
    pub fn is_ungrouped(groups: &usize) -> bool {
        *groups == 1
    }
    pub fn is_yes(value: &bool) -> bool {
        *value
    }
    pub fn is_no(value: &bool) -> bool {
        !value
    }
    pub fn is_relu(activation: &Activation) -> bool {
        *activation == Activation::Relu
    }
    pub fn is_valid(padding: &Padding) -> bool {
        *padding == Padding::Valid
    }
    pub fn is_keras_epsilon(epsilon: &Real) -> bool {
        *epsilon == super::keras_epsilon()
    }
    pub fn is_keras_momentum(momentum: &Real) -> bool {
        *momentum == super::keras_momentum()
    }
}
use is_default::{
    is_keras_epsilon, is_keras_momentum, is_no, is_one, is_relu, is_two, is_ungrouped, is_valid,
    is_yes,
};
