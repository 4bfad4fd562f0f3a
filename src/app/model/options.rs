//! What the command line may ask of the window.

use super::data::DataSource;
use crate::text::Language;

/// What the command line may ask of the window.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The data set to open instead of the remembered one.
    pub data: Option<DataSource>,
    /// The language to speak instead of the remembered one.
    pub language: Option<Language>,
    /// Train on the first so many pictures only.
    pub images: Option<usize>,
    /// Epochs of the next run.
    pub epochs: Option<usize>,
    /// Greet whoever opens the window for the first time.
    pub welcome: bool,
    /// Measure what the window costs.
    pub measure: bool,
    /// A file to open: a model, a run, a picture, a folder of data.
    pub open: Option<std::path::PathBuf>,
    /// The folder of runs instead of the usual one.
    pub runs: Option<std::path::PathBuf>,
}
