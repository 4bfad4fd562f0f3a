//! The weights of a run at the moments that are kept: one file each in the run's folder
//! `checkpoints`, in the format of [`crate::network::weights`], named after its step.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde::Serialize;

use super::error::RunError;
use crate::network::weights::{self, WeightsError};
use crate::training::Snapshot;

/// Files of one folder that are looked at.
const MAX_FILES: usize = 4096;

/// A moment of a run whose weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// Batches behind it: 0 for the random weights.
    pub step: u64,
    /// Complete epochs behind it.
    pub epochs: usize,
}

impl Checkpoint {
    pub(super) fn new(step: u64, batches_per_epoch: usize) -> Self {
        Self {
            step,
            epochs: (step / batches_per_epoch.max(1) as u64) as usize,
        }
    }
}

/// The file of `step`.
pub(super) fn file(folder: &Path, step: u64) -> PathBuf {
    folder.join(file_name(step))
}

/// The name of the file of `step`.
pub(super) fn file_name(step: u64) -> String {
    format!("{step:010}.safetensors")
}

/// The inverse of [`file_name`], of exactly what it makes.
pub(super) fn step_of(name: &str) -> Option<u64> {
    let step = name.strip_suffix(".safetensors")?.parse().ok()?;
    (file_name(step) == name).then_some(step)
}

/// Steps in `folder`, ascending; other files are passed over. None where somebody took the folder
/// away to save room: without weights a run is still one.
pub(super) fn steps(folder: &Path) -> Result<Vec<u64>, RunError> {
    let mut steps = Vec::new();
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(steps),
        found => found.map_err(RunError::io(folder))?,
    };
    for entry in found.take(MAX_FILES) {
        let name = entry.map_err(RunError::io(folder))?.file_name();
        steps.extend(name.to_str().and_then(step_of));
    }
    steps.sort_unstable();
    steps.dedup();
    Ok(steps)
}

/// Checkpoints that were read, the latest used last, up to a number of bytes: going to and fro
/// over a timeline reads each file once. A file that was replaced is read again.
pub struct CheckpointCache {
    max_bytes: usize,
    entries: Mutex<Vec<Entry>>,
}

struct Entry {
    path: PathBuf,
    modified: Option<SystemTime>,
    snapshot: Arc<Snapshot>,
    bytes: usize,
}

impl CheckpointCache {
    /// A cache that holds weights of up to `max_bytes`, and the last one whatever its size.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            entries: Mutex::default(),
        }
    }

    /// The weights in the file at `path`, as of `checkpoint`. From the cache they have the version
    /// that they had before, so that answers computed from them are still current.
    pub(super) fn load(
        &self,
        path: PathBuf,
        checkpoint: Checkpoint,
    ) -> Result<Arc<Snapshot>, RunError> {
        let file = fs::metadata(&path).map_err(|source| WeightsError::Io {
            path: path.clone(),
            source,
        })?;
        let modified = file.modified().ok();
        if let Some(snapshot) = self.find(&path, modified) {
            return Ok(snapshot);
        }
        let model = weights::load(&path)?;
        let bytes = model.parameter_count() * size_of::<f32>();
        let Checkpoint { step, epochs } = checkpoint;
        let snapshot = Arc::new(Snapshot::new(model, epochs, step));
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.path != path);
        entries.push(Entry {
            path,
            modified,
            snapshot: snapshot.clone(),
            bytes,
        });
        let mut held: usize = entries.iter().map(|entry| entry.bytes).sum();
        while held > self.max_bytes && entries.len() > 1 {
            held -= entries.remove(0).bytes;
        }
        Ok(snapshot)
    }

    fn find(&self, path: &Path, modified: Option<SystemTime>) -> Option<Arc<Snapshot>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let index = entries
            .iter()
            .position(|entry| entry.path == path && entry.modified == modified)?;
        let entry = entries.remove(index);
        let snapshot = entry.snapshot.clone();
        entries.push(entry);
        Some(snapshot)
    }

    /// Bytes of weights held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|entry| entry.bytes).sum()
    }
}

impl Default for CheckpointCache {
    /// 64 MB: every checkpoint of a run of the notebook's network.
    fn default() -> Self {
        Self::new(64 << 20)
    }
}
