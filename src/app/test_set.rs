//! What the window asks about the whole test set. It takes up to seconds, so it runs on threads of
//! its own, which give way to those that train and to the one that answers a click. An answer is
//! kept until the weights change; while a run trains they count as changed at the end of an epoch.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::ThreadPool;

use super::explore::{Answer, hear};
use super::notices::Notice;
use super::run::RunStatus;
use super::runs::Subject;
use super::slot::Slot;
use super::state::State;
use convlens_core::dataset::Dataset;
use convlens_core::explore::{
    Ablation, ConfusionMatrix, Excitations, Explorer, Predictions, Progress, TestSetError, ablated,
    excitations, predictions,
};
use convlens_core::training::{Snapshot, Wake, priority};

/// Most threads that work on one question.
const MOST_THREADS: usize = 8;
/// Their priority, 0 to 99 with 50 the usual one: on Linux a niceness of 11, a little below the
/// threads that train, which leave them a third of the processor. The least there is would leave no answer in time.
const PRIORITY: u8 = 20;

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
    version: u64,
    dataset: usize,
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
    fn new(weights: Arc<Snapshot>, predictions: Predictions) -> Self {
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
    judged: Judged,
    ablation: Ablation,
    /// Share of the images it is right about.
    pub accuracy: f64,
}

/// How a question stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// Answered, or not asked.
    Settled,
    /// Being computed: the share done.
    UnderWay(f32),
    /// Ended by the user, or by an error.
    GivenUp,
}

/// The questions, the threads and the newest answers.
pub struct TestSet {
    /// The weights being judged.
    weights: Arc<Snapshot>,
    /// Whether these are the built-in ones.
    is_built_in: bool,
    /// The data set they are judged by.
    dataset: usize,
    /// Filters switched off.
    pub ablation: Ablation,
    verdict: Slot<Judged, Verdict>,
    ablated: Slot<(Judged, Ablation), AblatedVerdict>,
    excitations: BTreeMap<usize, Slot<Judged, Excitations>>,
    under_way: HashMap<Kind, Arc<Progress>>,
    given_up: HashSet<Kind>,
    thread: Explorer<Kind, Answer>,
    pool: Arc<ThreadPool>,
}

impl TestSet {
    /// Starts the threads, which wait.
    pub fn start(weights: Arc<Snapshot>, wake: Wake) -> anyhow::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.min(MOST_THREADS))
            .thread_name(|index| format!("convlens-test-set-{index}"))
            .start_handler(|_| priority::lower(PRIORITY))
            .build()?;
        Ok(Self {
            weights,
            is_built_in: true,
            dataset: 0,
            ablation: Ablation::default(),
            verdict: Slot::default(),
            ablated: Slot::default(),
            excitations: BTreeMap::new(),
            under_way: HashMap::new(),
            given_up: HashSet::new(),
            thread: Explorer::start("convlens-test-set", move || wake())?,
            pool: Arc::new(pool),
        })
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
            && answer.judged.dataset == self.dataset;
        known.then_some(answer)
    }

    /// What excites the filters of a layer; the newest answer there is.
    pub fn excitations(&self, layer: usize) -> Option<&Arc<Excitations>> {
        self.excitations.get(&layer)?.answer()
    }

    /// How a question stands.
    pub fn standing(&self, kind: Kind) -> Standing {
        match self.under_way.get(&kind) {
            Some(progress) => Standing::UnderWay(progress.share()),
            None if self.given_up.contains(&kind) => Standing::GivenUp,
            None => Standing::Settled,
        }
    }

    /// Ends a question under way; its last answer stays. It is asked again with the next weights.
    pub fn cancel(&self, kind: Kind) {
        if let Some(progress) = self.under_way.get(&kind) {
            progress.cancel();
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
        for progress in self.under_way.values() {
            progress.cancel();
        }
    }
}

/// Asks what the network says about every test image.
pub fn request_predictions(state: &mut State) {
    let Some((judged, weights, dataset)) = subject(state) else {
        return;
    };
    ask(
        state,
        Kind::Predictions,
        judged,
        |test_set| &mut test_set.verdict,
        move |pool, progress| {
            let said = predictions(&weights.model, &dataset.test, pool, progress)?;
            Ok(Verdict::new(weights, said))
        },
    );
}

