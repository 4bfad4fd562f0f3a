//! A pool's value: which of its window won, or their mean.

use candle_core::{Result, Tensor};

use crate::explore::Region;
use crate::network::Window;

/// A window's values and which of them won.
#[derive(Clone, Debug)]
pub struct PoolChoice {
    /// The values, row by row; of the padding there are none.
    pub candidates: Vec<f32>,
    /// The cells of the input they stand in.
    pub window: Region,
    /// Index of the first of the largest, as the operator chooses.
    pub winner: usize,
    /// How many share the largest value.
    pub equals: usize,
}

/// A window's values and their mean.
#[derive(Clone, Debug)]
pub struct PoolMean {
    /// The values, row by row; of the padding there are none.
    pub values: Vec<f32>,
    /// The cells of the input they stand in.
    pub window: Region,
    /// Their sum.
    pub sum: f64,
    /// What it is divided by: as many as there are values, or as the window has places where its padding counts.
    pub count: usize,
}

/// `below (1, height, width, channels)`; `window` is cut to the map.
fn values(below: &Tensor, window: Region, channel: usize) -> Result<Vec<f32>> {
    let map = below.get(0)?;
    let cells = window.cells().map(|(row, column)| {
        let cell = map.get(row)?.get(column)?.get(channel)?;
        cell.to_scalar()
    });
    cells.collect()
}

pub(super) fn pool_choice(below: &Tensor, window: Region, channel: usize) -> Result<PoolChoice> {
    let candidates = values(below, window, channel)?;
    let winner = winner(&candidates);
    let largest = candidates.get(winner).copied().unwrap_or(f32::NAN);
    let equals = candidates.iter().filter(|&&value| value >= largest);
    Ok(PoolChoice {
        equals: equals.count().max(1),
        candidates,
        window,
        winner,
    })
}

pub(super) fn pool_mean(
    below: &Tensor,
    region: Region,
    channel: usize,
    window: &Window,
    counts_padding: bool,
) -> Result<PoolMean> {
    let values = values(below, region, channel)?;
    let places = window.size[0] * window.size[1];
    Ok(PoolMean {
        sum: values.iter().map(|value| f64::from(*value)).sum(),
        count: if counts_padding {
            places
        } else {
            values.len().max(1)
        },
        values,
        window: region,
    })
}

/// The first of the largest, as [`max_pool`](convlens_kernels::max_pool) passes its gradient; NaN wins over any number.
fn winner(candidates: &[f32]) -> usize {
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
        assert_eq!(winner(&[0.0, 0.0, 0.0, 0.0]), 0);
        assert_eq!(winner(&[-1.0, 2.0, 2.0, 1.0]), 1);
        assert_eq!(winner(&[-1.0, 2.0, f32::NAN, 9.0]), 2);
        assert_eq!(winner(&[f32::NEG_INFINITY; 4]), 0);
    }
}
