//! Keras 3's files: weights as HDF5, and a model as a zip of its description and weights.
//!
//! The inner layout of [`Parameters`](crate::network::Parameters) is Keras's, so that nothing is
//! transposed.

use std::collections::HashMap;
use std::io::{self, Cursor, Write as _};

use candle_core::Tensor;
use hdf5_pure::{AttrValue, FileBuilder};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::network::names::keras_name;
use crate::network::{
    Activation, Input, Join, Layer, LayerKind, Model, NetworkSpec, Normalization, PoolKind, Real,
    Shape, Window,
};

/// A layer of the model in Keras, in order.
struct KerasLayer<'a> {
    class: &'static str,
    /// Its class in snake case.
    snake: &'static str,
    /// Its name, unique in the model, and that of its group in a file of weights.
    name: String,
    /// What differs from Keras's defaults.
    settings: Value,
    /// The layer whose weights it has, if any.
    weights: Option<(usize, &'a Layer)>,
    /// What it reads: layers of Keras by their index, or the pictures.
    inputs: Vec<Option<usize>>,
}

/// Layers of Keras, each behind those that it reads.
#[derive(Default)]
struct Layers<'a> {
    all: Vec<KerasLayer<'a>>,
    /// What the next one reads.
    now: Vec<Option<usize>>,
}

impl<'a> Layers<'a> {
    fn add(
        &mut self,
        class: &'static str,
        snake: &'static str,
        settings: Value,
        weights: Option<(usize, &'a Layer)>,
    ) {
        let now = vec![Some(self.all.len())];
        self.all.push(KerasLayer {
            class,
            snake,
            name: String::new(),
            settings,
            weights,
            inputs: std::mem::replace(&mut self.now, now),
        });
    }

    /// All of them in the order in which Keras keeps a functional model, by which it numbers the groups of weights: the farthest from the
    /// output first, those equally far as one comes upon them from the output (`map_graph` in `keras/src/ops/function.py`).
    fn in_order(self) -> Vec<KerasLayer<'a>> {
        let count = self.all.len();
        let mut far = vec![0; count];
        for (index, layer) in self.all.iter().enumerate().rev() {
            for input in layer.inputs.iter().flatten() {
                far[*input] = far[*input].max(far[index] + 1);
            }
        }
        let mut met = vec![usize::MAX; count];
        let mut next = 0;
        let mut open: Vec<usize> = count.checked_sub(1).into_iter().collect();
        while let Some(index) = open.pop() {
            if met[index] == usize::MAX {
                met[index] = next;
                next += 1;
                open.extend(self.all[index].inputs.iter().rev().flatten());
            }
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|index| (std::cmp::Reverse(far[*index]), met[*index]));
        let mut places = vec![0; count];
        for (place, index) in order.iter().enumerate() {
            places[*index] = place;
        }
        let mut all: Vec<Option<KerasLayer<'a>>> = self.all.into_iter().map(Some).collect();
        let mut ordered: Vec<KerasLayer<'a>> = Vec::with_capacity(count);
        ordered.extend(order.into_iter().filter_map(|index| all[index].take()));
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for layer in &mut ordered {
            for input in layer.inputs.iter_mut().flatten() {
                *input = places[*input];
            }
            let count = counts.entry(layer.snake).or_default();
            layer.name = keras_name(layer.snake, *count);
            *count += 1;
        }
        ordered
    }
}

/// The layers with weights in the order in which Keras numbers them within each class, as indices of `layers`.
///
/// # Errors
/// What Keras does not have.
pub fn weighted_in_keras_order(spec: &NetworkSpec, layers: &[Layer]) -> io::Result<Vec<usize>> {
    let keras = in_keras(spec, layers)?.into_iter();
    Ok(keras.filter_map(|layer| Some(layer.weights?.0)).collect())
}

