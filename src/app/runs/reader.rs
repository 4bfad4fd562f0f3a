//! Weights of runs on disk for another thread, which reads them itself.

use std::sync::Arc;

use super::Runs;
use convlens_core::training::Snapshot;
use convlens_core::training::runs::{Checkpoint, CheckpointCache, RunError, RunId, Store};

/// Reads weights; it may travel to any thread but the window's, where files are not read.
pub struct RunReader {
    store: Store,
    cache: Arc<CheckpointCache>,
}

impl RunReader {
    /// The newest weights of a run.
    ///
    /// # Errors
    /// There is no such run, it has no weights yet, or they cannot be read.
    pub fn newest(&self, run: RunId) -> Result<Arc<Snapshot>, RunError> {
        let newest = self.store.read(run)?.checkpoints.last().copied();
        let newest = newest.ok_or_else(|| RunError::NoSuchRun(run.to_string()))?;
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

impl Runs {
    /// A reader of these runs.
    pub fn reader(&self) -> RunReader {
        RunReader {
            store: self.store.clone(),
            cache: self.cache.clone(),
        }
    }
}
