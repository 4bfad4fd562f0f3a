//! Adds up the parts of a convolution's gradient and moves its weights.
#![allow(unsafe_code)] // See `Node`.

use super::super::super::geometry::Geometry;
use super::super::super::kernel::{Kernel, run_on};
use super::super::super::optimizer::{Constants, Part, update};
use super::super::super::pieces::Pieces;
use super::super::super::simd::Buffer;
use super::super::super::sparse::Layout;
use super::super::node::{Access, Context, Node};
use super::super::partials::Partials;
use super::{Convolution, Way};
use pulp::Simd;

/// Adds up the parts of the weights' gradient and takes the optimizer's step.
pub struct UpdateWeights {
    pub name: String,
    pub convolution: Convolution,
    pub way: Way,
    pub partials: Partials,
}

// SAFETY: a task writes the weights of its kernel row and its block of channels.
unsafe impl Node for UpdateWeights {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.partials.weights],
            writes: self.convolution.weights.ids().to_vec(),
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        let kernel_rows = self.convolution.geometry.kernel;
        match self.way {
            Way::Dense => kernel_rows,
            Way::Sparse { .. } => self.convolution.layout().blocks * kernel_rows,
        }
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let view = context.view;
        // SAFETY: as declared above.
        let (numbers, variable) = unsafe {
            (
                view.read_all(self.partials.weights),
                view.variable(self.convolution.weights),
            )
        };
        let update = Update {
            geometry: self.convolution.geometry,
            is_dense: matches!(self.way, Way::Dense),
            task,
            partials: self.partials,
            numbers,
            variable,
            constants: context.constants,
        };
        run_on(context.unit, update);
    }
}

struct Update<'a> {
    geometry: Geometry,
    is_dense: bool,
    /// Block of channels and kernel row.
    task: usize,
    partials: Partials,
    numbers: &'a [f32],
    variable: [Pieces<'a, f32>; 3],
    constants: Constants,
}

impl Kernel for Update<'_> {
    type Scratch = Buffer;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let g = self.geometry;
        let mut row_update = RowUpdate {
            filters: g.filters,
            variable: self.variable,
            constants: self.constants,
        };
        if self.is_dense {
            let gradient = scratch.take(g.filters);
            let rows = g.kernel * g.channels;
            for row in self.task * rows..(self.task + 1) * rows {
                for group in 0..self.partials.groups {
                    let filters = self.partials.filters(group);
                    let padded = filters.len().next_multiple_of(S::F32_LANES);
                    let sum = &mut gradient[filters];
                    self.partials.add_up(self.numbers, group, row * padded, sum);
                }
                row_update.take(simd, row, gradient);
            }
            return;
        }
        let layout = Layout::new(&g, S::F32_LANES);
        let length = layout.row;
        let both = scratch.take(g.filters * (length + 1));
        let (gradient, sums) = both.split_at_mut(g.filters);
        for group in 0..self.partials.groups {
            let filters = self.partials.filters(group);
            let start = self.task * filters.len() * length;
            let sum = &mut sums[filters.start * length..filters.end * length];
            self.partials.add_up(self.numbers, group, start, sum);
        }
        let (block, kernel_row) = (self.task / g.kernel, self.task % g.kernel);
        for (row, at) in layout.weights(&g, block, kernel_row) {
            for (gradient, sums) in gradient.iter_mut().zip(sums.chunks_exact(length)) {
                *gradient = sums[at];
            }
            row_update.take(simd, row, gradient);
        }
    }
}

/// The optimizer's step of one row of weights. No closure: it would be a function of its own, which leaves the vector unit.
struct RowUpdate<'a> {
    filters: usize,
    variable: [Pieces<'a, f32>; 3],
    constants: Constants,
}

impl RowUpdate<'_> {
    #[inline(always)]
    fn take<S: Simd>(&mut self, simd: S, row: usize, gradient: &[f32]) {
        let part = Part::of(&mut self.variable, row * self.filters, self.filters);
        update(simd, part, self.constants, gradient);
    }
}
