//! Adds the nodes that go back, operation by operation, last to first.
//!
//! Where several operations read one output, its gradient is the sum of what they pass on, in the order in which they are met. A
//! gradient that several own is changed by none of them.

mod fused;
mod general;

use self::fused::Fused;
use self::general::General;
use super::super::activation::Activation;
use super::super::grey;
use super::bias::UpdateBias;
use super::builder::{Builder, Output, parts, place};
use super::convolution::Convolution;
use super::dense::{self, Dense};
use super::memory::Id;
use super::norm::{self, MeansNode, RunningNode, SumsNode};
use super::plan::{Form, Kind, Operation, Operations, Source};
use super::pools::PoolGradient;
use super::simple::{ActivationGradient, DropoutNode, TakeNode};
use super::sum::SumNode;

/// The gradient of an output.
#[derive(Clone, Copy)]
struct Gradient {
    id: Id,
    /// Whether others read it too.
    is_shared: bool,
    /// Whether it went through the output's activation already.
    is_through: bool,
}

/// The way back.
pub struct Backward<'a, 'b> {
    builder: &'a mut Builder<'b>,
    operations: &'a Operations,
    pictures: Id,
    outputs: &'a [Output],
    /// What the readers of each have passed on.
    gradients: Vec<Vec<Gradient>>,
    /// Whether there is something to train at or before each.
    is_wanted: Vec<bool>,
}

impl<'a, 'b> Backward<'a, 'b> {
    pub fn new(
        builder: &'a mut Builder<'b>,
        operations: &'a Operations,
        pictures: Id,
        outputs: &'a [Output],
    ) -> Self {
        let mut is_wanted: Vec<bool> = Vec::new();
        for operation in &operations.all {
            let before = operation.sources.iter().any(|source| match source {
                Source::Pictures => false,
                Source::Operation(index) => is_wanted[*index],
            });
            is_wanted.push(before || operation.is_trained());
        }
        Self {
            builder,
            operations,
            pictures,
            outputs,
            gradients: vec![Vec::new(); operations.all.len()],
            is_wanted,
        }
    }

    /// All of it, from the gradient of the last output.
    pub fn all(mut self, gradient: Id) {
        let operations = self.operations;
        let Some(last) = self.gradients.last_mut() else {
            return;
        };
        last.push(Gradient {
            id: gradient,
            is_shared: false,
            is_through: false,
        });
        for (index, operation) in operations.all.iter().enumerate().rev() {
            if !self.is_wanted[index] {
                continue;
            }
            if let Some(dy) = self.collected(index, operation) {
                self.one(index, operation, dy);
            }
        }
    }

    /// The sum of what the readers have passed on.
    fn collected(&mut self, index: usize, operation: &Operation) -> Option<Gradient> {
        let gradients = std::mem::take(&mut self.gradients[index]);
        let (first, others) = gradients.split_first()?;
        if others.is_empty() {
            return Some(*first);
        }
        let length = operation.output_length();
        let mut sum = *first;
        if first.is_shared {
            sum.id = self.builder.batch(length);
            sum.is_shared = false;
        }
        self.builder.add(SumNode {
            name: format!("{} gradients added", operation.name),
            summands: gradients
                .iter()
                .map(|gradient| (gradient.id, None))
                .collect(),
            length,
            channels: operation.output[2],
            activation: Activation::None,
            y: sum.id,
        });
        Some(sum)
    }

    /// The operation whose output is a source, if that wants a gradient.
    fn wants(&self, source: Source) -> Option<usize> {
        match source {
            Source::Operation(index) if self.is_wanted[index] => Some(index),
            _ => None,
        }
    }

    fn pass(&mut self, to: usize, id: Id, is_shared: bool) {
        self.gradients[to].push(Gradient {
            id,
            is_shared,
            is_through: false,
        });
    }

    /// The gradient of what the activation of an operation was applied to.
    fn through(&mut self, index: usize, operation: &Operation, dy: Gradient) -> Id {
        if operation.activation == Activation::None || dy.is_through {
            return dy.id;
        }
        self.activation(
            index,
            operation,
            operation.activation,
            self.outputs[index].y,
            dy,
        )
    }

    fn activation(
        &mut self,
        _: usize,
        operation: &Operation,
        activation: Activation,
        at: Id,
        dy: Gradient,
    ) -> Id {
        let length = operation.output_length();
        let dz = if dy.is_shared {
            self.builder.batch(length)
        } else {
            dy.id
        };
        self.builder.add(ActivationGradient {
            name: format!("{} activation gradient", operation.name),
            activation,
            length,
            at,
            dy: dy.id,
            dz,
        });
        dz
    }

