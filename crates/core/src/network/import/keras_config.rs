//! Keras's description of a `Sequential` or `Functional` model, read as a [`NetworkSpec`].

use std::collections::HashMap;

use serde_json::Value;

use super::array::Array;
use super::blocks::Step;
use super::error::{ImportFault, LayerFault};
use super::keras_1;
use super::keras_graph;
use super::keras_stack::{Described, KerasName, Stack};
use super::keras_values::{input, text};
use crate::bounds::brief;
use crate::network::MAX_LAYERS;
use crate::network::names::keras_name;

/// Channels of pictures, at most.
const MOST_CHANNELS: usize = 3;

/// Layers of a description that are read: a network's with an activation, a pool and a dropout for each.
const MAX_CONFIG_LAYERS: usize = 4 * MAX_LAYERS + 8;

/// Classes of models, which may also stand among the layers of another.
const MODELS: [&str; 3] = ["Sequential", "Functional", "Model"];

/// Reads a description. Its depth is bounded by `serde_json` (128), its length by the caller.
///
/// # Errors
/// [`ImportFault::Config`], [`ImportFault::NotSequential`], and every layer that convlens does not
/// have at once, in [`ImportFault::Layers`].
pub(super) fn read(json: &[u8], adapted: &mut Adapted<'_>) -> Result<Described, ImportFault> {
    let model: Value =
        serde_json::from_slice(json).map_err(|error| ImportFault::Config(brief(error)))?;
    from_value(&model, adapted)
}

/// The same, of one that stands in a larger one.
pub(super) fn from_value(
    model: &Value,
    adapted: &mut Adapted<'_>,
) -> Result<Described, ImportFault> {
    let class = model["class_name"]
        .as_str()
        .ok_or_else(|| missing("class_name"))?;
    if !MODELS.contains(&class) {
        return Err(ImportFault::NotSequential(class.chars().take(60).collect()));
    }
    let mut stack = Stack::default();
    let build = &model["build_config"]["input_shape"];
    match input(build) {
        Ok(size) => stack.input = size,
        Err(reason) => {
            return Err(ImportFault::Layers(vec![LayerFault {
                number: 1,
                class: class.to_owned(),
                name: text(&model["config"]["name"]),
                reason,
            }]));
        }
    }
    let mut reader = Reader {
        stack,
        adapted,
        left: MAX_CONFIG_LAYERS,
    };
    reader.model(model, None)?;
    reader.stack.finish()
}

fn missing(what: &str) -> ImportFault {
    ImportFault::Config(format!("no `{what}`"))
}

/// Mean and variance that `adapt()` has found of a layer, which stand among the weights.
pub(super) type Adapted<'a> = dyn FnMut(&KerasName) -> Result<Option<[Array; 2]>, ImportFault> + 'a;

/// A model that stands among the layers of another.
struct Within<'a> {
    number: usize,
    name: &'a KerasName,
}

struct Reader<'a, 'b> {
    stack: Stack,
    adapted: &'a mut Adapted<'b>,
    /// Layers that may still be read.
    left: usize,
}

impl Reader<'_, '_> {
    /// Reads the layers of a model, one after another.
    fn model(&mut self, model: &Value, within: Option<&Within<'_>>) -> Result<(), ImportFault> {
        let config = &model["config"];
        // Keras 2.2.2 and before wrote the layers of a `Sequential` in place of its settings.
        let layers = config["layers"].as_array().or(config.as_array());
        let layers = layers.ok_or_else(|| missing("layers"))?;
        let left = self.left.checked_sub(layers.len());
        self.left = left
            .ok_or_else(|| ImportFault::Config(format!("more than {MAX_CONFIG_LAYERS} layers")))?;
        let names = names(layers, within.map(|within| within.name));
        let steps = if model["class_name"] == "Sequential" {
            (0..layers.len()).map(Step::Node).collect()
        } else {
            keras_graph::steps(config, layers)?
        };
        let number = |index: usize| within.map_or(index + 1, |within| within.number);
        for step in steps {
            match step {
                Step::Node(index) => self.layer(number(index), &layers[index], &names[index])?,
                Step::Join(index) => self.stack.join(number(index), &layers[index]),
                Step::Split => self.stack.split(),
                Step::Branch => self.stack.branch(),
            }
        }
        Ok(())
    }

    fn layer(&mut self, number: usize, layer: &Value, name: &KerasName) -> Result<(), ImportFault> {
        let layer = &*keras_1::modern(layer);
        let class = layer["class_name"].as_str().unwrap_or_default();
        if MODELS.contains(&class) {
            return self.model(layer, Some(&Within { number, name }));
        }
        let config = &layer["config"];
        if class == "Normalization"
            && config.is_object()
            && config["mean"].is_null()
            && let Some([mean, variance]) = (self.adapted)(name)?
        {
            // Put where the description would have them if they had been given.
            let most = mean.values.len().max(variance.values.len());
            if most > MOST_CHANNELS {
                return Err(ImportFault::Config(format!("a mean of {most} channels")));
            }
            let mut given = layer.clone();
            given["config"]["mean"] = mean.values.into();
            given["config"]["variance"] = variance.values.into();
            self.stack.add(number, &given, name);
        } else {
            self.stack.add(number, layer, name);
        }
        Ok(())
    }
}

/// What the layers of a model are called, which a Keras 3 file of weights counts by class in the order of the description.
fn names(layers: &[Value], within: Option<&KerasName>) -> Vec<KerasName> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let names = layers.iter().map(|layer| {
        let snake = match layer["class_name"].as_str() {
            Some("Conv2D") => "conv2d",
            Some("DepthwiseConv2D") => "depthwise_conv2d",
            Some("BatchNormalization") => "batch_normalization",
            Some("Dense") => "dense",
            Some("Normalization") => "normalization",
            Some("Sequential") => "sequential",
            Some("Functional" | "Model") => "functional",
            // The others have no weights.
            _ => "",
        };
        let count = counts.entry(snake).or_default();
        *count += 1;
        let group = keras_name(snake, *count - 1);
        let around = within.map(|model| model.groups.clone()).unwrap_or_default();
        KerasName {
            groups: around.into_iter().chain([group]).collect(),
            outermost: within.map(|model| model.outermost.clone().unwrap_or(model.name.clone())),
            name: layer["config"]["name"].as_str().unwrap_or("?").to_owned(),
        }
    });
    names.collect()
}
