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

use crate::network::{
    Activation, Layer, LayerKind, Model, Normalization, PoolKind, Real, Shape, Window,
};

/// A layer of the model in Keras, in order.
struct KerasLayer<'a> {
    class: &'static str,
    /// Its name, unique in the model, and that of its group in a file of weights.
    name: String,
    /// What differs from Keras's defaults.
    settings: Value,
    /// The layer whose weights it has, if any.
    weights: Option<(usize, &'a Layer)>,
}

/// The layers of the same network in Keras.
///
/// # Errors
/// What Keras does not have.
fn layers(model: &Model) -> io::Result<Vec<KerasLayer<'_>>> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut layers = Vec::new();
    let mut is_flat = false;
    let mut add = |class: &'static str, snake: &'static str, settings: Value, weights| {
        let count = counts.entry(snake).or_default();
        let name = match *count {
            0 => snake.to_owned(),
            number => format!("{snake}_{number}"),
        };
        *count += 1;
        layers.push(KerasLayer {
            class,
            name,
            settings,
            weights,
        });
    };
    if let Some(Normalization { mean, deviation }) = &model.spec().normalization {
        let squares = deviation.iter().map(|d| f64::from(d.get()).powi(2));
        let variance: Vec<f64> = squares.collect();
        let settings = json!({ "axis": -1, "mean": mean, "variance": variance });
        add("Normalization", "normalization", settings, None);
    }
    for (index, layer) in model.layers().iter().enumerate() {
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
                    add(
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
                    add("DepthwiseConv2D", "depthwise_conv2d", settings, this);
                } else {
                    settings["filters"] = json!(outputs);
                    settings["groups"] = json!(groups);
                    add("Conv2D", "conv2d", settings, this);
                }
                if let Some((class, snake, settings)) = own {
                    add(class, snake, settings?, None);
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
                    add(
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
                add(class, snake, settings, None);
            }
            LayerKind::GlobalPool { kind } => {
                is_flat = true;
                let (class, snake) = match kind {
                    PoolKind::Max => ("GlobalMaxPooling2D", "global_max_pooling2d"),
                    PoolKind::Average { .. } => {
                        ("GlobalAveragePooling2D", "global_average_pooling2d")
                    }
                };
                add(class, snake, json!({}), None);
            }
            LayerKind::BatchNorm {
                epsilon, momentum, ..
            } => {
                let settings = json!({ "epsilon": epsilon, "momentum": momentum, "axis": -1 });
                add("BatchNormalization", "batch_normalization", settings, this);
            }
            LayerKind::Dropout { rate } => {
                add("Dropout", "dropout", json!({ "rate": rate }), None);
            }
            LayerKind::Activation(activation) => {
                let mut settings = json!({});
                match own_activation(&mut settings, activation) {
                    Some((class, snake, settings)) => add(class, snake, settings?, None),
                    None => add("Activation", "activation", settings, None),
                }
            }
            LayerKind::Dense { .. } | LayerKind::Output => {
                if !is_flat {
                    is_flat = true;
                    add("Flatten", "flatten", json!({}), None);
                }
                let mut settings = json!({ "units": outputs });
                let mut own = None;
                if let LayerKind::Dense { bias, activation } = layer.kind {
                    settings["use_bias"] = json!(bias);
                    own = own_activation(&mut settings, activation);
                } else {
                    settings["activation"] = json!("softmax");
                }
                add("Dense", "dense", settings, this);
                if let Some((class, snake, settings)) = own {
                    add(class, snake, settings?, None);
                }
            }
        }
    }
    Ok(layers)
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
    for layer in layers(model)? {
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
    let input = json!({ "batch_shape": batch_shape, "dtype": "float32", "name": "input_layer" });
    let mut entries = vec![entry("InputLayer", input)];
    for layer in layers(model)? {
        let mut config = layer.settings;
        config["name"] = json!(layer.name);
        entries.push(entry(layer.class, config));
    }
    Ok(json!({
        "module": "keras",
        "class_name": "Sequential",
        "config": { "name": "sequential", "layers": entries },
        "registered_name": null,
        "build_config": { "input_shape": batch_shape },
    }))
}
