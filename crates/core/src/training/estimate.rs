//! How long an epoch will take on this computer: a cost for each kind of work in a network, fitted
//! to the runs that were measured here, and corrected by those most like the one asked for.
//!
//! **Error**, of this code on one computer (two cores with AVX-512 that other programs used at times): 20 networks (none to four
//! convolutions of 8 to 128 filters, kernels 1 to 7, none to two dense layers), each at batch 32 on one and two threads and at
//! batch 128 on two, 57 measurements. Predicted from the 19 other networks, with a prior fitted without the network too, the
//! median error is 15 %, the predictions are 0.63 to 1.58 times the truth, worst for unpooled convolutions of 32 filters, 8 filters and
//! a network without hidden layers. With nothing measured it is 14 %, 0.61 to 1.50 times; with all 57 known 9 %, 0.74 to 1.35
//! times. Other computers were not tried.

use super::config::RunConfig;
use super::runs::RunSummary;
use crate::network::{Layer, LayerKind, Window, parameter_count};
use convlens_kernels::multiplications;

/// Kinds of work.
const KINDS: usize = 7;

/// Seconds for one unit of each kind on one thread, before anything was measured: the fit of least relative squares to those
/// measurements, no cost below zero. The order is that of [`work`].
const PRIOR: [f64; KINDS] = [
    1.36e-11, 1.12e-11, 4.1e-11, 8.4e-10, 6.5e-11, 1.5e-10, 1.06e-4,
];

/// Work that is shared by `n` threads goes faster by n to this power.
const THREADS_EXPONENT: f64 = 0.8;
/// Filters that cost as much as fewer of them: the lanes of the widest vector unit.
const VECTOR: usize = 16;

/// How much the prior weighs against one measurement.
const TRUST: f64 = 0.05;
/// Unlikeness (see [`unlikeness`]) at which a measurement counts for another run by e^(−1/2).
const REACH: f64 = 0.5;
/// How much the fit weighs against the correction by one measurement of the very same work.
const DOUBT: f64 = 0.2;
/// Newest measurements that count.
const MOST: usize = 64;
/// Rounds of the fit; it converges in far fewer.
const ROUNDS: usize = 200;

/// A run that tells how fast this computer is.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// Its settings.
    pub config: RunConfig,
    /// Training pictures a second, evaluation left out.
    pub images_per_second: f64,
}

impl Measurement {
    /// The fastest epoch of a run, as whatever else the computer did only slows it down; `None`
    /// for a run without a whole epoch or of another computer.
    #[must_use]
    pub fn of(run: &RunSummary) -> Option<Self> {
        let speeds = run.epochs.iter().map(|epoch| epoch.images_per_second);
        let images_per_second = speeds.fold(0.0, f64::max);
        let is_usable = images_per_second.is_finite() && images_per_second > 0.0;
        (is_usable && run.trained_by.is_none() && run.environment.is_this_computer()).then(|| {
            Self {
                config: run.config.clone(),
                images_per_second,
            }
        })
    }
}

/// Seconds for each kind of work.
#[derive(Clone, Debug, PartialEq)]
pub struct CostModel {
    seconds: [f64; KINDS],
    residuals: Vec<Residual>,
}

/// By how much the costs alone miss a measurement.
#[derive(Clone, Debug, PartialEq)]
struct Residual {
    /// Seconds a picture by kind, as the costs have it.
    parts: [f64; KINDS],
    /// Logarithm of the measured seconds over the sum of these.
    log_ratio: f64,
}

impl Default for CostModel {
    fn default() -> Self {
        Self {
            seconds: PRIOR,
            residuals: Vec::new(),
        }
    }
}

