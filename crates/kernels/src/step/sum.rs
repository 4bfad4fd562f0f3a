//! Nodes that add up: the inputs of a layer, and what the readers of an output pass back.
#![allow(unsafe_code)] // See `Node`.

use super::super::activation::{Activate, Activation, STRAIGHT};
use super::super::kernel::run_on;
use super::super::pieces::Pieces;
use super::super::sum::{Sum, Summand};
use super::builder::bend;
use super::forward::TOGETHER;
use super::memory::Id;
use super::node::{Access, Context, Grid, Node};
use super::norm::Norm;
use std::ops::Range;

/// A sum, and what is done to it.
pub struct SumNode {
    pub name: String,
    /// Where they are; or the inputs of batch normalizations that are computed on the way. At least two.
    pub summands: Vec<(Id, Option<Norm>)>,
    /// Numbers of a picture.
    pub length: usize,
    pub channels: usize,
    pub activation: Activation,
    /// May be the first summand.
    pub y: Id,
}

impl SumNode {
    /// A summand, if it is not in `y` already.
    ///
    /// # Safety
    /// As [`View::read`](super::memory::View::read).
    unsafe fn summand<'a>(
        &self,
        context: &Context<'a>,
        index: usize,
        numbers: Range<usize>,
    ) -> Option<Summand<'a>> {
        let (id, norm) = self.summands[index];
        // SAFETY: the caller's promise.
        (id != self.y).then(|| unsafe {
            Summand {
                x: context.view.read(id, numbers),
                normal: norm.map(|norm| norm.normal(context)),
            }
        })
    }
}

// SAFETY: a task writes its pictures' part of y.
unsafe impl Node for SumNode {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn access(&self) -> Access {
        let mut reads = Vec::new();
        for (id, norm) in &self.summands {
            reads.extend((*id != self.y).then_some(*id));
            if let Some(norm) = norm {
                reads.extend([norm.statistics, norm.beta.weights]);
            }
        }
        Access {
            reads,
            writes: vec![self.y],
        }
    }

    fn tasks(&self, images: usize, threads: usize) -> usize {
        Grid::new(images, 1, threads, 1).tasks()
    }

    fn run(&self, context: &Context<'_>, task: usize) {
        let (images, _) = Grid::new(context.images, 1, context.threads, 1).task(task);
        // A third one is added to the first two, an activation other than a bend comes behind: some pictures at a time, which stay in the
        // second cache meanwhile.
        let most = (TOGETHER / self.length).max(1);
        for start in images.clone().step_by(most) {
            self.some(context, start..images.end.min(start + most));
        }
    }
}

impl SumNode {
    fn some(&self, context: &Context<'_>, images: Range<usize>) {
        let numbers = images.start * self.length..images.end * self.length;
        for second in 1..self.summands.len() {
            let is_last = second + 1 == self.summands.len();
            // SAFETY: as declared above.
            let sum = unsafe {
                let first = (second == 1).then(|| self.summand(context, 0, numbers.clone()));
                Sum {
                    summands: [
                        first.flatten(),
                        self.summand(context, second, numbers.clone()),
                    ],
                    channels: self.channels,
                    bend: if is_last {
                        bend(self.activation)
                    } else {
                        STRAIGHT
                    },
                    y: context
                        .view
                        .write(self.y)
                        .into_slice(numbers.start, numbers.len()),
                }
            };
            run_on(context.unit, sum);
        }
        if self.activation.bend().is_none() {
            // SAFETY: as declared above.
            let y = unsafe {
                context
                    .view
                    .write(self.y)
                    .into_slice(numbers.start, numbers.len())
            };
            let activate = Activate {
                activation: self.activation,
                numbers: Pieces::new(y),
                rows: images.len(),
                row: self.length,
                first: 0,
                count: self.length,
            };
            run_on(context.unit, activate);
        }
    }
}
