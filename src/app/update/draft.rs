//! Retraining while the network is edited: a change starts a quick try on a share of the data,
//! which is not kept and gives way to the next one.

use super::training;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::update::training::Beginning;
use convlens_core::training::StartsFrom;
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
    let (Some(dataset), Some(data)) = (state.dataset.clone(), state.data.clone()) else {
        return;
    };
    let Some(config) = state.draft_config() else {
        return;
    };
    state.runs.draft_images = state.runs.draft_images.or(config.images);
    let beginning = Beginning {
        config,
        dataset,
        data,
        recorder: None,
        began_from: None,
        from: StartsFrom::Random,
        earlier: None,
    };
    training::begin(state, threads, beginning, None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::model::action::Edit;
    use crate::app::model::run::RunStatus;
    use crate::app::room::Room;
    use crate::app::update;
    use crate::text::Language;
    use convlens_core::network::Preset;

    #[test]
    fn every_draft_of_a_window_trains_on_as_many_pictures() {
        let mut room = Room::new(Language::En);
        room.state.preferences.retrains = true;
        let mut images = Vec::new();
        for preset in [Preset::Dense, Preset::Conv16, Preset::Dense] {
            update::edits::apply(&mut room.state, Edit::Network(preset.spec()), 0.0);
            // It is as long as the next one replaces it.
            room.until(|state, _| {
                let run = state.run.as_ref().filter(|run| run.is_draft());
                run.is_some_and(|run| run.config.network == preset.spec())
            });
            images.push(room.state.run.as_ref().and_then(|run| run.config.images));
            training::stop(&mut room.state, &room.threads);
            room.until(|state, _| {
                let status = state.run.as_ref().map(|run| run.status);
                matches!(status, Some(RunStatus::Stopped | RunStatus::Finished))
            });
        }
        assert!(
            images[0].is_some() && images.iter().all(|other| *other == images[0]),
            "{images:?}"
        );
    }
}
