//! Opening files from elsewhere: models, whole runs, pictures, data sets, told apart by their names;
//! their content is checked where it is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::action::set_maps;
use super::explore::Answer;
use super::loader::DataWish;
use super::notices::Notice;
use super::pad;
use super::runs::{self, RunWish, Subject};
use super::state::State;
use super::views::View;
use crate::dataset::picture;
use crate::explore::Ablation;
use crate::figures::Shown;
use crate::network::import::{self, Imported};
use crate::training::Snapshot;
use crate::training::runs::{Checkpoint, RunId, package};

/// Endings of files that are taken for models.
pub const MODELS: [&str; 4] = ["safetensors", "keras", "h5", "hdf5"];

/// A model that was opened from a file.
pub struct Opened {
    /// The file's name.
    pub name: String,
    pub snapshot: Arc<Snapshot>,
}

/// Opens a file, or a folder as a data set.
pub fn open(state: &mut State, path: PathBuf) {
    if picture::is_picture(&path) {
        pad::open(state, path);
    } else if package::is_package(&path) {
        take_run_in(state, path);
    } else if is_model(&path) {
        open_model(state, path);
    } else if path.is_dir() {
        state.open_data(DataWish::Folder(path));
    } else {
        // One of a data set's files.
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        state.open_data(DataWish::Folder(folder));
    }
}

fn is_model(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    // A pickle is one too: it is refused with what to do instead.
    let known = MODELS.iter().chain(&["pt", "pth"]);
    ending.is_some_and(|ending| known.into_iter().any(|k| ending.eq_ignore_ascii_case(k)))
}

fn open_model(state: &mut State, path: PathBuf) {
    let job = move || -> Answer {
        let opened = import::open(&path);
        Box::new(move |state: &mut State| match opened {
            Ok(imported) => show_model(state, &path, imported),
            Err(error) => {
                let message = state.text().import_error(&error);
                state.notices.push(Notice::error(message));
            }
        })
    };
    state.saver.ask(PathBuf::from("model"), Box::new(job));
}

/// Looks at a model; every view then shows it.
fn show_model(state: &mut State, path: &Path, imported: Imported) {
    let text = state.text();
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let label = imported.model.spec().label();
    let message = text.model_opened(&name, imported.format.name(), &label);
    state.notices.push(Notice::done(message));
    for note in &imported.notes {
        let message = format!("{name}: {}", text.import_note(note));
        state.notices.push(Notice::done(message));
    }
    let snapshot = Arc::new(Snapshot::new(imported.model, 0, 0));
    // A filter's number means something else in another network.
    state.test_set.ablation = Ablation::default();
    state.opened = Some(Opened { name, snapshot });
    runs::look_at(state, Subject::File);
    if state.preferences.view == View::Runs {
        state.preferences.view = View::Maps;
    }
}

fn take_run_in(state: &mut State, path: PathBuf) {
    let store = state.runs.store();
    let job = move || -> Answer {
        let taken = store.unpack(&path).and_then(|(id, shown)| {
            let record = store.read(id)?;
            Ok((id, record, Shown::from_json(shown)))
        });
        Box::new(move |state: &mut State| match taken {
            Ok((id, record, shown)) => {
                let message = state.text().run_taken_in(&record.summary.name, id.number());
                state.notices.push(Notice::done(message));
                show_run(state, id, &record.checkpoints, shown);
            }
            Err(error) => {
                let message = state.text().run_error(&error);
                state.notices.push(Notice::error(message));
            }
        })
    };
    state.saver.ask(PathBuf::from("run"), Box::new(job));
}

/// Looks at a run with the pictures it was sent with.
fn show_run(state: &mut State, run: RunId, checkpoints: &[Checkpoint], shown: Shown) {
    if let Some(picture) = shown.picture() {
        state.pad.put(&picture);
    }
    set_maps(state, shown.maps);
    state.preferences.view = View::Maps;
    state.pin = None;
    runs::list(state);
    let checkpoint = checkpoints.iter().find(|at| Some(at.step) == shown.step);
    runs::apply(
        state,
        match checkpoint {
            Some(&checkpoint) => RunWish::Scrub(run, checkpoint),
            None => RunWish::Open(run),
        },
        0.0,
    );
    // Nothing before it to compare with.
    state.runs.frozen = None;
}
