//! Copies of input and weights in the layouts in which the way back reads them.
#![allow(unsafe_code)] // See `Node`.

use super::super::super::kernel::run_on;
use super::super::super::sparse;
use super::super::memory::Id;
use super::super::node::{Access, Context, Grid, Node};
use super::Convolution;

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
