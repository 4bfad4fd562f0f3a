//! The folder of runs, for a thread that reads and writes it.

use std::path::PathBuf;
use std::sync::Arc;

use convlens_core::training::Snapshot;
use convlens_core::training::runs::{Checkpoint, CheckpointCache, RunError, RunId, Store};

/// The runs on disk. A copy may travel to any thread but the window's, where files are not read.
#[derive(Clone)]
pub struct RunsFolder {
    store: Store,
    cache: Arc<CheckpointCache>,
}

impl RunsFolder {
    /// Those of this folder, or of the usual one.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self {
            store: Store::new(folder.unwrap_or_else(Store::default_folder)),
            cache: Arc::default(),
        }
    }

    /// What can be done with them.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The newest weights of a run.
    ///
    /// # Errors
    /// There is no such run, it has no weights yet, or they cannot be read.
    pub fn newest(&self, run: RunId) -> Result<Arc<Snapshot>, RunError> {
        let newest = self.store.read(run)?.checkpoints.last().copied();
        let newest = newest.ok_or(RunError::NoWeights(run))?;
        self.at(run, newest)
    }

    /// The weights of a run at one moment.
    ///
    /// # Errors
    /// They are not there, or cannot be read.
    pub fn at(&self, run: RunId, checkpoint: Checkpoint) -> Result<Arc<Snapshot>, RunError> {
        self.store.checkpoint(run, checkpoint, &self.cache)
    }
}

/// Kinds of job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DiskJob {
    List,
    Read(RunId),
    Weights,
    /// Weights that may be asked for soon.
    Prefetch,
    /// A duty: what the window says of a run is true once it is closed.
    Change,
}
