//! The layers of a Keras model, read one by one.

use serde_json::Value;

use super::error::{ImportFault, LayerFault, LayerReason};
use super::input::picture_size;
use super::keras_values::{
    activation, channels_last, input, pair, pair_or_one, plain, real, resolved, setting, text,
    whole,
};
use super::note::Note;
use crate::bounds::brief;
use crate::dataset::PictureSize;
use crate::network::normalization::Rescaling;
use crate::network::{Activation, LayerSpec, NetworkSpec, Padding, Real, Shape};

/// What a description says.
pub(super) struct Described {
    pub spec: NetworkSpec,
    /// The layers that have weights, in the network's order.
    pub weighted: Vec<KerasName>,
    pub notes: Vec<Note>,
    /// Whether it has layers that say what is done to pixels.
    pub says_pixels: bool,
}

/// What Keras calls a layer.
#[derive(Clone)]
pub(super) struct KerasName {
    /// The name that a person sees: `conv2d_3`, or one of their own.
    pub name: String,
    /// Its groups in a Keras 3 file of weights, which counts layers of a class, the outermost first: `sequential`, `conv2d_1`.
    pub groups: Vec<String>,
    /// The name of the outermost model that it is in, if that stands among the layers of another.
    pub outermost: Option<String>,
}

impl KerasName {
    /// The path of its group, where those of each model's layers are in one of this name.
    pub fn group(&self, layers: &str) -> String {
        let groups = self.groups.iter();
        let path: Vec<String> = groups.map(|group| format!("{layers}/{group}")).collect();
        path.join("/")
    }

    /// Its name as a message shows it.
    pub fn shown(&self) -> String {
        brief(&self.name)
    }
}

/// The layers read so far.
#[derive(Default)]
pub(super) struct Stack {
    /// The pictures, once they are known.
    pub input: Option<PictureSize>,
    layers: Vec<LayerSpec>,
    weighted: Vec<KerasName>,
    faults: Vec<LayerFault>,
    notes: Vec<Note>,
    /// Whether the last layer is a convolution or a dense layer without activation, which the next may be.
    takes_activation: bool,
    /// Zeros around the maps that wait for the layer which reads them.
    zeros: Option<usize>,
    /// Number, class and name of the last layer read.
    last: Option<(usize, String, String)>,
    /// What is done to pictures before the first layer.
    rescaling: Rescaling,
    /// Whether maps have been flattened, or pictures came flat.
    flat: bool,
    /// The same where each open block began, the outermost first.
    given_flat: Vec<bool>,
    /// Units of the output layer, once it has its softmax.
    output: Option<usize>,
}

/// A layer of the description.
struct Entry<'a> {
    class: &'a str,
    config: &'a Value,
    name: &'a KerasName,
}

impl Stack {
    /// Reads a layer, which is the `number`-th of the model.
    pub fn add(&mut self, number: usize, layer: &Value, name: &KerasName) {
        let entry = Entry {
            class: &text(&layer["class_name"]),
            config: &layer["config"],
            name,
        };
        let read = self.read(&entry);
        self.blame(number, layer, read);
        self.last = Some((number, entry.class.to_owned(), entry.name.shown()));
    }

    /// Keeps what is wrong with a layer, if anything is.
    fn blame(&mut self, number: usize, layer: &Value, read: Result<(), LayerReason>) {
        if let Err(reason) = read {
            self.faults.push(LayerFault {
                number,
                class: text(&layer["class_name"]),
                name: text(&layer["config"]["name"]),
                reason,
            });
        }
    }

    pub fn split(&mut self) {
        self.given_flat.push(self.flat);
        self.mark(LayerSpec::Split);
    }

    pub fn branch(&mut self) {
        self.flat = self.given_flat.last().copied().unwrap_or_default();
        self.mark(LayerSpec::Branch);
    }

    fn mark(&mut self, layer: LayerSpec) {
        // Zeros belong to all branches or to the next layer behind, which cannot be told here.
        if let (Some(_), Some((number, class, name))) = (self.zeros.take(), self.last.take()) {
            let reason = LayerReason::Place;
            self.faults.push(LayerFault {
                number,
                class,
                name,
                reason,
            });
        }
        self.layers.push(layer);
        self.takes_activation = false;
    }

