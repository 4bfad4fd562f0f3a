//! Whether the layers of a network learn, and how fast: at one moment of a training, how their weights, their activations and the gradients
//! of the loss are spread, which units are dead or saturated, and how large a step of the optimizer is against the weights.
//!
//! Activations and gradients are of fixed pictures, the [`probe`], as the network sees them in testing: without dropout and augmentation,
//! with the running values of batch normalizations. The loss is the mean cross-entropy, without label smoothing and penalties.

mod backward;
mod distribution;
mod probe;
#[cfg(test)]
mod tests;
mod units;

use candle_core::Result;
use rayon::ThreadPool;

use super::Progress;
use super::TestSetError;
use super::test_set::over_test_set;
use crate::dataset::Pictures;
use crate::network::Model;

pub(super) use backward::weight_gradients;
pub use distribution::{BINS, Distribution, Histogram, QUANTILES};
pub use probe::{PROBE_IMAGES, ProbeSet, probe};

pub use units::{END, MOST_ACTIVATIONS};
use units::{Units, Weighted};

/// Pictures that pass at once: a layer's outputs for them, and the gradients, are held together.
const CHUNK: usize = 32;

/// What there is to say of all layers with weights at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Pictures of the probe.
    pub images: usize,
    /// Mean cross-entropy over them, in nats; `None` where a label is none of the network's classes.
    pub loss: Option<f64>,
    /// Of each layer that has weights.
    pub layers: Vec<LayerStatistics>,
}

/// What there is to say of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerStatistics {
    /// Index into [`Model::layers`].
    pub layer: usize,
    /// Its name.
    pub name: String,
    /// Its weights without the biases; of a batch normalization γ.
    pub weights: Distribution,
    /// What it puts out for the pictures of the probe, after its activation, also one that stands alone behind it; of a layer that puts out
    /// more than [`MOST_ACTIVATIONS`] numbers for them, so many of these at most, evenly spread.
    pub activations: Distribution,
    /// Of the loss, with respect to the weights; `None` where there is no loss.
    pub gradients: Option<Distribution>,
    /// Its channels or units.
    pub units: usize,
    /// How many of them are 0 at every place for every picture; of `ReLU` and `ReLU6`.
    pub dead: Option<usize>,
    /// Share of its outputs within [`END`] of an end of what they can be; of the kinds of sigmoid and tanh.
    pub saturated: Option<f64>,
}

/// Looks at a network's layers; the result does not depend on the number of threads.
///
/// # Errors
/// Cancelled, or pictures of another size than the network takes.
pub fn statistics(
    model: &Model,
    probe: &Pictures,
    pool: &ThreadPool,
    progress: &Progress,
) -> std::result::Result<Statistics, TestSetError> {
    let weighted = Weighted::all(model);
    let images = probe.len();
    let classes = model.spec().classes;
    let has_loss = images > 0 && probe.labels().iter().all(|&l| usize::from(l) < classes);
    let (tracked, _variables) = model.trainable()?;
    let strides: Vec<usize> = weighted.iter().map(|w| w.stride(model, images)).collect();
    let parts = over_test_set(model, probe, CHUNK, pool, progress, |x, labels| {
        let outputs = model.activations(&x)?;
        let units = weighted.iter().zip(&strides);
        let units = units.map(|(w, stride)| Units::of(w, &outputs[w.output].value, *stride));
        let units: Vec<Units> = units.collect::<Result<_>>()?;
        let back = has_loss.then(|| backward::gradients(&tracked, &weighted, &x, labels, images));
        Ok((units, back.transpose()?))
    })?;
    let mut units = Vec::new();
    let mut loss = None;
    let mut sums: Vec<Vec<f64>> = Vec::new();
    for (part, back) in parts {
        if units.is_empty() {
            units = part;
        } else {
            for (all, part) in units.iter_mut().zip(part) {
                Units::add(all, part);
            }
        }
        if let Some((part, gradients)) = back {
            *loss.get_or_insert(0.0) += part;
            sums.resize(gradients.len(), Vec::new());
            for (sum, gradient) in sums.iter_mut().zip(gradients) {
                sum.resize(gradient.len(), 0.0);
                for (sum, part) in sum.iter_mut().zip(gradient) {
                    *sum += f64::from(part);
                }
            }
        }
    }
    units.resize_with(weighted.len(), Units::default);
    let mut sums = sums.into_iter();
    let layers = weighted.iter().zip(units).map(|(weighted, units)| {
        let gradients = sums.next();
        let narrow = |sums: Vec<f64>| sums.into_iter().map(|sum| sum as f32).collect();
        Ok(LayerStatistics {
            layer: weighted.layer,
            name: model.layers()[weighted.layer].name.clone(),
            weights: Distribution::of(weights_of(model, weighted.layer)?),
            gradients: gradients.map(|sums| Distribution::of(narrow(sums))),
            units: model.layers()[weighted.layer].output.channels(),
            dead: units.dead(weighted),
            saturated: units.saturated(weighted),
            activations: Distribution::of(units.values),
        })
    });
    Ok(Statistics {
        images,
        loss,
        layers: layers.collect::<Result<_>>()?,
    })
}

/// Of each layer with weights, in their order: the length of the change of its weights from `before` to `after`, as a share of the length of
/// the weights before, divided by the batches between. Where steps have gone to and fro in between, they were larger than that. `None` where all
/// weights were 0.
///
/// # Errors
/// Two networks of other shapes.
pub fn update_ratios(before: &Model, after: &Model, batches: u64) -> Result<Vec<Option<f64>>> {
    let ratios = Weighted::all(after)
        .into_iter()
        .map(|Weighted { layer, .. }| {
            let (old, new) = (weights_of(before, layer)?, weights_of(after, layer)?);
            if old.len() != new.len() {
                let name = &after.layers()[layer].name;
                candle_core::bail!("{name}: {} weights, and {} before", new.len(), old.len())
            }
            let square = |x: f64| x * x;
            let change = old.iter().zip(&new);
            let change: f64 = change
                .map(|(old, new)| square(f64::from(*new) - f64::from(*old)))
                .sum();
            let length: f64 = old.iter().map(|old| square(f64::from(*old))).sum();
            Ok((length != 0.0).then(|| (change / length).sqrt() / batches.max(1) as f64))
        });
    ratios.collect()
}

fn weights_of(model: &Model, layer: usize) -> Result<Vec<f32>> {
    match model.parameters(layer) {
        Some(parameters) => parameters.weight.flatten_all()?.to_vec1(),
        None => Ok(Vec::new()),
    }
}
