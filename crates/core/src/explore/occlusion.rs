//! Occlusion map (Zeiler and Fergus 2014, section 4.2): a plain patch is put over one place of the
//! picture after another, and the probability of a class is looked at each time. Where it falls, the
//! network missed what was covered. The patch is itself something that the network sees, so that
//! its grey matters: try more than one.

use candle_core::Result;
use candle_nn::ops::softmax;

use super::ClassQuestion;
use crate::dataset::PictureSize;
use crate::network::Model;

/// Pictures a forward pass.
const CHUNK: usize = 64;

/// The patch and its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OcclusionPatch {
    /// Side of the square patch, in pixels: 1 to the picture's shorter side.
    pub size: usize,
    /// Pixels from one place to the next: 1 to the picture's shorter side.
    pub stride: usize,
    /// Its grey: 0 is black, 255 the brightest.
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
    /// The nearest patch that is possible on a picture.
    #[must_use]
    pub fn clamped(self, picture: PictureSize) -> Self {
        let side = picture.height.min(picture.width).max(1);
        Self {
            size: self.size.clamp(1, side),
            stride: self.stride.clamp(1, side),
            fill: self.fill,
        }
    }

    /// Rows, or columns, at which the patch begins on a side of so many pixels: every `stride` pixels, and once more at the
    /// edge if that leaves a rest, so that every pixel is covered unless the stride jumps over it.
    fn places(self, side: usize) -> Vec<usize> {
        let last = side.saturating_sub(self.size);
        let mut places: Vec<usize> = (0..=last).step_by(self.stride.max(1)).collect();
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
    /// The size of the picture.
    pub picture: PictureSize,
    /// Rows at which it began.
    pub rows: Vec<usize>,
    /// Columns at which it began.
    pub columns: Vec<usize>,
    /// Probability of the class for the picture as it is.
    pub probability: f32,
    /// The same minus the probability with the patch at each place, −1 to 1; row by row,
    /// `rows × columns`. Positive where covering costs probability.
    pub drops: Vec<f32>,
}

impl OcclusionMap {
    /// The mean drop of all patches that cover each pixel, `height × width`; 0 where none does.
    #[must_use]
    pub fn per_pixel(&self) -> Vec<f32> {
        let mut sums = vec![0.0_f64; self.picture.pixels()];
        let mut counts = vec![0_u32; self.picture.pixels()];
        for (place, &drop) in self.drops.iter().enumerate() {
            let top = self.rows[place / self.columns.len()];
            let left = self.columns[place % self.columns.len()];
            for pixel in covered(self.picture, self.patch.size, top, left) {
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
/// A picture of another size than the network takes, a class that the network has not.
pub fn occlusion(
    model: &Model,
    picture: &[u8],
    question: impl Into<ClassQuestion>,
    patch: OcclusionPatch,
) -> Result<OcclusionMap> {
    let ClassQuestion { class, against } = question.into();
    let size = model.spec().input;
    let patch = patch.clamped(size);
    let (rows, columns) = (patch.places(size.height), patch.places(size.width));
    let whole_picture = [picture.to_vec()];
    let whole = leads(model, &whole_picture, class, against)?;
    let mut drops = Vec::with_capacity(rows.len() * columns.len());
    let corners: Vec<(usize, usize)> = rows
        .iter()
        .flat_map(|&top| columns.iter().map(move |&left| (top, left)))
        .collect();
    for chunk in corners.chunks(CHUNK) {
        let pictures: Vec<Vec<u8>> = chunk
            .iter()
            .map(|&(top, left)| {
                let mut picture = picture.to_vec();
                for pixel in covered(size, patch.size, top, left) {
                    picture[pixel * size.channels..][..size.channels].fill(patch.fill);
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
        picture: size,
        rows,
        columns,
        probability,
        drops,
    })
}

/// Pixels under a patch.
fn covered(
    picture: PictureSize,
    size: usize,
    top: usize,
    left: usize,
) -> impl Iterator<Item = usize> {
    let row = move |y: usize| (left..left + size).map(move |x| y * picture.width + x);
    (top..top + size).flat_map(row)
}

/// Probability of one class for each picture, less that of the other.
fn leads(
    model: &Model,
    pictures: &[Vec<u8>],
    class: usize,
    against: Option<usize>,
) -> Result<Vec<f32>> {
    let x = model.input(pictures.iter().map(Vec::as_slice))?; // (images, height, width, channels)
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
            .clamped(PictureSize::FASHION_MNIST)
            .places(28)
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
    fn a_patch_covers_every_channel_of_a_picture_that_is_no_square() {
        use crate::network::{LayerSpec, NetworkSpec};
        let mut spec = NetworkSpec::new(vec![LayerSpec::dense(4)]);
        spec.input = PictureSize {
            height: 8,
            width: 12,
            channels: 3,
        };
        let model = Model::random(&spec, 1).unwrap();
        let picture: Vec<u8> = (0..spec.input.len()).map(|i| (i * 7 % 256) as u8).collect();
        let patch = OcclusionPatch {
            size: 30,
            stride: 4,
            fill: 9,
        };
        let map = occlusion(&model, &picture, 2, patch).unwrap();
        assert_eq!(
            (map.patch.size, &map.rows[..], &map.columns[..]),
            (8, &[0][..], &[0, 4][..])
        );
        let mut covered = picture.clone();
        for row in covered.chunks_exact_mut(12 * 3) {
            row[4 * 3..].fill(9);
        }
        let expected = leads(&model, &[picture, covered], 2, None).unwrap();
        assert!((map.drops[1] - (expected[0] - expected[1])).abs() < 1e-6);
        assert_eq!(map.per_pixel().len(), 96);
    }

    #[test]
    fn a_pixel_has_the_mean_of_the_patches_over_it() {
        let map = OcclusionMap {
            patch: OcclusionPatch {
                size: 14,
                stride: 14,
                fill: 0,
            },
            picture: PictureSize::FASHION_MNIST,
            rows: vec![0, 14],
            columns: vec![0, 14],
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
            picture: PictureSize::FASHION_MNIST,
            rows: vec![0, 27],
            columns: vec![0, 27],
            probability: 1.0,
            drops: vec![1.0; 4],
        };
        assert!((jumping.per_pixel().iter().sum::<f32>() - 4.0).abs() < 1e-6);
    }
}
