//! What the Histograms view asks of the test set's threads: what the layers are like at each moment of the run, one moment after the other.

use crate::app::model::histograms::{Moment, Subject, Updates};
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::{Owner, Whose};
use crate::app::requests::{runs, test_set};
use crate::app::threads::Threads;
use convlens_core::explore::Progress;
use convlens_core::explore::TestSetError;
use convlens_core::explore::statistics::{probe, statistics, update_ratios};
use convlens_core::training::Snapshot;
use convlens_core::training::runs::RunError;
use rayon::ThreadPool;
use std::sync::Arc;

/// The weights of a moment and of the one before.
type Weights = (Arc<Snapshot>, Option<Arc<Snapshot>>);

/// Asks for the nearest moment that is not known yet, unless one is on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    let (Some(subject), Some(dataset)) = (Subject::of(state), state.dataset.clone()) else {
        return;
    };
    // Which moments of a run are kept is not known at once.
    let awaits_moments = subject.run.is_none() && matches!(subject.owner, Owner::Run(_));
    let status = state.test_set.status_of(Kind::Histograms);
    if awaits_moments || status != QuestionStatus::Settled {
        return;
    }
    let mut missing = state.histograms.missing(&subject);
    let all = subject.moments.len();
    let part = (all - missing.len(), all);
    missing.sort_by_key(|place| place.abs_diff(subject.now));
    let Some(place) = missing.first().copied() else {
        return;
    };
    let moment = subject.moments[place];
    let before = place.checked_sub(1).map(|place| subject.moments[place]);
    let in_hand = state.test_set.weights.snapshot.clone();
    let reader = threads.runs.clone();
    let run = subject.run;
    let read = move || -> Result<Weights, RunError> {
        let Some(run) = run else {
            return Ok((in_hand, None));
        };
        // Of one that is gone meanwhile nothing need be said.
        let before = before.and_then(|before| reader.at(run, before).ok());
        Ok((reader.at(run, moment)?, before))
    };
    let is_at_hand = !state.is_of_other_data(&subject.owner);
    let (owner, images) = (subject.owner.clone(), subject.images);
    let compute = move |pool: &ThreadPool, progress: &Progress| {
        let (snapshot, before) = match read() {
            Ok(weights) => weights,
            Err(error) => return Ok(Err(error)),
        };
        let (set, pictures) = probe(&dataset, is_at_hand, images);
        let updates = before.map(|before| -> Result<Updates, TestSetError> {
            let batches = snapshot.step.saturating_sub(before.step);
            let ratios = update_ratios(&before.model, &snapshot.model, batches)?;
            let since = before.step;
            Ok(Updates { since, ratios })
        });
        Ok(Ok(Moment {
            statistics: statistics(&snapshot.model, &pictures, pool, progress)?,
            whose: Whose::of(owner, &snapshot),
            probe: set,
            updates: updates.transpose()?,
        }))
    };
    test_set::begin(
        state,
        threads,
        Kind::Histograms,
        part,
        compute,
        move |state, found| match found {
            Some(Ok(moment)) => state.histograms.take(subject.dataset, moment),
            Some(Err(error)) => {
                // Of a run that trains they may have been let go in the meantime.
                if state.runs.weights_of != WeightsOf::Live {
                    runs::tell(state, &error);
                }
                let Subject { owner, dataset, .. } = &subject;
                state.histograms.give_up(owner, *dataset, moment.step);
            }
            None => {}
        },
    );
}
