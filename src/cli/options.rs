//! The settings of a run as arguments, for `train` and `sweep`.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::source::{self, DataArgument};
use convlens_core::dataset::Dataset;
use convlens_core::network::{NetworkSpec, Normalization, Preset, Real};
use convlens_core::training::runs::Store;
use convlens_core::training::{
    Amount, Augmentation, Optimization, OptimizerKind, RunConfig, Schedule, SettingsChange,
};

/// Where none is given; Adam's own.
const LEARNING_RATE: f64 = 0.001;

/// Names of the arguments that a continued run already has.
pub const SETTINGS: [&str; 12] = [
    "network",
    "batch",
    "optimizer",
    "nesterov",
    "label_smoothing",
    "augment",
    "normalize",
    "seed",
    "images",
    "validation",
    "patience",
    "threads",
];

/// Names of those that a continued run may change.
pub const CHANGEABLE: [&str; 5] = [
    "learning_rate",
    "momentum",
    "weight_decay",
    "l2",
    "schedule",
];

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Network: 64-64, 32-32, 16-16, one-conv, three-conv, dense, lenet-5, vgg-small or resnet-small, or a .toml file
    #[arg(long, default_value = Preset::Conv64.name(), value_parser = source::network())]
    network: NetworkSpec,
    /// Passes over the training images [default: 5]
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Images a weight update
    #[arg(long, default_value_t = 32)]
    batch: usize,
    /// Step size of the optimizer [default: 0.001]
    #[arg(long)]
    learning_rate: Option<f64>,
    /// Which way weights follow their gradients
    #[arg(long, default_value = "adam", value_parser = optimizer())]
    optimizer: OptimizerKind,
    /// Share of the last step that the next one keeps, of sgd and rmsprop [default: 0]
    #[arg(long)]
    momentum: Option<f32>,
    /// Let sgd with momentum look ahead
    #[arg(long)]
    nesterov: bool,
    /// Share by which weights shrink in a step, times the learning rate [default: 0, of adamw 0.004]
    #[arg(long)]
    weight_decay: Option<f32>,
    /// λ of a penalty λ Σ w² on the weights [default: 0]
    #[arg(long)]
    l2: Option<f32>,
    /// Share of the truth that goes to all classes alike
    #[arg(long, default_value_t = 0.0)]
    label_smoothing: f32,
    /// How the learning rate goes over the run [default: constant]
    #[arg(long, value_parser = schedule())]
    schedule: Option<Schedule>,
    /// Change training images each time: flip, shift, turn, zoom, brightness, cutout, by how much with shift=0.2
    #[arg(long, value_name = "WAY,…", value_delimiter = ',')]
    augment: Vec<String>,
    /// Normalize pixels by mean and deviation of the training images, channel by channel
    #[arg(long)]
    normalize: bool,
    /// Decides the initial weights, the order of the images and the validation split
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Use the first N training images only
    #[arg(long, value_name = "N")]
    images: Option<usize>,
    /// Percentage of the training images set aside for validation
    #[arg(long, value_name = "PERCENT", default_value_t = 0)]
    validation: usize,
    /// End after so many epochs on end without a smaller validation loss
    #[arg(long, value_name = "EPOCHS")]
    patience: Option<usize>,
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

fn optimizer() -> impl TypedValueParser<Value = OptimizerKind> {
    let names = PossibleValuesParser::new(OptimizerKind::ALL.map(OptimizerKind::key));
    names.map(|name| {
        let kinds = OptimizerKind::ALL.into_iter();
        let mut named = kinds.filter(|kind| kind.key() == name);
        named.next().unwrap_or_default()
    })
}

fn schedule() -> impl TypedValueParser<Value = Schedule> {
    let names = PossibleValuesParser::new(Schedule::ALL.map(Schedule::key));
    names.map(|name| {
        let schedules = Schedule::ALL.into_iter();
        let mut named = schedules.filter(|schedule| schedule.key() == name);
        named.next().unwrap_or_default()
    })
}

