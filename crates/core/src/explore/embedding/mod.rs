//! Pictures as points, by what a layer makes of them: where in the network do the classes part?
//!
//! All numbers that a layer puts out for a picture, after its activation, are one point in a space of as many dimensions. [`pca()`] turns
//! the axes so that the first ones have most of the variance and keeps [`COMPONENTS`] of them; [`tsne()`] lays the points out in a plane
//! so that neighbours stay neighbours; [`separation()`] measures how well the classes part. What [`pca()`] holds does not grow with
//! the layer times the number of pictures, and no result depends on the number of threads.

mod eigen;
mod error;
mod lanczos;
mod neighbours;
mod pca;
#[cfg(test)]
mod tests;
mod tsne;
mod values;

use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::dataset::Pictures;
use crate::network::{Input, Layer, LayerKind, Model};

pub use error::EmbeddingError;
pub use neighbours::{NEIGHBOURS, Points, Separation, separation};
pub use pca::{COMPONENTS, Pca, pca};
pub use tsne::{ITERATIONS, Tsne, TsneSettings, tsne};

/// What becomes points.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The network.
    pub model: &'a Model,
    /// Whose numbers: a layer's output after its activation, which for the output layer are the logits, or the pixels as the network
    /// gets them.
    pub source: Input,
    /// A set of pictures of the size that the network takes.
    pub pictures: &'a Pictures,
    /// Which of them: indices into the set, each a point.
    pub images: &'a [usize],
}

impl Subject<'_> {
    /// How many numbers a picture becomes.
    ///
    /// # Panics
    /// The network has no such layer.
    #[must_use]
    pub fn width(&self) -> usize {
        match self.source {
            Input::Pictures => self.model.spec().input.len(),
            Input::Layer(index) => self.model.layers()[index].output.len(),
        }
    }

    fn name(&self) -> &str {
        match self.source {
            Input::Pictures => "the pictures",
            Input::Layer(index) => &self.model.layers()[index].name,
        }
    }
}

/// So many indices below `total`, drawn at random by the seed and in ascending order; all of them if there are no more.
#[must_use]
pub fn drawn(total: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = sample(&mut rng, total, count.min(total)).into_vec();
    drawn.sort_unstable();
    drawn
}

/// Whether the layer makes anything new of what it reads when it is not trained.
#[must_use]
pub fn computes(layer: &Layer) -> bool {
    match layer.kind {
        LayerKind::Conv { .. }
        | LayerKind::Pool { .. }
        | LayerKind::GlobalPool { .. }
        | LayerKind::BatchNorm { .. }
        | LayerKind::Activation(_)
        | LayerKind::Dense { .. }
        | LayerKind::Output
        | LayerKind::Join(_) => true,
        LayerKind::Dropout { .. } | LayerKind::Branch => false,
    }
}
