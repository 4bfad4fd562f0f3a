//! What the panels can ask for.

use crate::app::model;
use crate::app::model::compare::CompareSettings;
use crate::app::model::curves::{CurveAxis, LossScale};
use crate::app::model::data::DataSource;
use crate::app::model::dialog::Dialog;
use crate::app::model::display::Display;
use crate::app::model::edited::HandAction;
use crate::app::model::embedding::EmbeddingSettings;
use crate::app::model::explain::ExplainSettings;
use crate::app::model::filters::PreferredFrom;
use crate::app::model::histograms::HistogramsSettings;
use crate::app::model::overview::OverviewSettings;
use crate::app::model::pin::Pin;
use crate::app::model::save::{SaveAs, Target};
use crate::app::model::stage::{Share, Spot, Tool};
use crate::app::model::transform::TransformSettings;
use crate::app::model::view::View;
use crate::text::Language;
use convlens_core::dataset::download::Fetched;
use convlens_core::dataset::picture::Reduction;
use convlens_core::dataset::{Brush, ImageId};
use convlens_core::explore::Ablation;
use convlens_core::figures::MapsSettings;
use convlens_core::lessons::{ByHand, Guess};
use convlens_core::network::NetworkSpec;
use convlens_core::network::import::Scaling;
use convlens_core::training::RunConfig;
use convlens_core::training::runs::{Checkpoint, Column, RunId};
use eframe::egui;
use std::path::PathBuf;
use std::sync::Arc;

/// A action of the user.
pub enum Action {
    Train,
    Pause,
    Resume,
    Step,
    StepEpoch,
    /// Train the run at hand for so many epochs more.
    AddEpochs(usize),
    Stop,
    /// Start a run from the weights looked at, with the settings on screen.
    TrainShown,
    /// The run under way goes on with the learning rate and optimizer on screen.
    ChangeRun,
    Edit(Edit),
    Runs(RunAction),
    Lesson(LessonAction),
    Stage(StageAction),
    SetMaps(MapsSettings),
    SetCompare(CompareSettings),
    SetExplain(ExplainSettings),
    SetTransform(TransformSettings),
    SetEmbedding(EmbeddingSettings),
    SetHistograms(HistogramsSettings),
    SetOverview(OverviewSettings),
    /// Changes the weights looked at by hand.
    ByHand(HandAction),
    /// Shows this row in the views that show one picture.
    SetImage(ImageId),
    /// Asks why a picture is taken for a class, and not for another.
    AskWhy {
        image: ImageId,
        class: usize,
        against: Option<usize>,
    },
    /// Shows the channels of this layer.
    SetChannelsLayer(String),
    /// Takes a value apart in the inspector, or none.
    SetPin(Option<Pin>),
    SetView(View),
    /// Shows the filters of this layer.
    SetFiltersLayer(String),
    /// Looks for what filters answer to most from another start.
    SetPreferredFrom(PreferredFrom),
    /// The cell of the confusion matrix that is chosen.
    SetErrorsCell(Option<(u8, u8)>),
    /// Shows what each filter of the layer answers to most, or the kernels.
    ShowPreferred(bool),
    /// Switches filters off, and on again.
    SetAblation(Ablation),
    /// Shows a picture in Maps, above the others.
    OpenInMaps(ImageId),
    /// Ends, or takes up again, a question about the whole test set.
    CancelTestSet(model::test_set::Kind),
    ResumeTestSet(model::test_set::Kind),
    /// Retrain while the network is edited.
    SetRetrains(bool),
    SetCurveAxis(CurveAxis),
    SetLossScale(LossScale),
    Draw(DrawAction),
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
    OpenData(DataSource),
    Download(Fetched),
    CancelDownload,
    ChooseDataFolder,
    /// Opens a model, a run, a lesson, a picture or a folder of data.
    OpenFile(PathBuf),
    /// Opens weights that fit several networks as this one.
    OpenModelAs(PathBuf, NetworkSpec),
    /// Scales the pixels of the model opened from the file of this name so.
    ScaleOpened(Arc<str>, Scaling),
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
    /// Takes the message of this number away; it can be read again in the list.
    Dismiss(u64),
    /// The same of one whose offer was taken.
    Answered(u64),
    /// Somebody is at the messages.
    HoldNotices,
    /// Empties the list of messages.
    ForgetNotices,
}

