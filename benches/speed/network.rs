//! Networks to measure, their names, and how much arithmetic they are.

use anyhow::Result;
use convlens_core::network::{LayerKind, LayerSpec, NetworkSpec, Padding, Shape};

/// Floating-point operations of training on one image: twice the multiply-adds of the forward pass and of the two
/// products going back (the weights' gradient and, but for the first layer, the input's), all as if dense. ReLU, pooling,
/// loss and Adam are not counted, nor is what a clever algorithm leaves out taken off.
pub fn training_flops(network: &NetworkSpec) -> Result<f64> {
    let mut flops = 0.0;
    let mut products = 2.0; // the first layer needs no gradient of its input
    for layer in network.plan()? {
        let multiply_adds = match (layer.kind, layer.input) {
            (LayerKind::Conv { kernel, .. }, Shape::Maps { channels, .. }) => {
                layer.output.len() * kernel * kernel * channels
            }
            (LayerKind::Dense | LayerKind::Output, input) => input.len() * layer.output.len(),
            _ => continue,
        };
        flops += 2.0 * products * multiply_adds as f64;
        products = 3.0;
    }
    Ok(flops)
}

/// A short name: `64k3 pool 64k3 pool dense128`.
pub fn name(network: &NetworkSpec) -> String {
    let layer = |layer: &LayerSpec| match layer {
        LayerSpec::Conv {
            filters,
            kernel,
            padding,
        } => {
            let same = if *padding == Padding::Same {
                " same"
            } else {
                ""
            };
            format!("{filters}k{kernel}{same}")
        }
        LayerSpec::MaxPool => "pool".to_owned(),
        LayerSpec::Dense { units } => format!("dense{units}"),
    };
    network
        .layers
        .iter()
        .map(layer)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Two blocks of convolution and pool, and the notebook's dense layer.
pub fn two_blocks(filters: usize, kernel: usize, padding: Padding) -> NetworkSpec {
    let conv = LayerSpec::Conv {
        filters,
        kernel,
        padding,
    };
    let mut layers = [conv, LayerSpec::MaxPool].repeat(2);
    layers.push(LayerSpec::Dense { units: 128 });
    NetworkSpec::new(layers)
}

/// Convolutions of one kind, a pool after each of the first `pools`, and the notebook's dense layer.
pub fn stack(convolutions: usize, filters: usize, pools: usize, padding: Padding) -> NetworkSpec {
    let mut layers = Vec::new();
    for index in 0..convolutions {
        layers.push(LayerSpec::Conv {
            filters,
            kernel: 3,
            padding,
        });
        if index < pools {
            layers.push(LayerSpec::MaxPool);
        }
    }
    layers.push(LayerSpec::Dense { units: 128 });
    NetworkSpec::new(layers)
}
