//! Keras's files: `.keras` (a zip of description and weights), `.weights.h5` and `.h5`.

use std::io::{Read, Seek};

use super::array::{Layout, Pair, model};
use super::error::ImportFault;
use super::hdf5::{self, Hdf5};
use super::infer::{self, Told};
use super::keras_alone;
use super::keras_config;
use super::keras_groups::{layer_group, pair};
use super::keras_legacy::{self, pair_of};
use super::keras_stack::{Described, KerasName};
use super::note::Note;
use super::{Format, Imported, MAX_FILE_BYTES};
use crate::archive::{Archive, ArchiveFault};
use crate::network::NetworkSpec;

/// Most bytes of a description: Keras writes about 700 a layer.
const MAX_CONFIG_BYTES: u64 = 1 << 20;
const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";

/// A `.keras` file. Its two entries are read by name.
pub(super) fn archive(
    mut archive: Archive<impl Read + Seek>,
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    let config = archive.read(CONFIG, MAX_CONFIG_BYTES)?;
    let weights = archive.read(WEIGHTS, MAX_FILE_BYTES)?;
    let (described, pairs) = hdf5::read(weights, |file| {
        let described = keras_config::read(&config, &mut |layer| {
            let group = layer.group(layer_group(file)?);
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
                let mut variables = keras_legacy::variables(file, layer, &["mean", "variance"])?;
                let [mean, variance] = ["mean", "variance"].map(|name| variables.remove(name));
                Ok(mean.zip(variance).map(|(mean, variance)| [mean, variance]))
            })?;
            let pairs = described.weighted.iter().map(|layer| {
                let variables = keras_legacy::variables(file, layer, &[])?;
                pair_of(layer.shown(), variables)
            });
            let pairs = pairs.collect::<Result<_, _>>()?;
            return Ok(Found::Model(described, pairs));
        }
        if let Some(names) = file.texts("", "layer_names")? {
            let pairs = keras_legacy::alone(file, &names)?;
            return Ok(Found::Weights(pairs, Told::default(), false));
        }
        let alone = keras_alone::read(file, asked)?;
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

/// Weights of described layers, from a Keras 3 file.
fn described_weights(file: &mut Hdf5, layers: &[KerasName]) -> Result<Vec<Pair>, ImportFault> {
    let parent = layer_group(file)?;
    let pairs = layers
        .iter()
        .map(|layer| pair(file, &layer.group(parent), layer.shown()));
    pairs.collect()
}
