//! The buffers of a plan: set aside once, used in every step.
#![allow(unsafe_code)] // Tasks on several threads use them at the same time, as their nodes have declared.

use super::super::optimizer::Lent;
use super::super::pieces::{Pieces, Raw};
use super::super::simd::Buffer;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

/// A buffer of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id(usize);

/// A variable of the optimizer and what it remembers of it.
#[derive(Clone, Copy)]
pub struct Variable {
    pub weights: Id,
    pub mean: Id,
    pub square: Id,
}

impl Variable {
    /// Its three buffers.
    pub fn ids(self) -> [Id; 3] {
        [self.weights, self.mean, self.square]
    }
}

/// All buffers. Those of variables belong to the optimizer and are lent for each step.
#[derive(Default)]
pub struct Memory {
    /// Numbers of each variable.
    variables: Vec<usize>,
    owned: Vec<Owned>,
    /// Memory of numbers, and how many are used.
    floats: Vec<(Buffer, usize)>,
    /// How many of them, at the end, are shared.
    shared: usize,
    /// Where they are during a step.
    places: Vec<Raw<f32>>,
    slots: Vec<Slot>,
}

enum Owned {
    Floats {
        /// Whose memory it is, and how many of its numbers.
        place: usize,
        length: usize,
        /// Whether that may be another's at other times.
        is_passing: bool,
    },
    Bytes(Vec<u8>),
}

#[derive(Clone, Copy)]
enum Slot {
    Floats(Raw<f32>),
    Bytes(Raw<u8>),
}

impl Memory {
    /// The next variable, of so many numbers. All come before the first buffer.
    pub fn variable(&mut self, length: usize) -> Variable {
        assert!(self.owned.is_empty(), "variables come first");
        let [weights, mean, square] = [0, 1, 2].map(|part| Id(3 * self.variables.len() + part));
        self.variables.push(length);
        Variable {
            weights,
            mean,
            square,
        }
    }

    /// A new buffer of zeros, which keeps what is written from step to step.
    pub fn floats(&mut self, length: usize) -> Id {
        self.own_floats(length, false)
    }

    /// A new buffer of numbers each of which is written in a step before it is read: see [`Memory::share`].
    pub fn passing(&mut self, length: usize) -> Id {
        self.own_floats(length, true)
    }

    fn own_floats(&mut self, length: usize, is_passing: bool) -> Id {
        self.floats.push((Buffer::default(), length));
        self.own(Owned::Floats {
            place: self.floats.len() - 1,
            length,
            is_passing,
        })
    }

    /// A new buffer of bytes, all zero.
    pub fn bytes(&mut self, length: usize) -> Id {
        self.own(Owned::Bytes(vec![0; length]))
    }

    fn own(&mut self, buffer: Owned) -> Id {
        self.owned.push(buffer);
        Id(3 * self.variables.len() + self.owned.len() - 1)
    }

    /// Lets buffers of what passes be in the same memory, if the stages in which they are used do not meet: it stays in the cache, and is less.
    /// The largest are given their places first. `used` must tell all stages of all nodes that run: a node relies on nobody else
    /// touching, in its stage, what it has declared.
    pub fn share(&mut self, used: &HashMap<Id, Range<usize>>) {
        let first = 3 * self.variables.len();
        let mut passing = Vec::new();
        let mut floats = Vec::new();
        for (index, owned) in self.owned.iter_mut().enumerate() {
            if let Owned::Floats {
                place,
                length,
                is_passing,
            } = owned
            {
                if *is_passing {
                    passing.push((*length, Id(first + index), place));
                } else {
                    floats.push((std::mem::take(&mut self.floats[*place].0), *length));
                    *place = floats.len() - 1;
                }
            }
        }
        passing.sort_by_key(|(length, ..)| Reverse(*length));
        let mut shared: Vec<(usize, Vec<&Range<usize>>)> = Vec::new();
        for (length, id, place) in passing {
            let stages = used.get(&id).unwrap_or(&(0..0));
            let is_free = |others: &[&Range<usize>]| {
                let mut others = others.iter();
                others.all(|other| other.end <= stages.start || stages.end <= other.start)
            };
            let free = shared.iter_mut().find(|(_, others)| is_free(others));
            if let Some((free, others)) = free {
                *place = *free;
                others.push(stages);
            } else {
                *place = floats.len();
                shared.push((*place, vec![stages]));
                floats.push((Buffer::default(), length));
            }
        }
        self.shared = shared.len();
        self.floats = floats;
    }

    /// Whether these are the variables, by their sizes.
    pub fn fits(&self, variables: impl Iterator<Item = usize>) -> bool {
        variables.eq(self.variables.iter().copied())
    }

    /// Bytes set aside.
    pub fn size(&self) -> usize {
        let floats = self
            .floats
            .iter()
            .map(|(_, length)| length * size_of::<f32>());
        let bytes = self.owned.iter().map(|owned| match owned {
            Owned::Floats { .. } => 0,
            Owned::Bytes(bytes) => bytes.len(),
        });
        floats.chain(bytes).sum()
    }