    fn one(&mut self, index: usize, operation: &Operation, dy: Gradient) {
        let source = operation.sources[0];
        let (pictures, outputs) = (self.pictures, self.outputs);
        let x = || place(source, pictures, outputs);
        let Output { y, codes, norm, .. } = self.outputs[index];
        let to = self.wants(source);
        let called = |what: &str| format!("{} {what}", operation.name);
        let length = operation.output_length();
        let inputs = self.operations.length(source);
        match operation.kind {
            Kind::Convolution {
                form: Form::Fused(geometry),
                ..
            } if geometry.pool || to.is_none() && grey::suits(geometry.channels) => {
                let fused = Fused {
                    name: &operation.name,
                    convolution: Convolution {
                        geometry,
                        lanes: self.builder.lanes,
                        x: x(),
                        y,
                        dy: dy.id,
                        codes,
                        weights: operation.variables[0],
                    },
                    bias: operation.variables.get(1).copied(),
                };
                let dx = fused.all(self.builder, to.is_some());
                if let (Some(to), Some(dx)) = (to, dx) {
                    self.pass(to, dx, false);
                }
            }
            Kind::Convolution { sizes, form, .. } => {
                let dz = self.through(index, operation, dy);
                // Of a map that is not pooled there are too few zeros to leave out.
                let form = match form {
                    Form::Fused(geometry) => Form::Plain(geometry),
                    form => form,
                };
                let general = General {
                    name: &operation.name,
                    sizes,
                    form,
                    x: x(),
                    dz,
                    weights: operation.variables[0],
                    bias: operation.variables.get(1).copied(),
                };
                let dx = general.all(self.builder, to.is_some());
                if let (Some(to), Some(dx)) = (to, dx) {
                    self.pass(to, dx, false);
                }
            }
            Kind::Pool(slide, kind) => {
                let Some(to) = to else { return };
                let dx = self.builder.batch(inputs);
                self.builder.add(PoolGradient {
                    name: called("input gradient"),
                    slide,
                    kind,
                    x: x(),
                    y,
                    dy: dy.id,
                    dx,
                });
                self.pass(to, dx, false);
            }
            Kind::Norm { .. } => {
                let Some(norm) = norm else { return };
                self.builder.add(SumsNode {
                    name: called("gradient sums"),
                    norm,
                    dy: dy.id,
                });
                if let Some(to) = to {
                    self.builder.add(MeansNode {
                        name: called("gradient means"),
                        norm,
                    });
                    let dx = if dy.is_shared {
                        self.builder.batch(inputs)
                    } else {
                        dy.id
                    };
                    self.builder.add(norm::InputGradientNode {
                        name: called("input gradient"),
                        norm,
                        dy: dy.id,
                        dx,
                    });
                    self.pass(to, dx, false);
                }
                let variables = &operation.variables;
                self.builder.add(RunningNode {
                    name: called("running statistics"),
                    norm,
                    dy: dy.id,
                    mean: variables[2],
                    variance: variables[3],
                });
                let [beta, gamma] = norm.sums;
                for (what, bias, gradients) in
                    [("beta", variables[1], beta), ("gamma", variables[0], gamma)]
                {
                    self.builder.add(UpdateBias {
                        name: called(what),
                        bias,
                        outputs: norm.channels,
                        gradients,
                        rows: Some(norm.parts),
                    });
                }
            }
            Kind::Dropout { rate, layer } => {
                let Some(to) = to else { return };
                let dx = self.builder.batch(length);
                self.builder.add(DropoutNode {
                    name: called("input gradient"),
                    layer,
                    rate,
                    length,
                    from: dy.id,
                    to: dx,
                });
                self.pass(to, dx, false);
            }
            Kind::Activation(activation) => {
                let Some(to) = to else { return };
                let at = if activation.is_known_by_output() {
                    y
                } else {
                    x()
                };
                let dx = self.activation(index, operation, activation, at, dy);
                self.pass(to, dx, false);
            }
            Kind::Dense {
                inputs, outputs, ..
            } => {
                let dz = self.through(index, operation, dy);
                self.dense(operation, to, (x(), dz), (inputs, outputs));
            }
            Kind::Add => {
                let dz = self.through(index, operation, dy);
                let sources = operation.sources.iter();
                let to: Vec<_> = sources.filter_map(|source| self.wants(*source)).collect();
                let is_shared = to.len() > 1 || dy.is_shared && dz == dy.id;
                for to in to {
                    self.pass(to, dz, is_shared);
                }
            }
            Kind::Concatenate => {
                let dz = self.through(index, operation, dy);
                let [height, width, _] = operation.output;
                let parts = parts(self.operations, operation);
                for (part, source) in parts.into_iter().zip(&operation.sources) {
                    if let Some(to) = self.wants(*source) {
                        let dx = self.builder.batch(self.operations.length(*source));
                        self.builder.add(TakeNode {
                            name: called("input gradient"),
                            part,
                            pixels: height * width,
                            dy: dz,
                            dx,
                        });
                        self.pass(to, dx, false);
                    }
                }
            }
        }
    }

    fn dense(
        &mut self,
        operation: &Operation,
        to: Option<usize>,
        (x, dz): (Id, Id),
        (inputs, outputs): (usize, usize),
    ) {
        let called = |what: &str| format!("{} {what}", operation.name);
        let dense = Dense {
            inputs,
            outputs,
            x,
            dz,
            weights: operation.variables[0],
        };
        if let Some(to) = to {
            let dx = self.builder.batch(inputs);
            let below = &self.operations.all[to];
            // The gradient of its sums, without a node of its own.
            let behind_relu = matches!(below.kind, Kind::Dense { .. })
                && below.activation == Activation::Relu
                && below.readers == 1;
            self.builder.add(dense::InputGradientNode {
                name: called("input gradient"),
                dense,
                behind_relu,
                dx,
            });
            self.gradients[to].push(Gradient {
                id: dx,
                is_shared: false,
                is_through: behind_relu,
            });
        }
        self.builder.add(dense::UpdateWeights {
            name: called("weights"),
            dense,
        });
        if let Some(bias) = operation.variables.get(1) {
            self.builder.add(UpdateBias {
                name: called("bias"),
                bias: *bias,
                outputs,
                gradients: dz,
                rows: None,
            });
        }
    }
}
