//! What the Compare view compares, and how.

use serde::{Deserialize, Serialize};

use crate::app::state::State;
use convlens_core::dataset::Classes;
use convlens_core::explore::ImageSet;
use convlens_core::training::runs::RunId;

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

impl Other {
    /// The same, but none where it is a run that is not there, or not yet.
    pub fn if_there(self, state: &State) -> Self {
        match self {
            Self::Run(run) if state.runs.summary(run).is_none() => Self::None,
            other => other,
        }
    }
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
    }
}
