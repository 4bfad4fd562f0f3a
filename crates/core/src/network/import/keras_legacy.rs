//! The layout of Keras 2's weights, which Keras 3 writes as `.h5`: a group for each layer's name, with a list of its weights' names. A model
//! among the layers has all its weights in one group.

use std::collections::BTreeMap;

use super::array::{Array, Pair};
use super::error::ImportFault;
use super::hdf5::Hdf5;
use super::keras_1;
use super::keras_alone::numbered;
use super::keras_stack::KerasName;

/// The variables of a layer of a whole model: those of these names, or all if none is named.
pub(super) fn variables(
    file: &mut Hdf5,
    layer: &KerasName,
    named: &[&str],
) -> Result<Variables, ImportFault> {
    let group = layer.outermost.as_ref().unwrap_or(&layer.name);
    let group = format!("model_weights/{group}");
    let mut variables = Variables::new();
    for (of, variable, path) in names(file, &group)? {
        let is_its = layer.outermost.is_none() || of == layer.name;
        if is_its && (named.is_empty() || named.contains(&variable.as_str())) {
            // Two layers of one name, in models within a model.
            if variables.contains_key(&variable) {
                return Err(ImportFault::Tangled(layer.shown()));
            }
            variables.extend(file.array(&path)?.map(|array| (variable, array)));
        }
    }
    Ok(variables)
}

/// The weights of a file without description. Layers without weights are passed over.
///
/// # Errors
/// [`ImportFault::Unordered`] of a model among the layers in which some were frozen: their weights stand behind all others of it.
pub(super) fn alone(file: &mut Hdf5, groups: &[String]) -> Result<Vec<Pair>, ImportFault> {
    let mut pairs = Vec::new();
    for group in groups {
        let mut layers: Vec<(String, Variables)> = Vec::new();
        let mut went_back = false;
        for (of, variable, path) in names(file, group)? {
            let place = match layers.iter().position(|(layer, _)| *layer == of) {
                // What training never changes, such as a mean, stands behind all that it may.
                Some(place) => {
                    went_back |= place + 1 < layers.len();
                    place
                }
                None if went_back || is_before(&of, &layers) => {
                    return Err(ImportFault::Unordered(group.clone()));
                }
                None => {
                    layers.push((of, Variables::new()));
                    layers.len() - 1
                }
            };
            let (layer, variables) = &mut layers[place];
            if variables.contains_key(&variable) {
                return Err(ImportFault::Tangled(layer.clone()));
            }
            variables.extend(file.array(&path)?.map(|array| (variable, array)));
        }
        let pairs_of_group = layers
            .into_iter()
            .map(|(layer, variables)| pair_of(layer, variables));
        pairs.extend(pairs_of_group.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(pairs)
}

/// Whether Keras counted this layer before one of the others, as names that it gave itself tell.
fn is_before(layer: &str, others: &[(String, Variables)]) -> bool {
    let (class, number) = numbered(layer);
    ["conv2d", "depthwise_conv2d", "dense", "batch_normalization"].contains(&class)
        && others.iter().any(|(other, _)| {
            let (of, counted) = numbered(other);
            of == class && counted > number
        })
}

/// Variables by their name in Keras.
pub(super) type Variables = BTreeMap<String, Array>;

/// The layer, the name of the variable and the path of each weight of a group: `conv2d/kernel:0` is `kernel` of `conv2d`.
fn names(file: &Hdf5, group: &str) -> Result<Vec<(String, String, String)>, ImportFault> {
    let names = file.texts(group, "weight_names")?.unwrap_or_default();
    let own = group.rsplit('/').next().unwrap_or_default();
    let names = names.into_iter().map(|name| {
        let mut parts = name.rsplit('/');
        let variable = parts.next().unwrap_or_default();
        let variable = variable.strip_suffix(":0").unwrap_or(variable);
        let layer = parts.next().unwrap_or(own).to_owned();
        let variable = keras_1::variable(&layer, variable).to_owned();
        (layer, variable, format!("{group}/{name}"))
    });
    Ok(names.collect())
}

/// What a layer of these variables has learnt.
pub(super) fn pair_of(name: String, mut variables: Variables) -> Result<Pair, ImportFault> {
    let mut first = |names: &[&str]| names.iter().find_map(|name| variables.remove(*name));
    let weight = first(&["kernel", "depthwise_kernel", "gamma"]);
    let bias = first(&["bias", "beta"]);
    let running = first(&["moving_mean"]).zip(first(&["moving_variance"]));
    if let Some((_, array)) = variables.pop_first() {
        return Err(ImportFault::Foreign {
            tensor: array.name,
            dims: array.dims,
        });
    }
    Ok(Pair {
        weight: weight.ok_or_else(|| ImportFault::Missing(name.clone()))?,
        bias,
        running: running.map(|(mean, variance)| [mean, variance]),
        name,
    })
}
