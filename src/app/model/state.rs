//! Everything the panels read.

use crate::app::model::by_hand::HandKernels;
use crate::app::model::canvas::Canvas;
use crate::app::model::compare::{CompareAsked, Compared};
use crate::app::model::data::{Loading, PicturesKey};
use crate::app::model::drawn::DrawnAsked;
use crate::app::model::edited::Edited;
use crate::app::model::embedding::EmbeddingSettings;
use crate::app::model::explain::{ExplainAsked, ExplainSettings, Explained};
use crate::app::model::filters::FiltersAnswers;
use crate::app::model::histograms::Histograms;
use crate::app::model::history::History;
use crate::app::model::lesson::LessonState;
use crate::app::model::maps::{InspectAsked, Inspected, MapsAnswer, MapsAsked, PrefetchedMaps};
use crate::app::model::notices::Notices;
use crate::app::model::opened::Opened;
use crate::app::model::overview::{Overlooked, OverviewAsked, OverviewSettings};
use crate::app::model::performance::Performance;
use crate::app::model::pin::Pin;
use crate::app::model::preferences::Preferences;
use crate::app::model::run::{Run, RunStatus};
use crate::app::model::runs::Runs;
use crate::app::model::save::{Clip, Screenshot};
use crate::app::model::slot::Slot;
use crate::app::model::stage::Stage;
use crate::app::model::test_set::TestSet;
use crate::app::model::transform::{MovedAsked, MovedPicture, TransformSettings};
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::{Owner, Weights, Whose};
use crate::text::{Language, Text};
use convlens_core::dataset::{Dataset, Gallery, ImageId};
use convlens_core::explore::{Ablation, conv_layer, has_templates};
use convlens_core::figures::{MapSet, MapsSettings};
use convlens_core::network::{Model, NetworkSpec, Outline, weights};
use convlens_core::training::runs::{DataIdentity, RunId};
use convlens_core::training::{RunConfig, SettingsChange, Snapshot};
use eframe::egui;
use std::path::PathBuf;
use std::sync::Arc;

