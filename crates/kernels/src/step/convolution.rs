//! Nodes that go back through a convolution.
//!
//! The weights' gradient is a sum over all pictures and all places. It is cut into fixed parts of the batch and groups of filters,
//! whatever the threads; the [`UpdateWeights`] node adds the parts up in order.
#![allow(unsafe_code)] // See `Node`.

use super::super::adam::{Constants, Part, update};
use super::super::alive::Alive;
use super::super::forward::Method;
use super::super::geometry::Geometry;
use super::super::kernel::{self, Kernel, run_on};
use super::super::pieces::Pieces;
use super::super::sparse::{self, Layout};
use super::super::{grey, transposed};
use super::memory::{Id, Memory, Variable};
use super::node::{Access, Context, Grid, Node, part};
use pulp::Simd;
use std::ops::Range;

/// A convolution as its backward nodes see it.
#[derive(Clone, Copy)]
pub struct Convolution {
    pub geometry: Geometry,
    pub lanes: usize,
    pub x: Id,
    pub y: Id,
    pub dy: Id,
    /// Of the pooling, if there is one.
    pub codes: Option<Id>,
    pub weights: Variable,
}

impl Convolution {
    fn outputs(&self, images: &Range<usize>) -> Range<usize> {
        let length = self.geometry.output_length();
        images.start * length..images.end * length
    }

    fn inputs(&self, images: &Range<usize>) -> Range<usize> {
        let length = self.geometry.input_length();
        images.start * length..images.end * length
    }

    /// # Safety
    /// As [`View::read`](super::memory::View::read).
    unsafe fn alive<'a>(&self, context: &Context<'a>, images: &Range<usize>) -> Alive<'a> {
        let outputs = self.outputs(images);
        // SAFETY: the caller's promise.
        unsafe {
            match self.codes {
                Some(codes) => Alive::Maximum(context.view.read_bytes(codes, outputs)),
                None => Alive::Positive(context.view.read(self.y, outputs)),
            }
        }
    }

    fn layout(&self) -> Layout {
        Layout::new(&self.geometry, self.lanes)
    }
}

/// Copies the input into the layout in which [`sparse`] gathers from it.
pub struct SpreadNode {
    pub name: String,
    pub convolution: Convolution,
    pub map: Id,
}

// SAFETY: a task writes its pictures' maps.
unsafe impl Node for SpreadNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.convolution.x],
            writes: vec![self.map],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let length = self.convolution.layout().map_length();
        // SAFETY: as declared above.
        let (x, map) = unsafe {
            (
                (context.view).read(self.convolution.x, self.convolution.inputs(&images)),
                context.view.write(self.map),
            )
        };
        let spread = sparse::Spread {
            geometry: self.convolution.geometry.of(images.len()),
            x,
            map: map.into_slice(images.start * length, images.len() * length),
        };
        run_on(context.unit, spread);
    }
}

/// Copies the weights into the layout in which [`sparse`] gathers from them.
pub struct ArrangeNode {
    pub name: String,
    pub convolution: Convolution,
    pub arranged: Id,
}

// SAFETY: a task writes its block.
unsafe impl Node for ArrangeNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.convolution.weights.weights],
            writes: vec![self.arranged],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        self.convolution.layout().blocks
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let geometry = self.convolution.geometry;
        let length = geometry.filters * self.convolution.layout().taps(&geometry);
        // SAFETY: as declared above.
        let (w, out) = unsafe {
            (
                (context.view).read_all(self.convolution.weights.weights),
                context.view.write(self.arranged),
            )
        };
        let arrange = sparse::Arrange {
            geometry,
            w,
            block: task,
            out: out.into_slice(task * length, length),
        };
        run_on(context.unit, arrange);
    }
}

/// Turns the weights for [`transposed`].
pub struct TurnNode {
    pub name: String,
    pub convolution: Convolution,
    pub turned: Id,
}

// SAFETY: a task writes its tap's rows.
unsafe impl Node for TurnNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.convolution.weights.weights],
            writes: vec![self.turned],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        self.convolution.geometry.kernel * self.convolution.geometry.kernel
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let g = self.convolution.geometry;
        let length = g.channels * g.filters;
        // SAFETY: as declared above.
        let (w, out) = unsafe {
            (
                (context.view).read_all(self.convolution.weights.weights),
                context.view.write(self.turned),
            )
        };
        transposed::turn(&g, w, task, out.into_slice(task * length, length));
    }
}

