//! What is known about a run: its number, how it stands, its curve.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::checkpoints::Checkpoint;
use super::environment::{Environment, TrainedBy};
use super::error::RunError;
use super::manifest::RunStatus;
use crate::training::{BatchPoint, EpochMetrics, RunConfig};

/// The number of a run: from 1, and never given to another while the run is there, even in the
/// trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub(super) u32);

impl RunId {
    /// The largest that a folder can have.
    pub(super) const MAX: u32 = 999_999_999;

    /// The number.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// The run in a folder of this name.
    pub(super) fn of_folder(name: &str) -> Option<Self> {
        let digits = (4..=9).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit());
        let id = Self(name.parse().ok().filter(|n| digits && *n > 0)?);
        (id.folder_name() == name).then_some(id)
    }

    pub(super) fn folder_name(self) -> String {
        format!("{:04}", self.0)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RunId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A run as the shelf shows it: everything but curve and weights.
#[derive(Clone, Debug, Serialize)]
pub struct RunSummary {
    /// Its number.
    pub id: RunId,
    /// Its name, on one line, at most 120 characters.
    pub name: String,
    /// Index into a palette of twelve; a larger one is to be taken modulo 12.
    pub colour: u8,
    /// Whether others are compared with it.
    pub is_baseline: bool,
    /// How it stands.
    pub status: RunStatus,
    /// What its training ended with, if it failed.
    pub error: Option<String>,
    /// The sweep it belongs to.
    pub experiment: Option<String>,
    /// What the weights were called that it began with; none for random ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began_from: Option<String>,
    /// Who trained it, if it was not convlens; `config` then has its network, epochs and batch size, and nothing else that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trained_by: Option<TrainedBy>,
    /// When it was started, in seconds since 1970.
    pub created_unix_secs: u64,
    /// Its settings, valid. `epochs` is how many are planned.
    pub config: RunConfig,
    /// On what it was trained last.
    pub environment: Environment,
    /// Trained values of its network.
    pub parameters: usize,
    /// Pictures one epoch trains on.
    pub images_per_epoch: usize,
    /// Batches an epoch.
    pub batches_per_epoch: usize,
    /// Batches trained.
    pub step: u64,
    /// Time in the training loop, evaluation and pauses left out.
    pub seconds: f64,
    /// Every complete epoch.
    pub epochs: Vec<EpochMetrics>,
}

impl RunSummary {
    /// Share of the test set classified correctly after its last complete epoch, 0 to 1.
    #[must_use]
    pub fn test_accuracy(&self) -> Option<f64> {
        self.epochs.last()?.test_accuracy
    }

    /// The same on the pictures held out of the training set, for a run that holds some out.
    #[must_use]
    pub fn validation_accuracy(&self) -> Option<f64> {
        self.epochs.last()?.validation_accuracy
    }

    /// Whether a training thread has it.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.status == RunStatus::Training
    }
}

/// A run with its curve and the moments whose weights are kept.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// All but these.
    pub summary: RunSummary,
    /// Loss and accuracy of the batches, in order; of a long run every 2nd, 4th, 8th … batch, so
    /// that there are at most [`MAX_POINTS`](super::MAX_POINTS).
    pub curve: Vec<BatchPoint>,
    /// In order of their steps.
    pub checkpoints: Vec<Checkpoint>,
}

/// What [`Store::list`](super::Store::list) found.
#[derive(Debug, Default)]
pub struct Listing {
    /// Runs that can be read, by number.
    pub runs: Vec<RunSummary>,
    /// Runs that are damaged and were moved out of the way just now.
    pub set_aside: Vec<SetAside>,
    /// Runs that cannot be read for another reason, such as a newer format; they stay where they are.
    pub unreadable: Vec<RunError>,
}

/// A damaged run.
#[derive(Debug)]
pub struct SetAside {
    /// Its number.
    pub id: RunId,
    /// What is wrong with it.
    pub error: RunError,
    /// Where it is now.
    pub folder: PathBuf,
}
