//! Retraining while the network is edited: a change starts a quick try on a share of the data,
//! which is not kept and gives way to the next one.

use std::time::{Duration, Instant};

use crate::app::run::Beginning;
use crate::app::state::State;
use convlens_core::training::RunConfig;

/// About how long a try trains on this computer.
const SECONDS: f64 = 2.0;
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
pub fn go_on(state: &mut State) {
    let Some(due) = state.runs.draft_due else {
        return;
    };
    if due > Instant::now() {
        // The window sleeps unless something wakes it.
        (state.wake)();
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
    let Some(config) = config(state) else { return };
    let beginning = Beginning {
        config,
        dataset,
        recorder: None,
        earlier: None,
    };
    super::wish::begin(state, beginning, None);
}

/// The settings of a try: one epoch over as many pictures as two seconds have time for.
pub fn config(state: &State) -> Option<RunConfig> {
    let wanted = &state.preferences.config;
    let available = state.dataset.as_ref()?.train.len();
    let all = wanted.images.unwrap_or(available).min(available);
    let images = state.runs.costs.images_in(SECONDS, wanted)?;
    Some(RunConfig {
        epochs: 1,
        images: Some(images.clamp(wanted.batch_size.min(all), all)),
        validation_percent: 0,
        ..wanted.clone()
    })
}
