//! The gradient of a convolution's input.
#![allow(unsafe_code)] // See `Node`.

use super::super::super::alive::Alive;
use super::super::super::kernel::run_on;
use super::super::super::pass::Method;
use super::super::super::{sparse, transposed};
use super::super::memory::Id;
use super::super::node::{Access, Context, Grid, Node};
use super::Convolution;

/// How the input's gradient is computed.
#[derive(Clone, Copy)]
pub enum Back {
    /// Through a pooling, from weights that [`ArrangeNode`](super::ArrangeNode) has copied.
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
            reads: vec![dy, self.weights, codes.unwrap_or(y)],
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
