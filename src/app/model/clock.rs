//! The teacher's clock: how long the lesson has gone on, and each step of it.

use std::collections::HashMap;

/// Times are seconds since the window opened, or lengths in seconds.
#[derive(Default)]
pub struct Clock {
    /// What each step has had so far, by its name.
    steps: HashMap<String, f64>,
    /// Since when the step on screen has had more than that, while the clock goes.
    since: Option<f64>,
    /// It was set going once: it does not start again by itself.
    has_begun: bool,
}

impl Clock {
    /// Sets it going when the lesson is first used; what a teacher held stays held.
    pub fn begin(&mut self, now: f64) {
        if !self.has_begun {
            self.has_begun = true;
            self.since = Some(now);
        }
    }

    /// Counts the time up to now for this step, which is left.
    pub fn leave(&mut self, step: &str, now: f64) {
        if let Some(since) = &mut self.since {
            *self.steps.entry(step.to_owned()).or_default() += now - *since;
            *since = now;
        }
    }

    /// Holds it, or lets it go on.
    pub fn toggle(&mut self, step: &str, now: f64) {
        self.leave(step, now);
        self.has_begun = true;
        self.since = match self.since {
            Some(_) => None,
            None => Some(now),
        };
    }

    pub fn is_going(&self) -> bool {
        self.since.is_some()
    }

    fn running(&self, now: f64) -> f64 {
        self.since.map_or(0.0, |since| now - since)
    }

    /// How long the lesson has gone on.
    pub fn lesson(&self, now: f64) -> f64 {
        self.steps.values().sum::<f64>() + self.running(now)
    }

    /// How long the step on screen has.
    pub fn step(&self, step: &str, now: f64) -> f64 {
        self.steps.get(step).copied().unwrap_or(0.0) + self.running(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_each_step_and_stands_while_held() {
        let mut clock = Clock::default();
        assert!(clock.lesson(5.0).abs() < 1e-9, "not before the lesson");
        clock.begin(10.0);
        clock.leave("one", 70.0);
        assert!((clock.step("two", 100.0) - 30.0).abs() < 1e-9);
        clock.toggle("two", 100.0);
        clock.begin(150.0);
        assert!(!clock.is_going(), "held by hand");
        assert!((clock.lesson(1000.0) - 90.0).abs() < 1e-9);
        clock.toggle("two", 1000.0);
        assert!((clock.step("two", 1015.0) - 45.0).abs() < 1e-9);
        assert!((clock.lesson(1015.0) - 105.0).abs() < 1e-9);
    }
}
