//! Nodes that lay out a layer's weights for a node that reads them often.
#![allow(unsafe_code)] // See `Node`.

use super::super::forward::LayOut;
use super::super::general::{self, Interleaved, LayOutColumns, LayOutInterleaved, Sizes};
use super::super::geometry::Geometry;
use super::super::kernel::run_on;
use super::super::matmul::{self, Panels};
use super::super::pass::Method;
use super::memory::{Id, Memory};
use super::node::{Access, Context, Node};
use std::ops::Range;

/// Lays out weights, once for all threads.
pub struct LayOutNode {
    name: String,
    lanes: usize,
    layout: Layout,
    from: Id,
    to: Id,
}

/// For whom.
#[derive(Clone, Copy)]
pub enum Layout {
    Convolution(Geometry, Method),
    Dense(Panels),
    /// For [`general::Forward`].
    General(Sizes),
    /// For [`general::Input`], where it is not [`Interleaved`].
    Columns(Sizes),
    /// Turned round, tap by tap, for [`general::turned`].
    Turned(Sizes),
    /// Turned round, tap by tap, for [`Interleaved`].
    TurnedPhases(Interleaved),
    /// Turned weights of [`Interleaved`], for its tiles.
    Phases(Interleaved),
}

impl Layout {
    fn length(&self, lanes: usize) -> usize {
        match self {
            Self::Convolution(geometry, method) => method.length(geometry, lanes),
            Self::Dense(panels) => panels.length(),
            Self::General(sizes) => general::LayOut::length(sizes, lanes),
            Self::Columns(sizes) => sizes.groups * LayOutColumns::length(sizes, lanes),
            Self::Turned(sizes) => sizes.weights_length(),
            Self::TurnedPhases(interleaved) => interleaved.taps() * interleaved.of_tap(),
            Self::Phases(interleaved) => interleaved.length(lanes),
        }
    }

    fn parts(&self, lanes: usize) -> usize {
        match self {
            Self::Convolution(geometry, method) => method.parts(geometry, lanes),
            Self::Dense(panels) => panels.parts(),
            Self::General(sizes) => general::LayOut::parts(sizes, lanes),
            Self::Columns(sizes) => sizes.groups,
            Self::Turned(sizes) => sizes.taps(),
            Self::TurnedPhases(interleaved) => interleaved.taps(),
            Self::Phases(interleaved) => interleaved.parts(lanes),
        }
    }

    fn place(&self, lanes: usize, part: usize) -> Range<usize> {
        let equal = |length: usize| part * length..(part + 1) * length;
        match self {
            Self::Convolution(geometry, method) => method.place(geometry, lanes, part),
            Self::Dense(panels) => panels.place(part),
            Self::General(sizes) => general::LayOut::place(sizes, lanes, part),
            Self::Columns(sizes) => equal(LayOutColumns::length(sizes, lanes)),
            Self::Turned(sizes) => equal(sizes.outputs() * sizes.slide.channels),
            Self::TurnedPhases(interleaved) => equal(interleaved.of_tap()),
            Self::Phases(interleaved) => interleaved.place(lanes, part),
        }
    }
}

impl LayOutNode {
    /// Into a new buffer.
    pub fn new(
        name: String,
        lanes: usize,
        layout: Layout,
        from: Id,
        memory: &mut Memory,
    ) -> (Self, Id) {
        let to = memory.floats(layout.length(lanes));
        let node = Self {
            name,
            lanes,
            layout,
            from,
            to,
        };
        (node, to)
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
        self.layout.parts(self.lanes)
    }

    fn run(&self, context: &Context<'_>, part: usize) {
        let place = self.layout.place(self.lanes, part);
        // SAFETY: as declared above.
        let (w, out) = unsafe {
            (
                context.view.read_all(self.from),
                (context.view.write(self.to)).into_slice(place.start, place.len()),
            )
        };
        match self.layout {
            Layout::Convolution(geometry, method) => run_on(
                context.unit,
                LayOut {
                    geometry,
                    method,
                    w,
                    part,
                    out,
                },
            ),
            Layout::Dense(panels) => run_on(
                context.unit,
                matmul::LayOut {
                    panels,
                    w,
                    part,
                    out,
                },
            ),
            Layout::General(sizes) => {
                let lay_out = general::LayOut {
                    sizes,
                    w,
                    part,
                    out,
                };
                run_on(context.unit, lay_out);
            }
            Layout::Columns(sizes) => {
                let group = part;
                let lay_out = LayOutColumns {
                    sizes,
                    w,
                    group,
                    out,
                };
                lay_out.run(self.lanes);
            }
            Layout::Turned(sizes) => general::turn(&sizes, w, part, out),
            Layout::TurnedPhases(interleaved) => interleaved.turn(w, part, out),
            Layout::Phases(interleaved) => {
                let lay_out = LayOutInterleaved {
                    interleaved,
                    turned: w,
                    part,
                    out,
                };
                run_on(context.unit, lay_out);
            }
        }
    }
}
