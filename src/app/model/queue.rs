//! Runs that are trained one after another as one experiment.

use convlens_core::training::RunConfig;
use std::collections::VecDeque;

/// Most runs that wait.
pub const MOST: usize = 50;

/// The runs that wait, in order.
#[derive(Default)]
pub struct Queue {
    pub waiting: VecDeque<RunConfig>,
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
