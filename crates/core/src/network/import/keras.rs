//! Keras's files: `.keras` (a zip of description and weights), `.weights.h5` and `.h5`.

use std::io::{Read, Seek};

use super::array::{Array, Layout, Pair, model};
use super::error::ImportFault;
use super::hdf5::{self, Hdf5};
use super::infer::{self, Told};
use super::keras_config;
use super::keras_stack::{Described, WeightedLayer};
use super::note::Note;
use super::{Format, Imported, MAX_FILE_BYTES};
use crate::archive::{Archive, ArchiveFault};
use crate::network::{Layer, LayerKind, NetworkSpec, export};

/// Most bytes of a description: Keras writes about 700 a layer.
const MAX_CONFIG_BYTES: u64 = 1 << 20;
const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";
/// Groups of layers in a Keras 3 weights file, and in those of TensorFlow 2.12 to 2.15.
const LAYER_GROUPS: [&str; 2] = ["layers", "_layer_checkpoint_dependencies"];

/// A `.keras` file. Its two entries are read by name.
pub(super) fn archive(
    mut archive: Archive<impl Read + Seek>,
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    let config = archive.read(CONFIG, MAX_CONFIG_BYTES)?;
    let weights = archive.read(WEIGHTS, MAX_FILE_BYTES)?;
    let (described, pairs) = hdf5::read(weights, |file| {
        let described = keras_config::read(&config, &mut |group, _| {
            let (parent, _) = layer_group(file)?;
            let mut variable = |number| file.array(&format!("{parent}/{group}/vars/{number}"));
            let (mean, variance) = (variable(0)?, variable(1)?);
            Ok(mean.zip(variance).map(|(mean, variance)| [mean, variance]))
        })?;
        let pairs = described_weights(file, &described.weighted)?;
        Ok((described, pairs))
    })?;
    imported(Format::Keras, described, pairs, asked)
}

impl From<ArchiveFault> for ImportFault {
    fn from(fault: ArchiveFault) -> Self {
        match fault {
            ArchiveFault::Missing(entry) => Self::NoEntry(entry),
            ArchiveFault::TooLong { entry, most } => Self::EntryTooLarge { entry, most },
            other => Self::Archive(other.to_string()),
        }
    }
}

/// A `.h5` file: a model with its description, or weights alone.
pub(super) fn h5(bytes: Vec<u8>, asked: Option<&NetworkSpec>) -> Result<Imported, ImportFault> {
    enum Found {
        Model(Described, Vec<Pair>),
        Weights(Vec<Pair>, Told, bool),
    }
    let found = hdf5::read(bytes, |file| {
        if let Some(config) = file.text("", "model_config")? {
            if config.len() as u64 > MAX_CONFIG_BYTES {
                return Err(ImportFault::Config(format!("{} bytes", config.len())));
            }
            let described = keras_config::read(config.as_bytes(), &mut |_, name| {
                legacy_adapted(file, &format!("model_weights/{name}"))
            })?;
            let names = described.weighted.iter().map(|layer| layer.name.clone());
            let pairs = legacy_weights(file, "model_weights", names.collect(), true)?;
            return Ok(Found::Model(described, pairs));
        }
        if let Some(names) = file.texts("", "layer_names")? {
            let pairs = legacy_weights(file, "", names, false)?;
            return Ok(Found::Weights(pairs, Told::default(), false));
        }
        let alone = weights_alone(file, asked)?;
        Ok(Found::Weights(alone.pairs, alone.told, alone.rescaling))
    })?;
    match found {
        Found::Model(described, pairs) => imported(Format::KerasH5, described, pairs, asked),
        Found::Weights(pairs, told, rescaling) => {
            let notes = rescaling.then_some(Note::Rescaling);
            let format = Format::KerasWeights;
            infer::open(pairs, Layout::Keras, told, asked, format, notes)
        }
    }
}

/// A model whose file describes it.
fn imported(
    format: Format,
    described: Described,
    pairs: Vec<Pair>,
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    super::check_asked(&described.spec, asked)?;
    Ok(Imported {
        model: model(&described.spec, pairs, Layout::Keras)?,
        format,
        notes: described.notes,
        says_pixels: described.says_pixels,
    })
}

