//! Weights as files hold them, and the network they are put into.

use candle_core::{DType, Device, Tensor};

use super::error::ImportFault;
use crate::network::weights;
use crate::network::{Model, NetworkSpec, Parameters};

/// A named array of float32, row-major.
pub(super) struct Array {
    pub name: String,
    pub dims: Vec<usize>,
    pub values: Vec<f32>,
}

/// Weight and bias of one layer.
pub(super) struct Pair {
    /// The layer's name in the file.
    pub name: String,
    pub weight: Array,
    pub bias: Option<Array>,
}

/// How a file lays out its weights.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Convolutions (height, width, in, out), dense (in, out), maps flattened in the order height,
    /// width, channel: as in [`Parameters`].
    Keras,
    /// Convolutions (out, in, height, width), dense (out, in), maps flattened in the order channel,
    /// height, width.
    PyTorch,
}

impl Pair {
    /// What a convolution of this weight has: side of the kernel, input channels, filters. `None` for
    /// any other weight.
    pub(super) fn conv(&self, layout: Layout) -> Option<(usize, usize, usize)> {
        let dims = self.weight.dims.as_slice();
        let ((Layout::Keras, &[height, width, inputs, outputs])
        | (Layout::PyTorch, &[outputs, inputs, height, width])) = (layout, dims)
        else {
            return None;
        };
        (height == width).then_some((height, inputs, outputs))
    }

    /// Inputs and units of a dense layer of this weight. `None` for any other weight.
    pub(super) fn dense(&self, layout: Layout) -> Option<(usize, usize)> {
        match (layout, self.weight.dims.as_slice()) {
            (Layout::Keras, &[i, o]) | (Layout::PyTorch, &[o, i]) => Some((i, o)),
            _ => None,
        }
    }
}

/// The network with these weights, in its order.
pub(super) fn model(
    spec: &NetworkSpec,
    pairs: Vec<Pair>,
    layout: Layout,
) -> Result<Model, ImportFault> {
    let layers = spec.plan().map_err(ImportFault::Network)?;
    let shapes = |layer| Some((layer, weights::pytorch_shapes(layer)?));
    let weighted: Vec<_> = layers.iter().filter_map(shapes).collect();
    if weighted.len() != pairs.len() {
        return Err(ImportFault::WeightCount {
            found: pairs.len(),
            expected: weighted.len(),
        });
    }
    let mut parameters = Vec::with_capacity(pairs.len());
    for ((layer, (pytorch, bias_dims)), pair) in weighted.into_iter().zip(pairs) {
        let dims = match layout {
            Layout::PyTorch => pytorch,
            Layout::Keras => keras_dims(&pytorch),
        };
        let weight = tensor(pair.weight, &pair.name, &dims)?;
        let bias = match pair.bias {
            Some(bias) => tensor(bias, &pair.name, &bias_dims)?,
            None => {
                Tensor::zeros(bias_dims, DType::F32, &Device::Cpu).map_err(ImportFault::Tensors)?
            }
        };
        let weight = match layout {
            Layout::Keras => weight,
            Layout::PyTorch => {
                weights::from_pytorch(layer, &weight).map_err(ImportFault::Tensors)?
            }
        };
        parameters.push(Parameters { weight, bias });
    }
    Model::from_parameters(spec, parameters).map_err(ImportFault::Tensors)
}

/// (out, in, height, width) → (height, width, in, out); (out, in) → (in, out).
fn keras_dims(pytorch: &[usize]) -> Vec<usize> {
    match *pytorch {
        [o, i, h, w] => vec![h, w, i, o],
        _ => pytorch.iter().rev().copied().collect(),
    }
}

fn tensor(array: Array, layer: &str, expected: &[usize]) -> Result<Tensor, ImportFault> {
    if array.dims != expected {
        return Err(ImportFault::Weights {
            layer: layer.to_owned(),
            found: format!("{:?}", array.dims),
            expected: expected.to_vec(),
        });
    }
    if array.values.iter().any(|value| !value.is_finite()) {
        return Err(ImportFault::NotFinite(array.name));
    }
    Tensor::from_vec(array.values, expected, &Device::Cpu).map_err(ImportFault::Tensors)
}
