//! A network as the kernels take it, to compile a training step of it.

use super::Input;
use super::layer::{Join, Layer, LayerKind, PoolKind, whole};
use super::model::Model;
use super::normalization::Normalization;
use crate::dataset::PictureSize;
use candle_core::Tensor;
use convlens_kernels as kernels;
use convlens_kernels::Operator;

/// The layers as operators. The beginning of a branch is none: what reads it reads what the block was given.
pub fn compilable(model: &Model) -> kernels::Network {
    let spec = model.spec();
    let PictureSize {
        height,
        width,
        channels,
    } = spec.input;
    let mut layers: Vec<kernels::Layer> = Vec::new();
    // Who puts out among the operators what each layer puts out.
    let mut sources: Vec<Input> = Vec::new();
    for layer in model.layers() {
        let inputs = layer.inputs.iter().map(|input| match input {
            Input::Pictures => Input::Pictures,
            Input::Layer(before) => sources[*before],
        });
        let inputs: Vec<Input> = inputs.collect();
        match operator(layer) {
            Some(operator) => {
                sources.push(Input::Layer(layers.len()));
                layers.push(kernels::Layer::new(operator, inputs));
            }
            None => sources.push(inputs[0]),
        }
    }
    kernels::Network {
        input: [height, width, channels],
        normalization: spec.normalization.as_ref().map(Normalization::compiled),
        layers,
    }
}

fn operator(layer: &Layer) -> Option<Operator> {
    let pooling = |kind, window| match kind {
        PoolKind::Max => Operator::MaxPool { window },
        PoolKind::Average { counts_padding } => Operator::AveragePool {
            window,
            counts_padding,
        },
    };
    Some(match layer.kind {
        LayerKind::Conv {
            window,
            groups,
            bias,
            activation,
        } => Operator::Convolution {
            filters: layer.output.channels(),
            window,
            groups,
            bias,
            activation: activation.into(),
        },
        LayerKind::Pool { kind, window } => pooling(kind, window),
        LayerKind::GlobalPool { kind } => pooling(kind, whole(layer.input)),
        LayerKind::BatchNorm {
            epsilon,
            momentum,
            unbiased,
        } => Operator::BatchNorm {
            epsilon: f64::from(epsilon.get()),
            momentum: f64::from(momentum.get()),
            unbiased,
        },
        LayerKind::Dropout { rate } => Operator::Dropout { rate: rate.get() },
        LayerKind::Activation(activation) => Operator::Activation(activation.into()),
        LayerKind::Dense { bias, activation } => Operator::Dense {
            units: layer.output.len(),
            bias,
            activation: activation.into(),
        },
        LayerKind::Output => Operator::dense(layer.output.len(), kernels::Activation::None),
        LayerKind::Branch => return None,
        LayerKind::Join(Join::Add) => Operator::Add,
        LayerKind::Join(Join::Concatenate) => Operator::Concatenate,
    })
}

impl Model {
    /// What every layer has of [`Parameters`](super::Parameters), in order.
    #[must_use]
    pub fn tensors(&self) -> Vec<&Tensor> {
        let parameters = (0..self.layers().len()).filter_map(|layer| self.parameters(layer));
        parameters.flat_map(super::Parameters::tensors).collect()
    }
}
