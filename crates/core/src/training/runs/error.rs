//! What can be wrong with a run on disk.

use std::io;
use std::path::{Path, PathBuf};

use super::{DataIdentity, RunId};
use crate::archive::ArchiveFault;
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
    #[error("{}: not a readable .convlens file ({fault}); save the run again where it was trained", path.display())]
    Package {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: PackageFault,
    },
    /// A `.convlens` file that is asked for its run and has none.
    #[error("{}: a lesson without a run; `convlens lesson open` takes it in, or open it in the window", .0.display())]
    OnlyLesson(PathBuf),
    /// No run has this number or name.
    #[error("{0}: there is no such run; `convlens runs` lists them")]
    NoSuchRun(String),
    /// A run that has just begun, or whose `checkpoints` somebody took away.
    #[error("run {0} has no weights kept yet; wait for its first ones, or choose another run")]
    NoWeights(RunId),
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
    /// The run was trained by another program, which alone can go on with it.
    #[error(
        "run {run} was trained by {program}; go on there, or begin a new run with its weights (train --from)"
    )]
    ByOthers {
        /// The run.
        run: RunId,
        /// The program.
        program: String,
    },
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

/// What is wrong with a `.convlens` file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageFault {
    /// Neither of a run nor of a lesson.
    #[error("`{0}` is no part of a run or of a lesson")]
    Foreign(String),
    /// An entry that every such file has is not there.
    #[error("`{0}` is missing")]
    Missing(String),
    /// An entry is larger than it may be.
    #[error("`{entry}` is longer than {most} bytes")]
    TooLong {
        /// The entry.
        entry: String,
        /// Most bytes it may have.
        most: u64,
    },
    /// More entries than a run and a lesson have.
    #[error("{0} entries")]
    Entries(usize),
    /// More checkpoints than are kept of such a run.
    #[error("{found} checkpoints, of at most {most}")]
    Checkpoints {
        /// In the file.
        found: usize,
        /// Most that are kept.
        most: usize,
    },
    /// Weights of a network that the run does not train.
    #[error("`{0}` is of another network")]
    OtherNetwork(String),
    /// There is no checkpoint.
    #[error("it holds no weights")]
    NoWeights,
    /// A lesson's files without its name.
    #[error("the lesson has no name")]
    NoName,
    /// A lesson's name that would lead elsewhere.
    #[error("the name of the lesson is none for a folder")]
    Name,
    /// Steps that would replace one another.
    #[error("two steps of the lesson have the same name")]
    SameNames,
    /// The archive or an entry is damaged; what its reader said.
    #[error("{0}")]
    Damaged(String),
}

impl From<ArchiveFault> for PackageFault {
    fn from(fault: ArchiveFault) -> Self {
        match fault {
            ArchiveFault::Damaged(reason) => Self::Damaged(reason),
            ArchiveFault::TooManyEntries(count) => Self::Entries(count),
            ArchiveFault::Missing(entry) => Self::Missing(entry),
            ArchiveFault::TooLong { entry, most } => Self::TooLong { entry, most },
        }
    }
}

impl RunError {
    /// Why a run that was trained on some pictures does not go on with others, if they are others.
    #[must_use]
    pub fn of_other_data(
        run: RunId,
        trained_on: &DataIdentity,
        data: &DataIdentity,
    ) -> Option<Self> {
        (!trained_on.is_same(data)).then(|| Self::OtherData {
            run,
            trained_on: format!(
                "{}, {} training pictures",
                trained_on.source, trained_on.train
            ),
        })
    }

    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            path: path.into(),
            source,
        }
    }

    pub(super) fn package(path: &Path, fault: impl Into<PackageFault>) -> Self {
        Self::Package {
            path: path.into(),
            fault: fault.into(),
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
