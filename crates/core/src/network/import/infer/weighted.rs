//! The layers that have weights, as these tell them.

use super::super::array::{Kernel, Layout, Pair};
use super::super::error::ImportFault;
use crate::dataset::PictureSize;
use crate::network::{Activation, LayerSpec, NetworkSpec, Padding, Sides};

/// A convolution as its weights tell it.
pub struct Conv {
    pub kernel: Kernel,
    groups: usize,
    bias: bool,
    has_norm: bool,
}

/// A dense layer likewise.
pub struct Dense {
    inputs: usize,
    pub units: usize,
    has_norm: bool,
}

/// The layers that have weights.
pub struct Weighted {
    pub convs: Vec<Conv>,
    pub hidden: Vec<Dense>,
    pub output: Dense,
    /// Pictures they may be for, the likeliest first.
    pub sizes: Vec<PictureSize>,
}

impl Weighted {
    pub fn of(pairs: &[Pair], layout: Layout) -> Result<Self, ImportFault> {
        let no_order =
            || ImportFault::NoOrder(pairs.iter().map(|pair| pair.name.clone()).collect());
        let mut convs: Vec<Conv> = Vec::new();
        let mut dense: Vec<Dense> = Vec::new();
        for pair in pairs {
            if pair.is_norm() {
                let layer = match dense.last_mut() {
                    Some(dense) => Some(&mut dense.has_norm),
                    None => convs.last_mut().map(|conv| &mut conv.has_norm),
                };
                *layer.ok_or_else(no_order)? = true;
            } else if let (Some(kernel), true) = (pair.conv(layout), dense.is_empty()) {
                convs.push(Conv {
                    kernel,
                    groups: 1,
                    bias: pair.bias.is_some(),
                    has_norm: false,
                });
            } else if let Some((inputs, units)) = pair.dense(layout) {
                dense.push(Dense {
                    inputs,
                    units,
                    has_norm: false,
                });
            } else {
                return Err(ImportFault::Foreign {
                    tensor: pair.weight.name.clone(),
                    dims: pair.weight.dims.clone(),
                });
            }
        }
        let Some(first) = dense.first() else {
            return Err(ImportFault::NoWeights);
        };
        let inputs = first.inputs;
        let sizes = sizes(convs.first().map(|conv| conv.kernel.inputs), inputs)?;
        let mut channels = sizes[0].channels;
        for conv in &mut convs {
            let kernel = conv.kernel;
            if kernel.inputs == 0 || !channels.is_multiple_of(kernel.inputs) {
                return Err(no_order());
            }
            conv.groups = channels / kernel.inputs;
            if !kernel.outputs.is_multiple_of(conv.groups) {
                return Err(no_order());
            }
            channels = kernel.outputs;
        }
        let follows = |pair: &[Dense]| pair[0].units == pair[1].inputs;
        let mut hidden = dense;
        if !hidden.windows(2).all(follows) {
            return Err(no_order());
        }
        let output = hidden.pop().ok_or(ImportFault::NoWeights)?;
        if output.has_norm {
            return Err(no_order());
        }
        Ok(Self {
            convs,
            hidden,
            output,
            sizes,
        })
    }

    /// What the first dense layer takes.
    pub fn inputs(&self) -> usize {
        self.hidden.first().unwrap_or(&self.output).inputs
    }

    /// The network of these layers below the dense ones.
    pub fn network(
        &self,
        mut layers: Vec<LayerSpec>,
        layout: Layout,
        input: PictureSize,
    ) -> NetworkSpec {
        for dense in &self.hidden {
            let plain = LayerSpec::dense(dense.units);
            layers.extend(with_norm(plain, dense.has_norm, layout));
        }
        NetworkSpec {
            layers,
            classes: self.output.units,
            input,
            normalization: None,
        }
    }
}

/// The pictures that weights may be for, the likeliest first: by the channels that the first convolution takes, or by the inputs of
/// the first layer where that is dense.
fn sizes(channels: Option<usize>, inputs: usize) -> Result<Vec<PictureSize>, ImportFault> {
    match channels {
        Some(1) => Ok([28, 32, 64].map(PictureSize::grey).to_vec()),
        Some(3) => Ok([32, 64, 28, 96, 128].map(PictureSize::colour).to_vec()),
        Some(other) => Err(ImportFault::Channels(other)),
        None => {
            let side = |channels: usize| (inputs / channels).isqrt();
            let sizes = [PictureSize::grey(side(1)), PictureSize::colour(side(3))];
            let sizes = sizes
                .into_iter()
                .filter(|size| size.is_allowed() && size.len() == inputs);
            let sizes: Vec<PictureSize> = sizes.collect();
            if sizes.is_empty() {
                return Err(ImportFault::NoneFits(inputs));
            }
            Ok(sizes)
        }
    }
}

/// A layer with its activation, or with a normalization between the two.
fn with_norm(layer: LayerSpec, has_norm: bool, layout: Layout) -> Vec<LayerSpec> {
    if !has_norm {
        return vec![layer];
    }
    let norm = match layout {
        Layout::Keras => LayerSpec::BATCH_NORM,
        Layout::PyTorch => LayerSpec::PYTORCH_BATCH_NORM,
    };
    let function = Activation::Relu;
    vec![
        with_activation(layer, Activation::None),
        norm,
        LayerSpec::Activation { function },
    ]
}

pub fn with_activation(mut layer: LayerSpec, new: Activation) -> LayerSpec {
    if let Some(activation) = layer.activation_mut() {
        *activation = new;
    }
    layer
}

impl Conv {
    pub fn layers(&self, stride: usize, padding: Padding, layout: Layout) -> Vec<LayerSpec> {
        let [height, width] = self.kernel.sides;
        let layer = LayerSpec::Conv {
            filters: self.kernel.outputs,
            kernel: Sides { height, width },
            stride: Sides::square(stride),
            dilation: Sides::square(1),
            groups: self.groups,
            padding,
            // Zeros stand for one that is not there, but where a normalization would take it away.
            bias: self.bias || !self.has_norm,
            activation: Activation::Relu,
        };
        with_norm(layer, self.has_norm, layout)
    }

    /// This padding, unless the kernel has no border.
    pub fn padding(&self, padding: Padding) -> Padding {
        match self.kernel.sides {
            [1, 1] => Padding::Valid,
            _ => padding,
        }
    }

    /// The paddings it may have.
    pub fn paddings(&self, stride: usize, layout: Layout) -> Vec<Padding> {
        let [height, width] = self.kernel.sides;
        match (self.kernel.sides, stride, layout) {
            ([1, 1], ..) => vec![Padding::Valid],
            (_, 1, _) | (_, _, Layout::Keras) => vec![Padding::Valid, Padding::Same],
            _ if height == width => vec![Padding::Pixels(height / 2), Padding::Valid],
            _ => vec![Padding::Valid],
        }
    }
}
