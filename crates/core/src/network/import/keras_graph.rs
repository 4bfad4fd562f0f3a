//! How the layers of a `Functional` model are connected, as Keras 2 and 3 write it.

use super::blocks::{self, Step};
use super::error::ImportFault;
use super::keras_values::text;
use serde_json::Value;
use std::collections::HashMap;

/// Most tensors that one layer reads.
const MAX_INPUTS: usize = 64;

/// The layers in order, with the blocks that they form. `layers` are those of `config`.
///
/// # Errors
/// A layer that is used more than once or reads what is not there; several pictures or outputs; a graph that is no tree of blocks.
pub(super) fn steps(config: &Value, layers: &[Value]) -> Result<Vec<Step>, ImportFault> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (index, layer) in layers.iter().enumerate() {
        let name = layer["name"].as_str().or(layer["config"]["name"].as_str());
        places.insert(name.unwrap_or_default(), index);
    }
    let tangled = |layer: &Value| ImportFault::Tangled(text(&layer["config"]["name"]));
    let mut inputs = Vec::with_capacity(layers.len());
    for layer in layers {
        let mut names = Vec::new();
        match layer["inbound_nodes"].as_array().map(Vec::as_slice) {
            None | Some([]) => {}
            Some([node]) => {
                read_names(node, &mut names);
                if names.is_empty() {
                    return Err(tangled(layer));
                }
            }
            // A layer whose weights are shared.
            Some(_) => return Err(tangled(layer)),
        }
        let found = names.iter().map(|name| places.get(name).copied());
        let found: Option<Vec<usize>> = found.collect();
        inputs.push(found.ok_or_else(|| tangled(layer))?);
    }
    let mut outputs = Vec::new();
    read_names(&config["output_layers"], &mut outputs);
    let [output] = outputs[..] else {
        let what = format!("{} outputs", outputs.len());
        return Err(ImportFault::Config(what));
    };
    let missing = || ImportFault::Config(format!("no layer `{output}`"));
    let output = places.get(output).copied().ok_or_else(missing)?;
    blocks::stack(&inputs, output).map_err(|node| tangled(&layers[node.min(layers.len() - 1)]))
}

/// The names of layers whose outputs are read: Keras 3 writes tensors with a history, Keras 2 lists of name and two numbers.
fn read_names<'a>(value: &'a Value, names: &mut Vec<&'a str>) {
    if names.len() > MAX_INPUTS {
        return;
    }
    match value {
        Value::Array(list) => match &list[..] {
            [Value::String(name), Value::Number(_), Value::Number(_), ..] => names.push(name),
            _ => list.iter().for_each(|value| read_names(value, names)),
        },
        Value::Object(object) => {
            let history = object.get("keras_history");
            if let Some(name) = history.and_then(|history| history[0].as_str()) {
                names.push(name);
                return;
            }
            for part in ["args", "config"] {
                if let Some(part) = object.get(part) {
                    read_names(part, names);
                }
            }
        }
        _ => {}
    }
}
