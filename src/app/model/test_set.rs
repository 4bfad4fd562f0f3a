//! What is known about the whole test set.

use crate::app::model::embedding::{EmbeddingAsked, LayersApart, LayersAsked, Points};
use crate::app::model::slot::Slot;
use crate::app::model::transform::{Accuracies, ChangedAsked};
use crate::app::model::whose::{Asked, Judged, Weights, Whose};
use convlens_core::dataset::DatasetId;
use convlens_core::explore::{
    Ablation, ConfusionMatrix, Excitations, Predictions, PreferredInput, Progress, Target, Way,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Kinds of question: a newer one ends an older one of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What the network says about every image.
    Predictions,
    /// The same without some filters.
    Ablated,
    /// What excites the filters of the layer of this index.
    Excitations(usize),
    /// How often it is right when the images are changed.
    Changed(Way),
    /// How often a second network is.
    OtherChanged(Way),
    /// Images as points.
    Embedding,
    /// How well the classes part in every layer.
    LayersApart,
    /// What the layers are like at a moment of a run. It is about the first training images, but takes as long.
    Histograms,
    /// The picture that a filter answers to most. It is about no test image, but takes as long.
    Preferred(Target),
}

impl Asked for (Judged, Ablation) {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        self.0.about()
    }
}

/// What the network says about the test set, and what follows.
pub struct Verdict {
    pub judged: Judged,
    pub predictions: Predictions,
    /// Share of the images it is right about.
    pub accuracy: f64,
    pub confusion: ConfusionMatrix,
    /// The images it is wrong about, the surest first.
    pub mistakes: Vec<usize>,
}

impl Verdict {
    pub fn new(judged: Judged, predictions: Predictions) -> Self {
        Self {
            judged,
            accuracy: predictions.accuracy(),
            confusion: predictions.confusion(),
            mistakes: predictions.mistakes(),
            predictions,
        }
    }
}

/// What the network says about the test set without some filters.
pub struct AblatedVerdict {
    /// Share of the images it is right about.
    pub accuracy: f64,
}

/// The pictures that a filter answers to most.
pub struct Preferred {
    /// At one place.
    pub neuron: PreferredInput,
    /// Over its whole map.
    pub channel: PreferredInput,
}

/// How a question stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QuestionStatus {
    /// Answered, or not asked.
    Settled,
    /// Being computed: the share done.
    UnderWay(f32),
    /// Ended by the user, or by an error.
    GivenUp,
}

/// A question that is not answered yet.
pub struct UnderWay {
    pub number: u64,
    pub progress: Arc<Progress>,
    /// How many parts of what is asked are done before it, and how many there are.
    pub part: (usize, usize),
}

impl UnderWay {
    /// The share done of all parts.
    fn share(&self) -> f32 {
        let (done, all) = self.part;
        (done as f32 + self.progress.share()) / all.max(1) as f32
    }
}

/// The questions and the newest answers.
pub struct TestSet {
    /// The weights being judged.
    pub weights: Weights,
    /// The data set they are judged by, once there is one.
    pub dataset: Option<DatasetId>,
    /// Filters switched off.
    pub ablation: Ablation,
    pub verdict: Slot<Judged, Verdict>,
    pub ablated: Slot<(Judged, Ablation), AblatedVerdict>,
    pub excitations: BTreeMap<usize, Slot<Judged, Excitations>>,
    pub changed: BTreeMap<Way, Slot<ChangedAsked, Accuracies>>,
    /// Of a second network.
    pub other_changed: BTreeMap<Way, Slot<ChangedAsked, Accuracies>>,
    pub embedded: Slot<EmbeddingAsked, Points>,
    pub layers_apart: Slot<LayersAsked, LayersApart>,
    /// The pictures found so far, each for a filter, unit or class.
    pub preferred: HashMap<Target, Slot<Judged, Preferred>>,
    pub under_way: HashMap<Kind, UnderWay>,
    /// Questions asked so far.
    pub asked: u64,
    pub given_up: HashSet<Kind>,
}

impl TestSet {
    /// Nothing is known yet.
    pub fn new(weights: Weights) -> Self {
        Self {
            weights,
            dataset: None,
            ablation: Ablation::default(),
            verdict: Slot::default(),
            ablated: Slot::default(),
            excitations: BTreeMap::new(),
            changed: BTreeMap::new(),
            other_changed: BTreeMap::new(),
            embedded: Slot::default(),
            layers_apart: Slot::default(),
            preferred: HashMap::new(),
            under_way: HashMap::new(),
            asked: 0,
            given_up: HashSet::new(),
        }
    }

