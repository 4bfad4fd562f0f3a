//! What the lesson asks for, carried out.

pub mod exercise;
pub mod folder;
pub mod player;
mod shown_before;
#[cfg(test)]
mod tests;

use crate::app::model::action::LessonAction;
use crate::app::model::dialog::Dialog;
use crate::app::model::display::Beside;
use crate::app::model::lesson::LessonState;
use crate::app::model::lesson_steps::{lesson, route, step};
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::update;
use convlens_core::training::runs::package;

/// Name of the step on screen; none where there is no step.
fn name_of_step(state: &State) -> String {
    step(state).map_or_else(String::new, |step| step.name.clone())
}

/// A panel that took the lesson's place, or that of what the step is about, no longer does. One called before a class stays.
fn let_go(state: &mut State) {
    let display = &mut state.preferences.display;
    if !display.presenter && state.preferences.lesson.is_open {
        display.beside = Beside::Nothing;
    }
}

/// Carries out an action at `now_secs`.
pub fn apply(state: &mut State, threads: &mut Threads, action: LessonAction, now_secs: f64) {
    match action {
        LessonAction::Open(is_open) => {
            state.preferences.lesson.is_open = is_open;
            let_go(state);
            state.lesson.clock.begin(now_secs);
        }
        LessonAction::ToggleClock => {
            let name = name_of_step(state);
            state.lesson.clock.toggle(&name, now_secs);
        }
        LessonAction::Step(step) => {
            let name = name_of_step(state);
            state.lesson.clock.leave(&name, now_secs);
            state.lesson.clock.begin(now_secs);
            let last = lesson(state).steps.len().saturating_sub(1);
            state.preferences.lesson.step = step.min(last);
            state.preferences.lesson.is_open = true;
            let_go(state);
            state.lesson.shows_hands = false;
            state.lesson.shows_notes = false;
            state.lesson.hides_curves = false;
        }
        LessonAction::Route(route) => state.preferences.lesson.route = route,
        LessonAction::ShowMe => update::lesson::player::show_me(state, threads, now_secs),
        LessonAction::Undo => {
            if let Some(shown_before) = state.lesson.shown_before.take() {
                shown_before.put_back(state, threads, now_secs);
            }
        }
        LessonAction::Answer(answer) => {
            if let Some(name) = step(state).map(|step| step.name.clone()) {
                state.lesson.answers.insert(name, answer);
            }
        }
        LessonAction::Hands { choice, count } => {
            if let Some(name) = step(state).map(|step| step.name.clone()) {
                let hands = state.preferences.lesson.hands.entry(name).or_default();
                hands.resize(hands.len().max(choice + 1), 0);
                hands[choice] = count;
            }
        }
        LessonAction::ShowHands(shown) => state.lesson.shows_hands = shown,
        LessonAction::ShowNotes(shown) => state.lesson.shows_notes = shown,
        LessonAction::ShowCurves(shown) => state.lesson.hides_curves = !shown,
        LessonAction::Restart => {
            let own = state.lesson.own.take();
            state.lesson = LessonState {
                own,
                ..LessonState::default()
            };
            state.preferences.lesson.hands.clear();
            let route = route(state);
            let first = lesson(state)
                .steps
                .iter()
                .position(|step| step.is_in(route));
            state.preferences.lesson.step = first.unwrap_or(0);
        }
        LessonAction::Guess(guess) => update::lesson::exercise::guess(state, guess),
        LessonAction::Run(seeds) => update::lesson::exercise::run(state, seeds),
        // A path may be typed here that the File menu takes too.
        LessonAction::Folder(file) if package::is_package(&file) => {
            update::open_package::take_in(state, threads, file);
        }
        LessonAction::Folder(folder) => folder::open(threads, &folder),
        LessonAction::ChooseFolder => {
            let title = state.text().lesson.choose_folder.to_owned();
            threads.dialogs.open(Dialog::LessonFolder { title });
        }
        LessonAction::Copy(folder) => folder::copy(threads, folder),
        LessonAction::BuiltIn => {
            state.lesson = LessonState::default();
            state.preferences.lesson.folder = None;
            state.preferences.lesson.step = 0;
        }
    }
}
