//! Keras's description of a `Sequential` or `Functional` model, read as a [`NetworkSpec`].

use std::collections::HashMap;

use serde_json::Value;

use super::array::Array;
use super::blocks::Step;
use super::error::{ImportFault, LayerFault};
use super::keras_graph;
use super::keras_stack::{Described, Stack};
use super::keras_values::{group, input, text};
use crate::bounds::brief;
use crate::network::MAX_LAYERS;

/// Channels of pictures, at most.
const MOST_CHANNELS: usize = 3;

/// Layers of a description that are read: a network's with an activation, a pool and a dropout for each.
const MAX_CONFIG_LAYERS: usize = 4 * MAX_LAYERS + 8;

/// Reads a description. Its depth is bounded by `serde_json` (128), its length by the caller.
///
/// # Errors
/// [`ImportFault::Config`], [`ImportFault::NotSequential`], and every layer that convlens does not
/// have at once, in [`ImportFault::Layers`].
pub(super) fn read(json: &[u8], adapted: &mut Adapted<'_>) -> Result<Described, ImportFault> {
    let mut model: Value =
        serde_json::from_slice(json).map_err(|error| ImportFault::Config(brief(error)))?;
    let missing = |what: &str| ImportFault::Config(format!("no `{what}`"));
    let class = model["class_name"]
        .as_str()
        .ok_or_else(|| missing("class_name"))?;
    let is_sequential = class == "Sequential";
    if !is_sequential && !["Functional", "Model"].contains(&class) {
        return Err(ImportFault::NotSequential(class.chars().take(60).collect()));
    }
    let class = class.to_owned();
    let groups = match &model["config"]["layers"] {
        Value::Array(layers) if layers.len() > MAX_CONFIG_LAYERS => {
            return Err(ImportFault::Config(format!("{} layers", layers.len())));
        }
        Value::Array(layers) => groups(layers),
        _ => return Err(missing("layers")),
    };
    adapt(&mut model, &groups, adapted)?;
    let layers = model["config"]["layers"]
        .as_array()
        .ok_or_else(|| missing("layers"))?;
    let mut stack = Stack::default();
    let build = &model["build_config"]["input_shape"];
    match input(build) {
        Ok(size) => stack.input = size,
        Err(reason) => {
            return Err(ImportFault::Layers(vec![LayerFault {
                number: 1,
                class,
                name: text(&model["config"]["name"]),
                reason,
            }]));
        }
    }
    let steps = if is_sequential {
        (0..layers.len()).map(Step::Node).collect()
    } else {
        keras_graph::steps(&model["config"], layers)?
    };
    for step in steps {
        match step {
            Step::Node(index) => stack.add(index, &layers[index], &groups[index]),
            Step::Join(index) => stack.join(index, &layers[index]),
            Step::Split => stack.split(),
            Step::Branch => stack.branch(),
        }
    }
    stack.finish()
}

/// Mean and variance that `adapt()` has found, which stand among the weights: of the layer of this group in a Keras 3 file, or of this name
/// in an older one.
pub(super) type Adapted<'a> = dyn FnMut(&str, &str) -> Result<Option<[Array; 2]>, ImportFault> + 'a;

/// Puts what `adapt()` has found where the description would have it if it had been given.
fn adapt(
    model: &mut Value,
    groups: &[String],
    adapted: &mut Adapted<'_>,
) -> Result<(), ImportFault> {
    let layers = model["config"]["layers"].as_array_mut();
    for (layer, group) in layers.into_iter().flatten().zip(groups) {
        let is_adapted =
            layer["class_name"] == "Normalization" && layer["config"]["mean"].is_null();
        if !is_adapted || !layer["config"].is_object() {
            continue;
        }
        let name = layer["config"]["name"].as_str().unwrap_or_default();
        if let Some([mean, variance]) = adapted(group, name)? {
            // A number a channel, or one for all.
            let most = mean.values.len().max(variance.values.len());
            if most > MOST_CHANNELS {
                return Err(ImportFault::Config(format!("a mean of {most} channels")));
            }
            layer["config"]["mean"] = mean.values.into();
            layer["config"]["variance"] = variance.values.into();
        }
    }
    Ok(())
}

/// The name of each layer's group in a Keras 3 weights file, which counts those of a class in the order of the description.
fn groups(layers: &[Value]) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let names = layers.iter().map(|layer| {
        let snake = match layer["class_name"].as_str() {
            Some("Conv2D") => "conv2d",
            Some("DepthwiseConv2D") => "depthwise_conv2d",
            Some("BatchNormalization") => "batch_normalization",
            Some("Dense") => "dense",
            Some("Normalization") => "normalization",
            // The others have no weights.
            _ => return String::new(),
        };
        let count = counts.entry(snake).or_default();
        *count += 1;
        group(snake, *count)
    });
    names.collect()
}