impl CostModel {
    /// The model that fits what was measured here, oldest first; the prior where that says
    /// nothing. It minimises the relative errors, squared, and its relative distance from the
    /// prior at this computer's speed (ridge regression with costs above zero).
    #[must_use]
    pub fn calibrated(measurements: &[Measurement]) -> Self {
        let newest = &measurements[measurements.len().saturating_sub(MOST)..];
        // Seconds a picture by kind at a cost of 1, over the measured seconds a picture.
        let rows: Vec<[f64; KINDS]> = newest
            .iter()
            .filter_map(|measurement| {
                let work = work(&measurement.config)?;
                Some(work.map(|units| units * measurement.images_per_second))
            })
            .collect();
        let mut ratios: Vec<f64> = rows.iter().map(|row| 1.0 / dot(row, &PRIOR)).collect();
        ratios.sort_by(f64::total_cmp);
        let Some(speed) = ratios.get(ratios.len() / 2) else {
            return Self::default();
        };
        let prior = PRIOR.map(|cost| cost * speed);
        let mut costs = prior;
        for _ in 0..ROUNDS {
            for kind in 0..KINDS {
                // The best value of one cost while the others stay.
                let weight = TRUST / (prior[kind] * prior[kind]);
                let (mut above, mut below) = (weight * prior[kind], weight);
                for row in &rows {
                    let others = dot(row, &costs) - row[kind] * costs[kind];
                    above += row[kind] * (1.0 - others);
                    below += row[kind] * row[kind];
                }
                costs[kind] = (above / below).max(0.05 * prior[kind]);
            }
        }
        let residuals = newest.iter().filter_map(|measurement| {
            let parts = times(&work(&measurement.config)?, &costs);
            let predicted: f64 = parts.iter().sum();
            let log_ratio = -(predicted * measurement.images_per_second).ln();
            Some(Residual { parts, log_ratio })
        });
        Self {
            residuals: residuals.collect(),
            seconds: costs,
        }
    }

    /// Seconds in the training loop for one epoch over the pictures that `config` asks for, of
    /// `available` training pictures; evaluation left out. `None` for settings that make no run.
    #[must_use]
    pub fn seconds_per_epoch(&self, config: &RunConfig, available: usize) -> Option<f64> {
        let images = config.images.unwrap_or(available).min(available);
        let held_out = images * config.validation_percent / 100;
        Some(self.seconds_per_image(config)? * (images - held_out) as f64)
    }

    /// How many pictures an epoch of about `seconds` may have, from 1; `None` for settings that
    /// make no run.
    #[must_use]
    pub fn images_in(&self, seconds: f64, config: &RunConfig) -> Option<usize> {
        Some(((seconds / self.seconds_per_image(config)?) as usize).max(1))
    }

    fn seconds_per_image(&self, config: &RunConfig) -> Option<f64> {
        let parts = times(&work(config)?, &self.seconds);
        let (mut correction, mut weights) = (0.0, DOUBT);
        for residual in &self.residuals {
            let weight = (-0.5 * (unlikeness(&parts, &residual.parts) / REACH).powi(2)).exp();
            correction += weight * residual.log_ratio;
            weights += weight;
        }
        Some(parts.iter().sum::<f64>() * (correction / weights).exp())
    }
}

/// How unlike two kinds of work are, from 0: logarithm of their times' ratio, and how much of the
/// time, in shares, goes into other kinds.
fn unlikeness(a: &[f64; KINDS], b: &[f64; KINDS]) -> f64 {
    let (total_a, total_b): (f64, f64) = (a.iter().sum(), b.iter().sum());
    let shares = a
        .iter()
        .zip(b)
        .map(|(a, b)| (a / total_a - b / total_b).abs());
    (total_a / total_b).ln().abs() + shares.sum::<f64>()
}

fn times(a: &[f64; KINDS], b: &[f64; KINDS]) -> [f64; KINDS] {
    std::array::from_fn(|kind| a[kind] * b[kind])
}

