//! Whose weights every view looks at: the run under way as it learns, or a kept run at one moment.

use convlens_core::training::runs::RunId;

/// Whose weights are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightsOf {
    /// The newest of the run under way; before the first one, the built-in network.
    Live,
    /// The network that the program brings along.
    BuiltIn,
    /// A run on disk, after so many batches; `None` for its newest moment.
    Kept { run: RunId, step: Option<u64> },
    /// A model from a file, [`State::opened`].
    File,
}
