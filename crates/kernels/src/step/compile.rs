//! From layers to nodes.
//!
//! Each layer adds its nodes to the list and says in which buffers its input and output are. That is all they know of each other: a
//! layer with several inputs, or whose statistics are over the whole batch, is one more kind of node here and none in the schedule.
#![allow(unsafe_code)] // Reads what the step has left, once all threads are done.

use super::super::forward::Method;
use super::super::geometry::Geometry;
use super::super::matmul::Panels;
use super::super::pool::Map;
use super::super::sparse::Layout;
use super::super::tensor::{addressable, product};
use super::super::{grey, transposed};
use super::convolution::{self, ArrangeNode, Back, Convolution, SpreadNode, TurnNode, Way};
use super::dense::{self, Dense, UpdateBias};
use super::ends::{Gather, Loss, PoolGradient};
use super::forward::{self, ForwardNode, LayOutNode};
use super::memory::{Id, Memory, Variable};
use super::network::{Layer, Trained};
use super::node::{Context, Node};
use candle_core::{Result, Shape, bail};

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

/// A layer whose sizes are known. A pooling behind a convolution is part of that.
pub struct Planned {
    pub name: String,
    pub layer: Sized,
    /// Weights and bias.
    pub variables: Option<[Variable; 2]>,
}

#[derive(Clone, Copy)]
pub enum Sized {
    Convolution(Geometry),
    Pool(Map),
    Dense {
        inputs: usize,
        outputs: usize,
        relu: bool,
    },
}

impl Sized {
    fn output_length(&self) -> usize {
        match self {
            Self::Convolution(geometry) => geometry.output_length(),
            Self::Pool(map) => map.output_length(),
            Self::Dense { outputs, .. } => *outputs,
        }
    }
}

/// Sizes and variables of all layers.
pub fn plan(
    [height, width, channels]: [usize; 3],
    layers: &[Layer],
    images: usize,
    memory: &mut Memory,
) -> Result<Vec<Planned>> {
    let mut maps = Some([height, width, channels]);
    let mut length = product(&[height, width, channels]);
    let mut planned: Vec<Planned> = Vec::new();
    let mut counts = [0; 3];
    let mut layers = layers.iter().copied().peekable();
    while let Some(layer) = layers.next() {
        let kind = match layer {
            Layer::Convolution { .. } => 0,
            Layer::MaxPool => 1,
            Layer::Dense { .. } => 2,
        };
        counts[kind] += 1;
        let name = format!("{}{}", ["conv", "pool", "dense"][kind], counts[kind]);
        let (layer, variables) = match (layer, maps) {
            (
                Layer::Convolution {
                    kernel,
                    filters,
                    padding,
                },
                Some([height, width, channels]),
            ) => {
                let pool = layers.next_if_eq(&Layer::MaxPool).is_some();
                counts[1] += usize::from(pool);
                let shapes = [
                    Shape::from((images, height, width, channels)),
                    Shape::from((kernel, kernel, channels, filters)),
                    Shape::from(filters),
                ];
                let geometry = Geometry::new(&name, shapes.each_ref(), padding, pool)?;
                let (rows, columns) = geometry.output();
                maps = Some([rows, columns, filters]);
                let variables = [geometry.depth() * filters, filters];
                (Sized::Convolution(geometry), Some(variables))
            }
            (Layer::MaxPool, Some([height, width, channels])) if height.min(width) >= 2 => {
                maps = Some([height / 2, width / 2, channels]);
                let map = Map {
                    height,
                    width,
                    channels,
                };
                (Sized::Pool(map), None)
            }
            (Layer::Dense { units, relu }, _)
                if length > 0
                    && units > 0
                    && addressable(&[length, units])
                    && addressable(&[images, units]) =>
            {
                maps = None;
                let dense = Sized::Dense {
                    inputs: length,
                    outputs: units,
                    relu,
                };
                (dense, Some([length * units, units]))
            }
            (layer, maps) => bail!("{name}: {layer:?} does not fit an input of {length}, {maps:?}"),
        };
        length = layer.output_length();
        planned.push(Planned {
            name,
            layer,
            variables: variables.map(|sizes| sizes.map(|size| memory.variable(size))),
        });
    }
    if !matches!(
        planned.last().map(|last| last.layer),
        Some(Sized::Dense { relu: false, .. })
    ) {
        bail!("step: the last layer must be dense, without ReLU");
    }
    Ok(planned)
}

