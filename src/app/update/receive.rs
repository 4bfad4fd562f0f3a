//! Each frame: take in what other threads have sent.

use crate::app::model::action::{Action, LessonAction};
use crate::app::model::data::{DataSource, Loading};
use crate::app::model::dialog::Choice;
use crate::app::model::notices::Notice;
use crate::app::model::run::{Run, RunStatus};
use crate::app::model::save::Target;
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Weights;
use crate::app::requests::take_answers;
use crate::app::threads::Threads;
use crate::app::threads::loader::Loaded;
use crate::app::{requests, update};
use convlens_core::training::Trainer;
use convlens_core::training::runs::RunId;
use std::time::{Duration, Instant};

/// Takes in everything that has arrived.
pub fn receive(state: &mut State, threads: &mut Threads) {
    state.notices.expire();
    if threads.loader.has_failed() {
        state.loading = Loading::Idle;
        let message = state.text().window.explorer_failed.to_owned();
        state.notices.push(Notice::error(message));
    }
    while let Some(loaded) = threads.loader.try_report() {
        take_loaded(state, threads, loaded);
    }
    take_progress(state, threads);
    // Before the next run of a queue takes the place of the one that has ended.
    update::lesson::exercise::receive(state);
    take_duties(state, threads);
    take_weights(state, threads);
    watch(state, threads);
    update::queue::go_on(state, threads);
    update::draft::go_on(state, threads);
    for question in take_answers(state, threads, |threads| &threads.explorer) {
        requests::give_up(&question, state);
    }
    requests::test_set::receive(state, threads);
}

/// The answers of native dialogs, as actions.
pub fn chosen(threads: &Threads) -> Vec<Action> {
    let choices = std::iter::from_fn(|| threads.dialogs.try_choice());
    choices
        .map(|choice| match choice {
            Choice::DataFolder(folder) => Action::OpenData(DataSource::Folder(folder)),
            Choice::Picture(path) => Action::OpenPicture(path),
            Choice::LessonFolder(folder) => Action::Lesson(LessonAction::Folder(folder)),
            Choice::Open(path) => Action::OpenFile(path),
            Choice::File {
                what,
                path,
                asked: true,
            } => Action::Save(what, Target::File(path)),
            Choice::File { what, path, .. } => Action::SaveAs(what, path),
            Choice::NoDialog => Action::NoDialog,
        })
        .collect()
}

fn take_loaded(state: &mut State, threads: &mut Threads, loaded: Loaded) {
    let text = state.text();
    match loaded {
        Loaded::Dataset {
            dataset,
            data,
            action,
            rejected,
        } => {
            for error in &rejected {
                let message = text.passed_over(error);
                state.notices.push(Notice::error(message));
            }
            if let Some(left_out) = text.left_out(&dataset.left_out) {
                state.notices.push(Notice::error(left_out));
            }
            state.loading = Loading::Idle;
            state.preferences.data = action;
            let trained = state.run.as_ref().filter(|run| run.is_live());
            if let Some(run) = trained.filter(|run| !run.data.is_same(&data)) {
                let (trained_on, shown) = (text.data_name(&run.data), text.data_name(&data));
                let message = text.trains_on(&trained_on, &shown);
                state.notices.push(Notice::done(message));
            }
            state.take_dataset(dataset, data);
            if let Some(path) = state.opens_next.take() {
                update::open::open(state, threads, path);
            }
        }
        Loaded::Unusable(error) => {
            state.loading = Loading::Idle;
            state.notices.push(Notice::error(text.data_error(&error)));
            // A remembered folder that is gone must not leave the window without pictures.
            if state.dataset.is_none() {
                update::data::open(state, threads, DataSource::Usual);
            }
        }
        Loaded::Downloading(what, progress) => {
            state.loading = Loading::Downloading(what, Some(progress));
        }
        Loaded::NotDownloaded(error) => {
            state.loading = Loading::Idle;
            state.notices.push(Notice {
                details: text.download_details(&error),
                ..Notice::error(text.download_error(&error))
            });
        }
    }
}

/// What a run on disk looks like once its last words are written, which a run that has just ended
/// may still be doing.
const WRITTEN_WITHIN: Duration = Duration::from_millis(600);

/// Takes in what was read from disk, changed there and saved.
pub fn take_duties(state: &mut State, threads: &mut Threads) {
    take_answers(state, threads, |threads| &threads.disk);
    take_answers(state, threads, |threads| &threads.films);
    take_answers(state, threads, |threads| &threads.saver);
}

/// Takes in how far the run under way has come.
fn take_progress(state: &mut State, threads: &Threads) {
    let (Some(run), Some(trainer)) = (&mut state.run, &threads.trainer) else {
        return;
    };
    let (points, seconds) = trainer.take_points();
    run.take_points(&points, seconds);
    let mut failure = None;
    while let Some(event) = trainer.try_event() {
        failure = run.take_event(event).or(failure);
    }
    if let Some(error) = failure {
        let message = state.text().training_error(&error);
        state.notices.push(Notice::error(message));
    }
}

/// The newest weights of the run under way; shown unless others are looked at.
fn take_weights(state: &mut State, threads: &Threads) {
    let newest = threads.trainer.as_ref().and_then(Trainer::snapshot);
    let (Some(newest), Some(run)) = (newest, &state.run) else {
        return;
    };
    let (owner, last) = (run.owner(), &state.runs.live);
    // It may have got its number on disk since.
    let is_renamed = last.whose.version == newest.version && last.whose.owner != owner;
    if newest.version > last.whose.version || is_renamed {
        state.runs.live = Weights::new(owner, newest);
        if state.runs.weights_of == WeightsOf::Live {
            state.show_live();
        }
    }
}

/// Looks at the disk again when the run under way has come further.
fn watch(state: &mut State, threads: &mut Threads) {
    if let Some(run) = &state.run {
        let fault = run.recording.as_ref().and_then(|kept| kept.take_fault());
        let stands = run.id().map(|id| (id, run.status, run.epochs.len()));
        if let Some(error) = fault {
            let message = state.text().run_not_kept(&error);
            state.notices.push(Notice::error(message));
        }
        if stands != state.runs.seen {
            let number = |seen: (RunId, RunStatus, usize)| seen.0;
            // The run before, whose place another has taken, has ended too.
            let before = state.runs.seen.map(number);
            let has_left = before.is_some() && before != stands.map(number);
            state.runs.seen = stands;
            requests::runs::list(threads);
            let has_ended = state.run.as_ref().is_some_and(|run| !run.is_under_way());
            let looks_again = has_ended || has_left;
            state.runs.look_again = looks_again.then(|| Instant::now() + WRITTEN_WITHIN);
        }
    }
    if let Some(at) = state.runs.look_again {
        if at <= Instant::now() {
            state.runs.look_again = None;
            requests::runs::list(threads);
        } else {
            (threads.wake)();
        }
    }
    let is_due = (state.runs.follow_at).is_some_and(|at| at <= Instant::now());
    if threads.watch.take() || is_due {
        let own = state.run.as_ref().and_then(Run::id);
        // The answer sets the time anew; until it comes nobody asks again.
        state.runs.follow(own);
        requests::runs::list(threads);
    }
    requests::runs::read_shown(state, threads);
}
