//! What "show me" may ask for: a list of actions as data.

use super::by_hand::ByHand;
use super::error::LessonFault;
use super::read::{Fields, MAX_IMAGE, Read, Value};
use crate::dataset::MAX_CLASSES;
use crate::network::{
    Activation, KERNELS, LayerSpec, MAX_FILTERS, MAX_LAYERS, MAX_UNITS, NetworkSpec, Padding,
    Preset, Real,
};
use crate::render::{RangeMode, ValueRange};
use crate::training::RunConfig;

/// Most images shown as rows at once.
pub const MAX_IMAGES: usize = 12;
/// Most runs of one experiment.
pub const MAX_RUNS: usize = 24;
/// Most epochs of a run that a lesson starts.
const MAX_EPOCHS: usize = 100;
/// Largest seed.
const MAX_SEED: usize = 999_999;
/// Largest number of images of a run; the window takes all where there are fewer.
const MAX_TRAINING_IMAGES: usize = 1_000_000;

/// An action. What a step does not name stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Show {
    /// `network`: the network that Train will use, a preset's name or a list of layers.
    Network(NetworkSpec),
    /// `settings`: those of the next run.
    Settings(Settings),
    /// `train`: starts a run, with these settings changed first.
    Train(Settings),
    /// `runs`: trains several networks one after another.
    Runs(Experiment),
    /// `weights`: which weights every view looks at.
    Weights(ShownWeights),
    /// `view`: the view in the middle.
    View(ShownView),
    /// `look_at`: the view of the filters, scrolled to this part.
    LookAt(ShownPart),
    /// `images`: test images, a row each.
    Images(Vec<usize>),
    /// `class`: only this class in the strip of test images, or all.
    Class(Option<u8>),
    /// `layer`: one layer alone by name, or all.
    Layer(Option<String>),
    /// `convolution`: the convolution number, from 0.
    Convolution(usize),
    /// `range`: which values share a range of colours.
    Range(RangeMode),
    /// `before_relu`: whether convolutions are shown before their ReLU.
    BeforeRelu(bool),
    /// `by_hand`: opens the demonstration, set up like this.
    ByHand(ByHand),
}

/// Settings of a run that are to change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Passes over the training images.
    pub epochs: Option<usize>,
    /// Images a weight update.
    pub batch_size: Option<usize>,
    /// Adam's step size.
    pub learning_rate: Option<f64>,
    /// The seed.
    pub seed: Option<u64>,
    /// The first so many training images; `Some(None)` for all.
    pub images: Option<Option<usize>>,
}

/// Networks to train, each with every seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// The networks.
    pub networks: Vec<NetworkSpec>,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Epochs of each run.
    pub epochs: usize,
    /// Training images of each run; `None` for all.
    pub images: Option<usize>,
    /// Step size of each run; `None` for that of the settings.
    pub learning_rate: Option<f64>,
}

/// Weights to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownWeights {
    /// Those of the network that the program brings along.
    BuiltIn,
    /// The newest of the run trained last.
    Newest,
    /// The random ones that run began with.
    Start,
    /// Those after so many epochs of that run, or the nearest that were kept.
    Epoch(usize),
}

/// A view, by the name that lessons use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named like the window's views")]
pub enum ShownView {
    Maps,
    Channels,
    Filters,
    Compare,
    Errors,
    Draw,
    Explain,
    Runs,
    ByHand,
    Transform,
    Overview,
    Embedding,
    Curves,
    Histograms,
}

impl ShownView {
    /// All of them with their names in files.
    pub const ALL: [(&'static str, Self); 14] = [
        ("maps", Self::Maps),
        ("channels", Self::Channels),
        ("filters", Self::Filters),
        ("compare", Self::Compare),
        ("errors", Self::Errors),
        ("draw", Self::Draw),
        ("explain", Self::Explain),
        ("runs", Self::Runs),
        ("by-hand", Self::ByHand),
        ("transform", Self::Transform),
        ("overview", Self::Overview),
        ("points", Self::Embedding),
        ("curves", Self::Curves),
        ("histograms", Self::Histograms),
    ];
}

/// A part of the view of the filters that a step speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownPart {
    /// What the next batch does to the chosen filter.
    NextBatch,
    /// The pictures that the chosen filter answers to most.
    Preferred,
}

