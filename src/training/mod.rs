//! Training: the textbook loop ([`Session`]), what it measures, and the thread it runs on in the
//! window ([`Trainer`]).

mod config;
mod evaluate;
mod metrics;
mod priority;
mod session;
mod trainer;

pub use config::{ConfigError, RunConfig};
pub use evaluate::{Evaluation, classify, evaluate};
pub use metrics::{BatchPoint, EpochMetrics, Smoothed};
pub use session::{Session, TrainingError};
pub use trainer::{Command, Event, Snapshot, Trainer, Wake};
