//! Opening files from elsewhere: models, runs and lessons, pictures, data sets, told apart by their names;
//! their content is checked where it is read.

use crate::app::model::data::DataSource;
use crate::app::model::notices::{Notice, Offer};
use crate::app::model::opened::{MODELS, Opened};
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::{Owner, Weights};
use crate::app::threads::Answer;
use crate::app::threads::FileJob;
use crate::app::threads::Threads;
use crate::app::{requests, update};
use convlens_core::dataset::picture;
use convlens_core::explore::Ablation;
use convlens_core::harmless::clean;
use convlens_core::lessons;
use convlens_core::network::NetworkSpec;
use convlens_core::network::import::{self, ImportError, ImportFault, Imported};
use convlens_core::training::Snapshot;
use convlens_core::training::runs::package;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens a file, or a folder as a data set.
pub fn open(state: &mut State, threads: &mut Threads, path: PathBuf) {
    if picture::is_picture(&path) {
        requests::picture::open(state, threads, path);
    } else if package::is_package(&path) {
        update::open_package::take_in(state, threads, path);
    } else if is_model(&path) {
        open_model(state, threads, path, None);
    } else if path.is_dir() {
        open_folder(threads, path);
    } else {
        // One of a data set's files, which stands for its folder.
        update::data::open(state, threads, DataSource::Folder(path));
    }
}

/// Opens a folder as a lesson if it holds one, else as a data set.
fn open_folder(threads: &Threads, folder: PathBuf) {
    let job = move || -> Answer {
        let is_lesson = lessons::is_lesson(&folder);
        Box::new(move |state: &mut State, threads: &mut Threads| {
            if is_lesson {
                update::lesson::folder::open(threads, &folder);
                state.preferences.lesson.is_open = true;
            } else {
                update::data::open(state, threads, DataSource::Folder(folder));
            }
        })
    };
    threads.saver.ask(FileJob::Folder, Box::new(job));
}

fn is_model(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    // A pickle is one too: it is refused with what to do instead.
    let known = MODELS.iter().chain(&["pt", "pth"]);
    ending.is_some_and(|ending| known.into_iter().any(|k| ending.eq_ignore_ascii_case(k)))
}

/// Opens a model; `network` says which one weights are of that fit several.
pub fn open_model(
    _state: &mut State,
    threads: &mut Threads,
    path: PathBuf,
    network: Option<NetworkSpec>,
) {
    let job = move || -> Answer {
        let opened = import::open_as(&path, network.as_ref());
        Box::new(
            move |state: &mut State, threads: &mut Threads| match opened {
                Ok(imported) => show_model(state, threads, &path, imported),
                Err(ImportError::File {
                    path,
                    fault: ImportFault::Several { candidates, more },
                }) => {
                    let message = state.text().which_network(&path, more);
                    let offer = |network| Offer::OpenAs(path.clone(), network);
                    let offers = candidates.into_iter().map(offer).collect();
                    state.notices.push(Notice::question(message, offers));
                }
                Err(error) => {
                    let message = state.text().import_error(&error);
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.saver.ask(FileJob::Model, Box::new(job));
}

/// Looks at a model; every view then shows it.
fn show_model(state: &mut State, threads: &mut Threads, path: &Path, imported: Imported) {
    let text = state.text();
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = clean(name.to_string_lossy());
    let label = imported.model.spec().label();
    let message = text.model_opened(&name, imported.format.name(), &label);
    state.notices.push(Notice::done(message));
    for note in &imported.notes {
        let message = format!("{name}: {}", text.import_note(note));
        state.notices.push(Notice::done(message));
    }
    let snapshot = Arc::new(Snapshot::new(imported.model, 0, 0));
    let owner = Owner::File(snapshot.version, name.into());
    let weights = Weights::new(owner, snapshot);
    // A filter's number means something else in another network.
    state.test_set.ablation = Ablation::default();
    state.opened = Some(Opened { weights });
    update::weights::look_at(state, threads, WeightsOf::File);
    if state.preferences.view == View::Runs {
        state.preferences.view = View::Maps;
    }
}
