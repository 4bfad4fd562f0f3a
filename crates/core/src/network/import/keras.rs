//! Keras's files: `.keras` (a zip of description and weights), `.weights.h5` and `.h5`.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::array::{Array, Layout, Pair, model};
use super::error::ImportFault;
use super::hdf5::{self, Hdf5};
use super::infer::{self, Told};
use super::keras_1;
use super::keras_config;
use super::keras_stack::{Described, KerasName};
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

/// Groups of weights, at most, and the longest path of one.
const MAX_GROUPS: usize = 512;
const MAX_PATH: usize = 1000;

/// A `.keras` file. Its two entries are read by name.
pub(super) fn archive(
    mut archive: Archive<impl Read + Seek>,
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    let config = archive.read(CONFIG, MAX_CONFIG_BYTES)?;
    let weights = archive.read(WEIGHTS, MAX_FILE_BYTES)?;
    let (described, pairs) = hdf5::read(weights, |file| {
        let described = keras_config::read(&config, &mut |layer| {
            let (parent, _) = layer_group(file)?;
            let group = format!("{parent}/{}", layer.group);
            let mut variable = |number| file.array(&format!("{group}/vars/{number}"));
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
            let described = keras_config::read(config.as_bytes(), &mut |layer| {
                let mut variables = legacy_variables(file, layer, &["mean", "variance"])?;
                let [mean, variance] = ["mean", "variance"].map(|name| variables.remove(name));
                Ok(mean.zip(variance).map(|(mean, variance)| [mean, variance]))
            })?;
            let pairs = described.weighted.iter().map(|layer| {
                let variables = legacy_variables(file, layer, &[])?;
                pair_of(layer.name.clone(), variables)
            });
            let pairs = pairs.collect::<Result<_, _>>()?;
            return Ok(Found::Model(described, pairs));
        }
        if let Some(names) = file.texts("", "layer_names")? {
            let pairs = legacy_alone(file, &names)?;
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
pub(super) fn imported(
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
fn described_weights(file: &mut Hdf5, layers: &[KerasName]) -> Result<Vec<Pair>, ImportFault> {
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

/// A group of weights: the model that it is in, the inner ones first, and path and name.
struct Group {
    model: usize,
    path: String,
    name: String,
}

/// The groups of layers, those of models among the layers with them.
fn groups_within(file: &Hdf5, parent: &str, found: &mut Vec<Group>) -> Result<usize, ImportFault> {
    let mut models = 0;
    let mut own = Vec::new();
    for name in file.groups(parent)? {
        let path = format!("{parent}/{name}");
        let is_model = ["sequential", "functional"].contains(&class(&name).0);
        let inner = LAYER_GROUPS.map(|layers| format!("{path}/{layers}"));
        let mut inner = inner.iter().filter(|_| is_model && path.len() < MAX_PATH);
        let inner = inner.find(|inner| file.groups(inner).is_ok_and(|names| !names.is_empty()));
        match inner {
            Some(inner) => {
                let before = found.len();
                let inside = groups_within(file, inner, found)?;
                for group in &mut found[before..] {
                    group.model += models;
                }
                models += inside;
            }
            None => own.push((path, name)),
        }
    }
    let own = own.into_iter();
    found.extend(own.map(|(path, name)| Group {
        model: models,
        path,
        name,
    }));
    if found.len() > MAX_GROUPS {
        return Err(ImportFault::Hdf5(format!("{} groups", found.len())));
    }
    Ok(models + 1)
}

/// Class and number of a group's name: `conv2d_1`.
fn class(name: &str) -> (&str, usize) {
    let parts = name.rsplit_once('_').filter(|(class, _)| !class.is_empty());
    match parts.and_then(|(class, number)| Some((class, number.parse().ok()?))) {
        Some(found) => found,
        None => (name, 0),
    }
}

/// Keras names the groups of layers by class and counts each class, so that the order within a
/// class is known, and how many pools there are, but not where they stand. The network that is asked for tells the rest.
fn weights_alone(file: &mut Hdf5, asked: Option<&NetworkSpec>) -> Result<Alone, ImportFault> {
    let (parent, _) = layer_group(file)?;
    let mut groups = Vec::new();
    groups_within(file, parent, &mut groups)?;
    let mut weighted = Vec::new();
    let mut norms = Vec::new();
    let (mut pools, mut averages, mut weightless, mut rescaling) = (0, 0, 0, false);
    let mut told = Told::default();
    for Group { model, path, name } in &groups {
        let (class, number) = class(name);
        let mut keep = |class| weighted.push((class, *model, number, path));
        match class {
            "conv2d" => keep(Class::Conv),
            "depthwise_conv2d" if asked.is_some() => keep(Class::Depthwise),
            "batch_normalization" if asked.is_some() => keep(Class::Norm),
            "batch_normalization" => norms.push((*model, number, path)),
            "dense" => keep(Class::Dense),
            "max_pooling2d" => pools += 1,
            "average_pooling2d" => {
                pools += 1;
                averages += 1;
            }
            "rescaling" => rescaling = true,
            "flatten" | "dropout" | "spatial_dropout2d" | "re_lu" | "activation" | "softmax"
            | "reshape" | "input_layer" => weightless += 1,
            "global_average_pooling2d" => told.has_means = true,
            // The others are without weights.
            _ if asked.is_some() => weightless += 1,
            _ if file.groups(&format!("{path}/vars"))?.is_empty()
                && file.array(&format!("{path}/vars/0"))?.is_none() =>
            {
                return Err(ImportFault::Unsaid(name.clone()));
            }
            _ => {
                return Err(ImportFault::Foreign {
                    tensor: path.clone(),
                    dims: Vec::new(),
                });
            }
        }
    }
    // Which of them takes which is told nowhere.
    if (1..pools).contains(&averages) && asked.is_none() {
        return Err(ImportFault::Unsaid("average_pooling2d".to_owned()));
    }
    told.averages = averages > 0;
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
    let mut pair = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        pair(file, path, name)
    };
    let pairs = weighted.into_iter().map(|(.., path)| pair(path));
    let pairs = pairs.collect::<Result<Vec<Pair>, _>>()?;
    norms.sort_unstable();
    let norms = norms.into_iter().map(|(.., path)| pair(path));
    let norms = norms.collect::<Result<Vec<Pair>, _>>()?;
    Ok(Alone {
        pairs: infer::behind(pairs, norms, None, Layout::Keras)?,
        // A file that leaves out layers without weights says nothing about pools.
        told: Told {
            pools: (pools + weightless > 0 || told.has_means).then_some(pools),
            ..told
        },
        rescaling,
    })
}

/// The variables of a layer in a whole model of the layout of Keras 2, which Keras 3 writes as `.h5`: a group for each layer's name, with a
/// list of its weights' names. A model among the layers has all its weights in one group. Reads those of these names, or all if none is named.
fn legacy_variables(
    file: &mut Hdf5,
    layer: &KerasName,
    named: &[&str],
) -> Result<Variables, ImportFault> {
    let group = layer.outermost.as_ref().unwrap_or(&layer.name);
    let group = format!("model_weights/{group}");
    let mut variables = Variables::new();
    for (of, variable, path) in legacy_names(file, &group)? {
        let is_its = layer.outermost.is_none() || of == layer.name;
        if is_its && (named.is_empty() || named.contains(&variable.as_str())) {
            // Two layers of one name, in models within a model.
            if variables.contains_key(&variable) {
                return Err(ImportFault::Tangled(layer.name.clone()));
            }
            variables.extend(file.array(&path)?.map(|array| (variable, array)));
        }
    }
    Ok(variables)
}

/// The weights of a file without description, likewise. Layers without weights are passed over.
fn legacy_alone(file: &mut Hdf5, groups: &[String]) -> Result<Vec<Pair>, ImportFault> {
    let mut pairs = Vec::new();
    for group in groups {
        let names = legacy_names(file, group)?;
        let mut layers: Vec<(String, Variables)> = Vec::new();
        for (of, variable, path) in names {
            // Those that no training changes come behind all others of a model.
            let place = layers.iter().position(|(layer, _)| *layer == of);
            let place = place.unwrap_or_else(|| {
                layers.push((of, Variables::new()));
                layers.len() - 1
            });
            let (layer, variables) = &mut layers[place];
            if variables.contains_key(&variable) {
                return Err(ImportFault::Tangled(layer.clone()));
            }
            variables.extend(file.array(&path)?.map(|array| (variable, array)));
        }
        let pairs_of_group = layers
            .into_iter()
            .map(|(layer, variables)| pair_of(layer, variables));
        pairs.extend(pairs_of_group.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(pairs)
}

/// Variables by their name in Keras.
pub(super) type Variables = BTreeMap<String, Array>;

/// The layer, the name of the variable and the path of each weight of a group: `conv2d/kernel:0` is `kernel` of `conv2d`.
fn legacy_names(file: &Hdf5, group: &str) -> Result<Vec<(String, String, String)>, ImportFault> {
    let names = file.texts(group, "weight_names")?.unwrap_or_default();
    let own = group.rsplit('/').next().unwrap_or_default();
    let names = names.into_iter().map(|name| {
        let mut parts = name.rsplit('/');
        let variable = parts.next().unwrap_or_default();
        let variable = variable.strip_suffix(":0").unwrap_or(variable);
        let layer = parts.next().unwrap_or(own).to_owned();
        let variable = keras_1::variable(&layer, variable).to_owned();
        (layer, variable, format!("{group}/{name}"))
    });
    Ok(names.collect())
}

/// What a layer of these variables has learnt.
pub(super) fn pair_of(name: String, mut variables: Variables) -> Result<Pair, ImportFault> {
    let mut first = |names: &[&str]| names.iter().find_map(|name| variables.remove(*name));
    let weight = first(&["kernel", "depthwise_kernel", "gamma"]);
    let bias = first(&["bias", "beta"]);
    let running = first(&["moving_mean"]).zip(first(&["moving_variance"]));
    if let Some((_, array)) = variables.pop_first() {
        return Err(ImportFault::Foreign {
            tensor: array.name,
            dims: array.dims,
        });
    }
    Ok(Pair {
        weight: weight.ok_or_else(|| ImportFault::Missing(name.clone()))?,
        bias,
        running: running.map(|(mean, variance)| [mean, variance]),
        name,
    })
}
