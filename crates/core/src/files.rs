//! Files are replaced whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file through `write` and puts it in place of `path` once it is complete and on disk.
/// Whatever fails, `path` is then as it was and no temporary file is left.
///
/// # Errors
/// Those of the file system and of `write`.
pub fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    let temporary = temporary_beside(path)?;
    let mut writer = BufWriter::new(temporary.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    put_in_place(temporary, path)
}

/// The same for writers that want a path of their own to write to.
///
/// # Errors
/// Those of the file system and of `write`.
pub fn replace_by_path(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let temporary = temporary_beside(path)?;
    write(temporary.path())?;
    put_in_place(temporary, path)
}

/// Beginning and end of the names of files that are not yet in place.
const TEMPORARY: [&str; 2] = [".convlens-", ".tmp"];

/// Whether a file of this name is one that was never put in place: left by a program that was
/// killed, or being written just now.
#[must_use]
pub fn is_temporary(name: &str) -> bool {
    let [prefix, suffix] = TEMPORARY;
    name.starts_with(prefix) && name.ends_with(suffix)
}

/// In the same folder: only within one file system can a file take another's place at once.
fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY[0]).suffix(TEMPORARY[1]);
    // A temporary file is private by default; what a user saves has the rights of any new file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(|error| plain(&error))
}

/// An error of the system without the name of the temporary file, which says nothing to a user.
fn plain(error: &io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|inner| inner.source());
    let system = inner.and_then(|source| source.downcast_ref::<io::Error>());
    let code = error
        .raw_os_error()
        .or(system.and_then(io::Error::raw_os_error));
    code.map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

fn put_in_place(temporary: NamedTempFile, path: &Path) -> io::Result<()> {
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_can_be_written_the_temporary_file_is_not_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace(&folder.path().join("gone/file"), |_| Ok(())).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!error.to_string().contains(TEMPORARY[0]), "{error}");
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace(&path, |f| f.write_all(b"old")).unwrap();
        let failed = replace(&path, |f| {
            f.write_all(b"new")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
