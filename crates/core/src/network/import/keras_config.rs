//! Keras's description of a `Sequential` model, read as a [`NetworkSpec`].

use serde_json::Value;

use super::error::{ImportFault, LayerFault, LayerReason};
use super::note::Note;
use crate::bounds::brief;
use crate::network::{LayerSpec, NetworkSpec, Shape};
use crate::network::{MAX_LAYERS, Padding};

/// Layers of a description that are read: a network's with an activation, a pool and a dropout for each.
const MAX_CONFIG_LAYERS: usize = 4 * MAX_LAYERS + 8;

/// What a description says.
pub(super) struct Described {
    pub spec: NetworkSpec,
    /// The layers that have weights, in the network's order.
    pub weighted: Vec<WeightedLayer>,
    pub notes: Vec<Note>,
}

/// A layer with weights, as Keras names it.
pub(super) struct WeightedLayer {
    /// The name the user sees: `conv2d_3`, or one of their own.
    pub name: String,
    /// The name of its group in a Keras 3 weights file, which counts layers of a class: `conv2d_1`.
    pub group: String,
}

/// Reads a description. Its depth is bounded by `serde_json` (128), its length by the caller.
///
/// # Errors
/// [`ImportFault::Config`], [`ImportFault::NotSequential`], and every layer that convlens does not
/// have at once, in [`ImportFault::Layers`].
pub(super) fn read(json: &[u8]) -> Result<Described, ImportFault> {
    let model: Value =
        serde_json::from_slice(json).map_err(|error| ImportFault::Config(brief(error)))?;
    let missing = |what: &str| ImportFault::Config(format!("no `{what}`"));
    let class = model["class_name"]
        .as_str()
        .ok_or_else(|| missing("class_name"))?;
    if class != "Sequential" {
        return Err(ImportFault::NotSequential(class.chars().take(60).collect()));
    }
    let layers = model["config"]["layers"]
        .as_array()
        .ok_or_else(|| missing("layers"))?;
    if layers.len() > MAX_CONFIG_LAYERS {
        return Err(ImportFault::Config(format!("{} layers", layers.len())));
    }
    let mut stack = Stack::default();
    let build = &model["build_config"]["input_shape"];
    if let Err(reason) = input(build) {
        return Err(ImportFault::Layers(vec![LayerFault {
            number: 1,
            class: class.to_owned(),
            name: text(&model["config"]["name"]),
            reason,
        }]));
    }
    for (index, layer) in layers.iter().enumerate() {
        stack.add(index, layer);
    }
    stack.finish()
}

/// The layers read so far.
#[derive(Default)]
struct Stack {
    layers: Vec<LayerSpec>,
    weighted: Vec<WeightedLayer>,
    faults: Vec<LayerFault>,
    notes: Vec<Note>,
    /// Layers of each class so far, for the names of groups.
    convs: usize,
    denses: usize,
    /// A convolution or dense layer that still needs its activation.
    open: Option<Open>,
    /// Whether the layer before was refused: its activation is then not refused again.
    refused: bool,
    /// Whether maps have been flattened, or pictures came flat.
    flat: bool,
    /// Units of the output layer, once it has its softmax.
    output: Option<usize>,
}

/// A layer whose activation may be a layer of its own.
struct Open {
    is_dense: bool,
    number: usize,
    class: String,
    name: String,
}

/// A layer of the description.
struct Entry<'a> {
    class: &'a str,
    config: &'a Value,
}

impl Stack {
    fn add(&mut self, index: usize, layer: &Value) {
        let class = text(&layer["class_name"]);
        let config = &layer["config"];
        let name = text(&config["name"]);
        let read = Entry {
            class: &class,
            config,
        };
        let open = Open {
            is_dense: class == "Dense",
            number: index + 1,
            class: class.clone(),
            name: name.clone(),
        };
        let read = self.read(&read, open);
        self.refused = read.is_err();
        if let Err(reason) = read {
            self.faults.push(LayerFault {
                number: index + 1,
                class,
                name,
                reason,
            });
        }
    }

    fn read(&mut self, layer: &Entry<'_>, this: Open) -> Result<(), LayerReason> {
        let config = layer.config;
        // Keras 2 wrote the input's shape into the first layer.
        for key in ["batch_shape", "batch_input_shape"] {
            input(&config[key])?;
        }
        let first = self.layers.is_empty();
        match layer.class {
            "InputLayer" => Ok(()),
            "Dropout" | "SpatialDropout2D" => {
                if !self.notes.contains(&Note::Dropout) {
                    self.notes.push(Note::Dropout);
                }
                Ok(())
            }
            "Rescaling" if first => {
                let number = |key| config[key].as_f64().ok_or(LayerReason::Damaged(key));
                let (scale, offset) = (number("scale")?, number("offset")?);
                let near = |factor: f64| (scale / factor - 1.0).abs() < 1e-6;
                if offset != 0.0 || !(near(1.0 / 255.0) || near(1.0)) {
                    return Err(LayerReason::Rescaling { scale, offset });
                }
                Ok(())
            }
            "Reshape" => self.reshape(config),
            "Conv2D" => self.conv(config, this),
            "MaxPooling2D" => self.pool(config),
            "Flatten" => {
                channels_last(config)?;
                self.close_open();
                self.flat = true;
                Ok(())
            }
            "Dense" => self.dense(config, this),
            "Activation" => {
                let function = config["activation"].as_str().unwrap_or("a custom function");
                self.activate(function)
            }
            "ReLU" => {
                plain(config, "max_value", Value::is_null, "None")?;
                let zero = |value: &Value| value.is_null() || value.as_f64() == Some(0.0);
                plain(config, "negative_slope", zero, "0")?;
                plain(config, "threshold", zero, "0")?;
                self.activate("relu")
            }
            "Softmax" => self.activate("softmax"),
            _ => Err(LayerReason::Class),
        }
    }

