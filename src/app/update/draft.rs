//! Retraining while the network is edited: a change starts a quick try on a share of the data,
//! which is not kept and gives way to the next one.

use super::training;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::update::training::Beginning;
use std::time::{Duration, Instant};

/// Changes within this time make one try: a slider that is dragged makes many.
const TOGETHER: Duration = Duration::from_millis(150);

/// A change was made: there will be a try soon, if the user wants any.
pub fn changed(state: &mut State) {
    if state.preferences.retrains {
        let due = Instant::now() + TOGETHER;
        state.runs.draft_due.get_or_insert(due);
    }
}

/// Starts a try when one is due. A run that is kept is never replaced by a try.
pub fn go_on(state: &mut State, threads: &mut Threads) {
    let Some(due) = state.runs.draft_due else {
        return;
    };
    if due > Instant::now() {
        // The window sleeps unless something wakes it.
        (threads.wake)();
        return;
    }
    state.runs.draft_due = None;
    let is_busy = state.live_run().is_some_and(|run| !run.is_draft());
    if is_busy || state.why_not_train().is_some() {
        return;
    }
    let Some(dataset) = state.dataset.clone() else {
        return;
    };
    let Some(config) = state.draft_config() else {
        return;
    };
    let beginning = Beginning {
        config,
        dataset,
        recorder: None,
        earlier: None,
    };
    training::begin(state, threads, beginning, None);
}
