//! Choosing whose weights are looked at.

use crate::app::model::moments::Moments;
use crate::app::model::run::Run;
use crate::app::model::state::State;
use crate::app::model::subject::Subject;
use crate::app::model::view::View;
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
    state.runs.subject = Subject::Kept { run, step: None };
    requests::runs::weights(state, threads, run, None);
}

/// Looks at another moment of a run; the ranges of the colours stay those of the weights that were
/// looked at before.
pub fn scrub(state: &mut State, threads: &mut Threads, run: RunId, checkpoint: Checkpoint) {
    let step = Some(checkpoint.step);
    if state.runs.subject == (Subject::Kept { run, step }) {
        return;
    }
    state
        .runs
        .frozen
        .get_or_insert_with(|| state.snapshot.clone());
    state.runs.subject = Subject::Kept { run, step };
    if state.preferences.view == View::Maps {
        state.runs.scrubbed = Some(Instant::now());
        state.performance.moment_chosen(checkpoint.step);
    }
    match state.runs.visited.get(run, checkpoint.step) {
        Some(snapshot) => take(state, threads, run, snapshot),
        None => requests::runs::weights(state, threads, run, Some(checkpoint)),
    }
}

/// Looks at something else.
pub fn look_at(state: &mut State, threads: &mut Threads, subject: Subject) {
    match subject {
        Subject::Live => state.back_to_live(),
        Subject::BuiltIn => {
            state.runs.subject = subject;
            state.runs.frozen = None;
            state.snapshot = state.runs.built_in.clone();
        }
        Subject::File => {
            if let Some(opened) = &state.opened {
                state.snapshot = opened.snapshot.clone();
                state.runs.subject = subject;
                state.runs.frozen = None;
            }
        }
        Subject::Kept { run, step: None } => open(state, threads, run),
        Subject::Kept { run, step } => {
            state.runs.subject = subject;
            let kept = Moments::of(state);
            let moment = kept.and_then(|moments| {
                let mut all = moments.checkpoints.into_iter();
                all.find(|moment| Some(moment.step) == step)
            });
            requests::runs::weights(state, threads, run, moment);
        }
    }
}
