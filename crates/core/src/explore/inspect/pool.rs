//! A pool's value: which of its window won.

use candle_core::{Result, Tensor};

use crate::explore::Region;

/// A 2×2 pool's window and which of it won.
#[derive(Clone, Debug)]
pub struct PoolChoice {
    /// The window's values, row by row.
    pub candidates: [f32; 4],
    /// The cells of the input they stand in.
    pub window: Region,
    /// Index of the first of the largest, as the operator chooses.
    pub winner: usize,
    /// How many share the largest value.
    pub equals: usize,
}

/// `below (1, height, width, channels)`.
pub(super) fn pool_choice(below: &Tensor, window: Region, channel: usize) -> Result<PoolChoice> {
    let map = below.get(0)?;
    let mut candidates = [0.0; 4];
    for (candidate, (row, column)) in candidates.iter_mut().zip(window.cells()) {
        *candidate = map.get(row)?.get(column)?.get(channel)?.to_scalar()?;
    }
    let winner = winner(candidates);
    let largest = candidates[winner];
    Ok(PoolChoice {
        candidates,
        window,
        winner,
        equals: candidates
            .iter()
            .filter(|&&value| value >= largest)
            .count()
            .max(1),
    })
}

/// The first of the largest, as [`max_pool`](convlens_kernels::max_pool) passes its gradient; NaN wins over any number.
fn winner(candidates: [f32; 4]) -> usize {
    let mut best = 0;
    for (position, &value) in candidates.iter().enumerate() {
        if value > candidates[best] || (value.is_nan() && !candidates[best].is_nan()) {
            best = position;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equals_wins_and_nan_over_any_number() {
        assert_eq!(winner([0.0, 0.0, 0.0, 0.0]), 0);
        assert_eq!(winner([-1.0, 2.0, 2.0, 1.0]), 1);
        assert_eq!(winner([-1.0, 2.0, f32::NAN, 9.0]), 2);
        assert_eq!(winner([f32::NEG_INFINITY; 4]), 0);
    }
}
