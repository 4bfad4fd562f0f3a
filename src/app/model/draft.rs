//! A quick try of the network at hand.

use super::state::State;
use convlens_core::training::RunConfig;

/// About how long a try trains on this computer.
const SECONDS: f64 = 2.0;

impl State {
    /// The settings of a try: one epoch over as many pictures as two seconds have time for, the first time that
    /// one was asked for.
    pub fn draft_config(&self) -> Option<RunConfig> {
        let wanted = &self.preferences.config;
        let available = self.trainable()?.train.len();
        let all = wanted.images.unwrap_or(available).min(available);
        let fitting = || self.runs.costs.images_in(SECONDS, wanted);
        let images = self.runs.draft_images.or_else(fitting)?;
        Some(RunConfig {
            epochs: 1,
            images: Some(images.clamp(wanted.batch_size.min(all), all)),
            validation_percent: 0,
            ..wanted.clone()
        })
    }
}
