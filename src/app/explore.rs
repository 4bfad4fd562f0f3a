//! What the window asks of the explorer's thread.

use std::hash::Hash;
use std::path::PathBuf;

use super::notices::Notice;
use super::pad;
use super::state::State;
use convlens_core::explore::Explorer;

/// Kinds of question: a newer one replaces an older one of its kind that has not been begun.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    Maps,
    /// Maps that may be asked for soon.
    MapsAhead,
    /// How much memory the program has held.
    Memory,
    Inspect,
    Kernels,
    WithoutFilters,
    /// What the network makes of the drawing.
    Drawing,
    Similarity,
    Explanation,
    /// A picture to be read.
    Picture(PathBuf),
    /// The kernels for the demonstration by hand.
    HandKernels,
    /// A teacher's own lesson.
    Lesson,
}

/// An answer is what it changes in the state: mostly a [`Slot`](super::slot::Slot) of it.
pub type Answer = Box<dyn FnOnce(&mut State) + Send>;

/// Takes in what a thread has answered; the questions that it failed to answer, which the user is told of.
pub fn hear<K>(state: &mut State, thread: fn(&State) -> &Explorer<K, Answer>) -> Vec<K>
where
    K: Clone + Eq + Hash + Send + 'static,
{
    for answer in thread(state).take_answers() {
        answer(state);
    }
    let failures = thread(state).take_failures();
    for _ in &failures {
        let message = state.text().window.explorer_failed.to_owned();
        state.notices.push(Notice::error(message));
    }
    failures
}

impl Question {
    /// What remains to be done where the thread failed to answer.
    pub fn give_up(&self, state: &mut State) {
        match self {
            Self::Maps => state.maps.give_up(),
            Self::MapsAhead => state.maps_ahead.give_up(),
            Self::Memory | Self::Lesson => {}
            Self::HandKernels => state.hand_kernels.give_up(),
            Self::Inspect => state.inspected.give_up(),
            Self::Kernels => state.filters.kernels.give_up(),
            Self::WithoutFilters => state.filters.probabilities.give_up(),
            Self::Drawing => state.drawn.give_up(),
            Self::Similarity => state.compared.give_up(),
            Self::Explanation => state.explained.give_up(),
            Self::Picture(_) => pad::give_up(state),
        }
    }
}
