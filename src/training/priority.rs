//! Threads that give way to the window's.

use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

/// Of threads that train, out of 100, where 50 is what threads start with. On Linux 25 is niceness 9: a thread of normal
/// priority that wakes is given the processor at once, and gets about seven times the time of one of these while both want it.
pub const TRAINING: u8 = 25;

/// Lowers the calling thread's priority. What a thread computes does not depend on it, so that a system that refuses is no
/// error.
pub fn lower(to: u8) {
    let Ok(low) = ThreadPriorityValue::try_from(to) else {
        return;
    };
    if let Err(error) = set_current_thread_priority(ThreadPriority::Crossplatform(low)) {
        log::debug!("this thread keeps its priority: {error:?}");
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    /// Niceness of the calling thread: field 19 of `/proc/thread-self/stat`, proc(5).
    fn niceness() -> i32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        fields.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[test]
    fn only_the_thread_that_asks_is_lowered() {
        let before = niceness();
        let lowered = std::thread::spawn(|| {
            super::lower(super::TRAINING);
            niceness()
        });
        let lowered = lowered.join().unwrap();
        assert!(lowered > 5);
        // A process that was started as low cannot be told from one that was lowered.
        assert!(lowered > before || before > 8);
        assert_eq!(niceness(), before);
    }
}