/// The group that holds a group for each layer.
fn layer_group(file: &Hdf5) -> Result<(&'static str, Vec<String>), ImportFault> {
    for group in LAYER_GROUPS {
        let names = file.groups(group)?;
        if !names.is_empty() {
            return Ok((group, names));
        }
    }
    Err(ImportFault::NoWeights)
}

/// Weights of described layers, from a Keras 3 file.
fn described_weights(file: &mut Hdf5, layers: &[WeightedLayer]) -> Result<Vec<Pair>, ImportFault> {
    let (parent, _) = layer_group(file)?;
    let pairs = layers
        .iter()
        .map(|layer| pair(file, &format!("{parent}/{}", layer.group), &layer.name));
    pairs.collect()
}

/// Kernel and bias of a Keras 3 layer, its variables 0 and 1; of a batch normalization also mean and variance, 2 and 3.
fn pair(file: &mut Hdf5, group: &str, name: &str) -> Result<Pair, ImportFault> {
    let weight = file.array(&format!("{group}/vars/0"))?;
    let bias = file.array(&format!("{group}/vars/1"))?;
    let mean = file.array(&format!("{group}/vars/2"))?;
    let variance = file.array(&format!("{group}/vars/3"))?;
    Ok(Pair {
        name: name.to_owned(),
        weight: weight.ok_or_else(|| ImportFault::Missing(name.to_owned()))?,
        bias,
        running: mean.zip(variance).map(|(mean, variance)| [mean, variance]),
    })
}

/// What a Keras 3 file says that holds weights only.
struct Alone {
    pairs: Vec<Pair>,
    told: Told,
    rescaling: bool,
}

/// Keras's classes of layers with weights.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Conv,
    Depthwise,
    Norm,
    Dense,
}

impl Class {
    fn of(layer: &Layer) -> Option<Self> {
        match layer.kind {
            LayerKind::Conv { groups, .. } if groups > 1 && groups == layer.input.channels() => {
                Some(Self::Depthwise)
            }
            LayerKind::Conv { .. } => Some(Self::Conv),
            LayerKind::BatchNorm { .. } => Some(Self::Norm),
            LayerKind::Dense { .. } | LayerKind::Output => Some(Self::Dense),
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_)
            | LayerKind::Branch
            | LayerKind::Join(_) => None,
        }
    }
}

/// Keras names the groups of layers by class and counts each class, so that the order within a
/// class is known, and how many pools there are, but not where they stand. The network that is asked for tells the rest.
fn weights_alone(file: &mut Hdf5, asked: Option<&NetworkSpec>) -> Result<Alone, ImportFault> {
    let (parent, names) = layer_group(file)?;
    let class = |name: &str| -> (String, usize) {
        match name.rsplit_once('_') {
            Some((class, number)) if !class.is_empty() => match number.parse() {
                Ok(number) => (class.to_owned(), number),
                Err(_) => (name.to_owned(), 0),
            },
            _ => (name.to_owned(), 0),
        }
    };
    let mut weighted = Vec::new();
    let mut norms = Vec::new();
    let (mut pools, mut weightless, mut rescaling) = (0, 0, false);
    let mut has_means = false;
    for group in &names {
        let (class, number) = class(group);
        match class.as_str() {
            "conv2d" => weighted.push((Class::Conv, number, group)),
            "depthwise_conv2d" if asked.is_some() => {
                weighted.push((Class::Depthwise, number, group));
            }
            "batch_normalization" if asked.is_some() => {
                weighted.push((Class::Norm, number, group));
            }
            "batch_normalization" => norms.push((number, group)),
            "dense" => weighted.push((Class::Dense, number, group)),
            "max_pooling2d" => pools += 1,
            "rescaling" => rescaling = true,
            "flatten" | "dropout" | "spatial_dropout2d" | "re_lu" | "activation" | "softmax"
            | "reshape" | "input_layer" => weightless += 1,
            "global_average_pooling2d" => has_means = true,
            // The others are without weights.
            _ if asked.is_some() => weightless += 1,
            _ => {
                return Err(ImportFault::Foreign {
                    tensor: format!("{parent}/{group}"),
                    dims: Vec::new(),
                });
            }
        }
    }
    weighted.sort_unstable();
    if let Some(network) = asked {
        let layers = network.plan().map_err(ImportFault::Network)?;
        // What Keras has no layers for was written layer by layer.
        let numbered = export::weighted_in_keras_order(network, &layers);
        let numbered = numbered.unwrap_or_else(|_| (0..layers.len()).collect());
        let mut found = Vec::new();
        for index in numbered {
            let class = Class::of(&layers[index]);
            let next = weighted.iter().position(|(of, ..)| Some(*of) == class);
            found.extend(next.map(|next| (index, weighted.remove(next))));
        }
        found.sort_by_key(|(index, _)| *index);
        let mut ordered: Vec<_> = found.into_iter().map(|(_, group)| group).collect();
        // What is too much is counted as such.
        ordered.append(&mut weighted);
        weighted = ordered;
    }
    let mut pair = |group: &String| pair(file, &format!("{parent}/{group}"), group);
    let pairs = weighted.into_iter().map(|(_, _, group)| pair(group));
    let pairs = pairs.collect::<Result<Vec<Pair>, _>>()?;
    norms.sort_unstable();
    let norms = norms.into_iter().map(|(_, group)| pair(group));
    let norms = norms.collect::<Result<Vec<Pair>, _>>()?;
    Ok(Alone {
        pairs: infer::behind(pairs, norms, None, Layout::Keras)?,
        // A file that leaves out layers without weights says nothing about pools.
        told: Told {
            pools: (pools + weightless > 0 || has_means).then_some(pools),
            has_means,
        },
        rescaling,
    })
}

