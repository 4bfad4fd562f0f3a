//! What questions about the whole test set have in common: progress, a way out, errors.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use candle_core::Tensor;
use rayon::ThreadPool;

use crate::dataset::Pictures;
use crate::network::{Layer, Model, over_pictures};

/// How far a computation is, for whoever waits for it, and their wish to end it early.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
}

impl Progress {
    /// Share done, 0 to 1; 0 before the start.
    #[must_use]
    pub fn share(&self) -> f32 {
        let total = self.total.load(Ordering::Relaxed).max(1);
        self.done.load(Ordering::Relaxed) as f32 / total as f32
    }

    /// Ends the computation within a few pictures; it then answers [`TestSetError::Cancelled`].
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Begins anew, with so many steps before it.
    pub(super) fn start(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Counts steps that are done.
    pub(super) fn advance(&self, steps: usize) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }

    /// Counts all steps as done, also those that turned out not to be needed.
    pub(super) fn finish(&self) {
        let total = self.total.load(Ordering::Relaxed);
        self.done.store(total, Ordering::Relaxed);
    }

    /// Whether [`cancel`](Self::cancel) was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Why a question about the test set has no answer.
#[derive(Debug, thiserror::Error)]
pub enum TestSetError {
    /// It was told to end.
    #[error("cancelled")]
    Cancelled,
    /// No convolution of the network has this name.
    #[error("{layer}: no convolution of this network; {}", remedy(convolutions))]
    NotAConvolution {
        /// What was asked for.
        layer: String,
        /// The names that would do.
        convolutions: Vec<String>,
    },
    /// The layer has fewer filters.
    #[error("filter {filter}: {layer} has {filters}; choose 0 to {}", filters.saturating_sub(1))]
    NoSuchFilter {
        /// The layer's name.
        layer: String,
        /// What was asked for.
        filter: usize,
        /// How many filters the layer has.
        filters: usize,
    },
    /// The layer sums up nothing that could be raised.
    #[error("{layer}: no layer with filters or units; choose one of {}", layers.join(", "))]
    NothingToRaise {
        /// What was asked for.
        layer: String,
        /// The names that would do.
        layers: Vec<String>,
    },
    /// The operators refuse.
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}

fn remedy(convolutions: &[String]) -> String {
    if convolutions.is_empty() {
        "it has none".to_owned()
    } else {
        format!("choose one of {}", convolutions.join(", "))
    }
}

/// Index, in [`Model::layers`], of the convolution of this name.
///
/// # Errors
/// [`TestSetError::NotAConvolution`], with the names that would do.
pub fn conv_layer(model: &Model, name: &str) -> Result<usize, TestSetError> {
    let layers = model.layers();
    let found = layers.iter().position(|l| is_conv(l) && l.name == name);
    found.ok_or_else(|| not_a_convolution(model, name))
}

/// Whether the layer is a convolution.
pub(super) fn is_conv(layer: &Layer) -> bool {
    layer.kind.is_conv()
}

pub(super) fn not_a_convolution(model: &Model, layer: &str) -> TestSetError {
    let convolutions = model.layers().iter().filter(|l| is_conv(l));
    TestSetError::NotAConvolution {
        layer: layer.to_owned(),
        convolutions: convolutions.map(|l| l.name.clone()).collect(),
    }
}

/// [`over_pictures`] with progress and a way out.
pub(super) fn over_test_set<T: Send>(
    model: &Model,
    pictures: &Pictures,
    chunk: usize,
    pool: &ThreadPool,
    progress: &Progress,
    f: impl Fn(Tensor, &[u8]) -> Result<T, TestSetError> + Sync,
) -> Result<Vec<T>, TestSetError> {
    progress.start(pictures.len());
    over_pictures(model, pictures, chunk, pool, |x, labels| {
        if progress.is_cancelled() {
            return Err(TestSetError::Cancelled);
        }
        let result = f(x, labels);
        progress.advance(labels.len());
        result
    })
}
