//! What comes from elsewhere is read within bounds.

use std::fmt::Display;
use std::io::{self, Read};
use std::path::Path;

use crate::files;
use crate::harmless;

/// Most characters of a parser's message that are kept.
const MAX_MESSAGE: usize = 200;

/// The content of a plain file of at most so many bytes; `None` where it is longer.
pub fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    read_from(files::open(path)?, most)
}

/// The same of what is open. What anything says about its length is not believed: of a pipe it is
/// 0, of an entry in an archive whatever its maker liked.
pub fn read_from(file: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// A parser's message on one line, cut off where it quotes a file at length.
pub fn brief(message: impl Display) -> String {
    let message = message.to_string();
    let mut brief = String::with_capacity(MAX_MESSAGE);
    brief.extend(message.chars().map(harmless::blank).take(MAX_MESSAGE));
    if message.chars().nth(MAX_MESSAGE).is_some() {
        brief.push('…');
    }
    brief
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_may_be() {
        assert_eq!(read_from(&b"four"[..], 4).unwrap().unwrap(), b"four");
        assert!(read_from(&b"five!"[..], 4).unwrap().is_none());
        assert!(read_from(io::repeat(7), 1000).unwrap().is_none());
    }

    #[test]
    fn long_messages_are_cut_off_and_short_ones_are_not() {
        assert_eq!(brief("expected `,`\nor `}`"), "expected `,` or `}`");
        assert_eq!(brief("é".repeat(200)), "é".repeat(200));
        assert_eq!(brief("é".repeat(201)), "é".repeat(200) + "…");
    }
}
