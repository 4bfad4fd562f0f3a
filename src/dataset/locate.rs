//! Where a data set is looked for, and how its four files are read.

use std::{
    env,
    fs::File,
    io::{self, BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
    thread,
};

use etcetera::BaseStrategy as _;
use flate2::bufread::MultiGzDecoder;

use super::{
    CLASS_COUNT, Classes, Dataset, Origin, Pictures,
    checksum::{Fingerprint, Hashing, OFFICIAL},
    error::{DataError, IdxFault},
    idx, images,
};

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

/// Reads a data set from the four files in `folder`, each gzipped or plain, or from torchvision's
/// `FashionMNIST/raw` below it, or from picture files in a folder for each class.
///
/// The classes have the names in the folder's `classes.txt`, one a line, or those of Fashion-MNIST
/// where it is that or the folder is called so, or else their numbers.
///
/// # Errors
/// When a file is missing, unreadable, malformed, or does not go with its fellow.
pub fn load(folder: &Path) -> Result<Dataset, DataError> {
    match load_idx(folder) {
        Err(absent @ DataError::Absent { .. }) => images::load(folder)?.ok_or(absent),
        result => result,
    }
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
    let [train_images, train_labels, test_images, test_labels] = &locate(folder)?;
    let named = Classes::in_folder(folder)?;
    thread::scope(|scope| {
        let train = scope.spawn(|| read_pictures(train_images, train_labels));
        let test = read_pictures(test_images, test_labels);
        let (train, train_genuine) = train
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let (test, test_genuine) = test?;
        let genuine = train_genuine && test_genuine;
        let largest = [&train, &test].map(|read| read.classes.iter().copied().max());
        let needed = largest.into_iter().flatten().max().map_or(0, usize::from) + 1;
        let is_fashion = genuine || (needed <= CLASS_COUNT && is_called_fashion(folder));
        let classes = match named {
            Some(classes) => classes,
            None if is_fashion => Classes::FashionMnist,
            None => Classes::numbered(needed.max(CLASS_COUNT)),
        };
        Ok(Dataset {
            origin: Origin::Folder {
                path: folder.to_owned(),
                genuine,
            },
            train: train.pictures(classes.count(), train_labels)?,
            test: test.pictures(classes.count(), test_labels)?,
            classes,
        })
    })
}

/// One of the four files on disk, and what it holds if it is the official one.
struct Located {
    path: PathBuf,
    official: Fingerprint,
}

/// The four files in `folder`, in the order of [`OFFICIAL`].
fn locate(folder: &Path) -> Result<[Located; 4], DataError> {
    let found = OFFICIAL.map(|official| {
        Some(Located {
            path: locate_file(folder, official.name)?,
            official,
        })
    });
    if found.iter().all(Option::is_none) {
        return Err(DataError::Absent {
            folder: folder.to_owned(),
        });
    }
    match found {
        [Some(a), Some(b), Some(c), Some(d)] => Ok([a, b, c, d]),
        found => {
            let missing = found.iter().position(Option::is_none).unwrap_or_default();
            Err(DataError::Incomplete {
                folder: folder.to_owned(),
                file: OFFICIAL[missing].name,
            })
        }
    }
}

/// Where the file `name` lies in `folder`: gzipped, as downloads leave it, or plain; with a dot
/// before its kind, as unpackers name it.
pub(super) fn locate_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let dotted = name.replace("-idx", ".idx");
    [name, &dotted]
        .into_iter()
        .flat_map(|name| [folder.join(format!("{name}.gz")), folder.join(name)])
        .find(|path| path.is_file())
}

/// Opens a file to its decompressed content. The first bytes tell gzip, not the name, which people
/// and browsers change.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let gzipped = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzipped {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

/// Whether a folder's path says that Fashion-MNIST is in it.
fn is_called_fashion(folder: &Path) -> bool {
    let path = folder.to_string_lossy().to_ascii_lowercase();
    path.contains("fashion")
}

/// The content of a file of pictures and its file of labels.
struct Contents {
    pixels: Vec<u8>,
    classes: Vec<u8>,
}

impl Contents {
    /// Pairs them, of so many classes.
    fn pictures(self, classes: usize, labels: &Located) -> Result<Pictures, DataError> {
        let pictures = Pictures::of_classes(self.pixels, self.classes, classes);
        pictures.map_err(|fault| DataError::Mismatched {
            path: labels.path.clone(),
            fault,
        })
    }
}

/// Reads a file of pictures and its file of labels; the flag says whether both are the official
/// ones.
fn read_pictures(images: &Located, labels: &Located) -> Result<(Contents, bool), DataError> {
    let (pixels, images_genuine) = read_file(images, |content| idx::read_images(content))?;
    let (classes, labels_genuine) = read_file(labels, |content| idx::read_labels(content))?;
    Ok((
        Contents { pixels, classes },
        images_genuine && labels_genuine,
    ))
}

/// Parses a file and hashes it in the same pass.
fn read_file(
    file: &Located,
    parse: impl FnOnce(&mut Hashing<Box<dyn Read>>) -> Result<Vec<u8>, IdxFault>,
) -> Result<(Vec<u8>, bool), DataError> {
    let path = || file.path.clone();
    let content = open(&file.path).map_err(|source| DataError::Open {
        path: path(),
        source,
    })?;
    let mut content = Hashing::new(content);
    let values = parse(&mut content).map_err(|fault| DataError::Malformed {
        path: path(),
        fault,
    })?;
    Ok((values, content.sha256() == file.official.sha256))
}

#[cfg(test)]
mod tests;
