//! What the user should know: errors and things done.

use crate::app::model::save::SaveAs;
use convlens_core::network::NetworkSpec;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// One message.
pub struct Notice {
    pub message: String,
    /// What is told on request: addresses, what the system says.
    pub details: Option<String>,
    pub is_error: bool,
    /// When it came.
    pub since: Instant,
    /// What can be answered, if it is a question.
    pub offers: Vec<Offer>,
}

/// What a user is asked about before it is done.
#[derive(Clone, Debug)]
pub enum Offer {
    /// A file is replaced by what is saved.
    ReplaceFile(SaveAs, PathBuf),
    /// A lesson is replaced by that of this `.convlens` file.
    ReplaceLesson(PathBuf),
    /// Weights that fit several networks are opened as this one.
    OpenAs(PathBuf, NetworkSpec),
}

/// How long a thing done is told; an error stays until it is dismissed.
pub const TOLD_FOR: Duration = Duration::from_secs(8);

impl Notice {
    pub fn error(message: String) -> Self {
        Self {
            message,
            details: None,
            is_error: true,
            since: Instant::now(),
            offers: Vec::new(),
        }
    }

    /// Asks for one of these; it stays until it is answered.
    pub fn question(message: String, offers: Vec<Offer>) -> Self {
        Self {
            offers,
            ..Self::done(message)
        }
    }

    /// Whether it goes away by itself.
    pub fn passes(&self) -> bool {
        !self.is_error && self.offers.is_empty()
    }

    pub fn done(message: String) -> Self {
        Self {
            message,
            details: None,
            is_error: false,
            since: Instant::now(),
            offers: Vec::new(),
        }
    }
}

/// Drops what has been told long enough.
pub fn expire(notices: &mut Vec<Notice>) {
    notices.retain(|notice| !notice.passes() || notice.since.elapsed() < TOLD_FOR);
}
