//! What nodes are made with: buffers, weights laid out, and the forward form of an operation.

use super::super::activation::{Activation, Bend, STRAIGHT};
use super::super::join::Part;
use super::super::matmul::Panels;
use super::super::pass::Method;
use super::forward::{Layer, What};
use super::lay_out::{LayOutNode, Layout};
use super::memory::{Id, Memory};
use super::node::Node;
use super::norm::Norm;
use super::plan::{Form, Kind, Operation, Operations, Source};

/// What nodes are made for and into.
pub struct Builder<'a> {
    /// Pictures planned for.
    pub images: usize,
    pub lanes: usize,
    pub memory: &'a mut Memory,
    pub nodes: Vec<Box<dyn Node>>,
}

impl Builder<'_> {
    pub fn add(&mut self, node: impl Node + 'static) {
        self.nodes.push(Box::new(node));
    }

    /// Lays out weights for another node; where they are then.
    pub fn lay_out(&mut self, name: String, layout: Layout, from: Id) -> Id {
        let (node, to) = LayOutNode::new(name, self.lanes, layout, from, self.memory);
        self.add(node);
        to
    }

    /// A new buffer of so many numbers a picture, each written before it is read.
    pub fn batch(&mut self, length: usize) -> Id {
        self.memory.passing(self.images * length)
    }

    /// The forward form of an operation, a layer for each of its inputs, with nodes that lay out its weights where that is needed. A
    /// batch normalization has its running statistics, and a dropout nothing to do.
    pub fn forward(&mut self, operations: &Operations, index: usize) -> Vec<Layer> {
        let operation = &operations.all[index];
        let weights = operation.variables.first().map(|variable| variable.weights);
        let bias = operation.variables.get(1).map(|variable| variable.weights);
        let laid_out = format!("{} weights laid out", operation.name);
        let relu = operation.activation == Activation::Relu;
        let mut finish = operation.activation;
        let what = match (operation.kind, weights) {
            (Kind::Convolution { sizes, form, .. }, Some(weights)) => {
                if relu {
                    finish = Activation::None;
                }
                match form {
                    Form::Fused(geometry) | Form::Plain(geometry) => {
                        let method = Method::new(&geometry);
                        let layout = Layout::Convolution(geometry, method);
                        What::Convolution {
                            geometry,
                            method,
                            relu,
                            weights: self.lay_out(laid_out, layout, weights),
                            bias: self.bias(bias, sizes.filters),
                        }
                    }
                    Form::General => What::General {
                        sizes,
                        relu,
                        weights: self.lay_out(laid_out, Layout::General(sizes), weights),
                        bias,
                    },
                    Form::Depthwise => What::Depthwise {
                        sizes,
                        relu,
                        weights,
                        bias,
                    },
                }
            }
            (Kind::Pool(slide, kind), _) => What::Pool(slide, kind),
            (Kind::Norm { epsilon, .. }, _) => {
                let bend = bend(finish);
                finish = Activation::None;
                let parameter = |index: usize| operation.variables[index].weights;
                What::Norm {
                    parameters: [0, 1, 2, 3].map(parameter),
                    epsilon,
                    bend,
                }
            }
            (Kind::Dropout { .. }, _) => return Vec::new(),
            (Kind::Activation(activation), _) => What::Activation(activation),
            (
                Kind::Dense {
                    inputs, outputs, ..
                },
                Some(mut weights),
            ) => {
                if relu {
                    finish = Activation::None;
                }
                let panels = Panels::new(inputs, outputs, self.lanes);
                if panels.are_packed() {
                    weights = self.lay_out(laid_out, Layout::Dense(panels), weights);
                }
                What::Dense {
                    panels,
                    units: outputs,
                    relu,
                    weights,
                    bias: self.bias(bias, outputs),
                }
            }
            (Kind::Add | Kind::Concatenate, _) => return joined(operations, operation),
            (Kind::Convolution { .. } | Kind::Dense { .. }, None) => {
                unreachable!("these have variables")
            }
        };
        vec![Layer {
            what,
            inputs: operations.length(operation.sources[0]),
            outputs: operation.output_length(),
            zeros_stay: !matches!(operations.only_reader(index), Some(Kind::Norm { .. })),
            finish,
        }]
    }

    /// A bias, or zeros.
    fn bias(&mut self, bias: Option<Id>, length: usize) -> Id {
        bias.unwrap_or_else(|| self.memory.floats(length))
    }
}

/// Of an activation that a batch normalization has taken in.
pub fn bend(activation: Activation) -> Bend {
    activation.bend().unwrap_or(STRAIGHT)
}

/// Which part each input has of an output that is joined.
pub fn parts(operations: &Operations, operation: &Operation) -> Vec<Part> {
    let [_, _, row] = operation.output;
    let mut first = 0;
    let part = |(index, source): (usize, &Source)| {
        if matches!(operation.kind, Kind::Add) {
            return Part::whole(operation.output_length(), index > 0);
        }
        let [_, _, count] = operations.shape(*source);
        first += count;
        Part {
            count,
            first: first - count,
            row,
            adds: false,
        }
    };
    operation.sources.iter().enumerate().map(part).collect()
}

fn joined(operations: &Operations, operation: &Operation) -> Vec<Layer> {
    let last = operation.sources.len() - 1;
    let parts = parts(operations, operation).into_iter().enumerate();
    parts
        .map(|(index, part)| Layer {
            what: What::Join(part),
            inputs: operations.length(operation.sources[index]),
            outputs: operation.output_length(),
            zeros_stay: true,
            finish: if index == last {
                operation.activation
            } else {
                Activation::None
            },
        })
        .collect()
}

/// Where what an operation puts out is.
#[derive(Clone, Copy)]
pub struct Output {
    pub y: Id,
    pub codes: Option<Id>,
    pub norm: Option<Norm>,
    /// Whether `y` is the input of a batch normalization, whose output the sum that alone reads it computes on its way.
    pub is_left: bool,
}

impl Output {
    /// Of what is neither pooled nor normalized.
    pub fn of(y: Id) -> Self {
        Self {
            y,
            codes: None,
            norm: None,
            is_left: false,
        }
    }
}

/// Where a source is.
pub fn place(source: Source, pictures: Id, outputs: &[Output]) -> Id {
    match source {
        Source::Pictures => pictures,
        Source::Operation(index) => {
            let Output { y, is_left, .. } = outputs[index];
            assert!(!is_left, "what is left to a sum is nowhere");
            y
        }
    }
}

/// Where a summand is, and what is to be done to it on the way.
pub fn summand(source: Source, pictures: Id, outputs: &[Output]) -> (Id, Option<Norm>) {
    match source {
        Source::Operation(index) if outputs[index].is_left => {
            (outputs[index].y, outputs[index].norm)
        }
        _ => (place(source, pictures, outputs), None),
    }
}
