//! What the window showed before "show me".

use crate::app::model::action::Edit;
use crate::app::model::lesson::ShownBefore;
use crate::app::model::run::Run;
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::threads::Threads;
use crate::app::update;

impl ShownBefore {
    pub fn of(state: &State, step: String) -> Self {
        let preferences = &state.preferences;
        // The newest weights may soon be another run's.
        let weights_of = match state.runs.weights_of {
            WeightsOf::Live if state.is_built_in() => WeightsOf::BuiltIn,
            WeightsOf::Live => match state.run.as_ref().and_then(Run::id) {
                Some(run) => WeightsOf::Kept { run, step: None },
                None => WeightsOf::Live,
            },
            kept => kept,
        };
        Self {
            step,
            config: preferences.config.clone(),
            maps: preferences.maps.clone(),
            compare: preferences.compare.clone(),
            view: preferences.view,
            strip_class: preferences.strip_class,
            by_hand: preferences.by_hand.clone(),
            weights_of,
        }
    }

    pub fn put_back(self, state: &mut State, threads: &mut Threads, now_secs: f64) {
        update::edits::apply(state, Edit::All(self.config), now_secs);
        let preferences = &mut state.preferences;
        preferences.view = self.view;
        preferences.compare = self.compare;
        preferences.strip_class = self.strip_class;
        preferences.by_hand = self.by_hand;
        state.keep_strip_class();
        update::weights::look_at(state, threads, self.weights_of);
        state.set_maps(self.maps);
    }
}
