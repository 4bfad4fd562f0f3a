//! Weights as files hold them, and the network they are put into.

use std::borrow::Cow;

use candle_core::{DType, Device, Tensor};
use half::{bf16, f16};

use super::error::ImportFault;
use crate::bounds::brief;
use crate::network::{Model, NetworkSpec, Parameters, pytorch_layout};

/// A named array of float32, row-major.
pub(super) struct Array {
    pub name: String,
    pub dims: Vec<usize>,
    pub values: Vec<f32>,
}

/// A tensor of a file, whose values are still as the file has them: row-major, the lowest byte first.
pub(super) struct Stored<'a> {
    pub name: String,
    pub dims: Vec<usize>,
    pub number: Number,
    pub bytes: Cow<'a, [u8]>,
}

/// A type of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Number {
    F16,
    Bf16,
    F32,
    F64,
    /// Whole numbers to which some are rounded.
    U8,
    U16,
    /// Any that no weights have, by its name and the bytes it takes.
    Other(String, usize),
}

impl Number {
    /// By the name of PyTorch's storage, `torch.FloatStorage`, or type, `torch.float32` or `float32`.
    pub fn of_torch(name: &str) -> Self {
        match name.strip_prefix("torch.").unwrap_or(name) {
            "HalfStorage" | "float16" => Self::F16,
            "BFloat16Storage" | "bfloat16" => Self::Bf16,
            "FloatStorage" | "float32" => Self::F32,
            "DoubleStorage" | "float64" => Self::F64,
            other => {
                let width = match other {
                    "LongStorage" | "int64" | "ComplexFloatStorage" | "complex64" => 8,
                    "IntStorage" | "int32" | "QInt32Storage" => 4,
                    "ShortStorage" | "int16" => 2,
                    "ComplexDoubleStorage" | "complex128" => 16,
                    _ => 1,
                };
                Self::Other(other.to_owned(), width)
            }
        }
    }

    /// Bytes of one.
    pub fn width(&self) -> usize {
        match self {
            Self::U8 => 1,
            Self::F16 | Self::Bf16 | Self::U16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
            Self::Other(_, width) => *width,
        }
    }
}

impl Stored<'_> {
    /// Its values, as float32.
    ///
    /// # Errors
    /// They are of a type that no weights have.
    pub fn array(&self) -> Result<Array, ImportFault> {
        fn each<const N: usize>(bytes: &[u8], value: impl Fn([u8; N]) -> f32) -> Vec<f32> {
            bytes.as_chunks().0.iter().copied().map(value).collect()
        }
        let values = match &self.number {
            Number::F16 => each(&self.bytes, |b| f16::from_le_bytes(b).to_f32()),
            Number::Bf16 => each(&self.bytes, |b| bf16::from_le_bytes(b).to_f32()),
            Number::F32 => each(&self.bytes, f32::from_le_bytes),
            Number::F64 => each(&self.bytes, |b| f64::from_le_bytes(b) as f32),
            Number::U8 => each(&self.bytes, |[b]| b.into()),
            Number::U16 => each(&self.bytes, |b| u16::from_le_bytes(b).into()),
            Number::Other(found, _) => {
                return Err(ImportFault::Type {
                    tensor: brief(&self.name),
                    found: brief(found),
                });
            }
        };
        Ok(Array {
            name: self.name.clone(),
            dims: self.dims.clone(),
            values,
        })
    }
}

