//! Nodes that go back through a dense layer.
#![allow(unsafe_code)] // See `Node`.

use super::super::kernel::{Kernel, run_on};
use super::super::matmul::{InputGradient, WeightGradient};
use super::super::optimizer::{Constants, Part, update};
use super::super::pieces::Pieces;
use super::super::simd::Buffer;
use super::memory::{Id, Variable};
use super::node::{Access, Context, Node, part};
use pulp::Simd;
use std::ops::Range;

/// A dense layer as its backward nodes see it.
#[derive(Clone, Copy)]
pub struct Dense {
    pub inputs: usize,
    pub outputs: usize,
    pub x: Id,
    /// The gradient of its sums.
    pub dz: Id,
    pub weights: Variable,
}

/// The gradient of the input; of the sums before it if that is the output of a `ReLU`.
pub struct InputGradientNode {
    pub name: String,
    pub dense: Dense,
    pub behind_relu: bool,
    pub dx: Id,
}

/// Inputs below which parting them further costs more than it saves; whole lines of the cache.
const INPUTS: usize = 64;

// SAFETY: a task writes its inputs' columns of dx.
unsafe impl Node for InputGradientNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let Dense { x, dz, weights, .. } = self.dense;
        let mut reads = vec![dz, weights.weights];
        reads.extend(self.behind_relu.then_some(x));
        Access {
            reads,
            writes: vec![self.dx],
        }
    }

    fn tasks(&self, _: usize, threads: usize) -> usize {
        self.dense.inputs.div_ceil(INPUTS).min(threads)
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let Dense {
            inputs,
            outputs,
            x,
            dz,
            weights,
        } = self.dense;
        let tasks = self.tasks(context.images, context.threads);
        let units = part(inputs.div_ceil(INPUTS), tasks, task);
        let view = context.view;
        // SAFETY: as declared above.
        let gradient = unsafe {
            InputGradient {
                dz: view.read(dz, 0..context.images * outputs),
                w: view.read_all(weights.weights),
                outputs,
                inputs: units.start * INPUTS..inputs.min(units.end * INPUTS),
                x: (self.behind_relu).then(|| view.read(x, 0..context.images * inputs)),
                dx: view.write(self.dx),
            }
        };
        run_on(context.unit, gradient);
    }
}

/// The weights' gradient, a few rows at a time, and the optimizer's step with them: millions of weights need no memory for it.
pub struct UpdateWeights {
    pub name: String,
    pub dense: Dense,
}

/// Rows of the largest register tile of two vectors.
const ROWS: usize = 14;
/// Weights below which another task costs more than it saves.
const WEIGHTS: usize = 4 * 1024;

// SAFETY: a task writes its inputs' rows.
unsafe impl Node for UpdateWeights {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.dense.x, self.dense.dz],
            writes: self.dense.weights.ids().to_vec(),
        }
    }

    fn tasks(&self, _: usize, threads: usize) -> usize {
        let most = (self.dense.inputs * self.dense.outputs).div_ceil(WEIGHTS);
        let wanted = if threads == 1 { 1 } else { 2 * threads };
        most.min(wanted).min(self.dense.inputs.div_ceil(ROWS))
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let Dense {
            inputs,
            outputs,
            x,
            dz,
            weights,
        } = self.dense;
        let tasks = self.tasks(context.images, context.threads);
        let blocks = part(inputs.div_ceil(ROWS), tasks, task);
        let view = context.view;
        // SAFETY: as declared above.
        let update = unsafe {
            Update {
                x: view.read(x, 0..context.images * inputs),
                dz: view.read(dz, 0..context.images * outputs),
                outputs,
                rows: blocks.start * ROWS..inputs.min(blocks.end * ROWS),
                variable: view.variable(weights),
                constants: context.constants,
            }
        };
        run_on(context.unit, update);
    }
}

struct Update<'a> {
    x: &'a [f32],
    dz: &'a [f32],
    outputs: usize,
    rows: Range<usize>,
    variable: [Pieces<'a, f32>; 3],
    constants: Constants,
}

/// Memory kept between calls.
#[derive(Default)]
struct Scratch {
    packed: Buffer,
    gradient: Buffer,
}

impl Kernel for Update<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let outputs = self.outputs;
        let product = WeightGradient::new(simd, self.x, self.dz, outputs, &mut scratch.packed);
        // As many rows as leave their gradient, weights and moments in the first cache.
        let most = (2048 / outputs).max(1).next_multiple_of(ROWS);
        let mut variable = self.variable;
        for first in self.rows.clone().step_by(most) {
            let rows = most.min(self.rows.end - first);
            let gradient = scratch.gradient.take(rows * outputs);
            product.rows(simd, first, gradient);
            let part = Part::of(&mut variable, first * outputs, rows * outputs);
            update(simd, part, self.constants, gradient);
        }
    }
}
