//! The settings of a run as arguments, for `train` and `sweep`.

use std::path::PathBuf;

use anyhow::Result;

use super::source::{self, DataArgument};
use convlens_core::network::{NetworkSpec, Preset};
use convlens_core::training::RunConfig;
use convlens_core::training::runs::Store;

/// Names of the arguments that a continued run already has.
pub const SETTINGS: [&str; 7] = [
    "network",
    "batch",
    "learning_rate",
    "seed",
    "images",
    "validation",
    "threads",
];

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Network: 64-64, 32-32, 16-16, one-conv, three-conv or dense, or a .toml file
    #[arg(long, default_value = Preset::Conv64.name(), value_parser = source::network())]
    network: NetworkSpec,
    /// Passes over the training images [default: 5]
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Images a weight update
    #[arg(long, default_value_t = 32)]
    batch: usize,
    /// Step size of Adam
    #[arg(long, default_value_t = 0.001)]
    learning_rate: f64,
    /// Decides the initial weights, the order of the images and the validation split
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Use the first N training images only
    #[arg(long, value_name = "N")]
    images: Option<usize>,
    /// Percentage of the training images set aside for validation
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    validation: usize,
    /// Threads to train on [default: all processors, at most 16]
    #[arg(long)]
    threads: Option<usize>,
    #[command(flatten)]
    pub data: DataArgument,
    #[command(flatten)]
    pub runs: RunsFolder,
}

/// Where runs are kept.
#[derive(Debug, clap::Args)]
pub struct RunsFolder {
    /// Folder of runs [default: $CONVLENS_RUNS, or else convlens/runs in the user's data folder]
    #[arg(long = "runs", value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl RunsFolder {
    pub fn store(&self) -> Store {
        Store::new(self.folder.clone().unwrap_or_else(Store::default_folder))
    }
}

impl Options {
    /// The settings, valid.
    pub fn config(&self) -> Result<RunConfig> {
        let mut config = RunConfig {
            batch_size: self.batch,
            learning_rate: self.learning_rate,
            seed: self.seed,
            images: self.images,
            validation_percent: self.validation,
            ..RunConfig::new(self.network.clone())
        };
        config.epochs = self.epochs.unwrap_or(config.epochs);
        config.threads = self.threads.unwrap_or(config.threads);
        config.validate()?;
        Ok(config)
    }
}
