//! What happens when an action is carried out. Nothing here waits.

pub mod data;
pub mod draft;
pub mod edited;
pub mod edits;
pub mod lesson;
pub mod open;
pub mod open_package;
pub mod queue;
pub mod receive;
pub mod runs;
pub mod save;
pub mod stage;
pub mod training;
pub mod weights;

use crate::app::model::action::{Action, RunAction};
use crate::app::model::dialog::Dialog;
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::threads::Threads;
use crate::app::{requests, update};
use convlens_core::training::Command;
use training::{step, tell, train};

/// Carries out an action at `now_secs`, seconds since the window opened.
pub fn apply(state: &mut State, threads: &mut Threads, action: Action, now_secs: f64) {
    match action {
        Action::Train => train(state, threads, None),
        Action::Pause => tell(state, threads, Command::Pause),
        Action::Resume => tell(state, threads, Command::Resume),
        Action::Step => step(state, threads, Command::StepBatch),
        Action::StepEpoch => step(state, threads, Command::StepEpoch),
        Action::AddEpochs(more) => {
            if let Some(id) = state.to_continue() {
                update::runs::apply(state, threads, RunAction::Continue(id, more), now_secs);
            }
        }
        Action::Stop => training::stop(state, threads),
        Action::TrainShown => update::edited::train_shown(state, threads, now_secs),
        Action::ChangeRun => training::change(state, threads),
        Action::Lesson(action) => update::lesson::apply(state, threads, action, now_secs),
        Action::Runs(action) => update::runs::apply(state, threads, action, now_secs),
        Action::Edit(edit) => update::edits::apply(state, edit, now_secs),
        Action::Draw(action) => state.canvas.apply(action),
        Action::ChoosePicture => {
            let title = state.text().draw.open.to_owned();
            threads.dialogs.open(Dialog::Picture { title });
        }
        Action::OpenPicture(path) => requests::picture::open(state, threads, path),
        Action::PastePicture(image) => requests::picture::paste(state, threads, image),
        Action::SetStripClass(class) => state.preferences.strip_class = class,
        Action::SetMaps(maps) => state.set_maps(maps),
        Action::SetCompare(settings) => state.preferences.compare = settings,
        Action::SetExplain(settings) => state.explain = settings,
        Action::SetTransform(settings) => state.transform = settings,
        Action::SetEmbedding(settings) => state.embedding = settings,
        Action::SetHistograms(settings) => state.histograms.settings = settings,
        Action::SetOverview(settings) => state.overview = settings,
        Action::ByHand(action) => update::edited::apply(state, threads, action),
        Action::SetChannelsLayer(layer) => state.channels_layer = Some(layer),
        Action::SetPin(pin) => {
            state.image = pin.as_ref().map(|pin| pin.image).or(state.image);
            state.pin = pin;
        }
        Action::SetCurveAxis(axis) => state.preferences.curve_axis = axis,
        Action::SetLossScale(scale) => state.preferences.loss_scale = scale,
        Action::SetRetrains(retrains) => {
            state.preferences.retrains = retrains;
            update::draft::changed(state);
        }
        Action::SetView(view) => state.preferences.view = view,
        Action::SetFiltersLayer(layer) => state.preferences.filters_layer = layer,
        Action::SetPreferredFrom(from) => {
            state.filters.preferred_from = from;
            state.test_set.forget_preferred();
        }
        Action::SetErrorsCell(cell) => state.errors_cell = cell,
        Action::ShowPreferred(shown) => state.filters.shows_preferred = shown,
        Action::SetAblation(ablation) => state.test_set.ablation = ablation,
        Action::SetImage(image) => state.image = Some(image),
        Action::AskWhy {
            image,
            class,
            against,
        } => {
            state.preferences.maps.bring_up(image);
            state.image = Some(image);
            state.explain.class = Some(class);
            state.explain.against = against;
            state.preferences.view = View::Explain;
        }
        Action::OpenInMaps(image) => {
            state.image = Some(image);
            state.preferences.maps.bring_up(image);
            state.preferences.view = View::Maps;
        }
        Action::CancelTestSet(kind) => state.test_set.cancel(kind),
        Action::ResumeTestSet(kind) => state.test_set.resume(kind),
        Action::SetLanguage(language) => {
            state.preferences.language = language;
            let text = state.text();
            state.runs.name_all(text);
        }
        Action::SetDisplay(display) => state.preferences.display = display,
        Action::ShowPerformance(shown) => state.performance.is_shown = shown,
        Action::SetProjects(projects) => {
            state.projects = projects;
            state.stage.is_frozen = false;
        }
        Action::Stage(action) => stage::apply(state, action),
        Action::Welcomed => state.preferences.welcomed = true,
        Action::SetByHand(setup) => state.preferences.by_hand = setup,
        Action::SetDark(dark) => state.preferences.dark = dark,
        Action::OpenData(action) => data::open(state, threads, action),
        Action::Download(what) => data::download(state, threads, what),
        Action::CancelDownload => threads.loader.cancel_download(),
        Action::ChooseDataFolder => {
            let title = state.text().data.choose_data_folder.to_owned();
            threads.dialogs.open(Dialog::DataFolder { title });
        }
        Action::OpenFile(path) => update::open::open(state, threads, path),
        Action::ScaleOpened(file, scaling) => update::open::scale(state, threads, &file, scaling),
        Action::OpenModelAs(path, network) => {
            update::open::open_model(state, threads, path, Some(network));
        }
        Action::ReplaceLesson(path) => update::open_package::replace_lesson(state, threads, path),
        Action::Dialog(dialog) => threads.dialogs.open(dialog),
        Action::ChooseFile(what) => {
            let [label, ..] = what.words(state.text());
            threads.dialogs.open(Dialog::File {
                what,
                title: label.to_owned(),
                folder: state.folder_to_save_in(),
                name: what.file_name(state),
            });
        }
        Action::SaveAs(what, path) => update::save::ask_and_save(threads, what, path),
        Action::Save(what, target) => update::save::save(state, threads, what, target),
        Action::NoDialog => {
            let message = state.text().window.no_dialog.to_owned();
            state.notices.push(Notice::error(message));
        }
        Action::Dismiss(number) => state.notices.dismiss(number),
        Action::Answered(number) => state.notices.answer(number),
        Action::HoldNotices => state.notices.hold(),
        Action::ForgetNotices => state.notices.forget(),
    }
}
