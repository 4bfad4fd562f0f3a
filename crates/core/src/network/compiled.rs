//! A network as the kernels take it, to compile a training step of it.

use super::model::Model;
use super::normalization::Normalization;
use super::plan::{Layer, LayerKind, PoolKind, whole};
use crate::dataset::PictureSize;
use candle_core::Tensor;
use convlens_kernels as kernels;
use convlens_kernels::Operator;

/// The layers as operators, one behind the other.
pub fn compilable(model: &Model) -> kernels::Network {
    let spec = model.spec();
    let PictureSize {
        height,
        width,
        channels,
    } = spec.input;
    let operators = model.layers().iter().map(operator);
    kernels::Network {
        normalization: spec.normalization.as_ref().map(Normalization::compiled),
        ..kernels::Network::chain([height, width, channels], operators)
    }
}

fn operator(layer: &Layer) -> Operator {
    let pooling = |kind, window| match kind {
        PoolKind::Max => Operator::MaxPool { window },
        PoolKind::Average { counts_padding } => Operator::AveragePool {
            window,
            counts_padding,
        },
    };
    match layer.kind {
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
    }
}

impl Model {
    /// What every layer has of [`Parameters`](super::Parameters), in order.
    #[must_use]
    pub fn tensors(&self) -> Vec<&Tensor> {
        let parameters = (0..self.layers().len()).filter_map(|layer| self.parameters(layer));
        parameters.flat_map(super::Parameters::tensors).collect()
    }
}
