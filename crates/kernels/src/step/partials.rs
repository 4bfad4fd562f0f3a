//! The gradient of a convolution's weights is a sum over all pictures and all places. It is cut into fixed parts of the batch and groups
//! of filters, whatever the threads; whoever moves the weights adds the parts up in order.

use super::memory::{Id, Memory};
use std::ops::Range;

/// The parts that a convolution's gradients are the sums of: of some pictures and a group of filters each.
#[derive(Clone, Copy)]
pub struct Partials {
    pub parts: usize,
    pub groups: usize,
    /// Filters of all groups but perhaps the last.
    group: usize,
    pub filters: usize,
    /// Numbers of a part's weights.
    length: usize,
    pub weights: Id,
    pub bias: Id,
}

/// Parts of a batch times groups of filters: enough for many threads, and few enough to be added up quickly.
pub const PARTIALS: usize = 16;

impl Partials {
    /// For so many filters in groups of some, of which each part has `length` numbers.
    pub fn new(
        (images, filters): (usize, usize),
        group: usize,
        length: usize,
        wanted: usize,
        memory: &mut Memory,
    ) -> Self {
        let groups = filters.div_ceil(group);
        let parts = (wanted / groups).clamp(1, images.max(1));
        Self {
            parts,
            groups,
            group,
            filters,
            length,
            weights: memory.floats(parts * groups * length),
            bias: memory.floats(parts * filters),
        }
    }

    pub fn filters(&self, group: usize) -> Range<usize> {
        group * self.group..self.filters.min((group + 1) * self.group)
    }

    /// Where the biases' gradients are, and how many are to be added up.
    pub fn bias_rows(&self) -> (Id, usize) {
        (self.bias, self.parts)
    }

    /// The sum of all parts of some `numbers` of a group, from `start` on.
    #[inline(always)]
    pub fn add_up(&self, numbers: &[f32], group: usize, start: usize, sum: &mut [f32]) {
        for part in 0..self.parts {
            let numbers = &numbers[self.place(part, group)][start..start + sum.len()];
            if part == 0 {
                sum.copy_from_slice(numbers);
            } else {
                for (sum, number) in sum.iter_mut().zip(numbers) {
                    *sum += number;
                }
            }
        }
    }

    /// Where the numbers of a part and a group are.
    pub fn place(&self, part: usize, group: usize) -> Range<usize> {
        let start = (part * self.groups + group) * self.length;
        start..start + self.length
    }
}
