//! A layer of a valid stack, with all that follows from its place.

use super::shape::Shape;
use super::{Activation, Real};
use convlens_kernels::{Input, Window};

/// What a layer of a valid stack computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// Convolution and activation.
    Conv {
        /// What each value is computed from.
        window: Window,
        /// Into how many parts channels and filters fall, that do not see each other.
        groups: usize,
        /// Whether a number is added to each map.
        bias: bool,
        /// What comes behind.
        activation: Activation,
    },
    /// The largest or the mean of each window.
    Pool {
        /// Which of the two.
        kind: PoolKind,
        /// What each value is computed from.
        window: Window,
    },
    /// The largest or the mean of each map.
    GlobalPool {
        /// Which of the two.
        kind: PoolKind,
    },
    /// Batch normalization.
    BatchNorm {
        /// Added to the variance.
        epsilon: Real,
        /// Share of the running values that is kept in a step.
        momentum: Real,
        /// Whether the running variance is that of a sample.
        unbiased: bool,
    },
    /// Dropout: nothing but in training.
    Dropout {
        /// Share that becomes zero.
        rate: Real,
    },
    /// An activation that stands alone.
    Activation(Activation),
    /// Fully connected, and activation.
    Dense {
        /// Whether a number is added to each unit.
        bias: bool,
        /// What comes behind.
        activation: Activation,
    },
    /// Fully connected; its outputs are the logits, their softmax the class probabilities.
    Output,
    /// Where a branch of a block begins: what the block was given, once more. It computes nothing.
    Branch,
    /// The branches of a block become one.
    Join(Join),
}

/// How the branches of a block become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    /// Their sum, number by number, as in a residual network (He et al. 2016).
    Add,
    /// Their channels, one branch's behind the other's.
    Concatenate,
}

/// What a pooling makes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolKind {
    /// The largest.
    Max,
    /// The mean.
    Average {
        /// Whether the zeros of the padding count.
        counts_padding: bool,
    },
}

impl LayerKind {
    /// The commonest pooling: the largest of 2×2 with stride 2.
    pub const MAX_POOL: Self = Self::Pool {
        kind: PoolKind::Max,
        window: Window::tiles([2, 2]),
    };

    /// Whether it is a convolution.
    #[must_use]
    pub fn is_conv(self) -> bool {
        matches!(self, Self::Conv { .. })
    }

    /// Whether it is fully connected.
    #[must_use]
    pub fn is_dense(self) -> bool {
        matches!(self, Self::Dense { .. } | Self::Output)
    }

    /// What a layer with weights does to its sums; `None` for others and for the output layer.
    #[must_use]
    pub fn activation(self) -> Option<Activation> {
        match self {
            Self::Conv { activation, .. }
            | Self::Dense { activation, .. }
            | Self::Activation(activation) => Some(activation),
            Self::Pool { .. }
            | Self::GlobalPool { .. }
            | Self::BatchNorm { .. }
            | Self::Dropout { .. }
            | Self::Output
            | Self::Branch
            | Self::Join(_) => None,
        }
    }

    /// Whether it sees each channel by itself, so that a channel of its output depends on the same channel of its inputs alone.
    #[must_use]
    pub fn is_by_channel(self) -> bool {
        match self {
            Self::Conv { groups, .. } => groups > 1,
            Self::Pool { .. }
            | Self::GlobalPool { .. }
            | Self::BatchNorm { .. }
            | Self::Dropout { .. }
            | Self::Activation(_)
            | Self::Branch
            | Self::Join(Join::Add) => true,
            Self::Dense { .. } | Self::Output | Self::Join(Join::Concatenate) => false,
        }
    }
}

/// A layer with all that follows from its place in the stack.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    /// Its name in files and on screen: `conv1`, `pool1`, `norm1`, `dropout1`, `act1`, `dense1`, `add1`, …, counted from 1 for each
    /// kind. The output layer is the last `dense`.
    pub name: String,
    /// What it computes.
    pub kind: LayerKind,
    /// What it reads: one thing, of a join the end of each branch.
    pub inputs: Vec<Input>,
    /// Shape of its input, of a join that of the first.
    pub input: Shape,
    /// Shape of its output.
    pub output: Shape,
    /// Number of values that are kept with the network.
    pub parameters: usize,
    /// How many of these no optimizer changes: the running values of a batch normalization.
    pub frozen: usize,
}

impl Layer {
    /// Whether the layer makes feature maps, to be shown as pictures. Those at the beginning of a branch are another layer's.
    #[must_use]
    pub fn has_maps(&self) -> bool {
        self.map_shape().is_some()
    }

    /// Products of a value and a weight that one picture takes, as the definition has them; other arithmetic is not counted.
    #[must_use]
    pub fn multiply_adds(&self) -> usize {
        match self.kind {
            LayerKind::Conv { window, groups, .. } => {
                let depth = self.input.channels() / groups;
                self.output.len() * window.size[0] * window.size[1] * depth
            }
            LayerKind::Dense { .. } | LayerKind::Output => self.input.len() * self.output.len(),
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::BatchNorm { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_)
            | LayerKind::Branch
            | LayerKind::Join(_) => 0,
        }
    }

    /// `(channels, height, width)` of the feature maps that it makes, if it does.
    #[must_use]
    pub fn map_shape(&self) -> Option<(usize, usize, usize)> {
        match (self.output, self.kind) {
            (Shape::Vector(_), _) | (_, LayerKind::Branch) => None,
            (Shape::Maps { .. }, _) => Some(self.output.extent()),
        }
    }
}

/// Which layer puts out what is read: behind the beginning of a branch, the one that put out what its block was given. `None` for the
/// picture.
#[must_use]
pub fn origin(layers: &[Layer], mut input: Input) -> Option<usize> {
    while let Input::Layer(index) = input {
        let layer = &layers[index];
        if layer.kind != LayerKind::Branch {
            return Some(index);
        }
        input = layer.inputs[0];
    }
    None
}

/// The layer of this name that makes feature maps.
#[must_use]
pub fn with_maps(layers: &[Layer], name: &str) -> Option<usize> {
    let mut layers = layers.iter();
    layers.position(|layer| layer.has_maps() && layer.name == name)
}

/// A window as large as the maps.
pub fn whole(maps: Shape) -> Window {
    let (_, height, width) = maps.extent();
    Window::tiles([height, width])
}
