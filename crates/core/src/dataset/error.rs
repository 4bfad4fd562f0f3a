//! What can be wrong with a data set on disk.

use std::{io, path::PathBuf};

use thiserror::Error;

use super::picture::PictureError;
use super::{Cifar, MAX_BYTES, MAX_CLASSES, MAX_IMAGES, MAX_ITEMS, PictureSize};
use crate::stand_in::StandIn;

/// Why a folder does not give a data set.
#[derive(Debug, Error)]
pub enum DataError {
    /// There is neither a folder nor a file of that name.
    #[error("{}: there is no such folder or file; name another one, or download the data set", path.display())]
    NoSuch {
        /// What was named.
        path: PathBuf,
    },
    /// A file of another kind.
    #[error(
        "{}: no file of a data set, and of no other kind that convlens opens; choose a model (.keras, .h5, .safetensors, .pt, .onnx), a run or lesson (.convlens), a picture or a folder of data",
        path.display()
    )]
    NoData {
        /// The file.
        path: PathBuf,
    },
    /// The folder holds no data set.
    #[error(
        "{}: here are neither the four Fashion-MNIST files nor a folder of pictures for each class; name another folder, or download the data set",
        folder.display()
    )]
    Absent {
        /// The folder looked into.
        folder: PathBuf,
    },
    /// The folder holds some of the four files.
    #[error(
        "{}: the file {file} (or {file}.gz) is missing; add it, or download the data set",
        folder.display()
    )]
    Incomplete {
        /// The folder looked into.
        folder: PathBuf,
        /// The first file that is missing, without `.gz`.
        file: String,
    },
    /// The folder holds several splits of EMNIST.
    #[error(
        "{}: several splits of EMNIST ({}); name one as if it were a folder: {}",
        folder.display(), splits.join(", "), folder.join(format!("emnist-{}", splits.first().unwrap_or(&"digits"))).display()
    )]
    SeveralSplits {
        /// The folder looked into.
        folder: PathBuf,
        /// The splits' names; two or more.
        splits: Vec<&'static str>,
    },
    /// A file cannot be opened.
    #[error("{}: cannot be opened ({source}); check its permissions", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not the IDX file it should be.
    #[error("{}: {fault}; replace the file, or download the data set", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: IdxFault,
    },
    /// Too few or too many classes.
    #[error(
        "{}: names {count} {}; a data set has 2 to {MAX_CLASSES} classes, each a folder of pictures, or a line of classes.txt",
        path.display(), if *count == 1 { "class" } else { "classes" }
    )]
    Classes {
        /// The folder, or the file with their names.
        path: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// A file that holds no whole number of records of CIFAR.
    #[error(
        "{}: {bytes} bytes are no whole number of CIFAR's records of {record}; unpack or download it again, in its binary version",
        path.display()
    )]
    Records {
        /// The file.
        path: PathBuf,
        /// Its bytes.
        bytes: usize,
        /// Bytes of a record.
        record: usize,
    },
    /// CIFAR in the form that Python reads.
    #[error(
        "{}: this is CIFAR's version for Python; convlens reads the binary version, {}",
        path.display(), Cifar::Ten.archive()
    )]
    PythonCifar {
        /// The folder.
        path: PathBuf,
    },
    /// Too few or too many picture files.
    #[error(
        "{}: {train} pictures to train on and {test} to test with; a data set has at least one of each, in the same classes, and at most {MAX_IMAGES} in all",
        folder.display()
    )]
    Images {
        /// The folder.
        folder: PathBuf,
        /// Pictures to train on.
        train: usize,
        /// Pictures to test with.
        test: usize,
    },
    /// One of the picture files cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Two well-formed files that do not belong together, or labels out of range.
    #[error("{}: {fault}; replace the file, or download the data set", path.display())]
    Mismatched {
        /// The file of labels.
        path: PathBuf,
        /// What is wrong with it.
        fault: PicturesFault,
    },
}

/// What is wrong with an IDX file.
#[derive(Debug, Error)]
pub enum IdxFault {
    /// Something else lies in its place.
    #[error(transparent)]
    StandIn(StandIn),
    /// The first four bytes name another kind of file.
    #[error("it starts with {found:#010x}, not {expected:#010x} as this kind of IDX file does")]
    Magic {
        /// The number for this kind of file.
        expected: u32,
        /// The number in the file.
        found: u32,
    },
    /// The header announces no item, or more than memory should be asked for.
    #[error("the header announces {count} items, not 1 to {MAX_ITEMS}")]
    Count {
        /// Items announced.
        count: u32,
    },
    /// The header announces pictures of a size that networks are not trained on.
    #[error(
        "the header announces pictures of {rows}×{columns} pixels in {channels} channels; convlens takes {least}×{least} to {most}×{most}, grey or in colour",
        least = PictureSize::SHORTEST, most = PictureSize::LONGEST
    )]
    Size {
        /// Height announced, in pixels.
        rows: u32,
        /// Width announced, in pixels.
        columns: u32,
        /// Numbers a pixel.
        channels: u32,
    },
    /// The header announces more pixels than are read into memory.
    #[error("the header announces {bytes} bytes of pictures, more than {} MB", MAX_BYTES >> 20)]
    TooLarge {
        /// Bytes announced.
        bytes: u64,
    },
    /// The file ends before its header says.
    #[error("the file breaks off after {found} of {expected} bytes")]
    Truncated {
        /// Bytes announced, header included, decompressed.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The file goes on after its header says it ends.
    #[error("the file goes on after the {expected} bytes that its header announces")]
    Trailing {
        /// Bytes announced, header included, decompressed.
        expected: u64,
    },
    /// Reading failed half-way: a damaged gzip stream or a failing disk.
    #[error("the file cannot be read to its end ({0})")]
    Unreadable(#[source] io::Error),
}

/// What is wrong with pixels and labels that should make [`Pictures`](super::Pictures).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PicturesFault {
    /// Not one label a picture.
    #[error("{labels} labels do not go with {pixels} bytes of pictures of {size}")]
    Unpaired {
        /// Bytes of pixels.
        pixels: usize,
        /// Number of labels.
        labels: usize,
        /// The size of each picture.
        size: PictureSize,
    },
    /// Pictures of a size that networks are not trained on.
    #[error(
        "pictures of {size}; convlens takes {least}×{least} to {most}×{most}, grey or in colour",
        least = PictureSize::SHORTEST, most = PictureSize::LONGEST
    )]
    Size {
        /// The size.
        size: PictureSize,
    },
    /// Pictures to train on of one size and pictures to test with of another.
    #[error("pictures of {train} to train on and of {test} to test with; they must have one size")]
    Sizes {
        /// The size of those to train on.
        train: PictureSize,
        /// The size of those to test with.
        test: PictureSize,
    },
    /// More than are kept in memory.
    #[error("pictures of {size} take {} MB, more than {}; choose a smaller size", bytes >> 20, MAX_BYTES >> 20)]
    TooMany {
        /// The size.
        size: PictureSize,
        /// Bytes of all of them.
        bytes: usize,
    },
    /// A label that names no class.
    #[error("label {label} of picture {index} is not below {classes}, the number of classes")]
    Label {
        /// The first picture with such a label, zero-based.
        index: usize,
        /// Its label.
        label: u8,
        /// How many classes there are.
        classes: usize,
    },
}
