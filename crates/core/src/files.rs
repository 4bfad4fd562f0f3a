//! Only plain files are read, and files are replaced whole or not at all.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

/// Why a file is neither read nor written where the system would do both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// A FIFO may keep its reader waiting for ever, and a device is not to be replaced by a file.
    #[error("not a plain file but a pipe, a device or the like")]
    NotPlain,
    /// Its owner does not want it changed.
    #[error("write-protected")]
    WriteProtected,
}

impl FileFault {
    /// The fault in an error of this module.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl From<FileFault> for io::Error {
    fn from(fault: FileFault) -> Self {
        let kind = match fault {
            FileFault::NotPlain => ErrorKind::InvalidInput,
            FileFault::WriteProtected => ErrorKind::PermissionDenied,
        };
        Self::new(kind, fault)
    }
}

/// Opens a plain file to read it.
///
/// # Errors
/// Those of the file system; [`FileFault::NotPlain`].
pub fn open(path: &Path) -> io::Result<File> {
    // Opening alone makes some devices act.
    must_be_plain(&fs::metadata(path)?)?;
    open_plain(File::options().read(true), 0, path)
}

/// Opens a file of the program's own to write to it, and makes it where there is none. A link is not followed: whoever
/// put it there may want another file overwritten.
///
/// # Errors
/// Those of the file system; [`FileFault::NotPlain`].
pub fn open_own(path: &Path) -> io::Result<File> {
    if let Some(metadata) = if_there(fs::symlink_metadata(path))? {
        must_be_plain(&metadata)?;
    }
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    open_plain(&mut options, flags::NOFOLLOW, path)
}

/// Something else may have taken the file's place since it was looked at: it is not waited for, and refused.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has such"))]
fn open_plain(options: &mut OpenOptions, flags: i32, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags | flags::NONBLOCK);
    let file = options.open(path)?;
    must_be_plain(&file.metadata()?)?;
    Ok(file)
}

#[cfg(unix)]
mod flags {
    use rustix::fs::OFlags;

    pub const NOFOLLOW: i32 = OFlags::NOFOLLOW.bits().cast_signed();
    pub const NONBLOCK: i32 = OFlags::NONBLOCK.bits().cast_signed();
}

#[cfg(not(unix))]
mod flags {
    pub const NOFOLLOW: i32 = 0;
}

fn must_be_plain(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(FileFault::NotPlain.into());
    }
    Ok(())
}

fn if_there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Writes a file through `write` and puts it in place of `path` once it is complete and on disk. A link is followed;
/// rights, and where the system allows it the owner, are those of the file that was there.
/// Whatever fails before, `path` is then as it was and no temporary file is left.
///
/// # Errors
/// Those of the file system and of `write`; [`FileFault`].
pub fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    Replacement::of(path)?.write(write)
}

/// The same for a file of the program's own, where a link is replaced, as in [`open_own`].
///
/// # Errors
/// As [`replace`].
pub fn replace_own(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    let old = if_there(fs::symlink_metadata(path))?.filter(|old| !old.is_symlink());
    Replacement::at(path.to_owned(), old.as_ref())?.write(write)
}

/// The same as [`replace`] for writers that want a path of their own to write to.
///
/// # Errors
/// Those of the file system and of `write`; [`FileFault`].
pub fn replace_by_path(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let replacement = Replacement::of(path)?;
    write(replacement.temporary.path())?;
    replacement.put_in_place()
}

/// Whether [`replace`] can write to `path`, as far as it is known before: asked before the work that fills the file.
///
/// # Errors
/// Those that it would have.
pub fn check_replaceable(path: &Path) -> io::Result<()> {
    Replacement::of(path).map(drop)
}