    /// Which weights are judged by which test set now.
    pub fn judged(&self) -> Option<Judged> {
        Some(Judged {
            whose: self.weights.whose.clone(),
            dataset: self.dataset?,
        })
    }

    /// Takes other weights to judge; another owner's begin with nothing known.
    pub fn judge(&mut self, weights: Weights) {
        if weights.whose.owner != self.weights.whose.owner {
            self.forget();
        }
        if weights.snapshot.model.spec() != self.weights.snapshot.model.spec() {
            self.ablation.keep_within(&weights.snapshot.model);
        }
        self.weights = weights;
    }

    /// What the network says about the test set: the newest answer there is about this owner's weights, perhaps
    /// of an earlier moment.
    pub fn verdict(&self) -> Option<&Arc<Verdict>> {
        self.verdict.answer()
    }

    /// The same without the filters that are off; `None` while it is not known.
    pub fn ablated(&self) -> Option<&Arc<AblatedVerdict>> {
        let now = (self.judged()?, self.ablation.clone());
        self.ablated
            .answer()
            .filter(|_| self.ablated.key() == Some(&now))
    }

    /// Whether an answer is about other weights than those being judged now.
    pub fn is_old(&self, whose: &Whose) -> bool {
        *whose != self.weights.whose
    }

    /// The number of that answer.
    pub fn excitations_version(&self, layer: usize) -> u64 {
        self.excitations.get(&layer).map_or(0, Slot::version)
    }

    /// How a question stands.
    pub fn status_of(&self, kind: Kind) -> QuestionStatus {
        match self.under_way.get(&kind) {
            Some(question) => QuestionStatus::UnderWay(question.share()),
            None if self.given_up.contains(&kind) => QuestionStatus::GivenUp,
            None => QuestionStatus::Settled,
        }
    }

    /// Ends a question under way; its last answer stays. It is asked again with the next weights.
    pub fn cancel(&self, kind: Kind) {
        if let Some(question) = self.under_way.get(&kind) {
            question.progress.cancel();
        }
    }

    /// Ends the questions under way that nobody looks at any more; they are asked again when somebody does.
    pub fn keep(&mut self, is_wanted: impl Fn(Kind) -> bool) {
        let left: Vec<Kind> = self
            .under_way
            .keys()
            .copied()
            .filter(|kind| !is_wanted(*kind))
            .collect();
        for kind in left {
            if let Some(question) = self.under_way.remove(&kind) {
                question.progress.cancel();
            }
            self.resume(kind);
        }
    }

    /// Pictures that were found from another start are looked for again.
    pub fn forget_preferred(&mut self) {
        self.keep(|kind| !matches!(kind, Kind::Preferred(_)));
        self.preferred.clear();
    }

    /// Takes another data set: what is known, or being asked, is about other images.
    pub fn judge_by(&mut self, dataset: DatasetId) {
        self.forget();
        self.dataset = Some(dataset);
    }

    fn forget(&mut self) {
        self.cancel_all();
        self.under_way.clear();
        self.given_up.clear();
        self.verdict = Slot::default();
        self.ablated = Slot::default();
        self.excitations.clear();
        self.changed.clear();
        self.other_changed.clear();
        self.embedded = Slot::default();
        self.layers_apart = Slot::default();
        self.preferred.clear();
    }

    fn cancel_all(&self) {
        for question in self.under_way.values() {
            question.progress.cancel();
        }
    }

    /// Asks a question again that was given up.
    pub fn resume(&mut self, kind: Kind) {
        self.given_up.remove(&kind);
        match kind {
            Kind::Predictions => self.verdict.forget(),
            Kind::Ablated => self.ablated.forget(),
            Kind::Excitations(layer) => self.excitations.entry(layer).or_default().forget(),
            Kind::Changed(way) => self.changed.entry(way).or_default().forget(),
            Kind::OtherChanged(way) => self.other_changed.entry(way).or_default().forget(),
            Kind::Embedding => self.embedded.forget(),
            Kind::LayersApart => self.layers_apart.forget(),
            Kind::Histograms => {}
            Kind::Preferred(target) => self.preferred.entry(target).or_default().forget(),
        }
    }

    /// Whether every question is answered.
    pub fn is_settled(&self) -> bool {
        self.under_way.is_empty()
    }
}

impl Drop for TestSet {
    fn drop(&mut self) {
        // The thread is joined after the question under way.
        self.cancel_all();
    }
}
