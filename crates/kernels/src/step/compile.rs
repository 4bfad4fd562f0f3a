//! From operations to nodes.
//!
//! Each operation adds its nodes to the list and says in which buffers its input and output are. That is all they know of each other: one
//! with several inputs, or whose statistics are over the whole batch, is one more kind of node here and none in the schedule.
#![allow(unsafe_code)] // Reads what the step has left, once all threads are done.

use super::super::activation::{Activation, Bend, STRAIGHT};
use super::super::forward::Method;
use super::super::join::Part;
use super::super::matmul::Panels;
use super::super::tensor::product;
use super::backward::Backward;
use super::ends::{Gather, Loss};
use super::forward::{ForwardNode, Layer, What};
use super::lay_out::{LayOutNode, Layout};
use super::memory::{Id, Memory};
use super::network::{Network, Trained};
use super::node::{Context, Node};
use super::norm::{CollectNode, MeasureNode, Norm, NormalizeNode};
use super::plan::{Form, Kind, Operation, Operations, Source, plan};
use super::simple::DropoutNode;
use candle_core::Result;

/// What is known of a step besides its nodes.
pub struct Plan {
    /// Most pictures of a batch.
    pub images: usize,
    /// Numbers of one picture.
    pub pixels: usize,
    pub classes: usize,
    pub variables: usize,
    losses: Id,
    hits: Id,
}

impl Plan {
    /// What the step came to, added up in the pictures' order.
    pub fn trained(&self, context: &Context<'_>) -> Trained {
        // SAFETY: all tasks are done.
        let (losses, hits) = unsafe {
            (
                context.view.read(self.losses, 0..context.images),
                context.view.read_bytes(self.hits, 0..context.images),
            )
        };
        let loss: f64 = losses.iter().map(|loss| f64::from(*loss)).sum();
        Trained {
            loss: (loss / context.images as f64) as f32,
            hits: hits.iter().map(|hit| usize::from(*hit)).sum(),
        }
    }
}

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

    /// A new buffer of so many numbers a picture.
    pub fn batch(&mut self, length: usize) -> Id {
        self.memory.floats(self.images * length)
    }

    /// The forward form of an operation, a layer for each of its inputs, with nodes that lay out its weights where that is needed. A
    /// batch normalization has its running statistics, and a dropout nothing to do.
    pub fn forward(&mut self, operations: &Operations, operation: &Operation) -> Vec<Layer> {
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
}

/// The nodes of a training step, in an order that works.
pub fn training(
    network: &Network,
    images: usize,
    smoothing: f32,
    lanes: usize,
    memory: &mut Memory,
) -> Result<(Vec<Box<dyn Node>>, Plan)> {
    let operations = plan(network, images, memory)?;
    let variables = operations.all.iter().map(|all| all.variables.len()).sum();
    let pixels = product(&network.input);
    let mut builder = Builder {
        images,
        lanes,
        memory,
        nodes: Vec::new(),
    };
    let pictures = builder.batch(pixels);
    builder.add(Gather {
        length: pixels,
        normalization: network.normalization.clone(),
        x: pictures,
    });
    let mut outputs: Vec<Output> = Vec::new();
    for operation in &operations.all {
        let output = output(&mut builder, &operations, operation, pictures, &outputs);
        outputs.push(output);
    }
    let classes = operations.classes();
    let logits = outputs.last().map_or(pictures, |last| last.y);
    let losses = builder.memory.floats(images);
    let hits = builder.memory.bytes(images);
    let gradient = builder.batch(classes);
    builder.add(Loss {
        classes,
        logits,
        gradient,
        losses,
        hits,
        smoothing,
    });
    Backward::new(&mut builder, &operations, pictures, &outputs).all(gradient);
    let plan = Plan {
        images,
        pixels,
        classes,
        variables,
        losses,
        hits,
    };
    Ok((builder.nodes, plan))
}

/// Where a source is.
pub fn place(source: Source, pictures: Id, outputs: &[Output]) -> Id {
    match source {
        Source::Pictures => pictures,
        Source::Operation(index) => outputs[index].y,
    }
}

/// Adds the forward nodes of an operation.
fn output(
    builder: &mut Builder<'_>,
    operations: &Operations,
    operation: &Operation,
    pictures: Id,
    outputs: &[Output],
) -> Output {
    let length = operation.output_length();
    let x = place(operation.sources[0], pictures, outputs);
    let called = |what: &str| format!("{} {what}", operation.name);
    match operation.kind {
        Kind::Norm {
            epsilon,
            momentum,
            unbiased,
        } => {
            let [height, width, channels] = operation.output;
            let images = builder.images;
            let (parts, sums, statistics, means) = Norm::buffers(images, channels, builder.memory);
            let norm = Norm {
                channels,
                pixels: height * width,
                epsilon,
                momentum,
                unbiased,
                bend: bend(operation.activation),
                x,
                y: builder.batch(length),
                gamma: operation.variables[0],
                beta: operation.variables[1],
                parts,
                sums,
                statistics,
                means,
            };
            builder.add(MeasureNode {
                name: called("measured"),
                norm,
            });
            builder.add(CollectNode {
                name: called("statistics"),
                norm,
            });
            builder.add(NormalizeNode {
                name: called("forward"),
                norm,
            });
            Output {
                y: norm.y,
                codes: None,
                norm: Some(norm),
            }
        }
        Kind::Dropout { rate, layer } => {
            let y = builder.batch(length);
            builder.add(DropoutNode {
                name: called("forward"),
                layer,
                rate,
                length,
                from: x,
                to: y,
            });
            Output {
                y,
                codes: None,
                norm: None,
            }
        }
        kind => {
            let layers = builder.forward(operations, operation);
            let inputs = operation.sources.iter().zip(layers);
            let inputs = inputs.map(|(source, layer)| (place(*source, pictures, outputs), layer));
            let inputs = inputs.collect();
            let y = builder.batch(length);
            let codes = match kind {
                Kind::Convolution {
                    form: Form::Fused(geometry),
                    ..
                } if geometry.pool => Some(builder.memory.bytes(builder.images * length)),
                _ => None,
            };
            builder.add(ForwardNode {
                name: called("forward"),
                inputs,
                lanes: builder.lanes,
                y,
                codes,
            });
            Output {
                y,
                codes,
                norm: None,
            }
        }
    }
}
