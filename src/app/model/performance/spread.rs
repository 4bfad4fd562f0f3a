//! How a figure is spread.

use serde::Serialize;

/// The middle, the upper end and the worst of some figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the figures are no larger.
    pub p50: f64,
    /// Ninety-nine of a hundred are no larger.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// `None` of no figures.
    pub fn of(figures: impl Iterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.collect();
        sorted.sort_by(f64::total_cmp);
        // The nearest rank: the smallest figure that at least this share does not exceed.
        let at = |share: f64| {
            let rank = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(rank.saturating_sub(1)).copied()
        };
        Some(Self {
            p50: at(0.5)?,
            p99: at(0.99)?,
            max: *sorted.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_sorted_figures() {
        let spread = Spread::of((1..=200).rev().map(f64::from)).unwrap();
        assert_eq!((spread.p50, spread.p99, spread.max), (100.0, 198.0, 200.0));
        let one = Spread::of(std::iter::once(3.0)).unwrap();
        assert_eq!((one.p50, one.p99), (3.0, 3.0));
        assert!(Spread::of(std::iter::empty()).is_none());
    }
}
