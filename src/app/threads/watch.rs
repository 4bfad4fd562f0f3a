//! Looks for what other programs do in the folder of runs, so that no frame is drawn to find that nothing has happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle, park_timeout};
use std::time::{Duration, Instant};

use convlens_core::training::runs::Store;

/// How often it looks.
const INTERVAL: Duration = Duration::from_secs(5);

/// The thread. Dropping it ends it and waits for it.
pub struct RunsWatch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    has_changed: AtomicBool,
    ends: AtomicBool,
}

impl RunsWatch {
    /// Calls `wake` once something has changed.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(store: Store, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let watched = shared.clone();
        let thread = Builder::new()
            .name("convlens-watch".into())
            .spawn(move || {
                let mut stamp = store.stamp();
                let mut next = Instant::now() + INTERVAL;
                while !watched.ends.load(Ordering::Relaxed) {
                    let now = Instant::now();
                    if now < next {
                        park_timeout(next - now);
                        continue;
                    }
                    next = now + INTERVAL;
                    let before = std::mem::replace(&mut stamp, store.stamp());
                    if before != stamp {
                        watched.has_changed.store(true, Ordering::Relaxed);
                        wake();
                    }
                }
            })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Whether something has changed since this was asked.
    pub fn take(&self) -> bool {
        self.shared.has_changed.swap(false, Ordering::Relaxed)
    }
}

impl Drop for RunsWatch {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _panicked = thread.join();
        }
    }
}
