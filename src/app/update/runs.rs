//! What can be asked about runs, carried out.

use crate::app::model::action::{Edit, RunAction};
use crate::app::model::notices::{Notice, Offer};
use crate::app::model::run::{Run, RunStatus};
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Owner;
use crate::app::threads::Answer;
use crate::app::threads::Threads;
use crate::app::update::training::{Beginning, begin};
use crate::app::{requests, update};
use convlens_core::training::runs::{RunError, RunId};
use convlens_core::training::{Command, RunConfig, Sweep};
use std::sync::Arc;

/// Carries out a action at `now_secs`.
pub fn apply(state: &mut State, threads: &mut Threads, action: RunAction, now_secs: f64) {
    match action {
        RunAction::Open(id) => update::weights::open(state, threads, id),
        RunAction::Scrub(id, checkpoint) => update::weights::scrub(state, threads, id, checkpoint),
        RunAction::BuiltIn => update::weights::look_at(state, threads, WeightsOf::BuiltIn),
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
            let deleted: Vec<_> = ids
                .into_iter()
                .filter_map(|id| delete(state, threads, id))
                .collect();
            if !deleted.is_empty() {
                let message = state.text().runs_deleted(&deleted);
                let ids = deleted.into_iter().map(|(id, _)| id).collect();
                let notice = Notice::undo(message, Offer::Restore(ids));
                state.notices.push(notice);
            }
        }
        RunAction::Restore(ids) => {
            for id in ids {
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
    let own = &state.preferences.config;
    let config = match run.trained_by {
        None => RunConfig {
            threads: own.threads,
            // They are of that very run: the settings on screen say what holds from the start.
            changes: Vec::new(),
            ..run.config.clone()
        },
        // No more is known of it.
        Some(_) => RunConfig {
            network: run.config.network.clone(),
            epochs: run.config.epochs.min(RunConfig::MAX_EPOCHS),
            batch_size: run.config.batch_size.min(RunConfig::MAX_BATCH_SIZE),
            ..own.clone()
        },
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
    if must_wait(state) {
        return;
    }
    let (Some(dataset), Some(data)) = (state.dataset.clone(), state.data.clone()) else {
        return;
    };
    // Told before anything is given up for it.
    let trained_on = state.runs.summary(id).map(|run| &run.environment.data);
    if let Some(error) =
        trained_on.and_then(|trained_on| RunError::of_other_data(id, trained_on, &data))
    {
        requests::runs::tell(state, &error);
        return;
    }
    // Its own thread may still be writing; whatever else there is stays until the run goes on.
    let is_own = state.run.as_ref().is_some_and(|run| run.id() == Some(id));
    let ending = threads.trainer.take_if(|_| is_own);
    let store = threads.runs.store().clone();
    requests::runs::charge(threads, move || -> Answer {
        drop(ending);
        let read = store.continue_run(id, &dataset, more);
        let read = read.and_then(|continuation| Ok((continuation, store.read(id)?)));
        Box::new(move |state: &mut State, threads: &mut Threads| match read {
            Ok(_) if must_wait(state) => {}
            Ok((continuation, record)) => {
                let beginning = Beginning {
                    config: continuation.config,
                    dataset,
                    data,
                    recorder: Some((continuation.recorder, continuation.recording)),
                    began_from: record.summary.began_from.clone(),
                    from: continuation.from,
                    earlier: Some(Arc::new(record)),
                };
                begin(state, threads, beginning, None);
            }
            Err(error) => {
                // Its thread has ended, though it goes on no further.
                let run = state.run.as_mut().filter(|run| run.id() == Some(id));
                if let (Some(run), None) = (run, &threads.trainer) {
                    run.status = RunStatus::Stopped;
                }
                requests::runs::tell(state, &error);
            }
        })
    });
}

/// Whether a run is being trained that none takes the place of, which is said.
pub fn must_wait(state: &mut State) -> bool {
    let must = state.live_run().is_some_and(|run| !run.is_draft());
    if must {
        let message = state.text().runs.wait_for_run.to_owned();
        state.notices.push(Notice::error(message));
    }
    must
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
    }
    // Nor do its weights stay on screen.
    if state.runs.live.whose.owner == Owner::Run(id) {
        state.runs.live = state.runs.built_in.clone();
    }
    let is_asked_for = matches!(state.runs.weights_of, WeightsOf::Kept { run, .. } if run == id);
    if is_asked_for || state.whose.owner == Owner::Run(id) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::room::Room;
    use crate::app::update::training;
    use crate::text::Language;
    use convlens_core::dataset;
    use convlens_core::network::{LayerSpec, NetworkSpec};
    use convlens_core::training::runs::NewRun;

    /// Trains a small run to its end.
    fn trained(room: &mut Room) -> RunId {
        let config = RunConfig {
            epochs: 1,
            threads: 1,
            ..RunConfig::new(NetworkSpec::new(vec![LayerSpec::dense(4)]))
        };
        let Room { state, threads, .. } = room;
        training::start(state, threads, config, NewRun::default());
        let is_kept = |state: &State| {
            let run = state.run.as_ref()?;
            let kept = state.runs.summary(run.id()?)?;
            let shown = state.whose.owner == Owner::Run(kept.id);
            (run.status == RunStatus::Finished && shown && kept.epochs.len() == 1)
                .then_some(kept.id)
        };
        room.until(|state, _| is_kept(state).is_some());
        is_kept(&room.state).unwrap()
    }

    fn ask(room: &mut Room, action: RunAction) {
        apply(&mut room.state, &mut room.threads, action, 0.0);
        room.until(|state, threads| threads.disk.is_idle() && state.runs.look_again.is_none());
    }

    fn error(room: &Room) -> Option<String> {
        let told = room
            .state
            .notices
            .all()
            .rev()
            .find(|told| told.notice.is_error);
        told.map(|told| told.notice.message.clone())
    }

    #[test]
    fn a_run_of_other_data_does_not_go_on_and_nothing_is_lost_for_it() {
        let mut room = Room::new(Language::En);
        room.take_dataset(dataset::synthetic(64, 20).into());
        let first = trained(&mut room);
        room.take_dataset(dataset::synthetic(96, 20).into());
        let second = trained(&mut room);
        ask(&mut room, RunAction::Continue(first, 1));
        assert!(error(&room).unwrap().contains("trained on other data"));
        let state = &room.state;
        assert_eq!(state.run.as_ref().and_then(Run::id), Some(second));
        assert_eq!(state.whose.owner, Owner::Run(second));
        // It can still go on itself.
        ask(&mut room, RunAction::Continue(second, 1));
        room.until(|state, _| state.run.as_ref().is_some_and(|run| run.epochs.len() == 2));

        ask(&mut room, RunAction::Delete(vec![second]));
        assert!(room.state.run.is_none());
        assert_eq!(
            room.state.whose.owner,
            Owner::BuiltIn,
            "no maps of a run that is gone"
        );
        ask(&mut room, RunAction::Restore(vec![second]));
        assert!(room.state.runs.summary(second).is_some());
    }
}