/// The forward form of a layer, with a node that lays out its weights where that is needed.
pub fn forward(
    planned: &Planned,
    lanes: usize,
    memory: &mut Memory,
    nodes: &mut Vec<Box<dyn Node>>,
) -> forward::Layer {
    match (planned.layer, planned.variables) {
        (Sized::Convolution(geometry), Some([weights, bias])) => {
            let method = Method::new(&geometry);
            let (name, from) = (&planned.name, weights.weights);
            let (node, weights) =
                LayOutNode::convolution(name, lanes, geometry, method, from, memory);
            nodes.push(Box::new(node));
            forward::Layer::Convolution {
                geometry,
                method,
                weights,
                bias: bias.weights,
            }
        }
        (
            Sized::Dense {
                inputs,
                outputs,
                relu,
            },
            Some([weights, bias]),
        ) => {
            let panels = Panels::new(inputs, outputs, lanes);
            let mut weights = weights.weights;
            if panels.are_packed() {
                let (node, packed) =
                    LayOutNode::dense(&planned.name, lanes, panels, weights, memory);
                nodes.push(Box::new(node));
                weights = packed;
            }
            forward::Layer::Dense {
                panels,
                inputs,
                outputs,
                relu,
                weights,
                bias: bias.weights,
            }
        }
        (Sized::Pool(map), _) => forward::Layer::Pool(map),
        (_, None) => unreachable!("these layers have variables"),
    }
}

/// What the way back needs to know of a layer.
struct Passed {
    x: Id,
    y: Id,
    codes: Option<Id>,
}

/// The nodes of a training step, in an order that works.
pub fn training(
    input: [usize; 3],
    layers: &[Layer],
    images: usize,
    lanes: usize,
    memory: &mut Memory,
) -> Result<(Vec<Box<dyn Node>>, Plan)> {
    let planned = plan(input, layers, images, memory)?;
    let pixels = product(&input);
    let numbers = planned.iter().map(|planned| planned.layer.output_length());
    if images == 0
        || !numbers
            .chain([pixels])
            .all(|length| addressable(&[images, length]))
    {
        bail!("step: {images} pictures of {input:?} are too few or too many");
    }
    let mut nodes: Vec<Box<dyn Node>> = Vec::new();
    let mut x = memory.floats(images * pixels);
    nodes.push(Box::new(Gather { length: pixels, x }));
    let mut passed = Vec::new();
    for planned in &planned {
        let layer = forward(planned, lanes, memory, &mut nodes);
        let length = images * layer.output_length();
        let y = memory.floats(length);
        let codes = match planned.layer {
            Sized::Convolution(geometry) if geometry.pool => Some(memory.bytes(length)),
            _ => None,
        };
        nodes.push(Box::new(ForwardNode {
            name: format!("{} forward", planned.name),
            layer,
            lanes,
            x,
            y,
            codes,
        }));
        passed.push(Passed { x, y, codes });
        x = y;
    }
    let classes = planned.last().map_or(0, |last| last.layer.output_length());
    let [losses, hits] = [memory.floats(images), memory.bytes(images)];
    let mut dy = memory.floats(images * classes);
    nodes.push(Box::new(Loss {
        classes,
        logits: x,
        gradient: dy,
        losses,
        hits,
    }));

    let first = planned
        .iter()
        .position(|planned| planned.variables.is_some());
    for (index, layer) in planned.iter().enumerate().rev() {
        let below = index.checked_sub(1).map(|below| planned[below].layer);
        let mut back = Backward {
            name: &layer.name,
            passed: &passed[index],
            dy,
            images,
            lanes,
            // Below the first layer with weights nobody asks for a gradient.
            is_first: first == Some(index),
            is_behind_relu: matches!(below, Some(Sized::Dense { relu: true, .. })),
            memory,
            nodes: &mut nodes,
        };
        let dx = match (layer.layer, layer.variables) {
            (Sized::Convolution(geometry), Some(variables)) => {
                back.convolution(geometry, variables)
            }
            (Sized::Pool(map), _) => Some(back.pool(map)),
            (
                Sized::Dense {
                    inputs, outputs, ..
                },
                Some(variables),
            ) => back.dense(inputs, outputs, variables),
            (_, None) => unreachable!("these layers have variables"),
        };
        match dx {
            Some(dx) => dy = dx,
            None => break,
        }
    }
    let variables = planned.iter().filter(|planned| planned.variables.is_some());
    let plan = Plan {
        images,
        pixels,
        classes,
        variables: 2 * variables.count(),
        losses,
        hits,
    };
    Ok((nodes, plan))
}

