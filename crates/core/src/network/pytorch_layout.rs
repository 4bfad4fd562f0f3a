//! Weights as `PyTorch` lays them out, in which they stand in files: see [`weights`](super::weights).

use candle_core::{DType, Result as TensorResult, Tensor};

use super::parameters::{Form, Learnt};
use super::{Layer, Shape};

/// Shapes of what a layer has learnt.
pub(crate) struct Shapes {
    pub weight: Vec<usize>,
    pub bias: Option<Vec<usize>>,
    /// Of mean and variance each.
    pub running: Option<Vec<usize>>,
}

/// Shapes of what a layer has; `None` for a layer that learns nothing.
pub(crate) fn shapes(layer: &Layer) -> Option<Shapes> {
    let learnt = Learnt::of(layer)?;
    let outputs = learnt.outputs;
    let weight = match learnt.form {
        Form::Kernels([rows, columns, depth]) => vec![outputs, depth, rows, columns],
        Form::Scales => vec![outputs],
        Form::Matrix(input) => vec![outputs, input.len()],
    };
    Some(Shapes {
        weight,
        bias: learnt.bias.then(|| vec![outputs]),
        running: learnt.has_running().then(|| vec![outputs]),
    })
}

/// From this program's layout to `PyTorch`'s.
pub(crate) fn to_pytorch(layer: &Layer, weight: &Tensor) -> TensorResult<Tensor> {
    match form(layer)? {
        // (rows, columns, in, out) -> (out, in, rows, columns)
        Form::Kernels(_) => weight.permute((3, 2, 0, 1))?.contiguous(),
        Form::Scales => Ok(weight.clone()),
        // (h·w·c, out) -> (out, c·h·w)
        Form::Matrix(Shape::Maps {
            channels: c,
            height: h,
            width: w,
        }) => weight
            .reshape((h, w, c, ()))?
            .permute((3, 2, 0, 1))?
            .contiguous()?
            .flatten_from(1),
        Form::Matrix(Shape::Vector(_)) => weight.t()?.contiguous(),
    }
}

/// From `PyTorch`'s layout to this program's.
pub(crate) fn from_pytorch(layer: &Layer, weight: &Tensor) -> TensorResult<Tensor> {
    debug_assert_eq!(weight.dtype(), DType::F32);
    match form(layer)? {
        // (out, in, rows, columns) -> (rows, columns, in, out)
        Form::Kernels(_) => weight.permute((2, 3, 1, 0))?.contiguous(),
        Form::Scales => Ok(weight.clone()),
        // (out, c·h·w) -> (h·w·c, out)
        Form::Matrix(Shape::Maps {
            channels: c,
            height: h,
            width: w,
        }) => weight
            .reshape(((), c, h, w))?
            .permute((2, 3, 1, 0))?
            .contiguous()?
            .flatten(0, 2),
        Form::Matrix(Shape::Vector(_)) => weight.t()?.contiguous(),
    }
}

fn form(layer: &Layer) -> TensorResult<Form> {
    match Learnt::of(layer) {
        Some(learnt) => Ok(learnt.form),
        None => candle_core::bail!("{} has no weights", layer.name),
    }
}
