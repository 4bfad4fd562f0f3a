//! The curves of a run as tables for a spreadsheet.

use super::record::RunRecord;
use crate::csv_table::csv;
use crate::training::{EpochMetrics, smoothed};

impl RunRecord {
    /// A line for each kept batch: its number from 1, how many epochs are then behind the run, mean
    /// cross-entropy (nats) and share classified correctly (0 to 1) before its update, and the loss smoothed as the
    /// window draws it.
    #[must_use]
    pub fn batches_csv(&self) -> String {
        let per_epoch = self.summary.batches_per_epoch.max(1) as f64;
        let heading = ["batch", "epochs", "loss", "accuracy", "smoothed_loss"].map(str::to_owned);
        let losses: Vec<_> = self
            .curve
            .iter()
            .map(|point| [point.step as f64, f64::from(point.loss)])
            .collect();
        let lines = self.curve.iter().zip(smoothed(&losses));
        let lines = lines.map(|(point, smooth)| {
            [
                point.step.to_string(),
                (point.step as f64 / per_epoch).to_string(),
                point.loss.to_string(),
                point.accuracy.to_string(),
                // As many digits as the loss itself has.
                (smooth as f32).to_string(),
            ]
        });
        csv(std::iter::once(heading).chain(lines))
    }

    /// A line for each complete epoch, with the fields of [`EpochMetrics`]; what a run has not
    /// measured is empty.
    #[must_use]
    pub fn epochs_csv(&self) -> String {
        let heading = [
            "epoch",
            "images",
            "seconds",
            "train_loss",
            "train_accuracy",
            "test_loss",
            "test_accuracy",
            "validation_loss",
            "validation_accuracy",
        ];
        let measured =
            |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let lines = self.summary.epochs.iter().map(|epoch: &EpochMetrics| {
            [
                epoch.epoch.to_string(),
                epoch.images.to_string(),
                epoch.seconds.to_string(),
                epoch.train_loss.to_string(),
                epoch.train_accuracy.to_string(),
                measured(epoch.test_loss),
                measured(epoch.test_accuracy),
                measured(epoch.validation_loss),
                measured(epoch.validation_accuracy),
            ]
        });
        csv(std::iter::once(heading.map(str::to_owned)).chain(lines))
    }
}