/// Adds the nodes that go back through a layer; each returns where the gradient of its input is, if there is one.
struct Backward<'a> {
    name: &'a str,
    passed: &'a Passed,
    /// The gradient of the output; of its sums, if it is that of a dense layer with `ReLU`.
    dy: Id,
    images: usize,
    lanes: usize,
    is_first: bool,
    /// Whether the input is the output of a dense layer with `ReLU`.
    is_behind_relu: bool,
    memory: &'a mut Memory,
    nodes: &'a mut Vec<Box<dyn Node>>,
}

impl Backward<'_> {
    fn called(&self, what: &str) -> String {
        format!("{} {what}", self.name)
    }

    fn convolution(&mut self, geometry: Geometry, [weights, bias]: [Variable; 2]) -> Option<Id> {
        let convolution = Convolution {
            geometry,
            lanes: self.lanes,
            x: self.passed.x,
            y: self.passed.y,
            dy: self.dy,
            codes: self.passed.codes,
            weights,
        };
        let way = if self.is_first && grey::suits(geometry.channels) {
            Way::Dense
        } else {
            let layout = Layout::new(&geometry, self.lanes);
            let map = self.memory.floats(self.images * layout.map_length());
            self.nodes.push(Box::new(SpreadNode {
                name: self.called("input spread"),
                convolution,
                map,
            }));
            Way::Sparse(map)
        };
        let name = self.called("weight gradient");
        let gradient = convolution::WeightGradientNode::new(name, convolution, way, self.memory);
        let partials = gradient.partials;
        // Its tasks are the largest: they are begun first.
        self.nodes.push(Box::new(gradient));
        let dx = (!self.is_first).then(|| self.convolution_input(convolution));
        self.nodes.push(Box::new(convolution::UpdateWeights {
            name: self.called("weights"),
            convolution,
            way,
            partials,
        }));
        let (gradients, rows) = partials.bias_rows();
        self.nodes.push(Box::new(UpdateBias {
            name: self.called("bias"),
            bias,
            outputs: geometry.filters,
            gradients,
            rows: Some(rows),
        }));
        dx
    }

    fn convolution_input(&mut self, convolution: Convolution) -> Id {
        let g = convolution.geometry;
        let dx = self.memory.floats(self.images * g.input_length());
        let (back, weights) = if g.pool {
            let layout = Layout::new(&g, self.lanes);
            let arranged = self.memory.floats(layout.weights_length(&g, g.filters));
            self.nodes.push(Box::new(ArrangeNode {
                name: self.called("weights arranged"),
                convolution,
                arranged,
            }));
            (Back::Sparse, arranged)
        } else {
            let turned = self.memory.floats(g.depth() * g.filters);
            self.nodes.push(Box::new(TurnNode {
                name: self.called("weights turned"),
                convolution,
                turned,
            }));
            let geometry = transposed::geometry(&g);
            let method = Method::new(&geometry);
            let name = self.called("turned");
            let (node, laid_out) =
                LayOutNode::convolution(&name, self.lanes, geometry, method, turned, self.memory);
            self.nodes.push(Box::new(node));
            (Back::Transposed(method), laid_out)
        };
        self.nodes.push(Box::new(convolution::InputGradientNode {
            name: self.called("input gradient"),
            convolution,
            back,
            weights,
            dx,
        }));
        dx
    }

    fn pool(&mut self, map: Map) -> Id {
        let dx = self.memory.floats(self.images * map.input_length());
        self.nodes.push(Box::new(PoolGradient {
            name: self.called("input gradient"),
            map,
            x: self.passed.x,
            y: self.passed.y,
            dy: self.dy,
            dx,
        }));
        dx
    }

    fn dense(
        &mut self,
        inputs: usize,
        outputs: usize,
        [weights, bias]: [Variable; 2],
    ) -> Option<Id> {
        let dense = Dense {
            inputs,
            outputs,
            x: self.passed.x,
            dz: self.dy,
            weights,
        };
        let dx = (!self.is_first).then(|| {
            let dx = self.memory.floats(self.images * inputs);
            self.nodes.push(Box::new(dense::InputGradientNode {
                name: self.called("input gradient"),
                dense,
                behind_relu: self.is_behind_relu,
                dx,
            }));
            dx
        });
        self.nodes.push(Box::new(dense::UpdateWeights {
            name: self.called("weights"),
            dense,
        }));
        self.nodes.push(Box::new(UpdateBias {
            name: self.called("bias"),
            bias,
            outputs,
            gradients: self.dy,
            rows: None,
        }));
        dx
    }
}
