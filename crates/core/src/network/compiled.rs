//! A network as the kernels take it, to compile a training step of it.

use super::model::Model;
use super::plan::{Layer, LayerKind, Shape};
use candle_core::Tensor;
use convlens_kernels as kernels;

/// The layers as operators, one behind the other.
pub fn compilable(layers: &[Layer]) -> kernels::Network {
    let input = layers.first().map_or(Shape::PICTURE, |layer| layer.input);
    let (channels, height, width) = input.extent();
    let operators = layers.iter().map(|layer| {
        let (outputs, ..) = layer.output.extent();
        match layer.kind {
            LayerKind::Conv { kernel, padding } => {
                kernels::Operator::convolution(kernel, outputs, padding)
            }
            LayerKind::MaxPool => kernels::Operator::max_pool(),
            LayerKind::Dense => kernels::Operator::dense(outputs, kernels::Activation::Relu),
            LayerKind::Output => kernels::Operator::dense(outputs, kernels::Activation::None),
        }
    });
    kernels::Network::chain([height, width, channels], operators)
}

impl Model {
    /// Weight and bias of every layer that has some, in order.
    #[must_use]
    pub fn tensors(&self) -> Vec<&Tensor> {
        let parameters = (0..self.layers().len()).filter_map(|layer| self.parameters(layer));
        parameters.flat_map(|p| [&p.weight, &p.bias]).collect()
    }
}
