//! The nodes at both ends: pictures in, loss out.
#![allow(unsafe_code)] // See `Node`.

use super::super::loss::{Target, cross_entropy};
use super::memory::Id;
use super::network::Normalization;
use super::node::{Access, Context, Grid, Node};
use std::sync::atomic::Ordering;

/// The batch's pictures as numbers.
pub struct Gather {
    pub length: usize,
    pub normalization: Option<Normalization>,
    pub x: Id,
}

/// Writes pictures as the network gets them.
pub fn to_floats(normalization: Option<&Normalization>, bytes: &[u8], x: &mut [f32]) {
    let Some(Normalization { scale, offset }) = normalization else {
        for (x, byte) in x.iter_mut().zip(bytes) {
            *x = f32::from(*byte) / 255.0;
        }
        return;
    };
    let channels = scale.len();
    for (x, bytes) in x.chunks_exact_mut(channels).zip(bytes.chunks(channels)) {
        for (((x, byte), scale), offset) in x.iter_mut().zip(bytes).zip(scale).zip(offset) {
            *x = f32::from(*byte) * scale + offset;
        }
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
            let x = x.piece(image * self.length, self.length);
            to_floats(self.normalization.as_ref(), bytes, x);
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
    /// Share of the label's probability that all classes are given alike.
    pub smoothing: f32,
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
            let target = Target {
                label: usize::from(label),
                smoothing: self.smoothing,
            };
            let (loss, hit) = cross_entropy(logits, target, scale, gradient);
            losses.piece(image, 1)[0] = loss;
            hits.piece(image, 1)[0] = u8::from(hit);
            if !loss.is_finite() {
                context.has_diverged.store(true, Ordering::Relaxed);
            }
        }
    }
}
