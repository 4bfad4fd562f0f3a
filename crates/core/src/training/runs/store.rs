//! The folder of runs and what can be done with them.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy as _;
use tempfile::TempDir;

use super::checkpoints::{self, Checkpoint, CheckpointCache};
use super::curve;
use super::error::RunError;
use super::manifest::{MAX_TEXT, Manifest, Notes, RunStatus, clean, read_bounded};
use super::record::{Listing, RunId, RunRecord, RunSummary, SetAside};
use super::run_files::{self, RunFiles, ids_in};
use crate::files;
use crate::training::{RunConfig, Snapshot};

/// Where runs are put that cannot be read.
const DAMAGED: &str = "damaged";
/// Holds the number of the baseline.
const BASELINE: &str = "baseline";
/// Most bytes of that file.
const MAX_BASELINE_BYTES: u64 = 64;
/// Beginning of the name of a folder that is not yet a run.
pub(super) const UNFINISHED: &str = ".new-";
/// Locked by whoever names a run.
const TURN: &str = "turn.lock";
/// How long others are waited for who do: looking through 10,000 runs takes less.
const TURN_PATIENCE: Duration = Duration::from_secs(10);
/// Number of colours that runs are told apart by.
const COLOURS: u8 = 12;

/// What a run to be recorded is called.
#[derive(Clone, Debug, Default)]
pub struct NewRun {
    /// Its name; `None` for that of its network, numbered if there is one already.
    pub name: Option<String>,
    /// The sweep it belongs to.
    pub experiment: Option<String>,
    /// What the weights are called that it begins with; `None` for random ones.
    pub began_from: Option<String>,
}