impl ShownPart {
    /// Both with their names in files.
    pub const ALL: [(&'static str, Self); 2] = [
        ("next-batch", Self::NextBatch),
        ("preferred", Self::Preferred),
    ];
}

/// Names of the actions.
const ACTIONS: &[&str] = &[
    "network",
    "settings",
    "train",
    "runs",
    "weights",
    "view",
    "look_at",
    "images",
    "class",
    "layer",
    "convolution",
    "range",
    "before_relu",
    "by_hand",
];
const SETTINGS: &[&str] = &["epochs", "batch", "learning_rate", "seed", "images"];
const RUNS: &[&str] = &["networks", "seeds", "epochs", "images", "learning_rate"];
const LAYER: &[&str] = &[
    "conv",
    "kernel",
    "padding",
    "activation",
    "pool",
    "dense",
    "dropout",
    "norm",
    "block",
];
const LAYER_KINDS: &[&str] = &["conv", "pool", "dense", "dropout", "norm", "block"];

/// Reads an action: a table with one key.
pub(super) fn read(value: Value<'_>) -> Read<Show> {
    let action = value.fields()?.only()?;
    Ok(match action.name.as_str() {
        "network" => Show::Network(network(action)?),
        "settings" => Show::Settings(settings(action)?),
        "train" => Show::Train(settings(action)?),
        "runs" => Show::Runs(runs(action)?),
        "weights" => Show::Weights(weights(&action)?),
        "view" => Show::View(action.word(&ShownView::ALL)?),
        "look_at" => Show::LookAt(action.word(&ShownPart::ALL)?),
        "images" => {
            let images = action.list(1..=MAX_IMAGES)?;
            let images = images.iter().map(|image| image.whole(0..=MAX_IMAGE));
            Show::Images(images.collect::<Read<_>>()?)
        }
        "class" => Show::Class(unless_all(&action, |value| {
            Ok(value.whole(0..=MAX_CLASSES - 1)? as u8)
        })?),
        "layer" => Show::Layer(layer_name(&action)?),
        "convolution" => Show::Convolution(action.whole(0..=MAX_FILTERS - 1)?),
        "range" => Show::Range(range(action)?),
        "before_relu" => Show::BeforeRelu(action.flag()?),
        "by_hand" => Show::ByHand(ByHand::read(action)?),
        _ => {
            return Err(action.fault(LessonFault::UnknownField {
                name: action.name.clone(),
                known: ACTIONS,
            }));
        }
    })
}

/// A preset by name, or a list of layers.
pub(super) fn network(value: Value<'_>) -> Read<NetworkSpec> {
    if value.is_text() {
        let presets = Preset::ALL.map(|preset| (preset.name(), preset));
        return Ok(value.word(&presets)?.spec());
    }
    let at = value.at;
    let layers = value.list(0..=MAX_LAYERS)?;
    let layers = layers.into_iter().map(layer).collect::<Read<Vec<_>>>()?;
    let network = NetworkSpec::new(layers);
    match network.plan() {
        Ok(_) => Ok(network),
        Err(error) => Err(super::read::Fault {
            at,
            fault: LessonFault::Network(error),
        }),
    }
}

/// `{ conv = 32, kernel = 5, padding = "same", activation = "tanh" }`, `{ pool = 2 }`, `{ dense = 128 }`, `{ dropout = 0.5 }`,
/// `{ norm = "batch" }`, or what opens, parts and closes branches: `{ block = "split" }`, `"branch"`, `"add"`, `"concatenate"`.
fn layer(value: Value<'_>) -> Read<LayerSpec> {
    let at = value.at;
    let mut fields = value.fields()?;
    let layer = if let Some(filters) = fields.take("conv") {
        let filters = filters.whole(1..=MAX_FILTERS)?;
        let kernel = match fields.take("kernel") {
            Some(kernel) => kernel.one_of(&KERNELS)?,
            None => 3,
        };
        let padding = match fields.take("padding") {
            Some(padding) => padding.word(&[("none", Padding::Valid), ("same", Padding::Same)])?,
            None => Padding::Valid,
        };
        let mut layer = LayerSpec::conv(filters, kernel, padding);
        if let (Some(word), LayerSpec::Conv { activation, .. }) =
            (fields.take("activation"), &mut layer)
        {
            *activation = function(&word)?;
        }
        layer
    } else if let Some(side) = fields.take("pool") {
        side.whole(2..=2)?;
        LayerSpec::MAX_POOL
    } else if let Some(units) = fields.take("dense") {
        let mut layer = LayerSpec::dense(units.whole(1..=MAX_UNITS)?);
        if let (Some(word), LayerSpec::Dense { activation, .. }) =
            (fields.take("activation"), &mut layer)
        {
            *activation = function(&word)?;
        }
        layer
    } else if let Some(rate) = fields.take("dropout") {
        LayerSpec::Dropout {
            rate: Real::new(rate.number(0.0..=0.99)? as f32),
        }
    } else if let Some(kind) = fields.take("norm") {
        kind.word(&[("batch", LayerSpec::BATCH_NORM)])?
    } else if let Some(part) = fields.take("block") {
        part.word(&[
            ("split", LayerSpec::Split),
            ("branch", LayerSpec::Branch),
            ("add", LayerSpec::Add),
            ("concatenate", LayerSpec::Concatenate),
        ])?
    } else {
        return Err(super::read::Fault {
            at,
            fault: LessonFault::UnknownField {
                name: "{ }".into(),
                known: LAYER_KINDS,
            },
        });
    };
    fields.finish(LAYER)?;
    Ok(layer)
}

/// An activation that needs no number.
fn function(word: &Value<'_>) -> Read<Activation> {
    word.word(&[
        ("relu", Activation::Relu),
        ("none", Activation::None),
        ("tanh", Activation::Tanh),
        ("sigmoid", Activation::Sigmoid),
        ("gelu", Activation::Gelu),
        ("silu", Activation::Silu),
    ])
}

fn learning_rate(value: &Value<'_>) -> Read<f64> {
    value.number(1e-6..=1.0)
}

fn settings(value: Value<'_>) -> Read<Settings> {
    let mut fields = value.fields()?;
    let settings = Settings {
        epochs: taken(&mut fields, "epochs", |v| v.whole(1..=MAX_EPOCHS))?,
        batch_size: taken(&mut fields, "batch", |v| {
            v.whole(1..=RunConfig::MAX_BATCH_SIZE)
        })?,
        learning_rate: taken(&mut fields, "learning_rate", learning_rate)?,
        seed: taken(&mut fields, "seed", seed)?,
        images: taken(&mut fields, "images", training_images)?,
    };
    fields.finish(SETTINGS)?;
    Ok(settings)
}

fn runs(value: Value<'_>) -> Read<Experiment> {
    let at = value.at;
    let mut fields = value.fields()?;
    let networks = fields.need("networks")?.list(1..=MAX_RUNS)?;
    let networks = networks.into_iter().map(network).collect::<Read<_>>()?;
    let experiment = Experiment::of(networks, &mut fields)?;
    fields.finish(RUNS)?;
    if experiment.networks.len() * experiment.seeds.len() > MAX_RUNS {
        return Err(super::read::Fault {
            at,
            fault: LessonFault::TooManyRuns(MAX_RUNS),
        });
    }
    Ok(experiment)
}

impl Experiment {
    /// These networks with the seeds, epochs and images of `fields`: seed 1, one epoch and all
    /// images unless they say something else.
    pub(super) fn of(networks: Vec<NetworkSpec>, fields: &mut Fields<'_>) -> Read<Self> {
        let seeds = match fields.take("seeds") {
            Some(seeds) => {
                let seeds = seeds.list(1..=5)?;
                seeds.iter().map(seed).collect::<Read<_>>()?
            }
            None => vec![1],
        };
        Ok(Self {
            networks,
            seeds,
            epochs: taken(fields, "epochs", |v| v.whole(1..=MAX_EPOCHS))?.unwrap_or(1),
            images: taken(fields, "images", training_images)?.flatten(),
            learning_rate: taken(fields, "learning_rate", learning_rate)?,
        })
    }

