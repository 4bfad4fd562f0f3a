//! What is asked of the disk's thread.

use std::sync::Arc;

use super::{Kept, Subject};
use crate::app::explore::Answer;
use crate::app::notices::Notice;
use crate::app::run::Run;
use crate::app::state::State;
use convlens_core::training::runs::{Checkpoint, Listing, RunError, RunId, Store};
use convlens_core::training::{CostModel, Measurement};

/// Kinds of job: a newer one replaces an older one of its kind that has not been begun.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DiskJob {
    List,
    Read(RunId),
    Weights,
    /// Weights that may be asked for soon.
    Ahead,
    /// Each change is one of its own.
    Change(u64),
}

/// Asks for the list of runs.
pub fn list(state: &mut State) {
    let store = state.runs.store.clone();
    let job = move || -> Answer {
        let listing = store.list().map(|listing| {
            let measured: Vec<_> = listing.runs.iter().filter_map(Measurement::of).collect();
            (listing, CostModel::calibrated(&measured), measured.len())
        });
        Box::new(move |state: &mut State| match listing {
            Ok((listing, costs, measured)) => {
                state.runs.costs = costs;
                state.runs.measured = measured;
                take_list(state, listing);
            }
            Err(error) => tell(state, &error),
        })
    };
    state.runs.disk.ask(DiskJob::List, Box::new(job));
}

fn take_list(state: &mut State, listing: Listing) {
    for set_aside in &listing.set_aside {
        let message = state.text().run_set_aside(set_aside);
        state.notices.push(Notice::error(message));
    }
    for error in &listing.unreadable {
        tell(state, error);
    }
    let runs = &mut state.runs;
    runs.list = listing.runs;
    let is_there = |id: &RunId| runs.list.iter().any(|run| run.id == *id);
    runs.chosen.retain(is_there);
    runs.records.retain(|id, _| is_there(id));
}

/// Asks for the curves of the runs on screen that are not there, or have come further.
pub fn read_shown(state: &mut State) {
    let runs = &state.runs;
    let mut shown: Vec<RunId> = runs.chosen.iter().copied().collect();
    if let Subject::Kept { run, .. } = runs.subject {
        shown.push(run);
    }
    let under_way = state.run.as_ref().and_then(Run::id);
    for id in shown {
        let Some(step) = state.runs.summary(id).map(|run| run.step) else {
            continue;
        };
        // What the window itself trains it knows better than the disk.
        if Some(id) == under_way || state.runs.asked.get(&id) == Some(&step) {
            continue;
        }
        state.runs.asked.insert(id, step);
        let store = state.runs.store.clone();
        let job = move || -> Answer {
            let record = store.read(id).map(Kept::from);
            Box::new(move |state: &mut State| match record {
                Ok(record) => {
                    state.runs.records.insert(id, Arc::new(record));
                }
                Err(error) => {
                    tell(state, &error);
                    list(state);
                }
            })
        };
        state.runs.disk.ask(DiskJob::Read(id), Box::new(job));
    }
}

/// Asks for the weights of a run at one moment; for its newest where none is named.
pub fn weights(state: &mut State, id: RunId, checkpoint: Option<Checkpoint>) {
    let reader = state.runs.reader();
    let job = move || -> Answer {
        let loaded = match checkpoint {
            Some(checkpoint) => reader.at(id, checkpoint),
            None => reader.newest(id),
        };
        Box::new(move |state: &mut State| match loaded {
            Ok(snapshot) => super::subject::take(state, id, snapshot),
            Err(error) => {
                tell(state, &error);
                super::subject::back_to_live(state);
            }
        })
    };
    state.runs.disk.ask(DiskJob::Weights, Box::new(job));
}

/// Changes something on disk, and looks at it again.
pub fn change(
    state: &mut State,
    change: impl FnOnce(&Store) -> Result<(), RunError> + Send + 'static,
) {
    let store = state.runs.store.clone();
    ask_change(state, move || {
        let changed = change(&store);
        Box::new(move |state: &mut State| {
            if let Err(error) = &changed {
                tell(state, error);
            }
            list(state);
        })
    });
}

/// A job that nothing replaces.
pub fn ask_change(state: &mut State, job: impl FnOnce() -> Answer + Send + 'static) {
    state.runs.changes += 1;
    let kind = DiskJob::Change(state.runs.changes);
    state.runs.disk.ask(kind, Box::new(job));
}

/// Shows an error.
pub fn tell(state: &mut State, error: &RunError) {
    let message = state.text().run_error(error);
    state.notices.push(Notice::error(message));
}
