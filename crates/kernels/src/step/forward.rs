//! Forward nodes: each layer's output from its input.
#![allow(unsafe_code)] // See `Node`.

use super::super::activation::{self, Activate, Activation, Bend};
use super::super::general::{self, Sizes};
use super::super::geometry::Geometry;
use super::super::join::{Join, Part};
use super::super::kernel::run_on;
use super::super::matmul::{Affine, Panels};
use super::super::norm;
use super::super::pass::{Forward, Method};
use super::super::pieces::Pieces;
use super::super::pools;
use super::super::slide::Slide;
use super::super::unit::Unit;
use super::memory::{Id, View};
use super::node::{Access, Context, Grid, Node};
use std::ops::Range;

/// What is computed of one input, and where the weights are that it reads.
#[derive(Clone, Copy)]
pub struct Layer {
    pub what: What,
    /// Numbers of one picture.
    pub inputs: usize,
    pub outputs: usize,
    /// Whether the sums of a convolution over zeros alone are zero, where rounding may leave 1e-9: what is bent at zero asks for it, a
    /// batch normalization or a gradient does not.
    pub zeros_stay: bool,
    /// Done to the output behind that.
    pub finish: Activation,
}

#[derive(Clone, Copy)]
pub enum What {
    /// Pooled if the geometry says so, always with `ReLU` then.
    Convolution {
        geometry: Geometry,
        method: Method,
        relu: bool,
        /// Laid out.
        weights: Id,
        bias: Id,
    },
    General {
        sizes: Sizes,
        relu: bool,
        /// Laid out.
        weights: Id,
        bias: Option<Id>,
    },
    Depthwise {
        sizes: Sizes,
        relu: bool,
        weights: Id,
        bias: Option<Id>,
    },
    Pool(Slide, pools::Kind),
    /// With running statistics: γ, β, mean and variance.
    Norm {
        parameters: [Id; 4],
        epsilon: f64,
        bend: Bend,
    },
    Activation(Activation),
    Dense {
        panels: Panels,
        units: usize,
        relu: bool,
        /// Laid out, or as they are.
        weights: Id,
        bias: Id,
    },
    /// One of several inputs that become one.
    Join(Part),
}

impl Layer {
    /// Columns of the output, and which of them some blocks are.
    fn columns(&self, lanes: usize, blocks: &Range<usize>) -> (usize, Range<usize>) {
        let wide = |count: usize| {
            let at = |block: usize| block.saturating_mul(2 * lanes).min(count);
            (count, at(blocks.start)..at(blocks.end))
        };
        match &self.what {
            What::Convolution { geometry, .. } => wide(geometry.filters),
            What::General { sizes, .. } => (sizes.filters, sizes.filters_of(lanes, blocks)),
            What::Dense { units, .. } => wide(*units),
            What::Depthwise { .. }
            | What::Pool(..)
            | What::Norm { .. }
            | What::Activation(_)
            | What::Join(_) => (self.outputs, 0..self.outputs),
        }
    }

    /// The output of the pictures in `x`, or what this input adds to it.
    ///
    /// # Safety
    /// No task that runs at the same time may write what it reads, or touch what it writes.
    pub unsafe fn run(
        &self,
        unit: Unit,
        view: View<'_>,
        x: &[f32],
        y: Pieces<'_, f32>,
        codes: Option<Pieces<'_, u8>>,
        blocks: Range<usize>,
    ) {
        // SAFETY: the caller's promise.
        let read = |id| unsafe { view.read_all(id) };
        let images = x.len() / self.inputs;
        // SAFETY: the kernel is done with it when it is used.
        let whole = unsafe { y.share() };
        let some = blocks.clone();
        match self.what {
            What::Convolution {
                geometry,
                method,
                relu,
                weights,
                bias,
            } => run_on(
                unit,
                Forward {
                    geometry: geometry.of(images),
                    method,
                    relu,
                    zeros_stay: self.zeros_stay,
                    x,
                    weights: read(weights),
                    b: read(bias),
                    out: y,
                    codes,
                    blocks,
                },
            ),
            What::General {
                sizes,
                relu,
                weights,
                bias,
            } => run_on(
                unit,
                general::Forward {
                    sizes,
                    relu,
                    zeros_stay: self.zeros_stay,
                    x,
                    weights: read(weights),
                    bias: bias.map(read),
                    blocks,
                    out: y,
                },
            ),
            What::Depthwise {
                sizes,
                relu,
                weights,
                bias,
            } => run_on(
                unit,
                general::Depthwise {
                    sizes,
                    relu,
                    x,
                    w: read(weights),
                    bias: bias.map(read),
                    out: y.into_slice(0, images * self.outputs),
                },
            ),
            What::Pool(slide, kind) => run_on(
                unit,
                pools::Forward {
                    slide,
                    kind,
                    x,
                    y: y.into_slice(0, images * self.outputs),
                },
            ),
            What::Norm {
                parameters,
                epsilon,
                bend,
            } => run_on(
                unit,
                norm::Given {
                    x,
                    parameters: parameters.map(read),
                    epsilon,
                    bend,
                    y: y.into_slice(0, images * self.outputs),
                },
            ),
            What::Activation(activation) => run_on(
                unit,
                activation::ActivateTo {
                    activation,
                    z: x,
                    y: y.into_slice(0, images * self.outputs),
                },
            ),
            What::Dense {
                panels,
                relu,
                weights,
                bias,
                ..
            } => run_on(
                unit,
                Affine {
                    panels,
                    x,
                    w: read(weights),
                    b: read(bias),
                    relu,
                    blocks,
                    y,
                },
            ),
            What::Join(part) => run_on(unit, Join { part, x, y }),
        }
        if self.finish != Activation::None {
            let (row, columns) = self.columns(unit.lanes(), &some);
            let activate = Activate {
                activation: self.finish,
                numbers: whole,
                rows: images * self.outputs / row,
                row,
                first: columns.start,
                count: columns.len(),
            };
            run_on(unit, activate);
        }
    }
}