/// A folder of runs. Cheap to clone; nothing is read before a function asks for it, and the folder
/// is made when the first run is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// The runs in `root`.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// `$CONVLENS_RUNS` where that is set, or else `convlens/runs` in the user's data folder:
    /// `~/.local/share` (Linux), `~/Library/Application Support` (macOS), `%APPDATA%` (Windows).
    #[must_use]
    pub fn default_folder() -> PathBuf {
        if let Some(folder) = std::env::var_os("CONVLENS_RUNS").filter(|f| !f.is_empty()) {
            return folder.into();
        }
        match etcetera::base_strategy::choose_native_strategy() {
            Ok(user) => user.data_dir().join("convlens").join("runs"),
            Err(_) => PathBuf::from("runs"),
        }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a run.
    #[must_use]
    pub fn folder(&self, id: RunId) -> PathBuf {
        self.root.join(id.folder_name())
    }

    /// Another number than before, once a run has come, gone or been written to. No file is read, unlike for
    /// [`Store::list`]; what cannot be looked at does not count.
    #[must_use]
    pub fn stamp(&self) -> u64 {
        let seen = |path: &Path| {
            let seen = fs::metadata(path).ok()?;
            Some((seen.len(), seen.modified().ok()))
        };
        let entries = run_files::entries(&self.root).take(run_files::MAX_RUNS);
        let entries = entries.map(|entry| {
            let path = entry.path();
            let run = RunFiles::new(path.clone());
            // Besides the folder, what may be written to in place, or by hand.
            let files = [run.curve(), run.manifest_file(), run.notes_file()];
            let files = files.map(|file| seen(&file));
            let mut hasher = DefaultHasher::new();
            (files, seen(&run.checkpoints()), seen(&path), path).hash(&mut hasher);
            hasher.finish()
        });
        // In whatever order they come.
        entries.fold(0, u64::wrapping_add)
    }

    /// Every run, without curves and weights: two small files each. Damaged ones are set aside.
    ///
    /// # Errors
    /// The folder is there and cannot be read.
    pub fn list(&self) -> Result<Listing, RunError> {
        let mut listing = Listing::default();
        let baseline = self.baseline();
        for id in self.ids()? {
            match self.summary_of(id, baseline) {
                Ok(summary) => listing.runs.push(summary),
                Err(error) => self.sort_out(id, error, &mut listing),
            }
        }
        Ok(listing)
    }

    /// A run that cannot be read: damaged, gone in the meantime, or neither.
    fn sort_out(&self, id: RunId, error: RunError, listing: &mut Listing) {
        if !self.folder(id).is_dir() {
            return;
        }
        match self.set_aside(id, error) {
            Ok(set_aside) => listing.set_aside.push(set_aside),
            Err(error) => listing.unreadable.push(error),
        }
    }

    /// Moves a damaged run out of the way; for one that is not damaged, or that somebody is writing, gives the error back.
    fn set_aside(&self, id: RunId, error: RunError) -> Result<SetAside, RunError> {
        let is_written = || RunFiles::new(self.folder(id)).is_locked();
        if !matches!(error, RunError::Damaged { .. }) || is_written() {
            return Err(error);
        }
        let folder = self.move_below(DAMAGED, id)?;
        Ok(SetAside { id, error, folder })
    }

    /// One run without its curve.
    ///
    /// # Errors
    /// There is no such run, or it cannot be read.
    pub fn summary(&self, id: RunId) -> Result<RunSummary, RunError> {
        self.must_exist(id)?;
        self.summary_of(id, self.baseline())
    }

    fn summary_of(&self, id: RunId, baseline: Option<RunId>) -> Result<RunSummary, RunError> {
        let files = RunFiles::new(self.folder(id));
        let manifest = files.manifest()?;
        let mut status = manifest.status;
        if status == RunStatus::Training && !files.is_locked() {
            // It may have ended between the two looks.
            status = match files.manifest()?.status {
                RunStatus::Training => RunStatus::Interrupted,
                status => status,
            };
        }
        let parameters = manifest.parameters();
        let notes = files.notes(&manifest.config);
        Ok(RunSummary {
            id,
            name: notes.name,
            colour: notes.colour,
            is_baseline: baseline == Some(id),
            status,
            error: manifest.error,
            experiment: manifest.experiment,
            began_from: manifest.began_from,
            trained_by: manifest.trained_by,
            created_unix_secs: manifest.created_unix_secs,
            config: manifest.config,
            environment: manifest.environment,
            parameters,
            images_per_epoch: manifest.images_per_epoch,
            batches_per_epoch: manifest.batches_per_epoch,
            step: manifest.step,
            seconds: manifest.seconds,
            epochs: manifest.epochs,
        })
    }

    /// One run with its curve. A damaged one is set aside before the error is returned.
    ///
    /// # Errors
    /// There is no such run, or it cannot be read.
    pub fn read(&self, id: RunId) -> Result<RunRecord, RunError> {
        self.must_exist(id)?;
        self.record_of(id)
            .map_err(|error| match self.set_aside(id, error) {
                Ok(set_aside) => set_aside.error,
                Err(error) => error,
            })
    }

    fn record_of(&self, id: RunId) -> Result<RunRecord, RunError> {
        let files = RunFiles::new(self.folder(id));
        let summary = self.summary_of(id, self.baseline())?;
        let mut curve = curve::read(&files.curve())?;
        if summary.status == RunStatus::Finished {
            curve.retain(|point| point.step <= summary.step);
        }
        let per_epoch = summary.batches_per_epoch;
        let steps = checkpoints::steps(&files.checkpoints())?.into_iter();
        Ok(RunRecord {
            summary,
            curve,
            checkpoints: steps.map(|step| Checkpoint::new(step, per_epoch)).collect(),
        })
    }

    /// The weights of a run at one of its checkpoints, from `cache` or from disk: 1.4 ms for the
    /// notebook's network, 10 ms for 1.4 million parameters, microseconds from the cache.
    ///
    /// # Errors
    /// There is no such file, or it is damaged.
    pub fn checkpoint(
        &self,
        id: RunId,
        checkpoint: Checkpoint,
        cache: &CheckpointCache,
    ) -> Result<Arc<Snapshot>, RunError> {
        let folder = RunFiles::new(self.folder(id)).checkpoints();
        cache.load(checkpoints::file(&folder, checkpoint.step), checkpoint)
    }

    /// The run with this number, or else with this name.
    ///
    /// # Errors
    /// There is none, or several have the name.
    pub fn find(&self, text: &str) -> Result<RunId, RunError> {
        let ids = self.ids()?;
        if let Ok(id) = text.parse()
            && ids.contains(&id)
        {
            return Ok(id);
        }
        let mut named = Vec::new();
        for id in ids {
            let files = RunFiles::new(self.folder(id));
            if Notes::read(&files.notes_file()).is_ok_and(|notes| notes.name == text) {
                named.push(id);
            }
        }
        match named[..] {
            [id] => Ok(id),
            [] => Err(RunError::NoSuchRun(text.into())),
            _ => Err(RunError::Ambiguous {
                name: text.into(),
                runs: named,
            }),
        }
    }

    /// Gives a run another name: one line, at most 120 characters; with an empty one it gets its
    /// network's.
    ///
    /// # Errors
    /// There is no such run, or the file cannot be written.
    pub fn rename(&self, id: RunId, name: &str) -> Result<(), RunError> {
        self.change_notes(id, |notes, config| {
            *notes = match name.trim() {
                "" => Notes::new(&config.network.label(), notes.colour),
                name => Notes::new(name, notes.colour),
            };
        })
    }

    /// Gives a run another colour.
    ///
    /// # Errors
    /// As [`rename`](Self::rename).
    pub fn set_colour(&self, id: RunId, colour: u8) -> Result<(), RunError> {
        self.change_notes(id, |notes, _| notes.colour = colour)
    }

    fn change_notes(
        &self,
        id: RunId,
        change: impl FnOnce(&mut Notes, &RunConfig),
    ) -> Result<(), RunError> {
        self.must_exist(id)?;
        let files = RunFiles::new(self.folder(id));
        let config = files.manifest()?.config;
        let mut notes = files.notes(&config);
        change(&mut notes, &config);
        notes.write(&files.notes_file())
    }

    /// The run that others are compared with.
    #[must_use]
    pub fn baseline(&self) -> Option<RunId> {
        let bytes = read_bounded(&self.root.join(BASELINE), MAX_BASELINE_BYTES).ok()?;
        str::from_utf8(&bytes).ok()?.trim().parse().ok()
    }

    /// Pins the one run that others are compared with, or none.
    ///
    /// # Errors
    /// There is no such run, or the file cannot be written.
    pub fn set_baseline(&self, id: Option<RunId>) -> Result<(), RunError> {
        use std::io::Write as _;
        let path = self.root.join(BASELINE);
        let Some(id) = id else {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(RunError::io(&path)(error))
                }
                _ => Ok(()),
            };
        };
        self.must_exist(id)?;
        files::replace_own(&path, |file| writeln!(file, "{id}")).map_err(RunError::io(&path))
    }

    pub(super) fn ids(&self) -> Result<Vec<RunId>, RunError> {
        ids_in(&self.root)
    }

    pub(super) fn must_exist(&self, id: RunId) -> Result<(), RunError> {
        if self.folder(id).is_dir() {
            Ok(())
        } else {
            Err(RunError::NoSuchRun(id.to_string()))
        }
    }

    /// Moves a run's folder into a folder beside it, under its own name; where it is then. What has
    /// that name there gets another, so that the last to be deleted is the one that is brought back.
    pub(super) fn move_below(&self, place: &str, id: RunId) -> Result<PathBuf, RunError> {
        let place = self.root.join(place);
        fs::create_dir_all(&place).map_err(RunError::io(&place))?;
        let (from, to) = (self.folder(id), place.join(id.folder_name()));
        let move_to = |from: &Path, to: &Path| fs::rename(from, to).map_err(RunError::io(from));
        if fs::symlink_metadata(&to).is_err() {
            return move_to(&from, &to).map(|()| to);
        }
        let other = || {
            let names = (2_u32..).map(|copy| place.join(format!("{}-{copy}", id.folder_name())));
            let free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
            names.into_iter().find(free).unwrap_or_default()
        };
        // First, as it may not be there any more; then nothing else is touched.
        let moved = place.join(format!("{}-new", id.folder_name()));
        move_to(&from, &moved)?;
        move_to(&to, &other())?;
        move_to(&moved, &to)?;
        Ok(to)
    }

    /// Makes the folder of a new run: prepared beside its place and moved there whole.
    pub(super) fn create(
        &self,
        new: &NewRun,
        manifest: &mut Manifest,
    ) -> Result<(RunId, RunFiles), RunError> {
        let (unfinished, files) = self.new_folder()?;
        manifest.experiment.clone_from(&new.experiment);
        manifest.began_from = new.began_from.as_deref().map(clean);
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        manifest.created_unix_secs = since_1970.map_or(0, |since| since.as_secs());
        manifest.write(&files.manifest_file())?;
        curve::CurveWriter::create(files.curve())?;
        match new.name.as_deref().map(str::trim) {
            Some(name) if !name.is_empty() => self.publish(unfinished, name, true),
            _ => self.publish(unfinished, &manifest.config.network.label(), false),
        }
    }

    /// A folder in which a run is prepared, with what every run's has; removed unless it is given its place.
    pub(super) fn new_folder(&self) -> Result<(TempDir, RunFiles), RunError> {
        fs::create_dir_all(&self.root).map_err(RunError::io(&self.root))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        let unfinished = files::temporary_folder(&mut builder, &self.root);
        let unfinished = unfinished.map_err(RunError::io(&self.root))?;
        let files = RunFiles::new(unfinished.path().into());
        fs::create_dir(files.checkpoints()).map_err(RunError::io(&files.checkpoints()))?;
        File::create(files.lock_file()).map_err(RunError::io(&files.lock_file()))?;
        Ok((unfinished, files))
    }

    /// Gives a prepared run its name and its place: the first number that no other run has had, and
    /// a name that none has unless it was asked for.
    pub(super) fn publish(
        &self,
        unfinished: TempDir,
        name: &str,
        is_asked_for: bool,
    ) -> Result<(RunId, RunFiles), RunError> {
        // Two programs that start a run at the same moment must not choose the same name. Where files
        // cannot be locked it is no more than a name.
        let _turn = run_files::lock(&self.root.join(TURN), TURN_PATIENCE);
        let mut notes = self.unused_notes(name)?;
        if is_asked_for {
            notes = Notes::new(name, notes.colour);
        }
        notes.write(&RunFiles::new(unfinished.path().into()).notes_file())?;
        let taken = [
            self.ids()?,
            self.trash()?,
            ids_in(&self.root.join(DAMAGED))?,
        ]
        .concat();
        for number in next_numbers(&taken) {
            let id = RunId(number);
            let folder = self.folder(id);
            match fs::rename(unfinished.path(), &folder) {
                Ok(()) => {
                    let _moved = unfinished.keep();
                    return Ok((id, RunFiles::new(folder)));
                }
                // Another program took the number in between, or something else is in its place.
                Err(_) if fs::symlink_metadata(&folder).is_ok() => {}
                Err(error) => return Err(RunError::io(&folder)(error)),
            }
        }
        let full = io::Error::from(io::ErrorKind::StorageFull);
        Err(RunError::io(&self.root)(full))
    }

    /// `name`, numbered if another run has it, and the colour used least.
    pub(super) fn unused_notes(&self, name: &str) -> Result<Notes, RunError> {
        let mut names = Vec::new();
        let mut uses = [0; COLOURS as usize];
        for id in self.ids()? {
            if let Ok(notes) = Notes::read(&RunFiles::new(self.folder(id)).notes_file()) {
                names.push(notes.name);
                uses[usize::from(notes.colour % COLOURS)] += 1;
            }
        }
        let colour = (0..COLOURS).min_by_key(|colour| uses[usize::from(*colour)]);
        Ok(Notes::new(&unused(name, &names), colour.unwrap_or(0)))
    }
}