/// The state of the window. Panels read it; `update` changes it.
pub struct State {
    /// What is remembered.
    pub preferences: Preferences,
    /// The texts in English and Spanish.
    texts: [&'static Text; 2],
    /// The data set, once there is one.
    pub dataset: Option<Arc<Dataset>>,
    /// By which it is told from what a run was trained on.
    pub data: Option<Arc<DataIdentity>>,
    /// What the loader is busy with.
    pub loading: Loading,
    /// A model to open as soon as there are pictures.
    pub opens_next: Option<PathBuf>,
    /// The run on screen, if any was started.
    pub run: Option<Run>,
    /// The weights being looked at.
    pub snapshot: Arc<Snapshot>,
    /// Whose these are, and of which moment.
    pub whose: Whose,
    /// Runs on disk, and which of them is looked at.
    pub runs: Runs,
    /// The stack of `preferences.config.network`, worked out.
    pub outline: Outline,
    /// Network and settings before and after changes.
    pub history: History<RunConfig, egui::Id>,
    /// The maps of the Maps view.
    pub maps: Slot<MapsAsked, MapsAnswer>,
    /// The same of moments that may be looked at next.
    pub prefetched_maps: PrefetchedMaps,
    /// The value that the inspector takes apart.
    pub pin: Option<Pin>,
    /// The same taken apart.
    pub inspected: Slot<InspectAsked, Inspected>,
    /// What the Filters view asks of the explorer.
    pub filters: FiltersAnswers,
    /// The user's own picture.
    pub canvas: Canvas,
    /// What the network makes of it.
    pub drawn: Slot<DrawnAsked, MapSet>,
    /// How alike maps are.
    pub compared: Slot<CompareAsked, Compared>,
    /// The layer of the Channels view by name; the first where there is none of that name.
    pub channels_layer: Option<String>,
    /// The picture of the views that show one, a row of Maps: the one last chosen, opened or pinned.
    pub image: Option<ImageId>,
    /// What the view "Why this class?" is about.
    pub explain: ExplainSettings,
    /// What speaks for a class.
    pub explained: Slot<ExplainAsked, Explained>,
    pub overview: OverviewSettings,
    pub overlooked: Slot<OverviewAsked, Overlooked>,
    pub embedding: EmbeddingSettings,
    pub histograms: Histograms,
    pub transform: TransformSettings,
    pub moved: Slot<MovedAsked, MovedPicture>,
    /// What is known about the whole test set.
    pub test_set: TestSet,
    /// The network's kernels, for the demonstration by hand.
    pub hand_kernels: HandKernels,
    /// What the lesson knows.
    pub lesson: LessonState,
    /// What a teacher does over the view.
    pub stage: Stage,
    /// Whether the projector has a window of its own.
    pub projects: bool,
    /// Training images that the command line allows a lesson's runs.
    pub most_images: Option<usize>,
    /// What the user should know, oldest first.
    pub notices: Notices,
    /// The model that was opened from a file.
    pub opened: Option<Opened>,
    /// Weights changed by hand; those last shown are [`Self::opened`].
    pub edited: Option<Edited>,
    /// What the clipboard is to hold next.
    pub clip: Option<Clip>,
    /// A picture of the window that was asked for.
    pub screenshot: Option<Screenshot>,
    /// True and predicted class of the cell that is chosen in the confusion matrix.
    pub errors_cell: Option<(u8, u8)>,
    /// What the window costs.
    pub performance: Performance,
}

impl State {
    /// The state of a window that has just opened: the built-in network, and a data set on its way.
    ///
    /// # Errors
    /// The built-in network is damaged.
    pub fn new(preferences: Preferences) -> anyhow::Result<Self> {
        let model = weights::built_in()?;
        let snapshot = Arc::new(Snapshot::new(model, 0, 0));
        let weights = Weights::new(Owner::BuiltIn, snapshot.clone());
        Ok(Self {
            outline: preferences.config.network.outline(),
            canvas: Canvas::new(&preferences),
            preferences,
            history: History::default(),
            texts: [Language::En, Language::Es].map(Language::text),
            dataset: None,
            data: None,
            loading: Loading::Opening,
            opens_next: None,
            run: None,
            test_set: TestSet::new(weights.clone()),
            whose: weights.whose.clone(),
            runs: Runs::new(weights),
            snapshot,
            maps: Slot::default(),
            prefetched_maps: PrefetchedMaps::default(),
            pin: None,
            inspected: Slot::default(),
            filters: FiltersAnswers::default(),
            drawn: Slot::default(),
            compared: Slot::default(),
            channels_layer: None,
            image: None,
            explain: ExplainSettings::default(),
            explained: Slot::default(),
            overview: OverviewSettings::default(),
            overlooked: Slot::default(),
            embedding: EmbeddingSettings::default(),
            histograms: Histograms::default(),
            transform: TransformSettings::default(),
            moved: Slot::default(),
            hand_kernels: HandKernels::default(),
            lesson: LessonState::default(),
            stage: Stage::default(),
            projects: false,
            most_images: None,
            notices: Notices::default(),
            opened: None,
            edited: None,
            clip: None,
            screenshot: None,
            errors_cell: None,
            performance: Performance::new(std::time::Instant::now(), false),
        })
    }

    /// Whether a class looks on, at this window or the projector's.
    pub fn presents(&self) -> bool {
        self.projects || self.preferences.display.presenter
    }

    /// The texts of the chosen language, which name the data set's classes.
    pub fn text(&self) -> &'static Text {
        match self.preferences.language {
            Language::En => self.texts[0],
            Language::Es => self.texts[1],
        }
    }

    /// Takes a data set: every text then names its classes, and the next network tells them apart. What is known
    /// of other pictures is forgotten.
    pub fn take_dataset(&mut self, dataset: Arc<Dataset>, data: Arc<DataIdentity>) {
        self.maps = Slot::default();
        self.prefetched_maps.known.clear();
        self.inspected = Slot::default();
        self.filters.probabilities = Slot::default();
        self.drawn = Slot::default();
        self.compared = Slot::default();
        self.explained = Slot::default();
        self.moved = Slot::default();
        self.overlooked = Slot::default();
        self.histograms.forget();
        let are_others = self.data.as_ref().is_some_and(|last| !last.is_same(&data));
        if are_others {
            self.end_exercises();
        }
        self.data = Some(data);
        let classes = &dataset.classes;
        self.texts = [Language::En, Language::Es].map(|language| language.text_for(classes));
        self.preferences.maps.keep_below(dataset.test.len());
        self.test_set.judge_by(dataset.id());
        let network = &mut self.preferences.config.network;
        *network = network.for_data(&dataset);
        self.outline = network.outline();
        self.canvas.set_size(dataset.size());
        self.dataset = Some(dataset);
        self.keep_strip_class();
        self.find_built_in();
    }