impl Options {
    fn augmentation(&self) -> Result<Augmentation> {
        let mut augmentation = Augmentation::default();
        for word in &self.augment {
            let (name, number) = match word.split_once('=') {
                Some((name, number)) => (name, Some(number)),
                None => (word.as_str(), None),
            };
            if word == "flip" {
                augmentation.flip = true;
                continue;
            }
            let amount = Amount::ALL.into_iter().find(|a| a.key() == name);
            let amount = amount.ok_or_else(|| {
                anyhow!(
                    "--augment: `{name}` is none of flip, shift, turn, zoom, brightness, cutout"
                )
            })?;
            let value = number.map_or(Some(amount.usual()), |number| {
                let value = number.parse::<f32>().ok();
                value.and_then(|value| Real::try_from(value).ok())
            });
            *augmentation.amount_mut(amount) =
                value.ok_or_else(|| anyhow!("--augment: `{word}` has no number behind ="))?;
        }
        Ok(augmentation)
    }

    fn optimization(&self) -> Result<Optimization> {
        let weight_decay = match self.optimizer {
            OptimizerKind::AdamW => Optimization::ADAMW_DECAY,
            _ => Real::default(),
        };
        self.given(Optimization {
            optimizer: self.optimizer,
            nesterov: self.nesterov,
            weight_decay,
            label_smoothing: real("label-smoothing", self.label_smoothing)?,
            ..Optimization::default()
        })
    }

    /// The same with those of the arguments that were given which may change in mid-run.
    fn given(&self, before: Optimization) -> Result<Optimization> {
        let or = |name: &str, value: Option<f32>, before: Real| {
            value.map_or(Ok(before), |value| real(name, value))
        };
        Ok(Optimization {
            momentum: or("momentum", self.momentum, before.momentum)?,
            weight_decay: or("weight-decay", self.weight_decay, before.weight_decay)?,
            l2: or("l2", self.l2, before.l2)?,
            schedule: self.schedule.unwrap_or(before.schedule),
            ..before
        })
    }

    /// What the arguments change of a run that trains with `now`, from its batch `step` on; nothing where none was given.
    pub fn change(&self, now: &SettingsChange, step: u64) -> Result<Option<SettingsChange>> {
        let change = SettingsChange {
            step,
            learning_rate: self.learning_rate.unwrap_or(now.learning_rate),
            optimization: self.given(now.optimization)?,
        };
        Ok((SettingsChange { step, ..*now } != change).then_some(change))
    }

    /// Whether the network depends on the training images.
    pub fn normalizes(&self) -> bool {
        self.normalize
    }

    /// How a data set's pixels are normalized, if that is asked for. Goes through all training images.
    pub fn normalization(&self, dataset: &Dataset) -> Option<Normalization> {
        self.normalize.then(|| Normalization::of(&dataset.train))
    }

    /// The network for a data set.
    pub fn network_for(&self, network: &NetworkSpec, dataset: &Dataset) -> NetworkSpec {
        normalized(network.for_data(dataset), self.normalization(dataset))
    }

    /// The settings, valid.
    pub fn config(&self) -> Result<RunConfig> {
        let mut config = RunConfig {
            batch_size: self.batch,
            learning_rate: self.learning_rate.unwrap_or(LEARNING_RATE),
            optimization: self.optimization()?,
            augmentation: self.augmentation()?,
            seed: self.seed,
            images: self.images,
            validation_percent: self.validation,
            patience: self.patience,
            ..RunConfig::new(self.network.clone())
        };
        config.epochs = self.epochs.unwrap_or(config.epochs);
        config.threads = self.threads.unwrap_or(config.threads);
        config.validate()?;
        Ok(config)
    }
}

fn real(name: &str, value: f32) -> Result<Real> {
    Real::try_from(value).map_err(|fault| anyhow!("--{name}: {value} is {fault}"))
}

/// The network with this normalization; with its own where none is given.
pub fn normalized(network: NetworkSpec, normalization: Option<Normalization>) -> NetworkSpec {
    NetworkSpec {
        normalization: normalization.or(network.normalization),
        ..network
    }
}
