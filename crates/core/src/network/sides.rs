//! Two numbers of a window, for rows and for columns.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Rows and columns of a kernel, a window or a stride. In files it is one number where both are the same, else both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Sides {
    /// For rows.
    pub height: usize,
    /// For columns.
    pub width: usize,
}

impl Sides {
    /// The same for both.
    #[must_use]
    pub const fn square(side: usize) -> Self {
        Self {
            height: side,
            width: side,
        }
    }

    /// `[height, width]`.
    #[must_use]
    pub const fn both(self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// The one number where both are the same.
    #[must_use]
    pub fn side(self) -> Option<usize> {
        (self.height == self.width).then_some(self.height)
    }

    /// Whether both are within bounds.
    pub(super) fn are_within(self, bounds: std::ops::RangeInclusive<usize>) -> bool {
        bounds.contains(&self.height) && bounds.contains(&self.width)
    }
}

impl From<usize> for Sides {
    fn from(side: usize) -> Self {
        Self::square(side)
    }
}

/// `3×5`.
impl fmt::Display for Sides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.height, self.width)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    One(usize),
    Two([usize; 2]),
}

impl From<Written> for Sides {
    fn from(written: Written) -> Self {
        match written {
            Written::One(side) => Self::square(side),
            Written::Two([height, width]) => Self { height, width },
        }
    }
}

impl From<Sides> for Written {
    fn from(sides: Sides) -> Self {
        match sides.side() {
            Some(side) => Self::One(side),
            None => Self::Two(sides.both()),
        }
    }
}
