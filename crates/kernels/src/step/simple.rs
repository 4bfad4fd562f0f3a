//! Nodes of what does the same to every number: activations on the way back, dropout, and parts of a gradient.
#![allow(unsafe_code)] // See `Node`.

use super::super::activation::{self, Activation};
use super::super::dropout::{Draw, Dropout};
use super::super::join::{Part, Take};
use super::super::kernel::run_on;
use super::memory::Id;
use super::node::{Access, Context, Grid, Node};

/// The gradient of what an activation was applied to.
pub struct ActivationGradient {
    pub name: String,
    pub activation: Activation,
    /// Numbers of a picture.
    pub length: usize,
    /// The output, if that says the gradient, otherwise the input.
    pub at: Id,
    pub dy: Id,
    /// The same buffer if nobody else reads that.
    pub dz: Id,
}

// SAFETY: a task writes its pictures' part of dz.
unsafe impl Node for ActivationGradient {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let mut reads = vec![self.at];
        reads.extend((self.dy != self.dz).then_some(self.dy));
        Access {
            reads,
            writes: vec![self.dz],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let numbers = images.start * self.length..images.end * self.length;
        let view = context.view;
        // SAFETY: as declared above.
        let gradient = unsafe {
            activation::Gradient {
                activation: self.activation,
                at: view.read(self.at, numbers.clone()),
                dy: (self.dy != self.dz).then(|| view.read(self.dy, numbers.clone())),
                dz: view.write(self.dz).into_slice(numbers.start, numbers.len()),
            }
        };
        run_on(context.unit, gradient);
    }
}

/// Drops some numbers, or their gradients.
pub struct DropoutNode {
    pub name: String,
    pub layer: usize,
    pub rate: f32,
    /// Numbers of a picture.
    pub length: usize,
    pub from: Id,
    pub to: Id,
}

// SAFETY: a task writes its pictures' part of the output.
unsafe impl Node for DropoutNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.from],
            writes: vec![self.to],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let numbers = images.start * self.length..images.end * self.length;
        let view = context.view;
        // SAFETY: as declared above.
        let dropout = unsafe {
            Dropout {
                draw: Draw {
                    seed: context.seed,
                    step: context.step,
                    layer: self.layer as u64,
                    rate: self.rate,
                },
                picture: images.start,
                length: self.length,
                from: view.read(self.from, numbers.clone()),
                to: view.write(self.to).into_slice(numbers.start, numbers.len()),
            }
        };
        run_on(context.unit, dropout);
    }
}

/// One input's part of the gradient of what was joined.
pub struct TakeNode {
    pub name: String,
    pub part: Part,
    /// Pixels of a picture.
    pub pixels: usize,
    pub dy: Id,
    pub dx: Id,
}

// SAFETY: a task writes its pictures' part of dx.
unsafe impl Node for TakeNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.dy],
            writes: vec![self.dx],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let of = |length: usize| images.start * length..images.end * length;
        let (dy, dx) = (
            of(self.pixels * self.part.row),
            of(self.pixels * self.part.count),
        );
        // SAFETY: as declared above.
        let take = unsafe {
            Take {
                part: self.part,
                dy: context.view.read(self.dy, dy),
                dx: (context.view.write(self.dx)).into_slice(dx.start, dx.len()),
            }
        };
        run_on(context.unit, take);
    }
}