/// What `adapt()` has found of a layer, in the layout of Keras 2.
fn legacy_adapted(file: &mut Hdf5, group: &str) -> Result<Option<[Array; 2]>, ImportFault> {
    let names = file.texts(group, "weight_names")?.unwrap_or_default();
    let mut called = |what: &str| -> Result<Option<Array>, ImportFault> {
        let is_it = |name: &&String| {
            let last = name.rsplit('/').next().unwrap_or_default();
            last.strip_suffix(":0").unwrap_or(last) == what
        };
        match names.iter().find(is_it) {
            Some(name) => file.array(&format!("{group}/{name}")),
            None => Ok(None),
        }
    };
    let (mean, variance) = (called("mean")?, called("variance")?);
    Ok(mean.zip(variance).map(|(mean, variance)| [mean, variance]))
}

/// Weights of a file in the layout of Keras 2, which Keras 3 writes as `.h5`: a group for each
/// layer's name, with a list of its weights' names. Layers without weights are passed over unless
/// they must have some.
fn legacy_weights(
    file: &mut Hdf5,
    parent: &str,
    layers: Vec<String>,
    required: bool,
) -> Result<Vec<Pair>, ImportFault> {
    let mut pairs = Vec::new();
    for layer in layers {
        let group = match parent {
            "" => layer.clone(),
            parent => format!("{parent}/{layer}"),
        };
        let names = file.texts(&group, "weight_names")?.unwrap_or_default();
        if names.is_empty() && !required {
            continue;
        }
        let mut weight = None;
        let mut bias = None;
        let (mut mean, mut variance) = (None, None);
        for name in names {
            let array = file.array(&format!("{group}/{name}"))?;
            match name.rsplit('/').next().unwrap_or_default() {
                "kernel" | "kernel:0" | "depthwise_kernel" | "depthwise_kernel:0" | "gamma"
                | "gamma:0" => weight = array,
                "bias" | "bias:0" | "beta" | "beta:0" => bias = array,
                "moving_mean" | "moving_mean:0" => mean = array,
                "moving_variance" | "moving_variance:0" => variance = array,
                _ => {
                    return Err(ImportFault::Foreign {
                        tensor: name,
                        dims: array.map_or(Vec::new(), |array| array.dims),
                    });
                }
            }
        }
        pairs.push(Pair {
            weight: weight.ok_or_else(|| ImportFault::Missing(layer.clone()))?,
            bias,
            running: mean.zip(variance).map(|(mean, variance)| [mean, variance]),
            name: layer,
        });
    }
    Ok(pairs)
}
