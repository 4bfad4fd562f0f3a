//! What can be asked about runs, and what then happens.

use std::sync::Arc;

use super::{Subject, disk, subject};
use crate::app::edits::{self, Edit};
use crate::app::explore::Answer;
use crate::app::notices::Notice;
use crate::app::run::{Beginning, Run, RunStatus};
use crate::app::state::State;
use convlens_core::explore::Ablation;
use convlens_core::training::runs::{Checkpoint, Column, NewRun, RunId};
use convlens_core::training::{Command, RunConfig, Sweep};

/// A wish about runs.
pub enum RunWish {
    /// Look at its newest weights.
    Open(RunId),
    /// Look at it at one moment.
    Scrub(RunId, Checkpoint),
    /// Look at the run under way again.
    BackToLive,
    /// Draw its curves and compare it, or no more.
    Choose(RunId, bool),
    Rename(RunId, String),
    /// Compare the others with it, or with none.
    Baseline(Option<RunId>),
    /// Take its network and settings for the next run.
    Duplicate(RunId),
    /// Train it for so many epochs more; with 0, to the end of its plan.
    Continue(RunId, usize),
    Delete(RunId),
    /// Bring the last deleted one back.
    Restore,
    /// Train the network at hand with these numbers of filters, one after another.
    Sweep(Vec<usize>),
    /// Let the runs that wait be.
    ClearQueue,
    /// Sort the table by this column; again, the other way.
    Sort(Column),
}

/// Carries out a wish at `now_secs`.
pub fn apply(state: &mut State, wish: RunWish, now_secs: f64) {
    match wish {
        RunWish::Open(id) => subject::open(state, id),
        RunWish::Scrub(id, checkpoint) => subject::scrub(state, id, checkpoint),
        RunWish::BackToLive => subject::back_to_live(state),
        RunWish::Choose(id, chosen) => {
            if chosen {
                state.runs.chosen.insert(id);
            } else {
                state.runs.chosen.remove(&id);
            }
        }
        RunWish::Rename(id, name) => disk::change(state, move |store| store.rename(id, &name)),
        RunWish::Baseline(id) => disk::change(state, move |store| store.set_baseline(id)),
        RunWish::Duplicate(id) => duplicate(state, id, now_secs),
        RunWish::Continue(id, more) => go_on(state, id, more),
        RunWish::Delete(id) => delete(state, id),
        RunWish::Restore => {
            if let Some((id, _)) = state.runs.deleted.take() {
                disk::change(state, move |store| store.restore(id));
            }
        }
        RunWish::Sweep(filters) => sweep(state, &filters),
        RunWish::ClearQueue => state.runs.queue.clear(),
        RunWish::Sort(column) => {
            state.runs.sort = match state.runs.sort {
                Some((sorted, true)) if sorted == column => Some((column, false)),
                Some((sorted, false)) if sorted == column => None,
                _ => Some((column, true)),
            };
        }
    }
}

/// Starts a run and looks at it; one under way ends first.
pub fn start(state: &mut State, config: RunConfig, new: NewRun, first: Option<Command>) {
    let Some(dataset) = state.dataset.clone() else {
        return;
    };
    let beginning = Beginning {
        config: state.fitting(config),
        dataset,
        recorder: Some(state.runs.store.recorder(new)),
        earlier: None,
    };
    begin(state, beginning, first);
}

/// Starts a run in place of the one there is.
pub fn begin(state: &mut State, beginning: Beginning, first: Option<Command>) {
    // After retraining a filter's number means something else.
    state.test_set.ablation = Ablation::default();
    let before = state.run.take();
    match Run::start(beginning, before, first, state.wake.clone()) {
        Ok(run) => {
            state.run = Some(run);
            state.runs.subject = Subject::Live;
            state.runs.frozen = None;
        }
        Err(error) => {
            let message = state.text().no_thread(&error);
            state.notices.push(Notice::error(message));
        }
    }
}

fn duplicate(state: &mut State, id: RunId, now_secs: f64) {
    let Some(run) = state.runs.summary(id) else {
        return;
    };
    let config = RunConfig {
        threads: state.preferences.config.threads,
        ..run.config.clone()
    };
    edits::apply(state, Edit::All(config), now_secs);
}

fn go_on(state: &mut State, id: RunId, more: usize) {
    // The window's own run goes on where it is, unless its thread has ended.
    if let Some(run) = &mut state.run
        && run.id() == Some(id)
        && (run.is_live() || run.status == RunStatus::Finished)
    {
        run.add_epochs(more);
        subject::back_to_live(state);
        return;
    }
    if state.live_run().is_some_and(|run| !run.is_draft()) {
        let message = state.text().runs.wait_for_run.to_owned();
        state.notices.push(Notice::error(message));
        return;
    }
    let Some(dataset) = state.dataset.clone() else {
        return;
    };
    let ending = state.run.take();
    let store = state.runs.store.clone();
    disk::ask_change(state, move || -> Answer {
        // A run that has just been stopped may still be writing.
        drop(ending);
        let read = store.continue_run(id, &dataset, more);
        let read = read.and_then(|continuation| Ok((continuation, store.read(id)?)));
        Box::new(move |state: &mut State| match read {
            Ok((continuation, record)) => {
                let beginning = Beginning {
                    config: continuation.config,
                    dataset,
                    recorder: Some((continuation.recorder, continuation.recording)),
                    earlier: Some((continuation.state, Arc::new(record))),
                };
                begin(state, beginning, None);
            }
            Err(error) => disk::tell(state, &error),
        })
    });
}

fn delete(state: &mut State, id: RunId) {
    let Some(name) = state.runs.summary(id).map(|run| run.name.clone()) else {
        return;
    };
    let mut holding = None;
    if state.run.as_ref().and_then(Run::id) == Some(id) {
        if state.live_run().is_some() {
            let message = state.text().runs.stop_it_first.to_owned();
            state.notices.push(Notice::error(message));
            return;
        }
        // A finished run waits for more epochs and holds its folder.
        holding = state.run.take();
        // Nor do its weights stay on screen.
        state.runs.live = state.runs.built_in.clone();
    }
    let is_looked_at = match state.runs.subject {
        Subject::Kept { run, .. } => run == id,
        Subject::Live => holding.is_some(),
        Subject::BuiltIn | Subject::File => false,
    };
    if is_looked_at {
        subject::back_to_live(state);
    }
    state.runs.deleted = Some((id, name));
    disk::change(state, move |store| {
        drop(holding);
        store.delete(id)
    });
}

fn sweep(state: &mut State, filters: &[usize]) {
    let sweep = Sweep {
        filters: filters.to_vec(),
        ..Sweep::default()
    };
    let configs = sweep.configs(&state.preferences.config).into_iter();
    let possible = configs.filter(|config| config.validate().is_ok()).collect();
    let list: Vec<String> = filters.iter().map(ToString::to_string).collect();
    let experiment = state.text().sweep_name(&list.join(", "));
    state.runs.queue.set(experiment, possible);
}
