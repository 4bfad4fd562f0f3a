//! Where a run stands, and all that it needs to go on from there.

use convlens_kernels::{AdamState, OptimizerConfig};

use super::config::RunConfig;
use crate::network::Model;

/// The epoch that patience counts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestEpoch {
    /// Which, from 1.
    pub epoch: usize,
    /// Its loss on the pictures held out, in nats.
    pub loss: f64,
}

/// What an epoch adds up as it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EpochSums {
    /// Training pictures seen.
    pub images: usize,
    /// Sum of their losses, in nats.
    pub loss: f64,
    /// How many were classified rightly.
    pub hits: usize,
    /// Time in the training loop.
    pub seconds: f64,
}

/// What the first batch of a run meets.
#[derive(Clone, Debug)]
pub enum StartsFrom {
    /// Random weights, which the seed decides.
    Random,
    /// Weights that there were before, such as those of a file or changed by hand. The run's settings do not say them: whoever keeps it
    /// keeps them.
    Weights(Model),
    /// Where the same run stopped.
    State(Box<TrainingState>),
}

impl StartsFrom {
    /// Where the run stopped, if it goes on.
    #[must_use]
    pub fn state(&self) -> Option<&TrainingState> {
        match self {
            Self::State(state) => Some(state),
            Self::Random | Self::Weights(_) => None,
        }
    }
}

/// Everything a run needs to go on, between any two batches, exactly as if it had never stopped.
/// The order of the pictures is not in it: seed and epoch give it back.
#[derive(Clone, Debug)]
pub struct TrainingState {
    /// The network with its weights, which share no memory with those in training.
    pub model: Model,
    /// The optimizer's step count and moments.
    pub optimizer: AdamState,
    /// The epoch under way, from 1.
    pub epoch: usize,
    /// Batches of it already trained.
    pub batch: usize,
    /// Batches trained in all.
    pub step: u64,
    /// What the epoch under way has added up.
    pub sums: EpochSums,
    /// The best epoch so far, in a run with [patience](RunConfig::patience).
    pub best: Option<BestEpoch>,
}

impl TrainingState {
    pub(super) fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            batch: self.batch,
            step: self.step,
            sums: self.sums,
            best: self.best,
        }
    }

    /// Whether a run over `images` pictures in batches of `size` can stand here.
    pub(super) fn is_reached_by(&self, images: usize, size: usize) -> bool {
        self.position().is_reached_by(images, size)
    }
}

/// Where a run holds between two batches, and what the next will be trained with.
#[derive(Clone, Debug)]
pub struct BetweenBatches {
    /// The hyper-parameters, the learning rate as its schedule has it there.
    pub optimizer: OptimizerConfig,
    /// What the optimizer remembers.
    pub state: AdamState,
    /// The next batch, as places among the training pictures.
    pub rows: Vec<u32>,
    /// Share of the truth that goes to all classes alike.
    pub label_smoothing: f32,
    /// Whether the pictures are changed before they are met.
    pub augments: bool,
}

/// Where a run stands.
pub(super) struct Position {
    pub epoch: usize,
    pub batch: usize,
    pub step: u64,
    pub sums: EpochSums,
    pub best: Option<BestEpoch>,
}

impl Default for Position {
    fn default() -> Self {
        Self {
            epoch: 1,
            batch: 0,
            step: 0,
            sums: EpochSums::default(),
            best: None,
        }
    }
}

impl Position {
    /// Whether a run over `images` pictures in batches of `size` can stand here.
    pub fn is_reached_by(&self, images: usize, size: usize) -> bool {
        let per_epoch = images.div_ceil(size);
        (1..=RunConfig::MAX_EPOCHS + 1).contains(&self.epoch)
            && self.batch <= per_epoch
            && self.step == ((self.epoch - 1) * per_epoch + self.batch) as u64
            && self.sums.images == images.min(self.batch * size)
            && self.sums.hits <= self.sums.images
            && self.sums.loss.is_finite()
            && self.sums.seconds >= 0.0
            && self
                .best
                .is_none_or(|best| (1..self.epoch).contains(&best.epoch))
    }
}
