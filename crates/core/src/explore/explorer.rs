//! A thread that answers the window's questions. A newer question of a kind replaces an older one
//! that has not been begun, so that the answer to a click never queues behind stale ones.

use std::collections::HashMap;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Work that yields an answer.
pub type Job<A> = Box<dyn FnOnce() -> A + Send>;

/// The thread's handle. `K` tells the kinds of question apart, `A` is the answer. Dropping it
/// joins the thread, after the job under way.
pub struct Explorer<K, A> {
    shared: Arc<Shared<K, A>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared<K, A> {
    state: Mutex<State<K, A>>,
    changed: Condvar,
}

struct State<K, A> {
    /// The newest question of each kind not yet begun, with the turn it came in.
    waiting: HashMap<K, (u64, Job<A>)>,
    turn: u64,
    answers: Vec<A>,
    /// Questions whose jobs panicked since they were last taken.
    failures: Vec<K>,
    /// A job has been begun and not yet answered.
    is_busy: bool,
    closed: bool,
}

impl<K, A> Shared<K, A> {
    fn state(&self) -> MutexGuard<'_, State<K, A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, A> Explorer<K, A>
where
    K: Clone + Eq + Hash + Send + 'static,
    A: Send + 'static,
{
    /// Starts a thread of this name; `wake` is called after each answer.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(name: &str, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                waiting: HashMap::new(),
                turn: 0,
                answers: Vec::new(),
                failures: Vec::new(),
                is_busy: false,
                closed: false,
            }),
            changed: Condvar::new(),
        });
        let worker = shared.clone();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Some((kind, job)) = next_job(&worker) {
                    let answer = catch_unwind(AssertUnwindSafe(job));
                    let mut state = worker.state();
                    state.is_busy = false;
                    match answer {
                        Ok(answer) => state.answers.push(answer),
                        Err(_) => state.failures.push(kind),
                    }
                    drop(state);
                    wake();
                }
            })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Asks a question; an older one of the same kind that has not been begun is dropped.
    pub fn ask(&self, kind: K, job: Job<A>) {
        let mut state = self.shared.state();
        state.turn += 1;
        let turn = state.waiting.get(&kind).map_or(state.turn, |old| old.0);
        state.waiting.insert(kind, (turn, job));
        self.shared.changed.notify_one();
    }

    /// The answers since the last call, oldest first.
    #[must_use]
    pub fn take_answers(&self) -> Vec<A> {
        std::mem::take(&mut self.shared.state().answers)
    }

    /// Whether every question is answered and every answer taken.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let state = self.shared.state();
        !state.is_busy && state.waiting.is_empty() && state.answers.is_empty()
    }

    /// The questions since the last call whose jobs panicked and will never answer.
    #[must_use]
    pub fn take_failures(&self) -> Vec<K> {
        std::mem::take(&mut self.shared.state().failures)
    }
}

/// The question that has waited longest; `None` once the handle is gone.
fn next_job<K: Clone + Eq + Hash, A>(shared: &Shared<K, A>) -> Option<(K, Job<A>)> {
    let mut state = shared.state();
    loop {
        if state.closed {
            return None;
        }
        let oldest = state.waiting.iter().min_by_key(|(_, (turn, _))| *turn);
        if let Some(kind) = oldest.map(|(kind, _)| kind.clone()) {
            state.is_busy = true;
            return state.waiting.remove(&kind).map(|(_, job)| (kind, job));
        }
        state = shared
            .changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner);
    }
}

impl<K, A> Drop for Explorer<K, A> {
    fn drop(&mut self) {
        self.shared.state().closed = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _panics_are_caught_inside = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn stale_questions_are_dropped_and_a_panic_is_counted() {
        let (woken, wakes) = mpsc::channel();
        let explorer = Explorer::start("test-explorer", move || {
            let _closed = woken.send(());
        })
        .unwrap();
        let (begun_tx, begun) = mpsc::channel();
        let (release, gate) = mpsc::channel::<()>();
        explorer.ask(
            'a',
            Box::new(move || {
                begun_tx.send(()).unwrap();
                gate.recv().unwrap();
                1
            }),
        );
        begun.recv().unwrap();
        for answer in 2..=9 {
            explorer.ask('a', Box::new(move || answer));
        }
        explorer.ask('b', Box::new(|| panic!("on purpose")));
        release.send(()).unwrap();
        for _ in 0..3 {
            wakes.recv_timeout(Duration::from_secs(10)).unwrap();
        }
        assert_eq!(explorer.take_answers(), [1, 9]);
        assert_eq!(explorer.take_failures(), ['b']);
    }
}
