//! How long a processor has worked for a thread.

use std::time::Duration;

/// How long a processor has worked for the calling thread since that began, without the time in which it waited for one; `None` where the
/// system does not tell (all but Linux).
#[must_use]
pub fn time_of_thread() -> Option<Duration> {
    #[cfg(target_os = "linux")]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::try_from(time).ok()
    }
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_no_work() {
        let now = || time_of_thread().unwrap();
        let since = |began: Duration| now().saturating_sub(began);
        let began = now();
        std::thread::sleep(Duration::from_millis(60));
        assert!(since(began) < Duration::from_millis(30), "it slept");
        let (began, mut sum) = (now(), 0.0_f64);
        while since(began) < Duration::from_millis(5) {
            sum += std::hint::black_box(1.0);
        }
        assert!(sum > 0.0);
    }
}
