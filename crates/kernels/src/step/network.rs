//! What goes into a step and what comes out: a network, pictures, a loss.

use super::super::Padding;
use super::super::activation::Activation;
use super::super::slide::Window;

/// A network: layers on pictures, of which the last puts out a number for each class.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Height, width and channels of a picture.
    pub input: [usize; 3],
    /// How bytes become numbers: divided by 255 if it is not said.
    pub normalization: Option<Normalization>,
    /// Each behind those whose output it reads.
    pub layers: Vec<Layer>,
}

impl Network {
    /// Layers one behind the other, bytes divided by 255.
    #[must_use]
    pub fn chain(input: [usize; 3], operators: impl IntoIterator<Item = Operator>) -> Self {
        let layers = operators.into_iter().enumerate().map(|(index, operator)| {
            let before = index.checked_sub(1).map_or(Input::Pictures, Input::Layer);
            Layer::new(operator, [before])
        });
        Self {
            input,
            normalization: None,
            layers: layers.collect(),
        }
    }
}

/// `byte · scale + offset`, a number a channel each.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalization {
    /// 1 / (255 · deviation), where pixels from 0 to 1 are told a mean and a deviation.
    pub scale: Vec<f32>,
    /// −mean / deviation.
    pub offset: Vec<f32>,
}

/// A layer and what it reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What it computes.
    pub operator: Operator,
    /// One; two or more where they are joined.
    pub inputs: Vec<Input>,
}

impl Layer {
    /// Of these inputs.
    #[must_use]
    pub fn new(operator: Operator, inputs: impl IntoIterator<Item = Input>) -> Self {
        Self {
            operator,
            inputs: inputs.into_iter().collect(),
        }
    }
}

/// What a layer can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// The pictures.
    Pictures,
    /// The output of the layer of this index, an earlier one.
    Layer(usize),
}

/// What a layer computes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operator {
    /// Weights `(rows, columns, channels / groups, filters)`, and a bias.
    Convolution {
        /// Maps put out.
        filters: usize,
        /// What each number is computed from.
        window: Window,
        /// Into how many parts channels and filters fall, that do not see each other; as many as channels is "depthwise".
        groups: usize,
        /// Whether a number is added to each map.
        bias: bool,
        /// What comes behind.
        activation: Activation,
    },
    /// The largest number of each window.
    MaxPool {
        /// As large as the map for global pooling.
        window: Window,
    },
    /// The mean of each window.
    AveragePool {
        /// As large as the map for global pooling.
        window: Window,
        /// Whether zeros in the padding count, as PyTorch has it by default and Keras never.
        counts_padding: bool,
    },
    /// Numbers of a channel less their mean over the batch, divided by their deviation, times γ plus β. In testing, running values of both.
    /// Four variables: γ, β, running mean, running variance. The optimizer leaves the last two alone.
    BatchNorm {
        /// Added to the variance: Keras 1e-3, PyTorch 1e-5.
        epsilon: f64,
        /// Share of the running values that is kept in a step: Keras 0.99, PyTorch 0.9 (written there as 0.1).
        momentum: f64,
        /// Whether the running variance is that of a sample, divided by one less, as PyTorch has it.
        unbiased: bool,
    },
    /// In training, some numbers become zero and the others larger, so that the mean stays.
    Dropout {
        /// Share that becomes zero.
        rate: f32,
    },
    /// The same to every number.
    Activation(Activation),
    /// Every input times a weight for every unit; maps are read in the order height, width, channel. Weights `(inputs, units)`, and a bias.
    Dense {
        /// Numbers put out.
        units: usize,
        /// Whether a number is added to each.
        bias: bool,
        /// What comes behind.
        activation: Activation,
    },
    /// The sum of inputs of one shape.
    Add,
    /// The channels of inputs of one height and width, one behind the other.
    Concatenate,
}

impl Operator {
    /// A convolution of a square kernel of 1, 3, 5 or 7 with bias and `ReLU`, the fastest kind.
    #[must_use]
    pub const fn convolution(kernel: usize, filters: usize, padding: Padding) -> Self {
        let window = Window::square(kernel);
        Self::Convolution {
            filters,
            window: match padding {
                Padding::Valid => window,
                Padding::Same => window.padded([kernel / 2; 2]),
            },
            groups: 1,
            bias: true,
            activation: Activation::Relu,
        }
    }

    /// 2×2 max-pooling with stride 2.
    #[must_use]
    pub const fn max_pool() -> Self {
        Self::MaxPool {
            window: Window::tiles([2, 2]),
        }
    }

    /// With a bias.
    #[must_use]
    pub const fn dense(units: usize, activation: Activation) -> Self {
        Self::Dense {
            units,
            bias: true,
            activation,
        }
    }
}

/// How a network is trained, besides its optimizer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Training {
    /// What dropout's random numbers come from, together with step, layer, picture of the batch and place.
    pub seed: u64,
    /// Share of the label's probability that is spread over all classes alike, from 0 to below 1.
    pub label_smoothing: f32,
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
