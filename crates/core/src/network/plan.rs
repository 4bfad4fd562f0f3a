//! What follows from a stack of layers: names, shapes and parameters, up to the layer that makes it impossible.

use super::fault::{SpecError, SpecFault};
use super::spec::{
    LayerSpec, MAX_CLASSES, MAX_FILTERS, MAX_KERNEL, MAX_LAYERS, MAX_PADDING, MAX_PARAMETERS,
    MAX_POOL, MAX_STRIDE, MAX_UNITS, MAX_VALUES, NetworkSpec,
};
use super::{Activation, Padding, Real, Sides};
use crate::dataset::PictureSize;
use convlens_kernels::Window;

/// The shape of one picture's data between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Feature maps.
    Maps {
        /// Number of maps.
        channels: usize,
        /// Rows of one map.
        height: usize,
        /// Columns of one map.
        width: usize,
    },
    /// A vector.
    Vector(usize),
}

impl Shape {
    /// A picture, the input of a network.
    #[must_use]
    pub fn picture(size: PictureSize) -> Self {
        Self::Maps {
            channels: size.channels,
            height: size.height,
            width: size.width,
        }
    }

    /// Number of values.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::Maps {
                channels,
                height,
                width,
            } => channels * height * width,
            Self::Vector(len) => len,
        }
    }

    /// Channels, height and width; of a vector its length, 1 and 1.
    #[must_use]
    pub fn extent(self) -> (usize, usize, usize) {
        match self {
            Self::Maps {
                channels,
                height,
                width,
            } => (channels, height, width),
            Self::Vector(units) => (units, 1, 1),
        }
    }

    /// Number of channels, or of units.
    #[must_use]
    pub fn channels(self) -> usize {
        let (channels, ..) = self.extent();
        channels
    }

    /// Whether there is no value at all; never so in a valid network.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// What a layer of a valid stack computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// Convolution and activation.
    Conv {
        /// What each value is computed from.
        window: Window,
        /// Into how many parts channels and filters fall, that do not see each other.
        groups: usize,
        /// Whether a number is added to each map.
        bias: bool,
        /// What comes behind.
        activation: Activation,
    },
    /// The largest or the mean of each window.
    Pool {
        /// Which of the two.
        kind: PoolKind,
        /// What each value is computed from.
        window: Window,
    },
    /// The largest or the mean of each map.
    GlobalPool {
        /// Which of the two.
        kind: PoolKind,
    },
    /// Batch normalization.
    BatchNorm {
        /// Added to the variance.
        epsilon: Real,
        /// Share of the running values that is kept in a step.
        momentum: Real,
        /// Whether the running variance is that of a sample.
        unbiased: bool,
    },
    /// Dropout: nothing but in training.
    Dropout {
        /// Share that becomes zero.
        rate: Real,
    },
    /// An activation that stands alone.
    Activation(Activation),
    /// Fully connected, and activation.
    Dense {
        /// Whether a number is added to each unit.
        bias: bool,
        /// What comes behind.
        activation: Activation,
    },
    /// Fully connected; its outputs are the logits, their softmax the class probabilities.
    Output,
}

/// What a pooling makes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolKind {
    /// The largest.
    Max,
    /// The mean.
    Average {
        /// Whether the zeros of the padding count.
        counts_padding: bool,
    },
}

impl LayerKind {
    /// The commonest pooling: the largest of 2×2 with stride 2.
    pub const MAX_POOL: Self = Self::Pool {
        kind: PoolKind::Max,
        window: Window::tiles([2, 2]),
    };

    /// Whether it is a convolution.
    #[must_use]
    pub fn is_conv(self) -> bool {
        matches!(self, Self::Conv { .. })
    }

    /// Whether it is fully connected.
    #[must_use]
    pub fn is_dense(self) -> bool {
        matches!(self, Self::Dense { .. } | Self::Output)
    }

