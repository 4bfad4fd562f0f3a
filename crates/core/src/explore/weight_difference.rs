//! Two networks, or two moments of one, weight by weight and map by map.

use candle_core::Result;

use super::{LayerMaps, difference, likeness};
use crate::network::{Layer, Model};

/// How the weights of one layer differ.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerDifference {
    /// Index of the layer in the first network.
    pub layer: usize,
    /// Its name, which both have.
    pub name: String,
    /// Length of the difference as a share of that of the second's weights: |a − b| / |b|, biases left out. `None` where all of these are 0.
    pub relative: Option<f64>,
    /// Cosine of the angle between the two as vectors, −1 to 1; `None` where one is all 0.
    pub cosine: Option<f64>,
    /// The largest difference of two weights, from 0.
    pub largest: f32,
    /// Of each filter, unit or channel the length of the difference of its weights and its bias.
    pub outputs: Vec<f64>,
}

impl LayerDifference {
    /// The filters, units or channels, those that differ most first; of equals the lower number.
    #[must_use]
    pub fn most_different(&self) -> Vec<usize> {
        largest_first(&self.outputs)
    }
}

/// Indices of the values, the largest first; of equals the lower one.
#[must_use]
pub fn largest_first(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}

/// The layers with weights of the first network that the second has too: of the same name, their weights of the same shape.
///
/// # Errors
/// Only those of candle.
pub fn weight_differences(first: &Model, second: &Model) -> Result<Vec<LayerDifference>> {
    let mut differences = Vec::new();
    for (layer, info) in first.layers().iter().enumerate() {
        let of_same_name = |other: &Layer| other.name == info.name;
        let other = second.layers().iter().position(of_same_name);
        let parameters = first.parameters(layer);
        let theirs = other.and_then(|other| second.parameters(other));
        let Some((ours, theirs)) = parameters.zip(theirs) else {
            continue;
        };
        if ours.weight.dims() != theirs.weight.dims() {
            continue;
        }
        // Filters, units and channels are the last axis of every kind's weights.
        let outputs = ours.weight.dims().last().copied().unwrap_or(1).max(1);
        let flat = |weights: &candle_core::Tensor| weights.flatten_all()?.to_vec1::<f32>();
        let (a, b) = (flat(&ours.weight)?, flat(&theirs.weight)?);
        let minus = difference(&a, &b);
        let biases = difference(&ours.biases(outputs)?, &theirs.biases(outputs)?);
        let square = |value: &f32| f64::from(*value) * f64::from(*value);
        let mut squares: Vec<f64> = biases.iter().map(square).collect();
        for (place, value) in minus.iter().enumerate() {
            squares[place % outputs] += square(value);
        }
        let length = |values: &[f32]| values.iter().map(square).sum::<f64>().sqrt();
        let theirs = length(&b);
        differences.push(LayerDifference {
            layer,
            name: info.name.clone(),
            relative: (theirs > 0.0).then(|| length(&minus) / theirs),
            cosine: likeness(&a, &b).cosine,
            largest: minus.iter().fold(0.0, |most, value| most.max(value.abs())),
            outputs: squares.into_iter().map(f64::sqrt).collect(),
        });
    }
    Ok(differences)
}

