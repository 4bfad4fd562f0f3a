//! A thread that works for another. What it is given is a question or a duty.
//!
//! A newer *question* of a kind replaces an older one that has not been begun, so that the answer to
//! a click never queues behind stale ones; nobody needs it once the program ends. A *duty* changes
//! something that outlives the program: none is left out, they are done in the order they came in,
//! and all before the thread ends.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Work that yields an answer.
pub type Job<A> = Box<dyn FnOnce() -> A + Send>;

/// The thread's handle. `K` tells the kinds of job apart, `A` is the answer. Dropping it joins the
/// thread, after the job under way and all duties.
pub struct Worker<K, A> {
    shared: Arc<Shared<K, A>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared<K, A> {
    state: Mutex<State<K, A>>,
    changed: Condvar,
}

struct State<K, A> {
    /// The newest question of each kind not yet begun, with the turn it came in.
    questions: HashMap<K, (u64, Job<A>)>,
    /// The duties not yet begun, likewise, in their order.
    duties: VecDeque<(u64, K, Job<A>)>,
    turn: u64,
    answers: Vec<A>,
    /// Kinds of the jobs that panicked since they were last taken.
    failures: Vec<K>,
    /// A job has been begun and not yet answered.
    is_busy: bool,
    /// Nobody needs an answer any more.
    finishing: bool,
    /// The handle is gone.
    closed: bool,
}

impl<K, A> Shared<K, A> {
    fn state(&self) -> MutexGuard<'_, State<K, A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<K, A>>) -> MutexGuard<'a, State<K, A>> {
        let changed = self.changed.wait(state);
        changed.unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, A> Worker<K, A>
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
                questions: HashMap::new(),
                duties: VecDeque::new(),
                turn: 0,
                answers: Vec::new(),
                failures: Vec::new(),
                is_busy: false,
                finishing: false,
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
                    worker.changed.notify_all();
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
        if state.finishing {
            return;
        }
        state.turn += 1;
        let turn = state.questions.get(&kind).map_or(state.turn, |old| old.0);
        state.questions.insert(kind, (turn, job));
        self.shared.changed.notify_all();
    }

    /// Lays a duty on it, which is done whatever happens.
    pub fn charge(&self, kind: K, duty: Job<A>) {
        let mut state = self.shared.state();
        state.turn += 1;
        let turn = state.turn;
        state.duties.push_back((turn, kind, duty));
        self.shared.changed.notify_all();
    }

    /// Waits until every duty is done, and answers no more questions: for a program that ends and
    /// still wants to hear how the duties went.
    pub fn finish(&self) {
        let mut state = self.shared.state();
        state.finishing = true;
        state.questions.clear();
        while state.is_busy || !state.duties.is_empty() {
            state = self.shared.wait(state);
        }
    }

    /// The answers since the last call, oldest first.
    #[must_use]
    pub fn take_answers(&self) -> Vec<A> {
        std::mem::take(&mut self.shared.state().answers)
    }

    /// Whether every job is done and every answer taken.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let state = self.shared.state();
        let is_waited_for =
            state.is_busy || !state.questions.is_empty() || !state.duties.is_empty();
        !is_waited_for && state.answers.is_empty()
    }

    /// The kinds of the jobs since the last call that panicked and will never answer.
    #[must_use]
    pub fn take_failures(&self) -> Vec<K> {
        std::mem::take(&mut self.shared.state().failures)
    }
}

/// The job that has waited longest; once the handle is gone only duties are left, and then `None`.
fn next_job<K: Clone + Eq + Hash, A>(shared: &Shared<K, A>) -> Option<(K, Job<A>)> {
    let mut state = shared.state();
    loop {
        let oldest = state.questions.iter().min_by_key(|(_, (turn, _))| *turn);
        let question = oldest.map(|(kind, (turn, _))| (*turn, kind.clone()));
        let duty = state.duties.front().map(|(turn, ..)| *turn);
        let job = match question {
            Some((turn, kind)) if duty.is_none_or(|duty| turn < duty) => {
                state.questions.remove(&kind).map(|(_, job)| (kind, job))
            }
            _ => state.duties.pop_front().map(|(_, kind, job)| (kind, job)),
        };
        if job.is_some() {
            state.is_busy = true;
            return job;
        }
        if state.closed {
            return None;
        }
        state = shared.wait(state);
    }
}

impl<K, A> Drop for Worker<K, A> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.closed = true;
        state.questions.clear();
        drop(state);
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
        let explorer = Worker::start("test-explorer", move || {
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

    /// A thread that is held up by its first job until the sender says so or is dropped.
    fn held_up() -> (Worker<char, u32>, mpsc::Sender<()>) {
        let explorer = Worker::start("test-explorer", || {}).unwrap();
        let (release, gate) = mpsc::channel::<()>();
        let (begun_tx, begun) = mpsc::channel();
        explorer.ask(
            'h',
            Box::new(move || {
                begun_tx.send(()).unwrap();
                let _released = gate.recv();
                0
            }),
        );
        begun.recv().unwrap();
        (explorer, release)
    }

    #[test]
    fn at_the_end_every_duty_is_done_in_order_and_no_question_is() {
        let (explorer, release) = held_up();
        let (done, list) = mpsc::channel();
        for number in 0..6 {
            let done = done.clone();
            let job: Job<u32> = Box::new(move || {
                done.send(number).unwrap();
                assert!(number != 1, "on purpose");
                number
            });
            // All of one kind: no duty replaces another, and one that panics ends none.
            if number % 2 == 1 {
                explorer.charge('d', job);
            } else {
                explorer.ask('q', job);
            }
        }
        drop(done);
        let shared = explorer.shared.clone();
        let closing = std::thread::spawn(move || drop(explorer));
        while !shared.state().closed {
            std::thread::yield_now();
        }
        release.send(()).unwrap();
        closing.join().unwrap();
        assert_eq!(list.iter().collect::<Vec<_>>(), [1, 3, 5]);
    }

    #[test]
    fn a_duty_takes_its_turn_among_questions_and_what_came_of_it_is_told() {
        let (explorer, release) = held_up();
        explorer.ask('a', Box::new(|| 1));
        explorer.charge('d', Box::new(|| 2));
        explorer.ask('b', Box::new(|| 3));
        explorer.charge('d', Box::new(|| 4));
        drop(release);
        while !explorer.is_idle() && explorer.shared.state().answers.len() < 5 {
            std::thread::yield_now();
        }
        assert_eq!(explorer.take_answers(), [0, 1, 2, 3, 4]);
        assert!(explorer.is_idle());
        let (explorer, release) = held_up();
        explorer.ask('a', Box::new(|| 1));
        explorer.charge('d', Box::new(|| 2));
        drop(release);
        explorer.finish();
        // The question may have been begun before.
        let answers = explorer.take_answers();
        assert_eq!((answers[0], answers.last()), (0, Some(&2)));
    }
}
