//! Which training pictures a run learns from, which it holds out, and in which order it sees them.
//! All of it follows from the settings alone, so that a run can be taken up again at any batch.

use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::config::RunConfig;
use super::error::TrainingError;
use crate::dataset::Pictures;

/// The stream of a run's random numbers that decides what is held out. Stream 0 draws the initial
/// weights, stream n the order of epoch n.
const HELD_OUT_STREAM: u64 = u64::MAX;

/// The training set of a run, parted in two.
pub(super) struct Split {
    /// Indices of the pictures to learn from, ascending.
    pub train: Vec<u32>,
    /// The pictures held out; empty for a run without validation.
    pub validation: Pictures,
}

impl Split {
    /// Parts the first [`RunConfig::images`] of `pictures`. At least one is left to learn from,
    /// and at least one is held out where any should be.
    pub fn new(config: &RunConfig, pictures: &Pictures) -> Result<Self, TrainingError> {
        let images = config.images.unwrap_or(pictures.len()).min(pictures.len());
        let held_out = match config.validation_percent {
            0 => 0,
            percent => (images * percent)
                .div_ceil(100)
                .min(images.saturating_sub(1)),
        };
        if images == held_out {
            return Err(TrainingError::NoPictures);
        }
        let mut rows: Vec<u32> = (0..images as u32).collect();
        let validation = if held_out == 0 {
            Vec::new()
        } else {
            rows.shuffle(&mut stream(config.seed, HELD_OUT_STREAM));
            let mut validation = rows.split_off(images - held_out);
            validation.sort_unstable();
            rows.sort_unstable();
            validation
        };
        Ok(Self {
            train: rows,
            validation: pictures.subset(&validation),
        })
    }

    /// The order of the pictures in one epoch, from 1. It depends on seed and epoch alone.
    pub fn order(&self, seed: u64, epoch: usize) -> Vec<u32> {
        let mut order = self.train.clone();
        order.shuffle(&mut stream(seed, epoch as u64));
        order
    }
}

fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset;

    #[test]
    fn what_is_held_out_is_a_seeded_part_that_training_never_sees() {
        let pictures = dataset::synthetic(200, 1).train;
        let config = RunConfig {
            images: Some(150),
            validation_percent: 20,
            ..RunConfig::default()
        };
        let split = Split::new(&config, &pictures).unwrap();
        assert_eq!((split.train.len(), split.validation.len()), (120, 30));
        let held_out: Vec<u32> = (0..150).filter(|row| !split.train.contains(row)).collect();
        assert_eq!(pictures.subset(&held_out), split.validation);
        let mut order = split.order(1, 3);
        assert_ne!(order, split.train);
        order.sort_unstable();
        assert_eq!(order, split.train);

        let again = Split::new(&config, &pictures).unwrap();
        assert_eq!(again.train, split.train);
        let seed = config.seed + 1;
        let other = Split::new(&RunConfig { seed, ..config }, &pictures).unwrap();
        assert_ne!(other.train, split.train);
    }

    #[test]
    fn one_picture_at_least_is_left_to_learn_from() {
        let pictures = dataset::synthetic(2, 1).train;
        let config = |images, validation_percent| RunConfig {
            images: Some(images),
            validation_percent,
            ..RunConfig::default()
        };
        let split = Split::new(&config(2, 1), &pictures).unwrap();
        assert_eq!((split.train.len(), split.validation.len()), (1, 1));
        let alone = Split::new(&config(1, 50), &pictures).unwrap();
        assert_eq!((alone.train.len(), alone.validation.len()), (1, 0));
        let nothing = Pictures::new(pictures.size(), Vec::new(), Vec::new(), 10).unwrap();
        assert!(Split::new(&config(1, 0), &nothing).is_err());
    }
}
