//! What is asked of the threads, a file a question: what for, and when it is stale.

pub mod by_hand;
pub mod channels;
pub mod compare;
pub mod draw;
pub mod embedding;
pub mod explain;
pub mod filters;
pub mod histograms;
pub mod inspect;
pub mod maps;
pub mod memory;
pub mod overview;
pub mod picture;
pub mod prefetch;
pub mod runs;
pub mod test_set;
pub mod transform;

use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::threads::{Answer, Question, Threads};
use convlens_core::worker::Worker;
use std::hash::Hash;

/// Takes in what a thread has answered; the questions that it failed to answer, which the user is told of.
pub fn take_answers<K>(
    state: &mut State,
    threads: &mut Threads,
    thread: fn(&Threads) -> &Worker<K, Answer>,
) -> Vec<K>
where
    K: Clone + Eq + Hash + Send + 'static,
{
    for answer in thread(threads).take_answers() {
        answer(state, threads);
    }
    let failures = thread(threads).take_failures();
    for _ in &failures {
        let message = state.text().window.explorer_failed.to_owned();
        state.notices.push(Notice::error(message));
    }
    failures
}

/// What remains to be done where the explorer failed to answer.
pub fn give_up(question: &Question, state: &mut State) {
    match question {
        Question::Maps => state.maps.give_up(),
        Question::PrefetchedMaps => state.prefetched_maps.give_up(),
        Question::Memory | Question::Lesson | Question::Edited => {}
        Question::HandKernels => state.hand_kernels.give_up(),
        Question::Inspect => state.inspected.give_up(),
        Question::NextStep => state.filters.next_step.give_up(),
        Question::Kernels => state.filters.kernels.give_up(),
        Question::WithoutFilters => state.filters.probabilities.give_up(),
        Question::Drawing => state.drawn.give_up(),
        Question::Similarity => state.compared.give_up(),
        Question::Explanation => state.explained.give_up(),
        Question::Moved => state.moved.give_up(),
        Question::Overview => state.overlooked.give_up(),
        Question::Picture(_) => picture::give_up(state),
    }
}