    fn reshape(&mut self, config: &Value) -> Result<(), LayerReason> {
        let target = config["target_shape"]
            .as_array()
            .ok_or(LayerReason::Damaged("target_shape"))?;
        let target: Vec<i64> = target.iter().filter_map(Value::as_i64).collect();
        if self.layers.is_empty() {
            match target[..] {
                [28 | -1, 28, 1] | [28, -1, 1] | [28, 28, -1] | [28 | -1, 28] | [28, -1] => {
                    self.flat = false;
                }
                [784 | -1] => self.flat = true,
                _ => return Err(LayerReason::Input(format!("{target:?}"))),
            }
            return Ok(());
        }
        if target.len() != 1 {
            return Err(LayerReason::Place);
        }
        self.close_open();
        self.flat = true;
        Ok(())
    }

    fn conv(&mut self, config: &Value, this: Open) -> Result<(), LayerReason> {
        self.convs += 1;
        let group = group("conv2d", self.convs);
        self.close_open();
        if self.output.is_some() || !self.dense_free() {
            return Err(LayerReason::Place);
        }
        channels_last(config)?;
        ones(config, "strides")?;
        ones(config, "dilation_rate")?;
        plain(
            config,
            "groups",
            |v| v.is_null() || v.as_u64() == Some(1),
            "1",
        )?;
        let kernel = pair(config, "kernel_size")?;
        if kernel.0 != kernel.1 || ![1, 3, 5, 7].contains(&kernel.0) {
            return Err(setting("kernel_size", &config["kernel_size"], "1, 3, 5, 7"));
        }
        let padding = match config["padding"].as_str() {
            Some("valid") => Padding::Valid,
            Some("same") => Padding::Same,
            _ => return Err(setting("padding", &config["padding"], "valid, same")),
        };
        let filters = whole(config, "filters")?;
        self.layers.push(LayerSpec::Conv {
            filters,
            kernel: kernel.0,
            padding,
        });
        self.weighted(config, &this, group);
        self.begin(config, this)
    }

    fn pool(&mut self, config: &Value) -> Result<(), LayerReason> {
        self.close_open();
        if self.flat || self.output.is_some() {
            return Err(LayerReason::Place);
        }
        channels_last(config)?;
        if pair(config, "pool_size")? != (2, 2) {
            return Err(setting("pool_size", &config["pool_size"], "2×2"));
        }
        if !config["strides"].is_null() && pair(config, "strides")? != (2, 2) {
            return Err(setting("strides", &config["strides"], "2×2"));
        }
        // With `same`, Keras keeps an odd last row and column; with even sides nothing differs.
        let odd = match self.shape() {
            Some(Shape::Maps { height, .. }) => height % 2 == 1,
            _ => false,
        };
        if config["padding"].as_str() != Some("valid") && odd {
            return Err(setting("padding", &config["padding"], "valid"));
        }
        self.layers.push(LayerSpec::MaxPool);
        Ok(())
    }

    fn dense(&mut self, config: &Value, this: Open) -> Result<(), LayerReason> {
        self.denses += 1;
        let group = group("dense", self.denses);
        self.close_open();
        if self.output.is_some() {
            return Err(LayerReason::Place);
        }
        if !self.flat && self.dense_free() {
            return Err(LayerReason::NoFlatten);
        }
        let units = whole(config, "units")?;
        self.layers.push(LayerSpec::Dense { units });
        self.weighted(config, &this, group);
        self.begin(config, this)
    }

    fn weighted(&mut self, config: &Value, this: &Open, group: String) {
        self.weighted.push(WeightedLayer {
            name: this.name.clone(),
            group,
        });
        if config["use_bias"].as_bool() == Some(false) {
            self.notes.push(Note::NoBias(this.name.clone()));
        }
    }

    /// The activation that a layer with weights has itself.
    fn begin(&mut self, config: &Value, this: Open) -> Result<(), LayerReason> {
        let function = match &config["activation"] {
            Value::Null => "linear",
            Value::String(name) => name,
            Value::Object(function) => function
                .get("class_name")
                .and_then(Value::as_str)
                .unwrap_or("a custom function"),
            _ => return Err(LayerReason::Damaged("activation")),
        };
        let function = function.to_owned();
        self.open = Some(this);
        self.activate(&function)
    }

