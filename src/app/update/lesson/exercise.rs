//! The runs of an exercise: queued behind one another, their results taken as each ends.

use crate::app::model::run::{Run, RunStatus};
use crate::app::model::state::State;
use convlens_core::lessons::{Guess, Measured};

/// Keeps a prediction.
pub fn guess(state: &mut State, guess: Guess) {
    if let Some(name) = crate::app::model::lesson_steps::step(state).map(|step| step.name.clone()) {
        state.lesson.exercises.entry(name).or_default().guess = guess;
    }
}

/// Trains both networks with so many seeds more.
pub fn run(state: &mut State, seeds: usize) {
    if state.live_run().is_some() || state.dataset.is_none() {
        return;
    }
    let Some((name, title, exercise)) =
        crate::app::model::lesson_steps::step(state).and_then(|step| {
            Some((
                step.name.clone(),
                step.title.clone(),
                step.exercise.clone()?,
            ))
        })
    else {
        return;
    };
    let base = crate::app::model::lesson_steps::base(state);
    let runs = state.lesson.exercises.entry(name).or_default();
    let mut experiment = exercise.experiment;
    experiment.seeds = runs.next_seeds(&experiment, seeds);
    let configs = experiment.configs(&base);
    // Baseline and changed take turns: see `Experiment::configs`.
    let turns = [0, 1].into_iter().cycle();
    runs.waiting = turns.zip(configs.iter().cloned()).collect();
    runs.planned = configs.len();
    runs.was_broken_off = false;
    state.runs.queue.set(title, configs);
}

/// Takes the result of a run that has just ended, before the next one takes its place.
pub fn receive(state: &mut State) {
    let run = state.run.as_ref();
    let is_live = run.is_some_and(Run::is_live);
    let queue_is_empty = state.runs.queue.is_empty();
    for exercise in state.lesson.exercises.values_mut() {
        let Some((which, config)) = exercise.waiting.first() else {
            continue;
        };
        let its_run = run.filter(|run| run.config == *config);
        let finished = its_run.filter(|run| run.status == RunStatus::Finished);
        let accuracy = |run: &Run| run.epochs.last()?.test_accuracy;
        if let Some((run, accuracy)) = finished.and_then(|run| Some((run, accuracy(run)?))) {
            exercise.results[*which].push(Measured {
                seed: config.seed,
                accuracy,
                seconds: run.epochs.iter().map(|epoch| epoch.seconds).sum(),
            });
            let (which, _) = exercise.waiting.remove(0);
            // With the next baseline begins another pair.
            exercise.recorded[1] = None;
            exercise.recorded[which].clone_from(&run.recording);
        } else if queue_is_empty && !(is_live && its_run.is_some()) {
            // It was stopped, it failed, or something else is trained in its place.
            exercise.waiting.clear();
            exercise.was_broken_off = true;
        }
    }
}