    pub fn join(&mut self, number: usize, layer: &Value) {
        self.given_flat.pop();
        let join = match layer["class_name"].as_str() {
            Some("Add") => Ok(LayerSpec::Add),
            Some("Concatenate") => {
                let axis = &layer["config"]["axis"];
                let rank = if self.flat { 1 } else { 3 };
                match axis.as_i64() {
                    None | Some(-1) => Ok(LayerSpec::Concatenate),
                    Some(axis) if axis == rank => Ok(LayerSpec::Concatenate),
                    Some(_) => Err(setting("axis", axis, "-1")),
                }
            }
            _ => Err(LayerReason::Class),
        };
        // Maps that were flattened first stand behind one another pixel by pixel; joined here, channel by channel.
        let flattened = self.flat && !self.is_vector();
        let join = match join {
            Ok(LayerSpec::Concatenate) if flattened => Err(LayerReason::Place),
            join => join,
        };
        // Closed all the same: what follows is read as if it were one.
        let closed = self.push(*join.as_ref().unwrap_or(&LayerSpec::Add));
        self.blame(number, layer, closed.and(join.map(|_| ())));
    }

    fn read(&mut self, layer: &Entry<'_>) -> Result<(), LayerReason> {
        let config = layer.config;
        // Keras 2 wrote the input's shape into the first layer.
        let first = self.layers.is_empty();
        for key in ["batch_shape", "batch_input_shape"] {
            // What a model among the layers takes follows from those before it, where that is known.
            let is_within = layer.name.outermost.is_some();
            if first && (self.input.is_none() || !is_within) {
                self.input = input(&config[key])?.or(self.input);
            }
        }
        if self.output.is_some() && layer.class != "Softmax" {
            return Err(LayerReason::Place);
        }
        match layer.class {
            "InputLayer" => Ok(()),
            "Dropout" => {
                let rate = real(config, "rate")?;
                self.push(LayerSpec::Dropout { rate })
            }
            // They act in training only, and otherwise than dropout does.
            "SpatialDropout2D" | "GaussianNoise" | "GaussianDropout" | "AlphaDropout"
            | "RandomFlip" | "RandomRotation" | "RandomZoom" | "RandomTranslation"
            | "RandomContrast" | "RandomBrightness" => {
                if !self.notes.contains(&Note::TrainingOnly) {
                    self.notes.push(Note::TrainingOnly);
                }
                Ok(())
            }
            "Rescaling" if first => {
                let number = |key| config[key].as_f64().ok_or(LayerReason::Damaged(key));
                let (scale, offset) = (number("scale")?, number("offset")?);
                let done = self.rescaling.then(&[scale], &[offset]);
                done.ok_or(LayerReason::Rescaling { scale, offset })
            }
            "Normalization" if first => self.normalize(config),
            "Reshape" => self.reshape(config),
            "ZeroPadding2D" => self.zeros(config),
            "Conv2D" => self.conv(layer),
            "DepthwiseConv2D" => self.depthwise(layer),
            "MaxPooling2D" => self.pool(config, false),
            "AveragePooling2D" => self.pool(config, true),
            "GlobalAveragePooling2D" => self.global(config, LayerSpec::GlobalAveragePool),
            "GlobalMaxPooling2D" => self.global(config, LayerSpec::GlobalMaxPool),
            "BatchNormalization" => self.batch_norm(layer),
            "Flatten" => {
                channels_last(config)?;
                self.flat = true;
                Ok(())
            }
            "Dense" => self.dense(layer),
            "Activation" => {
                let function = config["activation"].as_str().unwrap_or("a custom function");
                self.activate(activation(function, false)?)
            }
            "ReLU" => {
                let zero = |value: &Value| value.is_null() || value.as_f64() == Some(0.0);
                plain(config, "threshold", zero, "0")?;
                match (
                    config["max_value"].as_f64(),
                    config["negative_slope"].as_f64(),
                ) {
                    (None, None | Some(0.0)) => self.activate(Some(Activation::Relu)),
                    (Some(6.0), None | Some(0.0)) => self.activate(Some(Activation::Relu6)),
                    (None, Some(slope)) => {
                        let slope = Real::new(slope as f32);
                        self.activate(Some(Activation::LeakyRelu(slope)))
                    }
                    _ => Err(setting("max_value", &config["max_value"], "None, 6")),
                }
            }
            "LeakyReLU" => {
                let key = if config["negative_slope"].is_null() {
                    "alpha"
                } else {
                    "negative_slope"
                };
                // Keras 2 wrote it as an array of one number.
                let value = config[key]["value"].as_f64().or(config[key].as_f64());
                let slope = value.ok_or(LayerReason::Damaged("negative_slope"))?;
                self.activate(Some(Activation::LeakyRelu(Real::new(slope as f32))))
            }
            "ELU" => {
                let alpha = config["alpha"].as_f64().unwrap_or(1.0);
                self.activate(Some(Activation::Elu(Real::new(alpha as f32))))
            }
            "Softmax" => self.activate(None),
            _ => Err(LayerReason::Class),
        }
    }

