//! Which data set is opened, and how far that is.

use convlens_core::dataset::download::{Fetched, Progress};
use convlens_core::dataset::{DatasetId, PictureSize};
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
    /// CIFAR-10, where a download puts it.
    Cifar10,
    /// One of the others, with pictures of this size.
    Sized(Box<DataSource>, PictureSize),
}

impl DataSource {
    /// The same with pictures of this size; `None` for the size that they have.
    #[must_use]
    pub fn sized(self, size: Option<PictureSize>) -> Self {
        let (source, _) = self.parts();
        match size {
            Some(size) => Self::Sized(Box::new(source), size),
            None => source,
        }
    }

    /// Where from, and the size that is asked for.
    #[must_use]
    pub fn parts(self) -> (Self, Option<PictureSize>) {
        match self {
            Self::Sized(source, size) => (source.parts().0, Some(size)),
            source => (source, None),
        }
    }
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
    /// Fetching a data set.
    Downloading(Fetched, Option<Progress>),
}
