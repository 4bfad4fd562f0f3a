//! Pictures to slide a window over: 5×5 with whole numbers for the blackboard, or a garment.

use serde::{Deserialize, Serialize};

use crate::dataset::{self, PictureSize};

/// Side of the small pictures.
pub const SMALL_SIDE: usize = 5;

/// Grey values in rows, or what became of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// The values, row by row.
    pub values: Vec<f64>,
}

impl Picture {
    /// A small one.
    #[must_use]
    pub fn small(values: &[f64; SMALL_SIDE * SMALL_SIDE]) -> Self {
        Self {
            height: SMALL_SIDE,
            width: SMALL_SIDE,
            values: values.to_vec(),
        }
    }

    /// A picture of a data set in grey, each byte divided by 255.
    #[must_use]
    pub fn of(picture: &dataset::Picture) -> Self {
        let size = PictureSize {
            channels: 1,
            ..picture.size()
        };
        let grey = picture.to_size(size);
        Self {
            height: size.height,
            width: size.width,
            values: grey
                .bytes()
                .iter()
                .map(|&byte| f64::from(byte) / 255.0)
                .collect(),
        }
    }

    /// The value at a place; `None` outside.
    #[must_use]
    pub fn get(&self, row: isize, column: isize) -> Option<f64> {
        let (row, column) = (usize::try_from(row).ok()?, usize::try_from(column).ok()?);
        (row < self.height && column < self.width).then(|| self.values[row * self.width + column])
    }

    /// Changes the value at a place; nothing outside.
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        if row < self.height && column < self.width {
            self.values[row * self.width + column] = value;
        }
    }
}

/// A small picture with a name; brightness from 0 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmallPicture {
    /// Dark at the left, bright at the right.
    Edge,
    /// A cross.
    Cross,
    /// A line from corner to corner.
    Diagonal,
    /// One bright pixel: its output is the kernel turned by half, as the kernel is not flipped.
    Dot,
}

impl SmallPicture {
    /// All of them, in the order they are offered, with their names in files.
    pub const ALL: [(&'static str, Self); 4] = [
        ("edge", Self::Edge),
        ("cross", Self::Cross),
        ("diagonal", Self::Diagonal),
        ("dot", Self::Dot),
    ];

    /// Its values, row by row.
    #[must_use]
    pub fn values(self) -> [f64; SMALL_SIDE * SMALL_SIDE] {
        std::array::from_fn(|index| {
            let (row, column) = (index / SMALL_SIDE, index % SMALL_SIDE);
            let bright = match self {
                Self::Edge => column >= 2,
                Self::Cross => row == 2 || column == 2,
                Self::Diagonal => row == column,
                Self::Dot => row == 2 && column == 2,
            };
            if bright { 9.0 } else { 0.0 }
        })
    }
}
