//! The ascent: steps along the gradient of what is raised, with what keeps the picture from becoming noise.

use candle_core::{Result, Tensor, Var};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::pixels::{blur, rolled, variation_gradient};
use super::{Objective, PreferredSettings};
use crate::dataset::PictureSize;
use crate::network::{Channel, Model};

/// Change of the pixel with the largest gradient in a step, of 1.
const RATE: f32 = 0.1;
/// Weight of the total variation (Mahendran and Vedaldi 2015), beside a gradient whose largest value is 1.
const VARIATION: f32 = 0.02;
/// Weight of half the squared distance from the start (the L2 decay of Yosinski et al. 2015).
const DECAY: f32 = 0.02;
/// The shorter side in pixels, for each by which the picture is moved at most (the jitter of Mordvintsev et al. 2015).
const SIDE_A_JITTER: usize = 28;
/// Share of a neighbour in the blurred gradient (the blur of Yosinski et al. 2015).
const BLUR: f32 = 0.25;
/// What ReLU lets through of negative values to begin with, so that a map that is mostly zero has a way up (Lucid, the library of Olah et
/// al., lets all through in its first steps).
const LEAK: f32 = 0.1;
/// Share of the steps in which all that holds back is let go of, little by little; the rest is free to reach the top.
const HELD: f32 = 0.5;

/// The way to one picture.
pub struct Ascent<'a> {
    model: &'a Model,
    layer: usize,
    channel: &'a Channel,
    objective: Objective,
    steps: usize,
    size: PictureSize,
    /// Largest movement, in pixels.
    jitter: i64,
    rng: ChaCha8Rng,
}

impl<'a> Ascent<'a> {
    pub fn new(
        model: &'a Model,
        layer: usize,
        channel: &'a Channel,
        settings: &PreferredSettings,
    ) -> Self {
        let size = model.spec().input;
        let jitter = match settings.objective {
            Objective::Channel => size.height.min(size.width) / SIDE_A_JITTER,
            // It looks at one place alone.
            Objective::Neuron => 0,
        };
        Self {
            model,
            layer,
            channel,
            objective: settings.objective,
            steps: settings.steps,
            size,
            jitter: jitter as i64,
            // Not the noise's numbers once more.
            rng: ChaCha8Rng::seed_from_u64(settings.seed ^ 0x6a69_7474),
        }
    }

    /// One step, from pixels of 0 to 1, `(height, width, channels)`; whether any pixel mattered.
    pub fn step(&mut self, step: usize, pixels: &mut [f32], anchor: &[f32]) -> Result<bool> {
        let held = (1.0 - step as f32 / (HELD * self.steps as f32)).max(0.0);
        let jitter = if held > 0.0 { self.jitter } else { 0 };
        let mut jitter = || self.rng.random_range(-jitter..=jitter);
        let (down, right) = (jitter(), jitter());
        let moved = rolled(pixels, self.size, down, right);
        let raised = Raised {
            objective: self.objective,
            leak: LEAK * held,
        };
        let gradient = gradient(self.model, self.layer, self.channel, raised, &moved)?;
        let mut gradient = rolled(&gradient, self.size, -down, -right);
        blur(&mut gradient, self.size, BLUR * held);
        let largest = gradient.iter().fold(0.0_f32, |most, g| most.max(g.abs()));
        if largest == 0.0 || !gradient.iter().all(|g| g.is_finite()) {
            return Ok(false);
        }
        let variation = variation_gradient(pixels, self.size);
        let (scale, smoothing) = (1.0 / largest, VARIATION * held);
        let each = gradient.iter().zip(variation).zip(anchor);
        for (pixel, ((gradient, variation), anchor)) in pixels.iter_mut().zip(each) {
            let uphill = scale * gradient - smoothing * variation - DECAY * (*pixel - anchor);
            *pixel = (*pixel + RATE * uphill).clamp(0.0, 1.0);
        }
        Ok(true)
    }
}

/// What is raised.
#[derive(Clone, Copy)]
pub struct Raised {
    pub objective: Objective,
    /// Slope of ReLU below zero, 0 to 1.
    pub leak: f32,
}

/// The gradient of what is raised by pixels from 0 to 1, `(height, width, channels)`; the network's normalization is passed through.
pub fn gradient(
    model: &Model,
    layer: usize,
    channel: &Channel,
    raised: Raised,
    pixels: &[f32],
) -> Result<Vec<f32>> {
    let spec = model.spec();
    let size = spec.input;
    // A mean and a deviation a channel.
    let scaling = |channel: usize| match &spec.normalization {
        Some(n) => (n.mean[channel].get(), n.deviation[channel].get()),
        None => (0.0, 1.0),
    };
    let each = |values: &[f32], f: &dyn Fn(f32, (f32, f32)) -> f32| -> Vec<f32> {
        let numbered = values.iter().enumerate();
        numbered
            .map(|(place, value)| f(*value, scaling(place % size.channels)))
            .collect()
    };
    let input = each(pixels, &|pixel, (mean, deviation)| {
        (pixel - mean) / deviation
    });
    let shape = (1, size.height, size.width, size.channels);
    let input = Var::from_vec(input, shape, &candle_core::Device::Cpu)?;
    let sums = channel.sums(&model.input_of(layer, &input)?)?;
    let gradients = raised.of(&sums)?.backward()?;
    match gradients.get(&input) {
        Some(gradient) => {
            let gradient: Vec<f32> = gradient.flatten_all()?.to_vec1()?;
            Ok(each(&gradient, &|gradient, (_, deviation)| {
                gradient / deviation
            }))
        }
        None => Ok(vec![0.0; size.len()]),
    }
}

impl Raised {
    /// The number, of the sums of a filter, `(1, rows, columns, 1)`, or of a unit, `(1, 1)`.
    pub fn of(self, sums: &Tensor) -> Result<Tensor> {
        let Ok((_, rows, columns, _)) = sums.dims4() else {
            return sums.sum_all();
        };
        match self.objective {
            Objective::Neuron => sums.flatten_all()?.get(rows / 2 * columns + columns / 2),
            Objective::Channel if self.leak > 0.0 => {
                let leak = f64::from(self.leak);
                let (above, all) = (sums.relu()?.mean_all()?, sums.mean_all()?);
                (above * (1.0 - leak))? + (all * leak)?
            }
            Objective::Channel => {
                let largest = sums.max_all()?;
                // Nothing passes ReLU: what is nearest to it comes first.
                if largest.to_scalar::<f32>()? <= 0.0 {
                    return Ok(largest);
                }
                sums.relu()?.mean_all()
            }
        }
    }
}