    /// What a layer with weights does to its sums; `None` for others and for the output layer.
    #[must_use]
    pub fn activation(self) -> Option<Activation> {
        match self {
            Self::Conv { activation, .. }
            | Self::Dense { activation, .. }
            | Self::Activation(activation) => Some(activation),
            Self::Pool { .. }
            | Self::GlobalPool { .. }
            | Self::BatchNorm { .. }
            | Self::Dropout { .. }
            | Self::Output => None,
        }
    }

    /// Whether it sees each channel by itself, so that a channel of its output depends on the same channel of its input alone.
    #[must_use]
    pub fn is_by_channel(self) -> bool {
        match self {
            Self::Conv { groups, .. } => groups > 1,
            Self::Pool { .. }
            | Self::GlobalPool { .. }
            | Self::BatchNorm { .. }
            | Self::Dropout { .. }
            | Self::Activation(_) => true,
            Self::Dense { .. } | Self::Output => false,
        }
    }
}

/// A layer with all that follows from its place in the stack.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    /// Its name in files and on screen: `conv1`, `pool1`, `norm1`, `dropout1`, `act1`, `dense1`, …, counted from 1 for each
    /// kind. The output layer is the last `dense`.
    pub name: String,
    /// What it computes.
    pub kind: LayerKind,
    /// Shape of its input.
    pub input: Shape,
    /// Shape of its output.
    pub output: Shape,
    /// Number of values that are kept with the network.
    pub parameters: usize,
    /// How many of these no optimizer changes: the running values of a batch normalization.
    pub frozen: usize,
}

impl Layer {
    /// Whether the layer's output are feature maps, to be shown as pictures.
    #[must_use]
    pub fn has_maps(&self) -> bool {
        matches!(self.output, Shape::Maps { .. })
    }

    /// Products of a value and a weight that one picture takes, as the definition has them; other arithmetic is not counted.
    #[must_use]
    pub fn multiply_adds(&self) -> usize {
        match self.kind {
            LayerKind::Conv { window, groups, .. } => {
                let depth = self.input.channels() / groups;
                self.output.len() * window.size[0] * window.size[1] * depth
            }
            LayerKind::Dense { .. } | LayerKind::Output => self.input.len() * self.output.len(),
            LayerKind::Pool { .. }
            | LayerKind::GlobalPool { .. }
            | LayerKind::BatchNorm { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Activation(_) => 0,
        }
    }

    /// `(channels, height, width)` of the output where it is feature maps.
    #[must_use]
    pub fn map_shape(&self) -> Option<(usize, usize, usize)> {
        match self.output {
            Shape::Maps {
                channels,
                height,
                width,
            } => Some((channels, height, width)),
            Shape::Vector(_) => None,
        }
    }
}

/// A window as large as the maps.
pub(super) fn whole(maps: Shape) -> Window {
    let (_, height, width) = maps.extent();
    Window::tiles([height, width])
}

/// A stack with everything that follows from it: the layers up to the first impossible one, and
/// that one's fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Every layer that stands, the output layer last if all do.
    pub layers: Vec<Layer>,
    /// The first thing that is wrong.
    pub error: Option<SpecError>,
}

