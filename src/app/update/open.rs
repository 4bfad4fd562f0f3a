//! Opening files from elsewhere: models, runs and lessons, pictures, data sets, told apart by their names;
//! their content is checked where it is read.

use crate::app::model::data::{DataSource, Loading};
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
use convlens_core::network::import::{self, ImportError, ImportFault, Imported, Note, Scaling};
use convlens_core::network::{Model, NetworkSpec};
use convlens_core::training::runs::package;
use convlens_core::training::{self, RunConfig, Snapshot, Team};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Other networks that a message offers: more would hide the view.
const MOST_OFFERS: usize = 4;

/// Opens a file, or a folder as a data set. A model waits for the pictures that are being opened, as they tell about it.
pub fn open(state: &mut State, threads: &mut Threads, path: PathBuf) {
    if picture::is_picture(&path) {
        requests::picture::open(state, threads, path);
    } else if package::is_package(&path) {
        update::open_package::take_in(state, threads, path);
    } else if is_model(&path) && state.dataset.is_none() && !matches!(state.loading, Loading::Idle)
    {
        state.opens_next = Some(path);
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
    ending.is_some_and(|ending| {
        MODELS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// Opens a model; `network` says which one weights are of that fit several. The pictures at hand tell how its pixels were scaled, and
/// which network it may be.
pub fn open_model(
    state: &mut State,
    threads: &mut Threads,
    path: PathBuf,
    network: Option<NetworkSpec>,
) {
    let dataset = state.dataset.clone();
    let job = move || -> Answer {
        let mut opened = import::open_as(&path, network.as_ref());
        let threads = RunConfig::default().threads;
        let mut team = dataset.and_then(|dataset| {
            let team = Team::new(threads, "convlens-open").ok()?;
            Some((dataset, team))
        });
        if let (Ok(imported), Some((dataset, team))) = (&mut opened, &mut team) {
            training::find_scaling(imported, &dataset.test, team);
        }
        let others = match &opened {
            Ok(imported) => inferred(imported).cloned(),
            Err(ImportError::File {
                fault: ImportFault::Several { candidates, .. },
                ..
            }) => Some(candidates.clone()),
            Err(_) => None,
        };
        let offer = |network: NetworkSpec| {
            let team = team.as_mut();
            let accuracy = team.and_then(|(dataset, team)| {
                training::accuracy_as(&path, &network, &dataset.test, team)
            });
            Offer::OpenAs(path.clone(), network, accuracy)
        };
        let mut offers: Vec<Offer> = others.unwrap_or_default().into_iter().map(offer).collect();
        // The likeliest first, where the pictures tell.
        let right = |offer: &Offer| match offer {
            Offer::OpenAs(_, _, accuracy) => accuracy.unwrap_or_default(),
            _ => 0.0,
        };
        offers.sort_by(|one, other| right(other).total_cmp(&right(one)));
        Box::new(
            move |state: &mut State, threads: &mut Threads| match opened {
                Ok(imported) => show_model(state, threads, &path, imported, offers),
                Err(ImportError::File {
                    path,
                    fault: ImportFault::Several { more, .. },
                }) => {
                    let message = state.text().which_network(&path, more);
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

/// The other networks that its weights fit.
fn inferred(imported: &Imported) -> Option<&Vec<NetworkSpec>> {
    imported.notes.iter().find_map(|note| match note {
        Note::Inferred { others, .. } => Some(others),
        Note::TrainingOnly | Note::NoBias(_) | Note::Scaling { .. } | Note::Rescaling => None,
    })
}

/// Scales the opened model's pixels so, if it is still the one of this file.
pub fn scale(state: &mut State, threads: &mut Threads, file: &str, scaling: Scaling) {
    let Some(opened) = &state.opened else { return };
    let Some(model) = import::scaled(&opened.weights.snapshot.model, scaling) else {
        return;
    };
    let name = match &opened.weights.whose.owner {
        Owner::File(_, name) if &**name == file => name.clone(),
        _ => return,
    };
    look_at_opened(state, threads, model, name);
}

/// Looks at a model; every view then shows it.
fn show_model(
    state: &mut State,
    threads: &mut Threads,
    path: &Path,
    imported: Imported,
    mut offers: Vec<Offer>,
) {
    let text = state.text();
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = clean(name.to_string_lossy());
    let label = imported.model.spec().label();
    let message = text.model_opened(&name, imported.format.name(), &label);
    state.notices.push(Notice::done(message));
    for note in &imported.notes {
        // What is offered need not be listed too.
        let told = match note {
            Note::Inferred { network, .. } => &Note::Inferred {
                network: network.clone(),
                others: Vec::new(),
            },
            note => note,
        };
        let mut message = format!("{name}: {}", text.import_note(told));
        let offers = match note {
            Note::Inferred { .. } => {
                offers.truncate(MOST_OFFERS);
                if !offers.is_empty() {
                    message = format!("{message}. {}", text.others_that_fit());
                }
                std::mem::take(&mut offers)
            }
            Note::Scaling { best, tried } => {
                let others = tried.iter().filter(|other| *other != best);
                let file: Arc<str> = name.as_str().into();
                others
                    .map(|other| Offer::Scale(file.clone(), *other))
                    .collect()
            }
            Note::TrainingOnly | Note::NoBias(_) | Note::Rescaling => Vec::new(),
        };
        state.notices.push(Notice {
            offers,
            ..Notice::done(message)
        });
    }
    look_at_opened(state, threads, imported.model, name.into());
}

fn look_at_opened(state: &mut State, threads: &mut Threads, model: Model, name: Arc<str>) {
    let snapshot = Arc::new(Snapshot::new(model, 0, 0));
    let owner = Owner::File(snapshot.version, name);
    let weights = Weights::new(owner, snapshot);
    // A filter's number means something else in another network.
    state.test_set.ablation = Ablation::default();
    state.opened = Some(Opened { weights });
    update::weights::look_at(state, threads, WeightsOf::File);
    if state.preferences.view == View::Runs {
        state.preferences.view = View::Maps;
    }
}
