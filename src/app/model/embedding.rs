//! What the view of pictures as points asks, and what came of it.

use crate::app::model::whose::Judged;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::DatasetId;
use convlens_core::explore::embedding::{Pca, Separation};
use std::sync::Arc;

/// How points are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    #[default]
    Pca,
    Tsne,
}

/// Whose numbers become points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PointsOf {
    /// The pixels, as the network gets them.
    Pixels,
    /// A layer by name; the one before the classes where there is none of this name.
    #[default]
    BeforeClasses,
    Layer(String),
}

/// Numbers of pictures to choose from.
pub const COUNTS: [usize; 4] = [300, 1000, 2000, 5000];

/// What is shown.
#[derive(Clone)]
pub struct EmbeddingSettings {
    pub of: PointsOf,
    pub layout: Layout,
    pub count: usize,
    /// The axes of another answer, kept to see what moves.
    pub axes: Option<Axes>,
    /// Whether it is measured for every layer how well the classes part.
    pub measures_all: bool,
}

impl Default for EmbeddingSettings {
    fn default() -> Self {
        Self {
            of: PointsOf::default(),
            layout: Layout::default(),
            count: 1000,
            axes: None,
            measures_all: false,
        }
    }
}

/// The axes of an answer.
#[derive(Clone)]
pub struct Axes {
    pub pca: Arc<Pca>,
    /// The layer that they are of.
    pub layer: String,
    /// Tells them from others.
    pub version: u64,
}

/// Everything that the points depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingAsked {
    pub judged: Judged,
    pub of: PointsOf,
    pub layout: Layout,
    pub count: usize,
    /// Whose axes.
    pub axes: Option<u64>,
}

impl Asked for EmbeddingAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        self.judged.about()
    }
}

/// Test images as points.
pub struct Points {
    /// The layer's name; empty for the pixels.
    pub layer: String,
    /// Numbers of a picture there.
    pub width: usize,
    /// Indices into the test set.
    pub images: Vec<usize>,
    /// Of each.
    pub labels: Vec<u8>,
    pub plane: Vec<[f32; 2]>,
    pub layout: Layout,
    /// Shares of the variance along the two axes, 0 to 1, where these are its own.
    pub shares: Option<[f64; 2]>,
    pub separation: Separation,
    pub pca: Arc<Pca>,
}

/// How well the classes part, layer by layer; the pixels have an empty name.
pub type LayersApart = Vec<(String, Separation)>;

/// Everything that those depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayersAsked {
    pub judged: Judged,
    pub count: usize,
}

impl Asked for LayersAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        self.judged.about()
    }
}
