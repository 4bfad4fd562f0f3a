//! Layers models of TensorFlow.js: `model.json`, which holds Keras's description and a list of weights, and files of these beside it.

use std::path::Path;

use serde_json::Value;

use super::array::{Array, Number, Stored};
use super::beside;
use super::error::ImportFault;
use super::keras_config;
use super::keras_legacy::{Variables, pair_of};
use super::keras_stack::KerasName;
use super::{Format, Imported, MAX_FILE_BYTES};
use crate::bounds::brief;
use crate::network::{MAX_PARAMETERS, NetworkSpec};

/// Largest `model.json`: about a kilobyte a layer.
pub(super) const MAX_JSON_BYTES: u64 = 1 << 20;
/// Files of weights, at most, and weights.
const MAX_LIST: usize = 1024;

/// Opens `json`, a file of this folder; `None` where it is no model of TensorFlow.js.
pub(super) fn open(
    json: &[u8],
    folder: &Path,
    asked: Option<&NetworkSpec>,
) -> Option<Result<Imported, ImportFault>> {
    let model: Value = serde_json::from_slice(json).ok()?;
    model.get("weightsManifest")?;
    Some(layers_model(&model, folder, asked))
}

fn layers_model(
    model: &Value,
    folder: &Path,
    asked: Option<&NetworkSpec>,
) -> Result<Imported, ImportFault> {
    if model["format"] == "graph-model" {
        return Err(ImportFault::GraphModel);
    }
    // Converted from Keras, or saved by TensorFlow.js itself.
    let topology = &model["modelTopology"];
    let config = topology.get("model_config").unwrap_or(topology);
    let mut weights = weights(&model["weightsManifest"], folder)?;
    let described = keras_config::from_value(config, &mut |layer| {
        let mut variables = take(&mut weights, layer, &["mean", "variance"])?;
        let [mean, variance] = ["mean", "variance"].map(|name| variables.remove(name));
        Ok(mean.zip(variance).map(|(mean, variance)| [mean, variance]))
    })?;
    let pairs = described.weighted.iter().map(|layer| {
        let variables = take(&mut weights, layer, &[])?;
        pair_of(layer.shown(), variables)
    });
    let pairs = pairs.collect::<Result<_, _>>()?;
    super::keras::imported(Format::TensorFlowJs, described, pairs, asked)
}

/// The layer, the name and the values of a weight: `conv2d/kernel` is `kernel` of `conv2d`.
type Weight = (String, String, Array);

/// Takes a layer's variables out, those of these names or all if none is named: no second layer gets them, however many have its name.
fn take(
    weights: &mut Vec<Weight>,
    layer: &KerasName,
    named: &[&str],
) -> Result<Variables, ImportFault> {
    let mut variables = Variables::new();
    for (of, variable, array) in std::mem::take(weights) {
        let is_asked = named.is_empty() || named.contains(&variable.as_str());
        if of != layer.name || !is_asked {
            weights.push((of, variable, array));
        } else if variables.insert(variable, array).is_some() {
            // Two layers of one name, in models within a model.
            return Err(ImportFault::Tangled(layer.shown()));
        }
    }
    Ok(variables)
}

fn weights(manifest: &Value, folder: &Path) -> Result<Vec<Weight>, ImportFault> {
    let damaged = |what: &str| ImportFault::Config(format!("`weightsManifest`: {what}"));
    let list = |value: &Value, what: &str| match value.as_array() {
        Some(list) if list.len() <= MAX_LIST => Ok(list.clone()),
        _ => Err(damaged(what)),
    };
    let mut found = Vec::new();
    let (mut left, mut values) = (MAX_FILE_BYTES, MAX_PARAMETERS);
    for group in list(manifest, "no list")? {
        // The weights of a group are cut into files wherever one is full.
        let mut bytes: Vec<u8> = Vec::new();
        for path in list(&group["paths"], "no `paths`")? {
            let path = path.as_str().ok_or_else(|| damaged("a path"))?;
            let more = beside::read(folder, path, 0, left + 1)?;
            left = left
                .checked_sub(more.len() as u64)
                .ok_or(ImportFault::TooLarge(MAX_FILE_BYTES))?;
            bytes.extend(more);
        }
        let mut bytes = bytes.as_slice();
        for entry in list(&group["weights"], "no `weights`")? {
            let name = entry["name"].as_str().unwrap_or_default();
            let sides = list(&entry["shape"], "no `shape`")?;
            let sides = sides
                .iter()
                .map(|side| usize::try_from(side.as_u64()?).ok());
            let dims: Vec<usize> = sides
                .collect::<Option<_>>()
                .ok_or_else(|| damaged(&brief(name)))?;
            let count = dims
                .iter()
                .try_fold(1_usize, |n, &side| n.checked_mul(side));
            let too_many = || ImportFault::TooManyWeights(MAX_PARAMETERS);
            let count = count.ok_or_else(too_many)?;
            let rounded = &entry["quantization"];
            let number = rounded.get("dtype").unwrap_or(&entry["dtype"]);
            let number = match number.as_str().unwrap_or_default() {
                "uint8" => Number::U8,
                "uint16" => Number::U16,
                name => Number::of_torch(name),
            };
            let length = count.checked_mul(number.width());
            let Some((own, rest)) = length.and_then(|length| bytes.split_at_checked(length)) else {
                return Err(ImportFault::WeightsBeside {
                    file: brief(name),
                    source: std::io::ErrorKind::UnexpectedEof.into(),
                });
            };
            bytes = rest;
            // What a normalization counts is no weight.
            if entry["group"] == "optimizer" || matches!(number, Number::Other(..)) {
                continue;
            }
            values = values.checked_sub(count).ok_or_else(too_many)?;
            let stored = Stored {
                name: brief(name),
                dims,
                number,
                bytes: own.into(),
            };
            let mut array = stored.array()?;
            // Rounded to steps from the smallest on.
            if let Some(step) = rounded["scale"].as_f64() {
                let least = rounded["min"].as_f64().unwrap_or_default();
                for value in &mut array.values {
                    *value = (f64::from(*value) * step + least) as f32;
                }
            }
            let mut parts = name.rsplit('/');
            let variable = parts.next().unwrap_or_default().to_owned();
            let layer = parts.next().unwrap_or_default().to_owned();
            found.push((layer, variable, array));
        }
    }
    Ok(found)
}
