//! Folders of runs and the files in them.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::by_others;
use super::curve;
use super::error::RunError;
use super::manifest::{self, FORMAT, MANIFEST, MAX_BYTES, Manifest, Notes, read_bounded};
use super::record::RunId;
use crate::files;
use crate::training::RunConfig;

/// What its owner says of it.
pub(super) const NOTES: &str = "notes.json";
/// Where training goes on.
pub(super) const STATE: &str = "state.safetensors";
/// The folder of weights in a run's folder.
pub(super) const CHECKPOINTS: &str = "checkpoints";
/// Most runs that are listed.
pub(super) const MAX_RUNS: usize = 10_000;

/// The runs in a folder, by number; none where there is no such folder.
pub(super) fn ids_in(folder: &Path) -> Result<Vec<RunId>, RunError> {
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RunError::io(folder)(error)),
    };
    let mut ids = Vec::new();
    for entry in found.take(MAX_RUNS) {
        let entry = entry.map_err(RunError::io(folder))?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            ids.extend(entry.file_name().to_str().and_then(RunId::of_folder));
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

pub(super) fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

/// What is read of `run.json` before all else.
#[derive(Deserialize)]
struct Format {
    format: u32,
    /// Whether another program wrote it.
    #[serde(default)]
    trained_by: Option<IgnoredAny>,
}

/// The content of `run.json`, whoever wrote it, checked; `path` is only named in errors.
pub(super) fn parse_manifest(path: &Path, bytes: &[u8]) -> Result<Manifest, RunError> {
    let Format { format, trained_by } = manifest::parse(path, bytes)?;
    if format > FORMAT {
        return Err(RunError::Newer {
            path: path.into(),
            format,
        });
    }
    let mut manifest = match trained_by {
        Some(_) => by_others::manifest(path, bytes)?,
        None => Manifest::own(path, bytes)?,
    };
    let checked = manifest.check();
    checked.map_err(|reason| RunError::damaged(path, reason))?;
    Ok(manifest)
}

/// The files in a run's folder.
pub(super) struct RunFiles {
    folder: PathBuf,
}

impl RunFiles {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub fn manifest_file(&self) -> PathBuf {
        self.folder.join(MANIFEST)
    }

    pub fn notes_file(&self) -> PathBuf {
        self.folder.join(NOTES)
    }

    pub fn curve(&self) -> PathBuf {
        self.folder.join(curve::CURVE)
    }

    pub fn state(&self) -> PathBuf {
        self.folder.join(STATE)
    }

    pub fn checkpoints(&self) -> PathBuf {
        self.folder.join(CHECKPOINTS)
    }

    pub fn lock_file(&self) -> PathBuf {
        self.folder.join("run.lock")
    }

    pub fn manifest(&self) -> Result<Manifest, RunError> {
        let path = self.manifest_file();
        let bytes = read_bounded(&path, MAX_BYTES);
        let manifest = bytes.and_then(|bytes| parse_manifest(&path, &bytes));
        let mut manifest = manifest.map_err(|error| match error {
            // The folder of a run appears with this file in it.
            RunError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                RunError::damaged(&path, "the file is missing")
            }
            error => error,
        })?;
        if manifest.trained_by.is_some() {
            manifest.come_to(curve::last_batch(&self.curve()));
        }
        Ok(manifest)
    }

    /// Notes are no reason to give a run up: without them it has its network's name.
    pub fn notes(&self, config: &RunConfig) -> Notes {
        let notes = Notes::read(&self.notes_file());
        notes.unwrap_or_else(|_| Notes::new(&config.network.label(), 0))
    }

    /// Whether a training thread, of this process or another, has the run.
    pub fn is_locked(&self) -> bool {
        let file = files::open(&self.lock_file());
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Holds the run until the file is dropped; `None` if somebody else does.
    pub fn lock(&self) -> Result<Option<File>, RunError> {
        // Somebody who only looks whether it is locked holds it for a moment.
        lock(&self.lock_file(), Duration::from_millis(200))
    }
}

/// Locks a file until it is dropped; `None` if somebody else holds it all the time.
pub(super) fn lock(path: &Path, patience: Duration) -> Result<Option<File>, RunError> {
    let file = files::open_own(path).map_err(RunError::io(path))?;
    let since = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if since.elapsed() > patience => return Ok(None),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            Err(TryLockError::Error(error)) => return Err(RunError::io(path)(error)),
        }
    }
}