/// Has what was made, renamed or removed in a folder on disk.
///
/// # Errors
/// Those of the disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // A folder that may be written to and not read cannot be synced; other systems have no such call.
    let Some(folder) = File::open(folder).ok().filter(|_| cfg!(unix)) else {
        return Ok(());
    };
    match folder.sync_all() {
        // File systems that do not know it.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
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

/// A file that is written beside the place that it will take.
struct Replacement {
    temporary: NamedTempFile,
    place: PathBuf,
}

impl Replacement {
    /// Of a file that a user names: where its links lead to.
    fn of(path: &Path) -> io::Result<Self> {
        /// Most links that systems follow.
        const MOST_LINKS: usize = 40;

        let old = if_there(fs::metadata(path))?;
        // Before links are followed: those of `/dev/stdout` lead nowhere.
        old.as_ref().map_or(Ok(()), must_be_plain)?;
        let mut place = path.to_owned();
        for _ in 0..MOST_LINKS {
            let Ok(target) = fs::read_link(&place) else {
                break;
            };
            place = folder_of(&place).join(target);
        }
        Self::at(place, old.as_ref())
    }

    fn at(place: PathBuf, old: Option<&Metadata>) -> io::Result<Self> {
        if let Some(old) = old {
            must_be_plain(old)?;
            must_be_writable(&place, old)?;
        }
        // `name/` is a folder's.
        if place
            .as_os_str()
            .as_encoded_bytes()
            .last()
            .is_some_and(|last| std::path::is_separator(char::from(*last)))
        {
            return Err(ErrorKind::IsADirectory.into());
        }
        let temporary = temporary_beside(&place, old)?;
        Ok(Self { temporary, place })
    }

    fn write(self, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
        let mut writer = BufWriter::new(self.temporary.as_file());
        write(&mut writer)?;
        writer.flush()?;
        drop(writer);
        self.put_in_place()
    }

    fn put_in_place(self) -> io::Result<()> {
        self.temporary.as_file().sync_all()?;
        self.temporary.persist(&self.place)?;
        sync_folder(folder_of(&self.place))
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The folder alone would let any file be replaced.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has such"))]
fn must_be_writable(path: &Path, file: &Metadata) -> io::Result<()> {
    let protected = Err(FileFault::WriteProtected.into());
    // Of root, too, who may write to every file.
    if file.permissions().readonly() {
        return protected;
    }
    #[cfg(unix)]
    match rustix::fs::access(path, rustix::fs::Access::WRITE_OK) {
        Err(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => return protected,
        allowed => allowed?,
    }
    Ok(())
}

/// A folder beside others, in `parent`, that is removed again unless it is given its place.
///
/// # Errors
/// What the system says, without the folder's name.
pub fn temporary_folder(
    builder: &mut tempfile::Builder<'_, '_>,
    parent: &Path,
) -> io::Result<TempDir> {
    let folder = builder.tempdir_in(parent);
    folder.map_err(|error| plain(&error))
}

/// In the same folder: only within one file system can a file take another's place at once.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has such"))]
fn temporary_beside(path: &Path, old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY[0]).suffix(TEMPORARY[1]);
    // A temporary file is private by default; what a user saves has the rights of any new file, or of the one before.
    #[cfg(unix)]
    builder.permissions(rights(old));
    let temporary = builder.tempfile_in(folder_of(path));
    let temporary = temporary.map_err(|error| plain(&error))?;
    #[cfg(unix)]
    if let Some(old) = old {
        keep_owner_and_rights(temporary.as_file(), old)?;
    }
    Ok(temporary)
}

#[cfg(unix)]
fn rights(old: Option<&Metadata>) -> fs::Permissions {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    fs::Permissions::from_mode(old.map_or(0o666, |old| old.mode() & 0o777))
}

#[cfg(unix)]
fn keep_owner_and_rights(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let new = file.metadata()?;
    let [user, group] = [(old.uid(), new.uid()), (old.gid(), new.gid())]
        .map(|(old, new)| (old != new).then_some(old));
    // One after the other: a file may be given to another group of one's own, and only by root to another user.
    for (user, group) in [(None, group), (user, None)] {
        if user.or(group).is_some() {
            let _not_allowed = fchown(file, user, group);
        }
    }
    // What the process masks of a new file's rights is kept of an old one's.
    file.set_permissions(rights(Some(old)))
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

    #[cfg(unix)]
    mod on_unix {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
        use std::process::Command;
        use std::sync::mpsc;
        use std::time::Duration;

        use super::*;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().mode() & 0o7777
        }

        fn set_mode(path: &Path, mode: u32) {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }

        fn fifo(path: &Path) {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        }

        /// What may wait for ever fails the test instead.
        fn soon<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
            let (done, result) = mpsc::channel();
            std::thread::spawn(move || done.send(work()));
            result
                .recv_timeout(Duration::from_secs(10))
                .expect("it waits for ever")
        }

        fn write(path: &Path) -> io::Result<()> {
            replace(path, |file| file.write_all(b"new"))
        }

        fn write_own(path: &Path) -> io::Result<()> {
            replace_own(path, |file| file.write_all(b"new"))
        }

        #[test]
        fn a_link_is_followed_to_the_file_or_to_where_it_shall_be() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::create_dir(at("elsewhere")).unwrap();
            fs::write(at("elsewhere/file"), "old").unwrap();
            symlink("elsewhere/file", at("link")).unwrap();
            symlink(at("link"), at("elsewhere/chain")).unwrap();
            write(&at("elsewhere/chain")).unwrap();
            assert_eq!(fs::read(at("elsewhere/file")).unwrap(), b"new");
            for link in ["link", "elsewhere/chain"] {
                assert!(at(link).is_symlink(), "{link} was replaced");
            }
            symlink("elsewhere/later", at("dangling")).unwrap();
            write(&at("dangling")).unwrap();
            assert!(at("dangling").is_symlink());
            assert_eq!(fs::read(at("elsewhere/later")).unwrap(), b"new");
            symlink("round", at("round")).unwrap();
            write(&at("round")).unwrap_err();
        }

        #[test]
        fn a_link_among_the_programs_own_files_is_not_followed() {
            let folder = tempfile::tempdir().unwrap();
            let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
            fs::write(&file, "precious").unwrap();
            symlink("file", &link).unwrap();
            let error = open_own(&link).unwrap_err();
            assert_eq!(FileFault::of(&error), Some(FileFault::NotPlain));
            write_own(&link).unwrap();
            assert!(!link.is_symlink());
            assert_eq!(fs::read(&link).unwrap(), b"new");
            assert_eq!(fs::read(&file).unwrap(), b"precious");
            drop(open_own(&folder.path().join("made")).unwrap());
            // What is there is not emptied.
            drop(open_own(&file).unwrap());
            assert_eq!(fs::read(&file).unwrap(), b"precious");
        }

        #[test]
        fn rights_and_owner_stay() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            for rights in [0o600, 0o640, 0o666, 0o755] {
                fs::write(&path, "old").unwrap();
                set_mode(&path, rights);
                write(&path).unwrap();
                assert_eq!(mode(&path), rights);
                assert_eq!(fs::read(&path).unwrap(), b"new");
            }
            // Only root can give files away.
            if chown(&path, Some(12_345), Some(12_346)).is_ok() {
                write(&path).unwrap();
                let kept = fs::metadata(&path).unwrap();
                assert_eq!((kept.uid(), kept.gid()), (12_345, 12_346));
                assert_eq!(mode(&path), 0o755);
            }
            let other = folder.path().join("other");
            write(&other).unwrap();
            fs::write(folder.path().join("usual"), "").unwrap();
            assert_eq!(mode(&other), mode(&folder.path().join("usual")));
        }

        #[test]
        fn a_write_protected_file_is_not_replaced() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            fs::write(&path, "old").unwrap();
            set_mode(&path, 0o444);
            for refused in [write(&path), write_own(&path), check_replaceable(&path)] {
                let error = refused.unwrap_err();
                assert_eq!(FileFault::of(&error), Some(FileFault::WriteProtected));
            }
            assert_eq!(fs::read(&path).unwrap(), b"old");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }

        #[test]
        fn what_is_no_plain_file_is_neither_read_nor_replaced_and_nobody_waits_for_it() {
            let folder = tempfile::tempdir().unwrap();
            let [pipe, link] = ["pipe", "link"].map(|name| folder.path().join(name));
            fifo(&pipe);
            symlink("pipe", &link).unwrap();
            let device = PathBuf::from("/dev/null");
            let refused = [&pipe, &link, &device].into_iter().flat_map(|path| {
                let path = path.clone();
                let all = move || {
                    [
                        open(&path).map(drop),
                        open_own(&path).map(drop),
                        check_replaceable(&path),
                    ]
                };
                soon(all)
            });
            for refused in refused.chain([write(&pipe), write(&link), write_own(&pipe)]) {
                let error = refused.unwrap_err();
                assert_eq!(FileFault::of(&error), Some(FileFault::NotPlain), "{error}");
            }
            // A pipe that takes the file's place between the look and the opening.
            let late = soon(move || open_plain(File::options().read(true), 0, &pipe));
            assert_eq!(FileFault::of(&late.unwrap_err()), Some(FileFault::NotPlain));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        }

        #[test]
        fn what_cannot_be_replaced_is_known_before() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            check_replaceable(&at("new")).unwrap();
            assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
            for (path, kind) in [
                (at("gone/new"), ErrorKind::NotFound),
                (folder.path().into(), ErrorKind::IsADirectory),
                (at("new/"), ErrorKind::IsADirectory),
                (at(&"n".repeat(300)), ErrorKind::InvalidFilename),
            ] {
                let error = check_replaceable(&path).unwrap_err();
                assert_eq!(error.kind(), kind, "{}: {error}", path.display());
            }
        }
    }
}
