//! Settings that are changed while a run trains. They are part of its configuration, so that it stays reproducible: a run that is
//! started with them comes to the same weights, bit for bit.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::optimization::Optimization;

/// What a run trains with from some batch on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// Batches trained before it holds.
    pub step: u64,
    /// See [`RunConfig::learning_rate`](super::RunConfig::learning_rate).
    pub learning_rate: f64,
    /// See [`RunConfig::optimization`](super::RunConfig::optimization). Optimizer and label smoothing are those of the whole run: its moments are of the one, its
    /// losses of the other.
    #[serde(default, skip_serializing_if = "Optimization::is_default")]
    pub optimization: Optimization,
}

/// In short, the same in every language: `1200: 0.0001, Adam`.
impl fmt::Display for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (step, rate) = (self.step, self.learning_rate);
        write!(f, "{step}: {rate}, {}", self.optimization)
    }
}
