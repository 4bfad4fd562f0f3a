//! Memory that several tasks write at the same time, each its own pieces.
#![allow(unsafe_code)] // Two tasks' pieces lie between each other, which no borrow can say.

use std::marker::PhantomData;

/// Where a slice is, without saying for how long.
pub struct Raw<T> {
    pointer: *mut T,
    length: usize,
}

impl<T> Clone for Raw<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Raw<T> {}

// SAFETY: it can only be used by `Raw::pieces`, whose caller promises what is needed.
unsafe impl<T: Send> Send for Raw<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Raw<T> {}

impl<T> Raw<T> {
    pub fn new(slice: &mut [T]) -> Self {
        Self {
            pointer: slice.as_mut_ptr(),
            length: slice.len(),
        }
    }

    /// One that is only read.
    pub fn of(slice: &[T]) -> Self {
        Self {
            pointer: slice.as_ptr().cast_mut(),
            length: slice.len(),
        }
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.length
    }

    /// The first ones of it.
    pub fn first(self, length: usize) -> Self {
        assert!(length <= self.length, "so many are there");
        Self { length, ..self }
    }

    /// The slice.
    ///
    /// # Safety
    /// It must still be borrowed, and what [`Pieces::share`] demands.
    pub unsafe fn pieces<'a>(self) -> Pieces<'a, T> {
        Pieces {
            pointer: self.pointer,
            length: self.length,
            lent: PhantomData,
        }
    }
}

/// A slice that can be shared with others who write other pieces of it.
pub struct Pieces<'a, T> {
    pointer: *mut T,
    length: usize,
    lent: PhantomData<&'a mut [T]>,
}

// SAFETY: as a slice that is lent mutably; others use other pieces, as `share` demands.
unsafe impl<T: Send> Send for Pieces<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Pieces<'_, T> {}

impl<'a, T> Pieces<'a, T> {
    /// All of `slice`, shared with nobody.
    pub fn new(slice: &'a mut [T]) -> Self {
        Self {
            pointer: slice.as_mut_ptr(),
            length: slice.len(),
            lent: PhantomData,
        }
    }

    /// The same memory once more.
    ///
    /// # Safety
    /// While it is in use, whoever else holds the memory must not write what is read or written through it, nor read what is written.
    pub unsafe fn share<'b>(&self) -> Pieces<'b, T>
    where
        'a: 'b,
    {
        Pieces {
            pointer: self.pointer,
            length: self.length,
            lent: PhantomData,
        }
    }

    /// The part from `start` on.
    pub fn from(self, start: usize) -> Self {
        assert!(start <= self.length, "a piece lies in its slice");
        Self {
            // SAFETY: inside of the slice, or at its end.
            pointer: unsafe { self.pointer.add(start) },
            length: self.length - start,
            lent: PhantomData,
        }
    }

    /// The part from `start` on, for a while.
    pub fn reborrow(&mut self, start: usize) -> Pieces<'_, T> {
        // SAFETY: this handle is borrowed as long as the other one is in use.
        unsafe { self.share() }.from(start)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// To write without checks; `piece` says what is allowed.
    pub fn as_mut_ptr(&mut self) -> *mut T {
        self.pointer
    }

    /// `length` from `start` on, to write.
    #[inline(always)]
    pub fn piece(&mut self, start: usize, length: usize) -> &mut [T] {
        self.check(start, length);
        // SAFETY: inside of the slice, and used by nobody else: it is borrowed here, and `share` keeps others away.
        unsafe { std::slice::from_raw_parts_mut(self.pointer.add(start), length) }
    }

    /// The same for as long as the memory is lent.
    #[inline(always)]
    pub fn into_slice(self, start: usize, length: usize) -> &'a mut [T] {
        self.check(start, length);
        // SAFETY: as above; this handle is used up.
        unsafe { std::slice::from_raw_parts_mut(self.pointer.add(start), length) }
    }

    #[inline(always)]
    fn check(&self, start: usize, length: usize) {
        assert!(
            length <= self.length && start <= self.length - length,
            "a piece lies in its slice"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_lie_in_their_slice() {
        let mut numbers = [1, 2, 3, 4];
        let mut pieces = Pieces::new(&mut numbers);
        // SAFETY: the pieces below do not overlap.
        let mut behind = unsafe { pieces.share() }.from(2);
        pieces.piece(0, 2).swap_with_slice(behind.piece(0, 2));
        assert_eq!(pieces.len() + behind.len(), 6);
        assert_eq!(pieces.piece(1, 2), [4, 1]);
        assert_eq!(numbers, [3, 4, 1, 2]);
    }

    #[test]
    #[should_panic(expected = "a piece lies in its slice")]
    fn a_piece_whose_end_cannot_be_counted_is_refused() {
        Pieces::new(&mut [0; 4]).piece(2, usize::MAX);
    }
}