    /// Lends every buffer, and the variables given.
    pub fn view<'a>(&'a mut self, variables: &'a [Lent]) -> View<'a> {
        let sizes = variables.iter().map(|[weights, ..]| weights.len());
        assert!(self.fits(sizes), "the variables are those of the plan");
        self.slots.clear();
        let lent = variables.iter().flatten();
        self.slots
            .extend(lent.map(|numbers| Slot::Floats(*numbers)));
        #[cfg(test)]
        self.forget();
        self.places.clear();
        let floats = self.floats.iter_mut();
        let floats = floats.map(|(buffer, length)| Raw::new(buffer.take(*length)));
        self.places.extend(floats);
        let owned = self.owned.iter_mut().map(|owned| match owned {
            Owned::Floats { place, length, .. } => Slot::Floats(self.places[*place].first(*length)),
            Owned::Bytes(bytes) => Slot::Bytes(Raw::new(bytes)),
        });
        self.slots.extend(owned);
        View { slots: &self.slots }
    }
}

#[cfg(test)]
impl Memory {
    /// What passes is no number at the start of a step, so that a test sees who reads it before it is written.
    fn forget(&mut self) {
        for (buffer, length) in self.floats.iter_mut().rev().take(self.shared) {
            buffer.take(*length).fill(f32::NAN);
        }
    }
}

/// The buffers during a step. Two of them may be in one memory, at different stages.
///
/// What its methods demand of the caller is what makes a [`Node`](super::node::Node) sound: a task uses only what its node has declared,
/// and writes only what no other task of the node reads or writes. The order of the stages does the rest.
#[derive(Clone, Copy)]
pub struct View<'a> {
    slots: &'a [Slot],
}

impl<'a> View<'a> {
    /// Numbers to read.
    ///
    /// # Safety
    /// No task that runs at the same time may write them.
    pub unsafe fn read(self, id: Id, numbers: Range<usize>) -> &'a [f32] {
        // SAFETY: lent for `'a`; the caller promises the rest.
        let pieces = unsafe { self.write(id) };
        pieces.into_slice(numbers.start, numbers.len())
    }

    /// A whole buffer to read.
    ///
    /// # Safety
    /// As [`View::read`].
    pub unsafe fn read_all(self, id: Id) -> &'a [f32] {
        // SAFETY: the caller's promise.
        unsafe { self.read(id, 0..self.length(id)) }
    }

    /// Numbers to write, in pieces.
    ///
    /// # Safety
    /// No task that runs at the same time may read or write the pieces.
    pub unsafe fn write(self, id: Id) -> Pieces<'a, f32> {
        match self.slots[id.0] {
            // SAFETY: lent for `'a`; the caller promises the rest.
            Slot::Floats(floats) => unsafe { floats.pieces() },
            Slot::Bytes(_) => unreachable!("a buffer of bytes is not read as numbers"),
        }
    }

    /// The three buffers of a variable to write, in pieces.
    ///
    /// # Safety
    /// As [`View::write`].
    pub unsafe fn variable(self, variable: Variable) -> [Pieces<'a, f32>; 3] {
        // SAFETY: the caller's promise.
        variable.ids().map(|id| unsafe { self.write(id) })
    }

    /// Bytes to read.
    ///
    /// # Safety
    /// As [`View::read`].
    pub unsafe fn read_bytes(self, id: Id, bytes: Range<usize>) -> &'a [u8] {
        // SAFETY: the caller's promise.
        let pieces = unsafe { self.write_bytes(id) };
        pieces.into_slice(bytes.start, bytes.len())
    }

    /// Bytes to write, in pieces.
    ///
    /// # Safety
    /// As [`View::write`].
    pub unsafe fn write_bytes(self, id: Id) -> Pieces<'a, u8> {
        match self.slots[id.0] {
            // SAFETY: lent for `'a`; the caller promises the rest.
            Slot::Bytes(bytes) => unsafe { bytes.pieces() },
            Slot::Floats(_) => unreachable!("numbers are not read as bytes"),
        }
    }

    fn length(self, id: Id) -> usize {
        match self.slots[id.0] {
            Slot::Floats(floats) => floats.len(),
            Slot::Bytes(bytes) => bytes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_at_different_times_shares_memory() {
        let mut memory = Memory::default();
        let early = memory.passing(20);
        let kept = memory.floats(8);
        let middle = memory.passing(30);
        let bytes = memory.bytes(3);
        let late = memory.passing(10);
        let unused = memory.passing(5);
        let stages = [
            (early, 0..2),
            (kept, 0..1),
            (middle, 1..4),
            (bytes, 0..1),
            (late, 2..6),
        ];
        memory.share(&HashMap::from(stages));
        assert_eq!(memory.size(), (30 + 20 + 8) * 4 + 3);
        let view = memory.view(&[]);
        // SAFETY: nobody else uses the buffers.
        let write = |id, number| unsafe {
            let length = view.length(id);
            view.write(id).into_slice(0, length).fill(number);
        };
        write(early, 1.0);
        write(kept, 2.0);
        write(middle, 3.0);
        write(late, 4.0);
        write(unused, 5.0);
        // SAFETY: as above.
        let read = |id| unsafe { view.read_all(id).to_vec() };
        // The first of them are the late one's.
        assert_eq!(read(early)[5..], [[4.0; 5].as_slice(), &[1.0; 10]].concat());
        assert_eq!(read(kept), [2.0; 8]);
        assert_eq!(read(late)[5..], [4.0; 5]);
        assert_eq!(read(middle)[5..], [3.0; 25]);
    }
}
