//! The arithmetic behind one value of a network: what was multiplied, added and chosen.
//!
//! Products and sums are taken in double precision from the network's own float32 inputs and weights; the value itself is
//! the one the operators computed in float32. Their [difference](Inspection::difference) is float32's rounding.

mod branches;
mod conv;
mod dense;
mod pool;
mod single;

use candle_core::{Result, Tensor};

use super::receptive_field::{Region, inputs, receptive_field, uncut_receptive_field};
use crate::network::{
    Activation, Input, Layer, LayerKind, LayerOutput, Model, PoolKind, Shape, origin,
};
use conv::{Filter, conv_sum};
use dense::{dense_sum, softmax};
use pool::{pool_choice, pool_mean};

pub use branches::Handed;
pub use conv::{ChannelSum, ConvSum};
pub use dense::{ClassScore, DenseSum, LISTED_TERMS, Source, Term};
pub use pool::{PoolChoice, PoolMean};
pub use single::{Activated, NormSum, Passed};

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Index into [`Model::layers`].
    pub layer: usize,
    /// Channel (filter) of a map; unit or class of a dense layer.
    pub channel: usize,
    /// Row of the map; 0 for a dense layer.
    pub row: usize,
    /// Column of the map; 0 for a dense layer.
    pub column: usize,
}

/// Why there is no such value.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// No such layer.
    #[error("layer {0}: the network has {1} layers")]
    Layer(usize, usize),
    /// No such channel, unit or class.
    #[error("channel {channel}: {layer} has {count}; choose 0 to {}", count.saturating_sub(1))]
    Channel {
        /// Name of the layer.
        layer: String,
        /// What was asked for.
        channel: usize,
        /// Channels of the layer.
        count: usize,
    },
    /// No such cell.
    #[error(
        "row {row}, column {column}: the maps of {layer} are {height}×{width}; choose rows 0 to {} and columns 0 to {}",
        height.saturating_sub(1), width.saturating_sub(1)
    )]
    Cell {
        /// Name of the layer.
        layer: String,
        /// What was asked for.
        row: usize,
        /// What was asked for.
        column: usize,
        /// Rows of the maps; 1 for a dense layer.
        height: usize,
        /// Columns of the maps; 1 for a dense layer.
        width: usize,
    },
    /// The operators refused.
    #[error(transparent)]
    Network(#[from] candle_core::Error),
}

/// One value taken apart.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Where it is.
    pub place: Place,
    /// The layer's name.
    pub name: String,
    /// The value in the map, after the activation where the layer has one; the logit for the output layer.
    pub value: f32,
    /// How it came about.
    pub arithmetic: Arithmetic,
    /// The layer whose output it is computed from, of a join the first branch's; `None` for the picture.
    pub before: Option<usize>,
    /// What it depends on: see [`receptive_field`].
    pub field: Vec<Region>,
    /// The same on the picture with the padding counted: see [`uncut_receptive_field`].
    pub uncut_field: Option<Region>,
}

/// How a value came about.
#[derive(Clone, Debug)]
pub enum Arithmetic {
    /// A convolution's weighted sum over a patch of every input channel.
    Conv(ConvSum),
    /// The largest of a window.
    Pool(PoolChoice),
    /// The mean of a window.
    Mean(PoolMean),
    /// A batch normalization's.
    Norm(NormSum),
    /// What an activation makes of one number.
    Activation(Activated),
    /// What dropout lets pass.
    Dropout(Passed),
    /// What the branches of a block hand to their join: numbers to be added, or the one that stands there; also what is handed to the
    /// beginning of a branch.
    Branches(Vec<Handed>),
    /// A dense layer's weighted sum of all its inputs.
    Dense(DenseSum),
}

impl Inspection {
    /// What it is computed from of the output of the layer [`before`](Self::before), or of the picture.
    #[must_use]
    pub fn seen_before(&self) -> Option<Region> {
        let place = self.before.map_or(0, |layer| layer + 1);
        self.field.get(place).copied()
    }

