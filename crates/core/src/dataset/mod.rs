//! Labelled pictures: where they come from, and what they are checked for on the way in.
//!
//! Fashion-MNIST, CIFAR or another set is read from disk ([`load`], [`find`]), fetched ([`download`]) or, offline with nothing on disk,
//! imitated ([`synthetic()`]). A user's own picture is read ([`picture`]) or drawn ([`Drawing`]). All pictures of a set have one
//! [`PictureSize`]. They stay bytes in memory, 55 MB for the 70,000 of Fashion-MNIST; whoever computes with them scales.

mod checksum;
mod cifar;
mod classes;
pub mod download;
mod drawing;
mod emnist;
mod error;
mod gallery;
mod gzipped;
mod idx;
mod images;
mod locate;
pub mod picture;
mod save;
mod sets;
mod size;
mod synthetic;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::picture::PictureError;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

pub use cifar::Cifar;
pub use classes::Classes;
pub use drawing::{Brush, Drawing};
pub use emnist::EmnistSplit;
pub use error::{DataError, IdxFault, PicturesFault};
pub use gallery::{Gallery, ImageId};
pub use locate::{Search, cifar_folder, default_folder, find, load, load_sized, usual_places};
pub use size::{Picture, PictureSize};
pub use synthetic::{synthetic, synthetic_sized};

/// Classes of Fashion-MNIST, in the order of their labels: 0 T-shirt/top, 1 Trouser, 2 Pullover, 3 Dress, 4 Coat,
/// 5 Sandal, 6 Shirt, 7 Sneaker, 8 Bag, 9 Ankle boot.
pub const CLASS_COUNT: usize = 10;

/// The first labels of Fashion-MNIST's test set. Its picture 0 is an ankle boot.
const FIRST_TEST_LABELS: [u8; 100] = [
    9, 2, 1, 1, 6, 1, 4, 6, 5, 7, 4, 5, 7, 3, 4, 1, 2, 4, 8, 0, 2, 5, 7, 9, 1, 4, 6, 0, 9, 3, 8, 8,
    3, 3, 8, 0, 7, 5, 7, 9, 6, 1, 3, 7, 6, 7, 2, 1, 2, 2, 4, 4, 5, 8, 2, 2, 8, 4, 8, 0, 7, 7, 8, 5,
    1, 1, 2, 3, 9, 8, 7, 0, 2, 6, 2, 3, 1, 2, 8, 4, 1, 8, 5, 9, 5, 0, 3, 2, 0, 6, 5, 3, 6, 7, 1, 8,
    0, 1, 4, 2,
];

/// Most classes of any data set: a label is a byte.
pub const MAX_CLASSES: usize = 256;

/// Most pictures a file of IDX may hold; Fashion-MNIST has 60,000.
const MAX_ITEMS: u32 = 1_000_000;

/// Most picture files of a data set.
const MAX_IMAGES: usize = 200_000;

/// Most bytes of the pictures of one set, those to train on or those to test with: CIFAR-10 has 154 MB, 60,000 pictures of 64×64 in
/// colour 737 MB.
pub const MAX_BYTES: usize = 1 << 30;

/// A training set and a test set, and where both came from.
#[derive(Clone, Debug)]
pub struct Dataset {
    id: DatasetId,
    /// Where the pictures came from; to be named wherever they are shown.
    pub origin: Origin,
    /// Pictures to learn from: 60,000 in Fashion-MNIST.
    pub train: Pictures,
    /// Pictures kept apart to judge a network by: 10,000 in Fashion-MNIST.
    pub test: Pictures,
    /// What the labels stand for.
    pub classes: Classes,
    /// Files that should have been pictures of it, and could not be read.
    pub left_out: LeftOut,
}

/// Picture files that a data set goes without.
#[derive(Clone, Debug, Default)]
pub struct LeftOut {
    /// How many.
    pub count: usize,
    /// The first few, with what is wrong with them.
    pub first: Vec<Arc<PictureError>>,
}

