//! The gradients of a convolution's outputs that are not zero, as lists.
//!
//! A site is a pooling window, of whose four pixels one at most lets gradient through.

use super::window::DEAD;
use std::ops::Range;

/// A gradient, and where the block that it scales starts.
#[derive(Clone, Copy, Default)]
pub struct Entry {
    pub start: u32,
    pub value: f32,
}

/// Lists of entries, each with the start of the block that it adds to.
#[derive(Default)]
pub struct Lists {
    entries: Vec<Entry>,
    lists: Vec<List>,
}

struct List {
    target: usize,
    entries: Range<usize>,
}

impl Lists {
    /// Every list that is not empty, and its target.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[Entry])> {
        self.lists
            .iter()
            .map(|list| (list.target, &self.entries[list.entries.clone()]))
    }

    fn reset(&mut self, capacity: usize) {
        self.lists.clear();
        if self.entries.len() < capacity {
            self.entries.resize(capacity, Entry::default());
        }
    }

    fn push(&mut self, target: usize, entries: Range<usize>) {
        if !entries.is_empty() {
            self.lists.push(List { target, entries });
        }
    }
}

/// Sites that follow each other in memory, and what comes back to them.
pub struct Sites<'a> {
    /// `(sites, filters)`.
    pub dy: &'a [f32],
    /// Of the same sites, as [`Window`](super::window::Window) writes them.
    pub codes: &'a [u8],
    pub filters: usize,
    /// Where x starts under each site's first pixel.
    pub corners: &'a [u32],
    /// From there to under each of a window's four pixels; the last is that of a dead window.
    pub positions: [u32; 5],
}

impl Sites<'_> {
    /// One list a filter from `from` on, of the starts in x that its gradients scale; its target is the filter's place among blocks of
    /// `length`. Also adds each filter's gradients to `db`, which says how many filters they are.
    #[inline(always)]
    pub fn by_filter(&self, lists: &mut Lists, length: usize, from: usize, db: &mut [f32]) {
        let sites = self.corners.len();
        lists.reset(db.len() * sites);
        for (index, db) in db.iter_mut().enumerate() {
            let filter = from + index;
            let first = index * sites;
            let list = &mut lists.entries[first..][..sites];
            let mut count = 0;
            let dy = self.dy[filter..].iter().step_by(self.filters);
            let sites = dy.zip(self.corners);
            // The next entry overwrites one that is dropped: no branch that half of them would mispredict.
            let codes = self.codes[filter..].iter().step_by(self.filters);
            for ((&value, &corner), code) in sites.zip(codes) {
                let start = corner + self.positions[usize::from(*code.min(&DEAD))];
                if let Some(entry) = list.get_mut(count) {
                    *entry = Entry { start, value };
                }
                count += usize::from(*code < DEAD);
            }
            *db += list[..count].iter().map(|entry| entry.value).sum::<f32>();
            lists.push(index * length, first..first + count);
        }
    }

    /// One list a site and position, of the filters' blocks of `length` that its gradients scale; its target is the start in x.
    #[inline(always)]
    pub fn by_pixel(&self, lists: &mut Lists, length: usize) {
        let filters = self.filters;
        lists.reset(filters * self.corners.len());
        let windows = self
            .dy
            .chunks_exact(filters)
            .zip(self.codes.chunks_exact(filters));
        for (site, (&corner, (dy, codes))) in self.corners.iter().zip(windows).enumerate() {
            let first = site * filters;
            let list = &mut lists.entries[first..][..filters];
            // Sorted by position, the dead behind the others.
            let mut ends = [0; 5];
            let mut end = 0;
            for position in 0..4 {
                ends[position] = end;
                end += codes
                    .iter()
                    .map(|code| u32::from(usize::from(*code) == position))
                    .sum::<u32>() as usize;
            }
            ends[4] = end;
            for (filter, (&value, code)) in dy.iter().zip(codes).enumerate() {
                let end = &mut ends[usize::from(*code.min(&DEAD))];
                if let Some(to) = list.get_mut(*end) {
                    let start = (filter * length) as u32;
                    *to = Entry { start, value };
                }
                *end += 1;
            }
            let mut from = first;
            for position in 0..4 {
                let to = first + ends[position];
                lists.push((corner + self.positions[position]) as usize, from..to);
                from = to;
            }
        }
    }
}
