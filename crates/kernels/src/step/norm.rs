//! Nodes of a batch normalization.
//!
//! Forward, each part of the batch is measured, the parts are collected, and all is normalized, by a node or by the sum that reads it. On the way back the parts leave the
//! sums of their gradients, which are collected too. Both meetings are what statistics over the whole batch cost.
#![allow(unsafe_code)] // See `Node`.

use super::super::activation::Bend;
use super::super::kernel::run_on;
use super::super::norm::{Back, Collect, Input, Measure, Normal, Normalize, Statistics, Sums};
use super::memory::{Id, Memory, Variable};
use super::node::{Access, Context, Grid, Node, part};
use std::ops::Range;

/// Parts of a batch: enough for many threads, and few enough to be put together quickly.
const PARTS: usize = 16;

/// A batch normalization as its nodes see it.
#[derive(Clone, Copy)]
pub struct Norm {
    pub channels: usize,
    /// Of a picture.
    pub pixels: usize,
    pub epsilon: f64,
    pub momentum: f64,
    pub unbiased: bool,
    pub bend: Bend,
    pub x: Id,
    pub gamma: Variable,
    pub beta: Variable,
    pub parts: usize,
    /// Of each part a number a channel: means and squares forward, gradients of β and γ on the way back.
    pub sums: [Id; 2],
    /// Four numbers of each channel: [`Statistics`].
    pub statistics: Id,
    /// Two numbers of each channel: what the gradients are on average.
    pub means: Id,
}

impl Norm {
    /// Parts of so many planned pictures, and the buffers for them.
    pub fn buffers(
        images: usize,
        channels: usize,
        memory: &mut Memory,
    ) -> (usize, [Id; 2], Id, Id) {
        let parts = PARTS.min(images).max(1);
        let sums = [(); 2].map(|()| memory.floats(parts * channels));
        let statistics = memory.floats(4 * channels);
        (parts, sums, statistics, memory.floats(2 * channels))
    }

    fn numbers(&self, images: &Range<usize>) -> Range<usize> {
        let length = self.pixels * self.channels;
        images.start * length..images.end * length
    }

    /// Mean, inverse and scale.
    ///
    /// # Safety
    /// As [`View::read`](super::memory::View::read).
    unsafe fn statistics<'a>(&self, context: &Context<'a>) -> [&'a [f32]; 3] {
        let numbers = |index: usize| index * self.channels..(index + 1) * self.channels;
        // SAFETY: the caller's promise.
        [0, 1, 2].map(|index| unsafe { context.view.read(self.statistics, numbers(index)) })
    }

    /// How the output is computed.
    ///
    /// # Safety
    /// As [`View::read`](super::memory::View::read).
    pub unsafe fn normal<'a>(&self, context: &Context<'a>) -> Normal<'a> {
        // SAFETY: the caller's promise.
        unsafe {
            let [mean, _, scale] = self.statistics(context);
            Normal {
                mean,
                scale,
                beta: context.view.read_all(self.beta.weights),
                bend: self.bend,
            }
        }
    }

    /// # Safety
    /// As [`View::read`](super::memory::View::read).
    unsafe fn back<'a>(&self, context: &Context<'a>, images: &Range<usize>) -> Back<'a> {
        // SAFETY: the caller's promise.
        unsafe {
            let [_, inverse, _] = self.statistics(context);
            Back {
                x: context.view.read(self.x, self.numbers(images)),
                normal: self.normal(context),
                inverse,
            }
        }
    }
}

/// Each part's means and squares.
pub struct MeasureNode {
    pub name: String,
    pub norm: Norm,
}

// SAFETY: a task writes its part's place of both buffers.
unsafe impl Node for MeasureNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.norm.x],
            writes: self.norm.sums.to_vec(),
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        self.norm.parts
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let norm = &self.norm;
        let images = part(context.images, norm.parts, task);
        let view = context.view;
        // SAFETY: as declared above.
        let measure = unsafe {
            let [mean, squares] = norm
                .sums
                .map(|id| (view.write(id)).into_slice(task * norm.channels, norm.channels));
            Measure {
                x: view.read(norm.x, norm.numbers(&images)),
                mean,
                squares,
            }
        };
        run_on(context.unit, measure);
    }
}

/// The statistics of the whole batch.
pub struct CollectNode {
    pub name: String,
    pub norm: Norm,
}

// SAFETY: there is one task.
unsafe impl Node for CollectNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let [means, squares] = self.norm.sums;
        Access {
            reads: vec![means, squares, self.norm.gamma.weights],
            writes: vec![self.norm.statistics],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        1
    }

    fn run(&self, context: &Context<'_>, _: usize) {
        let norm = &self.norm;
        let view = context.view;
        // SAFETY: as declared above.
        unsafe {
            let statistics = view.write(norm.statistics).into_slice(0, 4 * norm.channels);
            let (mean, rest) = statistics.split_at_mut(norm.channels);
            let (inverse, rest) = rest.split_at_mut(norm.channels);
            let (scale, variance) = rest.split_at_mut(norm.channels);
            let collect = Collect {
                means: view.read_all(norm.sums[0]),
                squares: view.read_all(norm.sums[1]),
                counts: &|index| part(context.images, norm.parts, index).len() * norm.pixels,
                epsilon: norm.epsilon,
                gamma: view.read_all(norm.gamma.weights),
                statistics: Statistics {
                    mean,
                    inverse,
                    scale,
                    variance,
                },
                is_unbiased: norm.unbiased,
            };
            collect.run();
        }
    }
}

