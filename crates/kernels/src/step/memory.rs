//! The buffers of a plan: set aside once, used in every step.
#![allow(unsafe_code)] // Tasks on several threads use them at the same time, as their nodes have declared.

use super::super::optimizer::Lent;
use super::super::pieces::{Pieces, Raw};
use super::super::simd::Buffer;
use std::ops::Range;

/// A buffer of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    slots: Vec<Slot>,
}

enum Owned {
    /// And how many are used.
    Floats(Buffer, usize),
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

    /// A new buffer of zeros.
    pub fn floats(&mut self, length: usize) -> Id {
        let mut buffer = Buffer::default();
        buffer.take(length);
        self.own(Owned::Floats(buffer, length))
    }

    /// A new buffer of bytes, all zero.
    pub fn bytes(&mut self, length: usize) -> Id {
        self.own(Owned::Bytes(vec![0; length]))
    }

    fn own(&mut self, buffer: Owned) -> Id {
        self.owned.push(buffer);
        Id(3 * self.variables.len() + self.owned.len() - 1)
    }

    /// Whether these are the variables, by their sizes.
    pub fn fits(&self, variables: impl Iterator<Item = usize>) -> bool {
        variables.eq(self.variables.iter().copied())
    }

    /// Bytes set aside.
    pub fn size(&self) -> usize {
        let size = |buffer: &Owned| match buffer {
            Owned::Floats(_, length) => length * size_of::<f32>(),
            Owned::Bytes(bytes) => bytes.len(),
        };
        self.owned.iter().map(size).sum()
    }

    /// Lends every buffer, and the variables given.
    pub fn view<'a>(&'a mut self, variables: &'a [Lent]) -> View<'a> {
        let sizes = variables.iter().map(|[weights, ..]| weights.len());
        assert!(self.fits(sizes), "the variables are those of the plan");
        self.slots.clear();
        let lent = variables.iter().flatten();
        self.slots
            .extend(lent.map(|numbers| Slot::Floats(*numbers)));
        let owned = self.owned.iter_mut().map(|buffer| match buffer {
            Owned::Floats(buffer, length) => Slot::Floats(Raw::new(buffer.take(*length))),
            Owned::Bytes(bytes) => Slot::Bytes(Raw::new(bytes)),
        });
        self.slots.extend(owned);
        View { slots: &self.slots }
    }
}

/// The buffers during a step.
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