/// How the input's gradient is computed.
#[derive(Clone, Copy)]
pub enum Back {
    /// Through a pooling, from weights that [`ArrangeNode`] has copied.
    Sparse,
    /// Without one, by a convolution with weights that are turned and laid out.
    Transposed(Method),
}

/// The gradient of the input.
pub struct InputGradientNode {
    pub name: String,
    pub convolution: Convolution,
    pub back: Back,
    pub weights: Id,
    pub dx: Id,
}

impl InputGradientNode {
    fn grid(&self, images: usize, threads: usize) -> Grid {
        let convolution = &self.convolution;
        match self.back {
            Back::Sparse => Grid::new(images, convolution.layout().blocks, threads, 1),
            Back::Transposed(method) => {
                let turned = transposed::geometry(&convolution.geometry);
                let least = if method == Method::Direct { 1 } else { 4 };
                Grid::new(images, turned.blocks(convolution.lanes), threads, least)
            }
        }
    }
}

// SAFETY: a task writes its pictures' part of dx, of this only its blocks' channels.
unsafe impl Node for InputGradientNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let Convolution { y, dy, codes, .. } = self.convolution;
        Access {
            reads: vec![dy, codes.unwrap_or(y), self.weights],
            writes: vec![self.dx],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        self.grid(images, threads).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, blocks) = self.grid(context.images, context.threads).task(task);
        let (convolution, view) = (&self.convolution, context.view);
        let geometry = convolution.geometry.of(images.len());
        // SAFETY: as declared above.
        let (dy, alive, weights, dx) = unsafe {
            (
                view.read(convolution.dy, convolution.outputs(&images)),
                convolution.alive(context, &images),
                view.read_all(self.weights),
                view.write(self.dx).from(convolution.inputs(&images).start),
            )
        };
        match (self.back, alive) {
            (Back::Sparse, Alive::Maximum(codes)) => run_on(
                context.unit,
                sparse::InputGradient {
                    geometry,
                    dy,
                    codes,
                    weights,
                    blocks,
                    dx,
                },
            ),
            (Back::Transposed(method), Alive::Positive(y)) => run_on(
                context.unit,
                transposed::InputGradient {
                    geometry,
                    method,
                    dy,
                    y,
                    weights,
                    blocks,
                    dx,
                },
            ),
            _ => unreachable!("a pooling decides the way back"),
        }
    }
}

/// The parts that a convolution's gradients are the sums of: of some pictures and a group of filters each.
#[derive(Clone, Copy)]
pub struct Partials {
    parts: usize,
    groups: usize,
    /// Filters of all groups but perhaps the last.
    group: usize,
    filters: usize,
    /// Numbers of a part's weights.
    length: usize,
    weights: Id,
    bias: Id,
}

/// Parts of a batch times groups of filters: enough for many threads, and few enough to be added up quickly.
const PARTIALS: usize = 16;

impl Partials {
    fn new(g: &Geometry, group: usize, length: usize, wanted: usize, memory: &mut Memory) -> Self {
        let groups = g.filters.div_ceil(group);
        let parts = (wanted / groups).clamp(1, g.images.max(1));
        Self {
            parts,
            groups,
            group,
            filters: g.filters,
            length,
            weights: memory.floats(parts * groups * length),
            bias: memory.floats(parts * g.filters),
        }
    }

    fn filters(&self, group: usize) -> Range<usize> {
        group * self.group..self.filters.min((group + 1) * self.group)
    }

    /// Where the biases' gradients are, and how many are to be added up.
    pub fn bias_rows(&self) -> (Id, usize) {
        (self.bias, self.parts)
    }

    /// The sum of all parts of some `numbers` of a group, from `start` on.
    #[inline(always)]
    fn add_up(&self, numbers: &[f32], group: usize, start: usize, sum: &mut [f32]) {
        for part in 0..self.parts {
            let numbers = &numbers[self.place(part, group)][start..start + sum.len()];
            if part == 0 {
                sum.copy_from_slice(numbers);
            } else {
                for (sum, number) in sum.iter_mut().zip(numbers) {
                    *sum += number;
                }
            }
        }
    }

    /// Where the numbers of a part and a group are.
    fn place(&self, part: usize, group: usize) -> Range<usize> {
        let start = (part * self.groups + group) * self.length;
        start..start + self.length
    }
}

/// How the weights' gradient is computed.
#[derive(Clone, Copy)]
pub enum Way {
    /// Of pictures, with [`grey`].
    Dense,
    /// From maps that [`SpreadNode`] has copied.
    Sparse(Id),
}