    /// The value as the arithmetic shown gives it, in double precision.
    #[must_use]
    pub fn computed(&self) -> f64 {
        match &self.arithmetic {
            Arithmetic::Conv(sum) => sum.activation.apply(sum.before_relu),
            Arithmetic::Pool(choice) => f64::from(choice.candidates[choice.winner]),
            Arithmetic::Mean(mean) => mean.sum / mean.count as f64,
            Arithmetic::Norm(norm) => norm.result(),
            Arithmetic::Activation(Activated { value, activation }) => {
                activation.apply(f64::from(*value))
            }
            Arithmetic::Dropout(passed) => f64::from(passed.value),
            Arithmetic::Branches(handed) => {
                handed.iter().map(|branch| f64::from(branch.value)).sum()
            }
            Arithmetic::Dense(sum) => sum.activation.apply(sum.before_relu),
        }
    }

    /// The value in the map less the arithmetic shown: what float32 rounded away.
    #[must_use]
    pub fn difference(&self) -> f64 {
        f64::from(self.value) - self.computed()
    }
}

/// Takes one value of a network apart that looks at a picture.
///
/// # Errors
/// A place that the network does not have; a picture of another size.
pub fn inspect(
    model: &Model,
    picture: &[u8],
    place: Place,
) -> std::result::Result<Inspection, InspectError> {
    let layers = model.layers();
    let layer = layers
        .get(place.layer)
        .ok_or(InspectError::Layer(place.layer, layers.len()))?;
    check(layer, place)?;
    let x = model.input([picture])?; // (1, height, width, channels)
    let outputs = model.activations(&x)?;
    let cell = match layer.output {
        Shape::Maps { .. } => Region::cell(place.row, place.column),
        Shape::Vector(_) => Region::cell(0, place.channel),
    };
    Ok(Inspection {
        place,
        name: layer.name.clone(),
        value: value(layer, &outputs[place.layer], place)?,
        arithmetic: arithmetic(model, place, cell, &x, &outputs)?,
        before: origin(layers, layer.inputs[0]),
        field: receptive_field(layers, place.layer, cell),
        uncut_field: uncut_receptive_field(layers, place.layer, cell),
    })
}

fn check(layer: &Layer, place: Place) -> std::result::Result<(), InspectError> {
    let (count, height, width) = layer.output.extent();
    if place.channel >= count {
        return Err(InspectError::Channel {
            layer: layer.name.clone(),
            channel: place.channel,
            count,
        });
    }
    if place.row >= height || place.column >= width {
        return Err(InspectError::Cell {
            layer: layer.name.clone(),
            row: place.row,
            column: place.column,
            height,
            width,
        });
    }
    Ok(())
}

fn value(layer: &Layer, output: &LayerOutput, place: Place) -> Result<f32> {
    number(&output.value, layer.output.is_maps(), place)
}

/// One number of `(1, height, width, channels)` or `(1, units)`.
fn number(values: &Tensor, are_maps: bool, place: Place) -> Result<f32> {
    let values = values.get(0)?;
    let pixel = if are_maps {
        values.get(place.row)?.get(place.column)?
    } else {
        values
    };
    pixel.get(place.channel)?.to_scalar()
}

