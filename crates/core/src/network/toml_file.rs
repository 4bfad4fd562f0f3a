//! A network in a TOML file, as the commands' `--network` takes it.

use std::io;
use std::path::{Path, PathBuf};

use super::fault::SpecError;
use super::spec::NetworkSpec;
use crate::bounds;

/// Largest file that is read: a layer takes some 70 bytes.
const MAX_BYTES: u64 = 64 << 10;

/// A network as it is named in a file, for errors that ask for one.
pub const EXAMPLE: &str = "layers = [{ type = \"conv\", filters = 16, kernel = 3, padding = \"same\" }, { type = \"max_pool\" }, { type = \"dense\", units = 64 }]";

/// A file that holds no network.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct TomlError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: TomlFault,
}

/// What is wrong with a file that should hold a network.
#[derive(Debug, thiserror::Error)]
pub enum TomlFault {
    /// The system does not hand it out.
    #[error("{0}; check that the file exists and may be accessed")]
    Unreadable(io::Error),
    /// No text, or far more than a network takes.
    #[error(
        "not a text of at most {MAX_BYTES} bytes; name a file that holds for example {EXAMPLE}"
    )]
    NoText,
    /// Not TOML, or other fields than a network's.
    #[error("line {line}: {message}; a network is for example {EXAMPLE}")]
    Syntax {
        /// Where, from 1.
        line: usize,
        /// What the parser said.
        message: String,
    },
    /// Its layers do not follow from one another.
    #[error("{0}")]
    Network(#[from] SpecError),
}

/// Reads a network and checks that it is possible.
///
/// # Errors
/// The file, what is wrong with it, and what to do.
pub fn read_toml(path: &Path) -> Result<NetworkSpec, TomlError> {
    read(path).map_err(|fault| TomlError {
        path: path.to_owned(),
        fault,
    })
}

fn read(path: &Path) -> Result<NetworkSpec, TomlFault> {
    let bytes = bounds::read(path, MAX_BYTES).map_err(TomlFault::Unreadable)?;
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or(TomlFault::NoText)?;
    let spec: NetworkSpec = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        TomlFault::Syntax {
            line: 1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count(),
            message: bounds::brief(error.message()),
        }
    })?;
    spec.plan()?;
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_an_example() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("network.toml");
        let error = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            read_toml(&path).unwrap_err().to_string()
        };
        std::fs::write(&path, EXAMPLE).unwrap();
        assert_eq!(read_toml(&path).unwrap().label(), "16same-p-d64");
        let syntax = error(b"classes = 10\nlayers = [");
        assert!(syntax.contains("network.toml: line 2: "), "{syntax}");
        let field = error(b"layers = []\n\nunits = 3");
        assert!(field.contains("line 3: unknown field `units`"), "{field}");
        assert!(field.contains(EXAMPLE), "{field}");
        let nested = ["layers = ", &"[".repeat(20_000)].concat();
        assert!(error(nested.as_bytes()).contains("line 1: "));
        assert!(error(b"\xff\xfe").contains("not a text"));
        assert!(error(&vec![b'#'; 70_000]).contains("at most 65536 bytes"));
        let none = error(b"layers = [{ type = \"dense\", units = 0 }]");
        assert!(none.contains("dense1"), "{none}");
    }
}