/// Tells data sets of this process apart. Where one is in memory does not: another takes its place once it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DatasetId(u64);

impl Dataset {
    /// A data set with a number of its own.
    ///
    /// # Panics
    /// When the two sets are of pictures of different sizes.
    #[must_use]
    pub fn new(origin: Origin, train: Pictures, test: Pictures, classes: Classes) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        assert_eq!(train.size, test.size, "readers check it");
        Self {
            id: DatasetId(NEXT.fetch_add(1, Ordering::Relaxed)),
            origin,
            train,
            test,
            classes,
            left_out: LeftOut::default(),
        }
    }

    /// Different for any two that were read or drawn; a clone has the same.
    #[must_use]
    pub fn id(&self) -> DatasetId {
        self.id
    }

    /// The size of each picture, to train on and to test with.
    #[must_use]
    pub fn size(&self) -> PictureSize {
        self.test.size
    }

    /// The same pictures in another size: another data set, with a number of its own.
    ///
    /// # Errors
    /// As [`Pictures::to_size`].
    pub fn to_size(&self, size: PictureSize) -> Result<Self, PicturesFault> {
        let mut sized = Self::new(
            self.origin.clone(),
            self.train.to_size(size)?,
            self.test.to_size(size)?,
            self.classes.clone(),
        );
        sized.left_out = self.left_out.clone();
        Ok(sized)
    }

    /// SHA-256 over all pixels and labels, training set first, as 64 hexadecimal digits: the same
    /// for the same pictures, wherever they were read from.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for pictures in [&self.train, &self.test] {
            hash.update((pictures.len() as u64).to_le_bytes());
            hash.update(&pictures.pixels);
            hash.update(&pictures.labels);
        }
        checksum::hex(&hash.finalize())
    }
}

/// Where a [`Dataset`] came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Four IDX files in a folder.
    Folder {
        /// The folder that holds the files.
        path: PathBuf,
        /// Whether all four files are, byte for byte once decompressed, those of Fashion-MNIST.
        genuine: bool,
    },
    /// Picture files, a folder for each class.
    Images {
        /// The folder that holds them all.
        path: PathBuf,
    },
    /// The four IDX files of a split of EMNIST.
    Emnist {
        /// The folder that holds the files.
        path: PathBuf,
        /// Which split.
        split: EmnistSplit,
    },
    /// CIFAR-10 or CIFAR-100.
    Cifar {
        /// The folder that holds the files, or the archive.
        path: PathBuf,
        /// Which of the two.
        cifar: Cifar,
    },
    /// Drawn by [`synthetic()`].
    Synthetic,
}

/// Labelled pictures of one size, kept as bytes: row by row, the channels of a pixel beside each other. In grey pictures 0 is the
/// background, as in Fashion-MNIST.
#[derive(Clone, PartialEq, Eq)]
pub struct Pictures {
    size: PictureSize,
    pixels: Vec<u8>, // (images, height, width, channels)
    labels: Vec<u8>, // (images)
    classes: usize,
}

impl Pictures {
    /// Pairs `pixels`, as many bytes a picture as `size` says, with `labels`, one a picture, of so many classes.
    ///
    /// # Errors
    /// When the size is none that networks are trained on, the counts disagree, or a label is not below `classes`.
    pub fn new(
        size: PictureSize,
        pixels: Vec<u8>,
        labels: Vec<u8>,
        classes: usize,
    ) -> Result<Self, PicturesFault> {
        if !size.is_allowed() {
            return Err(PicturesFault::Size { size });
        }
        if pixels.len() != labels.len() * size.len() {
            return Err(PicturesFault::Unpaired {
                pixels: pixels.len(),
                labels: labels.len(),
                size,
            });
        }
        match labels
            .iter()
            .position(|&label| usize::from(label) >= classes)
        {
            Some(index) => Err(PicturesFault::Label {
                index,
                label: labels[index],
                classes,
            }),
            None => Ok(Self {
                size,
                pixels,
                labels,
                classes,
            }),
        }
    }

