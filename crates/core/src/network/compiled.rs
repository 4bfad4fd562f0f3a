//! A network as the kernels take it, to compile a training step of it.

use super::model::Model;
use super::plan::{Layer, LayerKind, Shape};
use candle_core::Tensor;
use convlens_kernels as kernels;

/// Height, width and channels of the pictures, and the layers.
pub fn compilable(layers: &[Layer]) -> ([usize; 3], Vec<kernels::Layer>) {
    let input = layers.first().map_or(Shape::PICTURE, |layer| layer.input);
    let (channels, height, width) = input.extent();
    let layers = layers.iter().map(|layer| {
        let (outputs, ..) = layer.output.extent();
        match layer.kind {
            LayerKind::Conv { kernel, padding } => kernels::Layer::Convolution {
                kernel,
                filters: outputs,
                padding,
            },
            LayerKind::MaxPool => kernels::Layer::MaxPool,
            LayerKind::Dense | LayerKind::Output => kernels::Layer::Dense {
                units: outputs,
                relu: layer.kind == LayerKind::Dense,
            },
        }
    });
    ([height, width, channels], layers.collect())
}

impl Model {
    /// Weight and bias of every layer that has some, in order.
    #[must_use]
    pub fn tensors(&self) -> Vec<&Tensor> {
        let parameters = (0..self.layers().len()).filter_map(|layer| self.parameters(layer));
        parameters.flat_map(|p| [&p.weight, &p.bias]).collect()
    }
}
