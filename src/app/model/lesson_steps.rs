//! The steps of the lesson on screen.

use crate::app::model::state::State;
use crate::text::Language;
use convlens_core::lessons::{self, Lesson, Step};
use convlens_core::training::RunConfig;
use convlens_core::training::runs::RunId;
use std::sync::OnceLock;

/// The lesson in the window's language.
pub fn lesson(state: &State) -> &Lesson {
    let language = state.preferences.language;
    match (&state.lesson.own, language) {
        (Some([english, _]), Language::En) => english,
        (Some([_, spanish]), Language::Es) => spanish,
        (None, _) => built_in(language),
    }
}

/// The step on screen.
pub fn step(state: &State) -> Option<&Step> {
    let steps = &lesson(state).steps;
    steps.get(state.preferences.lesson.step).or(steps.last())
}

/// The route taken, if the lesson on screen knows it.
pub fn route(state: &State) -> Option<usize> {
    let wanted = state.preferences.lesson.route?;
    let steps = &lesson(state).steps;
    let is_known = steps.iter().any(|step| step.is_in(Some(wanted)));
    is_known.then_some(wanted)
}

/// The next step of the route taken, or the one before; from a step beside it the nearest.
pub fn neighbour(state: &State, forwards: bool) -> Option<usize> {
    let (steps, route) = (&lesson(state).steps, route(state));
    let here = state
        .preferences
        .lesson
        .step
        .min(steps.len().checked_sub(1)?);
    let is_in = |index: &usize| steps[*index].is_in(route);
    if forwards {
        (here + 1..steps.len()).find(is_in)
    } else {
        (0..here).rev().find(is_in)
    }
}

/// Whether an exercise is on screen.
pub fn is_exercise(state: &State) -> bool {
    let step = step(state).filter(|_| state.preferences.lesson.is_open);
    step.is_some_and(|step| step.exercise.is_some())
}

/// The runs of the exercise on screen that have been measured and are still kept: of the changed network, and of the one that it is compared with.
pub fn runs_of_exercise(state: &State) -> [Option<RunId>; 2] {
    let step = step(state).filter(|_| state.preferences.lesson.is_open);
    let runs = step.and_then(|step| state.lesson.exercises.get(&step.name));
    let is_there = |id: &RunId| state.runs.summary(*id).is_some();
    [1, 0].map(|which| runs?.recorded[which].as_ref()?.id().filter(is_there))
}

pub fn built_in(language: Language) -> &'static Lesson {
    static ENGLISH: OnceLock<Lesson> = OnceLock::new();
    static SPANISH: OnceLock<Lesson> = OnceLock::new();
    let lesson = match language {
        Language::En => &ENGLISH,
        Language::Es => &SPANISH,
    };
    lesson.get_or_init(|| {
        lessons::built_in(language.code()).unwrap_or_else(|error| {
            // The tests read every file.
            log::error!("{error}");
            Lesson { steps: Vec::new() }
        })
    })
}

/// What a lesson's runs start from: the notebook's settings, this machine's threads, and not more
/// images than the command line allows.
pub fn base(state: &State) -> RunConfig {
    RunConfig {
        images: state.most_images,
        ..RunConfig::default()
    }
}

/// So many training images, or all, but not more than the command line allows.
pub fn at_most(state: &State, images: Option<usize>) -> Option<usize> {
    [images, state.most_images].into_iter().flatten().min()
}
