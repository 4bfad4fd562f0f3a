//! Measuring: ourselves training in this process, medians and percentiles.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use convlens_core::dataset::Dataset;
use convlens_core::network::NetworkSpec;
use convlens_core::training::{RunConfig, Session};
use serde::Serialize;

/// A network and the settings that decide how fast it trains.
#[derive(Clone, Debug, Serialize)]
pub struct Setting {
    pub network: NetworkSpec,
    pub batch: usize,
    pub threads: usize,
}

/// Ourselves, training.
pub struct Ours {
    session: Session,
    epoch_images: usize,
}

impl Ours {
    /// A run that has warmed up.
    pub fn start(setting: &Setting, dataset: &Arc<Dataset>, warm_up_secs: f64) -> Result<Self> {
        let config = RunConfig {
            batch_size: setting.batch,
            threads: setting.threads,
            ..RunConfig::new(setting.network.clone())
        };
        let mut ours = Self {
            session: Session::new(config, dataset.clone())?,
            epoch_images: dataset.train.len(),
        };
        ours.images_per_second(warm_up_secs)?;
        Ok(ours)
    }

    /// Trains on for so many seconds, and at least one batch.
    pub fn images_per_second(&mut self, seconds: f64) -> Result<f64> {
        let (images, spent) = self.train(|_, spent| spent >= seconds)?;
        Ok(images as f64 / spent)
    }

    /// Trains on by so many images; the seconds it takes.
    pub fn seconds_for(&mut self, images: usize) -> Result<f64> {
        Ok(self.train(|done, _| done >= images)?.1)
    }

    /// Trains until `enough` of images and seconds; both. Evaluation between two epochs is not timed.
    fn train(&mut self, enough: impl Fn(usize, f64) -> bool) -> Result<(usize, f64)> {
        let session = &mut self.session;
        let size = session.config().batch_size;
        let (mut images, mut spent) = (0, 0.0);
        loop {
            if session.epoch_is_complete() {
                session.end_epoch()?;
            }
            let started = Instant::now();
            session.train_batch()?;
            spent += started.elapsed().as_secs_f64();
            // The last batch of an epoch may be smaller.
            let before = (session.batch() - 1) * size;
            images += size.min(self.epoch_images - before);
            if enough(images, spent) {
                return Ok((images, spent));
            }
        }
    }
}

/// The middle of some figures; the mean of the middle two of an even number.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The larger of the first two peers' figures of each round, if there are two.
pub fn faster(peers: &[Vec<f64>]) -> Option<Vec<f64>> {
    let [one, other, ..] = peers else {
        return None;
    };
    Some(one.iter().zip(other).map(|(a, b)| a.max(*b)).collect())
}

/// The smallest figure that at least `share` of them do not exceed.
pub fn percentile(figures: &[f64], share: f64) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}

/// The medians of figures that were measured in pairs, one divided by the other.
pub fn median_ratio(figures: &[f64], others: &[f64]) -> f64 {
    let ratios: Vec<f64> = figures.iter().zip(others).map(|(a, b)| a / b).collect();
    median(&ratios)
}