fn dot(a: &[f64; KINDS], b: &[f64; KINDS]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What training on one picture takes, by kind: multiply-adds of convolutions done in full (see [`Convolution`]), of those
/// going back whose output a pool thins out, of other weight gradients (about half the gradient is left), values that
/// convolutions put out, multiply-adds of dense layers, parameters that Adam updates, batches. `None` for settings that make
/// no run.
fn work(config: &RunConfig) -> Option<[f64; KINDS]> {
    config.validate().ok()?;
    let layers = config.network.plan().ok()?;
    let [mut full, mut thinned, mut halved, mut outputs, mut dense] = [0.0; 5];
    for (index, layer) in layers.iter().enumerate() {
        let pooled = layers
            .get(index + 1)
            .is_some_and(|next| next.kind == LayerKind::MAX_POOL);
        match layer.kind {
            LayerKind::Conv { window, groups, .. } => {
                let convolution = Convolution::new(layer, &window, groups, pooled);
                outputs += convolution.outputs;
                full += convolution.forward;
                match (index, pooled) {
                    // The first layer passes no gradient on, and that of its weights is done in full.
                    (0, _) => full += convolution.multiply_adds_in_vectors,
                    (_, true) => thinned += convolution.multiply_adds,
                    (_, false) => {
                        full += convolution.forward;
                        halved += convolution.multiply_adds;
                    }
                }
            }
            // They pass over their maps a few times.
            LayerKind::BatchNorm { .. } | LayerKind::Activation(_) | LayerKind::Dropout { .. } => {
                outputs += layer.output.len() as f64;
            }
            LayerKind::Branch => {}
            LayerKind::Join(_) => outputs += (layer.output.len() * layer.inputs.len()) as f64,
            LayerKind::Pool { .. } | LayerKind::GlobalPool { .. } => {
                if layer.kind != LayerKind::MAX_POOL {
                    outputs += layer.input.len() as f64;
                }
            }
            LayerKind::Dense { .. } | LayerKind::Output => {
                dense += (layer.input.len() * layer.output.len()) as f64;
            }
        }
    }
    let threads = (config.threads as f64).powf(THREADS_EXPONENT);
    let batch = config.batch_size as f64;
    let parameters = parameter_count(&layers) as f64 / batch;
    let shared = [full, thinned, halved, outputs, dense, parameters].map(|units| units / threads);
    let [full, thinned, halved, outputs, dense, parameters] = shared;
    Some([
        full,
        thinned,
        halved,
        outputs,
        dense,
        parameters,
        1.0 / batch,
    ])
}

/// The arithmetic of one convolution; the odd last row and column that a pool drops are never computed.
struct Convolution {
    /// Values put out, filters filled up to whole vectors.
    outputs: f64,
    multiply_adds: f64,
    multiply_adds_in_vectors: f64,
    /// Of the forward pass: Winograd's algorithm takes fewer.
    forward: f64,
}

impl Convolution {
    fn new(layer: &Layer, window: &Window, groups: usize, pooled: bool) -> Self {
        let (filters, height, width) = layer.map_shape().unwrap_or_default();
        let even = |side: usize| if pooled { side / 2 * 2 } else { side };
        let inputs = layer.input.channels() / groups;
        let [rows, columns] = window.size;
        let taps = even(height) * even(width) * rows * columns * inputs;
        let in_vectors = filters.next_multiple_of(VECTOR);
        let forward = if window.dilation == [1, 1] && groups == 1 {
            multiplications(window, inputs, even(height), even(width))
        } else {
            even(height) * even(width) * rows * columns
        };
        Self {
            outputs: (height * width * in_vectors) as f64,
            multiply_adds: (taps * filters) as f64,
            multiply_adds_in_vectors: (taps * in_vectors) as f64,
            forward: (forward * inputs * in_vectors) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Preset;

    fn config(preset: Preset, batch_size: usize) -> RunConfig {
        RunConfig {
            batch_size,
            threads: 2,
            ..RunConfig::new(preset.spec())
        }
    }

    fn measure(truth: &CostModel, config: RunConfig) -> Measurement {
        Measurement {
            images_per_second: 1.0 / truth.seconds_per_image(&config).unwrap(),
            config,
        }
    }

    fn error(model: &CostModel, truth: &CostModel, config: &RunConfig) -> f64 {
        let predicted = model.seconds_per_epoch(config, 60_000).unwrap();
        (predicted / truth.seconds_per_epoch(config, 60_000).unwrap() - 1.0).abs()
    }

    #[test]
    fn the_work_of_the_notebooks_network_is_what_a_hand_counts() {
        let [full, thinned, halved, outputs, dense, parameters, batches] = work(&RunConfig {
            threads: 1,
            ..config(Preset::Conv64, 32)
        })
        .unwrap();
        // conv1 is done twice: forward and for its weights. conv2 puts out 11×11, of which pooling uses 10×10, each from
        // 3×3×64; forward, ten pixels are made of 16 points.
        let first = 26 * 26 * 64 * 9;
        assert_eq!(full as usize, 2 * first + 16 * 16 * 64 * 64);
        assert_eq!(thinned as usize, 10 * 10 * 64 * 9 * 64);
        assert_eq!(halved as usize, 0);
        assert_eq!(outputs as usize, 26 * 26 * 64 + 11 * 11 * 64);
        assert_eq!(dense as usize, 1600 * 128 + 1280);
        assert!((parameters * 32.0 - 243_786.0).abs() < 1e-6);
        assert!((batches - 1.0 / 32.0).abs() < 1e-12);
    }

    #[test]
    fn one_measurement_sets_the_speed_and_several_the_kinds() {
        let mut truth = CostModel::default();
        truth.seconds = truth.seconds.map(|cost| cost * 4.0);
        let unseen = config(Preset::ThreeConv, 32);
        assert!(error(&CostModel::default(), &truth, &unseen) > 0.7);
        let one = CostModel::calibrated(&[measure(&truth, config(Preset::Conv64, 32))]);
        assert!(error(&one, &truth, &unseen) < 0.05);

        // A computer with slow arithmetic and quick memory.
        truth.seconds[0] *= 5.0;
        truth.seconds[3] *= 0.3;
        let seen = [
            (Preset::Conv16, 8),
            (Preset::Conv16, 256),
            (Preset::Conv32, 32),
            (Preset::OneConv, 32),
            (Preset::Conv64, 64),
            (Preset::Dense, 32),
        ];
        let measurements: Vec<_> = seen
            .iter()
            .map(|&(preset, batch)| measure(&truth, config(preset, batch)))
            .collect();
        let several = CostModel::calibrated(&measurements);
        assert!(error(&several, &truth, &unseen) < 0.15);
        assert!(several.seconds.iter().all(|cost| *cost > 0.0));
    }

    #[test]
    fn what_was_measured_is_predicted_although_its_work_does_not_explain_it() {
        let truth = CostModel::default();
        let seen = [
            Preset::Conv64,
            Preset::Conv32,
            Preset::ThreeConv,
            Preset::Dense,
        ];
        let mut measurements: Vec<_> = seen
            .iter()
            .map(|&preset| measure(&truth, config(preset, 32)))
            .collect();
        let odd = config(Preset::Conv16, 32);
        let mut quick = measure(&truth, odd.clone());
        quick.images_per_second *= 2.0;
        measurements.push(quick);
        let model = CostModel::calibrated(&measurements);
        let half = truth.seconds_per_epoch(&odd, 60_000).unwrap() / 2.0;
        let predicted = model.seconds_per_epoch(&odd, 60_000).unwrap();
        assert!((predicted / half - 1.0).abs() < 0.2, "{predicted} {half}");
        assert!(error(&model, &truth, &config(Preset::Conv64, 32)) < 0.2);
    }

    #[test]
    fn pictures_that_fit_a_time_take_that_time() {
        let model = CostModel::default();
        let config = config(Preset::Conv16, 32);
        let images = model.images_in(2.0, &config).unwrap();
        let seconds = model.seconds_per_epoch(&config, images).unwrap();
        assert!((seconds - 2.0).abs() < 0.01, "{seconds}");
        let impossible = RunConfig {
            batch_size: 0,
            ..config
        };
        assert_eq!(model.seconds_per_epoch(&impossible, 1), None);
    }
}
