//! What the command line may choose.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::builder::PossibleValuesParser;
use clap::{Parser, ValueEnum};
use convlens_core::dataset::{self, Dataset, PictureSize};
use convlens_core::network::{NetworkSpec, Preset};
use convlens_kernels::vector_units;

/// Measures how fast convlens is and prints one table.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --bench speed --")]
pub struct Options {
    /// Measure these parts only
    #[arg(long = "only", value_name = "PART", value_delimiter = ',', default_values_t = Part::ALL, value_enum)]
    pub parts: Vec<Part>,
    /// A Python with torch, and keras with tensorflow, to measure beside us
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// Seconds a measurement of training
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    pub seconds: f64,
    /// Rounds, each measuring every rival once; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=99))]
    pub rounds: u16,
    /// Numbers of training threads to sweep; the table is of the largest
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1, 2])]
    pub threads: Vec<usize>,
    /// Settings to sweep
    #[arg(long = "sweep", value_name = "SWEEP", value_delimiter = ',', default_values_t = Axis::ALL, value_enum)]
    pub axes: Vec<Axis>,
    /// Filters of both convolutions, swept
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [8, 10, 16, 24, 32, 50, 64, 96, 100, 128, 192, 256])]
    pub filters: Vec<usize>,
    /// Batch sizes, swept
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [8, 16, 32, 64, 128, 256])]
    pub batches: Vec<usize>,
    /// Batch sizes of the steps whose kernels are measured
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [32, 128])]
    pub step_batches: Vec<usize>,
    /// Processors that a step is forecast for, from its tasks on one
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1, 2, 4, 8, 16])]
    pub processors: Vec<usize>,
    /// Measure this network alone, at every batch size instead of the sweeps: a preset's name or a TOML file
    #[arg(long, value_parser = parse_network)]
    pub network: Option<NetworkSpec>,
    /// A setting is a cliff if it costs so many times what its neighbours lead to expect
    #[arg(long, value_name = "FACTOR", default_value_t = 1.3, value_parser = positive)]
    pub cliff: f64,
    /// Vector unit to measure, of those that this machine has [default: the widest]; PyTorch and oneDNN keep to it too. The
    /// window and the machine's matrix product keep the widest
    #[arg(long, value_parser = PossibleValuesParser::new(vector_units()))]
    pub vector_unit: Option<String>,
    /// Training images of an epoch of the program, with the window and without
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub window_images: usize,
    /// Folder with the four IDX files, or `synthetic` [default: the first of the usual places]
    #[arg(long, value_name = "DIR|synthetic")]
    data: Option<PathBuf>,
    /// Draw synthetic garments in colour, with sides of so many pixels, in place of 28×28 in grey
    #[arg(long, value_name = "SIDE", requires = "data", value_parser = clap::value_parser!(u16).range(8..=256))]
    colour: Option<u16>,
    /// Print JSON instead of the table
    #[arg(long)]
    pub json: bool,
    /// Write every point of the sweeps to a file
    #[arg(long, value_name = "FILE.csv")]
    pub csv: Option<PathBuf>,
    /// Draw how cost grows with filters, images and layers
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
    /// What a child process does: print the speed of matrix products, in GFLOP/s.
    #[arg(long, hide = true)]
    pub gemm_peak: bool,
}

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The notebook's network against PyTorch and Keras
    Training,
    /// Each kernel of a training step, and what more processors would make of it
    Step,
    /// Networks and settings the editor allows
    Sweeps,
    /// The whole test set
    Evaluation,
    /// Feature maps of three images, idle and while training
    Maps,
    /// The real program in its window; needs `DISPLAY` and xdotool
    Window,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Training,
        Self::Step,
        Self::Sweeps,
        Self::Evaluation,
        Self::Maps,
        Self::Window,
    ];
}

/// What a sweep varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[value(rename_all = "kebab-case")]
pub enum Axis {
    /// Filters of two blocks of convolution and pool
    Filters,
    /// Batch size of the notebook's network
    Batch,
    /// Kernel of two blocks, no padding
    Kernel,
    /// Kernel of two blocks, same padding
    KernelSame,
    /// Convolutions, a pool after the first two
    Layers,
    /// Convolutions without any pool
    Unpooled,
    /// Training images
    Images,
    /// Every kind of layer, between the same two
    Kinds,
    /// The presets, for the data set's pictures
    Presets,
}

impl Axis {
    const ALL: [Self; 9] = [
        Self::Filters,
        Self::Batch,
        Self::Kernel,
        Self::KernelSame,
        Self::Layers,
        Self::Unpooled,
        Self::Images,
        Self::Kinds,
        Self::Presets,
    ];
}

/// Pictures, and where the program finds the same.
pub struct Data {
    pub dataset: Arc<Dataset>,
    /// The program's `--data`.
    pub argument: PathBuf,
}

impl Options {
    /// The data set to train on.
    pub fn data(&self) -> Result<Data> {
        let colour = |side| PictureSize::colour(usize::from(side));
        let size = self.colour.map_or(PictureSize::FASHION_MNIST, colour);
        let synthetic = || dataset::synthetic_sized(size, 60_000, 10_000);
        let dataset = match &self.data {
            Some(wish) if wish == Path::new("synthetic") => synthetic(),
            Some(folder) => dataset::load(folder)?,
            None => dataset::find().dataset.unwrap_or_else(synthetic),
        };
        let argument = match &dataset.origin {
            dataset::Origin::Folder { path, .. }
            | dataset::Origin::Images { path }
            | dataset::Origin::Cifar { path, .. } => path.clone(),
            dataset::Origin::Emnist { path, split } => {
                path.join(format!("emnist-{}", split.name()))
            }
            dataset::Origin::Synthetic => "synthetic".into(),
        };
        Ok(Data {
            dataset: Arc::new(dataset),
            argument,
        })
    }

    /// The threads of the table.
    pub fn most_threads(&self) -> usize {
        self.threads.iter().copied().max().unwrap_or(1)
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if number > 0.0 => Ok(number),
        _ => Err("give a number above 0".into()),
    }
}

fn parse_network(name: &str) -> Result<NetworkSpec> {
    if let Some(preset) = Preset::from_name(name) {
        return Ok(preset.spec());
    }
    let text = std::fs::read_to_string(name).with_context(|| name.to_owned())?;
    let network: NetworkSpec = toml::from_str(&text).with_context(|| name.to_owned())?;
    network.plan().with_context(|| name.to_owned())?;
    Ok(network)
}
