//! Choosing whose weights are looked at.

use crate::app::model::moments::Moments;
use crate::app::model::run::Run;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use crate::app::requests;
use crate::app::requests::runs::take;
use crate::app::threads::Threads;
use convlens_core::explore::Ablation;
use convlens_core::training::runs::{Checkpoint, RunId};
use std::time::Instant;

/// Looks at a kept run, at its newest moment.
pub fn open(state: &mut State, threads: &mut Threads, run: RunId) {
    state.runs.frozen = None;
    if state.run.as_ref().and_then(Run::id) == Some(run) {
        state.back_to_live();
        return;
    }
    // A filter's number means something else in another run.
    state.test_set.ablation = Ablation::default();
    state.runs.weights_of = WeightsOf::Kept { run, step: None };
    requests::runs::weights(threads, run, None);
}

/// Looks at another moment of a run; the ranges of the colours stay those of the weights that were
/// looked at before.
pub fn scrub(state: &mut State, threads: &mut Threads, run: RunId, checkpoint: Checkpoint) {
    let step = Some(checkpoint.step);
    if state.runs.weights_of == (WeightsOf::Kept { run, step }) {
        return;
    }
    state
        .runs
        .frozen
        .get_or_insert_with(|| state.snapshot.clone());
    state.runs.weights_of = WeightsOf::Kept { run, step };
    if state.preferences.view == View::Maps {
        state.runs.scrubbed = Some(Instant::now());
        state.performance.moment_chosen(checkpoint.step);
    }
    match state.runs.visited.get(run, checkpoint.step) {
        Some(snapshot) => take(state, threads, run, snapshot),
        None => requests::runs::weights(threads, run, Some(checkpoint)),
    }
}

/// Looks at something else.
pub fn look_at(state: &mut State, threads: &mut Threads, subject: WeightsOf) {
    match subject {
        WeightsOf::Live => state.back_to_live(),
        WeightsOf::BuiltIn => {
            state.runs.weights_of = subject;
            state.runs.frozen = None;
            state.show(state.runs.built_in.clone());
        }
        WeightsOf::File => {
            if let Some(opened) = &state.opened {
                state.show(opened.weights.clone());
                state.runs.weights_of = subject;
                state.runs.frozen = None;
            }
        }
        WeightsOf::Kept { run, step: None } => open(state, threads, run),
        WeightsOf::Kept { run, step } => {
            state.runs.weights_of = subject;
            let kept = Moments::of(state);
            let moment = kept.and_then(|moments| {
                let mut all = moments.checkpoints.into_iter();
                all.find(|moment| Some(moment.step) == step)
            });
            requests::runs::weights(threads, run, moment);
        }
    }
}
