//! The optimizer's step of what a layer has one of for each channel or unit: biases, and the γ and β of batch normalization.
#![allow(unsafe_code)] // See `Node`.

use super::super::kernel::{Kernel, run_on};
use super::super::optimizer::{Constants, Part, update};
use super::super::pieces::Pieces;
use super::super::simd::Buffer;
use super::memory::{Id, Variable};
use super::node::{Access, Context, Node};
use pulp::Simd;

/// Adds up the rows of a bias's gradient and takes the optimizer's step.
pub struct UpdateBias {
    pub name: String,
    pub bias: Variable,
    pub outputs: usize,
    pub gradients: Id,
    /// As many as there are; one a picture if it is not said.
    pub rows: Option<usize>,
}

// SAFETY: there is one task.
unsafe impl Node for UpdateBias {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.gradients],
            writes: self.bias.ids().to_vec(),
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        1
    }

    fn run(&self, context: &Context<'_>, _: usize) {
        let rows = self.rows.unwrap_or(context.images);
        let view = context.view;
        // SAFETY: as declared above.
        let update = unsafe {
            UpdateRows {
                rows: view.read(self.gradients, 0..rows * self.outputs),
                variable: view.variable(self.bias),
                constants: context.constants.undrawn(),
            }
        };
        run_on(context.unit, update);
    }
}

struct UpdateRows<'a> {
    rows: &'a [f32],
    variable: [Pieces<'a, f32>; 3],
    constants: Constants,
}

impl Kernel for UpdateRows<'_> {
    type Scratch = Buffer;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let mut variable = self.variable;
        let length = variable[0].len();
        let gradient = scratch.zeroed(length);
        for row in self.rows.chunks_exact(gradient.len()) {
            for (sum, number) in gradient.iter_mut().zip(row) {
                *sum += number;
            }
        }
        let part = Part::of(&mut variable, 0, length);
        update(simd, part, self.constants, gradient);
    }
}
