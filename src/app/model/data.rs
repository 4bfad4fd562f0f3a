//! Which data set is opened, and how far that is.

use convlens_core::dataset::DatasetId;
use convlens_core::dataset::download::Progress;
use convlens_core::paths;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Which data set to open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSource {
    /// The first of the usual places that has one, else synthetic garments.
    #[default]
    Usual,
    /// This folder.
    Folder(#[serde(with = "paths")] PathBuf),
    /// Garments drawn by the program.
    Synthetic,
}

/// The data set, and the version of the drawing if that is among the pictures.
pub type PicturesKey = (Option<DatasetId>, u64);

/// What the loader is busy with.
#[derive(Clone, Debug, Default)]
pub enum Loading {
    /// Nothing.
    #[default]
    Idle,
    /// Looking for a data set, or reading one.
    Opening,
    /// Fetching Fashion-MNIST.
    Downloading(Option<Progress>),
}
