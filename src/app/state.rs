//! Everything the panels read.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;

use super::dialog::Dialogs;
use super::explore::{Answer, Question};
use super::history::History;
use super::lesson::LessonState;
use super::loader::{DataWish, Loader};
use super::notices::Notice;
use super::open::Opened;
use super::pace::{News, Pace};
use super::pad::Pad;
use super::performance::Performance;
use super::preferences::Preferences;
use super::run::{Run, RunStatus};
use super::runs::{Runs, Subject};
use super::save::{Clip, Screenshot};
use super::slot::Slot;
use super::test_set::TestSet;
use super::views::by_hand::HandKernels;
use super::views::compare::{CompareAsked, Compared};
use super::views::draw::DrawnAsked;
use super::views::explain::{ExplainAsked, Explained};
use super::views::filters::FiltersAnswers;
use super::views::maps::{InspectAsked, Inspected, MapsAhead, MapsAnswer, MapsAsked, Pin};
use crate::text::{Language, Text};
use convlens_core::dataset::download::Progress;
use convlens_core::dataset::{Dataset, Gallery, ImageId};
use convlens_core::explore::Explorer;
use convlens_core::figures::MapSet;
use convlens_core::network::{Outline, weights};
use convlens_core::training::runs::RunId;
use convlens_core::training::{RunConfig, Snapshot, Wake};

/// The state of the window. Panels read it; [`super::action::apply`] and [`super::inputs`] change it.
pub struct State {
    /// What is remembered.
    pub preferences: Preferences,
    /// The texts in English and Spanish.
    texts: [&'static Text; 2],
    /// The data set, once there is one.
    pub dataset: Option<Arc<Dataset>>,
    /// What the loader is busy with.
    pub loading: Loading,
    /// The run on screen, if any was started.
    pub run: Option<Run>,
    /// The weights being looked at.
    pub snapshot: Arc<Snapshot>,
    /// Runs on disk, and which of them is looked at.
    pub runs: Runs,
    /// The stack of `preferences.config.network`, worked out.
    pub outline: Outline,
    /// Network and settings before and after changes.
    pub history: History<RunConfig, egui::Id>,
    /// The maps of the Maps view.
    pub maps: Slot<MapsAsked, MapsAnswer>,
    /// The same of moments that may be looked at next.
    pub maps_ahead: MapsAhead,
    /// The value that the inspector takes apart.
    pub pin: Option<Pin>,
    /// The same taken apart.
    pub inspected: Slot<InspectAsked, Inspected>,
    /// What the Filters view asks of the explorer.
    pub filters: FiltersAnswers,
    /// The user's own picture.
    pub pad: Pad,
    /// What the network makes of it.
    pub drawn: Slot<DrawnAsked, MapSet>,
    /// How alike maps are.
    pub compared: Slot<CompareAsked, Compared>,
    /// What speaks for a class.
    pub explained: Slot<ExplainAsked, Explained>,
    /// What is known about the whole test set.
    pub test_set: TestSet,
    /// The network's kernels, for the demonstration by hand.
    pub hand_kernels: HandKernels,
    /// What the lesson knows.
    pub lesson: LessonState,
    /// Whether the projector has a window of its own.
    pub projects: bool,
    /// Training images that the command line allows a lesson's runs.
    pub most_images: Option<usize>,
    /// What the user should know, oldest first.
    pub notices: Vec<Notice>,
    pub loader: Loader,
    pub explorer: Explorer<Question, Answer>,
    pub dialogs: Dialogs,
    pub wake: Wake,
    /// How soon threads have the window drawn.
    pub pace: Pace,
    /// The model that was opened from a file.
    pub opened: Option<Opened>,
    /// Makes and writes what is saved, reads what is opened.
    pub saver: Explorer<PathBuf, Answer>,
    /// What the clipboard is to hold next.
    pub clip: Option<Clip>,
    /// A picture of the window that was asked for.
    pub screenshot: Option<Screenshot>,
    /// What the window costs.
    pub performance: Performance,
}

/// The data set, and the version of the drawing if that is among the pictures.
pub type PicturesKey = (usize, u64);

/// What the loader is busy with.
#[derive(Clone, Debug, Default)]
pub enum Loading {
    /// Nothing.
    #[default]
    Idle,
    /// Looking for a data set, or reading one.
    Opening,
    /// Fetching Fashion-MNIST.
    Downloading(Option<Progress>),
}

impl State {
    /// The state of a window that has just opened: the built-in network, and a data set on its way.
    pub fn new(
        ctx: &egui::Context,
        preferences: Preferences,
        runs_folder: Option<PathBuf>,
    ) -> anyhow::Result<Self> {
        let pace = Pace::new();
        let wake: Wake = Arc::new(pace.waker(ctx, News::Progress));
        let model = weights::built_in()?;
        let loader = Loader::start(wake.clone())?;
        loader.open(preferences.data.clone());
        let explorer = Explorer::start("convlens-explorer", pace.waker(ctx, News::Answer))?;
        let runs_wake: Wake = Arc::new(pace.waker(ctx, News::Answer));
        let saver = Explorer::start("convlens-saver", pace.waker(ctx, News::Answer))?;
        let snapshot = Arc::new(Snapshot::new(model, 0, 0));
        Ok(Self {
            outline: preferences.config.network.outline(),
            pad: Pad::new(&preferences),
            preferences,
            history: History::default(),
            texts: [Language::En, Language::Es].map(Language::text),
            dataset: None,
            loading: Loading::Opening,
            run: None,
            test_set: TestSet::start(snapshot.clone(), wake.clone())?,
            runs: Runs::new(runs_folder, snapshot.clone(), runs_wake)?,
            snapshot,
            maps: Slot::default(),
            maps_ahead: MapsAhead::default(),
            pin: None,
            inspected: Slot::default(),
            filters: FiltersAnswers::default(),
            drawn: Slot::default(),
            compared: Slot::default(),
            explained: Slot::default(),
            hand_kernels: HandKernels::default(),
            lesson: LessonState::default(),
            projects: false,
            most_images: None,
            notices: Vec::new(),
            loader,
            explorer,
            dialogs: Dialogs::new(wake.clone()),
            wake,
            pace,
            opened: None,
            saver,
            clip: None,
            screenshot: None,
            performance: Performance::new(std::time::Instant::now(), false),
        })
    }

