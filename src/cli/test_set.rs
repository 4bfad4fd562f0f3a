//! What the commands that go over the whole test set have in common.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

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

    /// The same, where answers are held against the labels.
    ///
    /// # Errors
    /// Also a network that puts out another number of classes.
    pub fn judged(&self) -> Result<(Model, Dataset)> {
        let (model, dataset) = self.model_and_data()?;
        match self.other_classes(&model, &dataset) {
            Some(words) => bail!(words),
            None => Ok((model, dataset)),
        }
    }

    /// What is to be said where the network tells another number of classes apart than the data set has.
    pub fn other_classes(&self, model: &Model, dataset: &Dataset) -> Option<String> {
        let (outputs, classes) = (model.spec().classes, dataset.classes.count());
        let file = self.file.as_deref().map(Path::display);
        let file = file.map_or("the built-in network".to_owned(), |file| file.to_string());
        (outputs != classes).then(|| {
            format!(
                "{file}: puts out {outputs} classes, and the data set ({}) has {classes}, so that its answers cannot be held against the labels; name data of {outputs} classes with --data DIR",
                source::name(dataset)
            )
        })
    }

    /// What the model's outputs are called.
    pub fn outputs(&self, model: &Model, labels: &'static Text) -> &'static Text {
        source::outputs(self.file.as_deref(), model, labels)
    }

    /// What a figure calls the network.
    pub fn whose(&self, text: &Text) -> String {
        match self.file.as_deref().and_then(Path::file_name) {
            Some(name) => text.model_shown(&name.to_string_lossy()),
            None => text.status.built_in.to_owned(),
        }
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
