//! Whose weights, at which moment: every answer about a network carries it, and the status line says it.

use std::sync::Arc;

use convlens_core::dataset::{DatasetId, PictureSize};
use convlens_core::training::Snapshot;
use convlens_core::training::runs::RunId;

/// Whose weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The network that the program brings along.
    BuiltIn,
    /// Random weights: the program brings none along for the data set's pictures.
    Random,
    /// A run on disk.
    Run(RunId),
    /// The window's own run of this number, which has none on disk: not yet, or never as a draft.
    Unkept(u64),
    /// A file that was opened: version of its weights, and its name.
    File(u64, Arc<str>),
}

/// Whose weights, at which moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    pub owner: Owner,
    /// Its network in short.
    pub network: Arc<str>,
    /// How many classes it tells apart.
    pub outputs: usize,
    /// The pictures that it takes.
    pub input: PictureSize,
    /// Version of the weights.
    pub version: u64,
    /// Complete epochs behind them.
    pub epochs: usize,
    /// Batches behind them.
    pub step: u64,
}

impl Whose {
    pub fn of(owner: Owner, snapshot: &Snapshot) -> Self {
        Self {
            owner,
            network: snapshot.model.spec().label().into(),
            outputs: snapshot.model.spec().classes,
            input: snapshot.model.spec().input,
            version: snapshot.version,
            epochs: snapshot.epochs,
            step: snapshot.step,
        }
    }
}

/// Weights and whose they are.
#[derive(Clone)]
pub struct Weights {
    pub whose: Whose,
    pub snapshot: Arc<Snapshot>,
}

impl Weights {
    pub fn new(owner: Owner, snapshot: Arc<Snapshot>) -> Self {
        Self {
            whose: Whose::of(owner, &snapshot),
            snapshot,
        }
    }
}

/// What an answer depends on. One to an older question serves until the newest is answered, but only if
/// both are about the same weights' owner and the same pictures.
pub trait Asked: Clone + PartialEq {
    /// The weights asked about, and the data set that the pictures are from.
    fn about(&self) -> (&Whose, Option<DatasetId>);

    fn serves(&self, newest: &Self) -> bool {
        let ((mine, pictures), (newest, new_pictures)) = (self.about(), newest.about());
        mine.owner == newest.owner && pictures == new_pictures
    }
}

impl Asked for Whose {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (self, None)
    }
}

/// Which weights are judged by which test set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub whose: Whose,
    pub dataset: DatasetId,
}

impl Asked for Judged {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, Some(self.dataset))
    }
}

/// What a view shows: whose, and whether others are asked for and not there yet.
#[derive(Clone, Debug)]
pub struct Shown {
    pub whose: Whose,
    pub is_old: bool,
}
