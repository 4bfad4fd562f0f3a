//! Nodes that go back through a convolution of any kind.
#![allow(unsafe_code)] // See `Node`.

use super::super::general::{
    DepthwiseInput, DepthwiseWeights, Input, Sizes, WeightGradient, turned,
};
use super::super::kernel::{Kernel, run_on};
use super::super::optimizer::{Constants, Part, update};
use super::super::pieces::Pieces;
use super::super::simd::Buffer;
use super::memory::{Id, Memory, Variable};
use super::node::{Access, Context, Grid, Node, part};
use super::partials::{PARTIALS, Partials};
use pulp::Simd;
use std::ops::Range;

/// The gradient of the input, where it is no convolution of its own.
pub struct InputGradientNode {
    pub name: String,
    pub sizes: Sizes,
    pub is_depthwise: bool,
    pub dz: Id,
    /// As they are for a depthwise one, otherwise as [`Input`] reads them.
    pub weights: Id,
    pub dx: Id,
}

// SAFETY: a task writes its pictures' part of dx.
unsafe impl Node for InputGradientNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.dz, self.weights],
            writes: vec![self.dx],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let (sizes, view) = (self.sizes, context.view);
        let (inputs, outputs) = (sizes.input_length(), sizes.output_length());
        // SAFETY: as declared above.
        let (dz, weights, dx) = unsafe {
            (
                view.read(self.dz, images.start * outputs..images.end * outputs),
                view.read_all(self.weights),
                view.write(self.dx),
            )
        };
        let dx = dx.into_slice(images.start * inputs, images.len() * inputs);
        if self.is_depthwise {
            let gradient = DepthwiseInput {
                sizes,
                turned: turned(&sizes),
                dz,
                w: weights,
                dx,
            };
            run_on(context.unit, gradient);
        } else {
            let gradient = Input {
                sizes,
                dz,
                weights,
                dx,
            };
            run_on(context.unit, gradient);
        }
    }
}

/// The gradients of weights and biases, in parts of the batch.
pub struct WeightGradientNode {
    pub name: String,
    pub sizes: Sizes,
    pub lanes: usize,
    pub is_depthwise: bool,
    pub has_bias: bool,
    pub x: Id,
    pub dz: Id,
    pub partials: Partials,
}

/// Numbers of all parts together, at most, where there are several.
const NUMBERS: usize = 1 << 20;

/// For so many pictures. Parts of the batch come first: those of filters repeat some work.
pub fn partials(sizes: &Sizes, images: usize, memory: &mut Memory) -> Partials {
    let length = sizes.weights_length();
    let mut wanted = (NUMBERS / length).clamp(1, PARTIALS);
    if let Some(pictures) = sizes.pictures_of_gradient() {
        wanted = wanted.min(images.div_ceil(pictures));
    }
    let all = (images, sizes.filters);
    Partials::new(all, sizes.filters, length, wanted, memory)
}

impl WeightGradientNode {
    fn blocks(&self) -> usize {
        if self.is_depthwise {
            1
        } else {
            let wanted = PARTIALS.div_ceil(self.partials.parts);
            self.sizes.blocks(self.lanes).min(wanted)
        }
    }
}

// SAFETY: a task writes its part's place of both buffers, of this only its blocks' filters.
unsafe impl Node for WeightGradientNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.x, self.dz],
            writes: vec![self.partials.weights, self.partials.bias],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        self.partials.parts * self.blocks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (sizes, partials) = (self.sizes, &self.partials);
        let (index, block) = (task / self.blocks(), task % self.blocks());
        let blocks = part(self.sizes.blocks(self.lanes), self.blocks(), block);
        let images = part(context.images, partials.parts, index);
        let place = partials.place(index, 0);
        let view = context.view;
        let (inputs, outputs) = (sizes.input_length(), sizes.output_length());
        // SAFETY: as declared above.
        let (x, dz, dw, db) = unsafe {
            (
                view.read(self.x, images.start * inputs..images.end * inputs),
                view.read(self.dz, images.start * outputs..images.end * outputs),
                view.write(partials.weights).from(place.start),
                view.write(partials.bias).from(index * sizes.filters),
            )
        };
        let db = self.has_bias.then_some(db);
        if self.is_depthwise {
            let gradient = DepthwiseWeights {
                sizes,
                x,
                dz,
                dw: dw.into_slice(0, place.len()),
                db: db.map(|db| db.into_slice(0, sizes.filters)),
            };
            run_on(context.unit, gradient);
        } else {
            let gradient = WeightGradient {
                sizes,
                x,
                dz,
                blocks,
                dw,
                db,
            };
            run_on(context.unit, gradient);
        }
    }
}

/// Adds up the parts of the weights' gradient and takes the optimizer's step.
pub struct UpdateWeights {
    pub name: String,
    pub sizes: Sizes,
    pub partials: Partials,
    pub weights: Variable,
}

/// Weights below which another task costs more than it saves.
const WEIGHTS: usize = 4 * 1024;

// SAFETY: a task writes its rows.
unsafe impl Node for UpdateWeights {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.partials.weights],
            writes: self.weights.ids().to_vec(),
        }
    }

    fn tasks(&self, _: usize, threads: usize) -> usize {
        let most = self.sizes.weights_length().div_ceil(WEIGHTS);
        let wanted = if threads == 1 { 1 } else { 2 * threads };
        most.min(wanted).min(self.sizes.depth())
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let tasks = self.tasks(context.images, context.threads);
        let view = context.view;
        // SAFETY: as declared above.
        let update = unsafe {
            Update {
                filters: self.sizes.filters,
                rows: part(self.sizes.depth(), tasks, task),
                partials: self.partials,
                numbers: view.read_all(self.partials.weights),
                variable: view.variable(self.weights),
                constants: context.constants,
            }
        };
        run_on(context.unit, update);
    }
}

struct Update<'a> {
    filters: usize,
    rows: Range<usize>,
    partials: Partials,
    numbers: &'a [f32],
    variable: [Pieces<'a, f32>; 3],
    constants: Constants,
}

impl Kernel for Update<'_> {
    type Scratch = Buffer;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let filters = self.filters;
        let mut variable = self.variable;
        // As many rows as leave their gradient, weights and moments in the first cache.
        let most = (2048 / filters).max(1);
        for first in self.rows.clone().step_by(most) {
            let length = most.min(self.rows.end - first) * filters;
            let gradient = scratch.take(length);
            let start = first * filters;
            self.partials.add_up(self.numbers, 0, start, gradient);
            let part = Part::of(&mut variable, start, length);
            update(simd, part, self.constants, gradient);
        }
    }
}