/// The layers of the same network in Keras.
///
/// # Errors
/// What Keras does not have.
fn in_keras<'a>(spec: &NetworkSpec, layers: &'a [Layer]) -> io::Result<Vec<KerasLayer<'a>>> {
    let mut keras = Layers {
        now: vec![None],
        ..Layers::default()
    };
    // What each of ours puts out, among Keras's.
    let mut ends: Vec<Option<usize>> = Vec::new();
    let inverted = spec
        .normalization
        .as_ref()
        .and_then(Normalization::inverted);
    if let Some((scale, offset)) = inverted {
        let settings = json!({ "scale": scale, "offset": offset });
        keras.add("Rescaling", "rescaling", settings, None);
    } else if let Some(Normalization { mean, deviation }) = &spec.normalization {
        let squares = deviation.iter().map(|d| f64::from(d.get()).powi(2));
        let variance: Vec<f64> = squares.collect();
        let settings = json!({ "axis": -1, "mean": mean, "variance": variance });
        keras.add("Normalization", "normalization", settings, None);
    }
    let pictures = keras.now[0];
    for (index, layer) in layers.iter().enumerate() {
        let read = layer.inputs.iter().map(|input| match input {
            Input::Pictures => pictures,
            Input::Layer(before) => ends[*before],
        });
        keras.now = read.collect();
        let this = Some((index, layer));
        let (outputs, inputs) = (layer.output.channels(), layer.input.channels());
        match layer.kind {
            LayerKind::Conv {
                window,
                groups,
                bias,
                activation,
            } => {
                let padding = padding(&window, layer.input);
                if let Padding::Zeros(zeros) = &padding {
                    keras.add(
                        "ZeroPadding2D",
                        "zero_padding2d",
                        json!({ "padding": zeros }),
                        None,
                    );
                }
                let mut settings = json!({
                    "kernel_size": window.size,
                    "strides": window.stride,
                    "dilation_rate": window.dilation,
                    "padding": padding.name(),
                    "use_bias": bias,
                });
                let own = own_activation(&mut settings, activation);
                if groups == inputs && groups > 1 {
                    settings["depth_multiplier"] = json!(outputs / inputs);
                    keras.add("DepthwiseConv2D", "depthwise_conv2d", settings, this);
                } else {
                    settings["filters"] = json!(outputs);
                    settings["groups"] = json!(groups);
                    keras.add("Conv2D", "conv2d", settings, this);
                }
                if let Some((class, snake, settings)) = own {
                    keras.add(class, snake, settings?, None);
                }
            }
            LayerKind::Pool { kind, window } => {
                let (class, snake) = match kind {
                    PoolKind::Max => ("MaxPooling2D", "max_pooling2d"),
                    PoolKind::Average { .. } => ("AveragePooling2D", "average_pooling2d"),
                };
                let padding = padding(&window, layer.input);
                if let Padding::Zeros(zeros) = &padding {
                    if kind
                        != (PoolKind::Average {
                            counts_padding: true,
                        })
                    {
                        return Err(io::Error::other(format!(
                            "{}: Keras has no pooling with so many pixels of padding; choose `same` or none",
                            layer.name
                        )));
                    }
                    keras.add(
                        "ZeroPadding2D",
                        "zero_padding2d",
                        json!({ "padding": zeros }),
                        None,
                    );
                }
                let settings = json!({
                    "pool_size": window.size,
                    "strides": window.stride,
                    "padding": padding.name(),
                });
                keras.add(class, snake, settings, None);
            }
            LayerKind::GlobalPool { kind } => {
                let (class, snake) = match kind {
                    PoolKind::Max => ("GlobalMaxPooling2D", "global_max_pooling2d"),
                    PoolKind::Average { .. } => {
                        ("GlobalAveragePooling2D", "global_average_pooling2d")
                    }
                };
                keras.add(class, snake, json!({}), None);
            }
            LayerKind::BatchNorm {
                epsilon, momentum, ..
            } => {
                let settings = json!({ "epsilon": epsilon, "momentum": momentum, "axis": -1 });
                keras.add("BatchNormalization", "batch_normalization", settings, this);
            }
            LayerKind::Dropout { rate } => {
                keras.add("Dropout", "dropout", json!({ "rate": rate }), None);
            }
            LayerKind::Activation(activation) => {
                let mut settings = json!({});
                match own_activation(&mut settings, activation) {
                    Some((class, snake, settings)) => keras.add(class, snake, settings?, None),
                    None => keras.add("Activation", "activation", settings, None),
                }
            }
            LayerKind::Dense { .. } | LayerKind::Output => {
                if layer.input.is_maps() {
                    keras.add("Flatten", "flatten", json!({}), None);
                }
                let mut settings = json!({ "units": outputs });
                let mut own = None;
                if let LayerKind::Dense { bias, activation } = layer.kind {
                    settings["use_bias"] = json!(bias);
                    own = own_activation(&mut settings, activation);
                } else {
                    settings["activation"] = json!("softmax");
                }
                keras.add("Dense", "dense", settings, this);
                if let Some((class, snake, settings)) = own {
                    keras.add(class, snake, settings?, None);
                }
            }
            LayerKind::Branch => {}
            LayerKind::Join(Join::Add) => keras.add("Add", "add", json!({}), None),
            LayerKind::Join(Join::Concatenate) => {
                keras.add("Concatenate", "concatenate", json!({ "axis": -1 }), None);
            }
        }
        ends.push(keras.now[0]);
    }
    Ok(keras.in_order())
}

