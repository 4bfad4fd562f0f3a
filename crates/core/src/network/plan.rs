//! What follows from a stack of layers: names, shapes and parameters, up to the layer that makes it impossible.

use super::fault::{SpecError, SpecFault};
use super::spec::{
    KERNELS, LayerSpec, MAX_CLASSES, MAX_FILTERS, MAX_LAYERS, MAX_PARAMETERS, MAX_UNITS,
    NetworkSpec,
};
use crate::dataset::IMAGE_SIDE;
use convlens_kernels::Padding;

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
    /// The input of every network: one grey 28×28 picture.
    pub const PICTURE: Self = Self::Maps {
        channels: 1,
        height: IMAGE_SIDE,
        width: IMAGE_SIDE,
    };

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

    /// Whether there is no value at all; never so in a valid network.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// What a layer of a valid stack computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// Convolution and ReLU.
    Conv {
        /// Side of the kernel.
        kernel: usize,
        /// Border handling.
        padding: Padding,
    },
    /// 2×2 max-pooling.
    MaxPool,
    /// Fully connected and ReLU.
    Dense,
    /// Fully connected; its outputs are the logits, their softmax the class probabilities.
    Output,
}

/// A layer with all that follows from its place in the stack.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    /// Its name in files and on screen: `conv1`, `pool1`, `dense1`, …, counted from 1 for each
    /// kind. The output layer is the last `dense`.
    pub name: String,
    /// What it computes.
    pub kind: LayerKind,
    /// Shape of its input.
    pub input: Shape,
    /// Shape of its output.
    pub output: Shape,
    /// Number of trained values.
    pub parameters: usize,
}

impl Layer {
    /// Whether the layer's output are feature maps, to be shown as pictures.
    #[must_use]
    pub fn has_maps(&self) -> bool {
        matches!(self.output, Shape::Maps { .. })
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
        let mut input = Shape::PICTURE;
        let mut total = 0;
        let output = LayerSpec::Dense {
            units: self.classes,
        };
        for (index, spec) in self.layers.iter().chain([&output]).enumerate() {
            let is_output = index == self.layers.len();
            let name = names.next(spec);
            let inferred = if index > MAX_LAYERS {
                Err(SpecFault::TooManyLayers(self.layers.len()))
            } else if is_output && !(2..=MAX_CLASSES).contains(&self.classes) {
                Err(SpecFault::Classes(self.classes))
            } else {
                infer(*spec, input)
            };
            let inferred = inferred.and_then(|(output, parameters)| {
                total += parameters;
                if total > MAX_PARAMETERS {
                    return Err(SpecFault::TooManyParameters(total));
                }
                Ok((output, parameters))
            });
            match inferred {
                Ok((output, parameters)) => {
                    layers.push(Layer {
                        name,
                        kind: kind(*spec, is_output),
                        input,
                        output,
                        parameters,
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

/// Number of trained values of a planned stack, as Keras's `model.summary()` counts them.
#[must_use]
pub fn parameter_count(layers: &[Layer]) -> usize {
    layers.iter().map(|layer| layer.parameters).sum()
}

/// Output shape and parameter count of one layer.
fn infer(spec: LayerSpec, input: Shape) -> Result<(Shape, usize), SpecFault> {
    match (spec, input) {
        (
            LayerSpec::Conv {
                filters,
                kernel,
                padding,
            },
            Shape::Maps {
                channels,
                height,
                width,
            },
        ) => {
            if !(1..=MAX_FILTERS).contains(&filters) {
                return Err(SpecFault::Filters(filters));
            }
            if !KERNELS.contains(&kernel) {
                return Err(SpecFault::Kernel(kernel));
            }
            let lost = match padding {
                Padding::Valid => kernel - 1,
                Padding::Same => 0,
            };
            if lost >= height || lost >= width {
                return Err(SpecFault::KernelTooLarge {
                    kernel,
                    height,
                    width,
                });
            }
            let output = Shape::Maps {
                channels: filters,
                height: height - lost,
                width: width - lost,
            };
            Ok((output, (kernel * kernel * channels + 1) * filters))
        }
        (
            LayerSpec::MaxPool,
            Shape::Maps {
                channels,
                height,
                width,
            },
        ) => {
            if height < 2 || width < 2 {
                return Err(SpecFault::PoolTooLarge { height, width });
            }
            let output = Shape::Maps {
                channels,
                height: height / 2,
                width: width / 2,
            };
            Ok((output, 0))
        }
        (LayerSpec::Conv { .. } | LayerSpec::MaxPool, Shape::Vector(_)) => {
            Err(SpecFault::AfterDense)
        }
        (LayerSpec::Dense { units }, input) => {
            if !(1..=MAX_UNITS).contains(&units) {
                return Err(SpecFault::Units(units));
            }
            Ok((Shape::Vector(units), (input.len() + 1) * units))
        }
    }
}

fn kind(spec: LayerSpec, is_output: bool) -> LayerKind {
    match spec {
        LayerSpec::Conv {
            kernel, padding, ..
        } => LayerKind::Conv { kernel, padding },
        LayerSpec::MaxPool => LayerKind::MaxPool,
        LayerSpec::Dense { .. } if is_output => LayerKind::Output,
        LayerSpec::Dense { .. } => LayerKind::Dense,
    }
}

/// Counts the layers of each kind.
#[derive(Default)]
struct Names {
    conv: usize,
    pool: usize,
    dense: usize,
}

impl Names {
    fn next(&mut self, spec: &LayerSpec) -> String {
        let (stem, count) = match spec {
            LayerSpec::Conv { .. } => ("conv", &mut self.conv),
            LayerSpec::MaxPool => ("pool", &mut self.pool),
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
        let conv = |kernel| LayerSpec::Conv {
            filters: 4,
            kernel,
            padding: Padding::Valid,
        };
        let fault = |layers: Vec<LayerSpec>| {
            let outline = NetworkSpec::new(layers).outline();
            let error = outline.error.unwrap();
            assert_eq!(outline.layers.len(), error.layer);
            (error.layer, error.name, error.fault)
        };
        let pools = |n| vec![LayerSpec::MaxPool; n];
        assert_eq!(
            fault([pools(3), vec![conv(5)]].concat()),
            (
                3,
                "conv1".into(),
                SpecFault::KernelTooLarge {
                    kernel: 5,
                    height: 3,
                    width: 3
                }
            )
        );
        assert_eq!(
            fault(pools(5)).2,
            SpecFault::PoolTooLarge {
                height: 1,
                width: 1
            }
        );
        let after = fault(vec![LayerSpec::Dense { units: 8 }, conv(3)]);
        assert_eq!((after.0, after.2), (1, SpecFault::AfterDense));
        assert_eq!(fault(vec![conv(4)]).2, SpecFault::Kernel(4));
        assert_eq!(
            fault(vec![LayerSpec::Dense { units: 0 }]).2,
            SpecFault::Units(0)
        );
        let wide = LayerSpec::Conv {
            filters: 256,
            kernel: 3,
            padding: Padding::Same,
        };
        let heavy = fault(vec![wide, LayerSpec::Dense { units: 4096 }]);
        assert!(matches!(heavy.2, SpecFault::TooManyParameters(_)));
        assert!(matches!(
            fault(vec![conv(1); 40]).2,
            SpecFault::TooManyLayers(40)
        ));
    }
}
