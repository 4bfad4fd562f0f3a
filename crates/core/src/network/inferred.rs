//! What follows from one layer and its input: its output's shape and its parameters, or why it is impossible there.

use super::blocks::Flow;
use super::fault::SpecFault;
use super::layer::{Join, LayerKind, PoolKind};
use super::layer_spec::LayerSpec;
use super::shape::Shape;
use super::spec::{MAX_FILTERS, MAX_KERNEL, MAX_PADDING, MAX_POOL, MAX_STRIDE, MAX_UNITS};
use super::{Padding, Sides};

/// What follows from one layer and its input.
pub struct Inferred {
    pub kind: LayerKind,
    pub output: Shape,
    pub parameters: usize,
    pub frozen: usize,
}

/// Of a layer that reads `inputs`: one thing, of a join the end of each branch.
pub fn infer(spec: LayerSpec, inputs: &[Flow]) -> Result<Inferred, SpecFault> {
    let Some(&Flow { shape: input, .. }) = inputs.first() else {
        return Err(SpecFault::OneBranch);
    };
    let plain = |kind, output| {
        Ok(Inferred {
            kind,
            output,
            parameters: 0,
            frozen: 0,
        })
    };
    match (spec, input) {
        (
            LayerSpec::Conv { .. },
            Shape::Maps {
                channels,
                height,
                width,
            },
        ) => convolution(spec, channels, (height, width)),
        (
            LayerSpec::MaxPool {
                size,
                stride,
                padding,
            },
            Shape::Maps { .. },
        ) => pooling(PoolKind::Max, size, stride, padding, input),
        (
            LayerSpec::AveragePool {
                size,
                stride,
                padding,
                counts_padding,
            },
            Shape::Maps { .. },
        ) => pooling(
            PoolKind::Average { counts_padding },
            size,
            stride,
            padding,
            input,
        ),
        (LayerSpec::GlobalAveragePool, Shape::Maps { channels, .. }) => {
            let kind = PoolKind::Average {
                counts_padding: false,
            };
            plain(LayerKind::GlobalPool { kind }, Shape::Vector(channels))
        }
        (LayerSpec::GlobalMaxPool, Shape::Maps { channels, .. }) => {
            let kind = PoolKind::Max;
            plain(LayerKind::GlobalPool { kind }, Shape::Vector(channels))
        }
        (
            LayerSpec::Conv { .. }
            | LayerSpec::MaxPool { .. }
            | LayerSpec::AveragePool { .. }
            | LayerSpec::GlobalAveragePool
            | LayerSpec::GlobalMaxPool,
            Shape::Vector(_),
        ) => Err(SpecFault::AfterDense),
        (
            LayerSpec::BatchNorm {
                epsilon,
                momentum,
                unbiased,
            },
            Shape::Maps { .. } | Shape::Vector(_),
        ) => {
            if !(epsilon.get() > 0.0 && epsilon.get() <= 1.0) {
                return Err(SpecFault::Epsilon(epsilon));
            }
            if !(0.0..1.0).contains(&momentum.get()) {
                return Err(SpecFault::Momentum(momentum));
            }
            let channels = input.channels();
            Ok(Inferred {
                kind: LayerKind::BatchNorm {
                    epsilon,
                    momentum,
                    unbiased,
                },
                output: input,
                parameters: 4 * channels,
                frozen: 2 * channels,
            })
        }
        (LayerSpec::Dropout { rate }, _) => {
            if !(0.0..1.0).contains(&rate.get()) {
                return Err(SpecFault::Rate(rate));
            }
            plain(LayerKind::Dropout { rate }, input)
        }
        (LayerSpec::Activation { function }, _) => plain(LayerKind::Activation(function), input),
        (
            LayerSpec::Dense {
                units,
                bias,
                activation,
            },
            input,
        ) => {
            if !(1..=MAX_UNITS).contains(&units) {
                return Err(SpecFault::Units(units));
            }
            Ok(Inferred {
                kind: LayerKind::Dense { bias, activation },
                output: Shape::Vector(units),
                parameters: (input.len() + usize::from(bias)) * units,
                frozen: 0,
            })
        }
        (LayerSpec::Split | LayerSpec::Branch, _) => plain(LayerKind::Branch, input),
        (LayerSpec::Add, _) => plain(LayerKind::Join(Join::Add), added(inputs)?),
        (LayerSpec::Concatenate, _) => {
            plain(LayerKind::Join(Join::Concatenate), concatenated(inputs)?)
        }
    }
}