/// A layer of a batch.
pub struct ForwardNode {
    pub name: String,
    /// Where its inputs are, and what becomes of each; one if they are not joined.
    pub inputs: Vec<(Id, Layer)>,
    pub lanes: usize,
    pub y: Id,
    /// Where a pooling notes which of each window was the largest.
    pub codes: Option<Id>,
}

impl ForwardNode {
    fn grid(&self, images: usize, threads: usize) -> Grid {
        match &self.inputs[0].1.what {
            What::Convolution {
                geometry, method, ..
            } => {
                // Winograd's products need the tiles of some pictures to pay for reading the weights.
                let least = if *method == Method::Direct { 1 } else { 4 };
                Grid::new(images, geometry.blocks(self.lanes), threads, least)
            }
            What::General { sizes, .. } => Grid::new(images, sizes.blocks(self.lanes), threads, 1),
            What::Dense { units, .. } => {
                Grid::by_blocks(images, units.div_ceil(2 * self.lanes), threads, 8)
            }
            What::Depthwise { .. }
            | What::Pool(..)
            | What::Norm { .. }
            | What::Activation(_)
            | What::Join(_) => Grid::new(images, 1, threads, 1),
        }
    }
}

// SAFETY: a task writes its pictures' part of y and codes, of these only its blocks' channels or units.
unsafe impl Node for ForwardNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let mut reads = Vec::new();
        for (x, layer) in &self.inputs {
            reads.push(*x);
            match layer.what {
                What::Convolution { weights, bias, .. } | What::Dense { weights, bias, .. } => {
                    reads.extend([weights, bias]);
                }
                What::General { weights, bias, .. } | What::Depthwise { weights, bias, .. } => {
                    reads.push(weights);
                    reads.extend(bias);
                }
                What::Norm { parameters, .. } => reads.extend(parameters),
                What::Pool(..) | What::Activation(_) | What::Join(_) => {}
            }
        }
        let writes = [self.y].into_iter().chain(self.codes).collect();
        Access { reads, writes }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        self.grid(images, threads).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, blocks) = self.grid(context.images, context.threads).task(task);
        let view = context.view;
        // What is gone through more than once stays in the second cache meanwhile, and so do the lines that several inputs write.
        let first = &self.inputs[0].1;
        let most = if self.inputs.len() == 1 && first.finish == Activation::None {
            images.len().max(1)
        } else {
            (TOGETHER / first.outputs).max(1)
        };
        for start in images.clone().step_by(most) {
            let images = start..images.end.min(start + most);
            for (x, layer) in &self.inputs {
                let (inputs, start) = (layer.inputs, images.start * layer.outputs);
                // SAFETY: as declared above.
                unsafe {
                    let x = view.read(*x, images.start * inputs..images.end * inputs);
                    let y = view.write(self.y).from(start);
                    let codes = self.codes.map(|codes| view.write_bytes(codes).from(start));
                    layer.run(context.unit, view, x, y, codes, blocks.clone());
                }
            }
        }
    }
}

/// Numbers of the output at a time, where they are gone through more than once.
pub const TOGETHER: usize = 32 * 1024;