    fn push(&mut self, layer: LayerSpec) -> Result<(), LayerReason> {
        if self.zeros.is_some() {
            return Err(LayerReason::Place);
        }
        self.layers.push(layer);
        self.takes_activation = false;
        Ok(())
    }

    fn reshape(&mut self, config: &Value) -> Result<(), LayerReason> {
        let target = config["target_shape"]
            .as_array()
            .ok_or(LayerReason::Damaged("target_shape"))?;
        let target: Vec<i64> = target.iter().filter_map(Value::as_i64).collect();
        if self.layers.is_empty() {
            let pixels = self.input.unwrap_or_default().len();
            let size = resolved(&target, pixels).and_then(|sizes| picture_size(&sizes, true));
            let size = size.ok_or_else(|| LayerReason::Input(format!("{target:?}")))?;
            self.flat = target.len() == 1;
            if !self.flat {
                self.input = Some(size);
            }
            return Ok(());
        }
        if target.len() != 1 {
            return Err(LayerReason::Place);
        }
        self.flat = true;
        Ok(())
    }

    /// The same number of zeros on every side; the layer behind takes them as its padding.
    fn zeros(&mut self, config: &Value) -> Result<(), LayerReason> {
        channels_last(config)?;
        let sides = config["padding"].as_array().map(Vec::as_slice);
        let numbers: Option<Vec<u64>> = match sides {
            None => config["padding"].as_u64().map(|all| vec![all]),
            Some(sides) => {
                let flat = sides.iter().flat_map(|side| match side.as_array() {
                    Some(pair) => pair.clone(),
                    None => vec![side.clone()],
                });
                flat.map(|side| side.as_u64()).collect()
            }
        };
        match numbers.as_deref() {
            Some([first, others @ ..]) if others.iter().all(|other| other == first) => {
                self.zeros = Some(usize::try_from(*first).unwrap_or(usize::MAX));
                Ok(())
            }
            _ => Err(setting(
                "padding",
                &config["padding"],
                "the same on all sides",
            )),
        }
    }

    /// The padding of a convolution or a pool, with the zeros before it.
    fn padding(&mut self, config: &Value) -> Result<Padding, LayerReason> {
        let zeros = self.zeros.take();
        match (config["padding"].as_str(), zeros) {
            (Some("valid"), None) => Ok(Padding::Valid),
            (Some("valid"), Some(pixels)) => Ok(Padding::Pixels(pixels)),
            (Some("same"), None) => Ok(Padding::Same),
            _ => Err(setting("padding", &config["padding"], "valid, same")),
        }
    }

    fn conv(&mut self, layer: &Entry<'_>) -> Result<(), LayerReason> {
        let config = layer.config;
        if self.flat {
            return Err(LayerReason::Place);
        }
        channels_last(config)?;
        let groups = match &config["groups"] {
            Value::Null => 1,
            _ => whole(config, "groups")?,
        };
        let spec = LayerSpec::Conv {
            filters: whole(config, "filters")?,
            kernel: pair(config, "kernel_size")?,
            stride: pair_or_one(config, "strides")?,
            dilation: pair_or_one(config, "dilation_rate")?,
            groups,
            padding: self.padding(config)?,
            bias: config["use_bias"].as_bool() != Some(false),
            activation: Activation::None,
        };
        self.weighted(spec, layer)
    }

