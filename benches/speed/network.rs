//! Networks to measure, their names, and how much arithmetic they are.

use anyhow::Result;
use convlens_core::network::{Activation, LayerSpec, NetworkSpec, Padding, Sides};

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

/// Every kind of layer, each between a convolution of 32 filters and a pool with a dense layer.
pub fn kinds() -> Vec<NetworkSpec> {
    let conv = |filters, kernel, stride, dilation, groups| LayerSpec::Conv {
        filters,
        kernel: Sides::square(kernel),
        stride: Sides::square(stride),
        dilation: Sides::square(dilation),
        groups,
        padding: if stride == 1 {
            Padding::Same
        } else {
            Padding::Pixels(kernel / 2)
        },
        bias: true,
        activation: Activation::Relu,
    };
    let three = Sides::square(3);
    let (stride, padding) = (Some(Sides::square(2)), Padding::Pixels(1));
    let function = |function| LayerSpec::Activation { function };
    let kinds: Vec<Vec<LayerSpec>> = vec![
        vec![conv(32, 3, 1, 1, 1)],
        vec![conv(32, 2, 1, 1, 1)],
        vec![conv(32, 9, 1, 1, 1)],
        vec![conv(32, 3, 2, 1, 1)],
        vec![conv(32, 5, 2, 1, 1)],
        vec![conv(32, 3, 1, 2, 1)],
        vec![conv(32, 3, 1, 1, 4)],
        // A MobileNet block.
        vec![conv(32, 3, 1, 1, 32), conv(32, 1, 1, 1, 1)],
        vec![LayerSpec::BATCH_NORM],
        vec![LayerSpec::DROPOUT],
        vec![LayerSpec::MaxPool {
            size: three,
            stride,
            padding,
        }],
        vec![LayerSpec::AveragePool {
            size: three,
            stride,
            padding,
            counts_padding: true,
        }],
        vec![function(Activation::Gelu)],
        vec![function(Activation::Tanh)],
        vec![function(Activation::Silu)],
        LayerSpec::residual(32),
        LayerSpec::inception(32),
    ];
    let mut networks: Vec<NetworkSpec> = (kinds.into_iter())
        .map(|kind| {
            let mut layers = vec![LayerSpec::conv(32, 3, Padding::Same)];
            layers.extend(kind);
            layers.extend([LayerSpec::MAX_POOL, LayerSpec::dense(64)]);
            NetworkSpec::new(layers)
        })
        .collect();
    for last in [LayerSpec::GlobalAveragePool, LayerSpec::GlobalMaxPool] {
        let layers = vec![
            LayerSpec::conv(32, 3, Padding::Same),
            conv(32, 3, 1, 1, 1),
            last,
        ];
        networks.push(NetworkSpec::new(layers));
    }
    networks
}
