//! What can be wrong with a picture that a user opens.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::limits::{MAX_FILE_BYTES, MAX_PIXELS, MAX_SIDE};

/// Why a file does not give a picture.
#[derive(Debug, Error)]
#[error("{}: {fault}", path.display())]
pub struct PictureError {
    /// The file; for a pasted picture a name that is no file's.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: PictureFault,
}

/// What is wrong with a picture.
#[derive(Debug, Error)]
pub enum PictureFault {
    /// The file cannot be opened or read.
    #[error("it cannot be read ({0}); check that it exists and its permissions")]
    Unreadable(#[source] io::Error),
    /// More bytes than are read into memory.
    #[error("it has more than {} MB; save it smaller", MAX_FILE_BYTES >> 20)]
    TooManyBytes,
    /// No byte at all.
    #[error("the file is empty; save the picture again")]
    Empty,
    /// Not one of the formats that are read.
    #[error("it is no PNG, JPEG, WebP, GIF or BMP; save it as one of these")]
    Format,
    /// A phone's own format.
    #[error(
        "it is HEIC, a format of phones that is not read; set the phone's camera to the most compatible format (JPEG), or save the picture as JPEG"
    )]
    Heic,
    /// No pixel at all.
    #[error("the picture is {width}×{height} pixels, so there is nothing in it; save it again")]
    NoPixels {
        /// Width in the file.
        width: u32,
        /// Height in the file.
        height: u32,
    },
    /// More pixels than are decoded.
    #[error(
        "the picture is {width}×{height} pixels, more than {MAX_SIDE} a side or {} million; save it smaller",
        MAX_PIXELS / 1_000_000
    )]
    TooManyPixels {
        /// Width in the file.
        width: u32,
        /// Height in the file.
        height: u32,
    },
    /// Every pixel is transparent.
    #[error("every pixel is transparent, so there is nothing to see; save it with its content")]
    Transparent,
    /// The file is damaged, or of a kind within its format that is not read.
    #[error("it is damaged or of an unusual kind ({0}); save it again as PNG")]
    Damaged(String),
}
