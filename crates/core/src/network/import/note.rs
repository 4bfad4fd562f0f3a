//! What a person should know about a model that was opened.

use crate::network::NetworkSpec;

/// Something that the file does not say, or that has no place here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// The network was inferred from the shapes of the weights.
    #[error(
        "the file holds weights only; the one network that their shapes fit is {}, with ReLU after every layer but the last", .0.label()
    )]
    Inferred(NetworkSpec),
    /// Dropout does nothing when a network is used.
    #[error("Dropout is left out: it acts in training only")]
    Dropout,
    /// A layer without bias has one of zeros here.
    #[error("`{0}` has no bias: zeros take its place, and are counted as parameters")]
    NoBias(String),
    /// A rescaling whose factor the file does not hold.
    #[error("the file holds a Rescaling without its factor; it is taken to be 1/255")]
    Rescaling,
}
