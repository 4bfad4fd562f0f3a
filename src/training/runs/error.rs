//! What can be wrong with a run on disk.

use std::io;
use std::path::{Path, PathBuf};

use super::RunId;
use crate::network::weights::WeightsError;

/// Why a run could not be read, written or changed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file or folder could not be read, written or moved.
    #[error("{}: {source}; check that the folder exists, may be written to and has room", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of a run is not what this program writes.
    #[error("{}: damaged ({reason}); delete the run, or put the file back from a copy", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file was written by a newer version of this program.
    #[error("{}: written by a newer convlens (format {format}); update convlens to open it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format's number.
        format: u32,
    },
    /// A `.convlens` file cannot be opened.
    #[error("{}: not a readable .convlens file ({reason}); save the run again where it was trained", path.display())]
    Package {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A `.convlens` file that is asked for its run and has none.
    #[error("{}: a lesson without a run; `convlens lesson open` takes it in, or open it in the window", .0.display())]
    OnlyLesson(PathBuf),
    /// No run has this number or name.
    #[error("{0}: there is no such run; `convlens runs` lists them")]
    NoSuchRun(String),
    /// Several runs have this name.
    #[error(
        "{name}: several runs are called so; choose one by its number ({})",
        numbers(runs)
    )]
    Ambiguous {
        /// The name.
        name: String,
        /// The runs.
        runs: Vec<RunId>,
    },
    /// The run is being trained, perhaps by another convlens.
    #[error("run {0} is being trained; stop it first")]
    Live(RunId),
    /// The run was trained on other pictures than those it should continue with.
    #[error(
        "run {run} was trained on other data ({trained_on}); open that data set to continue it"
    )]
    OtherData {
        /// The run.
        run: RunId,
        /// What it was trained on.
        trained_on: String,
    },
    /// The weights of a checkpoint could not be read.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl RunError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            path: path.into(),
            source,
        }
    }

    pub(super) fn package(path: &Path, reason: impl Into<String>) -> Self {
        Self::Package {
            path: path.into(),
            reason: reason.into(),
        }
    }

    pub(super) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.into(),
            reason: reason.into(),
        }
    }
}

fn numbers(runs: &[RunId]) -> String {
    let numbers: Vec<String> = runs.iter().map(ToString::to_string).collect();
    numbers.join(", ")
}
