//! What the window asks about the whole test set. It takes up to seconds, so it runs on threads of
//! its own, which give way to those that train and to the one that answers a click. An answer is
//! kept until the weights change; while a run trains they count as changed at the end of an epoch.

use crate::app::model::notices::Notice;
use crate::app::model::run::RunStatus;
use crate::app::model::slot::Slot;
use crate::app::model::state::State;
use crate::app::model::test_set::{AblatedVerdict, Judged, Kind, TestSet, Verdict};
use crate::app::model::weights_of::WeightsOf;
use crate::app::requests::take_answers;
use crate::app::threads::Answer;
use crate::app::threads::Threads;
use convlens_core::dataset::Dataset;
use convlens_core::explore::{Progress, TestSetError, ablated, excitations, predictions};
use convlens_core::training::Snapshot;
use rayon::ThreadPool;
use std::sync::Arc;

/// Asks what the network says about every test image.
pub fn request_predictions(state: &mut State, threads: &mut Threads) {
    let Some((judged, weights, dataset)) = subject(state) else {
        return;
    };
    ask(
        state,
        threads,
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
pub fn request_ablated(state: &mut State, threads: &mut Threads) {
    let ablation = state.test_set.ablation.clone();
    let Some((judged, weights, dataset)) = subject(state).filter(|_| !ablation.is_empty()) else {
        return;
    };
    ask(
        state,
        threads,
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
pub fn request_excitations(state: &mut State, threads: &mut Threads, layer: usize) {
    let Some((judged, weights, dataset)) = subject(state) else {
        return;
    };
    ask(
        state,
        threads,
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
    let is_live = state.runs.weights_of == WeightsOf::Live;
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
    threads: &Threads,
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
    let pool = threads.test_set.pool.clone();
    let job = move || -> Answer {
        let result = compute(&pool, &progress);
        Box::new(move |state: &mut State, _threads: &mut Threads| {
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
    threads.test_set.answers.ask(kind, Box::new(job));
}

/// Takes in the answers, and which questions will have none.
pub fn receive(state: &mut State, threads: &mut Threads) {
    for kind in take_answers(state, threads, |threads| &threads.test_set.answers) {
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