impl NetworkSpec {
    /// The name of every layer listed, those included that an impossible one keeps from having
    /// a shape.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = Names::default();
        self.layers.iter().map(|layer| names.next(layer)).collect()
    }

    /// Every layer with its name, shapes and parameters, the output layer last.
    ///
    /// # Errors
    /// The first layer that makes the stack impossible, and why.
    pub fn plan(&self) -> Result<Vec<Layer>, SpecError> {
        let Outline { layers, error } = self.outline();
        error.map_or(Ok(layers), Err)
    }

    /// Like [`plan`](Self::plan), but keeps the layers below the one that breaks the stack, for
    /// an editor that shows both.
    #[must_use]
    pub fn outline(&self) -> Outline {
        let mut names = Names::default();
        let mut layers: Vec<Layer> = Vec::with_capacity(self.layers.len() + 1);
        let mut input = Shape::picture(self.input);
        let (mut total, mut values) = (0, 0);
        let output = LayerSpec::Dense {
            units: self.classes,
            bias: true,
            activation: Activation::None,
        };
        for (index, spec) in self.layers.iter().chain([&output]).enumerate() {
            let is_output = index == self.layers.len();
            let name = names.next(spec);
            let inferred = if !self.input.is_allowed() {
                Err(SpecFault::Input(self.input))
            } else if !(self.normalization.iter()).all(|n| n.fits(self.input.channels)) {
                Err(SpecFault::Normalization)
            } else if index > MAX_LAYERS {
                Err(SpecFault::TooManyLayers(self.layers.len()))
            } else if is_output && !(2..=MAX_CLASSES).contains(&self.classes) {
                Err(SpecFault::Classes(self.classes))
            } else {
                infer(*spec, input)
            };
            let inferred = inferred.and_then(|inferred| {
                total += inferred.parameters;
                values += inferred.output.len();
                if total > MAX_PARAMETERS {
                    return Err(SpecFault::TooManyParameters(total));
                }
                if values > MAX_VALUES {
                    return Err(SpecFault::TooManyValues(values));
                }
                Ok(inferred)
            });
            match inferred {
                Ok(Inferred {
                    kind,
                    output,
                    parameters,
                    frozen,
                }) => {
                    layers.push(Layer {
                        name,
                        kind: if is_output { LayerKind::Output } else { kind },
                        input,
                        output,
                        parameters,
                        frozen,
                    });
                    input = output;
                }
                Err(fault) => {
                    return Outline {
                        layers,
                        error: Some(SpecError {
                            layer: index,
                            name,
                            fault,
                        }),
                    };
                }
            }
        }
        Outline {
            layers,
            error: None,
        }
    }
}

/// Number of values of a planned stack, as Keras's `model.summary()` counts them; those of [`frozen_count`] among them.
#[must_use]
pub fn parameter_count(layers: &[Layer]) -> usize {
    layers.iter().map(|layer| layer.parameters).sum()
}

/// How many of these are not trained.
#[must_use]
pub fn frozen_count(layers: &[Layer]) -> usize {
    layers.iter().map(|layer| layer.frozen).sum()
}

/// What follows from one layer and its input.
struct Inferred {
    kind: LayerKind,
    output: Shape,
    parameters: usize,
    frozen: usize,
}

fn infer(spec: LayerSpec, input: Shape) -> Result<Inferred, SpecFault> {
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
    }
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

/// Counts the layers of each kind.
#[derive(Default)]
struct Names {
    conv: usize,
    pool: usize,
    norm: usize,
    dropout: usize,
    activation: usize,
    dense: usize,
}

