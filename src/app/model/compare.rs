//! What the Compare view compares, how, and what came of it.

use crate::app::model::data::PicturesKey;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::{Classes, DatasetId, ImageId};
use convlens_core::explore::{ImageSet, Kernels, LayerDifference, SimilarityMatrix};
use convlens_core::figures::MapSet;
use convlens_core::training::runs::{Checkpoint, RunId};
use serde::{Deserialize, Serialize};

/// Largest number that draws a random set.
pub const MOST_SEED: u64 = 9999;

/// Which images are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The rows of Maps.
    Rows,
    /// A ready-made set.
    Set(ImageSet),
}

/// A second network to compare with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    #[default]
    None,
    BuiltIn,
    Run(RunId),
}

/// By what the filters of two networks are listed, those that differ most first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiffersMost {
    /// Their weights.
    #[default]
    Weights,
    /// Their maps of an image.
    Maps,
}

/// The choices of the view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompareSettings {
    pub images: Compare,
    /// Class and number of a random set.
    pub class: u8,
    pub seed: u64,
    /// The layer by name; the first where there is none of that name.
    pub layer: Option<String>,
    /// All maps of the layer as one vector, instead of one convolution number.
    pub all_channels: bool,
    /// Pearson's r instead of the cosine.
    pub by_pearson: bool,
    /// None where that run is gone.
    pub other: Other,
    /// Batches behind the moment of the other network that is compared, if it is a run's: the last that is kept at or before it. `None` for
    /// the newest.
    pub other_step: Option<u64>,
    /// Shows the two networks weight by weight and map by map, in place of the images with each other.
    pub networks: bool,
    /// What is listed first where two networks are compared.
    pub first: DiffersMost,
    /// Row and column of the chosen cell; where there are fewer images, the last.
    pub chosen: (usize, usize),
}

impl Default for CompareSettings {
    fn default() -> Self {
        Self {
            images: Compare::Set(ImageSet::ShoesAndShirts),
            class: 9,
            seed: 1,
            layer: None,
            all_channels: false,
            by_pearson: false,
            other: Other::None,
            other_step: None,
            networks: false,
            first: DiffersMost::Weights,
            chosen: (0, 1),
        }
    }
}

impl CompareSettings {
    /// The same with an impossible number put back.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        self.seed = self.seed.min(MOST_SEED);
        self
    }

    /// The same among pictures of these classes: a set that there is not gives way to the rows.
    #[must_use]
    pub fn among(mut self, classes: &Classes) -> Self {
        if let Compare::Set(set) = self.images
            && !ImageSet::of(classes).any(|there| there == set)
        {
            self.images = Compare::Rows;
        }
        self.class = self.class.min((classes.count() - 1) as u8);
        self
    }

    /// The rows of Maps at a layer, over all its channels, as a lesson shows them.
    pub fn show_rows(&mut self, layer: Option<String>) {
        self.images = Compare::Rows;
        self.layer = layer;
        self.all_channels = true;
        self.by_pearson = false;
        self.networks = false;
    }
}

/// Everything that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareAsked {
    pub whose: Whose,
    pub pictures: PicturesKey,
    pub images: Vec<ImageId>,
    pub layer: Option<String>,
    /// `None`: all channels as one vector.
    pub channel: Option<usize>,
    pub other: Other,
    /// The moment of it that is compared; `None` for the newest.
    pub other_at: Option<u64>,
    /// How far that network is, if it is a run's: it may be the one that trains.
    pub other_step: Option<u64>,
}

impl Asked for CompareAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// The maps compared, and how alike they are.
pub struct Compared {
    pub maps: MapSet,
    /// Index into the maps' layers of the one compared.
    pub layer: usize,
    /// `None`: all channels as one vector.
    pub channel: Option<usize>,
    /// `None` where the network has no maps.
    pub matrix: Option<SimilarityMatrix>,
    /// Another network, if one was asked for.
    pub other: Option<OtherNetwork>,
}

/// A second network beside the first.
pub struct OtherNetwork {
    /// The same images in it.
    pub maps: MapSet,
    /// The moments of it that are kept, if it is a run's, and which of them this is.
    pub moments: Vec<Checkpoint>,
    pub moment: usize,
    /// How the weights of the first differ from its own, layer by layer.
    pub differences: Vec<LayerDifference>,
    /// Of the layer compared, if it is a convolution in both: the kernels of the first, and its own.
    pub kernels: Option<[Kernels; 2]>,
}

impl Compared {
    /// The channel that maps are shown of: the one compared, or the convolution number.
    pub fn shown_channel(&self, convolution: usize) -> usize {
        let layer = &self.maps.activations.layers[self.layer];
        self.channel.unwrap_or(convolution).min(layer.channels - 1)
    }
}
