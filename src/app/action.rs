//! What the panels can ask for, and what then happens.

use std::path::PathBuf;

use eframe::egui;

use super::dialog::Dialog;
use super::edits::{self, Edit};
use super::explore::{Answer, Question};
use super::loader::DataWish;
use super::notices::Notice;
use super::run::{Run, RunStatus};
use super::state::{Loading, State};
use super::test_set;
use super::theme;
use super::views::View;
use super::views::maps::Pin;
use crate::explore::Ablation;
use crate::figures::{self, MapsSettings};
use crate::text::Language;
use crate::training::Command;

/// A wish of the user.
pub enum Action {
    Train,
    Pause,
    Resume,
    Step,
    Stop,
    Edit(Edit),
    SetMaps(MapsSettings),
    /// Takes a value apart in the inspector, or none.
    SetPin(Option<Pin>),
    SetView(View),
    /// Shows the filters of this layer.
    SetFiltersLayer(String),
    /// Switches filters off, and on again.
    SetAblation(Ablation),
    /// Shows a test image in Maps, above the others.
    OpenInMaps(usize),
    /// Ends, or takes up again, a question about the whole test set.
    CancelTestSet(test_set::Kind),
    ResumeTestSet(test_set::Kind),
    SetStripClass(Option<u8>),
    SetLanguage(Language),
    SetDark(bool),
    OpenData(DataWish),
    Download,
    CancelDownload,
    ChooseDataFolder,
    ChooseFigureFile,
    SaveFigure(PathBuf),
    /// The system opened no dialog.
    NoDialog,
    Dismiss(usize),
}

/// Carries out a wish. Nothing here waits.
pub fn apply(state: &mut State, ctx: &egui::Context, action: Action) {
    match action {
        Action::Train => train(state),
        Action::Pause => tell(state, Command::Pause),
        Action::Resume => tell(state, Command::Resume),
        Action::Step => {
            if state.live_run().is_none() {
                train(state);
            }
            tell(state, Command::StepBatch);
        }
        Action::Stop => {
            if let Some(run) = state.live_run() {
                run.trainer().stop();
            }
        }
        Action::Edit(edit) => edits::apply(state, edit, ctx.input(|input| input.time)),
        Action::SetStripClass(class) => state.preferences.strip_class = class,
        Action::SetMaps(maps) => {
            let layers = state.snapshot.model.layers();
            let pin = state.pin.take();
            state.pin = pin.and_then(|pin| pin.follow(&state.preferences.maps, &maps, layers));
            state.preferences.maps = maps;
        }
        Action::SetPin(pin) => state.pin = pin,
        Action::SetView(view) => state.preferences.view = view,
        Action::SetFiltersLayer(layer) => state.preferences.filters_layer = layer,
        Action::SetAblation(ablation) => state.test_set.ablation = ablation,
        Action::OpenInMaps(image) => {
            state.preferences.maps.bring_up(image);
            state.preferences.view = View::Maps;
        }
        Action::CancelTestSet(kind) => state.test_set.cancel(kind),
        Action::ResumeTestSet(kind) => state.test_set.resume(kind),
        Action::SetLanguage(language) => state.preferences.language = language,
        Action::SetDark(dark) => {
            state.preferences.dark = dark;
            theme::apply(ctx, dark);
        }
        Action::OpenData(wish) => state.open_data(wish),
        Action::Download => {
            state.loading = Loading::Downloading(None);
            state.loader.download();
        }
        Action::CancelDownload => state.loader.cancel_download(),
        Action::ChooseDataFolder => {
            let title = state.text().data.choose_data_folder.to_owned();
            state.dialogs.open(Dialog::DataFolder { title });
        }
        Action::ChooseFigureFile => {
            let text = state.text();
            state.dialogs.open(Dialog::Figure {
                title: text.maps.save_figure.to_owned(),
                folder: state.preferences.figure_folder.clone(),
                name: text.maps.figure_file.to_owned(),
            });
        }
        Action::SaveFigure(path) => save_figure(state, path),
        Action::NoDialog => {
            let message = state.text().window.no_dialog.to_owned();
            state.notices.push(Notice::error(message));
        }
        Action::Dismiss(index) => {
            if index < state.notices.len() {
                state.notices.remove(index);
            }
        }
    }
}

/// Starts a run with the settings on screen; one under way is stopped and its thread joined.
fn train(state: &mut State) {
    if state.why_not_train().is_some() {
        return;
    }
    let Some(dataset) = state.dataset.clone() else {
        return;
    };
    // After retraining a filter's number means something else.
    state.test_set.ablation = Ablation::default();
    // The old run's thread must be gone before a new one competes for the processor.
    state.run = None;
    match Run::start(
        state.preferences.config.clone(),
        dataset,
        state.wake.clone(),
    ) {
        Ok(run) => state.run = Some(run),
        Err(error) => {
            let message = state.text().no_thread(&error);
            state.notices.push(Notice::error(message));
        }
    }
}

fn tell(state: &State, command: Command) {
    if let Some(run) = &state.run
        && (run.is_live() || run.status == RunStatus::Finished)
    {
        run.trainer().send(command);
    }
}

/// Draws the maps on screen as a figure and saves it, on the explorer's thread.
fn save_figure(state: &mut State, path: PathBuf) {
    let (Some(maps), Some(dataset)) = (state.maps.answer().cloned(), state.dataset.clone()) else {
        return;
    };
    state.preferences.figure_folder = path.parent().map(Into::into);
    state.saving += 1;
    let text = state.text();
    let settings = state.preferences.maps.clone();
    let question = Question::Figure(path.clone());
    let job = move || -> Answer {
        let saved = figures::save(&maps.set, &dataset, &settings, text, &path);
        Box::new(move |state: &mut State| {
            state.saving = state.saving.saturating_sub(1);
            let text = state.text();
            state.notices.push(match saved {
                Ok(()) => Notice::done(text.figure_saved(&path)),
                Err(error) => Notice::error(text.render_error(&error)),
            });
        })
    };
    state.explorer.ask(question, Box::new(job));
}
