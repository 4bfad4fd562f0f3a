//! How long a server is waited for: one that is slow for good is given up.

use std::time::{Duration, Instant};

use super::error::SourceFault;

/// How much of a server's time and of its bytes one file is worth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// A source of which fewer than [`least`](Self::least) bytes arrive in this time is given up.
    pub window: Duration,
    /// Fewest bytes of a file that must arrive in that time.
    pub least: u64,
    /// Most time for one file from one source.
    pub time: Duration,
    /// How often one source is asked for one file, at most: connections may break off for ever.
    pub requests: usize,
}

/// Two kilobytes a second are less than any line that a person would wait at. The files are 30 MB.
pub(super) const LIMITS: Limits = Limits {
    window: Duration::from_secs(30),
    least: 1 << 16,
    time: Duration::from_hours(1),
    requests: 20,
};

/// Keeps an eye on how fast a source is.
pub(super) struct Watch {
    limits: Limits,
    started: Instant,
    /// Bytes that have arrived from it.
    pub received: u64,
    /// When the time began that is looked at, and how much had arrived by then.
    since: (Instant, u64),
}

impl Watch {
    pub fn start(limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            limits,
            started: now,
            received: 0,
            since: (now, 0),
        }
    }

    /// Whether it is fast enough.
    pub fn look(&mut self) -> Result<(), SourceFault> {
        let (since, before) = self.since;
        let is_slow = since.elapsed() >= self.limits.window;
        let too_slow = |received, time: Duration| {
            let seconds = time.as_secs();
            Err(SourceFault::TooSlow { received, seconds })
        };
        if is_slow && self.received - before < self.limits.least {
            return too_slow(self.received - before, since.elapsed());
        }
        if self.started.elapsed() > self.limits.time {
            return too_slow(self.received, self.started.elapsed());
        }
        if is_slow {
            self.since = (Instant::now(), self.received);
        }
        Ok(())
    }
}
