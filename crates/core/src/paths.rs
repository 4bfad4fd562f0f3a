//! Paths that outlive the program, in runs and preferences: from the root, and as text.
//!
//! A path that is no UTF-8, as Unix allows, is written as an address, `file:///data/caf%E9`, so that it
//! leads back to the same file. No path from the root begins so, and every other path is written as it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

/// How an address begins.
const ADDRESS: &str = "file://";

/// The path from the root of the file system, wherever the program is started next. Links and `..`
/// stay in it: where somebody leads a link elsewhere, that is meant for the next start, too.
#[must_use]
pub fn absolute(path: &Path) -> PathBuf {
    // Without a working folder there is nothing better than what was given.
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A path as text that [`from_text`] reads.
#[must_use]
pub fn to_text(path: &Path) -> String {
    path.to_str()
        .map_or_else(|| address(&absolute(path)), ToOwned::to_owned)
}

/// The path that [`to_text`] wrote.
#[must_use]
pub fn from_text(text: &str) -> PathBuf {
    let path = text.strip_prefix(ADDRESS).and_then(unescaped);
    path.map_or_else(|| text.into(), Into::into)
}

#[cfg(unix)]
fn address(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let mut text = ADDRESS.to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _a_string_takes_all = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(unix)]
fn unescaped(text: &str) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            (digit()? * 16 + digit()?) as u8
        } else {
            byte
        });
    }
    Some(OsString::from_vec(bytes))
}

/// Elsewhere paths that are not Unicode cannot be written but for reading.
#[cfg(not(unix))]
fn address(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn unescaped(_: &str) -> Option<OsString> {
    None
}

/// For `#[serde(with = "paths")]`.
///
/// # Errors
/// Those of the format.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    to_text(path).serialize(serializer)
}

/// The other way.
///
/// # Errors
/// Those of the format.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    Ok(from_text(&String::deserialize(deserializer)?))
}

/// The same of a path that there may be.
pub mod optional {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::PathBuf;

    /// For `#[serde(with = "paths::optional")]`.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(
        path: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = path.as_deref().map(super::to_text);
        text.serialize(serializer)
    }

    /// The other way.
    ///
    /// # Errors
    /// Those of the format.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.as_deref().map(super::from_text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_text_stays_that_text() {
        for path in ["", "data", "/a/b c/ñ%20", "/a/file:/b", "C:\\data"] {
            assert_eq!(to_text(Path::new(path)), path);
            assert_eq!(from_text(path), Path::new(path));
        }
    }

    #[test]
    fn where_the_program_is_started_next_does_not_matter() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(absolute(Path::new(".")), here);
        assert_eq!(absolute(Path::new("./data")), here.join("data"));
        assert_eq!(absolute(&here), here);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_comes_back() {
        use std::os::unix::ffi::OsStringExt as _;
        let path = |bytes: &[u8]| PathBuf::from(OsString::from_vec(bytes.to_vec()));
        let given = path(b"/data/caf\xe9/100 %");
        assert_eq!(to_text(&given), "file:///data/caf%E9/100%20%25");
        let every = (1..=255).filter(|byte| *byte != b'/').collect::<Vec<u8>>();
        let every = Path::new("/").join(path(&every));
        for given in [given, every] {
            assert_eq!(from_text(&to_text(&given)), given);
        }
        let relative = path(b"caf\xe9");
        assert_eq!(from_text(&to_text(&relative)), absolute(&relative));
        // What only looks like one of ours is a path like any other.
        for text in ["file:///a%", "file:///a%zz", "file:///a%+1"] {
            assert_eq!(from_text(text), Path::new(text));
        }
    }
}