/// The shape of a sum, which that of each branch is.
fn added(branches: &[Flow]) -> Result<Shape, SpecFault> {
    let first = branches[0].shape;
    match branches.iter().find(|branch| branch.shape != first) {
        Some(Flow { shape: other, .. }) => Err(SpecFault::Unequal {
            first: first.into(),
            other: (*other).into(),
        }),
        None => Ok(first),
    }
}

/// The shape of maps behind one another, which are of one height and width.
fn concatenated(branches: &[Flow]) -> Result<Shape, SpecFault> {
    let first = branches[0].shape;
    let sides = |shape: Shape| match shape {
        Shape::Maps { height, width, .. } => Some((height, width)),
        Shape::Vector(_) => None,
    };
    let other = branches
        .iter()
        .find(|other| sides(other.shape) != sides(first));
    if let Some(Flow { shape: other, .. }) = other {
        return Err(SpecFault::Apart {
            first: first.into(),
            other: (*other).into(),
        });
    }
    let channels = branches.iter().map(|branch| branch.shape.channels()).sum();
    Ok(match first {
        Shape::Maps { height, width, .. } => Shape::Maps {
            channels,
            height,
            width,
        },
        Shape::Vector(_) => Shape::Vector(channels),
    })
}

fn convolution(
    spec: LayerSpec,
    channels: usize,
    map: (usize, usize),
) -> Result<Inferred, SpecFault> {
    let LayerSpec::Conv {
        filters,
        kernel,
        stride,
        dilation,
        groups,
        padding,
        bias,
        activation,
    } = spec
    else {
        return Err(SpecFault::AfterDense);
    };
    if !(1..=MAX_FILTERS).contains(&filters) {
        return Err(SpecFault::Filters(filters));
    }
    if !kernel.are_within(1..=MAX_KERNEL) {
        return Err(SpecFault::Kernel(kernel));
    }
    check_way(stride, dilation, padding)?;
    let groups = if groups == 0 { channels } else { groups };
    if !channels.is_multiple_of(groups) || !filters.is_multiple_of(groups) {
        return Err(SpecFault::Groups {
            groups,
            channels,
            filters,
        });
    }
    let window = padding.window(kernel, stride, dilation, map);
    let Some([height, width]) = window.output([map.0, map.1]) else {
        return Err(SpecFault::KernelTooLarge {
            kernel,
            height: map.0,
            width: map.1,
        });
    };
    let weights = kernel.height * kernel.width * (channels / groups);
    Ok(Inferred {
        kind: LayerKind::Conv {
            window,
            groups,
            bias,
            activation,
        },
        output: Shape::Maps {
            channels: filters,
            height,
            width,
        },
        parameters: (weights + usize::from(bias)) * filters,
        frozen: 0,
    })
}

fn pooling(
    kind: PoolKind,
    size: Sides,
    stride: Option<Sides>,
    padding: Padding,
    input: Shape,
) -> Result<Inferred, SpecFault> {
    let (channels, height, width) = input.extent();
    let stride = stride.unwrap_or(size);
    if !size.are_within(1..=MAX_POOL) {
        return Err(SpecFault::Pool(size));
    }
    if !stride.are_within(1..=MAX_POOL) {
        return Err(SpecFault::Stride(stride));
    }
    // Each window is to have something of the map in it.
    let too_wide = |pixels: usize| 2 * pixels > size.height.min(size.width);
    if let Padding::Pixels(pixels) = padding
        && too_wide(pixels)
    {
        return Err(SpecFault::PoolPadding {
            padding: pixels,
            size,
        });
    }
    let window = padding.window(size, stride, Sides::square(1), (height, width));
    let Some([rows, columns]) = window.output([height, width]) else {
        return Err(SpecFault::PoolTooLarge {
            size,
            height,
            width,
        });
    };
    Ok(Inferred {
        kind: LayerKind::Pool { kind, window },
        output: Shape::Maps {
            channels,
            height: rows,
            width: columns,
        },
        parameters: 0,
        frozen: 0,
    })
}

fn check_way(stride: Sides, dilation: Sides, padding: Padding) -> Result<(), SpecFault> {
    if !stride.are_within(1..=MAX_STRIDE) {
        return Err(SpecFault::Stride(stride));
    }
    if !dilation.are_within(1..=MAX_STRIDE) {
        return Err(SpecFault::Dilation(dilation));
    }
    match padding {
        Padding::Pixels(pixels) if pixels > MAX_PADDING => Err(SpecFault::Padding(pixels)),
        _ => Ok(()),
    }
}
