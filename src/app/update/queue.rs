//! Starting the next run of an experiment.

use super::training;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use convlens_core::training::runs::NewRun;

/// Starts the next run when none is under way.
pub fn go_on(state: &mut State, threads: &mut Threads) {
    let is_free = state.live_run().is_none() && state.dataset.is_some();
    if !is_free {
        return;
    }
    if let Some(config) = state.runs.queue.waiting.pop_front() {
        let new = NewRun {
            experiment: Some(state.runs.queue.experiment.clone()),
            ..NewRun::default()
        };
        training::start(state, threads, config, new);
    }
}
