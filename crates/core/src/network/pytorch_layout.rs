//! Weights as `PyTorch` lays them out, in which they stand in files: see [`weights`](super::weights).

use candle_core::{DType, Result as TensorResult, Tensor};

use super::{Layer, LayerKind, Shape};

/// Shapes of what a layer has learnt.
pub(crate) struct Shapes {
    pub weight: Vec<usize>,
    pub bias: Option<Vec<usize>>,
    /// Of mean and variance each.
    pub running: Option<Vec<usize>>,
}

/// Shapes of what a layer has; `None` for a layer that learns nothing.
pub(crate) fn shapes(layer: &Layer) -> Option<Shapes> {
    let (inputs, outputs) = (layer.input, layer.output.channels());
    match layer.kind {
        LayerKind::Conv {
            window,
            groups,
            bias,
            ..
        } => {
            let [rows, columns] = window.size;
            Some(Shapes {
                weight: vec![outputs, inputs.channels() / groups, rows, columns],
                bias: bias.then(|| vec![outputs]),
                running: None,
            })
        }
        LayerKind::BatchNorm { .. } => Some(Shapes {
            weight: vec![outputs],
            bias: Some(vec![outputs]),
            running: Some(vec![outputs]),
        }),
        LayerKind::Dense { bias, .. } => Some(Shapes {
            weight: vec![outputs, inputs.len()],
            bias: bias.then(|| vec![outputs]),
            running: None,
        }),
        LayerKind::Output => Some(Shapes {
            weight: vec![outputs, inputs.len()],
            bias: Some(vec![outputs]),
            running: None,
        }),
        LayerKind::Pool { .. }
        | LayerKind::GlobalPool { .. }
        | LayerKind::Dropout { .. }
        | LayerKind::Activation(_)
        | LayerKind::Branch
        | LayerKind::Join(_) => None,
    }
}

/// From this program's layout to `PyTorch`'s.
pub(crate) fn to_pytorch(layer: &Layer, weight: &Tensor) -> TensorResult<Tensor> {
    match (layer.kind, layer.input) {
        // (rows, columns, in, out) -> (out, in, rows, columns)
        (LayerKind::Conv { .. }, _) => weight.permute((3, 2, 0, 1))?.contiguous(),
        (LayerKind::BatchNorm { .. }, _) => Ok(weight.clone()),
        // (h·w·c, out) -> (out, c·h·w)
        (
            LayerKind::Dense { .. } | LayerKind::Output,
            Shape::Maps {
                channels: c,
                height: h,
                width: w,
            },
        ) => weight
            .reshape((h, w, c, ()))?
            .permute((3, 2, 0, 1))?
            .contiguous()?
            .flatten_from(1),
        (LayerKind::Dense { .. } | LayerKind::Output, Shape::Vector(_)) => weight.t()?.contiguous(),
        (
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_)
            | LayerKind::Branch
            | LayerKind::Join(_),
            Shape::Maps { .. } | Shape::Vector(_),
        ) => candle_core::bail!("{} has no weights", layer.name),
    }
}

/// From `PyTorch`'s layout to this program's.
pub(crate) fn from_pytorch(layer: &Layer, weight: &Tensor) -> TensorResult<Tensor> {
    debug_assert_eq!(weight.dtype(), DType::F32);
    match (layer.kind, layer.input) {
        // (out, in, rows, columns) -> (rows, columns, in, out)
        (LayerKind::Conv { .. }, _) => weight.permute((2, 3, 1, 0))?.contiguous(),
        (LayerKind::BatchNorm { .. }, _) => Ok(weight.clone()),
        // (out, c·h·w) -> (h·w·c, out)
        (
            LayerKind::Dense { .. } | LayerKind::Output,
            Shape::Maps {
                channels: c,
                height: h,
                width: w,
            },
        ) => weight
            .reshape(((), c, h, w))?
            .permute((2, 3, 1, 0))?
            .contiguous()?
            .flatten(0, 2),
        (LayerKind::Dense { .. } | LayerKind::Output, Shape::Vector(_)) => weight.t()?.contiguous(),
        (
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_)
            | LayerKind::Branch
            | LayerKind::Join(_),
            Shape::Maps { .. } | Shape::Vector(_),
        ) => candle_core::bail!("{} has no weights", layer.name),
    }
}
