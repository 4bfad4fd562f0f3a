//! What no shape of weights tells.

use super::weighted::with_activation;
use crate::network::{Activation, LayerSpec, NetworkSpec};

/// The activation before the normalization, where it is behind.
fn activated_first(network: &NetworkSpec) -> NetworkSpec {
    let mut layers = Vec::with_capacity(network.layers.len());
    for &layer in &network.layers {
        let is_norm = |layer: &LayerSpec| matches!(layer, LayerSpec::BatchNorm { .. });
        if let LayerSpec::Activation { function } = layer
            && let [.., before, norm] = layers.as_mut_slice()
            && is_norm(norm)
        {
            *before = with_activation(*before, function);
        } else {
            layers.push(layer);
        }
    }
    NetworkSpec {
        layers,
        ..network.clone()
    }
}

/// The network with means for largest values.
pub fn averaged(network: &NetworkSpec) -> NetworkSpec {
    changed(network, |layer| {
        if *layer == LayerSpec::MAX_POOL {
            *layer = LayerSpec::AVERAGE_POOL;
        }
    })
}

/// The network with another usual activation.
fn with_tanh(network: &NetworkSpec) -> NetworkSpec {
    changed(network, |layer| {
        let relu = layer.activation_mut().filter(|a| **a == Activation::Relu);
        if let Some(activation) = relu {
            *activation = Activation::Tanh;
        }
    })
}

fn changed(network: &NetworkSpec, change: impl FnMut(&mut LayerSpec)) -> NetworkSpec {
    let mut network = network.clone();
    network.layers.iter_mut().for_each(change);
    network
}

/// The network with what no shape tells set otherwise: the activation before a normalization, means for largest values, another usual
/// activation.
pub fn unshaped(network: &NetworkSpec) -> Vec<NetworkSpec> {
    let mut found: Vec<NetworkSpec> = Vec::new();
    for other in [
        activated_first(network),
        averaged(network),
        with_tanh(network),
        averaged(&with_tanh(network)),
    ] {
        if other != *network && !found.contains(&other) {
            found.push(other);
        }
    }
    found
}
