//! Deleted runs, and what killed programs left behind.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::error::RunError;
use super::record::RunId;
use super::run_files::{CHECKPOINTS, RunFiles, entries, ids_in};
use super::store::{Store, UNFINISHED};
use crate::files;

/// Where deleted runs wait for being restored or forgotten.
const TRASH: &str = "trash";
/// Marks when a run was deleted.
const DELETED: &str = "deleted";
/// Age at which what a killed program left half-written is removed.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);
/// How long a deleted run can be restored.
const TRASH_AGE: Duration = Duration::from_hours(30 * 24);

impl Store {
    /// Puts a run into the trash, from where [`restore`](Self::restore) brings it back.
    ///
    /// # Errors
    /// There is no such run, it is being trained, or it cannot be moved.
    pub fn delete(&self, id: RunId) -> Result<(), RunError> {
        self.must_exist(id)?;
        if RunFiles::new(self.folder(id)).is_locked() {
            return Err(RunError::Live(id));
        }
        // Another program may delete it at this moment.
        let gone = |error| match error {
            RunError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                RunError::NoSuchRun(id.to_string())
            }
            error => error,
        };
        let marker = self.folder(id).join(DELETED);
        files::replace_own(&marker, |_| Ok(()))
            .map_err(RunError::io(&marker))
            .and_then(|()| self.move_below(TRASH, id))
            .map_or_else(|error| Err(gone(error)), |_| Ok(()))
    }

    /// Brings a deleted run back, with its number and all else it had.
    ///
    /// # Errors
    /// It is not in the trash (any more), or cannot be moved.
    pub fn restore(&self, id: RunId) -> Result<(), RunError> {
        let from = self.root().join(TRASH).join(id.folder_name());
        if !from.is_dir() {
            return Err(RunError::NoSuchRun(id.to_string()));
        }
        let to = self.folder(id);
        fs::rename(&from, &to).map_err(RunError::io(&from))?;
        let _only_a_marker = fs::remove_file(to.join(DELETED));
        Ok(())
    }

    /// Deleted runs that can be restored, by number.
    ///
    /// # Errors
    /// The trash is there and cannot be read.
    pub fn trash(&self) -> Result<Vec<RunId>, RunError> {
        ids_in(&self.root().join(TRASH))
    }

    /// Deletes a run in the trash for good.
    ///
    /// # Errors
    /// It is not in the trash, or cannot be removed.
    pub fn purge(&self, id: RunId) -> Result<(), RunError> {
        let folder = self.root().join(TRASH).join(id.folder_name());
        if !folder.is_dir() {
            return Err(RunError::NoSuchRun(id.to_string()));
        }
        fs::remove_dir_all(&folder).map_err(RunError::io(&folder))
    }

    /// Removes a run that has nothing in it. First it is no run any more, so that no kill leaves half of one.
    pub(super) fn drop_empty(&self, id: RunId) -> Result<(), RunError> {
        let (from, to) = (
            self.folder(id),
            self.root().join(format!("{UNFINISHED}{id}")),
        );
        let _of_one_before = fs::remove_dir_all(&to);
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(RunError::io(&from)(error)),
            // What is left of it is tidied up later.
            Ok(()) => {
                let _left = fs::remove_dir_all(&to);
                Ok(())
            }
        }
    }

    /// Removes what killed programs left half-written more than an hour ago, and deleted runs
    /// after 30 days. For the start of a program; what cannot be removed stays.
    pub fn tidy(&self) {
        let older = |path: &Path, age: Duration| {
            let modified = fs::metadata(path).and_then(|file| file.modified()).ok();
            modified
                .and_then(|modified| SystemTime::now().duration_since(modified).ok())
                .is_some_and(|past| past > age)
        };
        for entry in entries(self.root()) {
            let path = entry.path();
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if name.starts_with(UNFINISHED) && older(&path, LEFTOVER_AGE) {
                let _stays = fs::remove_dir_all(&path);
            } else if RunId::of_folder(name).is_some() {
                let checkpoints = entries(&path.join(CHECKPOINTS));
                let below = entries(&path).chain(checkpoints);
                for file in below {
                    let is_temporary = file.file_name().to_str().is_some_and(files::is_temporary);
                    if is_temporary && older(&file.path(), LEFTOVER_AGE) {
                        let _stays = fs::remove_file(file.path());
                    }
                }
            }
        }
        for entry in entries(&self.root().join(TRASH)) {
            if older(&entry.path().join(DELETED), TRASH_AGE) {
                let _stays = fs::remove_dir_all(entry.path());
            }
        }
    }
}
