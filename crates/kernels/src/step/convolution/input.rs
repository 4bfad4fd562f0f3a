//! The gradient of the input of a convolution, through its pooling.
#![allow(unsafe_code)] // See `Node`.

use super::super::super::kernel::run_on;
use super::super::super::sparse;
use super::super::memory::Id;
use super::super::node::{Access, Context, Grid, Node};
use super::Convolution;

/// The gradient of the input.
pub struct InputGradientNode {
    pub name: String,
    pub convolution: Convolution,
    pub codes: Id,
    /// As [`ArrangeNode`](super::ArrangeNode) has copied them.
    pub weights: Id,
    pub dx: Id,
}

impl InputGradientNode {
    fn grid(&self, images: usize, threads: usize) -> Grid {
        Grid::new(images, self.convolution.layout().blocks, threads, 1)
    }
}

// SAFETY: a task writes its pictures' part of dx, of this only its blocks' channels.
unsafe impl Node for InputGradientNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.convolution.dy, self.weights, self.codes],
            writes: vec![self.dx],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        self.grid(images, threads).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, blocks) = self.grid(context.images, context.threads).task(task);
        let (convolution, view) = (&self.convolution, context.view);
        // SAFETY: as declared above.
        let gradient = unsafe {
            sparse::InputGradient {
                geometry: convolution.geometry.of(images.len()),
                dy: view.read(convolution.dy, convolution.outputs(&images)),
                codes: view.read_bytes(self.codes, convolution.outputs(&images)),
                weights: view.read_all(self.weights),
                blocks,
                dx: view.write(self.dx).from(convolution.inputs(&images).start),
            }
        };
        run_on(context.unit, gradient);
    }
}
