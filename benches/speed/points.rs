//! One measured setting of a sweep, and the file of all of them.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::options::Axis;

/// One setting, measured.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    pub sweep: Axis,
    /// The value of what the sweep varies.
    pub x: usize,
    pub network: String,
    pub batch: usize,
    pub threads: usize,
    pub images_per_second: f64,
    /// Seconds for the images of this point; where images are not swept, for 10,000.
    pub seconds: f64,
    /// Useful arithmetic: see [`crate::network::training_flops`].
    pub gflops: f64,
    /// `gflops` as a share of the matrix product's on as many threads. May exceed 1, as arithmetic left out counts.
    pub share_of_peak: Option<f64>,
    pub torch: Option<f64>,
    pub torch_channels_last: Option<f64>,
    pub torch_bfloat16: Option<f64>,
    /// Ours against the faster of the first two of each round, the median.
    pub ratio: Option<f64>,
    /// The same against the last one, which computes less exactly.
    pub ratio_bfloat16: Option<f64>,
    /// How many times this costs what its neighbours lead to expect, where that is a cliff.
    pub cliff: Option<f64>,
}

/// Finds the cliffs among the points of one sweep with one number of threads, in the order of `x`: a cost more than
/// `factor` times what lies between the neighbours' on logarithmic scales, or than that of a larger neighbour.
pub fn find_cliffs(points: &mut [Point], factor: f64) {
    // Kinds and presets have no neighbours.
    if points
        .iter()
        .any(|point| matches!(point.sweep, Axis::Kinds | Axis::Presets))
    {
        return;
    }
    let costs: Vec<(f64, f64)> = points
        .iter()
        .map(|point| (point.x as f64, 1.0 / point.images_per_second))
        .collect();
    let grows = |axis| !matches!(axis, Axis::Batch | Axis::Images);
    for (index, point) in points.iter_mut().enumerate() {
        let (x, cost) = costs[index];
        let (before, after) = (index.checked_sub(1), costs.get(index + 1));
        let between = match (before.map(|before| costs[before]), after) {
            (Some((x0, cost0)), Some(&(x1, cost1))) if x0 < x && x < x1 => {
                let share = (x.ln() - x0.ln()) / (x1.ln() - x0.ln());
                cost / (cost0.ln() * (1.0 - share) + cost1.ln() * share).exp()
            }
            _ => 0.0,
        };
        let larger = match after {
            Some(&(_, cost1)) if grows(point.sweep) => cost / cost1,
            _ => 0.0,
        };
        let worst = between.max(larger);
        point.cliff = (worst > factor).then_some(worst);
    }
}

/// Writes one row a point.
pub fn write_csv(points: &[Point], path: &Path) -> Result<()> {
    let mut rows = csv::Writer::from_path(path)?;
    for point in points {
        rows.serialize(point)?;
    }
    Ok(rows.flush()?)
}
