//! The four official files and their fingerprints, over the *decompressed* content: packagers
//! re-gzip them.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// What a file should hold once decompressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fingerprint {
    /// The file's name, without `.gz`.
    pub name: &'static str,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: &'static str,
}

/// Fashion-MNIST: training pictures and labels, test pictures and labels.
pub(super) const OFFICIAL: [Fingerprint; 4] = [
    Fingerprint {
        name: "train-images-idx3-ubyte",
        bytes: 47_040_016,
        sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    },
    Fingerprint {
        name: "train-labels-idx1-ubyte",
        bytes: 60_008,
        sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    },
    Fingerprint {
        name: "t10k-images-idx3-ubyte",
        bytes: 7_840_016,
        sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    },
    Fingerprint {
        name: "t10k-labels-idx1-ubyte",
        bytes: 10_008,
        sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
];

impl Fingerprint {
    /// Whether `content`, already decompressed, is the file meant; reads at most one byte more than
    /// that file has.
    pub fn matches(&self, content: impl Read) -> io::Result<bool> {
        let mut content = Hashing::new(content.take(self.bytes + 1));
        let length = io::copy(&mut content, &mut io::sink())?;
        Ok(length == self.bytes && content.sha256() == self.sha256)
    }
}

/// Hashes what is read through it.
pub(super) struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R> Hashing<R> {
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
        }
    }

    /// SHA-256 of everything read, in lower-case hexadecimal.
    pub fn sha256(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: Fingerprint = Fingerprint {
        name: "abc",
        bytes: 3,
        // FIPS 180-2, appendix B.1.
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    };

    #[test]
    fn a_fingerprint_matches_its_file_only() {
        assert!(ABC.matches(&b"abc"[..]).unwrap());
        assert!(!ABC.matches(&b"abd"[..]).unwrap());
        assert!(!ABC.matches(&b"ab"[..]).unwrap());
    }

    #[test]
    fn an_endless_file_is_not_read_to_its_end() {
        assert!(!ABC.matches(io::repeat(b'a')).unwrap());
    }
}
