//! How the score of a class answers to each pixel: its gradient, that smoothed, and integrated from black on.
//!
//! With s the class's score before softmax and x the picture, from 0 (black) to 1: the gradient ∂s/∂x (Simonyan, Vedaldi and Zisserman 2013);
//! its mean over noisy copies of the picture (Smilkov et al. 2017, `SmoothGrad`); and integrated gradients, x · ∫₀¹ ∂s/∂x(αx) dα
//! (Sundararajan, Taly and Yan 2017, equation 1 with a black baseline), which add up to what the picture scores above black.

use candle_core::{Device, Result, Tensor, Var};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::{Deserialize, Serialize};

use super::ClassQuestion;
use crate::network::Model;

/// Noisy copies of a picture, and their standard deviation as a share of white: as Smilkov et al. recommend.
const COPIES: usize = 32;
const NOISE: f32 = 0.15;

/// Steps from black to the picture, each in the middle of its part of the way.
const STEPS: usize = 256;

/// Pictures a pass.
const BATCH: usize = 16;

/// How it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaliencyMethod {
    /// The gradient itself.
    #[default]
    Gradient,
    /// Its mean over noisy copies, the same noise each time.
    SmoothGrad,
    /// Integrated from black on, times the picture.
    Integrated,
}

impl SaliencyMethod {
    /// All, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Gradient, Self::SmoothGrad, Self::Integrated];
}

/// How much each pixel matters to a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Saliency {
    /// By which method.
    pub method: SaliencyMethod,
    /// `(height, width)`, row by row, the channels of a pixel added up: score for each white that is added, or, integrated, of the score.
    pub values: Vec<f32>,
    /// Score of the picture, and of a black one.
    pub scores: [f32; 2],
}

/// How the score of a class, or how far it is above another's, answers to each pixel.
///
/// # Errors
/// A picture of another size than the network takes, a class that the network has not.
pub fn saliency(
    model: &Model,
    picture: &[u8],
    question: impl Into<ClassQuestion>,
    method: SaliencyMethod,
) -> Result<Saliency> {
    let question = question.into();
    let size = model.spec().input;
    if picture.len() != size.len() {
        candle_core::bail!(
            "a picture of {} bytes, where {size} takes {}",
            picture.len(),
            size.len()
        )
    }
    let pixels: Vec<f32> = picture
        .iter()
        .map(|byte| f32::from(*byte) / 255.0)
        .collect();
    let pictures = match method {
        SaliencyMethod::Gradient => vec![pixels.clone()],
        SaliencyMethod::SmoothGrad => noisy(&pixels),
        SaliencyMethod::Integrated => on_the_way(&pixels, STEPS),
    };
    let mut sum = vec![0.0_f64; size.len()];
    for batch in pictures.chunks(BATCH) {
        let (_, gradients) = gradients(model, batch, question)?;
        for gradient in gradients.chunks_exact(size.len()) {
            for (sum, value) in sum.iter_mut().zip(gradient) {
                *sum += f64::from(*value);
            }
        }
    }
    let mean = sum.iter().map(|sum| sum / pictures.len() as f64);
    let weighed: Vec<f64> = match method {
        SaliencyMethod::Integrated => mean.zip(&pixels).map(|(g, x)| g * f64::from(*x)).collect(),
        SaliencyMethod::Gradient | SaliencyMethod::SmoothGrad => mean.collect(),
    };
    let of_pixel = weighed.chunks_exact(size.channels);
    let black = vec![0.0; size.len()];
    let (scores, _) = gradients(model, &[pixels, black], question)?;
    Ok(Saliency {
        method,
        values: of_pixel
            .map(|channels| channels.iter().sum::<f64>() as f32)
            .collect(),
        scores: [scores[0], scores[1]],
    })
}

/// The pictures on the way from black, each in the middle of its part.
fn on_the_way(pixels: &[f32], steps: usize) -> Vec<Vec<f32>> {
    let shares = (0..steps).map(|step| (step as f32 + 0.5) / steps as f32);
    let shares = shares.map(|share| pixels.iter().map(|pixel| share * pixel).collect());
    shares.collect()
}

/// Copies with noise; beyond black and white too, as the mean would be of another picture otherwise.
fn noisy(pixels: &[f32]) -> Vec<Vec<f32>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    // The sum of twelve uniform numbers is near enough to a normal distribution of variance 1.
    let mut noise = || (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0;
    let mut copy = || pixels.iter().map(|pixel| pixel + NOISE * noise()).collect();
    (0..COPIES).map(|_| copy()).collect()
}

