//! What is known about the whole test set.

use crate::app::model::slot::Slot;
use convlens_core::dataset::DatasetId;
use convlens_core::explore::{
    Ablation, ConfusionMatrix, Excitations, FilterStatistics, Predictions, Progress,
};
use convlens_core::training::Snapshot;
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
}

/// Which weights are judged by which test set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    pub version: u64,
    pub dataset: DatasetId,
}

/// What the network says about the test set, and what follows.
pub struct Verdict {
    /// The weights judged.
    pub weights: Arc<Snapshot>,
    pub predictions: Predictions,
    /// Share of the images it is right about.
    pub accuracy: f64,
    pub confusion: ConfusionMatrix,
    /// The images it is wrong about, the surest first.
    pub mistakes: Vec<usize>,
}

impl Verdict {
    pub fn new(weights: Arc<Snapshot>, predictions: Predictions) -> Self {
        Self {
            weights,
            accuracy: predictions.accuracy(),
            confusion: predictions.confusion(),
            mistakes: predictions.mistakes(),
            predictions,
        }
    }
}

/// What the network says about the test set without some filters.
pub struct AblatedVerdict {
    pub judged: Judged,
    pub ablation: Ablation,
    /// Share of the images it is right about.
    pub accuracy: f64,
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
}

/// The questions and the newest answers.
pub struct TestSet {
    /// The weights being judged.
    pub weights: Arc<Snapshot>,
    /// Whether these are the built-in ones.
    pub is_built_in: bool,
    /// The data set they are judged by, once there is one.
    pub dataset: Option<DatasetId>,
    /// Filters switched off.
    pub ablation: Ablation,
    pub verdict: Slot<Judged, Verdict>,
    pub ablated: Slot<(Judged, Ablation), AblatedVerdict>,
    pub excitations: BTreeMap<usize, Slot<Judged, Excitations>>,
    pub under_way: HashMap<Kind, UnderWay>,
    /// Questions asked so far.
    pub asked: u64,
    pub given_up: HashSet<Kind>,
}

impl TestSet {
    /// Nothing is known yet.
    pub fn new(weights: Arc<Snapshot>) -> Self {
        Self {
            weights,
            is_built_in: true,
            dataset: None,
            ablation: Ablation::default(),
            verdict: Slot::default(),
            ablated: Slot::default(),
            excitations: BTreeMap::new(),
            under_way: HashMap::new(),
            asked: 0,
            given_up: HashSet::new(),
        }
    }

    /// The weights being judged.
    pub fn weights(&self) -> &Arc<Snapshot> {
        &self.weights
    }

    /// Whether these are the built-in ones.
    pub fn is_built_in(&self) -> bool {
        self.is_built_in
    }

    /// What the network says about the test set; the newest answer there is.
    pub fn verdict(&self) -> Option<&Arc<Verdict>> {
        self.verdict.answer()
    }

    /// The same without the filters that are off; `None` while it is not known.
    pub fn ablated(&self) -> Option<&Arc<AblatedVerdict>> {
        let answer = self.ablated.answer()?;
        let known = answer.ablation == self.ablation
            && answer.judged.version == self.weights.version
            && Some(answer.judged.dataset) == self.dataset;
        known.then_some(answer)
    }

    /// What excites the filters of a layer; the newest answer there is.
    pub fn excitations(&self, layer: usize) -> Option<&Arc<Excitations>> {
        self.excitations.get(&layer)?.answer()
    }

    /// The number of that answer.
    pub fn excitations_version(&self, layer: usize) -> u64 {
        self.excitations.get(&layer).map_or(0, Slot::version)
    }

    /// Whether a filter is known to answer to no test image.
    pub fn is_dead(&self, layer: usize, filter: usize) -> bool {
        let known = self.excitations(layer);
        let known = known.and_then(|known| known.filters.get(filter));
        known.is_some_and(FilterStatistics::is_dead)
    }

    /// How a question stands.
    pub fn status_of(&self, kind: Kind) -> QuestionStatus {
        match self.under_way.get(&kind) {
            Some(question) => QuestionStatus::UnderWay(question.progress.share()),
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

    /// Takes another data set: what is known, or being asked, is about other images.
    pub fn judge_by(&mut self, dataset: DatasetId) {
        self.cancel_all();
        self.under_way.clear();
        self.dataset = Some(dataset);
        self.verdict = Slot::default();
        self.ablated = Slot::default();
        self.excitations.clear();
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
