//! Runs that are trained one after another as one experiment.

use std::collections::VecDeque;

use crate::app::state::State;
use convlens_core::training::RunConfig;
use convlens_core::training::runs::NewRun;

/// Most runs that wait.
pub const MOST: usize = 50;

/// The runs that wait, in order.
#[derive(Default)]
pub struct Queue {
    waiting: VecDeque<RunConfig>,
    /// The experiment they belong to.
    pub experiment: String,
    /// Runs it has in all.
    pub planned: usize,
}

impl Queue {
    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Forgets those that wait.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Begins an experiment; what waited is forgotten.
    pub fn set(&mut self, experiment: String, configs: Vec<RunConfig>) {
        self.planned = configs.len().min(MOST);
        self.waiting = configs.into_iter().take(MOST).collect();
        self.experiment = experiment;
    }
}

/// Starts the next run when none is under way.
pub fn go_on(state: &mut State) {
    let is_free = state.live_run().is_none() && state.dataset.is_some();
    if !is_free {
        return;
    }
    if let Some(config) = state.runs.queue.waiting.pop_front() {
        let new = NewRun {
            name: None,
            experiment: Some(state.runs.queue.experiment.clone()),
        };
        super::wish::start(state, config, new, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_bounded() {
        let mut queue = Queue::default();
        queue.set("many".into(), vec![RunConfig::default(); 1000]);
        assert_eq!((queue.len(), queue.planned), (MOST, MOST));
        queue.clear();
        assert!(queue.is_empty());
    }
}
