//! Which view is in the middle.

use serde::{Deserialize, Serialize};

/// A view of the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The notebook's figure.
    #[default]
    Maps,
    /// All channels of a layer.
    Channels,
    /// The kernels, and what each filter does over the test set.
    Filters,
    /// How alike maps are.
    Compare,
    /// The confusion matrix.
    Errors,
    /// A picture of one's own.
    Draw,
    /// What speaks for a class.
    Explain,
    /// Runs side by side.
    Runs,
    /// Convolution step by step.
    ByHand,
}