    /// The size of each picture.
    #[must_use]
    pub fn size(&self) -> PictureSize {
        self.size
    }

    /// Number of classes; every label is below it.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of pictures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no picture.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All pixels, picture after picture.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// All labels, each below [`classes`](Self::classes).
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The bytes of picture `index`.
    ///
    /// # Panics
    /// When `index` is not below [`len`](Self::len).
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * self.size.len()..][..self.size.len()]
    }

    /// Picture `index`, by itself.
    ///
    /// # Panics
    /// When `index` is not below [`len`](Self::len).
    #[must_use]
    pub fn picture(&self, index: usize) -> Picture {
        Picture::new(self.size, self.image(index)).expect("as many bytes as its size says")
    }

    /// All pictures in another size, each as [`Picture::to_size`] makes it.
    ///
    /// # Errors
    /// When the size is none that networks are trained on, or the pictures would take more than [`MAX_BYTES`].
    pub fn to_size(&self, size: PictureSize) -> Result<Self, PicturesFault> {
        if self.size == size {
            return Ok(self.clone());
        }
        if !size.is_allowed() {
            return Err(PicturesFault::Size { size });
        }
        let bytes = self.len() * size.len();
        if bytes > MAX_BYTES {
            return Err(PicturesFault::TooMany { size, bytes });
        }
        let mut pixels = vec![0; bytes];
        let places = pixels.par_chunks_exact_mut(size.len()).enumerate();
        places.for_each(|(index, place)| {
            place.copy_from_slice(self.picture(index).to_size(size).bytes());
        });
        Self::new(size, pixels, self.labels.clone(), self.classes)
    }

    /// Copies of the pictures at `indices`, in that order.
    ///
    /// # Panics
    /// When an index is not below [`len`](Self::len).
    #[must_use]
    pub fn subset(&self, indices: &[u32]) -> Self {
        let images = indices.iter().map(|&index| self.image(index as usize));
        Self {
            size: self.size,
            pixels: images.flatten().copied().collect(),
            labels: indices.iter().map(|&i| self.label(i as usize)).collect(),
            classes: self.classes,
        }
    }

    /// The label of picture `index`.
    ///
    /// # Panics
    /// When `index` is not below [`len`](Self::len).
    #[must_use]
    pub fn label(&self, index: usize) -> u8 {
        self.labels[index]
    }
}

impl std::fmt::Debug for Pictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pictures({} of {})", self.len(), self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_pair_pixels_with_labels() {
        let size = PictureSize::FASHION_MNIST;
        let mut pixels = vec![0; 2 * size.len()];
        pixels[size.len()] = 7;
        let pictures = Pictures::new(size, pixels, vec![9, 3], 10).unwrap();
        assert_eq!(pictures.len(), 2);
        assert_eq!((pictures.image(0)[0], pictures.image(1)[0]), (0, 7));
        assert_eq!((pictures.label(0), pictures.label(1)), (9, 3));
    }

    #[test]
    fn pictures_refuse_what_does_not_pair() {
        let size = PictureSize::CIFAR;
        let pixels = vec![0; size.len()];
        assert_eq!(
            Pictures::new(size, pixels.clone(), vec![1, 2], 10),
            Err(PicturesFault::Unpaired {
                pixels: size.len(),
                labels: 2,
                size
            })
        );
        let small = PictureSize::grey(7);
        assert_eq!(
            Pictures::new(small, vec![0; 49], vec![0], 10),
            Err(PicturesFault::Size { size: small })
        );
        assert_eq!(
            Pictures::new(size, pixels, vec![10], 10),
            Err(PicturesFault::Label {
                index: 0,
                label: 10,
                classes: 10
            })
        );
    }
}
