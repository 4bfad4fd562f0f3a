//! What the view that changes pictures by hand asks: maps of the explorer's thread, accuracies of the test set's.

use crate::app::model::compare::Other;
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::model::test_set::Kind;
use crate::app::model::transform::{ChangedAsked, MovedAsked, MovedPicture};
use crate::app::model::whose::Judged;
use crate::app::requests::test_set;
use crate::app::threads::{Answer, Question, Threads};
use convlens_core::dataset::Picture;
use convlens_core::explore::{TestSetError, accuracy_when_changed, moved};
use convlens_core::network::weights;

/// Noise is the same in every picture looked at.
const SEED: u64 = 0;

/// Asks for what is on screen unless it is there or on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    request_maps(state, threads);
    if state.transform.measures {
        request_accuracy(state, threads);
        request_other_accuracy(state, threads);
    }
}

fn request_maps(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let image = state.image_at_hand();
    let wanted = MovedAsked {
        whose: state.whose.clone(),
        pictures: state.pictures_key(&[image]),
        image,
        transform: state.transform.transform,
    };
    if !state.moved.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let size = gallery.dataset.size();
        let picture = gallery.picture(image);
        let picture = picture.unwrap_or_else(|| Picture::blank(size));
        let moved = moved(&snapshot.model, &picture, &wanted.transform, SEED);
        let label = gallery.label(image);
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match moved {
                Ok(moved) => {
                    let answer = MovedPicture {
                        asked: wanted.clone(),
                        changed: wanted.transform.of(&picture, SEED),
                        picture,
                        label,
                        moved,
                    };
                    state.moved.take(wanted, answer);
                }
                Err(error) => {
                    state.moved.give_up();
                    let message = state.text().not_computed(&error);
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.explorer.ask(Question::Moved, Box::new(job));
}

fn request_accuracy(state: &mut State, threads: &Threads) {
    let Some((judged, weights, dataset)) = test_set::subject(state) else {
        return;
    };
    let way = state.transform.way;
    test_set::ask(
        state,
        threads,
        Kind::Changed(way),
        ChangedAsked { judged, way },
        move |test_set| test_set.changed.entry(way).or_default(),
        move |pool, progress| {
            let amounts = way.usual();
            accuracy_when_changed(&weights.model, &dataset.test, way, amounts, pool, progress)
        },
    );
}

/// The same of the second network, if one is chosen that takes these pictures.
fn request_other_accuracy(state: &mut State, threads: &Threads) {
    let (way, other) = (
        state.transform.way,
        state.other_beside(state.transform.other, false),
    );
    let Some((dataset, whose)) = state.dataset.clone().zip(state.second_network(other)) else {
        return;
    };
    let judged = Judged {
        whose,
        dataset: dataset.id(),
    };
    let runs = threads.runs.clone();
    let compute = move |pool: &_, progress: &_| {
        let other = match other {
            Other::None => None,
            Other::BuiltIn => weights::built_in_for(dataset.size()).map_err(unread)?,
            Other::Run(run) => Some(runs.newest(run).map_err(unread)?.model.clone()),
        };
        match other.filter(|model| model.spec().takes(&dataset)) {
            Some(model) => {
                let amounts = way.usual();
                accuracy_when_changed(&model, &dataset.test, way, amounts, pool, progress)
            }
            None => Ok(Vec::new()),
        }
    };
    test_set::ask(
        state,
        threads,
        Kind::OtherChanged(way),
        ChangedAsked { judged, way },
        move |test_set| test_set.other_changed.entry(way).or_default(),
        compute,
    );
}

fn unread(error: impl std::error::Error + Send + Sync + 'static) -> TestSetError {
    TestSetError::Tensor(candle_core::Error::wrap(error))
}