    fn activate(&mut self, function: &str) -> Result<(), LayerReason> {
        if function == "linear" {
            return Ok(());
        }
        let Some(open) = self.open.take() else {
            return if self.refused {
                Ok(())
            } else {
                Err(LayerReason::Place)
            };
        };
        match function {
            "relu" => Ok(()),
            "softmax" if open.is_dense => {
                if let Some(LayerSpec::Dense { units }) = self.layers.last() {
                    self.output = Some(*units);
                }
                Ok(())
            }
            other => Err(LayerReason::Setting {
                option: "activation",
                found: other.chars().take(60).collect(),
                allowed: if open.is_dense {
                    "relu, softmax, linear"
                } else {
                    "relu"
                },
            }),
        }
    }

    /// Another layer begins: one that still has no activation gets none.
    fn close_open(&mut self) {
        if let Some(open) = self.open.take() {
            self.faults.push(LayerFault {
                number: open.number,
                class: open.class,
                name: open.name,
                reason: LayerReason::NoRelu,
            });
        }
    }

    fn dense_free(&self) -> bool {
        let dense = |layer: &LayerSpec| matches!(layer, LayerSpec::Dense { .. });
        !self.layers.iter().any(dense)
    }

    /// The shape after the layers so far, if they fit.
    fn shape(&self) -> Option<Shape> {
        let outline = NetworkSpec::new(self.layers.clone()).outline();
        Some(
            outline
                .layers
                .get(self.layers.len().checked_sub(1)?)?
                .output,
        )
    }

    fn finish(mut self) -> Result<Described, ImportFault> {
        // Without softmax the last dense layer gives logits.
        let open_output = self.open.as_ref().is_some_and(|open| open.is_dense);
        if open_output {
            self.open = None;
            self.output = match self.layers.last() {
                Some(LayerSpec::Dense { units }) => Some(*units),
                Some(LayerSpec::Conv { .. } | LayerSpec::MaxPool) | None => None,
            };
        }
        self.close_open();
        if !self.faults.is_empty() {
            self.faults.sort_by_key(|fault| fault.number);
            return Err(ImportFault::Layers(self.faults));
        }
        let Some(classes) = self.output else {
            return Err(ImportFault::Config(
                "it does not end with a dense layer for the classes".into(),
            ));
        };
        self.layers.pop();
        let spec = NetworkSpec {
            layers: self.layers,
            classes,
        };
        spec.plan().map_err(ImportFault::Network)?;
        Ok(Described {
            spec,
            weighted: self.weighted,
            notes: self.notes,
        })
    }
}

/// The name of the `count`-th layer of a class, from 1.
fn group(class: &str, count: usize) -> String {
    match count {
        1 => class.to_owned(),
        more => format!("{class}_{}", more - 1),
    }
}

/// Pictures of 28×28 grey pixels, or nothing said.
fn input(shape: &Value) -> Result<(), LayerReason> {
    let Some(shape) = shape.as_array() else {
        return Ok(());
    };
    let sides: Vec<Option<u64>> = shape.iter().skip(1).map(Value::as_u64).collect();
    match sides[..] {
        [Some(28), Some(28), Some(1)] | [Some(28), Some(28)] | [Some(784)] => Ok(()),
        _ => Err(LayerReason::Input(shown(&Value::from(shape.clone())))),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("?").chars().take(60).collect()
}

/// A value as an error shows it.
fn shown(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

fn setting(option: &'static str, found: &Value, allowed: &'static str) -> LayerReason {
    LayerReason::Setting {
        option,
        found: shown(found),
        allowed,
    }
}

fn plain(
    config: &Value,
    option: &'static str,
    fits: impl Fn(&Value) -> bool,
    allowed: &'static str,
) -> Result<(), LayerReason> {
    if fits(&config[option]) {
        return Ok(());
    }
    Err(setting(option, &config[option], allowed))
}

fn channels_last(config: &Value) -> Result<(), LayerReason> {
    let fits = |value: &Value| value.is_null() || value.as_str() == Some("channels_last");
    plain(config, "data_format", fits, "channels_last")
}

fn ones(config: &Value, option: &'static str) -> Result<(), LayerReason> {
    if config[option].is_null() || pair(config, option)? == (1, 1) {
        return Ok(());
    }
    Err(setting(option, &config[option], "1×1"))
}

/// Two numbers, or one for both.
fn pair(config: &Value, option: &'static str) -> Result<(usize, usize), LayerReason> {
    let number = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
    let value = &config[option];
    let found = match value.as_array().map(Vec::as_slice) {
        Some([a, b]) => number(a).zip(number(b)),
        Some(_) => None,
        None => number(value).map(|n| (n, n)),
    };
    found.ok_or(LayerReason::Damaged(option))
}

fn whole(config: &Value, option: &'static str) -> Result<usize, LayerReason> {
    let number = config[option].as_u64();
    number
        .and_then(|n| usize::try_from(n).ok())
        .ok_or(LayerReason::Damaged(option))
}
