//! Forward nodes: laying out the weights, and each layer's output from its input.
#![allow(unsafe_code)] // See `Node`.

use super::super::forward::{Forward, LayOut, Method};
use super::super::geometry::Geometry;
use super::super::kernel::run_on;
use super::super::matmul::{self, Affine, Panels};
use super::super::pieces::Pieces;
use super::super::pool::Map;
use super::super::unit::Unit;
use super::memory::{Id, Memory, View};
use super::node::{Access, Context, Grid, Node};
use std::ops::Range;

/// A layer, and where the weights are that it reads.
#[derive(Clone, Copy)]
pub enum Layer {
    /// With `ReLU`, and pooled if the geometry says so.
    Convolution {
        geometry: Geometry,
        method: Method,
        /// Laid out.
        weights: Id,
        bias: Id,
    },
    Pool(Map),
    Dense {
        panels: Panels,
        inputs: usize,
        outputs: usize,
        relu: bool,
        /// Laid out, or as they are.
        weights: Id,
        bias: Id,
    },
}

impl Layer {
    /// Numbers of one picture.
    pub fn input_length(&self) -> usize {
        match self {
            Self::Convolution { geometry, .. } => geometry.input_length(),
            Self::Pool(map) => map.input_length(),
            Self::Dense { inputs, .. } => *inputs,
        }
    }

    /// Numbers of one picture.
    pub fn output_length(&self) -> usize {
        match self {
            Self::Convolution { geometry, .. } => geometry.output_length(),
            Self::Pool(map) => map.output_length(),
            Self::Dense { outputs, .. } => *outputs,
        }
    }

    /// The output of the pictures in `x`.
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
        match *self {
            Self::Convolution {
                geometry,
                method,
                weights,
                bias,
            } => run_on(
                unit,
                Forward {
                    geometry: geometry.of(x.len() / geometry.input_length()),
                    method,
                    relu: true,
                    x,
                    weights: read(weights),
                    b: read(bias),
                    out: y,
                    codes,
                    blocks,
                },
            ),
            Self::Pool(map) => {
                let images = x.len() / map.input_length();
                map.pool(x, y.into_slice(0, images * map.output_length()));
            }
            Self::Dense {
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
        }
    }
}

/// A layer of a batch.
pub struct ForwardNode {
    pub name: String,
    pub layer: Layer,
    pub lanes: usize,
    pub x: Id,
    pub y: Id,
    /// Where a pooling notes which of each window was the largest.
    pub codes: Option<Id>,
}

impl ForwardNode {
    fn grid(&self, images: usize, threads: usize) -> Grid {
        match &self.layer {
            Layer::Convolution {
                geometry, method, ..
            } => {
                // Winograd's products need the tiles of some pictures to pay for reading the weights.
                let least = if *method == Method::Direct { 1 } else { 4 };
                Grid::new(images, geometry.blocks(self.lanes), threads, least)
            }
            Layer::Pool(_) => Grid::new(images, 1, threads, 1),
            Layer::Dense { outputs, .. } => {
                Grid::by_blocks(images, outputs.div_ceil(2 * self.lanes), threads, 8)
            }
        }
    }
}

// SAFETY: a task writes its pictures' part of y and codes, of these only its blocks' channels or units.
unsafe impl Node for ForwardNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let mut reads = vec![self.x];
        match self.layer {
            Layer::Convolution { weights, bias, .. } | Layer::Dense { weights, bias, .. } => {
                reads.extend([weights, bias]);
            }
            Layer::Pool(_) => {}
        }
        let writes = [self.y].into_iter().chain(self.codes).collect();
        Access { reads, writes }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        self.grid(images, threads).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, blocks) = self.grid(context.images, context.threads).task(task);
        let (inputs, start) = (
            self.layer.input_length(),
            images.start * self.layer.output_length(),
        );
        let view = context.view;
        // SAFETY: as declared above.
        unsafe {
            let x = view.read(self.x, images.start * inputs..images.end * inputs);
            let y = view.write(self.y).from(start);
            let codes = self.codes.map(|codes| view.write_bytes(codes).from(start));
            self.layer.run(context.unit, view, x, y, codes, blocks);
        }
    }
}

/// Lays out a layer's weights for a node that reads them often.
pub struct LayOutNode {
    name: String,
    lanes: usize,
    what: What,
    from: Id,
    to: Id,
}

#[derive(Clone, Copy)]
enum What {
    Convolution(Geometry, Method),
    Dense(Panels),
}

impl LayOutNode {
    /// For a convolution, into a new buffer.
    pub fn convolution(
        name: &str,
        lanes: usize,
        geometry: Geometry,
        method: Method,
        from: Id,
        memory: &mut Memory,
    ) -> (Self, Id) {
        let to = memory.floats(method.length(&geometry, lanes));
        let what = What::Convolution(geometry, method);
        (Self::new(name, lanes, what, from, to), to)
    }

    /// For a dense layer, into a new buffer.
    pub fn dense(
        name: &str,
        lanes: usize,
        panels: Panels,
        from: Id,
        memory: &mut Memory,
    ) -> (Self, Id) {
        let to = memory.floats(panels.length());
        (Self::new(name, lanes, What::Dense(panels), from, to), to)
    }

    fn new(name: &str, lanes: usize, what: What, from: Id, to: Id) -> Self {
        Self {
            name: format!("{name} weights laid out"),
            lanes,
            what,
            from,
            to,
        }
    }
}

// SAFETY: a task writes its part's place, which no other part shares.
unsafe impl Node for LayOutNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.from],
            writes: vec![self.to],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        match self.what {
            What::Convolution(geometry, method) => method.parts(&geometry, self.lanes),
            What::Dense(panels) => panels.parts(),
        }
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        // SAFETY: as declared above.
        let (w, out) = unsafe {
            (
                context.view.read_all(self.from),
                context.view.write(self.to),
            )
        };
        match self.what {
            What::Convolution(geometry, method) => {
                let place = method.place(&geometry, self.lanes, task);
                let lay_out = LayOut {
                    geometry,
                    method,
                    w,
                    part: task,
                    out: out.into_slice(place.start, place.len()),
                };
                run_on(context.unit, lay_out);
            }
            What::Dense(panels) => {
                let place = panels.place(task);
                let lay_out = matmul::LayOut {
                    panels,
                    w,
                    part: task,
                    out: out.into_slice(place.start, place.len()),
                };
                run_on(context.unit, lay_out);
            }
        }
    }
}
