//! A question that a view keeps asking as its inputs change, and the newest answer to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::whose::{Asked, Whose};

/// `K` is everything that the answer depends on, `A` the answer.
pub struct Slot<K, A> {
    asked: Option<K>,
    /// The newest question that needs no more waiting for.
    closed: Option<K>,
    /// The newest answer, and to which question.
    answer: Option<(K, Arc<A>)>,
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

impl<K: Asked, A> Slot<K, A> {
    /// Whether `wanted` is new, to be asked now; it counts as asked from here on.
    pub fn asks(&mut self, wanted: &K) -> bool {
        let is_new = self.asked.as_ref() != Some(wanted);
        if is_new {
            self.asked = Some(wanted.clone());
        }
        is_new
    }

    /// Keeps an answer. It may be older than the newest question: better than nothing meanwhile, unless it is
    /// about another's weights or other pictures.
    pub fn take(&mut self, key: K, answer: A) {
        self.take_shared(key, Arc::new(answer));
    }

    /// The same with one that others have too.
    pub fn take_shared(&mut self, key: K, answer: Arc<A>) {
        static VERSION: AtomicU64 = AtomicU64::new(1);
        let serves = self.asked.as_ref().is_some_and(|newest| key.serves(newest));
        if !serves {
            return;
        }
        self.closed = Some(key.clone());
        self.answer = Some((key, answer));
        self.version = VERSION.fetch_add(1, Ordering::Relaxed);
    }

    /// The question under way will have no answer; the last one stays where it serves.
    pub fn give_up(&mut self) {
        self.closed.clone_from(&self.asked);
        let newest = self.asked.as_ref();
        self.answer = self
            .answer
            .take()
            .filter(|(key, _)| newest.is_some_and(|newest| key.serves(newest)));
    }

    /// Counts as not asked, so that the same question is asked again; the last answer stays.
    pub fn forget(&mut self) {
        self.asked = None;
        self.closed = None;
    }

    /// The newest answer.
    pub fn answer(&self) -> Option<&Arc<A>> {
        self.answer.as_ref().map(|(_, answer)| answer)
    }

    /// What the newest answer was asked of.
    pub fn key(&self) -> Option<&K> {
        self.answer.as_ref().map(|(key, _)| key)
    }

    /// Whose weights the newest answer is about.
    pub fn whose(&self) -> Option<&Whose> {
        self.key().map(|key| key.about().0)
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
    use crate::app::model::whose::Owner;

    fn asked(owner: u64, version: u64) -> Whose {
        Whose {
            owner: Owner::Unkept(owner),
            network: "".into(),
            outputs: 10,
            input: convlens_core::dataset::PictureSize::default(),
            version,
            epochs: 0,
            step: 0,
        }
    }

    #[test]
    fn a_question_is_asked_once_and_old_answers_serve_meanwhile() {
        let (one, two) = (asked(1, 1), asked(1, 2));
        let mut slot: Slot<Whose, &str> = Slot::default();
        assert!(slot.is_settled());
        assert!(slot.asks(&one));
        assert!(!slot.asks(&one));
        assert!(slot.asks(&two));
        assert_eq!(slot.version(), 0);
        slot.take(one, "one");
        assert_eq!(slot.answer().map(|answer| **answer), Some("one"));
        assert!(!slot.is_settled());
        slot.give_up();
        assert!(slot.is_settled());
        assert_eq!(slot.answer().map(|answer| **answer), Some("one"));
        slot.forget();
        assert!(slot.is_settled() && slot.answer().is_some());
        assert!(slot.asks(&two));
        // Another slot in its place does not count from the beginning.
        let mut other: Slot<Whose, &str> = Slot::default();
        other.asks(&two);
        other.take(two, "two");
        assert!(slot.version() > 0 && other.version() > slot.version());
    }

    #[test]
    fn an_answer_about_anothers_weights_does_not_serve() {
        let (mine, others) = (asked(1, 1), asked(2, 2));
        let mut slot: Slot<Whose, &str> = Slot::default();
        slot.asks(&mine);
        slot.take(mine.clone(), "mine");
        slot.asks(&others);
        // It is there, and says whose it is.
        assert_eq!(slot.whose(), Some(&mine));
        slot.take(mine, "mine, too late");
        assert_eq!(slot.answer().map(|answer| **answer), Some("mine"));
        slot.give_up();
        assert!(slot.answer().is_none(), "nothing will take its place");
    }
}