/// The gradients of weights and biases, in parts.
pub struct WeightGradientNode {
    pub name: String,
    pub convolution: Convolution,
    pub way: Way,
    pub partials: Partials,
}

impl WeightGradientNode {
    pub fn new(name: String, convolution: Convolution, way: Way, memory: &mut Memory) -> Self {
        let g = &convolution.geometry;
        let partials = match way {
            Way::Dense => {
                let group = 2 * convolution.lanes;
                Partials::new(g, group, g.depth() * group, 2 * PARTIALS, memory)
            }
            Way::Sparse(_) => {
                // A line of the cache has so many filters' gradients.
                let length = convolution.layout().weights_length(g, 16);
                Partials::new(g, 16, length, PARTIALS, memory)
            }
        };
        Self {
            name,
            convolution,
            way,
            partials,
        }
    }
}

// SAFETY: a task writes its part's place of both buffers.
unsafe impl Node for WeightGradientNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let Convolution {
            x, y, dy, codes, ..
        } = self.convolution;
        let from = match self.way {
            Way::Dense => x,
            Way::Sparse(map) => map,
        };
        Access {
            reads: vec![from, dy, codes.unwrap_or(y)],
            writes: vec![self.partials.weights, self.partials.bias],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        self.partials.parts * self.partials.groups
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let Partials { parts, groups, .. } = self.partials;
        let (index, group) = (task / groups, task % groups);
        let images = part(context.images, parts, index);
        let filters = self.partials.filters(group);
        let place = self.partials.place(index, group);
        let bias = index * self.partials.filters + filters.start;
        let (convolution, view) = (&self.convolution, context.view);
        let geometry = convolution.geometry.of(images.len());
        // SAFETY: as declared above.
        let (dy, alive, weights, bias) = unsafe {
            (
                view.read(convolution.dy, convolution.outputs(&images)),
                convolution.alive(context, &images),
                view.write(self.partials.weights),
                view.write(self.partials.bias)
                    .into_slice(bias, filters.len()),
            )
        };
        match self.way {
            Way::Dense => run_on(
                context.unit,
                grey::WeightGradient {
                    geometry,
                    // SAFETY: as declared above.
                    x: unsafe { view.read(convolution.x, convolution.inputs(&images)) },
                    dy,
                    alive,
                    filter: filters.start,
                    dw: weights.into_slice(
                        place.start,
                        geometry.depth() * filters.len().next_multiple_of(convolution.lanes),
                    ),
                    db: bias,
                },
            ),
            Way::Sparse(map) => {
                let layout = convolution.layout();
                let maps = layout.map_length();
                run_on(
                    context.unit,
                    sparse::WeightGradient {
                        geometry,
                        // SAFETY: as declared above.
                        map: unsafe { view.read(map, images.start * maps..images.end * maps) },
                        dy,
                        alive,
                        filter: filters.start,
                        dw: weights.into_slice(
                            place.start,
                            layout.weights_length(&geometry, filters.len()),
                        ),
                        db: bias,
                    },
                );
            }
        }
    }
}

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
            writes: self.convolution.weights.buffers().to_vec(),
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        let kernel_rows = self.convolution.geometry.kernel;
        match self.way {
            Way::Dense => kernel_rows,
            Way::Sparse(_) => self.convolution.layout().blocks * kernel_rows,
        }
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let view = context.view;
        // SAFETY: as declared above.
        let (numbers, variable) = unsafe {
            (
                view.read_all(self.partials.weights),
                self.convolution.weights.buffers().map(|id| view.write(id)),
            )
        };
        let update = Update {
            geometry: self.convolution.geometry,
            is_dense: matches!(self.way, Way::Dense),
            task,
            partials: self.partials,
            numbers,
            variable,
            constants: context.adam,
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
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut kernel::Scratch) {
        let g = self.geometry;
        let mut row_update = RowUpdate {
            filters: g.filters,
            variable: self.variable,
            constants: self.constants,
        };
        if self.is_dense {
            let gradient = scratch.gradient.take(g.filters);
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
        let both = scratch.gradient.take(g.filters * (length + 1));
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
        let (start, filters) = (row * self.filters, self.filters);
        let [weights, mean, square] = &mut self.variable;
        let part = Part {
            weights: weights.piece(start, filters),
            mean: mean.piece(start, filters),
            square: square.piece(start, filters),
        };
        update(simd, part, self.constants, gradient);
    }
}