/// A action about runs.
pub enum RunAction {
    /// Look at its newest weights.
    Open(RunId),
    /// Look at it at one moment.
    Scrub(RunId, Checkpoint),
    /// Look at the run under way again.
    BackToLive,
    /// Look at the network that there is from the start.
    BuiltIn,
    /// Draw the curves of these and compare them, or no more.
    Choose(Vec<RunId>, bool),
    Rename(RunId, String),
    /// Compare the others with it, or with none.
    Baseline(Option<RunId>),
    /// Take its network and settings for the next run.
    Duplicate(RunId),
    /// Train it for so many epochs more; with 0, to the end of its plan.
    Continue(RunId, usize),
    Delete(Vec<RunId>),
    /// Bring deleted ones back.
    Restore(Vec<RunId>),
    /// Train the network at hand with these numbers of filters, one after another.
    Sweep(Vec<usize>),
    /// Let the runs that wait be.
    ClearQueue,
    /// Sort the table by this column; again, the other way.
    Sort(Column),
}

/// A action about the lesson.
pub enum LessonAction {
    Open(bool),
    /// Go to this step.
    Step(usize),
    /// Take the route of so many minutes, or the whole lesson.
    Route(Option<usize>),
    ShowMe,
    Undo,
    /// Choose this answer of the step's question.
    Answer(usize),
    Guess(Guess),
    /// So many hands for a choice of the step's question.
    Hands {
        choice: usize,
        count: u32,
    },
    /// Shows the class how many hands each choice had, or hides it.
    ShowHands(bool),
    /// Shows the notes where there is one screen only, or hides them.
    ShowNotes(bool),
    /// Shows the curves of which the step speaks on the only screen, or sends them away.
    ShowCurves(bool),
    /// Holds the teacher's clock, or lets it go on.
    ToggleClock,
    /// Begins again for the next group: answers, hands and predictions are forgotten, runs are kept.
    Restart,
    /// Run the exercise's networks with so many seeds more.
    Run(usize),
    /// Open a teacher's lesson.
    Folder(PathBuf),
    ChooseFolder,
    BuiltIn,
    /// Write the built-in lesson into this folder, which is made, and open it.
    Copy(PathBuf),
}

/// An action over the view, for the class.
#[derive(Clone, Copy, Debug)]
pub enum StageAction {
    /// Takes a tool in hand, or lays it down.
    Take(Option<Tool>),
    /// Begins a mark, and goes on with it.
    Begin(Spot),
    GoOn(Share),
    /// Takes the last mark on the view away, or all.
    Undo,
    Clear,
    Spotlight(bool),
    /// Shows what is around here larger, or everything again.
    Zoom(Option<Spot>),
    /// The projector's window keeps what it shows, or follows again.
    Freeze(bool),
    Black(bool),
    /// Lays the tool down and shows everything again.
    LetGo,
}

/// A change of the drawing.
#[derive(Clone, Copy, Debug)]
pub enum DrawAction {
    /// Begins a stroke, and draws its first dot.
    Begin((f32, f32), Brush),
    /// Goes on with it, from one place to another.
    Stroke((f32, f32), (f32, f32), Brush),
    Clear,
    Undo,
    Redo,
    Reduce(Reduction),
}

/// A change.
pub enum Edit {
    /// Of the whole stack at once, or of its order.
    Network(NetworkSpec),
    /// Of everything.
    All(RunConfig),
    /// Of one field; changes of the same field that follow closely are undone together.
    Field { config: RunConfig, field: egui::Id },
    /// Take back the last change.
    Undo,
    /// Do it again.
    Redo,
    /// Keep the network under this name, in place of one that has it.
    Save(String),
    /// Forget the network of this name.
    Forget(String),
}
