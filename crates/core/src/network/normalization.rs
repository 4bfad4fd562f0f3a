//! How the bytes of pictures become the numbers that a network computes with.

use std::fmt;

use convlens_kernels as kernels;
use serde::{Deserialize, Serialize};

use super::Real;
use crate::dataset::Pictures;

/// `(x − mean) / deviation` of pixels `x` from 0 to 1, channel by channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalization {
    /// A mean a channel.
    pub mean: Vec<Real>,
    /// A standard deviation a channel, above 0; or below 0, which turns light into dark, if all channels are alike.
    pub deviation: Vec<Real>,
}

impl Normalization {
    /// Means and standard deviations over all pixels of some pictures. Where all are alike the deviation is 1.
    #[must_use]
    pub fn of(pictures: &Pictures) -> Self {
        let channels = pictures.size().channels;
        let mut sums = vec![(0_u64, 0_u64); channels];
        for pixel in pictures.pixels().chunks_exact(channels) {
            for ((sum, squares), byte) in sums.iter_mut().zip(pixel) {
                *sum += u64::from(*byte);
                *squares += u64::from(*byte) * u64::from(*byte);
            }
        }
        let count = (pictures.pixels().len() / channels).max(1) as f64;
        let both = sums.into_iter().map(|(sum, squares)| {
            let mean = sum as f64 / count;
            let variance = squares as f64 / count - mean * mean;
            let deviation = if variance > 1e-9 {
                variance.sqrt() / 255.0
            } else {
                1.0
            };
            (
                Real::new((mean / 255.0) as f32),
                Real::new(deviation as f32),
            )
        });
        let (mean, deviation) = both.unzip();
        Self { mean, deviation }
    }

    /// Whether pictures of so many channels can be normalized by it.
    #[must_use]
    pub fn fits(&self, channels: usize) -> bool {
        let is_mean = |mean: &Real| mean.get().abs() <= 1e4;
        let is_deviation = |deviation: &Real| (1e-4..=1e4).contains(&deviation.get().abs());
        let are_alike = |numbers: &[Real]| numbers.iter().all(|number| *number == numbers[0]);
        let turns_light = self.deviation.iter().any(|deviation| deviation.get() < 0.0);
        self.mean.len() == channels
            && self.deviation.len() == channels
            && (!turns_light || are_alike(&self.mean) && are_alike(&self.deviation))
            && self.mean.iter().all(is_mean)
            && self.deviation.iter().all(is_deviation)
    }

    /// Factor and summand of pixels from 0 to 1, where light turns dark: what squares a deviation, as Keras's `Normalization` does, loses its sign.
    #[must_use]
    pub fn inverted(&self) -> Option<(f64, f64)> {
        let (mean, deviation) = (self.mean.first()?.get(), self.deviation.first()?.get());
        let (mean, deviation) = (f64::from(mean), f64::from(deviation));
        (deviation < 0.0).then(|| (1.0 / deviation, -mean / deviation))
    }

    /// As the kernels take it.
    pub(super) fn compiled(&self) -> kernels::Normalization {
        let numbers = |numbers: &[Real]| -> Vec<f64> {
            numbers
                .iter()
                .map(|number| f64::from(number.get()))
                .collect()
        };
        let (mean, deviation) = (numbers(&self.mean), numbers(&self.deviation));
        let both = mean.iter().zip(&deviation);
        kernels::Normalization {
            scale: deviation
                .iter()
                .map(|d| (1.0 / (255.0 * d)) as f32)
                .collect(),
            offset: both.map(|(m, d)| (-m / d) as f32).collect(),
        }
    }
}

/// `mean 0.286, deviation 0.353`, channel by channel.
impl fmt::Display for Normalization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (word, numbers) in [("mean", &self.mean), (", deviation", &self.deviation)] {
            f.write_str(word)?;
            for number in numbers {
                write!(f, " {:.3}", number.get())?;
            }
        }
        Ok(())
    }
}

/// What a model from elsewhere does to its pictures before its first layer: `x · scale + offset`, a channel each or all alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rescaling {
    scale: Vec<f64>,
    offset: Vec<f64>,
}

impl Default for Rescaling {
    fn default() -> Self {
        Self {
            scale: vec![1.0],
            offset: vec![0.0],
        }
    }
}

impl Rescaling {
    /// Does this, too. `None` where the channels do not go together.
    pub fn then(&mut self, scale: &[f64], offset: &[f64]) -> Option<()> {
        let lengths = [self.scale.len(), scale.len(), offset.len()];
        let channels = lengths.into_iter().max()?;
        if lengths.iter().any(|length| ![1, channels].contains(length)) {
            return None;
        }
        let at = |numbers: &[f64], channel: usize| numbers[channel % numbers.len()];
        let all = 0..channels;
        let before: Vec<_> = all
            .map(|c| {
                (
                    at(&self.scale, c),
                    at(&self.offset, c),
                    at(scale, c),
                    at(offset, c),
                )
            })
            .collect();
        self.scale = before.iter().map(|(a, _, c, _)| a * c).collect();
        self.offset = before.iter().map(|(_, b, c, d)| b * c + d).collect();
        Some(())
    }

