//! Occlusion map (Zeiler and Fergus 2014, section 4.2): a plain patch is put over one place of the
//! picture after another, and the probability of a class is looked at each time. Where it falls, the
//! network missed what was covered. The patch is itself something that the network sees, so that
//! its grey matters: try more than one.

use candle_core::Result;
use candle_nn::ops::softmax;

use super::ClassQuestion;
use crate::dataset::{IMAGE_PIXELS, IMAGE_SIDE};
use crate::network::{Model, pictures_to_tensor};

/// Pictures a forward pass.
const CHUNK: usize = 64;

/// The patch and its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OcclusionPatch {
    /// Side of the square patch, in pixels: 1 to 28.
    pub size: usize,
    /// Pixels from one place to the next: 1 to 28.
    pub stride: usize,
    /// Its grey: 0 is the background's black, 255 the brightest.
    pub fill: u8,
}

impl Default for OcclusionPatch {
    fn default() -> Self {
        Self {
            size: 6,
            stride: 2,
            fill: 128,
        }
    }
}

impl OcclusionPatch {
    /// The nearest possible patch.
    #[must_use]
    pub fn clamped(self) -> Self {
        Self {
            size: self.size.clamp(1, IMAGE_SIDE),
            stride: self.stride.clamp(1, IMAGE_SIDE),
            fill: self.fill,
        }
    }

    /// Rows (and columns) at which the patch begins: every `stride` pixels, and once more at the
    /// edge if that leaves a rest, so that every pixel is covered unless the stride jumps over it.
    #[must_use]
    pub fn places(self) -> Vec<usize> {
        let Self { size, stride, .. } = self.clamped();
        let last = IMAGE_SIDE - size;
        let mut places: Vec<usize> = (0..=last).step_by(stride).collect();
        if places.last() != Some(&last) {
            places.push(last);
        }
        places
    }
}

/// How the probability of a class changes as places of the picture are covered.
#[derive(Clone, Debug, PartialEq)]
pub struct OcclusionMap {
    /// The patch used.
    pub patch: OcclusionPatch,
    /// Rows and columns at which it began.
    pub places: Vec<usize>,
    /// Probability of the class for the picture as it is.
    pub probability: f32,
    /// The same minus the probability with the patch at each place, −1 to 1; row by row,
    /// `places × places`. Positive where covering costs probability.
    pub drops: Vec<f32>,
}

impl OcclusionMap {
    /// The mean drop of all patches that cover each pixel, `28 × 28`; 0 where none does.
    #[must_use]
    pub fn per_pixel(&self) -> Vec<f32> {
        let mut sums = vec![0.0_f64; IMAGE_PIXELS];
        let mut counts = vec![0_u32; IMAGE_PIXELS];
        for (place, &drop) in self.drops.iter().enumerate() {
            let top = self.places[place / self.places.len()];
            let left = self.places[place % self.places.len()];
            for pixel in covered(self.patch.size, top, left) {
                sums[pixel] += f64::from(drop);
                counts[pixel] += 1;
            }
        }
        sums.iter()
            .zip(counts)
            .map(|(sum, count)| (sum / f64::from(count.max(1))) as f32)
            .collect()
    }
}

/// Covers one place of the picture after another. Where a class is held against another one, the drops are those of
/// its lead, the difference of both probabilities: −2 to 2.
///
/// # Errors
/// A picture that has not 784 bytes, a class that the network has not.
pub fn occlusion(
    model: &Model,
    picture: &[u8],
    question: impl Into<ClassQuestion>,
    patch: OcclusionPatch,
) -> Result<OcclusionMap> {
    let ClassQuestion { class, against } = question.into();
    let patch = patch.clamped();
    let places = patch.places();
    let whole_picture = [picture.to_vec()];
    let whole = leads(model, &whole_picture, class, against)?;
    let mut drops = Vec::with_capacity(places.len() * places.len());
    let corners: Vec<(usize, usize)> = places
        .iter()
        .flat_map(|&top| places.iter().map(move |&left| (top, left)))
        .collect();
    for chunk in corners.chunks(CHUNK) {
        let pictures: Vec<Vec<u8>> = chunk
            .iter()
            .map(|&(top, left)| {
                let mut picture = picture.to_vec();
                for pixel in covered(patch.size, top, left) {
                    picture[pixel] = patch.fill;
                }
                picture
            })
            .collect();
        let covered = leads(model, &pictures, class, against)?;
        drops.extend(covered.iter().map(|lead| whole[0] - lead));
    }
    let probability = leads(model, &whole_picture, class, None)?[0];
    Ok(OcclusionMap {
        patch,
        places,
        probability,
        drops,
    })
}

