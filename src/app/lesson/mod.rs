//! The lesson beside the views: which step is open, what it set up, what was answered and
//! predicted. The steps themselves are data: see [`convlens_core::lessons`].

mod exercise;
mod exercise_ui;
mod memento;
mod panel;
mod player;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::dialog::Dialog;
use super::explore::{Answer, Question};
use super::notices::Notice;
use super::open_package;
use super::state::State;
use crate::text::Language;
use convlens_core::lessons::{self, Guess, Lesson, Step};
use convlens_core::training::runs::package;
use exercise::ExerciseRuns;
use memento::Memento;

pub use exercise::receive;
pub use panel::{LessonPanel, shortcuts};

/// Where the reader is, to be remembered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Whether the lesson is on screen.
    pub is_open: bool,
    /// Index of the step.
    pub step: usize,
    /// The folder of a teacher's own lesson.
    pub folder: Option<PathBuf>,
}

/// What the lesson knows while the window is open.
#[derive(Default)]
pub struct LessonState {
    /// A teacher's lesson, in English and Spanish.
    own: Option<[Lesson; 2]>,
    /// What "show me" changed.
    memento: Option<Memento>,
    /// The answer chosen to the question of each step, by the step's name.
    answers: HashMap<String, usize>,
    /// Predictions and runs of each exercise, by the step's name.
    exercises: HashMap<String, ExerciseRuns>,
}

/// A wish about the lesson.
pub enum LessonWish {
    Open(bool),
    /// Go to this step.
    Step(usize),
    ShowMe,
    Undo,
    /// Choose this answer of the step's question.
    Answer(usize),
    Guess(Guess),
    /// Run the exercise's networks with so many seeds more.
    Run(usize),
    /// Open a teacher's lesson.
    Folder(PathBuf),
    ChooseFolder,
    BuiltIn,
}

/// Carries out a wish at `now_secs`.
pub fn apply(state: &mut State, wish: LessonWish, now_secs: f64) {
    match wish {
        LessonWish::Open(is_open) => state.preferences.lesson.is_open = is_open,
        LessonWish::Step(step) => {
            let last = lesson(state).steps.len().saturating_sub(1);
            state.preferences.lesson.step = step.min(last);
            state.preferences.lesson.is_open = true;
        }
        LessonWish::ShowMe => player::show_me(state, now_secs),
        LessonWish::Undo => {
            if let Some(memento) = state.lesson.memento.take() {
                memento.put_back(state, now_secs);
            }
        }
        LessonWish::Answer(answer) => {
            if let Some(name) = step(state).map(|step| step.name.clone()) {
                state.lesson.answers.insert(name, answer);
            }
        }
        LessonWish::Guess(guess) => exercise::guess(state, guess),
        LessonWish::Run(seeds) => exercise::run(state, seeds),
        // A path may be typed here that the File menu takes too.
        LessonWish::Folder(file) if package::is_package(&file) => {
            open_package::take_in(state, file);
        }
        LessonWish::Folder(folder) => open_folder(state, folder),
        LessonWish::ChooseFolder => {
            let title = state.text().lesson.choose_folder.to_owned();
            state.dialogs.open(Dialog::LessonFolder { title });
        }
        LessonWish::BuiltIn => {
            state.lesson = LessonState::default();
            state.preferences.lesson.folder = None;
            state.preferences.lesson.step = 0;
        }
    }
}

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

fn built_in(language: Language) -> &'static Lesson {
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

/// Reads a teacher's lesson on the explorer's thread; what is wrong with it is told, and the lesson on screen stays.
pub fn open_folder(state: &mut State, folder: PathBuf) {
    let job = move || -> Answer {
        let read = lessons::read_both(&folder);
        Box::new(move |state: &mut State| {
            let notice = match read {
                Ok(own) => {
                    let opened = state.text().lesson_opened(own[0].steps.len());
                    let place = &mut state.preferences.lesson;
                    if place.folder.as_ref() != Some(&folder) {
                        place.folder = Some(folder);
                        place.step = 0;
                    }
                    state.lesson = LessonState {
                        own: Some(own),
                        ..LessonState::default()
                    };
                    Notice::done(opened)
                }
                Err(error) => Notice::error(state.text().lesson_error(&error)),
            };
            state.notices.push(notice);
        })
    };
    state.explorer.ask(Question::Lesson, Box::new(job));
}
