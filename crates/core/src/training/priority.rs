//! Threads that give way to those that answer a user.

use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

/// Of threads that train, out of 100, where 50 is what threads start with. On Linux 25 is niceness 9: a thread of normal
/// priority that wakes is given the processor at once, and gets about seven times the time of one of these while both want it.
pub const TRAINING: u8 = 25;

/// Lowers the calling thread's priority; one that is as low already, as under `nice`, keeps what it has. What a thread
/// computes does not depend on it, so that a system that refuses is no error.
pub fn lower(to: u8) {
    let Ok(low) = ThreadPriorityValue::try_from(to) else {
        return;
    };
    if is_as_low(to) {
        return;
    }
    if let Err(error) = set_current_thread_priority(ThreadPriority::Crossplatform(low)) {
        log::debug!("this thread keeps its priority: {error:?}");
    }
}

/// Whether the calling thread's niceness, 19 to -20 for 0 to 100, is no better than that.
#[cfg(target_os = "linux")]
fn is_as_low(to: u8) -> bool {
    let wanted = 19 - i32::from(to) * 2 / 5;
    rustix::process::getpriority_process(None).is_ok_and(|niceness| niceness >= wanted)
}

/// Other systems start all threads at the middle, unless their process has been given a class, which is on top of this.
#[cfg(not(target_os = "linux"))]
fn is_as_low(_to: u8) -> bool {
    false
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::{TRAINING, lower};

    fn niceness() -> i32 {
        rustix::process::getpriority_process(None).unwrap()
    }

    /// Niceness of a thread of its own before and after `lower`, having been made nicer by `by` first.
    fn lowered(by: i32) -> (i32, i32) {
        let thread = std::thread::spawn(move || {
            rustix::process::nice(by).unwrap();
            let before = niceness();
            lower(TRAINING);
            (before, niceness())
        });
        thread.join().unwrap()
    }

    #[test]
    fn only_the_thread_that_asks_is_lowered() {
        let at_first = niceness();
        let (before, after) = lowered(0);
        assert_eq!(after, before.max(9));
        assert_eq!(niceness(), at_first);
    }

    #[test]
    fn no_thread_is_raised() {
        let (before, after) = lowered(15);
        assert!(before >= 15);
        assert_eq!(after, before);
    }
}