/// Pixels under a patch.
fn covered(size: usize, top: usize, left: usize) -> impl Iterator<Item = usize> {
    (top..top + size).flat_map(move |y| (left..left + size).map(move |x| y * IMAGE_SIDE + x))
}

/// Probability of one class for each picture, less that of the other.
fn leads(
    model: &Model,
    pictures: &[Vec<u8>],
    class: usize,
    against: Option<usize>,
) -> Result<Vec<f32>> {
    let x = pictures_to_tensor(pictures.iter().map(Vec::as_slice))?; // (images, 28, 28, 1)
    let probabilities = softmax(&model.logits(&x)?, 1)?; // (images, classes)
    let mut lead = probabilities.narrow(1, class, 1)?;
    if let Some(against) = against {
        lead = (lead - probabilities.narrow(1, against, 1)?)?;
    }
    lead.flatten_all()?.to_vec1()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_reach_both_edges() {
        let places = |size, stride| {
            OcclusionPatch {
                size,
                stride,
                fill: 0,
            }
            .places()
        };
        assert_eq!(places(6, 2).len(), 12);
        assert_eq!(places(5, 10), [0, 10, 20, 23]);
        assert_eq!(places(28, 3), [0]);
        assert_eq!(places(1, 1).len(), 28);
        assert_eq!(places(0, 0).len(), 28, "clamped");
        assert_eq!(places(400, 400), [0], "clamped");
    }

    #[test]
    fn the_lead_of_a_class_falls_by_the_difference_of_the_drops() {
        use crate::network::Preset;
        let model = Model::random(&Preset::Conv16.spec(), 3).unwrap();
        let picture: Vec<u8> = (0..784).map(|i| (i * 7 % 256) as u8).collect();
        let patch = OcclusionPatch {
            stride: 11,
            ..OcclusionPatch::default()
        };
        let one = occlusion(&model, &picture, 2, patch).unwrap();
        let other = occlusion(&model, &picture, 5, patch).unwrap();
        let question = ClassQuestion {
            class: 2,
            against: Some(5),
        };
        let both = occlusion(&model, &picture, question, patch).unwrap();
        assert!((one.probability - both.probability).abs() < 1e-6);
        for ((one, other), both) in one.drops.iter().zip(&other.drops).zip(&both.drops) {
            assert!((one - other - both).abs() < 1e-6, "{one} {other} {both}");
        }
    }

    #[test]
    fn a_pixel_has_the_mean_of_the_patches_over_it() {
        let map = OcclusionMap {
            patch: OcclusionPatch {
                size: 14,
                stride: 14,
                fill: 0,
            },
            places: vec![0, 14],
            probability: 1.0,
            drops: vec![0.0, 0.25, 0.5, 1.0],
        };
        let pixels = map.per_pixel();
        let at = |y: usize, x: usize| pixels[y * 28 + x];
        let quarters = [at(0, 0), at(13, 14), at(14, 13), at(27, 27)];
        assert_eq!(quarters.map(|drop| (4.0 * drop) as i32), [0, 1, 2, 4]);
        let jumping = OcclusionMap {
            patch: OcclusionPatch {
                size: 1,
                stride: 27,
                fill: 0,
            },
            places: vec![0, 27],
            probability: 1.0,
            drops: vec![1.0; 4],
        };
        assert!((jumping.per_pixel().iter().sum::<f32>() - 4.0).abs() < 1e-6);
    }
}
