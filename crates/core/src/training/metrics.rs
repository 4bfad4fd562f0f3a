//! What a run reports about itself.

use serde::{Deserialize, Serialize};

/// One batch, measured with the weights before its update.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchPoint {
    /// Batches trained in this run, this one included: 1 for the first.
    pub step: u64,
    /// Mean cross-entropy, in nats.
    pub loss: f32,
    /// Share of the batch classified rightly, 0 to 1.
    pub accuracy: f32,
}

/// One epoch. The training figures are means over its batches, measured while the weights were
/// changing, as Keras prints them; the test and validation figures belong to the weights
/// at its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// 1 for the first.
    pub epoch: usize,
    /// Training pictures seen in this epoch.
    pub images: usize,
    /// Time in the training loop, pauses and evaluation left out.
    pub seconds: f64,
    /// `images / seconds`.
    pub images_per_second: f64,
    /// Mean cross-entropy over the epoch, in nats.
    pub train_loss: f64,
    /// Share classified rightly over the epoch, 0 to 1.
    pub train_accuracy: f64,
    /// Mean cross-entropy on the test set, in nats.
    pub test_loss: f64,
    /// Share of the test set classified rightly, 0 to 1.
    pub test_accuracy: f64,
    /// Mean cross-entropy on the pictures held out of the training set, in nats; `None` for a run
    /// that holds none out. The test set is never called validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_loss: Option<f64>,
    /// Share of those classified rightly, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_accuracy: Option<f64>,
    /// Time the test set, and the held-out pictures if any, took.
    pub seconds_evaluate: f64,
}

/// Exponential moving average without the start-up bias (Kingma and Ba 2015, section 3).
#[derive(Clone, Copy, Debug)]
pub struct Smoothed {
    decay: f64,
    sum: f64,
    weight: f64,
}

impl Smoothed {
    /// Averages over about `1 / (1 - decay)` values; `decay` in 0..1.
    #[must_use]
    pub fn new(decay: f64) -> Self {
        Self {
            decay,
            sum: 0.0,
            weight: 0.0,
        }
    }

    /// Takes one more value and returns the average so far.
    pub fn add(&mut self, value: f64) -> f64 {
        self.sum = self.decay * self.sum + (1.0 - self.decay) * value;
        self.weight = self.decay * self.weight + (1.0 - self.decay);
        self.sum / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_starts_at_the_first_value_and_keeps_a_constant() {
        let mut average = Smoothed::new(0.95);
        for _ in 0..5 {
            assert!((average.add(3.0) - 3.0).abs() < 1e-12);
        }
        assert!(average.add(4.0) < 3.5);
    }
}
