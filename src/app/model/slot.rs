//! A question that a view keeps asking as its inputs change, and the newest answer to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// `K` is everything that the answer depends on, `A` the answer.
pub struct Slot<K, A> {
    asked: Option<K>,
    /// The newest question that needs no more waiting for.
    closed: Option<K>,
    answer: Option<Arc<A>>,
    /// The answer's number.
    version: u64,
}

impl<K, A> Default for Slot<K, A> {
    fn default() -> Self {
        Self {
            asked: None,
            closed: None,
            answer: None,
            version: 0,
        }
    }
}

impl<K: Clone + PartialEq, A> Slot<K, A> {
    /// Whether `wanted` is new, to be asked now; it counts as asked from here on.
    pub fn asks(&mut self, wanted: &K) -> bool {
        let is_new = self.asked.as_ref() != Some(wanted);
        if is_new {
            self.asked = Some(wanted.clone());
        }
        is_new
    }

    /// Keeps an answer. It may be older than the newest question: better than nothing meanwhile.
    pub fn take(&mut self, key: K, answer: A) {
        self.take_shared(key, Arc::new(answer));
    }

    /// The same with one that others have too.
    pub fn take_shared(&mut self, key: K, answer: Arc<A>) {
        static VERSION: AtomicU64 = AtomicU64::new(1);
        self.closed = Some(key);
        self.answer = Some(answer);
        self.version = VERSION.fetch_add(1, Ordering::Relaxed);
    }

    /// The question under way will have no answer; the last one stays.
    pub fn give_up(&mut self) {
        self.closed.clone_from(&self.asked);
    }

    /// Counts as not asked, so that the same question is asked again; the last answer stays.
    pub fn forget(&mut self) {
        self.asked = None;
        self.closed = None;
    }

    /// The newest answer.
    pub fn answer(&self) -> Option<&Arc<A>> {
        self.answer.as_ref()
    }

    /// The answer's number: different for any two answers of the process, 0 where there is none.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether nothing was asked, or the newest question is answered.
    pub fn is_settled(&self) -> bool {
        self.asked == self.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_once_and_old_answers_serve_meanwhile() {
        let mut slot: Slot<u32, &str> = Slot::default();
        assert!(slot.is_settled());
        assert!(slot.asks(&1));
        assert!(!slot.asks(&1));
        assert!(slot.asks(&2));
        assert_eq!(slot.version(), 0);
        slot.take(1, "one");
        assert_eq!(slot.answer().map(|answer| **answer), Some("one"));
        assert!(!slot.is_settled());
        slot.give_up();
        assert!(slot.is_settled());
        assert_eq!(slot.answer().map(|answer| **answer), Some("one"));
        slot.forget();
        assert!(slot.is_settled() && slot.answer().is_some());
        assert!(slot.asks(&2));
        // Another slot in its place does not count from the beginning.
        let mut other: Slot<u32, &str> = Slot::default();
        other.take(1, "one");
        assert!(slot.version() > 0 && other.version() > slot.version());
    }
}
