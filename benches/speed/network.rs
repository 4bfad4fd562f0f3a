//! Networks to measure, their names, and how much arithmetic they are.

use anyhow::Result;
use convlens_core::network::{LayerSpec, NetworkSpec, Padding};

/// Floating-point operations of training on one image: twice the multiply-adds of the forward pass and of the two
/// products going back (the weights' gradient and, but for the first layer, the input's), all as if dense. ReLU, pooling,
/// loss and Adam are not counted, nor is what a clever algorithm leaves out taken off.
pub fn training_flops(network: &NetworkSpec) -> Result<f64> {
    let mut flops = 0.0;
    let mut products = 2.0; // the first layer needs no gradient of its input
    for layer in network.plan()? {
        let multiply_adds = layer.multiply_adds();
        if multiply_adds == 0 {
            continue;
        }
        flops += 2.0 * products * multiply_adds as f64;
        products = 3.0;
    }
    Ok(flops)
}

/// A short name: `64-64`, `32k5-p-d128`.
pub fn name(network: &NetworkSpec) -> String {
    network.label()
}

/// Two blocks of convolution and pool, and the notebook's dense layer.
pub fn two_blocks(filters: usize, kernel: usize, padding: Padding) -> NetworkSpec {
    let conv = LayerSpec::conv(filters, kernel, padding);
    let mut layers = [conv, LayerSpec::MAX_POOL].repeat(2);
    layers.push(LayerSpec::dense(128));
    NetworkSpec::new(layers)
}

/// Convolutions of one kind, a pool after each of the first `pools`, and the notebook's dense layer.
pub fn stack(convolutions: usize, filters: usize, pools: usize, padding: Padding) -> NetworkSpec {
    let mut layers = Vec::new();
    for index in 0..convolutions {
        layers.push(LayerSpec::conv(filters, 3, padding));
        if index < pools {
            layers.push(LayerSpec::MAX_POOL);
        }
    }
    layers.push(LayerSpec::dense(128));
    NetworkSpec::new(layers)
}