/// How far the maps of one picture, at `images[0]` of the first and `images[1]` of the second, lie apart: of each channel the root of the mean
/// square of the difference. `None` where they are of other sizes.
#[must_use]
pub fn map_differences(
    first: &LayerMaps,
    second: &LayerMaps,
    images: [usize; 2],
) -> Option<Vec<f64>> {
    let shape = |maps: &LayerMaps| (maps.height, maps.width, maps.channels);
    if shape(first) != shape(second) {
        return None;
    }
    let apart = |channel| {
        let minus = difference(
            first.map(images[0], channel)?,
            second.map(images[1], channel)?,
        );
        let squares = minus
            .iter()
            .map(|value| f64::from(*value) * f64::from(*value));
        Some((squares.sum::<f64>() / minus.len().max(1) as f64).sqrt())
    };
    (0..first.channels).map(apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::{activations, kernels};
    use crate::network::{ChangedTo, Preset, WeightChange};

    fn random(seed: u64) -> Model {
        Model::random(&Preset::Conv16.spec(), seed).unwrap()
    }

    fn near(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() < 1e-6 * expected.abs().max(1e-3),
            "{found} for {expected}"
        );
    }

    #[test]
    fn the_numbers_are_those_of_loops_over_the_kernels() {
        let (a, b) = (random(1), random(2));
        let found = weight_differences(&a, &b).unwrap();
        let names: Vec<&str> = found.iter().map(|layer| layer.name.as_str()).collect();
        assert_eq!(names, ["conv1", "conv2", "dense1", "dense2"]);
        let (ours, theirs) = (kernels(&a, 2).unwrap(), kernels(&b, 2).unwrap());
        let (mut all, mut other, mut own, mut both, mut most) = (0.0, 0.0, 0.0, 0.0, 0.0_f64);
        for filter in 0..16 {
            let mut sum = f64::from(ours.biases[filter] - theirs.biases[filter]).powi(2);
            for (x, y) in ours.filter(filter).iter().zip(theirs.filter(filter)) {
                let (x, y) = (f64::from(*x), f64::from(*y));
                sum += (x - y) * (x - y);
                all += (x - y) * (x - y);
                other += y * y;
                own += x * x;
                both += x * y;
                most = most.max((x - y).abs());
            }
            near(found[1].outputs[filter], sum.sqrt());
        }
        near(found[1].relative.unwrap(), (all / other).sqrt());
        near(found[1].cosine.unwrap(), both / (own * other).sqrt());
        near(f64::from(found[1].largest), most);
        let order = found[1].most_different();
        assert!(
            order
                .windows(2)
                .all(|pair| { found[1].outputs[pair[0]] >= found[1].outputs[pair[1]] })
        );
    }

    #[test]
    fn only_what_was_changed_differs() {
        let a = random(1);
        let to = ChangedTo::Slices {
            channel: Some(4),
            values: vec![1.0; 9],
        };
        let change = WeightChange {
            layer: 2,
            filter: 5,
            to,
        };
        let b = a.changed(&[change]).unwrap();
        for of_layer in weight_differences(&b, &a).unwrap() {
            let is_changed = of_layer.name == "conv2";
            assert_eq!(of_layer.relative.unwrap() > 0.0, is_changed);
            let differ = of_layer
                .outputs
                .iter()
                .filter(|value| **value > 0.0)
                .count();
            assert_eq!(differ, usize::from(is_changed));
        }
        let picture = crate::dataset::synthetic(0, 2).test;
        let maps = |model: &Model| activations(model, [picture.image(1)]).unwrap();
        let (ours, theirs) = (maps(&b), maps(&a));
        let apart = |layer: usize| {
            let pair = (&ours.layers[layer], &theirs.layers[layer]);
            map_differences(pair.0, pair.1, [0, 0]).unwrap()
        };
        assert!(apart(0).iter().all(|value| *value == 0.0));
        let second = apart(2);
        assert_eq!(largest_first(&second)[0], 5);
        assert!(
            second
                .iter()
                .enumerate()
                .all(|(map, value)| (*value > 0.0) == (map == 5))
        );
        assert_eq!(
            map_differences(&ours.layers[0], &theirs.layers[1], [0, 0]),
            None
        );
    }

    #[test]
    fn layers_of_other_shapes_or_names_are_left_out() {
        let named = |spec: Preset| -> Vec<String> {
            let other = Model::random(&spec.spec(), 1).unwrap();
            let found = weight_differences(&random(1), &other).unwrap();
            found.into_iter().map(|layer| layer.name).collect()
        };
        // The last layer has as many inputs and units in all of them.
        assert_eq!(named(Preset::Conv32), ["dense2"]);
        assert_eq!(
            named(Preset::Conv16),
            ["conv1", "conv2", "dense1", "dense2"]
        );
    }
}
