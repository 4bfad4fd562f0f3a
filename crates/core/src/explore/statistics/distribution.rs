//! How many numbers are spread: quantiles and a histogram.

use serde::Serialize;

/// Shares of the numbers that lie below the quantiles of a [`Distribution`]: the least, the largest, and the middle among them.
pub const QUANTILES: [f64; 9] = [0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0];

/// Bins of a [`Histogram`].
pub const BINS: usize = 40;

/// How some numbers are spread.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distribution {
    /// How many there are.
    pub count: usize,
    /// How many of them are infinite or not a number; all else is about the others.
    pub not_finite: usize,
    /// How many are exactly 0.
    pub zeros: usize,
    /// At the shares of [`QUANTILES`], between two numbers on the line from one to the other; `None` where none is finite.
    pub quantiles: Option<[f64; QUANTILES.len()]>,
    /// Root mean square; `None` likewise.
    pub rms: Option<f64>,
    /// Of those that are not 0.
    pub histogram: Histogram,
}

/// How many numbers lie in each of [`BINS`] bins of the same width.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Histogram {
    /// Where the first bin begins.
    pub low: f64,
    /// Where the last one ends; it belongs to that.
    pub high: f64,
    /// Of each bin; none where there is no number.
    pub counts: Vec<usize>,
}

impl Distribution {
    /// Of these numbers.
    #[must_use]
    pub fn of(mut values: Vec<f32>) -> Self {
        let count = values.len();
        values.retain(|value| value.is_finite());
        values.sort_unstable_by(f32::total_cmp);
        let squares: f64 = values.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        let zeros = values.iter().filter(|value| **value == 0.0).count();
        let last = values.len().checked_sub(1);
        Self {
            count,
            not_finite: count - values.len(),
            zeros,
            quantiles: last.map(|last| QUANTILES.map(|share| at(&values, share * last as f64))),
            rms: last.map(|last| (squares / (last + 1) as f64).sqrt()),
            histogram: Histogram::of(&values),
        }
    }

    /// Half of the numbers are no larger.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        Some(self.quantiles?[QUANTILES.len() / 2])
    }
}

/// The number at a place of sorted ones, on the line between two.
fn at(sorted: &[f32], place: f64) -> f64 {
    let below = place.floor();
    let next = (below as usize + 1).min(sorted.len() - 1);
    let (low, high) = (f64::from(sorted[below as usize]), f64::from(sorted[next]));
    low + (place - below) * (high - low)
}

impl Histogram {
    /// Of sorted, finite numbers, those that are 0 left out.
    fn of(sorted: &[f32]) -> Self {
        let mut others = sorted.iter().filter(|value| **value != 0.0);
        let (Some(&low), Some(&high)) = (others.clone().next(), others.next_back()) else {
            return Self::default();
        };
        let (mut low, mut high) = (f64::from(low), f64::from(high));
        if high <= low {
            // All are one number: it stands in the middle.
            let around = low.abs() / 2.0;
            (low, high) = (low - around, high + around);
        }
        let mut counts = vec![0; BINS];
        for &value in sorted.iter().filter(|value| **value != 0.0) {
            let share = (f64::from(value) - low) / (high - low);
            counts[((share * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        Self { low, high, counts }
    }

    /// Where a bin begins and ends.
    #[must_use]
    pub fn bin(&self, index: usize) -> [f64; 2] {
        let width = (self.high - self.low) / BINS as f64;
        [index, index + 1].map(|edge| self.low + width * edge as f64)
    }
}