    /// The network that there is from the start is one for the data set's pictures: one that the program brings along, or else that
    /// of the cards with random weights. It is shown where those shown do not take these pictures, unless somebody opened these: whether
    /// their file or the data came first is chance, and pictures of their size are offered.
    fn find_built_in(&mut self) {
        let Some(dataset) = self.dataset.clone() else {
            return;
        };
        if !self.runs.built_in.snapshot.model.spec().takes(&dataset) {
            let Some(built_in) = self.network_for(&dataset) else {
                return;
            };
            let is_live = self.run.is_none();
            self.runs.built_in = built_in;
            if is_live {
                self.runs.live = self.runs.built_in.clone();
            }
        }
        if !self.takes_pictures() && !matches!(self.whose.owner, Owner::File(..)) {
            self.runs.weights_of = WeightsOf::BuiltIn;
            self.runs.frozen = None;
            self.test_set.ablation = Ablation::default();
            self.show(self.runs.built_in.clone());
        }
    }

    fn network_for(&self, dataset: &Dataset) -> Option<Weights> {
        if let Ok(Some(model)) = weights::built_in_for(dataset.size()) {
            return Some(Weights::new(
                Owner::BuiltIn,
                Arc::new(Snapshot::new(model, 0, 0)),
            ));
        }
        // The cards may be impossible on these pictures.
        let fallback = || NetworkSpec::new(Vec::new()).for_data(dataset);
        let spec = &self.preferences.config.network;
        let model = Model::random(spec, self.preferences.config.seed)
            .or_else(|_| Model::random(&fallback(), self.preferences.config.seed));
        let snapshot = Arc::new(Snapshot::new(model.ok()?, 0, 0));
        Some(Weights::new(Owner::Random, snapshot))
    }

    /// Whether the weights being looked at take the data set's pictures; so they do before there is one.
    pub fn takes_pictures(&self) -> bool {
        let spec = self.snapshot.model.spec();
        self.dataset
            .as_ref()
            .is_none_or(|dataset| spec.takes(dataset))
    }

    /// Results over other pictures are nothing to compare the next ones with.
    fn end_exercises(&mut self) {
        for exercise in self.lesson.exercises.values_mut() {
            if exercise.is_under_way() {
                self.runs.queue.clear();
                exercise.waiting.clear();
                exercise.was_broken_off = true;
            }
            exercise.results = Default::default();
        }
    }

    /// A class of another data set is shown in no strip: all are.
    pub fn keep_strip_class(&mut self) {
        if let Some(dataset) = &self.dataset {
            let count = dataset.classes.count();
            let is_there = |class: &u8| usize::from(*class) < count;
            self.preferences.strip_class = self.preferences.strip_class.filter(is_there);
        }
    }

    /// The settings for the pictures and classes of the data set.
    pub fn fitting(&self, mut config: RunConfig) -> RunConfig {
        if let Some(dataset) = &self.dataset {
            config.network = config.network.for_data(dataset);
        }
        config
    }

    /// The test set and the drawing, once there is a data set whose pictures the network takes.
    pub fn gallery(&self) -> Option<Gallery> {
        let dataset = self.dataset.clone().filter(|_| self.takes_pictures())?;
        Some(Gallery {
            dataset,
            drawing: Some(self.canvas.picture()),
        })
    }

    /// Tells the contents of pictures apart from what they were before.
    pub fn pictures_key(&self, images: &[ImageId]) -> PicturesKey {
        let dataset = self.dataset.as_ref().map(|dataset| dataset.id());
        let has_drawing = images.contains(&ImageId::Drawing);
        (
            dataset,
            if has_drawing {
                self.canvas.version()
            } else {
                0
            },
        )
    }

    /// Whether the weights being looked at are the built-in ones.
    pub fn is_built_in(&self) -> bool {
        self.whose.owner == Owner::BuiltIn
    }

    /// Looks at these weights.
    pub fn show(&mut self, weights: Weights) {
        self.snapshot = weights.snapshot;
        self.whose = weights.whose;
    }

    /// The same together, to be kept.
    pub fn weights(&self) -> Weights {
        Weights {
            whose: self.whose.clone(),
            snapshot: self.snapshot.clone(),
        }
    }

    /// Looks at the run under way again, as it learns.
    pub fn back_to_live(&mut self) {
        self.runs.weights_of = WeightsOf::Live;
        self.runs.frozen = None;
        self.show_live();
    }

    /// Shows the newest weights of the run under way.
    pub fn show_live(&mut self) {
        self.show(self.runs.live.clone());
    }

