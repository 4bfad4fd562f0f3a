//! Files that are gzipped or not: their names, and their content.

use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::files;

/// Where the file `name` lies in `folder`: gzipped, as downloads leave it, or plain; with a dot
/// before its kind, as unpackers name it.
pub(super) fn locate(folder: &Path, name: &str) -> Option<PathBuf> {
    let dotted = name.replace("-idx", ".idx");
    [name, &dotted]
        .into_iter()
        .flat_map(|name| [folder.join(format!("{name}.gz")), folder.join(name)])
        .find(|path| path.is_file())
}

/// Opens a file to its decompressed content. The first bytes tell gzip, not the name, which people
/// and browsers change.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut file = BufReader::with_capacity(1 << 16, files::open(path)?);
    let gzipped = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzipped {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}
