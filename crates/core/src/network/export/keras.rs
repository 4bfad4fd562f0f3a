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

use crate::dataset::IMAGE_SIDE;
use crate::network::{Layer, LayerKind, Model};

/// A layer of the model in Keras, in order.
struct KerasLayer<'a> {
    class: &'static str,
    /// Its name, unique in the model, and that of its group in a file of weights.
    name: String,
    /// The layer it stands for; none for the layer that flattens.
    layer: Option<(usize, &'a Layer)>,
}

/// The layers of the same network in Keras.
fn layers(model: &Model) -> Vec<KerasLayer<'_>> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut named = |class: &'static str, snake: &'static str, layer| {
        let count = counts.entry(snake).or_default();
        let name = match *count {
            0 => snake.to_owned(),
            number => format!("{snake}_{number}"),
        };
        *count += 1;
        KerasLayer { class, name, layer }
    };
    let mut layers = Vec::new();
    let mut is_flat = false;
    for (index, layer) in model.layers().iter().enumerate() {
        let this = Some((index, layer));
        match layer.kind {
            LayerKind::Conv { .. } => layers.push(named("Conv2D", "conv2d", this)),
            LayerKind::MaxPool => layers.push(named("MaxPooling2D", "max_pooling2d", this)),
            LayerKind::Dense | LayerKind::Output => {
                if !is_flat {
                    is_flat = true;
                    layers.push(named("Flatten", "flatten", None));
                }
                layers.push(named("Dense", "dense", this));
            }
        }
    }
    layers
}

/// The content of a `.weights.h5` file.
pub(super) fn weights(model: &Model) -> io::Result<Vec<u8>> {
    let mut file = FileBuilder::new();
    let mut groups = file.create_group("layers");
    for layer in layers(model) {
        let mut group = groups.create_group(&layer.name);
        let mut variables = group.create_group("vars");
        variables.set_attr("name", AttrValue::String(layer.name.clone()));
        let parameters = layer.layer.and_then(|(index, _)| model.parameters(index));
        if let Some(parameters) = parameters {
            for (number, tensor) in [&parameters.weight, &parameters.bias]
                .into_iter()
                .enumerate()
            {
                let shape: Vec<u64> = tensor.dims().iter().map(|&side| side as u64).collect();
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
        ("config.json", serde_json::to_vec(&description(model))?),
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
fn description(model: &Model) -> Value {
    let entry = |class: &str, config: Value| {
        json!({
            "module": "keras.layers",
            "class_name": class,
            "config": config,
            "registered_name": null,
        })
    };
    let batch_shape = json!([null, IMAGE_SIDE, IMAGE_SIDE, 1]);
    let input = json!({ "batch_shape": batch_shape, "dtype": "float32", "name": "input_layer" });
    let mut entries = vec![entry("InputLayer", input)];
    for layer in layers(model) {
        let mut config = json!({ "name": layer.name });
        if let Some((_, layer)) = layer.layer {
            settings(&mut config, layer);
        }
        entries.push(entry(layer.class, config));
    }
    json!({
        "module": "keras",
        "class_name": "Sequential",
        "config": { "name": "sequential", "layers": entries },
        "registered_name": null,
        "build_config": { "input_shape": batch_shape },
    })
}

fn settings(config: &mut Value, layer: &Layer) {
    let (outputs, ..) = layer.output.extent();
    match layer.kind {
        LayerKind::Conv { kernel, padding } => {
            config["filters"] = json!(outputs);
            config["kernel_size"] = json!([kernel, kernel]);
            config["padding"] = json!(padding.to_string());
            config["activation"] = json!("relu");
        }
        LayerKind::MaxPool => {
            config["pool_size"] = json!([2, 2]);
            config["strides"] = json!([2, 2]);
            config["padding"] = json!("valid");
        }
        LayerKind::Dense => {
            config["units"] = json!(outputs);
            config["activation"] = json!("relu");
        }
        LayerKind::Output => {
            config["units"] = json!(outputs);
            config["activation"] = json!("softmax");
        }
    }
}
