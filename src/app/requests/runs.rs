//! What is asked of the thread that reads and changes the runs on disk.

use crate::app::model::lesson_steps::runs_of_exercise;
use crate::app::model::moments::Moments;
use crate::app::model::notices::Notice;
use crate::app::model::run::Run;
use crate::app::model::runs::LoadedRun;
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::{Owner, Weights};
use crate::app::threads::Answer;
use crate::app::threads::Threads;
use crate::app::threads::disk::DiskJob;
use convlens_core::training::runs::{Checkpoint, Listing, RunError, RunId, RunSummary, Store};
use convlens_core::training::{CostModel, Measurement, Snapshot};
use std::sync::Arc;

/// Asks for the list of runs.
pub fn list(threads: &Threads) {
    let store = threads.runs.store().clone();
    let job = move || -> Answer {
        let listing = store.list().map(|listing| {
            let measured: Vec<_> = listing.runs.iter().filter_map(Measurement::of).collect();
            (listing, CostModel::calibrated(&measured), measured.len())
        });
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match listing {
                Ok((listing, costs, measured)) => {
                    state.runs.costs = costs;
                    state.runs.measured = measured;
                    take_list(state, listing);
                }
                Err(error) => tell(state, &error),
            },
        )
    };
    threads.disk.ask(DiskJob::List, Box::new(job));
}

fn take_list(state: &mut State, listing: Listing) {
    for set_aside in &listing.set_aside {
        let message = state.text().run_set_aside(set_aside);
        state.notices.push(Notice::error(message));
    }
    let text = state.text();
    let unreadable = listing.unreadable.iter();
    let unreadable: Vec<String> = unreadable.map(|error| text.run_error(error)).collect();
    for message in &unreadable {
        if !state.runs.unreadable.contains(message) {
            state.notices.push(Notice::error(message.clone()));
        }
    }
    state.runs.unreadable = unreadable;
    let own = state.run.as_ref().and_then(Run::id);
    let runs = &mut state.runs;
    runs.list = listing.runs;
    runs.follow(own);
    runs.name_all(text);
    let is_there = |id: &RunId| runs.list.iter().any(|run| run.id == *id);
    runs.chosen.retain(is_there);
    runs.records.retain(|id, _| is_there(id));
}

/// Asks for the curves of the runs on screen that are not there, or have come further.
pub fn read_shown(state: &mut State, threads: &mut Threads) {
    let runs = &state.runs;
    let mut shown: Vec<RunId> = runs.chosen.iter().copied().collect();
    if let WeightsOf::Kept { run, .. } = runs.weights_of {
        shown.push(run);
    }
    shown.extend(runs_of_exercise(state).into_iter().flatten());
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
        let store = threads.runs.store().clone();
        let job = move || -> Answer {
            let record = store.read(id).map(LoadedRun::from);
            Box::new(
                move |state: &mut State, threads: &mut Threads| match record {
                    Ok(record) => {
                        state.runs.records.insert(id, Arc::new(record));
                        go_along(state, threads, id);
                    }
                    Err(error) => {
                        tell(state, &error);
                        list(threads);
                    }
                },
            )
        };
        threads.disk.ask(DiskJob::Read(id), Box::new(job));
    }
}

/// Who looks at the newest moment of a run that another program trains goes along with it.
fn go_along(state: &mut State, threads: &mut Threads, id: RunId) {
    let at_newest = state.runs.weights_of
        == WeightsOf::Kept {
            run: id,
            step: None,
        };
    let record = state.runs.kept(id);
    let newest = record.and_then(|record| record.record.checkpoints.last());
    let newest = newest.filter(|newest| newest.step > state.whose.step);
    let Some(&newest) = newest.filter(|_| at_newest && state.whose.owner == Owner::Run(id)) else {
        return;
    };
    let reader = threads.runs.clone();
    let job = move || -> Answer {
        let loaded = reader.at(id, newest);
        Box::new(move |state: &mut State, threads: &mut Threads| {
            let trains = state.runs.summary(id).is_some_and(RunSummary::is_live);
            match loaded {
                Ok(snapshot) => take(state, threads, id, snapshot),
                // Whoever trains it may have thinned its moments meanwhile: the next look finds a newer one.
                Err(_) if trains => {}
                Err(error) => tell(state, &error),
            }
        })
    };
    threads.disk.ask(DiskJob::Weights, Box::new(job));
}

