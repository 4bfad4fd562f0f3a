//! Zip archives from elsewhere, within bounds.
//!
//! What an archive says about itself is not believed: neither how many entries it has, nor how large
//! they are. Nothing is unpacked to disk; entries are asked for by name and read into memory.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::bounds;

/// Most bytes that are read to find the list of entries and to read it. An entry takes 46 bytes in
/// the file and half a kilobyte in memory, so that 320 MB of them would take 3 GB.
const MAX_LIST_BYTES: u64 = 1 << 20;

/// What is wrong with an archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveFault {
    /// Not an archive, or damaged.
    #[error("{0}")]
    Damaged(String),
    /// More entries than are looked at.
    #[error("{0} entries")]
    TooManyEntries(usize),
    /// There is no entry of this name.
    #[error("`{0}` is missing")]
    Missing(String),
    /// An entry is larger than it may be.
    #[error("`{entry}` is longer than {most} bytes")]
    TooLong {
        /// The entry.
        entry: String,
        /// Most bytes it may have.
        most: u64,
    },
}

impl From<ZipError> for ArchiveFault {
    fn from(error: ZipError) -> Self {
        Self::Damaged(bounds::brief(error))
    }
}

/// An open archive.
pub struct Archive<R> {
    zip: ZipArchive<Rationed<R>>,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive of at most so many entries.
    ///
    /// # Errors
    /// It is damaged or has more.
    pub fn open(file: R, most_entries: usize) -> Result<Self, ArchiveFault> {
        let left = Rc::new(Cell::new(MAX_LIST_BYTES));
        let zip = ZipArchive::new(Rationed {
            file,
            left: left.clone(),
        })?;
        // Entries have bounds of their own.
        left.set(u64::MAX);
        if zip.len() > most_entries {
            return Err(ArchiveFault::TooManyEntries(zip.len()));
        }
        Ok(Self { zip })
    }

    /// The names of the entries.
    ///
    /// # Errors
    /// One is no text.
    pub fn names(&self) -> Result<Vec<String>, ArchiveFault> {
        let names = self.zip.file_names();
        let names = names.map(|name| Ok(name?.into_owned()));
        names.collect()
    }

    /// Whether there is an entry of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// The content of an entry of at most so many bytes.
    ///
    /// # Errors
    /// It is missing, damaged or longer.
    pub fn read(&mut self, name: &str, most: u64) -> Result<Vec<u8>, ArchiveFault> {
        let entry = match self.zip.by_name(name) {
            Err(ZipError::FileNotFound) => return Err(ArchiveFault::Missing(name.into())),
            other => other?,
        };
        let content = bounds::read_from(entry, most);
        let content = content.map_err(|e| ArchiveFault::Damaged(format!("`{name}`: {e}")))?;
        content.ok_or_else(|| ArchiveFault::TooLong {
            entry: name.into(),
            most,
        })
    }
}

/// A file of which no more is handed out than is left of a ration.
struct Rationed<R> {
    file: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::other("its list of entries is too long"));
        }
        let count = (&mut self.file).take(left).read(buffer)?;
        self.left.set(left - count as u64);
        Ok(count)
    }
}

impl<R: Seek> Seek for Rationed<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
