//! Which view is in the middle.

use serde::{Deserialize, Serialize};

/// What one does in a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewGroup {
    /// Look at maps and filters.
    Look,
    /// Judge the network.
    Judge,
    /// Try something out.
    Try,
    /// See how it learns.
    Learning,
}

impl ViewGroup {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Look, Self::Judge, Self::Try, Self::Learning];

    /// The view of it that is shown before one has been chosen.
    pub fn first(self) -> View {
        match self {
            Self::Look => View::Maps,
            Self::Judge => View::Compare,
            Self::Try => View::Draw,
            Self::Learning => View::Runs,
        }
    }
}

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
    /// Loss and accuracy, large.
    Curves,
    /// Runs side by side.
    Runs,
    /// A picture moved, turned, covered by hand.
    Transform,
    /// The whole network at a glance.
    Overview,
    /// Test images as points.
    Embedding,
    /// Convolution step by step.
    ByHand,
    /// Weights, activations and gradients while they are learnt.
    Histograms,
}

impl View {
    /// Among which others it is chosen.
    pub fn group(self) -> ViewGroup {
        match self {
            Self::Overview | Self::Maps | Self::Channels | Self::Filters => ViewGroup::Look,
            Self::Compare | Self::Errors | Self::Embedding => ViewGroup::Judge,
            Self::Draw | Self::Explain | Self::ByHand | Self::Transform => ViewGroup::Try,
            Self::Curves | Self::Histograms | Self::Runs => ViewGroup::Learning,
        }
    }
}