    fn depthwise(&mut self, layer: &Entry<'_>) -> Result<(), LayerReason> {
        let config = layer.config;
        channels_last(config)?;
        let Some(Shape::Maps { channels, .. }) = self.shape() else {
            return Err(LayerReason::Place);
        };
        let multiplier = match &config["depth_multiplier"] {
            Value::Null => 1,
            _ => whole(config, "depth_multiplier")?,
        };
        let spec = LayerSpec::Conv {
            filters: channels.saturating_mul(multiplier),
            kernel: pair(config, "kernel_size")?,
            stride: pair_or_one(config, "strides")?,
            dilation: pair_or_one(config, "dilation_rate")?,
            groups: 0,
            padding: self.padding(config)?,
            bias: config["use_bias"].as_bool() != Some(false),
            activation: Activation::None,
        };
        self.weighted(spec, layer)
    }

    fn pool(&mut self, config: &Value, is_mean: bool) -> Result<(), LayerReason> {
        if self.flat {
            return Err(LayerReason::Place);
        }
        channels_last(config)?;
        let size = pair(config, "pool_size")?;
        let stride = match &config["strides"] {
            Value::Null => None,
            _ => Some(pair(config, "strides")?).filter(|stride| *stride != size),
        };
        let padding = self.padding(config)?;
        let is_padded = matches!(padding, Padding::Pixels(pixels) if pixels > 0);
        let layer = if is_mean {
            LayerSpec::AveragePool {
                size,
                stride,
                padding,
                // Those zeros stood in the maps before.
                counts_padding: is_padded,
            }
        } else if is_padded {
            // Zeros in the maps may be the largest; padding never is.
            return Err(setting(
                "padding",
                &config["padding"],
                "valid, same, without ZeroPadding2D",
            ));
        } else {
            LayerSpec::MaxPool {
                size,
                stride,
                padding,
            }
        };
        self.push(layer)
    }

    fn global(&mut self, config: &Value, layer: LayerSpec) -> Result<(), LayerReason> {
        channels_last(config)?;
        plain(
            config,
            "keepdims",
            |value| value.as_bool() != Some(true),
            "False",
        )?;
        if self.flat {
            return Err(LayerReason::Place);
        }
        self.push(layer)?;
        self.flat = true;
        Ok(())
    }

    fn batch_norm(&mut self, layer: &Entry<'_>) -> Result<(), LayerReason> {
        let config = layer.config;
        for option in ["center", "scale"] {
            plain(
                config,
                option,
                |value| value.as_bool() != Some(false),
                "True",
            )?;
        }
        let axis = config["axis"].as_i64().or(config["axis"][0].as_i64());
        if !matches!(axis, None | Some(-1 | 1 | 3)) || (axis == Some(1) && !self.flat) {
            return Err(setting("axis", &config["axis"], "-1"));
        }
        self.push(LayerSpec::BatchNorm {
            epsilon: real(config, "epsilon")?,
            momentum: real(config, "momentum")?,
            unbiased: false,
        })?;
        self.named(layer);
        Ok(())
    }

    fn dense(&mut self, layer: &Entry<'_>) -> Result<(), LayerReason> {
        let config = layer.config;
        if !self.flat && !self.is_vector() {
            return Err(LayerReason::NoFlatten);
        }
        self.flat = true;
        let spec = LayerSpec::Dense {
            units: whole(config, "units")?,
            bias: config["use_bias"].as_bool() != Some(false),
            activation: Activation::None,
        };
        self.weighted(spec, layer)
    }

    /// A convolution or a dense layer, with the activation that it has itself.
    fn weighted(&mut self, spec: LayerSpec, layer: &Entry<'_>) -> Result<(), LayerReason> {
        let function = match &layer.config["activation"] {
            Value::Null => "linear",
            Value::String(name) => name,
            Value::Object(function) => function
                .get("class_name")
                .and_then(Value::as_str)
                .unwrap_or("a custom function"),
            _ => return Err(LayerReason::Damaged("activation")),
        };
        let is_dense = matches!(spec, LayerSpec::Dense { .. });
        let activation = activation(function, is_dense)?;
        self.push(spec)?;
        self.named(layer);
        self.takes_activation = true;
        match activation {
            Some(Activation::None) => Ok(()),
            activation => self.activate(activation),
        }
    }

    fn named(&mut self, layer: &Entry<'_>) {
        self.weighted.push(layer.name.clone());
    }