/// What one layer has learnt.
pub(super) struct Pair {
    /// The layer's name in the file.
    pub name: String,
    pub weight: Array,
    pub bias: Option<Array>,
    /// Mean and variance, of a batch normalization.
    pub running: Option<[Array; 2]>,
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

/// What a convolution's weight tells.
#[derive(Clone, Copy)]
pub(super) struct Kernel {
    /// Height and width.
    pub sides: [usize; 2],
    /// Channels that each filter sees.
    pub inputs: usize,
    /// Filters.
    pub outputs: usize,
}

impl Pair {
    /// Of a convolution; `None` for any other weight.
    pub(super) fn conv(&self, layout: Layout) -> Option<Kernel> {
        let dims = self.weight.dims.as_slice();
        let ((Layout::Keras, &[height, width, inputs, outputs])
        | (Layout::PyTorch, &[outputs, inputs, height, width])) = (layout, dims)
        else {
            return None;
        };
        Some(Kernel {
            sides: [height, width],
            inputs,
            outputs,
        })
    }

    /// Inputs and units of a dense layer of this weight. `None` for any other weight.
    pub(super) fn dense(&self, layout: Layout) -> Option<(usize, usize)> {
        match (layout, self.weight.dims.as_slice()) {
            (Layout::Keras, &[i, o]) | (Layout::PyTorch, &[o, i]) => Some((i, o)),
            _ => None,
        }
    }

    /// Whether it is of a batch normalization.
    pub(super) fn is_norm(&self) -> bool {
        self.running.is_some()
    }

    /// Output channels or units; `None` of a normalization, which has as many as it is given.
    pub(super) fn outputs(&self, layout: Layout) -> Option<usize> {
        let units = self.dense(layout).map(|(_, units)| units);
        units.or_else(|| self.conv(layout).map(|kernel| kernel.outputs))
    }
}

/// The network with these weights, in its order.
pub(super) fn model(
    spec: &NetworkSpec,
    pairs: Vec<Pair>,
    layout: Layout,
) -> Result<Model, ImportFault> {
    let layers = spec.plan().map_err(ImportFault::Network)?;
    let shapes = |layer| Some((layer, pytorch_layout::shapes(layer)?));
    let weighted: Vec<_> = layers.iter().filter_map(shapes).collect();
    if weighted.len() != pairs.len() {
        return Err(ImportFault::WeightCount {
            found: pairs.len(),
            expected: weighted.len(),
        });
    }
    let mut parameters = Vec::with_capacity(pairs.len());
    for ((layer, shapes), pair) in weighted.into_iter().zip(pairs) {
        let dims = match layout {
            Layout::PyTorch => shapes.weight,
            Layout::Keras => keras_dims(&shapes.weight),
        };
        // Keras keeps the filters of a depthwise convolution by the channel that they see.
        let by_channel = |array: Array| match (layout, &array.dims[..]) {
            (Layout::Keras, &[rows, columns, channels, each])
                if dims == [rows, columns, 1, channels * each] =>
            {
                Array {
                    dims: dims.clone(),
                    ..array
                }
            }
            _ => array,
        };
        let weight = tensor(by_channel(pair.weight), &pair.name, &dims)?;
        let bias = match (shapes.bias, pair.bias) {
            (Some(dims), Some(bias)) => Some(tensor(bias, &pair.name, &dims)?),
            (Some(dims), None) => {
                Some(Tensor::zeros(dims, DType::F32, &Device::Cpu).map_err(ImportFault::Tensors)?)
            }
            (None, _) => None,
        };
        let running = match (shapes.running, pair.running) {
            (Some(dims), Some([mean, variance])) => Some([
                tensor(mean, &pair.name, &dims)?,
                tensor(variance, &pair.name, &dims)?,
            ]),
            (Some(_), None) => return Err(ImportFault::Missing(pair.name)),
            (None, _) => None,
        };
        let weight = match layout {
            Layout::Keras => weight,
            Layout::PyTorch => {
                pytorch_layout::from_pytorch(layer, &weight).map_err(ImportFault::Tensors)?
            }
        };
        parameters.push(Parameters {
            weight,
            bias,
            running,
        });
    }
    Model::from_parameters(spec, parameters).map_err(ImportFault::Tensors)
}

/// (out, in, height, width) → (height, width, in, out); (out, in) → (in, out).
pub(super) fn keras_dims(pytorch: &[usize]) -> Vec<usize> {
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
