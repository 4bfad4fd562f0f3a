//! The way back through a pooling.
#![allow(unsafe_code)] // See `Node`.

use super::super::kernel::run_on;
use super::super::pools::{Backward, Kind};
use super::super::slide::Slide;
use super::memory::Id;
use super::node::{Access, Context, Grid, Node};

/// The gradient of the input of a pooling.
pub struct PoolGradient {
    pub name: String,
    pub slide: Slide,
    pub kind: Kind,
    pub x: Id,
    pub y: Id,
    pub dy: Id,
    pub dx: Id,
}

// SAFETY: a task writes its pictures' part of dx.
unsafe impl Node for PoolGradient {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.x, self.y, self.dy],
            writes: vec![self.dx],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let of = |length: usize| images.start * length..images.end * length;
        let (inputs, outputs) = (self.slide.input_length(), self.slide.output_length());
        let view = context.view;
        // SAFETY: as declared above.
        let backward = unsafe {
            Backward {
                slide: self.slide,
                kind: self.kind,
                x: view.read(self.x, of(inputs)),
                y: view.read(self.y, of(outputs)),
                dy: view.read(self.dy, of(outputs)),
                dx: (view.write(self.dx)).into_slice(of(inputs).start, of(inputs).len()),
            }
        };
        run_on(context.unit, backward);
    }
}
