//! What can be asked about runs, carried out.

use crate::app::model::action::{Edit, RunAction};
use crate::app::model::notices::Notice;
use crate::app::model::run::{Run, RunStatus};
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::threads::Answer;
use crate::app::threads::Threads;
use crate::app::update::training::{Beginning, begin};
use crate::app::{requests, update};
use convlens_core::training::runs::RunId;
use convlens_core::training::{Command, RunConfig, Sweep};
use std::sync::Arc;

/// Carries out a action at `now_secs`.
pub fn apply(state: &mut State, threads: &mut Threads, action: RunAction, now_secs: f64) {
    match action {
        RunAction::Open(id) => update::weights::open(state, threads, id),
        RunAction::Scrub(id, checkpoint) => update::weights::scrub(state, threads, id, checkpoint),
        RunAction::BackToLive => state.back_to_live(),
        RunAction::Choose(ids, true) => state.runs.chosen.extend(ids),
        RunAction::Choose(ids, false) => state.runs.chosen.retain(|id| !ids.contains(id)),
        RunAction::Rename(id, name) => {
            requests::runs::change(threads, move |store| store.rename(id, &name));
        }
        RunAction::Baseline(id) => {
            requests::runs::change(threads, move |store| store.set_baseline(id));
        }
        RunAction::Duplicate(id) => duplicate(state, id, now_secs),
        RunAction::Continue(id, more) => go_on(state, threads, id, more),
        RunAction::Delete(ids) => {
            let deleted = ids.into_iter();
            let deleted = deleted
                .filter_map(|id| delete(state, threads, id))
                .collect();
            // Where none could be deleted, those before can still be brought back.
            if !Vec::is_empty(&deleted) {
                state.runs.deleted = deleted;
            }
        }
        RunAction::Restore => {
            for (id, _) in std::mem::take(&mut state.runs.deleted) {
                requests::runs::change(threads, move |store| store.restore(id));
            }
        }
        RunAction::Sweep(filters) => sweep(state, &filters),
        RunAction::ClearQueue => state.runs.queue.clear(),
        RunAction::Sort(column) => {
            state.runs.sort = match state.runs.sort {
                Some((sorted, true)) if sorted == column => Some((column, false)),
                Some((sorted, false)) if sorted == column => None,
                _ => Some((column, true)),
            };
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
    update::edits::apply(state, Edit::All(config), now_secs);
}

fn go_on(state: &mut State, threads: &mut Threads, id: RunId, more: usize) {
    // The window's own run goes on where it is, unless its thread has ended.
    if let Some(run) = &mut state.run
        && run.id() == Some(id)
        && (run.is_live() || run.status == RunStatus::Finished)
    {
        run.add_epochs(more);
        if let Some(trainer) = &threads.trainer {
            trainer.send(Command::AddEpochs(more));
        }
        state.back_to_live();
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
    state.run = None;
    let ending = threads.trainer.take();
    let store = threads.runs.store().clone();
    requests::runs::charge(threads, move || -> Answer {
        // A run that has just been stopped may still be writing.
        drop(ending);
        let read = store.continue_run(id, &dataset, more);
        let read = read.and_then(|continuation| Ok((continuation, store.read(id)?)));
        Box::new(move |state: &mut State, threads: &mut Threads| match read {
            Ok((continuation, record)) => {
                let beginning = Beginning {
                    config: continuation.config,
                    dataset,
                    recorder: Some((continuation.recorder, continuation.recording)),
                    earlier: Some((continuation.state, Arc::new(record))),
                };
                begin(state, threads, beginning, None);
            }
            Err(error) => requests::runs::tell(state, &error),
        })
    });
}

/// Deletes a run; it and its name, unless it is in training or not there.
fn delete(state: &mut State, threads: &mut Threads, id: RunId) -> Option<(RunId, String)> {
    let run = state.runs.summary(id)?;
    let name = state.runs.name(run).to_owned();
    let mut holding = None;
    if state.run.as_ref().and_then(Run::id) == Some(id) {
        if state.live_run().is_some() {
            let message = state.text().runs.stop_it_first.to_owned();
            state.notices.push(Notice::error(message));
            return None;
        }
        // A finished run waits for more epochs and holds its folder.
        state.run = None;
        holding = threads.trainer.take();
        // Nor do its weights stay on screen.
        state.runs.live = state.runs.built_in.clone();
    }
    let is_looked_at = match state.runs.weights_of {
        WeightsOf::Kept { run, .. } => run == id,
        WeightsOf::Live => holding.is_some(),
        WeightsOf::BuiltIn | WeightsOf::File => false,
    };
    if is_looked_at {
        state.back_to_live();
    }
    requests::runs::change(threads, move |store| {
        drop(holding);
        store.delete(id)
    });
    Some((id, name))
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