/// The numbers behind that of the newest run, to be tried in order. Folders with the largest numbers,
/// which somebody else must have made, are passed over: behind them there is no number.
fn next_numbers(taken: &[RunId]) -> RangeInclusive<u32> {
    let mut last = RunId::MAX;
    while taken.contains(&RunId(last)) {
        last -= 1;
    }
    let newest = taken
        .iter()
        .map(|id| id.0)
        .filter(|number| *number < last)
        .max();
    newest.unwrap_or(0) + 1..=last
}

/// `name`, or `name (2)`, `name (3)` …, none longer than a name may be.
fn unused(name: &str, names: &[String]) -> String {
    let mut candidate = name.to_owned();
    for number in 2.. {
        if !names.contains(&candidate) {
            break;
        }
        let suffix = format!(" ({number})");
        let name: String = name.chars().take(MAX_TEXT - suffix.len()).collect();
        candidate = name + &suffix;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_behind_the_newest_run_and_stay_ones_that_are_listed() {
        let next = |taken: &[u32]| {
            let taken: Vec<_> = taken.iter().copied().map(RunId).collect();
            next_numbers(&taken).next()
        };
        assert_eq!(next(&[]), Some(1));
        assert_eq!(next(&[1, 7, 3]), Some(8));
        assert_eq!(next(&[1, RunId::MAX]), Some(2));
        assert_eq!(next(&[4, RunId::MAX, RunId::MAX - 1]), Some(5));
        assert_eq!(next(&[RunId::MAX - 1]), Some(RunId::MAX));
        assert_eq!(next(&[RunId::MAX - 2, RunId::MAX]), Some(RunId::MAX - 1));
        let folder = RunId(RunId::MAX).folder_name();
        assert_eq!(RunId::of_folder(&folder), Some(RunId(RunId::MAX)));
        assert_eq!(RunId::of_folder(&RunId(RunId::MAX + 1).folder_name()), None);
    }

    #[test]
    fn a_long_name_is_numbered_too() {
        let name = "ñ".repeat(MAX_TEXT);
        let mut names = Vec::new();
        for _ in 0..12 {
            let notes = Notes::new(&unused(&name, &names), 0);
            assert!(!names.contains(&notes.name));
            names.push(notes.name);
        }
    }

    #[test]
    fn the_stamp_is_another_one_after_every_change_and_no_other_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("runs"));
        let run = store.folder(RunId(3));
        let mut stamps = vec![store.stamp()];
        let mut changed = |store: &Store| {
            let stamp = store.stamp();
            assert_eq!(stamp, store.stamp());
            assert!(!stamps.contains(&stamp));
            stamps.push(stamp);
            // A file system may tell the time in steps of some milliseconds.
            std::thread::sleep(Duration::from_millis(30));
        };
        fs::create_dir_all(&run).unwrap();
        changed(&store);
        fs::write(run.join(curve::CURVE), "step").unwrap();
        changed(&store);
        fs::write(run.join(curve::CURVE), "steps").unwrap();
        changed(&store);
        fs::write(run.join("another"), "").unwrap();
        changed(&store);
        let manifest = RunFiles::new(run.clone()).manifest_file();
        fs::write(&manifest, "{").unwrap();
        changed(&store);
        fs::write(&manifest, "{}").unwrap();
        changed(&store);
        fs::create_dir(store.folder(RunId(4))).unwrap();
        changed(&store);
        fs::write(store.root().join(BASELINE), "3").unwrap();
        changed(&store);
        fs::remove_dir_all(run).unwrap();
        changed(&store);
    }
}
