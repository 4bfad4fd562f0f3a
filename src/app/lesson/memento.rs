//! What the window showed before "show me".

use crate::app::action::set_maps;
use crate::app::edits::{self, Edit};
use crate::app::run::Run;
use crate::app::runs::{self, Subject};
use crate::app::state::State;
use crate::app::views::View;
use crate::app::views::compare::CompareSettings;
use convlens_core::figures::MapsSettings;
use convlens_core::lessons::ByHand;
use convlens_core::training::RunConfig;

/// Everything that an action may change, but for runs that were started: those are kept.
pub struct Memento {
    /// Name of the step.
    pub step: String,
    config: RunConfig,
    maps: MapsSettings,
    compare: CompareSettings,
    view: View,
    strip_class: Option<u8>,
    by_hand: ByHand,
    subject: Subject,
}

impl Memento {
    pub fn of(state: &State, step: String) -> Self {
        let preferences = &state.preferences;
        // The newest weights may soon be another run's.
        let subject = match state.runs.subject {
            Subject::Live if state.is_built_in() => Subject::BuiltIn,
            Subject::Live => match state.run.as_ref().and_then(Run::id) {
                Some(run) => Subject::Kept { run, step: None },
                None => Subject::Live,
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
            subject,
        }
    }

    pub fn put_back(self, state: &mut State, now_secs: f64) {
        edits::apply(state, Edit::All(self.config), now_secs);
        let preferences = &mut state.preferences;
        preferences.view = self.view;
        preferences.compare = self.compare;
        preferences.strip_class = self.strip_class;
        preferences.by_hand = self.by_hand;
        state.keep_strip_class();
        runs::look_at(state, self.subject);
        set_maps(state, self.maps);
    }
}
