//! What can end training before its end.

use super::config::ConfigError;
use crate::dataset::PictureSize;

/// Why training stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// The settings make no run.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is nothing to train on.
    #[error("the data set holds no training pictures; choose another")]
    NoPictures,
    /// The network takes pictures of another size.
    #[error(
        "the network takes pictures of {network}, those of the data set are {data}; give the network this input, or the pictures that size"
    )]
    Pictures {
        /// What it takes.
        network: PictureSize,
        /// What there is.
        data: PictureSize,
    },
    /// The loss is no longer a number.
    #[error(
        "the loss became {loss} in epoch {epoch}, batch {batch}: training diverged; lower the learning rate ({learning_rate}) and train again"
    )]
    Diverged {
        /// Epoch, from 1.
        epoch: usize,
        /// Batch within the epoch, from 1.
        batch: usize,
        /// The loss.
        loss: f32,
        /// The learning rate in use.
        learning_rate: f64,
    },
    /// A saved state that does not belong to the settings or the data set it should continue with.
    #[error(
        "the run cannot be continued: its saved state {0}; continue it with the settings and data set it was trained with"
    )]
    State(&'static str),
    /// The weights to begin with are not those of the settings' network.
    #[error(
        "the weights to begin with are of another network than the settings; train with the network that they are of"
    )]
    Weights,
    /// The weights to begin with tell another number of classes apart than the data set has.
    #[error(
        "the weights to begin with put out {network} classes, the data set has {data}; name data of as many classes"
    )]
    Classes {
        /// How many the network puts out.
        network: usize,
        /// How many there are.
        data: usize,
    },
    /// Threads could not be started.
    #[error("the training threads could not be started: {0}")]
    Threads(#[from] std::io::Error),
    /// The tensor library refused.
    #[error("the network could not be computed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// The training thread panicked: a fault of this program.
    #[error("the training thread failed: {0}; this is a fault in convlens, please report it")]
    Panicked(String),
}
