//! What the commands that go over the whole test set have in common.

use std::path::PathBuf;

use anyhow::Result;

use super::source::{self, DataArgument};
use crate::text::Text;
use convlens_core::dataset::Dataset;
use convlens_core::network::Model;
use convlens_core::training::{RunConfig, Team};

#[derive(Debug, clap::Args)]
pub struct OverTestSet {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    file: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgument,
    /// Threads to use [default: all processors, at most 16]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

impl OverTestSet {
    /// The model, and the data set, whose pictures it takes.
    pub fn model_and_data(&self) -> Result<(Model, Dataset)> {
        self.data.with_model(self.file.as_deref())
    }

    /// What the model's outputs are called.
    pub fn outputs(&self, model: &Model, labels: &'static Text) -> &'static Text {
        source::outputs(self.file.as_deref(), model, labels)
    }

    pub fn pool(&self) -> Result<rayon::ThreadPool> {
        source::thread_pool(self.threads())
    }

    pub fn team(&self) -> Result<Team> {
        source::team(self.threads())
    }

    fn threads(&self) -> usize {
        let threads = self.threads.map(usize::from);
        threads.unwrap_or(RunConfig::default().threads)
    }
}