/// Asks for the weights of a run at one moment; for its newest where none is named.
pub fn weights(threads: &mut Threads, id: RunId, checkpoint: Option<Checkpoint>) {
    let reader = threads.runs.clone();
    let job = move || -> Answer {
        let loaded = match checkpoint {
            Some(checkpoint) => reader.at(id, checkpoint),
            None => reader.newest(id),
        };
        Box::new(
            move |state: &mut State, threads: &mut Threads| match loaded {
                Ok(snapshot) => take(state, threads, id, snapshot),
                Err(error) => {
                    tell(state, &error);
                    state.back_to_live();
                }
            },
        )
    };
    threads.disk.ask(DiskJob::Weights, Box::new(job));
}

/// Changes something on disk, and looks at it again.
pub fn change(
    threads: &Threads,
    change: impl FnOnce(&Store) -> Result<(), RunError> + Send + 'static,
) {
    let store = threads.runs.store().clone();
    charge(threads, move || {
        let changed = change(&store);
        Box::new(move |state: &mut State, threads: &mut Threads| {
            if let Err(error) = &changed {
                tell(state, error);
            }
            list(threads);
        })
    });
}

/// Has something changed, even if the window is closed meanwhile.
pub fn charge(threads: &Threads, job: impl FnOnce() -> Answer + Send + 'static) {
    threads.disk.charge(DiskJob::Change, Box::new(job));
}

/// Shows an error.
pub fn tell(state: &mut State, error: &RunError) {
    let message = state.text().run_error(error);
    state.notices.push(Notice::error(message));
}

/// Asks for the nearest moment of the run scrubbed that was not read yet, and then for the next.
pub fn prefetch(state: &State, threads: &mut Threads) {
    let WeightsOf::Kept { run, step: Some(_) } = state.runs.weights_of else {
        return;
    };
    let Some(moments) = Moments::of(state) else {
        return;
    };
    let now = moments.index();
    let unread = moments.checkpoints.iter().enumerate();
    let unread = unread.filter(|(_, checkpoint)| !state.runs.visited.has(run, checkpoint.step));
    let Some((_, &checkpoint)) = unread.min_by_key(|(index, _)| index.abs_diff(now)) else {
        return;
    };
    let reader = threads.runs.clone();
    let job = move || -> Answer {
        let read = reader.at(run, checkpoint);
        Box::new(move |state: &mut State, threads: &mut Threads| {
            let is_wanted =
                matches!(state.runs.weights_of, WeightsOf::Kept { run: of, .. } if of == run);
            // What cannot be read is said when it is asked for.
            if let Ok(snapshot) = read
                && is_wanted
            {
                state.runs.visited.add(run, snapshot);
                prefetch(state, threads);
            }
        })
    };
    threads.disk.ask(DiskJob::Prefetch, Box::new(job));
}

/// The weights that were read of the moments of the run scrubbed, the nearest first: at most so many,
/// none where nobody scrubs.
pub fn near(state: &State, most: usize) -> Vec<Arc<Snapshot>> {
    let WeightsOf::Kept { run, step: Some(_) } = state.runs.weights_of else {
        return Vec::new();
    };
    let Some(moments) = Moments::of(state) else {
        return Vec::new();
    };
    let now = moments.index();
    let mut places: Vec<usize> = (0..moments.checkpoints.len()).collect();
    places.sort_by_key(|place| place.abs_diff(now));
    let weights = places.into_iter().filter_map(|place| {
        let step = moments.checkpoints[place].step;
        state.runs.visited.get(run, step)
    });
    weights.take(most).collect()
}

/// Takes weights that were read; those of another moment of the run serve until the ones asked for.
pub fn take(state: &mut State, threads: &mut Threads, id: RunId, snapshot: Arc<Snapshot>) {
    state.runs.visited.add(id, snapshot.clone());
    if let WeightsOf::Kept { run, step } = state.runs.weights_of
        && run == id
    {
        // An answer may come after a later action that needed no reading.
        let wanted = step.and_then(|step| state.runs.visited.get(id, step));
        let weights = Weights::new(Owner::Run(id), wanted.unwrap_or(snapshot));
        state.show(weights);
        prefetch(state, threads);
    }
}
