//! The nodes at both ends: pictures in, loss out; and the way back through a pooling that stands alone.
#![allow(unsafe_code)] // See `Node`.

use super::super::loss::cross_entropy;
use super::super::pool::Map;
use super::memory::Id;
use super::node::{Access, Context, Grid, Node};
use std::sync::atomic::Ordering;

/// The batch's pictures, bytes divided by 255.
pub struct Gather {
    pub length: usize,
    pub x: Id,
}

/// Writes pictures as the network gets them.
pub fn to_floats(bytes: &[u8], x: &mut [f32]) {
    for (x, byte) in x.iter_mut().zip(bytes) {
        *x = f32::from(*byte) / 255.0;
    }
}

// SAFETY: a task writes its pictures.
unsafe impl Node for Gather {
    fn name(&self) -> String {
        "pictures".into()
    }

    fn access(&self) -> Access {
        Access {
            reads: Vec::new(),
            writes: vec![self.x],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        for image in images {
            let row = context.batch.rows[image] as usize;
            let bytes = &context.batch.pixels[row * self.length..][..self.length];
            // SAFETY: as declared above.
            let mut x = unsafe { context.view.write(self.x) };
            to_floats(bytes, x.piece(image * self.length, self.length));
        }
    }
}

/// The loss of every picture, whether it is a hit, and the gradient of the logits.
pub struct Loss {
    pub classes: usize,
    pub logits: Id,
    pub gradient: Id,
    pub losses: Id,
    pub hits: Id,
}

/// Pictures a task.
const LEAST: usize = 8;

// SAFETY: a task writes its pictures' part of each buffer.
unsafe impl Node for Loss {
    fn name(&self) -> String {
        "loss".into()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.logits],
            writes: vec![self.gradient, self.losses, self.hits],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, LEAST).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, LEAST).task(task);
        let scale = 1.0 / context.images as f32;
        let view = context.view;
        for image in images {
            let numbers = image * self.classes..(image + 1) * self.classes;
            let label = context.batch.labels[context.batch.rows[image] as usize];
            // SAFETY: as declared above.
            let (logits, mut gradient, mut losses, mut hits) = unsafe {
                (
                    view.read(self.logits, numbers.clone()),
                    view.write(self.gradient),
                    view.write(self.losses),
                    view.write_bytes(self.hits),
                )
            };
            let gradient = gradient.piece(numbers.start, self.classes);
            let (loss, hit) = cross_entropy(logits, usize::from(label), scale, gradient);
            losses.piece(image, 1)[0] = loss;
            hits.piece(image, 1)[0] = u8::from(hit);
            if !loss.is_finite() {
                context.has_diverged.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// The gradient of a pooling's input.
pub struct PoolGradient {
    pub name: String,
    pub map: Map,
    pub x: Id,
    pub y: Id,
    pub dy: Id,
    pub dx: Id,
}

// SAFETY: a task writes its pictures' part of dy and dx.
unsafe impl Node for PoolGradient {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.x, self.y],
            writes: vec![self.dy, self.dx],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let (inputs, outputs) = (self.map.input_length(), self.map.output_length());
        let view = context.view;
        // SAFETY: as declared above.
        let (x, y, dy, dx) = unsafe {
            (
                view.read(self.x, images.start * inputs..images.end * inputs),
                view.read(self.y, images.start * outputs..images.end * outputs),
                view.write(self.dy),
                view.write(self.dx),
            )
        };
        self.map.pool_back(
            x,
            y,
            dy.into_slice(images.start * outputs, images.len() * outputs),
            dx.into_slice(images.start * inputs, images.len() * inputs),
        );
    }
}
