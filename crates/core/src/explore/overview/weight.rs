//! The chain rule at one weight of a kernel.

use crate::explore::backward::LayerGradients;
use crate::explore::windows::{read_at, weight_index};
use crate::network::{Layer, LayerKind, Shape};

/// One weight of a convolution's kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightPlace {
    /// The convolution's name.
    pub layer: String,
    /// Its filter.
    pub filter: usize,
    /// The channel of its input.
    pub channel: usize,
    /// Row and column of the kernel.
    pub tap: [usize; 2],
}

/// A product of the chain rule: at one place of the filter's map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightTerm {
    /// The input's value that the weight multiplies there.
    pub input: f32,
    /// The gradient by the sum that this product is part of.
    pub of_sum: f32,
}

/// How the gradient by a weight comes about: ∂L/∂w = Σ input × ∂L/∂sum over all places of the filter's map.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightGradient {
    /// Which weight.
    pub place: WeightPlace,
    /// The weight itself.
    pub weight: f32,
    /// The whole sum.
    pub gradient: f32,
    /// Its products that are not 0, the largest first.
    pub terms: Vec<WeightTerm>,
}

/// Takes the gradient by a weight apart; `None` where the layer is no convolution or has no such weight.
pub fn taken_apart(
    place: &WeightPlace,
    (layer, weights, back): (&Layer, &[f32], &LayerGradients),
    input: &[f32],
) -> Option<WeightGradient> {
    let LayerKind::Conv { window, .. } = layer.kind else {
        return None;
    };
    let (
        Shape::Maps {
            height,
            width,
            channels,
        },
        Shape::Maps {
            height: out_height,
            width: out_width,
            channels: filters,
        },
    ) = (layer.input, layer.output)
    else {
        return None;
    };
    let [row, column] = place.tap;
    let index = weight_index(layer, [place.channel, place.filter], place.tap)?;
    let places = (0..out_height).flat_map(|y| (0..out_width).map(move |x| [y, x]));
    let terms = places.filter_map(|[y, x]| {
        let down = read_at(&window, 0, y, row, height)?;
        let across = read_at(&window, 1, x, column, width)?;
        let input = input[(down * width + across) * channels + place.channel];
        let of_sum = back.sums[(y * out_width + x) * filters + place.filter];
        (input * of_sum != 0.0).then_some(WeightTerm { input, of_sum })
    });
    let mut terms: Vec<WeightTerm> = terms.collect();
    let size = |term: &WeightTerm| (term.input * term.of_sum).abs();
    terms.sort_by(|a, b| size(b).total_cmp(&size(a)));
    Some(WeightGradient {
        place: place.clone(),
        weight: *weights.get(index)?,
        gradient: *back.weight.get(index)?,
        terms,
    })
}
