//! Changing weights by hand. What is changed is looked at as a network of its own; the run or file that it was stays as it is.

use crate::app::model::action::Edit;
use crate::app::model::edited::{Edited, HandAction};
use crate::app::model::notices::Notice;
use crate::app::model::opened::Opened;
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::{Owner, Weights};
use crate::app::threads::{Answer, Question, Threads};
use crate::app::update;
use convlens_core::training::runs::NewRun;
use convlens_core::training::{RunConfig, Snapshot, StartsFrom};
use std::sync::Arc;

pub fn apply(state: &mut State, threads: &mut Threads, action: HandAction) {
    match action {
        HandAction::Change(change) => {
            let is_under_way =
                (state.edited.as_ref()).is_some_and(|e| e.owner == state.whose.owner);
            if !is_under_way {
                let from = state.name_in_short(&state.whose);
                let name = state.text().changed_by_hand(&from);
                let owner = Owner::File(state.snapshot.version, name.into());
                state.edited = Some(Edited::new(state.weights(), owner));
            }
            if let Some(edited) = &mut state.edited {
                edited.change(change);
            }
        }
        HandAction::Undo => {
            if let Some(edited) = &mut state.edited {
                edited.undo();
            }
        }
        HandAction::Redo => {
            if let Some(edited) = &mut state.edited {
                edited.redo();
            }
        }
        HandAction::Reset => {
            if let Some(edited) = &mut state.edited {
                while !edited.changes().is_empty() {
                    edited.undo();
                }
            }
        }
    }
    ask(state, threads);
}

/// Starts a run from the weights looked at, with the settings on screen: a network changed by hand, or from a file, is trained on.
pub fn train_shown(state: &mut State, threads: &mut Threads, now_secs: f64) {
    if state.why_not_train_shown().is_some() || update::runs::must_wait(state) {
        return;
    }
    let config = RunConfig {
        network: state.snapshot.model.spec().clone(),
        ..state.preferences.config.clone()
    };
    let new = NewRun {
        began_from: Some(state.name_in_short(&state.whose)),
        ..NewRun::default()
    };
    let from = StartsFrom::Weights(state.snapshot.model.clone());
    update::edits::apply(state, Edit::All(config.clone()), now_secs);
    update::training::start_from(state, threads, config, new, from, None);
}

/// Has the changes made and looks at what comes of them. The newest question carries them all.
fn ask(state: &mut State, threads: &mut Threads) {
    let Some(edited) = &state.edited else { return };
    let (base, owner) = (edited.base.snapshot.clone(), edited.owner.clone());
    let changes = edited.changes().to_vec();
    let job = move || -> Answer {
        let changed = base.model.changed(&changes);
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match changed {
                Ok(model) => {
                    let snapshot = Snapshot::new(model, base.epochs, base.step);
                    let weights = Weights::new(owner, Arc::new(snapshot));
                    state.opened = Some(Opened {
                        weights: weights.clone(),
                    });
                    state.runs.weights_of = WeightsOf::File;
                    state.runs.frozen = None;
                    state.show(weights);
                }
                Err(error) => {
                    let message = state.text().not_computed(&error);
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.explorer.ask(Question::Edited, Box::new(job));
}
