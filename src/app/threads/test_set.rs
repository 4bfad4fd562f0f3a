//! The threads for questions about the whole test set, which give way to those that train and to the
//! one that answers a click.

use std::sync::Arc;

use rayon::ThreadPool;

use super::Answer;
use crate::app::model::test_set::Kind;
use convlens_core::training::{Wake, priority};
use convlens_core::worker::Worker;

/// Most threads that work on one question.
pub const MOST_THREADS: usize = 8;
/// Their priority, 0 to 99 with 50 the usual one: on Linux a niceness of 11, a little below the
/// threads that train, which leave them a third of the processor. The least there is would leave no answer in time.
pub const PRIORITY: u8 = 20;

/// One thread that answers, and those that it computes with.
pub struct TestSetThreads {
    pub answers: Worker<Kind, Answer>,
    pub pool: Arc<ThreadPool>,
}

impl TestSetThreads {
    /// Starts the threads, which wait.
    pub fn start(wake: Wake) -> anyhow::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.min(MOST_THREADS))
            .thread_name(|index| format!("convlens-test-set-{index}"))
            .start_handler(|_| priority::lower(PRIORITY))
            .build()?;
        Ok(Self {
            answers: Worker::start("convlens-test-set", move || wake())?,
            pool: Arc::new(pool),
        })
    }
}
