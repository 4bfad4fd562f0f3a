//! Signals that ask the program to end: SIGTERM, SIGINT, SIGHUP. The first lets it keep what it has, a second one ends
//! it at once.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGINT, SIGTERM};

/// The number of the first signal, or 0.
static RECEIVED: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// The signal that asked the program to end, once one has.
#[must_use]
pub fn received() -> Option<u8> {
    // Those listened for have small numbers.
    u8::try_from(RECEIVED.load(Ordering::Relaxed))
        .ok()
        .filter(|signal| *signal != 0)
}

/// Whether the program shall keep what it has and end.
#[must_use]
pub fn stop_requested() -> bool {
    received().is_some()
}

/// The exit status of a program that a signal ended, as shells have it.
#[must_use]
pub fn exit_status(signal: u8) -> u8 {
    128 + signal
}

/// Listens from now on. `wake` is called on another thread once a signal has come, for whoever sleeps meanwhile.
///
/// # Errors
/// The system refuses a thread or a handler.
#[cfg(unix)]
pub fn install(wake: impl Fn() + Send + 'static) -> io::Result<()> {
    use std::time::{Duration, Instant};

    /// Another signal so soon is the same wish: shell and system both tell of a closed terminal, and `timeout` tells
    /// its child and then the child's group.
    const SAME_WISH: Duration = Duration::from_millis(500);

    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let listened: Vec<i32> = [SIGTERM, SIGINT, signal_hook::consts::SIGHUP]
        .into_iter()
        .filter(|signal| !is_ignored(&status, *signal))
        .collect();
    let mut signals = signal_hook::iterator::Signals::new(listened)?;
    let thread = std::thread::Builder::new().name("convlens-signals".into());
    thread.spawn(move || {
        let mut first = None;
        for signal in signals.forever() {
            match first {
                None => {
                    first = Some(Instant::now());
                    RECEIVED.store(signal.unsigned_abs() as usize, Ordering::Relaxed);
                    wake();
                }
                Some(first) if first.elapsed() > SAME_WISH => {
                    signal_hook::low_level::exit(128 + signal);
                }
                Some(_) => {}
            }
        }
    })?;
    Ok(())
}

/// The same; nobody is woken.
///
/// # Errors
/// The system refuses a handler.
#[cfg(not(unix))]
pub fn install(_wake: impl Fn() + Send + 'static) -> io::Result<()> {
    use std::sync::atomic::AtomicBool;

    let once = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, once.clone())?;
        signal_hook::flag::register_usize(signal, RECEIVED.clone(), signal as usize)?;
        signal_hook::flag::register(signal, once.clone())?;
    }
    Ok(())
}

/// Whether whoever started the program had it ignore a signal, as `nohup` does, by what Linux says of the process.
#[cfg(unix)]
fn is_ignored(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|l| l.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_nohup_has_ignored_stays_ignored() {
        let status = "Name:\tconvlens\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert!(is_ignored(status, signal_hook::consts::SIGHUP));
        assert!(!is_ignored(status, SIGINT));
        assert!(!is_ignored(status, SIGTERM));
        assert!(!is_ignored("", SIGTERM));
    }
}
