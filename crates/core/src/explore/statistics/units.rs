//! What a layer puts out for the probe: the numbers, and what its units are like.

use candle_core::{Result, Tensor};

use crate::network::{Activation, Input, LayerKind, Model};

/// Most numbers of a layer's outputs that a distribution is made of.
pub const MOST_ACTIVATIONS: usize = 1 << 18;

/// How near an end an output is that is called saturated.
pub const END: f32 = 0.01;

/// A layer that has weights, and where what it puts out is found.
pub struct Weighted {
    pub layer: usize,
    /// The layer whose output is looked at: itself, or the activation that stands behind it.
    pub output: usize,
    pub activation: Activation,
}

impl Weighted {
    /// All of a network.
    pub fn all(model: &Model) -> Vec<Self> {
        let layers = model.layers();
        let own = (0..layers.len()).filter(|&layer| model.parameters(layer).is_some());
        let of = |layer: usize| {
            let activation = layers[layer].kind.activation();
            let activation = activation.unwrap_or(Activation::None);
            let behind = layers.get(layer + 1);
            let behind = behind.filter(|next| next.inputs == [Input::Layer(layer)]);
            let alone = behind.filter(|_| activation == Activation::None);
            match alone.and_then(|next| stands_alone(next.kind)) {
                Some(activation) => Self {
                    layer,
                    output: layer + 1,
                    activation,
                },
                None => Self {
                    layer,
                    output: layer,
                    activation,
                },
            }
        };
        own.map(of).collect()
    }

    /// Every how many-th output is kept: with no part in common with their number, so that all channels and places come up.
    pub fn stride(&self, model: &Model, images: usize) -> usize {
        let outputs = model.layers()[self.output].output.len();
        let least = (outputs * images).div_ceil(MOST_ACTIVATIONS).max(1);
        let is_spread = |stride: &usize| divisor(outputs, *stride) == 1;
        let mut strides = least..=least + outputs;
        strides.find(is_spread).unwrap_or(least)
    }

    fn can_die(&self) -> bool {
        matches!(self.activation, Activation::Relu | Activation::Relu6)
    }

    /// The ends of what its activation puts out.
    fn ends(&self) -> Option<[f32; 2]> {
        match self.activation {
            Activation::Sigmoid | Activation::HardSigmoid => Some([0.0, 1.0]),
            Activation::Tanh | Activation::HardTanh => Some([-1.0, 1.0]),
            _ => None,
        }
    }
}

/// The activation that a layer is and nothing else.
fn stands_alone(kind: LayerKind) -> Option<Activation> {
    if let LayerKind::Activation(activation) = kind {
        Some(activation)
    } else {
        None
    }
}

/// The largest that divides both.
fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// What a layer puts out for some pictures.
#[derive(Default)]
pub struct Units {
    /// Those that are kept.
    pub values: Vec<f32>,
    /// Of each unit, whether all is 0.
    is_zero: Vec<bool>,
    at_an_end: usize,
    count: usize,
}

impl Units {
    /// Of an output `(images, …, units)`.
    pub fn of(weighted: &Weighted, output: &Tensor, stride: usize) -> Result<Self> {
        let units = output.dims().last().copied().unwrap_or(1).max(1);
        let values: Vec<f32> = output.flatten_all()?.to_vec1()?;
        let mut is_zero = vec![true; units];
        for row in values.chunks_exact(units) {
            for (is_zero, value) in is_zero.iter_mut().zip(row) {
                *is_zero &= *value == 0.0;
            }
        }
        let at_an_end = weighted.ends().map_or(0, |[low, high]| {
            let is_near = |value: &&f32| **value <= low + END || **value >= high - END;
            values.iter().filter(is_near).count()
        });
        Ok(Self {
            is_zero,
            at_an_end,
            count: values.len(),
            values: values.into_iter().step_by(stride).collect(),
        })
    }

    /// Takes in what it puts out for more pictures.
    pub fn add(&mut self, more: Self) {
        self.values.extend(more.values);
        for (is_zero, more) in self.is_zero.iter_mut().zip(more.is_zero) {
            *is_zero &= more;
        }
        self.at_an_end += more.at_an_end;
        self.count += more.count;
    }

    /// How many units are dead, if these can die.
    pub fn dead(&self, weighted: &Weighted) -> Option<usize> {
        let dead = self.is_zero.iter().filter(|is_zero| **is_zero).count();
        weighted.can_die().then_some(dead)
    }

    /// Share of the outputs at an end, if there are ends.
    pub fn saturated(&self, weighted: &Weighted) -> Option<f64> {
        weighted.ends()?;
        (self.count > 0).then(|| self.at_an_end as f64 / self.count as f64)
    }
}
