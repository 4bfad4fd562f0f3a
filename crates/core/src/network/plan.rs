//! What follows from a stack of layers: names, shapes and parameters, up to the layer that makes it impossible.

use super::Activation;
use super::blocks::Way;
use super::fault::{SpecError, SpecFault};
use super::inferred::{Inferred, infer};
use super::layer::{Layer, LayerKind};
use super::layer_spec::LayerSpec;
use super::names::Names;
use super::shape::Shape;
use super::spec::{MAX_CLASSES, MAX_LAYERS, MAX_PARAMETERS, MAX_VALUES, NetworkSpec};

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
        let mut way = Way::new(Shape::picture(self.input));
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
            } else if is_output && !way.is_whole() {
                Err(SpecFault::OpenBlock)
            } else {
                way.read_by(*spec)
            };
            let inferred = inferred.and_then(|inputs| {
                let inferred = infer(*spec, &inputs)?;
                total += inferred.parameters;
                if inferred.kind != LayerKind::Branch {
                    values += inferred.output.len();
                }
                if total > MAX_PARAMETERS {
                    return Err(SpecFault::TooManyParameters(total));
                }
                if values > MAX_VALUES {
                    return Err(SpecFault::TooManyValues(values));
                }
                Ok((inputs, inferred))
            });
            match inferred {
                Ok((inputs, inferred)) => {
                    let Inferred {
                        kind,
                        output,
                        parameters,
                        frozen,
                    } = inferred;
                    way.pass(index, output);
                    layers.push(Layer {
                        name,
                        kind: if is_output { LayerKind::Output } else { kind },
                        inputs: inputs.iter().map(|flow| flow.from).collect(),
                        input: inputs[0].shape,
                        output,
                        parameters,
                        frozen,
                    });
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
#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Padding, Preset, Real, Sides};

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
            fault(vec![conv(1); 300]).2,
            SpecFault::TooManyLayers(300)
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

    #[test]
    fn no_network_is_called_as_a_preset_that_it_is_not() {
        let alone = NetworkSpec::new(vec![LayerSpec::conv(16, 3, Padding::Valid); 2]);
        assert_eq!(alone.label(), "conv 16-16");
        assert_eq!(Preset::Conv16.spec().label(), "16-16");
    }
}