    /// Shows other maps, of images that there are; the value taken apart follows them where it can.
    pub fn set_maps(&mut self, mut maps: MapsSettings) {
        if let Some(dataset) = &self.dataset {
            maps.keep_below(dataset.test.len());
        }
        let before = &self.preferences.maps.images;
        let added = maps.images.iter().find(|image| !before.contains(image));
        self.image = added.copied().or(self.image);
        let layers = self.snapshot.model.layers();
        let pin = self.pin.take();
        self.pin = pin.and_then(|pin| pin.follow(&self.preferences.maps, &maps, layers));
        self.preferences.maps = maps;
    }

    /// The picture of the views that show one; the first row where it is no longer a row.
    pub fn image_at_hand(&self) -> ImageId {
        let rows = &self.preferences.maps.images;
        let chosen = self.image.filter(|image| rows.contains(image));
        chosen
            .or_else(|| rows.first().copied())
            .unwrap_or(ImageId::Test(0))
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
        self.why_no_pictures()
    }

    /// The data set, if it has images to train on.
    pub fn trainable(&self) -> Option<&Arc<Dataset>> {
        let dataset = self.dataset.as_ref();
        dataset.filter(|dataset| !dataset.train.is_empty())
    }

    /// Why there is nothing to train on.
    fn why_no_pictures(&self) -> Option<String> {
        let words = &self.text().data;
        match (&self.dataset, self.trainable()) {
            (None, _) => Some(words.no_data_yet.to_owned()),
            (Some(_), None) => Some(words.test_alone.to_owned()),
            (Some(_), Some(_)) => None,
        }
    }

    /// Why no run can begin with the weights looked at.
    pub fn why_not_train_shown(&self) -> Option<String> {
        if let Some(why) = self.why_no_pictures() {
            return Some(why);
        }
        let spec = self.snapshot.model.spec();
        let fits = spec.for_data(self.dataset.as_ref()?) == *spec;
        (!fits).then(|| self.text().training.other_pictures.to_owned())
    }

    /// What the settings on screen would change of the run under way, from its next batch on; none where nothing, or where it cannot.
    pub fn change_of_run(&self) -> Option<SettingsChange> {
        let run = self.live_run().filter(|run| !run.is_draft())?;
        let settings = &self.preferences.config;
        let change = SettingsChange {
            step: run.step(),
            learning_rate: settings.learning_rate,
            optimization: settings.optimization,
        };
        (run.config.clone().change(change) == Ok(true)).then_some(change)
    }

    /// The run that more epochs would be added to: the one under way, or the one looked at, or the
    /// one that the window trained last.
    pub fn to_continue(&self) -> Option<RunId> {
        if let Some(run) = self.live_run() {
            return run.id();
        }
        match self.runs.weights_of {
            WeightsOf::Kept { run, .. } => {
                let is_ours = self.runs.summary(run)?.trained_by.is_none();
                is_ours.then_some(run)
            }
            WeightsOf::Live | WeightsOf::BuiltIn => self.run.as_ref().and_then(Run::id),
            WeightsOf::File => None,
        }
    }

    /// The kept run whose weights are looked at, also while another one trains.
    pub fn run_looked_at(&self) -> Option<RunId> {
        match self.runs.weights_of {
            WeightsOf::Kept { run, .. } => Some(run),
            WeightsOf::Live => self.run.as_ref().and_then(Run::id),
            WeightsOf::BuiltIn | WeightsOf::File => None,
        }
    }

    /// Index of the layer whose filters are shown: the one chosen, or else the first convolution, or where there is
    /// none a dense layer whose weights are pictures.
    pub fn filters_layer(&self) -> Option<usize> {
        let model = &self.snapshot.model;
        conv_layer(model, &self.preferences.filters_layer)
            .ok()
            .or_else(|| model.layers().iter().position(|layer| layer.kind.is_conv()))
            .or_else(|| has_templates(model, 0).then_some(0))
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
        let recording = self.run.as_ref().and_then(|run| run.recording.as_ref());
        matches!(self.loading, Loading::Idle)
            && !self.is_training()
            && recording.is_none_or(|recording| recording.is_written())
            && self.screenshot.is_none()
            && self.dataset.is_some()
            && self.maps.is_settled()
            && self.inspected.is_settled()
            && self.filters.is_settled()
            && self.test_set.is_settled()
            && self.hand_kernels.is_settled()
            && self.runs.is_settled()
            && self.canvas.is_settled()
            && self.drawn.is_settled()
            && self.compared.is_settled()
            && self.explained.is_settled()
            && self.moved.is_settled()
            && self.overlooked.is_settled()
    }
}
