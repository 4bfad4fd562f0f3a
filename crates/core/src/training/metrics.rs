//! What a run reports about itself.

use serde::{Deserialize, Serialize};

/// One batch, measured with the weights before its update.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchPoint {
    /// Batches trained in this run, this one included: 1 for the first.
    pub step: u64,
    /// Mean cross-entropy, in nats.
    pub loss: f32,
    /// Share of the batch classified correctly, 0 to 1.
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
    /// Share classified correctly over the epoch, 0 to 1.
    pub train_accuracy: f64,
    /// Mean cross-entropy on the test set, in nats; `None` where another program trained and measured none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_loss: Option<f64>,
    /// Share of the test set classified correctly, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_accuracy: Option<f64>,
    /// Mean cross-entropy on the pictures held out of the training set, in nats; `None` for a run
    /// that holds none out. The test set is never called validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_loss: Option<f64>,
    /// Share of those classified correctly, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_accuracy: Option<f64>,
    /// Time the test set, and the held-out pictures if any, took.
    pub seconds_evaluate: f64,
}

/// Values on each side that an average takes in: a fiftieth of the run, so that the line of a short run is no flatter
/// than the run itself, and no more than tells training's noise from its course.
fn reach(count: usize) -> usize {
    (count / 50).clamp(2, 100)
}

/// The smoothed loss at one batch of a curve of `[step, loss]`: the mean of the values around it. Towards the ends, where one side
/// has fewer, the straight line through them, as their mean would lag behind a loss that falls.
///
/// ```
/// use convlens_core::training::smoothed_at;
///
/// let falls: Vec<[f64; 2]> = (1..=63).map(|step| [f64::from(step), 3.0 - 0.03 * f64::from(step)]).collect();
/// for (index, [_, loss]) in falls.iter().enumerate() {
///     assert!((smoothed_at(&falls, index) - loss).abs() < 1e-9);
/// }
/// ```
///
/// # Panics
/// There is no such index.
#[must_use]
pub fn smoothed_at(curve: &[[f64; 2]], index: usize) -> f64 {
    let reach = reach(curve.len());
    let first = index.saturating_sub(reach);
    let around = &curve[first..curve.len().min(index + reach + 1)];
    let count = around.len() as f64;
    let mean = around.iter().map(|point| point[1]).sum::<f64>() / count;
    if around.len() == 2 * reach + 1 {
        return mean;
    }
    let middle = around.iter().map(|point| point[0]).sum::<f64>() / count;
    let (mut rise, mut run) = (0.0, 0.0);
    for [step, loss] in around {
        rise += (step - middle) * (loss - mean);
        run += (step - middle) * (step - middle);
    }
    let slope = if run > 0.0 { rise / run } else { 0.0 };
    // A line through a leap would go on below the leap, and below nothing.
    let losses = around.iter().map(|point| point[1]);
    let lowest = losses.clone().fold(f64::INFINITY, f64::min);
    let highest = losses.fold(f64::NEG_INFINITY, f64::max);
    (mean + slope * (curve[index][0] - middle)).clamp(lowest, highest)
}

/// The smoothed loss at every batch of a curve of `[step, loss]`: see [`smoothed_at`].
#[must_use]
pub fn smoothed(curve: &[[f64; 2]]) -> Vec<f64> {
    let places = 0..curve.len();
    places.map(|index| smoothed_at(curve, index)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loss that falls from 2.3 as at the start of a run, with some noise.
    fn run(batches: usize) -> Vec<[f64; 2]> {
        (0..batches)
            .map(|batch| {
                let noise = ((batch * 7919) % 101) as f64 / 101.0 - 0.5;
                let loss = 0.45 + 1.85 * (-(batch as f64) / 12.0).exp();
                [batch as f64 + 1.0, loss + 0.1 * noise]
            })
            .collect()
    }

    /// Mean of the losses from `from` to `to`, both included.
    fn plain_mean(curve: &[[f64; 2]], from: usize, to: usize) -> f64 {
        let mut sum = 0.0;
        for point in &curve[from..=to] {
            sum += point[1];
        }
        sum / (to - from + 1) as f64
    }

    /// The line `a + b·step` through points, by Cramer's rule, at `step`.
    fn plain_line(points: &[[f64; 2]], step: f64) -> f64 {
        let n = points.len() as f64;
        let (mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0);
        for [step, loss] in points {
            x += step;
            y += loss;
            xx += step * step;
            xy += step * loss;
        }
        let determinant = n * xx - x * x;
        let a = (y * xx - x * xy) / determinant;
        let b = (n * xy - x * y) / determinant;
        a + b * step
    }

    #[test]
    fn the_line_of_a_short_run_goes_through_its_points() {
        let curve = run(63);
        let line = smoothed(&curve);
        for (batch, smooth) in line.iter().enumerate() {
            let (from, to) = (batch.saturating_sub(3), (batch + 3).min(62));
            let around = plain_mean(&curve, from, to);
            let off = (smooth / around - 1.0).abs();
            // In the first batches the mean around them is itself off, in the last the line is of a few.
            let allowed = match (from, to) {
                (0, _) => 0.2,
                (_, 62) => 0.1,
                _ => 0.05,
            };
            assert!(off < allowed, "batch {batch}: {smooth} among {around}");
        }
    }

    #[test]
    fn the_line_is_what_a_plain_computation_gives() {
        for (batches, reach) in [(63, 2), (1000, 20), (20_000, 100)] {
            let curve = run(batches);
            let line = smoothed(&curve);
            for batch in [0, 1, 5, 60, batches / 2, batches - 2, batches - 1] {
                let Some(smooth) = line.get(batch) else {
                    continue;
                };
                let (from, to) = (
                    batch.saturating_sub(reach),
                    (batch + reach).min(batches - 1),
                );
                let whole = batch >= reach && batch + reach < batches;
                let expected = if whole {
                    plain_mean(&curve, from, to)
                } else {
                    plain_line(&curve[from..=to], curve[batch][0])
                };
                assert!(
                    (smooth - expected).abs() < 1e-6,
                    "batch {batch} of {batches}: {smooth} and not {expected}"
                );
            }
        }
    }

    #[test]
    fn a_leap_is_never_smoothed_below_zero() {
        let mut curve = run(63);
        curve[61][1] = 6e7;
        curve[1][1] = 6e7;
        assert!(smoothed(&curve).iter().all(|loss| *loss > 0.0));
        assert_eq!(smoothed(&[]), [0.0; 0]);
        assert_eq!(smoothed(&[[1.0, 2.5]]), [2.5]);
    }
}
