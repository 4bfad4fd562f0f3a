//! What the curves are drawn over, and on which scale.

use serde::{Deserialize, Serialize};

/// What the curves are drawn over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurveAxis {
    /// Batches trained: as many updates of the weights.
    Batch,
    /// Passes over the training pictures.
    #[default]
    Epoch,
    /// Time in the training loop.
    Second,
}

/// How the axis of the loss goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossScale {
    /// From 0 on.
    #[default]
    Linear,
    /// By powers of ten.
    Log,
}
