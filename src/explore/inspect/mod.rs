//! The arithmetic behind one value of a network: what was multiplied, added and chosen.
//!
//! Products and sums are taken in double precision from the network's own float32 inputs and weights; the value itself is
//! the one the operators computed in float32. Their [difference](Inspection::difference) is float32's rounding.

use candle_core::{Result, Tensor};

use super::receptive_field::{Region, inputs, receptive_field, uncut_receptive_field};
use crate::network::{Layer, LayerKind, LayerOutput, Model, Shape, pictures_to_tensor};

/// Most terms of a dense layer's sum that are listed one by one.
pub const LISTED_TERMS: usize = 24;

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
    /// The value in the map, after ReLU where the layer has one; the logit for the output layer.
    pub value: f32,
    /// How it came about.
    pub arithmetic: Arithmetic,
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
    /// The largest of four.
    Pool(PoolChoice),
    /// A dense layer's weighted sum of all its inputs.
    Dense(DenseSum),
}

/// `Σ patch · kernel + bias`, then ReLU.
#[derive(Clone, Debug)]
pub struct ConvSum {
    /// Side of the kernel.
    pub kernel: usize,
    /// The cells of the input under the kernel; with padding it may reach beyond the map.
    pub patch: Region,
    /// The input channels, the largest contribution (by magnitude) first.
    pub channels: Vec<ChannelSum>,
    /// The sum of all products.
    pub sum: f64,
    /// The filter's bias.
    pub bias: f32,
    /// `sum + bias`.
    pub before_relu: f64,
}

/// What one input channel contributes.
#[derive(Clone, Debug)]
pub struct ChannelSum {
    /// The input channel.
    pub channel: usize,
    /// `kernel × kernel` values of the input, row by row; 0 in the padding.
    pub patch: Vec<f32>,
    /// The filter's slice for this channel, `kernel × kernel`, row by row.
    pub kernel: Vec<f32>,
    /// The sum of their products.
    pub sum: f64,
}

/// A 2×2 pool's window and which of it won.
#[derive(Clone, Debug)]
pub struct PoolChoice {
    /// The window's values, row by row.
    pub candidates: [f32; 4],
    /// The cells of the input they stand in.
    pub window: Region,
    /// Index of the first of the largest, as the operator chooses.
    pub winner: usize,
    /// How many share the largest value.
    pub equals: usize,
}

/// `Σ input · weight + bias`, then ReLU or, for the class scores, softmax.
#[derive(Clone, Debug)]
pub struct DenseSum {
    /// The [`LISTED_TERMS`] largest products by magnitude, largest first.
    pub terms: Vec<Term>,
    /// The sum of the products not listed.
    pub rest: f64,
    /// How many those are.
    pub rest_count: usize,
    /// The sum of all products.
    pub sum: f64,
    /// The unit's bias.
    pub bias: f32,
    /// `sum + bias`; the logit for the output layer.
    pub before_relu: f64,
    /// Of the output layer: every class, in order.
    pub classes: Option<Vec<ClassScore>>,
}

/// One product of a dense layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Where the input is: a unit of the dense layer below, a cell of a map, or a pixel.
    pub input: Source,
    /// The input.
    pub value: f32,
    /// Its weight.
    pub weight: f32,
    /// `value · weight`.
    pub product: f64,
}

/// Where an input of a dense layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A unit of a vector.
    Unit(usize),
    /// A cell of a map.
    Cell {
        /// Channel of the map.
        channel: usize,
        /// Row of the map.
        row: usize,
        /// Column of the map.
        column: usize,
    },
}

/// A class's score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassScore {
    /// The output layer's value.
    pub logit: f32,
    /// Its softmax: `exp(logit) / Σ exp(logits)`.
    pub probability: f64,
}

impl Inspection {
    /// The value as the arithmetic shown gives it, in double precision.
    #[must_use]
    pub fn computed(&self) -> f64 {
        match &self.arithmetic {
            Arithmetic::Conv(sum) => relu(sum.before_relu),
            Arithmetic::Pool(choice) => f64::from(choice.candidates[choice.winner]),
            Arithmetic::Dense(sum) if sum.classes.is_some() => sum.before_relu,
            Arithmetic::Dense(sum) => relu(sum.before_relu),
        }
    }

