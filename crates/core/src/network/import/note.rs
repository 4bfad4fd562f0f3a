//! What a person should know about a model that was opened.

use super::Scaled;
use crate::network::NetworkSpec;

/// Something that the file does not say, or that has no place here.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Note {
    /// The network was inferred from the shapes of the weights.
    #[error(
        "the file holds weights only; {} is the usual network that their shapes fit. No shape tells an activation (ReLU is taken), whether it is before a batch normalization or behind it, or a pool of largest values from one of means{}", network.label_and_input(), also(others)
    )]
    Inferred {
        /// The one it was opened as.
        network: NetworkSpec,
        /// Others that fit as well, some of them.
        others: Vec<NetworkSpec>,
    },
    /// Dropout, noise and augmentation do nothing when a network is used.
    #[error("layers that act in training only (dropout, noise, augmentation) are left out")]
    TrainingOnly,
    /// A layer without bias has one of zeros here.
    #[error("`{0}` has no bias: zeros take its place, and are counted as parameters")]
    NoBias(String),
    /// Pixels are scaled otherwise than usual.
    #[error(
        "its pixels are taken as {}: {:.1} % of the test pictures right, and only {:.1} % with {}", best.scaling.name(), 100.0 * best.accuracy, 100.0 * tried[0].accuracy, tried[0].scaling.name()
    )]
    Scaling {
        /// The one it was opened with.
        best: Scaled,
        /// All that were tried, the usual one first.
        tried: Vec<Scaled>,
    },
    /// A rescaling whose factor the file does not hold.
    #[error("the file holds a Rescaling without its factor; it is taken to be 1/255")]
    Rescaling,
}

/// The other networks that fit, if there are any.
fn also(others: &[NetworkSpec]) -> String {
    if others.is_empty() {
        return String::new();
    }
    let labels: Vec<String> = others.iter().map(NetworkSpec::label_and_input).collect();
    format!("; these fit too: {}", labels.join(", "))
}
