//! Files of weights beside a model, which names them. A name that is a path is not followed; a link beside the model is, as stores of models
//! keep their files so, and what it leads to is read as numbers alone.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path};

use super::error::ImportFault;
use crate::bounds::brief;
use crate::files;

/// At most so many bytes of a file of this folder, from `offset` on.
///
/// # Errors
/// [`ImportFault::WeightsElsewhere`] where the name is more than a name, [`ImportFault::WeightsBeside`] where it cannot be read.
pub(super) fn read(
    folder: &Path,
    name: &str,
    offset: u64,
    most: u64,
) -> Result<Vec<u8>, ImportFault> {
    let mut parts = Path::new(name).components();
    let is_beside = matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    ) && !name.contains(['\\', ':']);
    if !is_beside {
        return Err(ImportFault::WeightsElsewhere(brief(name)));
    }
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = files::open(&folder.join(name))?;
        file.seek(SeekFrom::Start(offset))?;
        let mut content = Vec::new();
        file.take(most).read_to_end(&mut content)?;
        Ok(content)
    };
    read().map_err(|source| ImportFault::WeightsBeside {
        file: brief(name),
        source,
    })
}
