//! What the window asks about the whole test set. It takes up to seconds, so it runs on threads of
//! its own, which give way to those that train and to the one that answers a click. An answer is
//! kept until the weights change; while a run trains they count as changed at the end of an epoch.

use crate::app::model::filters::PreferredFrom;
use crate::app::model::notices::Notice;
use crate::app::model::slot::Slot;
use crate::app::model::state::State;
use crate::app::model::test_set::{AblatedVerdict, Kind, Preferred, TestSet, UnderWay, Verdict};
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Asked;
use crate::app::model::whose::Judged;
use crate::app::requests::take_answers;
use crate::app::threads::Answer;
use crate::app::threads::Threads;
use convlens_core::dataset::Dataset;
use convlens_core::explore::{
    Objective, PreferredSettings, Progress, Start, Target, TestSetError, ablated, excitations,
    predictions, preferred_input,
};
use convlens_core::training::Snapshot;
use rayon::ThreadPool;
use std::sync::Arc;

/// Asks what the network says about every test image.
pub fn request_predictions(state: &mut State, threads: &mut Threads) {
    let Some((judged, weights, dataset)) = subject(state) else {
        return;
    };
    let of = judged.clone();
    ask(
        state,
        threads,
        Kind::Predictions,
        judged,
        |test_set| &mut test_set.verdict,
        move |pool, progress| {
            let said = predictions(&weights.model, &dataset.test, pool, progress)?;
            Ok(Verdict::new(of, said))
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

/// Asks for the pictures that a filter answers to most.
pub fn request_preferred(state: &mut State, threads: &mut Threads, target: Target) {
    let Some((judged, weights, _)) = subject(state) else {
        return;
    };
    // Of one filter at a time.
    state
        .test_set
        .keep(|kind| !matches!(kind, Kind::Preferred(other) if other != target));
    let start = match state.filters.preferred_from {
        PreferredFrom::Grey => Start::Grey,
        PreferredFrom::Noise => Start::Noise,
        PreferredFrom::Image(image) => {
            let picture = state.gallery().and_then(|gallery| gallery.picture(image));
            picture.map_or(Start::Grey, Start::Picture)
        }
    };
    ask(
        state,
        threads,
        Kind::Preferred(target),
        judged,
        move |test_set| test_set.preferred.entry(target).or_default(),
        move |_, progress| {
            let find = |objective| {
                let settings = PreferredSettings {
                    objective,
                    start: start.clone(),
                    ..PreferredSettings::default()
                };
                preferred_input(&weights.model, target, &settings, progress)
            };
            Ok(Preferred {
                neuron: find(Objective::Neuron)?,
                channel: find(Objective::Channel)?,
            })
        },
    );
}

/// Asks for what the view of the errors shows: predictions, and what the network takes for the class of the chosen cell most.
pub fn request_errors(state: &mut State, threads: &mut Threads) {
    request_predictions(state, threads);
    let layer = state.snapshot.model.layers().len().saturating_sub(1);
    let classes = state.snapshot.model.spec().classes;
    if let Some((_, class)) = state.errors_cell
        && usize::from(class) < classes
    {
        let channel = class.into();
        request_preferred(state, threads, Target { layer, channel });
    }
}

/// Weights and test set to judge now.
pub fn subject(state: &State) -> Option<(Judged, Arc<Snapshot>, Arc<Dataset>)> {
    let snapshot = state.test_set.weights.snapshot.clone();
    let dataset = state.dataset.clone()?;
    let takes = snapshot.model.spec().takes(&dataset);
    takes.then_some((state.test_set.judged()?, snapshot, dataset))
}

/// Lets go of what takes long and no longer is on screen: else the questions of the view that is would wait for it.
pub fn let_go(state: &mut State) {
    let (view, way) = (state.preferences.view, state.transform.way);
    state.test_set.keep(|kind| match kind {
        Kind::Changed(of) | Kind::OtherChanged(of) => view == View::Transform && of == way,
        Kind::Embedding | Kind::LayersApart => view == View::Embedding,
        Kind::Histograms => view == View::Histograms,
        Kind::Preferred(_) => matches!(view, View::Filters | View::Errors),
        Kind::Predictions | Kind::Ablated | Kind::Excitations(_) => true,
    });
}

/// Takes the newest weights; of a run that is training only those of another epoch, and not before
/// the questions about the last ones are answered: else quick epochs would leave no time for any.
pub fn follow(state: &mut State) {
    let is_live = state.runs.weights_of == WeightsOf::Live;
    let is_running = is_live && state.is_training();
    let (new, old) = (&state.whose, &state.test_set.weights.whose);
    let is_same_run = new.owner == old.owner && new.step > old.step;
    let wait = new.epochs == old.epochs || !state.test_set.under_way.is_empty();
    if new == old || (is_running && is_same_run && wait) {
        return;
    }
    let weights = state.weights();
    state.test_set.judge(weights);
}

/// Asks a question unless it is answered or under way.
pub fn ask<K, A>(
    state: &mut State,
    threads: &Threads,
    kind: Kind,
    key: K,
    slot: impl Fn(&mut TestSet) -> &mut Slot<K, A> + Send + 'static,
    compute: impl FnOnce(&ThreadPool, &Progress) -> Result<A, TestSetError> + Send + 'static,
) where
    K: Asked + Send + 'static,
    A: Send + 'static,
{
    if !slot(&mut state.test_set).asks(&key) {
        return;
    }
    begin(
        state,
        threads,
        kind,
        (0, 1),
        compute,
        move |state, answer| {
            let slot = slot(&mut state.test_set);
            match answer {
                Some(answer) => slot.take(key, answer),
                None => slot.give_up(),
            }
        },
    );
}

/// Has something computed, in place of an older question of its kind; it is the part after the first `done` of `all`. Where it fails or is
/// cancelled the user is told, and `take` gets nothing.
pub fn begin<A: Send + 'static>(
    state: &mut State,
    threads: &Threads,
    kind: Kind,
    (done, all): (usize, usize),
    compute: impl FnOnce(&ThreadPool, &Progress) -> Result<A, TestSetError> + Send + 'static,
    take: impl FnOnce(&mut State, Option<A>) + Send + 'static,
) {
    let this = &mut state.test_set;
    this.given_up.remove(&kind);
    let progress = Arc::new(Progress::default());
    this.asked += 1;
    let number = this.asked;
    let question = UnderWay {
        number,
        progress: progress.clone(),
        part: (done, all),
    };
    if let Some(older) = this.under_way.insert(kind, question) {
        older.progress.cancel();
    }
    let pool = threads.test_set.pool.clone();
    let job = move || -> Answer {
        let result = compute(&pool, &progress);
        Box::new(move |state: &mut State, _threads: &mut Threads| {
            let this = &mut state.test_set;
            let newest = this.under_way.get(&kind);
            if newest.is_none_or(|newest| newest.number != number) {
                return;
            }
            this.under_way.remove(&kind);
            match result {
                Ok(answer) => take(state, Some(answer)),
                Err(error) => {
                    this.given_up.insert(kind);
                    take(state, None);
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
            Kind::Changed(way) => this.changed.entry(way).or_default().give_up(),
            Kind::OtherChanged(way) => this.other_changed.entry(way).or_default().give_up(),
            Kind::Embedding => this.embedded.give_up(),
            Kind::LayersApart => this.layers_apart.give_up(),
            Kind::Histograms => {}
            Kind::Preferred(target) => this.preferred.entry(target).or_default().give_up(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::requests::maps;
    use crate::app::room::Room;
    use crate::text::Language;
    use convlens_core::dataset;
    use convlens_core::explore::Way;

    /// Some garments, those from `first` on.
    fn garments(first: u32) -> Arc<Dataset> {
        let Dataset {
            origin,
            train,
            test,
            classes,
            ..
        } = dataset::synthetic(10, 80);
        let rows: Vec<u32> = (first..first + 40).collect();
        Arc::new(Dataset::new(origin, train, test.subset(&rows), classes))
    }

    fn images_of_classes(dataset: &Dataset) -> Vec<usize> {
        let count = |class| {
            let labels = dataset.test.labels().iter();
            labels.filter(|&&label| usize::from(label) == class).count()
        };
        (0..dataset.classes.count()).map(count).collect()
    }

    /// Images of each class, as the matrix has them.
    fn judged(state: &State) -> Option<Vec<usize>> {
        let confusion = &state.test_set.verdict()?.confusion;
        let classes = 0..state.dataset.as_ref()?.classes.count();
        let row = |label| {
            let cells = classes.clone().map(|said| confusion.count(label, said));
            cells.sum::<usize>()
        };
        Some(classes.clone().map(row).collect())
    }

    #[test]
    fn what_is_known_of_a_data_set_is_not_told_of_one_in_its_place() {
        let mut room = Room::new(Language::En);
        let first = garments(0);
        let place = format!("{first:p}");
        let of_first = images_of_classes(&first);
        room.take_dataset(first.clone());
        request_predictions(&mut room.state, &mut room.threads);
        maps::request(&mut room.state, &mut room.threads);
        room.until(|state, _| state.test_set.is_settled() && state.maps.is_settled());
        assert_eq!(judged(&room.state).as_ref(), Some(&of_first));
        let key = room.state.pictures_key(&[]);
        let shown = room.state.maps.version();

        // Another is opened that nobody asks about; the maps let go of the first.
        room.take_dataset(dataset::synthetic(10, 50).into());
        maps::request(&mut room.state, &mut room.threads);
        room.until(|state, threads| state.maps.version() > shown && threads.explorer.is_idle());
        assert_eq!(judged(&room.state), None);

        // And a third one where the first has been.
        assert_eq!(Arc::strong_count(&first), 1);
        drop(first);
        let mut elsewhere = Vec::new();
        let third = loop {
            assert!(elsewhere.len() < 4000, "its place is never used again");
            let third = garments(40);
            if format!("{third:p}") == place {
                break third;
            }
            elsewhere.push(third);
        };
        let of_third = images_of_classes(&third);
        assert_ne!(of_third, of_first);
        room.take_dataset(third);
        assert_ne!(room.state.pictures_key(&[]), key);
        assert_eq!(judged(&room.state), None);
        request_predictions(&mut room.state, &mut room.threads);
        room.until(|state, _| state.test_set.is_settled());
        assert_eq!(judged(&room.state), Some(of_third));
    }

    /// Else the view that is on screen would wait for what nobody looks at.
    #[test]
    fn a_question_that_takes_long_ends_with_its_view_and_is_asked_again() {
        let mut room = Room::new(Language::En);
        room.state.preferences.view = View::Transform;
        room.state.transform.measures = true;
        crate::app::requests::transform::request(&mut room.state, &mut room.threads);
        let changed = Kind::Changed(Way::Shift);
        let is_asked = |room: &Room| room.state.test_set.under_way.contains_key(&changed);
        assert!(is_asked(&room));
        let_go(&mut room.state);
        assert!(is_asked(&room));
        room.state.preferences.view = View::Errors;
        let_go(&mut room.state);
        assert!(!is_asked(&room));
        request_predictions(&mut room.state, &mut room.threads);
        room.until(|state, _| state.test_set.verdict().is_some());
        room.state.preferences.view = View::Transform;
        crate::app::requests::transform::request(&mut room.state, &mut room.threads);
        assert!(is_asked(&room));
    }

    #[test]
    fn an_answer_that_comes_too_late_is_about_other_images() {
        let mut room = Room::new(Language::En);
        // Asked about ten thousand images, and let go at once.
        request_predictions(&mut room.state, &mut room.threads);
        room.take_dataset(garments(0));
        assert!(room.state.test_set.is_settled());
        room.until(|_, threads| threads.test_set.answers.is_idle());
        assert_eq!(judged(&room.state), None);
    }
}
