//! Preferred inputs, or feature visualization by optimization (Erhan et al. 2009, "Visualizing higher-layer features of a deep network";
//! Olah et al. 2017, "Feature visualization"): the picture that a filter, a unit or a class answers to most strongly, found by
//! gradient ascent on the pixels. It is one of many that would do, of no data set, and shows what raises a number, not what it is used for.

mod ascent;
mod pixels;
mod response;
#[cfg(test)]
mod tests;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::ThreadPool;
use rayon::prelude::*;

use super::test_set::{Progress, TestSetError};
use crate::dataset::{Picture, PictureSize};
use crate::network::{LayerKind, Model};

use ascent::Ascent;
pub use response::{Response, strongest_responses};

/// What is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Index in [`Model::layers`] of a convolution, a dense layer or the output layer.
    pub layer: usize,
    /// Its filter, its unit or the class, from 0.
    pub channel: usize,
}

/// Which number of a filter's map is raised; of a unit it is its value before the activation, of a class its logit (the probability would
/// also rise where those of the other classes fall).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Objective {
    /// The value in the middle of the map before its activation: what the filter answers to at one place, as large as its receptive
    /// field. It is the neuron objective of Olah et al. 2017, and the number by which [`excitations`](super::excitations()) ranks pictures.
    #[default]
    Neuron,
    /// The mean of the map after ReLU: a picture full of what the filter answers to, at any place. It is the channel objective of
    /// Olah et al. 2017. Before ReLU the mean of a first layer's map is a sum of the brightness, which a flat picture raises most.
    Channel,
}

/// Where the ascent begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Start {
    /// Middle grey, with noise of a hundredth so that no two places are equal.
    #[default]
    Grey,
    /// Noise about middle grey.
    Noise,
    /// A picture of the network's size.
    Picture(Picture),
}

/// How a preferred input is looked for. The same settings give the same picture, on any number of threads.
#[derive(Clone, Debug, PartialEq)]
pub struct PreferredSettings {
    /// Which number of a map is raised.
    pub objective: Objective,
    /// Where the ascent begins.
    pub start: Start,
    /// Steps of the ascent.
    pub steps: usize,
    /// Of the noise and of the jitter.
    pub seed: u64,
}

impl Default for PreferredSettings {
    fn default() -> Self {
        Self {
            objective: Objective::default(),
            start: Start::default(),
            steps: 60,
            seed: 0,
        }
    }
}

/// The picture found for a target.
#[derive(Clone, Debug, PartialEq)]
pub struct PreferredInput {
    /// What it was found for.
    pub target: Target,
    /// The picture.
    pub picture: Picture,
    /// What the start brought about.
    pub start: Response,
    /// What the picture brings about.
    pub reached: Response,
    /// Whether it says nothing: no pixel changed the target, or no value of the filter's map rose above zero.
    pub is_dead: bool,
}

/// The targets in a layer: its filters, units or classes.
///
/// # Errors
/// The layer is no convolution and has no units.
pub fn targets(model: &Model, layer: usize) -> Result<Vec<Target>, TestSetError> {
    let has_sums = |kind: LayerKind| kind.is_conv() || kind.is_dense();
    if let Some(found) = model.layers().get(layer).filter(|l| has_sums(l.kind)) {
        let channels = 0..found.output.channels();
        return Ok(channels.map(|channel| Target { layer, channel }).collect());
    }
    let layers = model.layers().iter().filter(|l| has_sums(l.kind));
    let named = model.layers().get(layer);
    Err(TestSetError::NothingToRaise {
        layer: named.map_or_else(|| (layer + 1).to_string(), |l| l.name.clone()),
        layers: layers.map(|l| l.name.clone()).collect(),
    })
}

/// Looks for the preferred input of a target.
///
/// # Errors
/// The network does not have the target; the computation was cancelled.
pub fn preferred_input(
    model: &Model,
    target: Target,
    settings: &PreferredSettings,
    progress: &Progress,
) -> Result<PreferredInput, TestSetError> {
    progress.start(settings.steps);
    find(model, target, settings, progress)
}

/// The same for several targets, on the threads of the pool: each on one, so that it comes out the same with others or alone.
///
/// # Errors
/// As of [`preferred_input`].
pub fn preferred_inputs(
    model: &Model,
    targets: &[Target],
    settings: &PreferredSettings,
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Vec<PreferredInput>, TestSetError> {
    progress.start(targets.len() * settings.steps);
    let each = || {
        let targets = targets.par_iter();
        let found = targets.map(|target| find(model, *target, settings, progress));
        found.collect()
    };
    pool.install(each)
}

fn find(
    model: &Model,
    target: Target,
    settings: &PreferredSettings,
    progress: &Progress,
) -> Result<PreferredInput, TestSetError> {
    let Target { layer, channel } = target;
    check(model, target)?;
    let one = model.channel(layer, channel)?;
    let size = model.spec().input;
    let (mut pixels, anchor) = start(&settings.start, size, settings.seed);
    let begun = picture(&pixels, size);
    let mut ascent = Ascent::new(model, layer, &one, settings);
    let mut has_moved = false;
    for step in 0..settings.steps {
        if progress.is_cancelled() {
            return Err(TestSetError::Cancelled);
        }
        has_moved |= ascent.step(step, &mut pixels, &anchor)?;
        progress.advance(1);
    }
    let picture = picture(&pixels, size);
    let reached = response::of_picture(model, layer, &one, &picture)?;
    let is_filter = model.layers()[layer].kind.is_conv();
    Ok(PreferredInput {
        target,
        start: response::of_picture(model, layer, &one, &begun)?,
        is_dead: settings.steps > 0 && !has_moved || is_filter && reached.largest <= 0.0,
        reached,
        picture,
    })
}

/// Refuses what the network does not have.
fn check(model: &Model, Target { layer, channel }: Target) -> Result<(), TestSetError> {
    let count = targets(model, layer)?.len();
    if channel < count {
        return Ok(());
    }
    Err(TestSetError::NoSuchFilter {
        layer: model.layers()[layer].name.clone(),
        filter: channel,
        filters: count,
    })
}

/// The pixels to begin with, from 0 to 1, and those that the ascent is drawn back to.
fn start(start: &Start, size: PictureSize, seed: u64) -> (Vec<f32>, Vec<f32>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut noise = |amplitude: f32| -> Vec<f32> {
        let pixels = 0..size.len();
        pixels
            .map(|_| 0.5 + amplitude * (2.0 * rng.random::<f32>() - 1.0))
            .collect()
    };
    let grey = vec![0.5; size.len()];
    match start {
        Start::Grey => (noise(0.01), grey),
        Start::Noise => (noise(0.25), grey),
        Start::Picture(picture) => {
            let bytes = picture.to_size(size).bytes().to_vec();
            let pixels: Vec<f32> = bytes.iter().map(|b| f32::from(*b) / 255.0).collect();
            (pixels.clone(), pixels)
        }
    }
}

/// Pixels from 0 to 1 as a picture.
fn picture(pixels: &[f32], size: PictureSize) -> Picture {
    let bytes = pixels.iter().map(|p| (255.0 * p).round() as u8);
    let bytes: Vec<u8> = bytes.collect();
    Picture::new(size, bytes).unwrap_or_else(|| Picture::blank(size))
}
