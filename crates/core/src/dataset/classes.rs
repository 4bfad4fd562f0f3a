//! What the classes of a data set are called.

use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use super::error::DataError;
use super::{CLASS_COUNT, MAX_CLASSES};
use crate::files;
use crate::harmless;

/// The file of a folder that names its classes, one a line in the order of their labels.
pub(super) const NAMES_FILE: &str = "classes.txt";
/// Most bytes of that file.
const MAX_NAMES_BYTES: u64 = 64 << 10;
/// Longest name that is kept, in characters.
const MAX_NAME: usize = 40;

/// The classes of a data set, in the order of their labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Classes {
    /// The ten of Fashion-MNIST, which are named in the reader's language.
    #[default]
    FashionMnist,
    /// Others, by their own names: 2 to [`MAX_CLASSES`].
    Own(Arc<[String]>),
}

impl Classes {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::FashionMnist => CLASS_COUNT,
            Self::Own(names) => names.len(),
        }
    }

    /// Their own names; `None` for those of Fashion-MNIST.
    #[must_use]
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Self::FashionMnist => None,
            Self::Own(names) => Some(names),
        }
    }

    /// So many, called by their numbers.
    #[must_use]
    pub fn numbered(count: usize) -> Self {
        Self::Own((0..count).map(|number| number.to_string()).collect())
    }

    /// Those of these names, each on one line, of bounded length.
    #[must_use]
    pub fn named(names: impl Iterator<Item = impl AsRef<str>>) -> Self {
        let names = names.map(|name| harmless::name(name.as_ref(), MAX_NAME));
        Self::Own(names.collect())
    }

    /// Those that a folder's [`NAMES_FILE`] lists; `None` without such a file.
    pub(super) fn in_folder(folder: &Path) -> Result<Option<Self>, DataError> {
        let path = folder.join(NAMES_FILE);
        let file = match files::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(DataError::Open { path, source }),
        };
        let mut text = String::new();
        let read = file.take(MAX_NAMES_BYTES).read_to_string(&mut text);
        if let Err(source) = read {
            return Err(DataError::Open { path, source });
        }
        let names = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let classes = Self::named(names);
        if !(2..=MAX_CLASSES).contains(&classes.count()) {
            let count = classes.count();
            return Err(DataError::Classes { path, count });
        }
        Ok(Some(classes))
    }
}