    /// The value in the map less the arithmetic shown: what float32 rounded away.
    #[must_use]
    pub fn difference(&self) -> f64 {
        f64::from(self.value) - self.computed()
    }
}

fn relu(x: f64) -> f64 {
    // Not `max`, which makes a number of NaN.
    if x < 0.0 { 0.0 } else { x }
}

/// Takes one value of a network apart that looks at a picture of 784 bytes.
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
    let x = pictures_to_tensor([picture])?; // (1, 28, 28, 1)
    let outputs = model.activations(&x)?;
    let below = match place.layer {
        0 => &x,
        above => &outputs[above - 1].value,
    };
    let cell = match layer.output {
        Shape::Maps { .. } => Region::cell(place.row, place.column),
        Shape::Vector(_) => Region::cell(0, place.channel),
    };
    Ok(Inspection {
        place,
        name: layer.name.clone(),
        value: value(layer, &outputs[place.layer], place)?,
        arithmetic: arithmetic(model, place, cell, below, &outputs)?,
        field: receptive_field(layers, place.layer, cell),
        uncut_field: uncut_receptive_field(layers, place.layer, cell),
    })
}

fn check(layer: &Layer, place: Place) -> std::result::Result<(), InspectError> {
    let (count, height, width) = match layer.output {
        Shape::Maps {
            channels,
            height,
            width,
        } => (channels, height, width),
        Shape::Vector(units) => (units, 1, 1),
    };
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
    let values = output.value.get(0)?; // (height, width, channels) or (units)
    let pixel = if layer.has_maps() {
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
    below: &Tensor,
    outputs: &[LayerOutput],
) -> Result<Arithmetic> {
    let layer = &model.layers()[place.layer];
    match (layer.kind, model.parameters(place.layer)) {
        (LayerKind::Conv { .. }, Some(p)) => {
            let filter = p.weight.narrow(3, place.channel, 1)?;
            let filter: Vec<f32> = filter.flatten_all()?.to_vec1()?; // (kernel, kernel, in)
            let bias = p.bias.get(place.channel)?.to_scalar()?;
            conv_sum(below, inputs(layer, cell), &filter, bias).map(Arithmetic::Conv)
        }
        (LayerKind::Dense | LayerKind::Output, Some(p)) => {
            let weights = p.weight.narrow(1, place.channel, 1)?;
            let weights: Vec<f32> = weights.flatten_all()?.to_vec1()?;
            let below: Vec<f32> = below.flatten_all()?.to_vec1()?;
            let bias = p.bias.get(place.channel)?.to_scalar()?;
            let mut sum = dense_sum(layer.input, &below, &weights, bias);
            if layer.kind == LayerKind::Output {
                let logits: Vec<f32> = outputs[place.layer].value.flatten_all()?.to_vec1()?;
                sum.classes = Some(softmax(&logits));
            }
            Ok(Arithmetic::Dense(sum))
        }
        _ => pool_choice(below, inputs(layer, cell), place.channel).map(Arithmetic::Pool),
    }
}

/// `below (1, height, width, channels)`, `filter (kernel, kernel, channels)`.
fn conv_sum(below: &Tensor, patch: Region, filter: &[f32], bias: f32) -> Result<ConvSum> {
    let (_, height, width, channels) = below.dims4()?;
    let inside = patch.cut(height, width);
    let cells = below
        .narrow(1, inside.rows().start, inside.height)?
        .narrow(2, inside.columns().start, inside.width)?;
    let cells: Vec<f32> = cells.flatten_all()?.to_vec1()?;
    let mut sums: Vec<ChannelSum> = (0..channels)
        .map(|channel| {
            let mut values = vec![0.0; patch.height * patch.width];
            for row in 0..inside.height {
                for column in 0..inside.width {
                    let y = (inside.row - patch.row) as usize + row;
                    let x = (inside.column - patch.column) as usize + column;
                    values[y * patch.width + x] =
                        cells[(row * inside.width + column) * channels + channel];
                }
            }
            let kernel = filter.iter().skip(channel).step_by(channels).copied();
            let kernel: Vec<f32> = kernel.collect();
            ChannelSum {
                channel,
                sum: values
                    .iter()
                    .zip(&kernel)
                    .map(|(x, w)| product(*x, *w))
                    .sum(),
                patch: values,
                kernel,
            }
        })
        .collect();
    let sum: f64 = sums.iter().map(|channel| channel.sum).sum();
    // Stable: of equal contributions the lower channel comes first.
    sums.sort_by(|a, b| b.sum.abs().total_cmp(&a.sum.abs()));
    Ok(ConvSum {
        kernel: patch.height,
        patch,
        channels: sums,
        sum,
        bias,
        before_relu: sum + f64::from(bias),
    })
}

/// Exact: the product of two float32 fits a float64.
fn product(x: f32, weight: f32) -> f64 {
    f64::from(x) * f64::from(weight)
}

/// `below (1, height, width, channels)`.
fn pool_choice(below: &Tensor, window: Region, channel: usize) -> Result<PoolChoice> {
    let map = below.get(0)?;
    let mut candidates = [0.0; 4];
    for (candidate, (row, column)) in candidates.iter_mut().zip(window.cells()) {
        *candidate = map.get(row)?.get(column)?.get(channel)?.to_scalar()?;
    }
    let winner = winner(candidates);
    let largest = candidates[winner];
    Ok(PoolChoice {
        candidates,
        window,
        winner,
        equals: candidates
            .iter()
            .filter(|&&value| value >= largest)
            .count()
            .max(1),
    })
}

/// The first of the largest, as [`max_pool`](crate::network::ops::max_pool) passes its gradient; NaN wins over any number.
fn winner(candidates: [f32; 4]) -> usize {
    let mut best = 0;
    for (position, &value) in candidates.iter().enumerate() {
        if value > candidates[best] || (value.is_nan() && !candidates[best].is_nan()) {
            best = position;
        }
    }
    best
}

fn dense_sum(input: Shape, inputs: &[f32], weights: &[f32], bias: f32) -> DenseSum {
    let products: Vec<f64> = inputs
        .iter()
        .zip(weights)
        .map(|(x, w)| product(*x, *w))
        .collect();
    let sum: f64 = products.iter().sum();
    let mut ranked: Vec<usize> = (0..products.len()).collect();
    ranked.sort_by(|&a, &b| products[b].abs().total_cmp(&products[a].abs()));
    let listed = ranked.len().min(LISTED_TERMS);
    DenseSum {
        terms: ranked[..listed]
            .iter()
            .map(|&index| Term {
                input: source(input, index),
                value: inputs[index],
                weight: weights[index],
                product: products[index],
            })
            .collect(),
        rest: ranked[listed..].iter().map(|&index| products[index]).sum(),
        rest_count: ranked.len() - listed,
        sum,
        bias,
        before_relu: sum + f64::from(bias),
        classes: None,
    }
}

/// Maps are flattened in the order height, width, channel.
fn source(input: Shape, index: usize) -> Source {
    match input {
        Shape::Maps {
            channels, width, ..
        } => Source::Cell {
            channel: index % channels,
            row: index / channels / width,
            column: index / channels % width,
        },
        Shape::Vector(_) => Source::Unit(index),
    }
}

fn softmax(logits: &[f32]) -> Vec<ClassScore> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let power = |logit: f32| (f64::from(logit) - f64::from(largest)).exp();
    let total: f64 = logits.iter().map(|&logit| power(logit)).sum();
    let score = |&logit: &f32| ClassScore {
        logit,
        probability: power(logit) / total,
    };
    logits.iter().map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Preset;

    #[test]
    fn the_first_of_equals_wins_and_nan_over_any_number() {
        assert_eq!(winner([0.0, 0.0, 0.0, 0.0]), 0);
        assert_eq!(winner([-1.0, 2.0, 2.0, 1.0]), 1);
        assert_eq!(winner([-1.0, 2.0, f32::NAN, 9.0]), 2);
        assert_eq!(winner([f32::NEG_INFINITY; 4]), 0);
    }

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
