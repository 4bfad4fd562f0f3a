//! From operations to nodes.
//!
//! Each operation adds its nodes to the list and says in which buffers its input and output are. That is all they know of each other: one
//! with several inputs, or whose statistics are over the whole batch, is one more kind of node here and none in the schedule.
#![allow(unsafe_code)] // Reads what the step has left, once all threads are done.

use super::super::tensor::product;
use super::backward::Backward;
use super::builder::{Builder, Output, bend, place, summand};
use super::ends::{Gather, Loss};
use super::forward::ForwardNode;
use super::memory::{Id, Memory};
use super::network::{Network, Trained};
use super::node::{Context, Node};
use super::norm::{CollectNode, MeasureNode, Norm, NormalizeNode};
use super::plan::{Form, Kind, Operation, Operations, plan};
use super::simple::DropoutNode;
use super::sum::SumNode;
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

/// The nodes of a training step, in an order that works.
pub fn training(
    network: &Network,
    images: usize,
    smoothing: f32,
    lanes: usize,
    memory: &mut Memory,
) -> Result<(Vec<Box<dyn Node>>, Plan)> {
    let operations = plan(network, images, lanes, memory)?;
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

/// Adds the forward nodes of an operation.
fn output(
    builder: &mut Builder<'_>,
    operations: &Operations,
    operation: &Operation,
    pictures: Id,
    outputs: &[Output],
) -> Output {
    let length = operation.output_length();
    let x = || place(operation.sources[0], pictures, outputs);
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
            let x = x();
            let is_left = matches!(operations.only_reader(outputs.len()), Some(Kind::Add));
            let norm = Norm {
                channels,
                pixels: height * width,
                epsilon,
                momentum,
                unbiased,
                bend: bend(operation.activation),
                x,
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
            let y = if is_left { x } else { builder.batch(length) };
            if !is_left {
                builder.add(NormalizeNode {
                    name: called("forward"),
                    norm,
                    y,
                });
            }
            Output {
                y,
                codes: None,
                norm: Some(norm),
                is_left,
            }
        }
        Kind::Dropout { rate, layer } => {
            let y = builder.batch(length);
            builder.add(DropoutNode {
                name: called("forward"),
                layer,
                rate,
                length,
                from: x(),
                to: y,
            });
            Output::of(y)
        }
        Kind::Add => {
            let sources = operation.sources.iter();
            let y = builder.batch(length);
            builder.add(SumNode {
                name: called("forward"),
                summands: sources
                    .map(|source| summand(*source, pictures, outputs))
                    .collect(),
                length,
                channels: operation.output[2],
                activation: operation.activation,
                y,
            });
            Output::of(y)
        }
        kind @ (Kind::Convolution { .. }
        | Kind::Pool(..)
        | Kind::Activation(_)
        | Kind::Dense { .. }
        | Kind::Concatenate) => {
            let layers = builder.forward(operations, outputs.len());
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
                codes,
                ..Output::of(y)
            }
        }
    }
}
