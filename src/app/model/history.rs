//! What was changed, to be undone and done again.

/// Earlier and later states of something, of which the present one is kept elsewhere. `G` tells
/// gestures apart: a slider that is dragged changes a value many times and is undone at once.
pub struct History<T, G> {
    past: Vec<T>,
    future: Vec<T>,
    gesture: Option<(G, f64)>,
}

/// Changes of one gesture that follow within this time are one.
const TOGETHER_SECS: f64 = 1.0;

/// Earlier states that are kept.
const MOST: usize = 200;

impl<T, G> Default for History<T, G> {
    fn default() -> Self {
        Self {
            past: Vec::new(),
            future: Vec::new(),
            gesture: None,
        }
    }
}

impl<T, G: PartialEq> History<T, G> {
    /// Remembers the state `before` a change made at `now_secs`.
    pub fn record(&mut self, before: T, gesture: Option<G>, now_secs: f64) {
        self.future.clear();
        let goes_on = match (&self.gesture, &gesture) {
            (Some((last, at)), Some(new)) => last == new && now_secs - at < TOGETHER_SECS,
            _ => false,
        };
        self.gesture = gesture.map(|gesture| (gesture, now_secs));
        if goes_on && !self.past.is_empty() {
            return;
        }
        if self.past.len() == MOST {
            self.past.remove(0);
        }
        self.past.push(before);
    }

    /// The state before the last change; `now` is the present one. `None` if there was no change.
    pub fn undo(&mut self, now: T) -> Option<T> {
        self.gesture = None;
        let before = self.past.pop()?;
        self.future.push(now);
        Some(before)
    }

    /// The state that was undone last; `now` is the present one.
    pub fn redo(&mut self, now: T) -> Option<T> {
        self.gesture = None;
        let after = self.future.pop()?;
        self.past.push(now);
        Some(after)
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_and_redo_walk_the_same_path() {
        let mut history: History<i32, &str> = History::default();
        for before in 0..3 {
            history.record(before, None, 0.0);
        }
        assert_eq!(history.undo(3), Some(2));
        assert_eq!(history.undo(2), Some(1));
        assert_eq!(history.redo(1), Some(2));
        assert_eq!(history.redo(2), Some(3));
        assert_eq!(history.redo(3), None);
        assert_eq!(history.undo(3), Some(2));
        history.record(2, None, 0.0);
        assert!(!history.can_redo(), "a change forgets what was undone");
    }

    #[test]
    fn a_gesture_is_one_change_until_it_pauses_or_another_begins() {
        let mut history: History<i32, &str> = History::default();
        history.record(0, Some("filters"), 0.0);
        history.record(1, Some("filters"), 0.5);
        history.record(2, Some("filters"), 1.4);
        history.record(3, Some("filters"), 3.0);
        history.record(4, Some("units"), 3.1);
        assert_eq!(history.undo(5), Some(4));
        assert_eq!(history.undo(4), Some(3));
        assert_eq!(history.undo(3), Some(0));
        assert!(!history.can_undo());
        history.record(0, Some("filters"), 3.2);
        assert_eq!(history.undo(1), Some(0), "undoing ends a gesture");
    }

    #[test]
    fn it_is_bounded() {
        let mut history: History<usize, ()> = History::default();
        for before in 0..1000 {
            history.record(before, None, 0.0);
        }
        let undone = std::iter::from_fn(|| history.undo(0)).count();
        assert_eq!(undone, MOST);
    }
}
