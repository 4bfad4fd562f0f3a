//! How much memory the program has held, for the overlay of what the window costs.

use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::memory;
use std::time::{Duration, Instant};

/// How often memory is asked for while the overlay is open.
const MEMORY_INTERVAL: Duration = Duration::from_secs(1);

/// Asks while the overlay is open.
pub fn request(state: &mut State, threads: &Threads) {
    let performance = &mut state.performance;
    let is_due = performance
        .memory_asked
        .is_none_or(|asked| asked.elapsed() > MEMORY_INTERVAL);
    if performance.is_shown && is_due {
        performance.memory_asked = Some(Instant::now());
        let job = || -> Answer {
            let peak = memory::peak_bytes();
            Box::new(move |state: &mut State, _threads: &mut Threads| {
                state.performance.peak_memory = peak;
            })
        };
        threads.explorer.ask(Question::Memory, Box::new(job));
    }
}
