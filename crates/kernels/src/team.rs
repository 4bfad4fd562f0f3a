//! A team of threads that does one thing at a time in stages, and meets between them.
//!
//! A training step of half a millisecond has ten stages, so that a meeting must take microseconds: who arrives early spins for
//! about as long as waking a thread takes, then sleeps.
#![allow(unsafe_code)] // A job borrows from the caller, who waits until every thread is done with it.

use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What each member does in each stage: `work(stage, member)`.
type Work<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// Threads that wait for work. The one that gives the work is a member too, number 0. Dropping it ends and joins the others.
pub struct Team {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    meeting: Meeting,
    job: Job,
    /// Whether a member panicked: the others then only meet.
    has_failed: AtomicBool,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    is_over: AtomicBool,
}

/// Written by the first member while all others wait for it.
struct Job(UnsafeCell<Option<(usize, *const Work<'static>)>>);

// SAFETY: written before and read after a meeting, never at the same time; what it points to is `Sync`.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Team {
    /// A team of `size`, one at least, whose threads are called `name-1` and so on.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn new(size: usize, name: &str) -> std::io::Result<Self> {
        let mut team = Self {
            shared: Arc::new(Shared {
                meeting: Meeting::new(size.max(1)),
                job: Job(UnsafeCell::new(None)),
                has_failed: AtomicBool::new(false),
                panic: Mutex::new(None),
                is_over: AtomicBool::new(false),
            }),
            threads: Vec::new(),
        };
        for member in 1..size {
            let shared = Arc::clone(&team.shared);
            let thread = std::thread::Builder::new().name(format!("{name}-{member}"));
            team.threads
                .push(thread.spawn(move || shared.serve(member))?);
        }
        Ok(team)
    }

    /// How many work, the caller counted.
    #[must_use]
    pub fn size(&self) -> usize {
        self.shared.meeting.size
    }

    /// Has every member call `work(stage, member)`, stage by stage: none begins one before all have ended the one before.
    ///
    /// # Panics
    /// With the first panic of a member, once all have come to an end. The team can be used again.
    pub fn run(&mut self, stages: usize, work: &Work<'_>) {
        #[allow(clippy::transmute_ptr_to_ptr)] // A cast may not change a lifetime.
        // SAFETY: of a borrow, only the lifetime is changed: no thread uses it behind the last meeting below, which is waited for.
        let work = unsafe {
            std::mem::transmute::<*const Work<'_>, *const Work<'static>>(std::ptr::from_ref(work))
        };
        let shared = &*self.shared;
        // SAFETY: all other members wait in the meeting that begins a job.
        unsafe { *shared.job.0.get() = Some((stages, work)) };
        shared.meeting.wait();
        shared.work(0);
        if shared.has_failed.swap(false, Ordering::Relaxed)
            && let Some(panic) = lock(&shared.panic).take()
        {
            resume_unwind(panic);
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Not by arriving: where the system refused threads, too few would.
        self.shared.meeting.release();
        for thread in self.threads.drain(..) {
            let _panics_are_caught_inside = thread.join();
        }
    }
}

impl Shared {
    fn serve(&self, member: usize) {
        loop {
            let meeting = self.meeting.generation();
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            self.meeting.wait_since(meeting);
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            self.work(member);
        }
    }

    /// A member's part of the job, up to and with the last meeting.
    fn work(&self, member: usize) {
        // SAFETY: it was written before the meeting that has just ended, and is not written again before the one below.
        let Some((stages, work)) = (unsafe { *self.job.0.get() }) else {
            return;
        };
        for stage in 0..stages.max(1) {
            if stage < stages && !self.has_failed.load(Ordering::Relaxed) {
                // SAFETY: `run`, which lent it, waits for the last meeting.
                let result = catch_unwind(AssertUnwindSafe(|| unsafe { (*work)(stage, member) }));
                if let Err(panic) = result {
                    lock(&self.panic).get_or_insert(panic);
                    self.has_failed.store(true, Ordering::Relaxed);
                }
            }
            self.meeting.wait();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Two of these share no line of any cache.
#[repr(align(128))]
#[derive(Default)]
struct Apart<T>(T);

/// Where everybody waits for the last.
struct Meeting {
    size: usize,
    /// Turns of the processor's `pause` before a member sleeps: some 20 to 50 µs.
    patience: usize,
    arrived: Apart<AtomicUsize>,
    /// Counts the meetings that have ended.
    ended: Apart<AtomicUsize>,
    asleep: AtomicUsize,
    lock: Mutex<()>,
    end: Condvar,
}

impl Meeting {
    fn new(size: usize) -> Self {
        // Where members share a processor, who spins keeps the others from arriving.
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            size,
            patience: if size <= processors { 1000 } else { 0 },
            arrived: Apart::default(),
            ended: Apart::default(),
            asleep: AtomicUsize::new(0),
            lock: Mutex::new(()),
            end: Condvar::new(),
        }
    }

    fn generation(&self) -> usize {
        self.ended.0.load(Ordering::SeqCst)
    }

    /// Arrives, and waits for the others.
    fn wait(&self) {
        self.wait_since(self.generation());
    }

    /// The same, where `generation` was read earlier.
    fn wait_since(&self, generation: usize) {
        if self.arrived.0.fetch_add(1, Ordering::AcqRel) + 1 == self.size {
            self.arrived.0.store(0, Ordering::Relaxed);
            self.release();
            return;
        }
        for _ in 0..self.patience {
            if self.ended.0.load(Ordering::Acquire) != generation {
                return;
            }
            std::hint::spin_loop();
        }
        let mut guard = lock(&self.lock);
        self.asleep.fetch_add(1, Ordering::SeqCst);
        while self.generation() == generation {
            guard = self.end.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        self.asleep.fetch_sub(1, Ordering::SeqCst);
    }

    /// Ends the meeting. Either who goes to sleep sees that it has ended, or it is seen here that somebody sleeps.
    fn release(&self) {
        self.ended.0.fetch_add(1, Ordering::SeqCst);
        if self.asleep.load(Ordering::SeqCst) > 0 {
            drop(lock(&self.lock));
            self.end.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn no_stage_begins_before_the_one_before_has_ended() {
        for size in [1, 2, 3, 8] {
            let mut team = Team::new(size, "test").unwrap();
            assert_eq!(team.size(), size);
            let counts: Vec<AtomicU64> = (0..20).map(|_| AtomicU64::new(0)).collect();
            for round in 1..=50 {
                team.run(counts.len(), &|stage, member| {
                    assert!(member < size);
                    if stage > 0 {
                        let before = counts[stage - 1].load(Ordering::Relaxed);
                        assert_eq!(before, round * size as u64);
                    }
                    counts[stage].fetch_add(1, Ordering::Relaxed);
                });
            }
            team.run(0, &|_, _| unreachable!("there is no stage"));
        }
    }

    #[test]
    fn a_panic_of_any_member_reaches_the_caller_and_the_team_goes_on() {
        let mut team = Team::new(3, "test").unwrap();
        for culprit in 0..3 {
            let stages = AtomicUsize::new(0);
            let job = AssertUnwindSafe(|| {
                team.run(5, &|stage, member| {
                    stages.fetch_max(stage, Ordering::Relaxed);
                    assert!((stage, member) != (2, culprit), "on purpose");
                });
            });
            let panic = catch_unwind(job).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&"on purpose"));
            assert_eq!(stages.load(Ordering::Relaxed), 2);
        }
        let all = AtomicUsize::new(0);
        team.run(1, &|_, member| {
            all.fetch_add(1 << (8 * member), Ordering::Relaxed);
        });
        assert_eq!(all.into_inner(), 0x1_01_01);
    }

    #[test]
    fn members_that_slept_between_two_jobs_wake() {
        let mut team = Team::new(2, "test").unwrap();
        for _ in 0..20 {
            let count = AtomicUsize::new(0);
            team.run(2, &|_, _| {
                count.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(count.into_inner(), 4);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}
