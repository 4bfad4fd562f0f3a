//! What the panels can ask for, and what then happens.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;

use super::curves::CurveAxis;
use super::dialog::Dialog;
use super::display::Display;
use super::edits::{self, Edit};
use super::lesson::{self, LessonWish};
use super::loader::DataWish;
use super::notices::Notice;
use super::open;
use super::open_package;
use super::pad::{self, DrawWish};
use super::run::RunStatus;
use super::runs::{self, RunWish};
use super::save::{self, SaveAs, Target};
use super::state::{Loading, State};
use super::test_set;
use super::theme;
use super::views::View;
use super::views::compare::CompareSettings;
use super::views::maps::Pin;
use crate::text::Language;
use convlens_core::dataset::ImageId;
use convlens_core::explore::Ablation;
use convlens_core::figures::MapsSettings;
use convlens_core::lessons::ByHand;
use convlens_core::network::NetworkSpec;
use convlens_core::training::Command;
use convlens_core::training::runs::NewRun;

/// A wish of the user.
pub enum Action {
    Train,
    Pause,
    Resume,
    Step,
    StepEpoch,
    /// Train the run at hand for so many epochs more.
    AddEpochs(usize),
    Stop,
    Edit(Edit),
    Runs(RunWish),
    Lesson(LessonWish),
    SetMaps(MapsSettings),
    SetCompare(CompareSettings),
    /// Takes a value apart in the inspector, or none.
    SetPin(Option<Pin>),
    SetView(View),
    /// Shows the filters of this layer.
    SetFiltersLayer(String),
    /// Switches filters off, and on again.
    SetAblation(Ablation),
    /// Shows a picture in Maps, above the others.
    OpenInMaps(ImageId),
    /// Ends, or takes up again, a question about the whole test set.
    CancelTestSet(test_set::Kind),
    ResumeTestSet(test_set::Kind),
    /// Retrain while the network is edited.
    SetRetrains(bool),
    SetCurveAxis(CurveAxis),
    Draw(DrawWish),
    ChoosePicture,
    OpenPicture(PathBuf),
    PastePicture(Arc<egui::ColorImage>),
    SetStripClass(Option<u8>),
    SetLanguage(Language),
    SetDark(bool),
    SetDisplay(Display),
    ShowPerformance(bool),
    /// Opens the projector's window, or closes it.
    SetProjects(bool),
    /// The welcome was seen.
    Welcomed,
    /// Sets the demonstration "By hand" up.
    SetByHand(ByHand),
    OpenData(DataWish),
    Download,
    CancelDownload,
    ChooseDataFolder,
    /// Opens a model, a run, a lesson, a picture or a folder of data.
    OpenFile(PathBuf),
    /// Opens weights that fit several networks as this one.
    OpenModelAs(PathBuf, NetworkSpec),
    /// Takes in the lesson of a file in place of one of the same name.
    ReplaceLesson(PathBuf),
    Dialog(Dialog),
    ChooseFile(SaveAs),
    /// Saves to a file; asks first if there is one of that name.
    SaveAs(SaveAs, PathBuf),
    /// Saves without asking.
    Save(SaveAs, Target),
    /// The system opened no dialog.
    NoDialog,
    Dismiss(usize),
}

/// Carries out a wish. Nothing here waits.
pub fn apply(state: &mut State, ctx: &egui::Context, action: Action) {
    match action {
        Action::Train => train(state, None),
        Action::Pause => tell(state, Command::Pause),
        Action::Resume => tell(state, Command::Resume),
        Action::Step => step(state, Command::StepBatch),
        Action::StepEpoch => step(state, Command::StepEpoch),
        Action::AddEpochs(more) => {
            if let Some(id) = state.to_continue() {
                runs::apply(state, RunWish::Continue(id, more), now_secs(ctx));
            }
        }
        Action::Stop => {
            state.runs.queue.clear();
            if let Some(run) = state.run.as_mut().filter(|run| run.is_live()) {
                run.stop();
            }
        }
        Action::Lesson(wish) => lesson::apply(state, wish, now_secs(ctx)),
        Action::Runs(wish) => runs::apply(state, wish, now_secs(ctx)),
        Action::Edit(edit) => edits::apply(state, edit, now_secs(ctx)),
        Action::Draw(wish) => state.pad.apply(wish),
        Action::ChoosePicture => {
            let title = state.text().draw.open.to_owned();
            state.dialogs.open(Dialog::Picture { title });
        }
        Action::OpenPicture(path) => pad::open(state, path),
        Action::PastePicture(image) => pad::paste(state, image),
        Action::SetStripClass(class) => state.preferences.strip_class = class,
        Action::SetMaps(maps) => set_maps(state, maps),
        Action::SetCompare(settings) => state.preferences.compare = settings,
        Action::SetPin(pin) => state.pin = pin,
        Action::SetCurveAxis(axis) => state.preferences.curve_axis = axis,
        Action::SetRetrains(retrains) => {
            state.preferences.retrains = retrains;
            runs::changed(state);
        }
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
        Action::SetDisplay(display) => {
            state.preferences.display = display;
            display.apply(ctx, state.pace.is_dear());
        }
        Action::ShowPerformance(shown) => state.performance.is_shown = shown,
        Action::SetProjects(projects) => state.projects = projects,
        Action::Welcomed => state.preferences.welcomed = true,
        Action::SetByHand(setup) => state.preferences.by_hand = setup,
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
        Action::OpenFile(path) => open::open(state, path),
        Action::OpenModelAs(path, network) => open::open_model(state, path, Some(network)),
        Action::ReplaceLesson(path) => open_package::replace_lesson(state, path),
        Action::Dialog(dialog) => state.dialogs.open(dialog),
        Action::ChooseFile(what) => {
            let [label, ..] = what.words(state.text());
            state.dialogs.open(Dialog::File {
                what,
                title: label.to_owned(),
                folder: save::folder(state),
                name: what.file_name(state),
            });
        }
        Action::SaveAs(what, path) => save::ask_and_save(state, what, path),
        Action::Save(what, target) => save::save(state, what, target),
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

/// Shows other maps, of images that there are; the value taken apart follows them where it can.
pub fn set_maps(state: &mut State, mut maps: MapsSettings) {
    if let Some(dataset) = &state.dataset {
        maps.keep_below(dataset.test.len());
    }
    let layers = state.snapshot.model.layers();
    let pin = state.pin.take();
    state.pin = pin.and_then(|pin| pin.follow(&state.preferences.maps, &maps, layers));
    state.preferences.maps = maps;
}

fn now_secs(ctx: &egui::Context) -> f64 {
    ctx.input(|input| input.time)
}

/// Starts a run with the settings on screen, in place of one under way; `first` is what it is told
/// before its first batch.
fn train(state: &mut State, first: Option<Command>) {
    if state.why_not_train().is_none() {
        let config = state.preferences.config.clone();
        runs::start(state, config, NewRun::default(), first);
    }
}

/// Trains one batch or epoch of the run under way, or of a new one, and holds.
fn step(state: &mut State, command: Command) {
    if state.live_run().is_none() {
        train(state, Some(command));
    } else {
        tell(state, command);
    }
}

fn tell(state: &State, command: Command) {
    if let Some(run) = &state.run
        && (run.is_live() || run.status == RunStatus::Finished)
    {
        run.trainer().send(command);
    }
}
