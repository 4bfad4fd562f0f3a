//! A small change of a picture that makes another class of it.
//!
//! `DeepFool` (Moosavi-Dezfooli, Fawzi and Frossard 2016, algorithm 2): step by step towards the nearest border of the class, as it would
//! lie if the scores were linear. Pixels stay whole numbers from 0 to 255.

use candle_core::Result;
use candle_nn::ops::softmax;

use super::saliency::gradients;
use super::{ClassQuestion, most_likely};
use crate::network::Model;

/// Most steps: a few do where the scores are smooth.
const STEPS: usize = 40;

/// Classes that it is looked for in, the likeliest others: a border that is near is mostly theirs, and each costs a pass a step.
const NEAREST: usize = 4;

/// How far beyond the border a step goes: the authors' 0.02. Where rounding to whole numbers undoes it, more and more.
const BEYOND: f32 = 0.02;

/// Pictures between the one and the other whose probabilities are told, both ends among them.
const WAY: usize = 11;

/// A picture that is taken for another class.
#[derive(Clone, Debug, PartialEq)]
pub struct SmallestChange {
    /// The class that it was taken for, and the one that it is.
    pub classes: [usize; 2],
    /// The changed picture.
    pub picture: Vec<u8>,
    /// `(height, width)`, row by row, the channels of a pixel added up: how much was added, −1 to 1 a channel.
    pub change: Vec<f32>,
    /// Largest change of a number, of 255.
    pub largest: u8,
    /// Probabilities of the two classes on the straight way from the picture to the changed one.
    pub way: Vec<[f32; 2]>,
}

/// Looks for one from the predicted class to the nearest of the likeliest others, or to `against`. `None` where none is found: the picture is as far as it may go, or
/// the gradient is 0.
///
/// # Errors
/// A picture of another size than the network takes, a class that the network has not.
pub fn smallest_change(
    model: &Model,
    picture: &[u8],
    against: Option<usize>,
) -> Result<Option<SmallestChange>> {
    let size = model.spec().input;
    let said = probabilities(model, picture)?;
    let class = most_likely(&said);
    let mut others: Vec<usize> = (0..said.len()).filter(|other| *other != class).collect();
    others.sort_by(|&a, &b| said[b].total_cmp(&said[a]));
    others.truncate(NEAREST);
    if let Some(against) = against.filter(|against| *against != class) {
        others = vec![against];
    }
    let mut beyond = BEYOND;
    let mut pixels: Vec<f32> = picture
        .iter()
        .map(|byte| f32::from(*byte) / 255.0)
        .collect();
    for _ in 0..STEPS {
        let Some(step) = nearest(model, &pixels, class, &others)? else {
            return Ok(None);
        };
        for (pixel, step) in pixels.iter_mut().zip(step) {
            *pixel = (*pixel + (1.0 + beyond) * step).clamp(0.0, 1.0);
        }
        let changed: Vec<u8> = pixels
            .iter()
            .map(|pixel| (pixel * 255.0).round() as u8)
            .collect();
        let other = most_likely(&probabilities(model, &changed)?);
        if others.contains(&other) {
            let change = changed.iter().zip(picture);
            let change = change.map(|(now, was)| (f32::from(*now) - f32::from(*was)) / 255.0);
            let change: Vec<f32> = change.collect();
            let pairs = changed.iter().zip(picture);
            return Ok(Some(SmallestChange {
                classes: [class, other],
                way: way(model, picture, &change, [class, other])?,
                change: change
                    .chunks_exact(size.channels)
                    .map(|pixel| pixel.iter().sum())
                    .collect(),
                largest: pairs
                    .map(|(now, was)| now.abs_diff(*was))
                    .max()
                    .unwrap_or(0),
                picture: changed,
            }));
        }
        // Across the border, but rounded back.
        beyond *= 1.2;
    }
    Ok(None)
}

fn probabilities(model: &Model, picture: &[u8]) -> Result<Vec<f32>> {
    softmax(&model.logits(&model.input([picture])?)?, 1)?
        .flatten_all()?
        .to_vec1()
}

/// The step to the nearest border, as if the scores were linear.
fn nearest(
    model: &Model,
    pixels: &[f32],
    class: usize,
    others: &[usize],
) -> Result<Option<Vec<f32>>> {
    let mut found: Option<(f32, Vec<f32>)> = None;
    for &other in others {
        let question = ClassQuestion {
            class: other,
            against: Some(class),
        };
        let (lead, slope) = gradients(model, &[pixels.to_vec()], question)?;
        let square: f32 = slope.iter().map(|slope| slope * slope).sum();
        let lead = lead[0].abs();
        if square <= 0.0 || !square.is_finite() {
            continue;
        }
        let distance = lead / square.sqrt();
        if found.as_ref().is_none_or(|(least, _)| distance < *least) {
            // A little more than nothing, where the border is reached but for rounding.
            let length = lead.max(1e-4) / square;
            found = Some((
                distance,
                slope.into_iter().map(|slope| length * slope).collect(),
            ));
        }
    }
    Ok(found.map(|(_, step)| step))
}

/// The probabilities of two classes along the way.
fn way(
    model: &Model,
    picture: &[u8],
    change: &[f32],
    classes: [usize; 2],
) -> Result<Vec<[f32; 2]>> {
    let share = |step: usize| step as f32 / (WAY - 1) as f32;
    let between = (0..WAY).map(|step| {
        let pixels = picture.iter().zip(change);
        let bytes: Vec<u8> = pixels
            .map(|(byte, change)| (f32::from(*byte) + 255.0 * share(step) * change).round() as u8)
            .collect();
        let all = probabilities(model, &bytes)?;
        Ok(classes.map(|class| all[class]))
    });
    between.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic;
    use crate::network::weights;

    /// The network's own answer to the changed picture, and that half of the change does not do.
    #[test]
    fn a_small_change_makes_another_class() {
        let model = weights::built_in().unwrap();
        let test = synthetic(1, 40).test;
        for index in 0..12 {
            let picture = test.picture(index);
            let found = smallest_change(&model, picture.bytes(), None)
                .unwrap()
                .unwrap();
            let [class, other] = found.classes;
            let said = |bytes: &[u8]| most_likely(&probabilities(&model, bytes).unwrap());
            assert_eq!(said(picture.bytes()), class);
            assert_eq!(said(&found.picture), other);
            assert_ne!(class, other);
            let pairs = found.picture.iter().zip(picture.bytes());
            let largest = pairs.clone().map(|(now, was)| now.abs_diff(*was)).max();
            assert_eq!(largest, Some(found.largest));
            assert!(found.largest > 0);
            let half: Vec<u8> = pairs.map(|(now, was)| u8::midpoint(*now, *was)).collect();
            assert_eq!(said(&half), class, "image {index}: half of it would do");
            let ends = [found.way[0], found.way[WAY - 1]];
            assert!(
                ends[0][0] > ends[0][1] && ends[1][1] > ends[1][0],
                "{ends:?}"
            );
        }
    }

    #[test]
    fn the_class_that_is_asked_for_is_reached() {
        let model = weights::built_in().unwrap();
        let picture = synthetic(1, 3).test.picture(0);
        let found = smallest_change(&model, picture.bytes(), Some(3))
            .unwrap()
            .unwrap();
        assert_eq!(found.classes[1], 3);
        let nearest = smallest_change(&model, picture.bytes(), None)
            .unwrap()
            .unwrap();
        let length = |found: &SmallestChange| found.change.iter().map(|c| c * c).sum::<f32>();
        assert!(length(&nearest) <= length(&found));
    }
}