/// Asks the same of the network without the filters that are off, if any are.
pub fn request_ablated(state: &mut State) {
    let ablation = state.test_set.ablation.clone();
    let Some((judged, weights, dataset)) = subject(state).filter(|_| !ablation.is_empty()) else {
        return;
    };
    ask(
        state,
        Kind::Ablated,
        (judged, ablation.clone()),
        |test_set| &mut test_set.ablated,
        move |pool, progress| {
            let model = ablated(&weights.model, &ablation)?;
            let said = predictions(&model, &dataset.test, pool, progress)?;
            Ok(AblatedVerdict {
                judged,
                ablation,
                accuracy: said.accuracy(),
            })
        },
    );
}

/// Asks what excites the filters of the convolution at `layer`.
pub fn request_excitations(state: &mut State, layer: usize) {
    let Some((judged, weights, dataset)) = subject(state) else {
        return;
    };
    ask(
        state,
        Kind::Excitations(layer),
        judged,
        move |test_set| test_set.excitations.entry(layer).or_default(),
        move |pool, progress| excitations(&weights.model, layer, &dataset.test, pool, progress),
    );
}

/// Weights and test set to judge now.
fn subject(state: &mut State) -> Option<(Judged, Arc<Snapshot>, Arc<Dataset>)> {
    follow(state);
    let dataset = state.dataset.clone()?;
    let this = &mut state.test_set;
    let judged = Judged {
        version: this.weights.version,
        dataset: Arc::as_ptr(&dataset) as usize,
    };
    if this.dataset != judged.dataset {
        // What was known is about other images.
        this.dataset = judged.dataset;
        this.verdict = Slot::default();
        this.excitations.clear();
    }
    Some((judged, this.weights.clone(), dataset))
}

/// Takes the newest weights; of a run that is training only those of another epoch, and not before
/// the questions about the last ones are answered: else quick epochs would leave no time for any.
fn follow(state: &mut State) {
    let is_live = state.runs.subject == Subject::Live;
    let running = state
        .run
        .as_ref()
        .filter(|_| is_live)
        .is_some_and(|run| matches!(run.status, RunStatus::Starting | RunStatus::Running));
    let is_built_in = state.is_built_in();
    let new = &state.snapshot;
    let this = &mut state.test_set;
    let old = &this.weights;
    let same_stack = new.model.spec() == old.model.spec();
    let same_run = same_stack && is_built_in == this.is_built_in && new.step > old.step;
    let wait = new.epochs == old.epochs || !this.under_way.is_empty();
    if new.version == old.version || (running && same_run && wait) {
        return;
    }
    if !same_stack {
        // What was known is about filters that are no more.
        this.excitations.clear();
        this.ablation.keep_within(&new.model);
    }
    this.weights = new.clone();
    this.is_built_in = is_built_in;
}

/// Asks a question unless it is answered or under way.
fn ask<K, A>(
    state: &mut State,
    kind: Kind,
    key: K,
    slot: impl Fn(&mut TestSet) -> &mut Slot<K, A> + Send + 'static,
    compute: impl FnOnce(&ThreadPool, &Progress) -> Result<A, TestSetError> + Send + 'static,
) where
    K: Clone + PartialEq + Send + 'static,
    A: Send + 'static,
{
    let this = &mut state.test_set;
    if !slot(this).asks(&key) {
        return;
    }
    this.given_up.remove(&kind);
    let progress = Arc::new(Progress::default());
    if let Some(older) = this.under_way.insert(kind, progress.clone()) {
        older.cancel();
    }
    let pool = this.pool.clone();
    let job = move || -> Answer {
        let result = compute(&pool, &progress);
        Box::new(move |state: &mut State| {
            let this = &mut state.test_set;
            let newest = this.under_way.get(&kind);
            if newest.is_none_or(|newest| !Arc::ptr_eq(newest, &progress)) {
                return;
            }
            this.under_way.remove(&kind);
            match result {
                Ok(answer) => slot(this).take(key, answer),
                Err(error) => {
                    slot(this).give_up();
                    this.given_up.insert(kind);
                    if !matches!(error, TestSetError::Cancelled) {
                        let message = state.text().not_judged(&error);
                        state.notices.push(Notice::error(message));
                    }
                }
            }
        })
    };
    this.thread.ask(kind, Box::new(job));
}

/// Takes in the answers, and which questions will have none.
pub fn receive(state: &mut State) {
    for kind in hear(state, |state| &state.test_set.thread) {
        let this = &mut state.test_set;
        this.under_way.remove(&kind);
        this.given_up.insert(kind);
        match kind {
            Kind::Predictions => this.verdict.give_up(),
            Kind::Ablated => this.ablated.give_up(),
            Kind::Excitations(layer) => this.excitations.entry(layer).or_default().give_up(),
        }
    }
}
