//! Where a data set is looked for, and how its four files are read.

use std::{
    env,
    io::Read,
    path::{Path, PathBuf},
    thread,
};

use etcetera::BaseStrategy as _;

use super::{
    CLASS_COUNT, Classes, Dataset, FIRST_TEST_LABELS, Origin, PictureSize, Pictures,
    checksum::{Hashing, OFFICIAL},
    cifar,
    emnist::{self, EmnistSplit},
    error::{DataError, IdxFault, PicturesFault},
    gzipped, idx, images,
};
use crate::stand_in::StandIn;

/// Where torchvision keeps the files, below the root it is given.
const TORCHVISION: &str = "FashionMNIST/raw";

/// What [`find`] came upon.
#[derive(Debug)]
pub struct Search {
    /// The first data set that could be read.
    pub dataset: Option<Dataset>,
    /// Places that hold some of it, but incomplete or damaged, looked at before that.
    pub rejected: Vec<DataError>,
}

/// Looks through the [`usual_places`], in order.
#[must_use]
pub fn find() -> Search {
    find_in(&usual_places())
}

fn find_in(places: &[PathBuf]) -> Search {
    let mut rejected = Vec::new();
    for place in places {
        match load_idx(place) {
            // Where nobody named it, it is a download that has not come to its end.
            Ok(dataset) if dataset.train.is_empty() => rejected.push(DataError::Incomplete {
                folder: place.clone(),
                file: OFFICIAL[0].name.to_owned(),
            }),
            Ok(dataset) => {
                return Search {
                    dataset: Some(dataset),
                    rejected,
                };
            }
            Err(DataError::Absent { .. }) => {}
            Err(error) => rejected.push(error),
        }
    }
    Search {
        dataset: None,
        rejected,
    }
}