/// The scores of some pictures of numbers from 0 to 1, and for each the gradient by its pixels.
pub(super) fn gradients(
    model: &Model,
    pictures: &[Vec<f32>],
    ClassQuestion { class, against }: ClassQuestion,
) -> Result<(Vec<f32>, Vec<f32>)> {
    let spec = model.spec();
    let size = spec.input;
    let deviation = |place: usize| match &spec.normalization {
        Some(n) => n.deviation[place % size.channels].get(),
        None => 1.0,
    };
    let mean = |place: usize| match &spec.normalization {
        Some(n) => n.mean[place % size.channels].get(),
        None => 0.0,
    };
    let numbers = pictures.iter().flatten().enumerate();
    let input: Vec<f32> = numbers
        .map(|(place, pixel)| (pixel - mean(place)) / deviation(place))
        .collect();
    let shape = (pictures.len(), size.height, size.width, size.channels);
    let input = Var::from_vec(input, shape, &Device::Cpu)?;
    let logits = model.logits_from(input.as_tensor(), Vec::new())?; // (pictures, classes)
    let mut asked = logits.narrow(1, class, 1)?;
    if let Some(against) = against {
        asked = (asked - logits.narrow(1, against, 1)?)?;
    }
    let gradients = asked.sum_all()?.backward()?;
    let flat = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
    let by_input = match gradients.get(&input) {
        Some(gradient) => flat(gradient)?,
        None => vec![0.0; pictures.len() * size.len()],
    };
    let by_pixel = by_input.into_iter().enumerate();
    let by_pixel = by_pixel
        .map(|(place, gradient)| gradient / deviation(place))
        .collect();
    Ok((flat(&asked)?, by_pixel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Picture, PictureSize, synthetic, synthetic_sized};
    use crate::network::{Preset, weights};

    fn score(model: &Model, pixels: &[f32], class: usize) -> f64 {
        let (scores, _) = gradients(model, &[pixels.to_vec()], class.into()).unwrap();
        f64::from(scores[0])
    }

    /// Against differences of the score itself.
    #[test]
    fn the_gradient_is_how_the_score_changes() {
        let colour = PictureSize {
            height: 32,
            width: 32,
            channels: 3,
        };
        let grey = weights::built_in().unwrap();
        let lenet = Model::random(
            &Preset::LeNet5
                .spec()
                .for_data(&synthetic_sized(colour, 20, 1)),
            2,
        );
        for model in [grey, lenet.unwrap()] {
            let size = model.spec().input;
            // Of a plain ground all values of a pool's window are the largest, and there is no one gradient.
            let mut rng = ChaCha8Rng::seed_from_u64(5);
            let noise: Vec<u8> = (0..size.len()).map(|_| rng.random()).collect();
            let picture = Picture::new(size, noise).unwrap();
            let pixels: Vec<f32> = picture
                .bytes()
                .iter()
                .map(|byte| f32::from(*byte) / 255.0)
                .collect();
            let found = saliency(&model, picture.bytes(), 3, SaliencyMethod::Gradient).unwrap();
            let most = found
                .values
                .iter()
                .fold(0.0_f32, |most, value| most.max(value.abs()));
            let mut checked = 0;
            for pixel in (0..size.pixels()).step_by(37) {
                let moved = |by: f32| {
                    let mut moved = pixels.clone();
                    for channel in 0..size.channels {
                        moved[pixel * size.channels + channel] += by;
                    }
                    score(&model, &moved, 3)
                };
                let step = 5e-4_f32;
                let expected = (moved(step) - moved(-step)) / (2.0 * f64::from(step));
                let apart = (f64::from(found.values[pixel]) - expected).abs();
                // A kink of ReLU may lie between the two.
                checked += usize::from(apart < 0.02 * f64::from(most));
            }
            let all = size.pixels().div_ceil(37);
            assert!(checked * 20 >= all * 19, "{checked} of {all}");
        }
    }

    #[test]
    fn integrated_gradients_add_up_to_what_the_picture_scores_above_black() {
        let model = weights::built_in().unwrap();
        for index in 0..6 {
            let picture = synthetic(1, 9).test.picture(index);
            let question = ClassQuestion {
                class: 7,
                against: (index > 2).then_some(2),
            };
            let found = saliency(
                &model,
                picture.bytes(),
                question,
                SaliencyMethod::Integrated,
            )
            .unwrap();
            let sum: f32 = found.values.iter().sum();
            let expected = found.scores[0] - found.scores[1];
            // Of all that goes up and down on the way.
            let whole: f32 = found.values.iter().map(|value| value.abs()).sum();
            let apart = (sum - expected).abs();
            assert!(
                apart < 0.01 * whole.max(1.0),
                "{sum}, {expected} of {whole}"
            );
            // What is black has no part in it.
            let black = picture
                .bytes()
                .iter()
                .zip(&found.values)
                .filter(|(byte, _)| **byte == 0);
            assert!(black.into_iter().all(|(_, value)| *value == 0.0));
        }
    }

    #[test]
    fn smoothing_is_the_same_each_time_and_near_the_gradient_where_that_is_smooth() {
        let model = weights::built_in().unwrap();
        let picture = synthetic(1, 9).test.picture(1);
        let ask = |method| saliency(&model, picture.bytes(), 5, method).unwrap();
        let smooth = ask(SaliencyMethod::SmoothGrad);
        assert_eq!(smooth, ask(SaliencyMethod::SmoothGrad));
        let plain = ask(SaliencyMethod::Gradient);
        assert_ne!(smooth.values, plain.values);
        let dot =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        let (a, b) = (&smooth.values, &plain.values);
        let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        assert!(cosine > 0.3, "{cosine}");
        assert!(saliency(&model, picture.bytes(), 10, SaliencyMethod::Gradient).is_err());
        assert!(saliency(&model, &[0; 9], 1, SaliencyMethod::Gradient).is_err());
    }
}