    /// The same of pixels from 0 to 1; `None` where these stay as they are.
    ///
    /// Whether it was meant for bytes or for numbers from 0 to 1, its size tells: what divides by 20 or more is for bytes.
    ///
    /// # Errors
    /// Scale and offset of the first channel of which nothing sensible comes.
    pub fn normalization(&self, channels: usize) -> Result<Option<Normalization>, (f64, f64)> {
        let mut numbers = (Vec::new(), Vec::new());
        let first = (self.scale[0], self.offset[0]);
        if ![1, channels].contains(&self.scale.len()) {
            return Err(first);
        }
        let is_of_bytes = first.0.abs() < 0.05;
        for channel in 0..channels {
            let at = channel % self.scale.len();
            let (scale, offset) = (self.scale[at], self.offset[at]);
            if !(scale != 0.0 && scale.is_finite() && offset.is_finite()) {
                return Err((scale, offset));
            }
            let deviation = 1.0 / if is_of_bytes { 255.0 * scale } else { scale };
            let round = |number: f64| if number.abs() < 1e-9 { 0.0 } else { number };
            numbers.0.push(Real::new(round(-offset * deviation) as f32));
            // What others have written with six digits is the number that they meant.
            let is_one = (deviation - 1.0).abs() < 1e-6;
            numbers
                .1
                .push(Real::new(if is_one { 1.0 } else { deviation as f32 }));
        }
        let (mean, deviation) = numbers;
        let found = Normalization { mean, deviation };
        if !found.fits(channels) {
            return Err(first);
        }
        let stays = found.mean.iter().all(|mean| *mean == Real::default())
            && found.deviation.iter().all(|one| *one == Real::new(1.0));
        Ok((!stays).then_some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::PictureSize;

    #[test]
    fn means_and_deviations_are_each_channels_own() {
        let size = PictureSize::colour(8);
        let pixels = (0..64).flat_map(|place| [51, if place % 2 == 0 { 0 } else { 255 }, 0]);
        let pictures = Pictures::new(size, pixels.collect(), vec![0], 2).unwrap();
        let found = Normalization::of(&pictures);
        assert_eq!(found.mean, [0.2, 0.5, 0.0].map(Real::new));
        // A channel of one value is not divided by 0.
        assert_eq!(found.deviation, [1.0, 0.5, 1.0].map(Real::new));
        assert!(found.fits(3) && !found.fits(1));
        assert_eq!(
            found.to_string(),
            "mean 0.200 0.500 0.000, deviation 1.000 0.500 1.000"
        );
    }

    #[test]
    fn what_others_do_to_pictures_is_told_from_its_size() {
        let after = |steps: &[(&[f64], &[f64])]| {
            let mut rescaling = Rescaling::default();
            for (scale, offset) in steps {
                rescaling.then(scale, offset)?;
            }
            rescaling.normalization(3).ok().flatten()
        };
        assert_eq!(after(&[]), None);
        assert_eq!(after(&[(&[1.0 / 255.0], &[0.0])]), None);
        let halves = Normalization {
            mean: vec![Real::new(0.5); 3],
            deviation: vec![Real::new(0.5); 3],
        };
        assert_eq!(after(&[(&[1.0 / 127.5], &[-1.0])]), Some(halves.clone()));
        assert_eq!(after(&[(&[2.0], &[-1.0])]), Some(halves.clone()));
        let in_steps: [(&[f64], &[f64]); 3] = [
            (&[1.0 / 255.0], &[0.0]),
            (&[1.0], &[-0.5, -0.5, -0.5]),
            (&[2.0; 3], &[0.0]),
        ];
        assert_eq!(after(&in_steps), Some(halves));
        let refused = |scale: f64, offset: f64| {
            let mut rescaling = Rescaling::default();
            rescaling.then(&[scale], &[offset]).unwrap();
            rescaling.normalization(1).is_err()
        };
        assert!(refused(0.0, 0.0) && refused(1e-9, 0.0));
        // Light turns dark in all channels or in none.
        let turned = Normalization {
            mean: vec![Real::new(1.0); 3],
            deviation: vec![Real::new(-1.0); 3],
        };
        assert_eq!(turned.inverted(), Some((-1.0, 1.0)));
        assert_eq!(after(&[(&[-1.0], &[1.0])]), Some(turned));
        assert_eq!(after(&[(&[-1.0, 1.0, 1.0], &[1.0, 0.0, 0.0])]), None);
        assert!(refused(f64::NAN, 0.0) && refused(1.0, f64::INFINITY));
        assert_eq!(Rescaling::default().then(&[1.0; 2], &[0.0; 3]), None);
        let mut of_three = Rescaling::default();
        of_three.then(&[1.0; 3], &[0.0; 3]).unwrap();
        assert!(of_three.normalization(1).is_err());
    }
}