/// A window's padding as Keras has it.
enum Padding {
    Valid,
    Same,
    /// Zeros around the maps: above and below, left and right.
    Zeros([[usize; 2]; 2]),
}

impl Padding {
    fn name(&self) -> &'static str {
        match self {
            Self::Valid | Self::Zeros(_) => "valid",
            Self::Same => "same",
        }
    }
}

fn padding(window: &Window, maps: Shape) -> Padding {
    let (_, height, width) = maps.extent();
    if window.before == [0, 0] && window.after == [0, 0] {
        Padding::Valid
    } else if window.same([height, width]) == *window {
        Padding::Same
    } else {
        let around = |axis: usize| [window.before[axis], window.after[axis]];
        Padding::Zeros([around(0), around(1)])
    }
}

/// A layer of its own: class, name in snake case, settings.
type Own = (&'static str, &'static str, io::Result<Value>);

/// Sets an activation that Keras knows by name; the layer of its own that another one takes.
fn own_activation(settings: &mut Value, activation: Activation) -> Option<Own> {
    let name = match activation {
        Activation::None => "linear",
        Activation::Relu => "relu",
        Activation::LeakyRelu(slope) => {
            let own = json!({ "negative_slope": slope });
            return Some(("LeakyReLU", "leaky_re_lu", Ok(own)));
        }
        Activation::Elu(alpha) if alpha != Real::new(1.0) => {
            return Some(("ELU", "elu", Ok(json!({ "alpha": alpha }))));
        }
        Activation::Elu(_) => "elu",
        Activation::Relu6 => "relu6",
        Activation::Selu => "selu",
        Activation::Gelu => "gelu",
        Activation::GeluTanh => {
            let error = "Keras's files cannot name GELU in its tanh form; choose GELU";
            return Some(("Activation", "activation", Err(io::Error::other(error))));
        }
        Activation::Silu => "silu",
        Activation::Tanh => "tanh",
        Activation::Sigmoid => "sigmoid",
        Activation::HardSigmoid => "hard_sigmoid",
        Activation::HardSilu => "hard_silu",
        Activation::HardTanh => "hard_tanh",
    };
    settings["activation"] = json!(name);
    None
}