/// Folders worth looking into: `data` in the working folder and beside the program, the user's
/// cache ([`default_folder`]), Debian's and Ubuntu's package `dataset-fashion-mnist`, the cache of
/// Keras, and `data` in the home folder, a root that torchvision's users commonly give.
///
/// Only paths: whether they exist is for [`find`] to see.
#[must_use]
pub fn usual_places() -> Vec<PathBuf> {
    let mut places = vec![PathBuf::from("data")];
    places.extend(
        env::current_exe()
            .ok()
            .and_then(|program| Some(program.parent()?.join("data"))),
    );
    places.push(default_folder());
    places.push(PathBuf::from("/usr/share/datasets/fashion-mnist"));
    let home = etcetera::home_dir().ok();
    let keras = env::var_os("KERAS_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(home.as_ref()?.join(".keras")));
    places.extend(keras.map(|keras| keras.join("datasets/fashion-mnist")));
    places.extend(home.map(|home| home.join("data")));
    places
}

/// Where downloads go unless told otherwise: `convlens/fashion-mnist` in the user's cache folder,
/// or `data` in the working folder for a user without a home.
#[must_use]
pub fn default_folder() -> PathBuf {
    match etcetera::base_strategy::choose_native_strategy() {
        Ok(user) => user.cache_dir().join("convlens").join("fashion-mnist"),
        Err(_) => PathBuf::from("data"),
    }
}

/// Where CIFAR-10 is put by a download and looked for: `convlens/cifar-10` in the user's cache folder, or `data/cifar-10` in the working
/// folder for a user without a home.
#[must_use]
pub fn cifar_folder() -> PathBuf {
    match etcetera::base_strategy::choose_native_strategy() {
        Ok(user) => user.cache_dir().join("convlens").join("cifar-10"),
        Err(_) => PathBuf::from("data/cifar-10"),
    }
}

/// Reads a data set from the four files in `folder`, each gzipped or plain, or from torchvision's
/// `FashionMNIST/raw` below it, or from picture files in a folder for each class. Without either of the two files to train on
/// there is nothing to train on, and all else as it is.
///
/// The classes have the names in the folder's `classes.txt`, one a line, or those of Fashion-MNIST
/// where it is that or begins as it does, or else their numbers.
///
/// Of EMNIST a split is read: the one whose files are in `folder`, or `…/emnist-digits`. Instead of
/// a folder one of its files may be named.
///
/// # Errors
/// When a file is missing, unreadable, malformed, or does not go with its fellow.
pub fn load(folder: &Path) -> Result<Dataset, DataError> {
    load_sized(folder, None)
}

/// The same with pictures of this size: files of pictures are made so as they are read, those of other data sets are stretched. Without
/// one, each set has its own size, and files of pictures become [`PictureSize::FASHION_MNIST`].
///
/// # Errors
/// As [`load`]; when no network is trained on such pictures, or they would take too much memory.
pub fn load_sized(folder: &Path, size: Option<PictureSize>) -> Result<Dataset, DataError> {
    let dataset = load_as_is(folder, size)?;
    let Some(size) = size else {
        return Ok(dataset);
    };
    dataset
        .to_size(size)
        .map_err(|fault| DataError::Mismatched {
            path: folder.to_owned(),
            fault,
        })
}

/// Reads a data set; only files of pictures are made of a size.
fn load_as_is(folder: &Path, size: Option<PictureSize>) -> Result<Dataset, DataError> {
    if let Some((split, files)) = emnist::named(folder) {
        return load_emnist(split, &files);
    }
    if !folder.exists() {
        return Err(DataError::NoSuch {
            path: folder.to_owned(),
        });
    }
    if let Some(dataset) = cifar::load(folder)? {
        return Ok(dataset);
    }
    // One of the four files stands for the folder that it is in; no other file does for pictures near it.
    let (file, folder) = match folder.parent() {
        Some(parent) if folder.is_file() => (Some(folder), parent),
        _ => (None, folder),
    };
    match load_idx(folder) {
        Err(absent @ DataError::Absent { .. }) => match (emnist::in_folder(folder)?, file) {
            (Some((split, files)), _) => load_emnist(split, &files),
            (None, Some(file)) => Err(DataError::NoData {
                path: file.to_owned(),
            }),
            (None, None) if cifar::is_for_python(folder) => Err(DataError::PythonCifar {
                path: folder.to_owned(),
            }),
            (None, None) => images::load(folder, size.unwrap_or_default())?.ok_or(absent),
        },
        result => result,
    }
}

/// The four files of a split of EMNIST.
fn load_emnist(split: EmnistSplit, folder: &Path) -> Result<Dataset, DataError> {
    let [a, b, c, d] = split.files();
    let located = locate(folder, [&a, &b, &c, &d])?;
    let (mut train, mut test) = read_both(&located)?;
    for read in [&mut train, &mut test] {
        emnist::transpose(read.size, &mut read.pixels);
        split.count_from_zero(&mut read.classes);
    }
    let classes = Classes::in_folder(folder)?.unwrap_or_else(|| split.classes());
    let origin = Origin::Emnist {
        path: folder.to_owned(),
        split,
    };
    let train = train.pictures(classes.count())?;
    let test = test.pictures(classes.count())?;
    Ok(Dataset::new(origin, train, test, classes))
}

/// The four files in a folder, or where torchvision keeps them below it.
fn load_idx(folder: &Path) -> Result<Dataset, DataError> {
    match load_here(folder) {
        Err(absent @ DataError::Absent { .. }) => match load_here(&folder.join(TORCHVISION)) {
            Err(DataError::Absent { .. }) => Err(absent),
            result => result,
        },
        result => result,
    }
}

fn load_here(folder: &Path) -> Result<Dataset, DataError> {
    let located = locate(folder, OFFICIAL.map(|official| official.name))?;
    let named = Classes::in_folder(folder)?;
    let (train, test) = read_both(&located)?;
    let read = [&train.sha256, &test.sha256].into_iter().flatten();
    let genuine = OFFICIAL
        .iter()
        .zip(read)
        .all(|(official, read)| official.has_content(read));
    let largest = [&train, &test].map(|read| read.classes.iter().copied().max());
    let needed = largest.into_iter().flatten().max().map_or(0, usize::from) + 1;
    let is_fashion = genuine || (needed <= CLASS_COUNT && begins_as_fashion(&test.classes));
    let classes = match named {
        Some(classes) => classes,
        None if is_fashion => Classes::FashionMnist,
        None => Classes::numbered(needed.max(2)),
    };
    let origin = Origin::Folder {
        path: folder.to_owned(),
        genuine,
    };
    let train = train.pictures(classes.count())?;
    let test = test.pictures(classes.count())?;
    Ok(Dataset::new(origin, train, test, classes))
}

/// A file of pictures and its file of labels.
type Files = [PathBuf; 2];

/// The four files of these names in `folder`: pictures and labels to train on, where there are any, the same to test with.
fn locate(folder: &Path, names: [&str; 4]) -> Result<(Option<Files>, Files), DataError> {
    let found = names.map(|name| gzipped::locate(folder, name));
    if found.iter().all(Option::is_none) {
        return Err(DataError::Absent {
            folder: folder.to_owned(),
        });
    }
    match found {
        [Some(a), Some(b), Some(c), Some(d)] => Ok((Some([a, b]), [c, d])),
        [None, None, Some(c), Some(d)] => Ok((None, [c, d])),
        found => {
            let missing = found.iter().position(Option::is_none).unwrap_or_default();
            Err(DataError::Incomplete {
                folder: folder.to_owned(),
                file: names[missing].to_owned(),
            })
        }
    }
}

/// Whether labels are those of Fashion-MNIST's test set as far as they go: of a part of it, or of pictures that somebody
/// has changed. What a folder is called says less, as digits lie in folders called so, too.
fn begins_as_fashion(test_labels: &[u8]) -> bool {
    let known = FIRST_TEST_LABELS.iter().zip(test_labels);
    !test_labels.is_empty() && known.into_iter().all(|(known, label)| known == label)
}

/// The content of a file of pictures and its file of labels, and their SHA-256.
struct Contents {
    size: PictureSize,
    pixels: Vec<u8>,
    classes: Vec<u8>,
    sha256: [String; 2],
    /// The file of labels; of none, that of the pictures they go with.
    path: PathBuf,
}

impl Contents {
    /// Pairs them, of so many classes.
    fn pictures(self, classes: usize) -> Result<Pictures, DataError> {
        let pictures = Pictures::new(self.size, self.pixels, self.classes, classes);
        pictures.map_err(|fault| DataError::Mismatched {
            path: self.path,
            fault,
        })
    }

    /// None of that size.
    fn none(beside: &Self) -> Self {
        Self {
            size: beside.size,
            pixels: Vec::new(),
            classes: Vec::new(),
            sha256: Default::default(),
            path: beside.path.clone(),
        }
    }
}

/// What is trained on and what is tested with, read at the same time.
fn read_both((train, test): &(Option<Files>, Files)) -> Result<(Contents, Contents), DataError> {
    let Some(train) = train else {
        let test = read_pictures(test)?;
        return Ok((Contents::none(&test), test));
    };
    thread::scope(|scope| {
        let read_train = || read_pictures(train);
        let train = thread::Builder::new().spawn_scoped(scope, read_train);
        let [test_images, _] = test;
        let test = read_pictures(test);
        let train = match train {
            Ok(train) => train
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?,
            Err(_refused) => read_train()?,
        };
        let test = test?;
        if train.size != test.size {
            let (train, test) = (train.size, test.size);
            return Err(DataError::Mismatched {
                path: test_images.clone(),
                fault: PicturesFault::Sizes { train, test },
            });
        }
        Ok((train, test))
    })
}

/// Reads a file of pictures and its file of labels.
fn read_pictures([images, labels]: &Files) -> Result<Contents, DataError> {
    let ((size, pixels), of_pixels) = read_file(images, |content| idx::read_images(content))?;
    let (classes, of_classes) = read_file(labels, |content| idx::read_labels(content))?;
    Ok(Contents {
        size,
        pixels,
        classes,
        sha256: [of_pixels, of_classes],
        path: labels.clone(),
    })
}

/// Parses a file and hashes it in the same pass.
fn read_file<T>(
    file: &Path,
    parse: impl FnOnce(&mut Hashing<Box<dyn Read>>) -> Result<T, IdxFault>,
) -> Result<(T, String), DataError> {
    let path = || file.to_owned();
    let content = gzipped::open(file).map_err(|source| DataError::Open {
        path: path(),
        source,
    })?;
    let mut content = Hashing::new(content);
    let values = parse(&mut content).map_err(|fault| DataError::Malformed {
        path: path(),
        fault: stand_in(file).unwrap_or(fault),
    })?;
    Ok((values, content.sum()))
}

/// What lies in the place of a file that is none of IDX, if it is something that often does.
fn stand_in(file: &Path) -> Option<IdxFault> {
    let mut start = Vec::new();
    let read = gzipped::open(file).and_then(|file| file.take(1024).read_to_end(&mut start));
    let found = read.ok().and_then(|_| StandIn::of(&start));
    found.map(IdxFault::StandIn)
}

#[cfg(test)]
mod tests;
