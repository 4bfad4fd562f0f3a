//! Official files and their fingerprints.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::cifar::Cifar;
use super::gzipped;
use md5::Md5;
use sha2::{Digest, Sha256};

/// What a file should hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fingerprint {
    /// The file's name, without `.gz` where its fingerprint is that of the decompressed content.
    pub name: &'static str,
    /// Bytes that the sum is over.
    pub bytes: u64,
    /// Its checksum.
    pub sum: Sum,
}

/// A checksum, in lower-case hexadecimal.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sum {
    /// SHA-256 over the *decompressed* content: packagers gzip the files anew.
    ContentSha256(&'static str),
    /// MD5 over the file as it is, where its publisher names no other. It tells damage, and no more.
    FileMd5(&'static str),
}

/// CIFAR-10 in its binary version: size and MD5 as its publisher names them.
pub(super) const CIFAR_10: [Fingerprint; 1] = [Fingerprint {
    name: Cifar::Ten.archive(),
    bytes: 170_052_171,
    sum: Sum::FileMd5("c32a1d4ab5d03f1284b67883e8d87530"),
}];

/// Fashion-MNIST: training pictures and labels, test pictures and labels.
pub(super) const OFFICIAL: [Fingerprint; 4] = [
    Fingerprint {
        name: "train-images-idx3-ubyte",
        bytes: 47_040_016,
        sum: Sum::ContentSha256("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
    },
    Fingerprint {
        name: "train-labels-idx1-ubyte",
        bytes: 60_008,
        sum: Sum::ContentSha256("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    },
    Fingerprint {
        name: "t10k-images-idx3-ubyte",
        bytes: 7_840_016,
        sum: Sum::ContentSha256("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
    },
    Fingerprint {
        name: "t10k-labels-idx1-ubyte",
        bytes: 10_008,
        sum: Sum::ContentSha256("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    },
];

impl Fingerprint {
    /// Whether its decompressed content has this SHA-256.
    pub fn has_content(&self, sha256: &str) -> bool {
        matches!(self.sum, Sum::ContentSha256(sum) if sum == sha256)
    }

    /// The name that it is published and kept under.
    pub fn file_name(&self) -> String {
        match self.sum {
            Sum::ContentSha256(_) => format!("{}.gz", self.name),
            Sum::FileMd5(_) => self.name.to_owned(),
        }
    }

    /// Where it lies in a folder, if it does.
    pub fn locate(&self, folder: &Path) -> Option<PathBuf> {
        match self.sum {
            Sum::ContentSha256(_) => gzipped::locate(folder, self.name),
            Sum::FileMd5(_) => Some(folder.join(self.name)).filter(|path| path.is_file()),
        }
    }

    /// Whether a file is it.
    pub fn is_file(&self, path: &Path) -> io::Result<bool> {
        match self.sum {
            Sum::ContentSha256(_) => self.matches(gzipped::open(path)?),
            Sum::FileMd5(_) => self.matches(File::open(path)?),
        }
    }

    /// Whether content is what is meant; reads at most one byte more than that has.
    fn matches(&self, content: impl Read) -> io::Result<bool> {
        let content = content.take(self.bytes + 1);
        match self.sum {
            Sum::ContentSha256(sum) => self.has(Hashing::<_, Sha256>::new(content), sum),
            Sum::FileMd5(sum) => self.has(Hashing::<_, Md5>::new(content), sum),
        }
    }

    fn has<D: Digest>(&self, mut content: Hashing<impl Read, D>, sum: &str) -> io::Result<bool> {
        let length = io::copy(&mut content, &mut io::sink())?;
        Ok(length == self.bytes && content.sum() == sum)
    }
}

/// Hashes what is read through it.
pub(super) struct Hashing<R, D = Sha256> {
    inner: R,
    hash: D,
}

impl<R, D: Digest> Hashing<R, D> {
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            hash: D::new(),
        }
    }

    /// The sum of everything read, in lower-case hexadecimal.
    pub fn sum(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<R: Read, D: Digest> Read for Hashing<R, D> {
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
        sum: Sum::ContentSha256("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    };
    const ABC_BY_MD5: Fingerprint = Fingerprint {
        // RFC 1321, appendix A.5.
        sum: Sum::FileMd5("900150983cd24fb0d6963f7d28e17f72"),
        ..ABC
    };

    #[test]
    fn a_fingerprint_matches_its_file_only() {
        for file in [ABC, ABC_BY_MD5] {
            assert!(file.matches(&b"abc"[..]).unwrap());
            assert!(!file.matches(&b"abd"[..]).unwrap());
            assert!(!file.matches(&b"ab"[..]).unwrap());
        }
    }

    #[test]
    fn an_endless_file_is_not_read_to_its_end() {
        assert!(!ABC.matches(io::repeat(b'a')).unwrap());
    }
}