    /// The texts of the chosen language, which name the data set's classes.
    pub fn text(&self) -> &'static Text {
        match self.preferences.language {
            Language::En => self.texts[0],
            Language::Es => self.texts[1],
        }
    }

    /// Takes a data set: every text then names its classes, and the next network tells them apart.
    pub fn take_dataset(&mut self, dataset: Arc<Dataset>) {
        let classes = &dataset.classes;
        self.texts = [Language::En, Language::Es].map(|language| language.text_for(classes));
        let count = classes.count();
        self.preferences.maps.keep_below(dataset.test.len());
        self.dataset = Some(dataset);
        self.keep_strip_class();
        self.preferences.config.network.classes = count;
        self.outline = self.preferences.config.network.outline();
    }

    /// A class of another data set is shown in no strip: all are.
    pub fn keep_strip_class(&mut self) {
        if let Some(dataset) = &self.dataset {
            let count = dataset.classes.count();
            let is_there = |class: &u8| usize::from(*class) < count;
            self.preferences.strip_class = self.preferences.strip_class.filter(is_there);
        }
    }

    /// The settings with as many classes as the data set has.
    pub fn fitting(&self, mut config: RunConfig) -> RunConfig {
        if let Some(dataset) = &self.dataset {
            config.network.classes = dataset.classes.count();
        }
        config
    }

    /// The test set and the drawing, once there is a data set.
    pub fn gallery(&self) -> Option<Gallery> {
        Some(Gallery {
            dataset: self.dataset.clone()?,
            drawing: Some(self.pad.pixels()),
        })
    }

    /// Tells the contents of pictures apart from what they were before.
    pub fn pictures_key(&self, images: &[ImageId]) -> PicturesKey {
        let dataset = self.dataset.as_ref().map_or(0, |d| Arc::as_ptr(d) as usize);
        let has_drawing = images.contains(&ImageId::Drawing);
        (dataset, if has_drawing { self.pad.version() } else { 0 })
    }

    /// Whether the weights being looked at are the built-in ones.
    pub fn is_built_in(&self) -> bool {
        self.snapshot.version == self.runs.built_in.version
    }

    /// The run that can still train.
    pub fn live_run(&self) -> Option<&Run> {
        self.run.as_ref().filter(|run| run.is_live())
    }

    /// Why Train cannot be pressed, if so.
    pub fn why_not_train(&self) -> Option<String> {
        if let Some(error) = &self.outline.error {
            return Some(self.text().spec_error(error));
        }
        if self.dataset.is_none() {
            return Some(self.text().data.no_data_yet.to_owned());
        }
        None
    }

    /// The model from a file whose weights are these.
    pub fn opened_model(&self, version: u64) -> Option<&Opened> {
        let is_it = |opened: &&Opened| opened.snapshot.version == version;
        self.opened.as_ref().filter(is_it)
    }

    /// The run that more epochs would be added to: the one under way, or the one looked at, or the
    /// one that the window trained last.
    pub fn to_continue(&self) -> Option<RunId> {
        if let Some(run) = self.live_run() {
            return run.id();
        }
        match self.runs.subject {
            Subject::Kept { run, .. } => Some(run),
            Subject::Live | Subject::BuiltIn => self.run.as_ref().and_then(Run::id),
            Subject::File => None,
        }
    }

    /// The kept run whose weights are looked at, also while another one trains.
    pub fn run_looked_at(&self) -> Option<RunId> {
        match self.runs.subject {
            Subject::Kept { run, .. } => Some(run),
            Subject::Live => self.run.as_ref().and_then(Run::id),
            Subject::BuiltIn | Subject::File => None,
        }
    }

    /// Opens a data set.
    pub fn open_data(&mut self, wish: DataWish) {
        self.loading = Loading::Opening;
        self.loader.open(wish);
    }

    /// The window's title.
    pub fn title(&self) -> String {
        match &self.run {
            Some(run) => format!("convlens · {}", self.text().run_title(&run.words())),
            None => "convlens".to_owned(),
        }
    }

    /// Whether a run is under way and does not hold.
    pub fn is_training(&self) -> bool {
        let status = self.run.as_ref().map(|run| run.status);
        matches!(status, Some(RunStatus::Starting | RunStatus::Running))
    }

    /// Whether nothing is being loaded, trained, computed or saved.
    pub fn is_settled(&self) -> bool {
        matches!(self.loading, Loading::Idle)
            && !self.is_training()
            && self.saver.is_idle()
            && self.screenshot.is_none()
            && self.dataset.is_some()
            && self.maps.is_settled()
            && self.inspected.is_settled()
            && self.filters.is_settled()
            && self.test_set.is_settled()
            && self.hand_kernels.is_settled()
            && self.runs.is_settled()
            && self.pad.is_settled()
            && self.drawn.is_settled()
            && self.compared.is_settled()
            && self.explained.is_settled()
    }
}