impl Names {
    fn next(&mut self, spec: &LayerSpec) -> String {
        let (stem, count) = match spec {
            LayerSpec::Conv { .. } => ("conv", &mut self.conv),
            LayerSpec::MaxPool { .. }
            | LayerSpec::AveragePool { .. }
            | LayerSpec::GlobalAveragePool
            | LayerSpec::GlobalMaxPool => ("pool", &mut self.pool),
            LayerSpec::BatchNorm { .. } => ("norm", &mut self.norm),
            LayerSpec::Dropout { .. } => ("dropout", &mut self.dropout),
            LayerSpec::Activation { .. } => ("act", &mut self.activation),
            LayerSpec::Dense { .. } => ("dense", &mut self.dense),
        };
        *count += 1;
        format!("{stem}{count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Preset;

    /// Figures printed by Keras's `model.summary()`.
    #[test]
    fn presets_count_like_keras() {
        let count = |preset: Preset| parameter_count(&preset.spec().plan().unwrap());
        assert_eq!(count(Preset::Dense), 101_770);
        assert_eq!(count(Preset::Conv64), 243_786);
        assert_eq!(count(Preset::OneConv), 1_386_506);
        assert_eq!(count(Preset::ThreeConv), 84_106);
    }

    #[test]
    fn notebook_network_has_the_notebooks_shapes() {
        let layers = Preset::Conv64.spec().plan().unwrap();
        let seen: Vec<_> = layers
            .iter()
            .map(|l| (l.name.as_str(), l.output.len(), l.parameters))
            .collect();
        assert_eq!(
            seen,
            [
                ("conv1", 64 * 26 * 26, 640),
                ("pool1", 64 * 13 * 13, 0),
                ("conv2", 64 * 11 * 11, 36_928),
                ("pool2", 1600, 0),
                ("dense1", 128, 204_928),
                ("dense2", 10, 1_290),
            ]
        );
    }

    #[test]
    fn faults_name_the_layer_and_keep_what_stands() {
        let conv = |kernel| LayerSpec::conv(4, kernel, Padding::Valid);
        let fault = |layers: Vec<LayerSpec>| {
            let outline = NetworkSpec::new(layers).outline();
            let error = outline.error.unwrap();
            assert_eq!(outline.layers.len(), error.layer);
            (error.layer, error.name, error.fault)
        };
        let pools = |n| vec![LayerSpec::MAX_POOL; n];
        assert_eq!(
            fault([pools(3), vec![conv(5)]].concat()),
            (
                3,
                "conv1".into(),
                SpecFault::KernelTooLarge {
                    kernel: Sides::square(5),
                    height: 3,
                    width: 3
                }
            )
        );
        assert_eq!(
            fault(pools(5)).2,
            SpecFault::PoolTooLarge {
                size: Sides::square(2),
                height: 1,
                width: 1
            }
        );
        let after = fault(vec![LayerSpec::dense(8), conv(3)]);
        assert_eq!((after.0, after.2), (1, SpecFault::AfterDense));
        assert_eq!(
            fault(vec![conv(12)]).2,
            SpecFault::Kernel(Sides::square(12))
        );
        assert_eq!(fault(vec![LayerSpec::dense(0)]).2, SpecFault::Units(0));
        let wide = LayerSpec::conv(256, 3, Padding::Same);
        let heavy = fault(vec![wide, LayerSpec::dense(4096)]);
        assert!(matches!(heavy.2, SpecFault::TooManyParameters(_)));
        assert!(matches!(
            fault(vec![conv(1); 80]).2,
            SpecFault::TooManyLayers(80)
        ));
    }

    /// Figures printed by Keras's `model.summary()` and PyTorch's shapes.
    #[test]
    fn every_kind_of_layer_has_its_shape_and_its_parameters() {
        let shape = |layers: Vec<LayerSpec>| {
            let planned = NetworkSpec::new(layers.clone()).plan().unwrap();
            let layer = &planned[layers.len() - 1];
            (layer.output.extent(), layer.parameters, layer.frozen)
        };
        let conv = |change: fn(&mut LayerSpec)| {
            let mut layer = LayerSpec::conv(8, 3, Padding::Same);
            change(&mut layer);
            shape(vec![LayerSpec::conv(4, 1, Padding::Valid), layer])
        };
        let plain = conv(|_| {});
        assert_eq!(plain, ((8, 28, 28), 9 * 4 * 8 + 8, 0));
        let strided = conv(|layer| {
            if let LayerSpec::Conv { stride, .. } = layer {
                *stride = Sides::square(2);
            }
        });
        assert_eq!(strided.0, (8, 14, 14));
        let depthwise = conv(|layer| {
            if let LayerSpec::Conv { groups, bias, .. } = layer {
                (*groups, *bias) = (0, false);
            }
        });
        assert_eq!(depthwise, ((8, 28, 28), 9 * 8, 0));
        let oblong = conv(|layer| {
            if let LayerSpec::Conv {
                kernel,
                padding,
                dilation,
                ..
            } = layer
            {
                *kernel = Sides {
                    height: 1,
                    width: 5,
                };
                *dilation = Sides::square(2);
                *padding = Padding::Pixels(1);
            }
        });
        assert_eq!(oblong.0, (8, 30, 22));
        assert_eq!(shape(vec![LayerSpec::AVERAGE_POOL]), ((1, 14, 14), 0, 0));
        let overlapping = LayerSpec::MaxPool {
            size: Sides::square(3),
            stride: Some(Sides::square(2)),
            padding: Padding::Pixels(1),
        };
        assert_eq!(shape(vec![overlapping]).0, (1, 14, 14));
        let same = LayerSpec::MaxPool {
            size: Sides::square(3),
            stride: None,
            padding: Padding::Same,
        };
        assert_eq!(shape(vec![same]).0, (1, 10, 10));
        let first = LayerSpec::conv(6, 3, Padding::Valid);
        assert_eq!(
            shape(vec![first, LayerSpec::GlobalAveragePool]),
            ((6, 1, 1), 0, 0)
        );
        assert_eq!(
            shape(vec![first, LayerSpec::BATCH_NORM]),
            ((6, 26, 26), 24, 12)
        );
        assert_eq!(shape(vec![first, LayerSpec::DROPOUT]), ((6, 26, 26), 0, 0));
        let lone = LayerSpec::Activation {
            function: Activation::Tanh,
        };
        assert_eq!(
            shape(vec![LayerSpec::dense(9), LayerSpec::BATCH_NORM, lone]),
            ((9, 1, 1), 0, 0)
        );
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        let fault = |layer| NetworkSpec::new(vec![layer]).plan().unwrap_err().fault;
        let rate = Real::new(1.0);
        assert_eq!(fault(LayerSpec::Dropout { rate }), SpecFault::Rate(rate));
        let mut grouped = LayerSpec::conv(8, 3, Padding::Valid);
        if let LayerSpec::Conv { groups, .. } = &mut grouped {
            *groups = 2;
        }
        assert!(matches!(
            fault(grouped),
            SpecFault::Groups {
                groups: 2,
                channels: 1,
                filters: 8
            }
        ));
        let padded = LayerSpec::MaxPool {
            size: Sides::square(2),
            stride: None,
            padding: Padding::Pixels(2),
        };
        assert!(matches!(
            fault(padded),
            SpecFault::PoolPadding { padding: 2, .. }
        ));
    }

    #[test]
    fn files_from_before_there_were_other_layers_say_the_same() {
        let old = r#"{"layers":[{"type":"conv","filters":4,"kernel":5,"padding":"same"},{"type":"max_pool"},{"type":"dense","units":16}],"classes":10}"#;
        let spec: NetworkSpec = serde_json::from_str(old).unwrap();
        let expected = vec![
            LayerSpec::conv(4, 5, Padding::Same),
            LayerSpec::MAX_POOL,
            LayerSpec::dense(16),
        ];
        assert_eq!(spec, NetworkSpec::new(expected));
        assert_eq!(serde_json::to_string(&spec).unwrap(), old);
        let new = r#"{"layers":[{"type":"conv","filters":4,"kernel":[1,5],"stride":2,"padding":1,"bias":false,"activation":"none"},{"type":"batch_norm"},{"type":"activation","function":{"leaky_relu":0.3}},{"type":"global_average_pool"},{"type":"dropout","rate":0.25}],"classes":3,"input":{"height":32,"width":32,"channels":3}}"#;
        let spec: NetworkSpec = serde_json::from_str(new).unwrap();
        assert_eq!(serde_json::to_string(&spec).unwrap(), new);
        assert_eq!(spec.label(), "4k1x5s2pad1nobiasnone-bn-leaky0.3-gap-do0.25");
        assert!(spec.plan().is_ok());
    }
}
