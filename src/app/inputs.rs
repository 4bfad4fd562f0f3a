//! Each frame: take in what other threads have sent, ask for what the picture now needs.

use std::sync::Arc;

use super::action::Action;
use super::dialog::Choice;
use super::explore::{self, Answer, Question};
use super::loader::Loaded;
use super::notices::Notice;
use super::state::{Loading, MapsAsked, State};
use crate::dataset::{Dataset, Origin};

/// Takes in everything that has arrived.
pub fn receive(state: &mut State) {
    while let Some(loaded) = state.loader.try_report() {
        take_loaded(state, loaded);
    }
    if let Some(run) = &mut state.run {
        let failure = run.receive();
        if let Some(snapshot) = run.trainer().snapshot()
            && snapshot.version > state.snapshot.version
        {
            state.snapshot = snapshot;
            state.is_built_in = false;
        }
        if let Some(error) = failure {
            let message = state.text().training_error(&error);
            state.notices.push(Notice::error(message));
        }
    }
    for answer in state.explorer.take_answers() {
        take_answer(state, answer);
    }
    for _ in 0..state.explorer.take_failures() {
        let message = state.text().explorer_failed.to_owned();
        state.notices.push(Notice::error(message));
        state.asked = state.maps.as_ref().map(|maps| maps.asked.clone());
        state.saving = 0;
    }
}

/// The answers of native dialogs, as actions.
pub fn chosen(state: &State) -> Vec<Action> {
    let choices = std::iter::from_fn(|| state.dialogs.try_choice());
    choices
        .map(|choice| match choice {
            Choice::DataFolder(folder) => Action::OpenData(super::DataWish::Folder(folder)),
            Choice::Figure(path) => Action::SaveFigure(path),
        })
        .collect()
}

/// Asks for the maps on screen unless they are there or on their way.
pub fn request(state: &mut State) {
    let Some(dataset) = &state.dataset else {
        return;
    };
    let wanted = MapsAsked {
        version: state.snapshot.version,
        dataset: Arc::as_ptr(dataset) as usize,
        images: state.preferences.maps.images.clone(),
    };
    if state.asked.as_ref() == Some(&wanted) {
        return;
    }
    state.asked = Some(wanted.clone());
    let (snapshot, dataset) = (state.snapshot.clone(), dataset.clone());
    state.explorer.ask(
        Question::Maps,
        Box::new(move || explore::maps(snapshot, &dataset, wanted)),
    );
}

fn take_loaded(state: &mut State, loaded: Loaded) {
    let text = state.text();
    match loaded {
        Loaded::Dataset { dataset, rejected } => {
            for error in &rejected {
                let message = text.passed_over(error);
                state.notices.push(Notice::error(message));
            }
            state.loading = Loading::Idle;
            state.preferences.maps.keep_below(dataset.test.len());
            state.preferences.data = wish_for(&dataset, &state.preferences.data);
            state.dataset = Some(dataset);
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

/// What to open at the next start: what the user chose, not what was found without being asked.
fn wish_for(dataset: &Dataset, wish: &super::DataWish) -> super::DataWish {
    match (&dataset.origin, wish) {
        (_, super::DataWish::Usual) => super::DataWish::Usual,
        (Origin::Folder { path, .. }, _) => super::DataWish::Folder(path.clone()),
        (Origin::Synthetic, _) => super::DataWish::Synthetic,
    }
}

fn take_answer(state: &mut State, answer: Answer) {
    match answer {
        Answer::Maps(Ok(maps)) => state.maps = Some(Arc::new(maps)),
        Answer::Maps(Err(error)) => {
            let message = state.text().not_computed(&error);
            state.notices.push(Notice::error(message));
        }
        Answer::Figure(saved) => {
            state.saving = state.saving.saturating_sub(1);
            let text = state.text();
            state.notices.push(match saved {
                Ok(path) => Notice::done(text.figure_saved(&path)),
                Err(error) => Notice::error(text.render_error(&error)),
            });
        }
    }
}