    /// Every run, seed after seed, so that the first results compare all networks. Where `base` has
    /// fewer images to train on, so has the run.
    #[must_use]
    pub fn configs(&self, base: &RunConfig) -> Vec<RunConfig> {
        let with_seed = |&seed| {
            self.networks.iter().map(move |network| RunConfig {
                network: network.clone(),
                epochs: self.epochs,
                learning_rate: self.learning_rate.unwrap_or(base.learning_rate),
                seed,
                images: match (self.images, base.images) {
                    (Some(wanted), Some(most)) => Some(wanted.min(most)),
                    (wanted, most) => wanted.or(most),
                },
                ..base.clone()
            })
        };
        self.seeds.iter().flat_map(with_seed).collect()
    }
}

impl Settings {
    /// A run's settings with these changed.
    #[must_use]
    pub fn applied(&self, config: &RunConfig) -> RunConfig {
        RunConfig {
            epochs: self.epochs.unwrap_or(config.epochs),
            batch_size: self.batch_size.unwrap_or(config.batch_size),
            learning_rate: self.learning_rate.unwrap_or(config.learning_rate),
            seed: self.seed.unwrap_or(config.seed),
            images: self.images.unwrap_or(config.images),
            ..config.clone()
        }
    }
}

fn weights(value: &Value<'_>) -> Read<ShownWeights> {
    if value.is_text() {
        return value.word(&[
            ("built-in", ShownWeights::BuiltIn),
            ("newest", ShownWeights::Newest),
            ("start", ShownWeights::Start),
        ]);
    }
    Ok(ShownWeights::Epoch(value.whole(0..=RunConfig::MAX_EPOCHS)?))
}

fn layer_name(value: &Value<'_>) -> Read<Option<String>> {
    let name = value.text()?;
    let kinds = ["conv", "pool", "dense"];
    let is_layer = kinds.iter().any(|kind| {
        let number = name.strip_prefix(kind).and_then(|n| n.parse().ok());
        number.is_some_and(|n: usize| (1..=MAX_LAYERS + 1).contains(&n))
    });
    match name.as_str() {
        "all" => Ok(None),
        _ if is_layer => Ok(Some(name)),
        _ => Err(value.fault(LessonFault::UnknownWord {
            field: value.name.clone(),
            word: name,
            known: vec!["all", "conv1", "pool1", "conv2", "pool2"],
        })),
    }
}

fn range(value: Value<'_>) -> Read<RangeMode> {
    if value.is_text() {
        return value.word(&[
            ("per-map", RangeMode::PerMap),
            ("per-column", RangeMode::PerColumn),
            ("per-layer", RangeMode::PerLayer),
        ]);
    }
    let at = value.at;
    let ends = value.list(2..=2)?;
    let ends = ends.iter().map(|end| end.number(-1e6..=1e6));
    let ends = ends.collect::<Read<Vec<_>>>()?;
    if ends[0] < ends[1] {
        return Ok(RangeMode::Fixed(ValueRange::new(
            ends[0] as f32,
            ends[1] as f32,
        )));
    }
    Err(super::read::Fault {
        at,
        fault: LessonFault::RangeEnds,
    })
}

fn seed(value: &Value<'_>) -> Read<u64> {
    Ok(value.whole(0..=MAX_SEED)? as u64)
}

fn training_images(value: &Value<'_>) -> Read<Option<usize>> {
    unless_all(value, |value| value.whole(1..=MAX_TRAINING_IMAGES))
}

/// `None` for the word "all".
fn unless_all<T>(value: &Value<'_>, read: impl FnOnce(&Value<'_>) -> Read<T>) -> Read<Option<T>> {
    if value.is_text() {
        return value.word(&[("all", ())]).map(|()| None);
    }
    read(value).map(Some)
}

fn taken<T>(
    fields: &mut Fields<'_>,
    name: &str,
    read: impl FnOnce(&Value<'_>) -> Read<T>,
) -> Read<Option<T>> {
    fields.take(name).as_ref().map(read).transpose()
}
