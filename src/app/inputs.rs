//! Each frame: take in what other threads have sent.

use super::action::Action;
use super::dialog::Choice;
use super::explore::hear;
use super::lesson::{self, LessonWish};
use super::loader::Loaded;
use super::notices::{self, Notice};
use super::runs;
use super::save::Target;
use super::state::{Loading, State};
use super::test_set;

/// Takes in everything that has arrived.
pub fn receive(state: &mut State) {
    notices::expire(&mut state.notices);
    while let Some(loaded) = state.loader.try_report() {
        take_loaded(state, loaded);
    }
    if let Some(run) = &mut state.run {
        let failure = run.receive();
        if let Some(error) = failure {
            let message = state.text().training_error(&error);
            state.notices.push(Notice::error(message));
        }
    }
    // Before the next run of a queue takes the place of the one that has ended.
    lesson::receive(state);
    runs::receive(state);
    for question in hear(state, |state| &state.explorer) {
        question.give_up(state);
    }
    hear(state, |state| &state.saver);
    test_set::receive(state);
}

/// The answers of native dialogs, as actions.
pub fn chosen(state: &State) -> Vec<Action> {
    let choices = std::iter::from_fn(|| state.dialogs.try_choice());
    choices
        .map(|choice| match choice {
            Choice::DataFolder(folder) => Action::OpenData(super::DataWish::Folder(folder)),
            Choice::Picture(path) => Action::OpenPicture(path),
            Choice::LessonFolder(folder) => Action::Lesson(LessonWish::Folder(folder)),
            Choice::Open(path) => Action::OpenFile(path),
            Choice::File {
                what,
                path,
                asked: true,
            } => Action::Save(what, Target::File(path)),
            Choice::File { what, path, .. } => Action::SaveAs(what, path),
            Choice::NoDialog => Action::NoDialog,
        })
        .collect()
}

fn take_loaded(state: &mut State, loaded: Loaded) {
    let text = state.text();
    match loaded {
        Loaded::Dataset {
            dataset,
            wish,
            rejected,
        } => {
            for error in &rejected {
                let message = text.passed_over(error);
                state.notices.push(Notice::error(message));
            }
            state.loading = Loading::Idle;
            state.preferences.data = wish;
            state.take_dataset(dataset);
        }
        Loaded::Unusable(error) => {
            state.loading = Loading::Idle;
            state.notices.push(Notice::error(text.data_error(&error)));
            // A remembered folder that is gone must not leave the window without pictures.
            if state.dataset.is_none() {
                state.open_data(super::DataWish::Usual);
            }
        }
        Loaded::Downloading(progress) => state.loading = Loading::Downloading(Some(progress)),
        Loaded::NotDownloaded(error) => {
            state.loading = Loading::Idle;
            state
                .notices
                .push(Notice::error(text.download_error(&error)));
        }
    }
}
