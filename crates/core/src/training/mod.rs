//! Training: the textbook loop ([`Session`]), what it measures, the thread it may run on
//! ([`Trainer`]), and the runs that are kept on disk ([`runs`]).

mod augmentation;
mod change;
mod config;
mod error;
mod estimate;
mod evaluate;
mod metrics;
mod observer;
mod optimization;
pub mod priority;
pub mod runs;
mod scalings;
mod session;
mod split;
mod state;
mod sweep;
mod trainer;

pub use augmentation::{Amount, Augmentation, AugmentationFault};
pub use change::SettingsChange;
pub use config::{ConfigError, RunConfig};
pub use convlens_kernels::{Profile, Team};
pub use error::TrainingError;
pub use estimate::{CostModel, Measurement};
pub use evaluate::{Evaluation, classify, evaluate};
pub use metrics::{BatchPoint, EpochMetrics, smoothed, smoothed_at};
pub use observer::{Observer, Rest, train_to_end, train_until};
pub use optimization::{Optimization, OptimizationFault, OptimizerKind, Schedule};
pub use scalings::{accuracy_as, find_scaling, measure_scalings};
pub use session::Session;
pub use state::{BestEpoch, BetweenBatches, EpochSums, StartsFrom, TrainingState};
pub use sweep::Sweep;
pub use trainer::{Command, Event, Held, Snapshot, Start, Trainer, Wake};