/// The content of a `.weights.h5` file.
pub(super) fn weights(model: &Model) -> io::Result<Vec<u8>> {
    let mut file = FileBuilder::new();
    let mut groups = file.create_group("layers");
    for layer in in_keras(model.spec(), model.layers())? {
        let mut group = groups.create_group(&layer.name);
        let mut variables = group.create_group("vars");
        variables.set_attr("name", AttrValue::String(layer.name.clone()));
        let parameters = layer.weights.and_then(|(index, _)| model.parameters(index));
        if let Some(parameters) = parameters {
            for (number, tensor) in parameters.tensors().enumerate() {
                let mut dims = tensor.dims().to_vec();
                // Keras keeps the filters of a depthwise convolution by the channel that they see.
                if let (true, &[rows, columns, 1, filters]) =
                    (layer.class == "DepthwiseConv2D", &dims[..])
                {
                    let channels = layer.weights.map_or(1, |(_, layer)| layer.input.channels());
                    dims = vec![rows, columns, channels, filters / channels];
                }
                let shape: Vec<u64> = dims.iter().map(|&side| side as u64).collect();
                variables
                    .create_dataset(&number.to_string())
                    .with_f32_data(&values(tensor)?)
                    .with_shape(&shape);
            }
        }
        let variables = variables.finish();
        group.add_group(variables);
        let group = group.finish();
        groups.add_group(group);
    }
    let groups = groups.finish();
    file.add_group(groups);
    let mut variables = file.create_group("vars");
    variables.set_attr("name", AttrValue::String("sequential".into()));
    let variables = variables.finish();
    file.add_group(variables);
    file.finish().map_err(io::Error::other)
}

fn values(tensor: &Tensor) -> io::Result<Vec<f32>> {
    let flat = tensor.flatten_all().and_then(|flat| flat.to_vec1::<f32>());
    flat.map_err(io::Error::other)
}

/// The content of a `.keras` file.
pub(super) fn model(model: &Model) -> io::Result<Vec<u8>> {
    let metadata = json!({
        "keras_version": "3.0.0",
        "date_saved": "1980-01-01@00:00:00",
    });
    let entries = [
        ("metadata.json", serde_json::to_vec(&metadata)?),
        ("config.json", serde_json::to_vec(&description(model)?)?),
        ("model.weights.h5", weights(model)?),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // As Keras does: its weights are read from the archive without being unpacked.
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in entries {
        archive.start_file(name, stored)?;
        archive.write_all(&content)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The model as `config.json` has it. What is left out has Keras's defaults.
fn description(model: &Model) -> io::Result<Value> {
    const INPUT: &str = "input_layer";
    let entry = |class: &str, config: Value| {
        json!({
            "module": "keras.layers",
            "class_name": class,
            "config": config,
            "registered_name": null,
        })
    };
    let size = model.spec().input;
    let batch_shape = json!([null, size.height, size.width, size.channels]);
    let input = json!({ "batch_shape": batch_shape, "dtype": "float32", "name": INPUT });
    let mut entries = vec![entry("InputLayer", input)];
    let layers = in_keras(model.spec(), model.layers())?;
    let names: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
    let name = |layer: Option<usize>| layer.map_or(INPUT, |layer| names[layer].as_str());
    let has_branches = layers.iter().any(|layer| layer.inputs.len() > 1);
    for layer in layers {
        let mut config = layer.settings;
        config["name"] = json!(layer.name);
        let mut entry = entry(layer.class, config);
        if has_branches {
            let tensor = |layer: &Option<usize>| {
                json!({
                    "class_name": "__keras_tensor__",
                    "config": { "shape": [null], "dtype": "float32", "keras_history": [name(*layer), 0, 0] },
                })
            };
            let read = match &layer.inputs[..] {
                [one] => tensor(one),
                several => several.iter().map(tensor).collect(),
            };
            entry["name"] = json!(layer.name);
            entry["inbound_nodes"] = json!([{ "args": [read], "kwargs": {} }]);
        }
        entries.push(entry);
    }
    if !has_branches {
        return Ok(json!({
            "module": "keras",
            "class_name": "Sequential",
            "config": { "name": "sequential", "layers": entries },
            "registered_name": null,
            "build_config": { "input_shape": batch_shape },
        }));
    }
    entries[0]["name"] = json!(INPUT);
    entries[0]["inbound_nodes"] = json!([]);
    let last = names.len().checked_sub(1);
    Ok(json!({
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": "functional",
            "trainable": true,
            "layers": entries,
            "input_layers": [[INPUT, 0, 0]],
            "output_layers": [[name(last), 0, 0]],
        },
        "registered_name": "Functional",
        "build_config": { "input_shape": null },
    }))
}
