//! What the user should know: errors and things done. Each is told for a while and can be read again later.

use crate::app::model::save::SaveAs;
use convlens_core::network::NetworkSpec;
use convlens_core::network::import::Scaled;
use convlens_core::training::runs::RunId;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One message.
pub struct Notice {
    pub message: String,
    /// What is told on request: addresses, what the system says.
    pub details: Option<String>,
    pub is_error: bool,
    /// What can be answered.
    pub offers: Vec<Offer>,
    /// Whether it waits for an answer.
    pub waits: bool,
}

/// What a user is asked about before it is done, or can take back.
#[derive(Clone, Debug)]
pub enum Offer {
    /// A file is replaced by what is saved.
    ReplaceFile(SaveAs, PathBuf),
    /// A lesson is replaced by that of this `.convlens` file.
    ReplaceLesson(PathBuf),
    /// Weights that fit several networks are opened as this one, which gets this share of the test pictures right, if that is known.
    OpenAs(PathBuf, NetworkSpec, Option<f64>),
    /// The pixels of the model opened from the file of this name are scaled so.
    Scale(Arc<str>, Scaled),
    /// A deleted run comes back.
    Restore(Vec<RunId>),
}

impl Notice {
    pub fn error(message: String) -> Self {
        Self {
            is_error: true,
            ..Self::done(message)
        }
    }

    /// Asks for one of these; it stays until it is answered.
    pub fn question(message: String, offers: Vec<Offer>) -> Self {
        Self {
            offers,
            waits: true,
            ..Self::done(message)
        }
    }

    /// Something done that can be taken back.
    pub fn undo(message: String, offer: Offer) -> Self {
        Self {
            offers: vec![offer],
            ..Self::done(message)
        }
    }

    pub fn done(message: String) -> Self {
        Self {
            message,
            details: None,
            is_error: false,
            offers: Vec::new(),
            waits: false,
        }
    }

    /// Whether it is a question that waits for its answer.
    pub fn waits(&self) -> bool {
        self.waits && !self.offers.is_empty()
    }

    /// How long it is told; `None` until it is dismissed.
    fn told_for(&self) -> Option<Duration> {
        let secs = match (self.waits, self.is_error || !self.offers.is_empty()) {
            (true, _) => return None,
            (_, true) => 60,
            _ => 8,
        };
        Some(Duration::from_secs(secs))
    }
}

/// A message among the others.
pub struct Told {
    /// No other one of the window has it.
    pub number: u64,
    pub notice: Notice,
    /// When it goes from the corner, unless it waits.
    until: Option<Instant>,
    pub is_in_corner: bool,
}

/// The messages, oldest first.
#[derive(Default)]
pub struct Notices {
    all: VecDeque<Told>,
    count: u64,
}

impl Notices {
    /// Messages that are kept to be read again.
    const MOST: usize = 100;
    /// Messages in the corner: more would hide the window.
    const MOST_IN_CORNER: usize = 4;

    pub fn push(&mut self, notice: Notice) {
        self.count += 1;
        let until = notice.told_for().map(|time| Instant::now() + time);
        self.all.push_back(Told {
            number: self.count,
            notice,
            until,
            is_in_corner: true,
        });
        if self.all.len() > Self::MOST {
            self.all.pop_front();
        }
        let newest_first = self.all.iter_mut().rev().filter(|told| told.is_in_corner);
        for told in newest_first.skip(Self::MOST_IN_CORNER) {
            told.is_in_corner = told.until.is_none();
        }
    }

    /// All that there are.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Told> + ExactSizeIterator {
        self.all.iter()
    }

    /// Those in the corner.
    pub fn in_corner(&self) -> impl DoubleEndedIterator<Item = &Told> {
        self.all.iter().filter(|told| told.is_in_corner)
    }

    /// Takes one out of the corner. What it offered can still be taken from the list, unless it was a question.
    pub fn dismiss(&mut self, number: u64) {
        let told = self.all.iter_mut().find(|told| told.number == number);
        if let Some(told) = told {
            told.is_in_corner = false;
            if told.notice.waits {
                told.notice.offers.clear();
            }
        }
    }

    /// The same with one whose offer was taken, which it has no more.
    pub fn answer(&mut self, number: u64) {
        self.dismiss(number);
        let told = self.all.iter_mut().find(|told| told.number == number);
        if let Some(told) = told {
            told.notice.offers.clear();
        }
    }

    /// Somebody is at those in the corner: none of them goes under the pointer.
    pub fn hold(&mut self) {
        let least = Instant::now() + Duration::from_secs(4);
        for told in self.all.iter_mut().filter(|told| told.is_in_corner) {
            told.until = told.until.map(|until| until.max(least));
        }
    }

    /// Nothing was told.
    pub fn forget(&mut self) {
        self.all.clear();
    }

    /// Takes those out of the corner that were told long enough.
    pub fn expire(&mut self) {
        let now = Instant::now();
        for told in &mut self.all {
            told.is_in_corner &= told.until.is_none_or(|until| until > now);
        }
    }

    /// How long until the next one goes.
    pub fn next_expires_in(&self) -> Option<Duration> {
        let next = self.in_corner().filter_map(|told| told.until).min();
        next.map(|next| next.saturating_duration_since(Instant::now()))
    }

    /// Messages since the one of this number, taken out.
    pub fn take_since(&mut self, number: u64) -> Vec<Notice> {
        let place = self.all.partition_point(|told| told.number <= number);
        self.all.drain(place..).map(|told| told.notice).collect()
    }

    /// The number of the newest message there was.
    pub fn newest(&self) -> u64 {
        self.count
    }
}
