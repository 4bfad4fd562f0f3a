//! Why pictures are no points.

use super::neighbours::MAX_POINTS;

/// Why pictures could not be laid out or measured.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingError {
    /// It was told to end.
    #[error("cancelled")]
    Cancelled,
    /// Fewer than three, or so many that comparing each with each would take minutes.
    #[error("{0} pictures: choose 3 to {MAX_POINTS}")]
    Pictures(usize),
    /// Some of a layer's outputs are not numbers.
    #[error(
        "{0}: puts out values that are not finite numbers; use weights from before the training diverged, or train again with a smaller learning rate"
    )]
    NotFinite(String),
    /// A layer puts out the same for every picture.
    #[error(
        "{0}: the same for every picture, so that all points would be one; choose another layer or other weights"
    )]
    NoVariance(String),
    /// A perplexity that so many pictures do not have.
    #[error(
        "perplexity {perplexity}: choose 1 to {}, a third of the other pictures, or more pictures",
        most_perplexity(*images)
    )]
    Perplexity {
        /// What was asked for.
        perplexity: f64,
        /// How many pictures there are.
        images: usize,
    },
    /// Axes of another layer.
    #[error(
        "{layer}: {found} numbers a picture, and the axes are for {expected}; use the layer they were made from"
    )]
    OtherWidth {
        /// What was to be projected.
        layer: String,
        /// Numbers it has for a picture.
        found: usize,
        /// Numbers of an axis.
        expected: usize,
    },
    /// The system gave no thread.
    #[error("no thread to work on: {0}; close other programs")]
    Thread(#[from] rayon::ThreadPoolBuildError),
    /// The operators refuse.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}

/// The largest perplexity for so many pictures: three times as many neighbours are looked at (van der Maaten 2014, section 4.1).
pub(super) fn most_perplexity(images: usize) -> usize {
    images.saturating_sub(1) / 3
}
