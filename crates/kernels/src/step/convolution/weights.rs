//! The gradients of a convolution's weights and biases, in parts.
#![allow(unsafe_code)] // See `Node`.

use super::super::super::kernel::run_on;
use super::super::super::{grey, sparse};
use super::super::memory::{Id, Memory};
use super::super::node::{Access, Context, Node, part};
use super::super::partials::{PARTIALS, Partials};
use super::Convolution;

/// How the weights' gradient is computed.
#[derive(Clone, Copy)]
pub enum Way {
    /// Of pictures, with [`grey`].
    Dense,
    /// From maps that [`SpreadNode`] has copied, by the codes of the pooling.
    Sparse { map: Id, codes: Id },
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
        let sizes = (g.images, g.filters);
        let partials = match way {
            Way::Dense => {
                let group = 4 * convolution.lanes;
                Partials::new(sizes, group, g.depth() * group, 2 * PARTIALS, memory)
            }
            Way::Sparse { .. } => {
                // A line of the cache has so many filters' gradients.
                let length = convolution.layout().weights_length(g, 16);
                Partials::new(sizes, 16, length, PARTIALS, memory)
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
            Way::Sparse { map, .. } => map,
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
        let (dy, weights, bias) = unsafe {
            (
                view.read(convolution.dy, convolution.outputs(&images)),
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
                    // SAFETY: as declared above.
                    alive: unsafe { convolution.alive(context, &images) },
                    filter: filters.start,
                    dw: weights.into_slice(
                        place.start,
                        geometry.depth() * filters.len().next_multiple_of(convolution.lanes),
                    ),
                    db: bias,
                },
            ),
            Way::Sparse { map, codes } => {
                let layout = convolution.layout();
                let maps = layout.map_length();
                run_on(
                    context.unit,
                    sparse::WeightGradient {
                        geometry,
                        // SAFETY: as declared above.
                        map: unsafe { view.read(map, images.start * maps..images.end * maps) },
                        dy,
                        // SAFETY: as declared above.
                        codes: unsafe { view.read_bytes(codes, convolution.outputs(&images)) },
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