/// The output.
pub struct NormalizeNode {
    pub name: String,
    pub norm: Norm,
    pub y: Id,
}

// SAFETY: a task writes its pictures' part of y.
unsafe impl Node for NormalizeNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let Norm {
            x,
            statistics,
            beta,
            ..
        } = self.norm;
        Access {
            reads: vec![x, statistics, beta.weights],
            writes: vec![self.y],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let norm = &self.norm;
        let (numbers, view) = (norm.numbers(&images), context.view);
        // SAFETY: as declared above.
        let normalize = unsafe {
            Normalize {
                x: view.read(norm.x, numbers.clone()),
                normal: norm.normal(context),
                y: view.write(self.y).into_slice(numbers.start, numbers.len()),
            }
        };
        run_on(context.unit, normalize);
    }
}

/// The running statistics move. Behind the loss, as they stay where that is no number.
pub struct RunningNode {
    pub name: String,
    pub norm: Norm,
    /// What the loss has left of the gradient.
    pub dy: Id,
    pub mean: Variable,
    pub variance: Variable,
}

// SAFETY: there is one task.
unsafe impl Node for RunningNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: vec![self.norm.statistics, self.dy],
            writes: vec![self.mean.weights, self.variance.weights],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        1
    }

    fn run(&self, context: &Context<'_>, _: usize) {
        let channels = self.norm.channels;
        let keep = self.norm.momentum as f32;
        let add = (1.0 - self.norm.momentum) as f32;
        for (index, variable) in [(0, self.mean), (3, self.variance)] {
            // SAFETY: as declared above.
            let (new, mut running) = unsafe {
                let numbers = index * channels..(index + 1) * channels;
                (
                    context.view.read(self.norm.statistics, numbers),
                    context.view.write(variable.weights),
                )
            };
            for (running, new) in running.piece(0, channels).iter_mut().zip(new) {
                *running = *running * keep + new * add;
            }
        }
    }
}

/// Each part's gradients of β and γ.
pub struct SumsNode {
    pub name: String,
    pub norm: Norm,
    pub dy: Id,
}

// SAFETY: a task writes its part's place of both buffers.
unsafe impl Node for SumsNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let Norm {
            x,
            statistics,
            beta,
            ..
        } = self.norm;
        Access {
            reads: vec![self.dy, x, statistics, beta.weights],
            writes: self.norm.sums.to_vec(),
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        self.norm.parts
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let norm = &self.norm;
        let images = part(context.images, norm.parts, task);
        // SAFETY: as declared above.
        let sums = unsafe {
            let [beta, gamma] = norm
                .sums
                .map(|id| (context.view.write(id)).into_slice(task * norm.channels, norm.channels));
            Sums {
                back: norm.back(context, &images),
                dy: (context.view).read(self.dy, norm.numbers(&images)),
                beta,
                gamma,
            }
        };
        run_on(context.unit, sums);
    }
}

/// What the gradients are on average over the batch.
pub struct MeansNode {
    pub name: String,
    pub norm: Norm,
}

// SAFETY: there is one task.
unsafe impl Node for MeansNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        Access {
            reads: self.norm.sums.to_vec(),
            writes: vec![self.norm.means],
        }
    }

    fn tasks(&self, _: usize, _: usize) -> usize {
        1
    }

    fn run(&self, context: &Context<'_>, _: usize) {
        let channels = self.norm.channels;
        let share = 1.0 / (context.images * self.norm.pixels) as f64;
        for (index, sums) in self.norm.sums.into_iter().enumerate() {
            // SAFETY: as declared above.
            let (sums, mut means) = unsafe {
                (
                    context.view.read_all(sums),
                    context.view.write(self.norm.means),
                )
            };
            let means = means.piece(index * channels, channels);
            for (channel, mean) in means.iter_mut().enumerate() {
                let sums = sums[channel..].iter().step_by(channels);
                let sum: f64 = sums.map(|sum| f64::from(*sum)).sum();
                *mean = (sum * share) as f32;
            }
        }
    }
}

/// The gradient of the input.
pub struct InputGradientNode {
    pub name: String,
    pub norm: Norm,
    pub dy: Id,
    /// The same buffer if nobody else reads that.
    pub dx: Id,
}

// SAFETY: a task writes its pictures' part of dx.
unsafe impl Node for InputGradientNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let Norm {
            x,
            statistics,
            means,
            beta,
            ..
        } = self.norm;
        let mut reads = vec![x, statistics, means, beta.weights];
        reads.extend((self.dy != self.dx).then_some(self.dy));
        Access {
            reads,
            writes: vec![self.dx],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        let norm = &self.norm;
        let (numbers, view) = (norm.numbers(&images), context.view);
        let means = |index: usize| index * norm.channels..(index + 1) * norm.channels;
        // SAFETY: as declared above.
        let input = unsafe {
            Input {
                back: norm.back(context, &images),
                means: [0, 1].map(|index| view.read(norm.means, means(index))),
                dy: (self.dy != self.dx).then(|| view.read(self.dy, numbers.clone())),
                dx: view.write(self.dx).into_slice(numbers.start, numbers.len()),
            }
        };
        run_on(context.unit, input);
    }
}