    /// An activation behind the last layer; `None` for softmax, which ends the network.
    fn activate(&mut self, function: Option<Activation>) -> Result<(), LayerReason> {
        let takes = std::mem::take(&mut self.takes_activation);
        let Some(function) = function else {
            let Some(LayerSpec::Dense { units, bias, .. }) = self.layers.last().filter(|_| takes)
            else {
                return Err(LayerReason::Place);
            };
            if !bias {
                let layer = self.weighted.last();
                let note = layer.map(|layer| Note::NoBias(layer.shown()));
                self.notes.extend(note);
            }
            self.output = Some(*units);
            return Ok(());
        };
        if let Some(LayerSpec::Conv { activation, .. } | LayerSpec::Dense { activation, .. }) =
            self.layers.last_mut().filter(|_| takes)
        {
            *activation = function;
            return Ok(());
        }
        if function == Activation::None {
            return Ok(());
        }
        self.push(LayerSpec::Activation { function })
    }

    /// A normalization whose numbers stand in the description. Those that `adapt()` has found are variables.
    fn normalize(&mut self, config: &Value) -> Result<(), LayerReason> {
        let numbers = |key: &'static str| {
            // As deep as Keras nests them.
            fn flat(value: &Value, found: &mut Vec<f64>) -> bool {
                match value {
                    Value::Array(values) => values.iter().all(|value| flat(value, found)),
                    number => number.as_f64().map(|number| found.push(number)).is_some(),
                }
            }
            let mut found = Vec::new();
            let has_all = flat(&config[key], &mut found) && !found.is_empty();
            has_all.then_some(found).ok_or(LayerReason::Setting {
                option: key,
                found: "what adapt() has found".to_owned(),
                allowed: "numbers that are given to the layer",
            })
        };
        let (mean, variance) = (numbers("mean")?, numbers("variance")?);
        if mean.len() != variance.len() {
            return Err(LayerReason::Damaged("variance"));
        }
        let (scale, offset): (Vec<f64>, Vec<f64>) = if config["invert"].as_bool() == Some(true) {
            (variance.iter().map(|v| v.sqrt()).collect(), mean)
        } else {
            let each = mean.iter().zip(&variance).map(|(mean, variance)| {
                let scale = 1.0 / variance.sqrt().max(1e-7);
                (scale, -mean * scale)
            });
            each.unzip()
        };
        let whole = (scale.first().copied(), offset.first().copied());
        let (Some(first), Some(last)) = whole else {
            return Err(LayerReason::Damaged("mean"));
        };
        let done = self.rescaling.then(&scale, &offset);
        done.ok_or(LayerReason::Rescaling {
            scale: first,
            offset: last,
        })
    }

    fn is_vector(&self) -> bool {
        matches!(self.shape(), Some(Shape::Vector(_)))
    }

    /// The shape after the layers so far, if they fit.
    fn shape(&self) -> Option<Shape> {
        let input = self.input.unwrap_or_default();
        let spec = NetworkSpec {
            input,
            ..NetworkSpec::new(self.layers.clone())
        };
        match self.layers.len().checked_sub(1) {
            None => Some(Shape::picture(input)),
            Some(last) => Some(spec.outline().layers.get(last)?.output),
        }
    }

    pub fn finish(mut self) -> Result<Described, ImportFault> {
        // Without softmax the last dense layer gives logits.
        if self.output.is_none()
            && let Some(LayerSpec::Dense {
                units,
                bias,
                activation: Activation::None,
            }) = self.layers.last()
        {
            self.output = Some(*units);
            if !bias {
                self.notes.extend(
                    self.weighted
                        .last()
                        .map(|layer| Note::NoBias(layer.shown())),
                );
            }
        }
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
        let channels = self.input.unwrap_or_default().channels;
        let normalization = self.rescaling.normalization(channels);
        let normalization =
            normalization.map_err(|numbers| ImportFault::pixels("Rescaling", numbers))?;
        let spec = NetworkSpec {
            layers: self.layers,
            classes,
            input: self.input.unwrap_or_default(),
            normalization,
        };
        spec.plan().map_err(ImportFault::Network)?;
        Ok(Described {
            spec,
            weighted: self.weighted,
            notes: self.notes,
            says_pixels: self.rescaling != Rescaling::default(),
        })
    }
}
