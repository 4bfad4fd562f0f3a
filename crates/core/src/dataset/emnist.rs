//! EMNIST: handwritten digits and letters, in the IDX files that NIST gives away.
//!
//! Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten letters",
//! 2017: six splits, each of four files named after it (`emnist-digits-train-images-idx3-ubyte.gz`),
//! whose pictures are stored transposed; the labels of `letters` count from 1.

use std::path::{Path, PathBuf};

use super::PictureSize;
use super::classes::Classes;
use super::error::DataError;
use super::gzipped;

/// Where the files lie in what NIST's archive unpacks to, and where torchvision keeps them.
const FOLDERS: [&str; 3] = ["", "gzip", "EMNIST/raw"];

/// One of the six ways in which EMNIST divides and labels its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EmnistSplit {
    /// 47 classes, as many pictures of each: digits, capitals, and the small letters that do not
    /// look like theirs.
    Balanced,
    /// 62 classes: digits, capitals, small letters.
    ByClass,
    /// The classes of `Balanced`, with all pictures there are.
    ByMerge,
    /// Ten classes: 240,000 and 40,000 digits.
    Digits,
    /// 26 classes, capital or small.
    Letters,
    /// As many digits as MNIST has.
    Mnist,
}

impl EmnistSplit {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Balanced,
        Self::ByClass,
        Self::ByMerge,
        Self::Digits,
        Self::Letters,
        Self::Mnist,
    ];

    /// The name in its files' names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Balanced => "balanced",
            Self::ByClass => "byclass",
            Self::ByMerge => "bymerge",
            Self::Digits => "digits",
            Self::Letters => "letters",
            Self::Mnist => "mnist",
        }
    }

    /// What it is called, the same in every language.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Balanced => "EMNIST balanced",
            Self::ByClass => "EMNIST byclass",
            Self::ByMerge => "EMNIST bymerge",
            Self::Digits => "EMNIST digits",
            Self::Letters => "EMNIST letters",
            Self::Mnist => "EMNIST mnist",
        }
    }

    /// What its labels stand for, as in the file `emnist-…-mapping.txt` beside it.
    #[must_use]
    pub fn classes(self) -> Classes {
        let (digits, capitals) = ('0'..='9', 'A'..='Z');
        let characters: String = match self {
            Self::Digits | Self::Mnist => digits.collect(),
            Self::Letters => capitals.collect(),
            Self::ByClass => digits.chain(capitals).chain('a'..='z').collect(),
            Self::Balanced | Self::ByMerge => digits
                .chain(capitals)
                .chain("abdefghnqrt".chars())
                .collect(),
        };
        let names: Vec<String> = characters.chars().map(String::from).collect();
        Classes::named(names.iter().map(String::as_str))
    }

    /// Its four files: pictures and labels to train on, pictures and labels to test with.
    pub(super) fn files(self) -> [String; 4] {
        let name = self.name();
        [
            ("train", "images-idx3"),
            ("train", "labels-idx1"),
            ("test", "images-idx3"),
            ("test", "labels-idx1"),
        ]
        .map(|(set, kind)| format!("emnist-{name}-{set}-{kind}-ubyte"))
    }

    /// Makes labels count from 0. Those of `letters` count from 1, unless somebody has mended them.
    pub(super) fn count_from_zero(self, labels: &mut [u8]) {
        if self == Self::Letters && !labels.contains(&0) {
            for label in labels {
                *label -= 1;
            }
        }
    }

    /// The split that a file belongs to, or that a path names: `…/emnist-digits`.
    fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_prefix("emnist-")?;
        Self::ALL.into_iter().find(|split| {
            let rest = name.strip_prefix(split.name());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}

/// The split that a path names which is no folder, and the folder of its files: one of these files,
/// or their folder with the split's name, `…/emnist-digits`.
pub(super) fn named(path: &Path) -> Option<(EmnistSplit, PathBuf)> {
    let split = EmnistSplit::of_path(path).filter(|_| !path.is_dir())?;
    let parent = path.parent().unwrap_or(Path::new(""));
    let folders = FOLDERS.into_iter().map(|folder| parent.join(folder));
    let folder = folders.into_iter().find(|folder| has(folder, split))?;
    Some((split, folder))
}

/// The one split whose files are in a folder, and where.
///
/// # Errors
/// The files of several splits are there.
pub(super) fn in_folder(path: &Path) -> Result<Option<(EmnistSplit, PathBuf)>, DataError> {
    for folder in FOLDERS {
        let folder = path.join(folder);
        let here = EmnistSplit::ALL
            .into_iter()
            .filter(|&split| has(&folder, split));
        match here.collect::<Vec<_>>()[..] {
            [] => {}
            [split] => return Ok(Some((split, folder))),
            ref several => {
                return Err(DataError::SeveralSplits {
                    folder,
                    splits: several.iter().map(|split| split.name()).collect(),
                });
            }
        }
    }
    Ok(None)
}

/// Whether a folder has any file of a split: what is missing is said when they are read.
fn has(folder: &Path, split: EmnistSplit) -> bool {
    let files = split.files();
    files
        .iter()
        .any(|name| gzipped::locate(folder, name).is_some())
}

/// Turns pictures stored column by column upright. EMNIST's are squares; others stay as they are.
pub(super) fn transpose(size: PictureSize, pixels: &mut [u8]) {
    let side = size.height;
    if size != PictureSize::grey(side) {
        return;
    }
    for picture in pixels.chunks_exact_mut(size.len()) {
        for row in 0..side {
            for column in 0..row {
                picture.swap(row * side + column, column * side + row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_have_as_many_classes_as_the_paper_says() {
        let counts = EmnistSplit::ALL.map(|split| split.classes().count());
        assert_eq!(counts, [47, 62, 47, 10, 26, 10]);
        let balanced = EmnistSplit::Balanced.classes();
        let names = balanced.names().unwrap();
        // From emnist-balanced-mapping.txt: 36 is 97 (a), 46 is 116 (t).
        assert_eq!((&*names[36], &*names[46]), ("a", "t"));
    }

    #[test]
    fn a_path_names_a_split() {
        let split = |path: &str| EmnistSplit::of_path(Path::new(path));
        assert_eq!(split("x/emnist-digits"), Some(EmnistSplit::Digits));
        assert_eq!(
            split("emnist-mnist-test-labels-idx1-ubyte.gz"),
            Some(EmnistSplit::Mnist)
        );
        for other in [
            "emnist",
            "emnist-",
            "emnist-digit",
            "digits",
            "emnist-digitsx",
        ] {
            assert_eq!(split(other), None, "{other}");
        }
    }

    #[test]
    fn transposing_twice_changes_nothing_and_once_swaps_rows_and_columns() {
        let size = PictureSize::FASHION_MNIST;
        let pixels: Vec<u8> = (0..2 * size.len()).map(|n| (n % 251) as u8).collect();
        let mut upright = pixels.clone();
        transpose(size, &mut upright);
        assert_eq!(upright[3 * 28 + 5], pixels[5 * 28 + 3]);
        assert_eq!(upright[784 + 27], pixels[784 + 27 * 28]);
        transpose(size, &mut upright);
        assert_eq!(upright, pixels);
    }
}
