//! What can keep a download from its end.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a download did not end well. Files that were finished stay, as does what arrived of the
/// next.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// Somebody set the cancel flag.
    #[error("the download was cancelled; start it again to go on where it stopped")]
    Cancelled,
    /// The folder or a file in it cannot be written.
    #[error("{}: cannot be written ({source}); make room, or name another folder", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No source delivered a file.
    #[error(
        "{file}: no source delivered it ({}); check the connection and try again",
        attempts.iter().map(Attempt::to_string).collect::<Vec<_>>().join("; ")
    )]
    Failed {
        /// The file.
        file: String,
        /// What was tried, one entry a source.
        attempts: Vec<Attempt>,
    },
}

/// A source that did not deliver.
#[derive(Debug, Error)]
#[error("{url}: {fault}")]
pub struct Attempt {
    /// Address of the file.
    pub url: String,
    /// What went wrong.
    pub fault: SourceFault,
}

/// What can be wrong with a source.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceFault {
    /// No connection, or no answer.
    #[error("no answer ({reason})")]
    Unreachable {
        /// What the connection said.
        reason: String,
    },
    /// An answer, but not the file.
    #[error("the server answered with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// The connection broke off; what arrived is kept.
    #[error("the connection broke off after {received} bytes ({reason})")]
    Interrupted {
        /// Bytes on disk by then.
        received: u64,
        /// What the connection said.
        reason: String,
    },
    /// So little arrived that it would take for ever; it is kept.
    #[error("too slow ({received} bytes in {seconds} s)")]
    TooSlow {
        /// Bytes that arrived in that time.
        received: u64,
        /// The time.
        seconds: u64,
    },
    /// A part of the file was asked for, and another one came.
    #[error("the server answered with another part of the file than it was asked for")]
    WrongRange,
    /// What arrived is damaged or another file; it was not kept.
    #[error("it is not the official file (its length or its checksum differs), and was not kept")]
    WrongContent,
}
