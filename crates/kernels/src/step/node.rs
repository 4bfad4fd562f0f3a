//! What a plan is a list of.
#![allow(unsafe_code)] // A node promises which memory its tasks touch.

use super::super::optimizer::Constants;
use super::super::unit::Unit;
use super::memory::{Id, View};
use super::network::Batch;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// A kernel over buffers, cut into tasks that may run in any order and at the same time.
///
/// # Safety
/// A task uses no buffer but those of [`Node::access`], writes to none of those that are only read, and writes nothing that another
/// task of the node reads or writes.
pub unsafe trait Node: Send + Sync {
    /// What it does, for people.
    fn name(&self) -> String;

    /// What it reads and writes.
    fn access(&self) -> Access;

    /// How many tasks it falls into for so many pictures and threads. What it computes must not depend on the threads, to the bit.
    fn tasks(&self, images: usize, threads: usize) -> usize;

    /// Runs one of them.
    fn run(&self, context: &Context<'_>, task: usize);
}

/// Buffers that a node reads and writes.
#[derive(Debug, Default)]
pub struct Access {
    pub reads: Vec<Id>,
    pub writes: Vec<Id>,
}

impl Access {
    /// Whether one of the two must come before the other.
    pub fn excludes(&self, other: &Self) -> bool {
        let touches = |writes: &[Id], access: &Self| {
            writes
                .iter()
                .any(|id| access.reads.contains(id) || access.writes.contains(id))
        };
        touches(&self.writes, other) || touches(&other.writes, self)
    }
}

/// What all tasks of a step have in common.
pub struct Context<'a> {
    pub unit: Unit,
    /// Pictures of the batch.
    pub images: usize,
    /// Threads that the tasks are cut for.
    pub threads: usize,
    pub batch: Batch<'a>,
    pub constants: Constants,
    /// What random numbers depend on, besides layer and place.
    pub seed: u64,
    pub step: u64,
    pub view: View<'a>,
    /// Set where a loss is no number: the weights then stay as they are.
    pub has_diverged: &'a AtomicBool,
}

/// Part `index` of `parts` equal ones of `0..count`.
pub fn part(count: usize, parts: usize, index: usize) -> Range<usize> {
    count * index / parts..count * (index + 1) / parts
}

/// Tasks of some pictures and some blocks of channels or units each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    images: usize,
    image_parts: usize,
    blocks: usize,
    block_parts: usize,
}

impl Grid {
    /// For every thread one task at least, of `least` pictures where there are enough: first the pictures are parted, then the blocks,
    /// each of which repeats some work. Few threads get two tasks each, so that one held up by another program has less to be waited for.
    pub fn new(images: usize, blocks: usize, threads: usize, least: usize) -> Self {
        let wanted = match threads {
            1 => 1,
            2..=4 => 2 * threads,
            more => more,
        };
        let mut image_parts = wanted.min(images.div_ceil(least)).max(1);
        let block_parts = threads.div_ceil(image_parts).min(blocks).max(1);
        if image_parts * block_parts < threads {
            image_parts = threads.div_ceil(block_parts).min(images).max(1);
        }
        Self {
            images,
            image_parts,
            blocks,
            block_parts,
        }
    }

    /// The same, but first the blocks are parted, where each part of the pictures repeats much work.
    pub fn by_blocks(images: usize, blocks: usize, threads: usize, least: usize) -> Self {
        let block_parts = threads.min(blocks).max(1);
        let image_parts = threads.div_ceil(block_parts).min(images.div_ceil(least));
        Self {
            images,
            image_parts: image_parts.max(1),
            blocks,
            block_parts,
        }
    }

    pub fn tasks(self) -> usize {
        self.image_parts * self.block_parts
    }

    /// Pictures and blocks of a task.
    pub fn task(self, task: usize) -> (Range<usize>, Range<usize>) {
        let (image, block) = (task / self.block_parts, task % self.block_parts);
        (
            part(self.images, self.image_parts, image),
            part(self.blocks, self.block_parts, block),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_and_block_is_in_one_task() {
        for (images, blocks) in [(0, 1), (1, 1), (1, 8), (7, 3), (32, 2), (128, 1)] {
            for threads in [1, 2, 3, 5, 16, 64] {
                for least in [1, 4] {
                    let grid = Grid::new(images, blocks, threads, least);
                    let mut seen = vec![0; images * blocks];
                    for task in 0..grid.tasks() {
                        let (images, some) = grid.task(task);
                        for image in images {
                            for block in some.clone() {
                                seen[image * blocks + block] += 1;
                            }
                        }
                    }
                    assert!(seen.iter().all(|count| *count == 1), "{grid:?}");
                    assert!(grid.tasks() >= threads.min(images * blocks), "{grid:?}");
                }
            }
        }
    }
}