fn arithmetic(
    model: &Model,
    place: Place,
    cell: Region,
    picture: &Tensor,
    outputs: &[LayerOutput],
) -> Result<Arithmetic> {
    let layer = &model.layers()[place.layer];
    let below = match layer.inputs[0] {
        Input::Pictures => picture,
        Input::Layer(before) => &outputs[before].value,
    };
    let (channels, height, width) = layer.input.extent();
    let of_channel = |tensor: &Tensor| tensor.get(place.channel)?.to_scalar::<f32>();
    let before = || number(below, layer.input.is_maps(), place);
    match (layer.kind, model.parameters(place.layer)) {
        (
            LayerKind::Conv {
                window,
                groups,
                activation,
                ..
            },
            Some(p),
        ) => {
            let weights = p.weight.narrow(3, place.channel, 1)?;
            let each = channels / groups;
            let group = place.channel / (layer.output.channels() / groups);
            let filter = Filter {
                weights: weights.flatten_all()?.to_vec1()?, // (rows, columns, in / groups)
                bias: p.bias.as_ref().map_or(Ok(0.0), of_channel)?,
                window,
                channels: group * each..(group + 1) * each,
                activation,
            };
            conv_sum(below, inputs(layer, cell), &filter).map(Arithmetic::Conv)
        }
        (LayerKind::Dense { .. } | LayerKind::Output, Some(p)) => {
            let weights = p.weight.narrow(1, place.channel, 1)?;
            let weights: Vec<f32> = weights.flatten_all()?.to_vec1()?;
            let below: Vec<f32> = below.flatten_all()?.to_vec1()?;
            let bias = p.bias.as_ref().map_or(Ok(0.0), of_channel)?;
            let activation = layer.kind.activation().unwrap_or(Activation::None);
            let mut sum = dense_sum(layer.input, &below, &weights, bias, activation);
            if layer.kind == LayerKind::Output {
                let logits: Vec<f32> = outputs[place.layer].value.flatten_all()?.to_vec1()?;
                sum.classes = Some(softmax(&logits));
            }
            Ok(Arithmetic::Dense(sum))
        }
        (LayerKind::Pool { kind, window }, _) => {
            let region = inputs(layer, cell).cut(height, width);
            match kind {
                PoolKind::Max => pool_choice(below, region, place.channel).map(Arithmetic::Pool),
                PoolKind::Average { counts_padding } => {
                    pool_mean(below, region, place.channel, &window, counts_padding)
                        .map(Arithmetic::Mean)
                }
            }
        }
        (LayerKind::GlobalPool { kind }, _) => {
            let region = Region {
                height,
                width,
                ..Region::cell(0, 0)
            };
            match kind {
                PoolKind::Max => pool_choice(below, region, place.channel).map(Arithmetic::Pool),
                PoolKind::Average { .. } => {
                    let window = crate::network::Window::tiles([height, width]);
                    pool_mean(below, region, place.channel, &window, false).map(Arithmetic::Mean)
                }
            }
        }
        (LayerKind::BatchNorm { epsilon, .. }, Some(p)) => {
            let Some([mean, variance]) = &p.running else {
                candle_core::bail!("{} has no running values", layer.name)
            };
            Ok(Arithmetic::Norm(NormSum {
                value: before()?,
                mean: of_channel(mean)?,
                variance: of_channel(variance)?,
                epsilon: f64::from(epsilon.get()),
                gamma: of_channel(&p.weight)?,
                beta: p.bias.as_ref().map_or(Ok(0.0), of_channel)?,
            }))
        }
        (LayerKind::Activation(activation), _) => Ok(Arithmetic::Activation(Activated {
            value: before()?,
            activation,
        })),
        (LayerKind::Branch | LayerKind::Join(_), _) => {
            branches::handed(model.layers(), place, picture, outputs).map(Arithmetic::Branches)
        }
        (LayerKind::Dropout { rate }, _) => Ok(Arithmetic::Dropout(Passed {
            value: before()?,
            rate,
        })),
        (
            LayerKind::Conv { .. }
            | LayerKind::BatchNorm { .. }
            | LayerKind::Dense { .. }
            | LayerKind::Output,
            None,
        ) => {
            candle_core::bail!("{} has no weights", layer.name)
        }
    }
}

/// Exact: the product of two float32 fits a float64.
fn product(x: f32, weight: f32) -> f64 {
    f64::from(x) * f64::from(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Preset;

    #[test]
    fn a_place_that_is_not_there_is_refused_with_what_is() {
        let model = Model::random(&Preset::Conv16.spec(), 1).unwrap();
        let fault = |layer, channel, row, column| {
            let place = Place {
                layer,
                channel,
                row,
                column,
            };
            inspect(&model, &[0; 784], place).unwrap_err().to_string()
        };
        assert_eq!(fault(6, 0, 0, 0), "layer 6: the network has 6 layers");
        assert_eq!(
            fault(0, 16, 0, 0),
            "channel 16: conv1 has 16; choose 0 to 15"
        );
        assert!(fault(2, 0, 11, 0).ends_with("choose rows 0 to 10 and columns 0 to 10"));
        assert!(fault(5, 0, 0, 1).contains("1×1"));
    }
}
