//! A dense unit's value: the products of inputs and weights, the largest one by one.

use super::product;
use crate::network::{Activation, Shape};

/// Most terms of a dense layer's sum that are listed one by one.
pub const LISTED_TERMS: usize = 24;

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
    /// What comes behind.
    pub activation: Activation,
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

pub(super) fn dense_sum(
    input: Shape,
    inputs: &[f32],
    weights: &[f32],
    bias: f32,
    activation: Activation,
) -> DenseSum {
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
        activation,
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

pub(super) fn softmax(logits: &[f32]) -> Vec<ClassScore> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let power = |logit: f32| (f64::from(logit) - f64::from(largest)).exp();
    let total: f64 = logits.iter().map(|&logit| power(logit)).sum();
    let score = |&logit: &f32| ClassScore {
        logit,
        probability: power(logit) / total,
    };
    logits.iter().map(score).collect()
}
