//! What can go wrong between numbers and a file.

use std::{io, path::PathBuf};

/// Why a figure was not drawn or not saved.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A map has other than `width * height` values.
    #[error(
        "the map in row {row}, column {column} of the figure has {found} values where {width}×{height} need {expected}: \
         give one value a pixel",
        expected = width.saturating_mul(*height)
    )]
    MapSize {
        /// Counted from 1, from the top.
        row: usize,
        /// Counted from 1, from the left.
        column: usize,
        /// Values in a row of the map.
        width: usize,
        /// Rows of the map.
        height: usize,
        /// Values that were given.
        found: usize,
    },
    /// The page would not fit in reasonable memory.
    #[error(
        "the figure would be {width}×{height} pixels, more than {limit} in all: choose fewer rows, fewer columns or smaller maps"
    )]
    TooLarge {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
        /// The most pixels a figure may have.
        limit: usize,
    },
    /// The file could not be written; whatever was there before is untouched.
    #[error("cannot save the figure as {}: {source}: choose another folder or name", path.display())]
    Save {
        /// The file that was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
