//! Weights that are read before anybody asks for them: once somebody scrubs, those of the moments
//! around, the nearest first, so that the timeline need not wait for the disk. What is held is at
//! most what one run keeps.

use std::sync::Arc;

use super::disk::DiskJob;
use super::subject::{Moments, Subject};
use crate::app::explore::Answer;
use crate::app::state::State;
use convlens_core::training::Snapshot;

/// Asks for the nearest moment of the run scrubbed that was not read yet, and then for the next.
pub fn read(state: &State) {
    let Subject::Kept { run, step: Some(_) } = state.runs.subject else {
        return;
    };
    let Some(moments) = Moments::of(state) else {
        return;
    };
    let now = moments.index();
    let unread = moments.checkpoints.iter().enumerate();
    let unread = unread.filter(|(_, checkpoint)| !state.runs.visited.has(run, checkpoint.step));
    let Some((_, &checkpoint)) = unread.min_by_key(|(index, _)| index.abs_diff(now)) else {
        return;
    };
    let reader = state.runs.reader();
    let job = move || -> Answer {
        let read = reader.at(run, checkpoint);
        Box::new(move |state: &mut State| {
            let is_wanted =
                matches!(state.runs.subject, Subject::Kept { run: of, .. } if of == run);
            // What cannot be read is said when it is asked for.
            if let Ok(snapshot) = read
                && is_wanted
            {
                state.runs.visited.add(run, snapshot);
                self::read(state);
            }
        })
    };
    state.runs.disk.ask(DiskJob::Ahead, Box::new(job));
}

/// The weights that were read of the moments of the run scrubbed, the nearest first: at most so many,
/// none where nobody scrubs.
pub fn near(state: &State, most: usize) -> Vec<Arc<Snapshot>> {
    let Subject::Kept { run, step: Some(_) } = state.runs.subject else {
        return Vec::new();
    };
    let Some(moments) = Moments::of(state) else {
        return Vec::new();
    };
    let now = moments.index();
    let mut places: Vec<usize> = (0..moments.checkpoints.len()).collect();
    places.sort_by_key(|place| place.abs_diff(now));
    let weights = places.into_iter().filter_map(|place| {
        let step = moments.checkpoints[place].step;
        state.runs.visited.get(run, step)
    });
    weights.take(most).collect()
}
