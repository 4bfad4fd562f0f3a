//! A data set of picture files: a folder for each class, named after it.
//!
//! ```text
//! garden/                     garden/train/rose/1.png …
//! ├── rose/1.png …      or    garden/train/tulip/1.jpg …
//! └── tulip/1.jpg …           garden/test/rose/… , garden/test/tulip/…
//! ```
//!
//! The two folders may be called in any of the ways that people do: see [`sets`](super::sets).
//! Labels count the classes in the order of their folders' names, as Keras and torchvision do. In
//! both sets the classes take turns, so that the first pictures of a set are some of all of them.
//! Without a folder to test with, every fifth picture of each class, in the order of file names, is kept
//! for testing. What cannot be read is left out and told, unless it is most of what is there.
//!
//! Pictures of the size wanted are taken as they are; others are made as large as fits, in the middle, on black. Grey ones are inverted
//! if the background of most is light, all or none.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::classes::Classes;
use super::error::DataError;
use super::error::PicturesFault;
use super::picture::{
    PictureError, Reduction, background_is_light, is_picture, read_picture, reduce,
};
use super::sets;
use super::{
    Dataset, LeftOut, MAX_BYTES, MAX_CLASSES, MAX_IMAGES, Origin, Picture, PictureSize, Pictures,
};

/// Without a folder for testing, one picture of so many is kept for it.
const TEST_SHARE: usize = 5;
/// Pictures whose background decides whether all are inverted.
const LOOKED_AT: usize = 100;

/// Most files that are named of those left out.
const NAMED: usize = 5;

/// A picture file and its label.
type Labelled = (PathBuf, u8);

/// Reads the pictures in a folder, in this size; `None` where there are no folders of pictures in it.
///
/// # Errors
/// Too many classes or pictures, a class that only one of the two sets has, or more pictures that
/// cannot be read than can.
pub(super) fn load(folder: &Path, size: PictureSize) -> Result<Option<Dataset>, DataError> {
    let apart = sets::in_folder(&entries(folder)?);
    let names = classes(apart.as_ref().map_or(folder, |(train, _)| train))?;
    let (train, test) = match apart {
        Some((train, test)) => (files(&train, &names)?, files(&test, &names)?),
        None => split(files(folder, &names)?),
    };
    if names.is_empty() {
        return Ok(None);
    }
    if !(2..=MAX_CLASSES).contains(&names.len()) {
        return Err(DataError::Classes {
            path: folder.into(),
            count: names.len(),
        });
    }
    let (train, test) = (mixed(train), mixed(test));
    let count = train.len() + test.len();
    if train.is_empty() || test.is_empty() || count > MAX_IMAGES {
        return Err(DataError::Images {
            folder: folder.into(),
            train: train.len(),
            test: test.len(),
        });
    }
    let bytes = train.len().max(test.len()) * size.len();
    if bytes > MAX_BYTES || !size.is_allowed() {
        return Err(DataError::Mismatched {
            path: folder.into(),
            fault: if size.is_allowed() {
                PicturesFault::TooMany { size, bytes }
            } else {
                PicturesFault::Size { size }
            },
        });
    }
    let classes = Classes::named(names.iter().map(|name| name.to_string_lossy()));
    let inverts = !size.is_colour() && inverts(&train);
    let mut unread = Vec::new();
    let mut read = |files: &[Labelled]| -> Result<Pictures, DataError> {
        let pictures = files
            .par_iter()
            .map(|(path, _)| read_as(path, size, inverts));
        let (mut all, mut labels) = (Vec::new(), Vec::new());
        for (picture, (_, label)) in pictures.collect::<Vec<_>>().into_iter().zip(files) {
            match picture {
                Ok(picture) => {
                    all.extend_from_slice(picture.bytes());
                    labels.push(*label);
                }
                Err(error) => unread.push(error),
            }
        }
        Pictures::new(size, all, labels, names.len()).map_err(|fault| DataError::Mismatched {
            path: folder.into(),
            fault,
        })
    };
    let origin = Origin::Images {
        path: folder.into(),
    };
    let (train, test) = (read(&train)?, read(&test)?);
    let is_little = 2 * unread.len() <= count && !train.is_empty() && !test.is_empty();
    if !is_little && !unread.is_empty() {
        return Err(unread.swap_remove(0).into());
    }
    let mut dataset = Dataset::new(origin, train, test, classes);
    dataset.left_out = LeftOut {
        count: unread.len(),
        first: unread.into_iter().take(NAMED).map(Arc::new).collect(),
    };
    Ok(Some(dataset))
}

/// Names of the folders in a folder that hold pictures, in order.
fn classes(folder: &Path) -> Result<Vec<OsString>, DataError> {
    let mut names = Vec::new();
    for path in entries(folder)? {
        if is_hidden(&path) || !path.is_dir() {
            continue;
        }
        // The first picture ends the look.
        let open = |source| DataError::Open {
            path: path.clone(),
            source,
        };
        let mut found = fs::read_dir(&path).map_err(open)?.take(MAX_IMAGES + 1);
        let is_one = |path: PathBuf| is_picture(&path) && !is_hidden(&path);
        if found.any(|entry| entry.is_ok_and(|entry| is_one(entry.path()))) {
            names.push(path.file_name().unwrap_or_default().to_owned());
        }
        if names.len() > MAX_CLASSES {
            break;
        }
    }
    Ok(names)
}

/// Whether a name begins with a dot, as those of `._1.png` do, which macOS puts beside `1.png` and which hold no picture.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}

/// The pictures of each class below a folder, class by class in the order of file names.
fn files(folder: &Path, names: &[OsString]) -> Result<Vec<Labelled>, DataError> {
    let mut files = Vec::new();
    for (label, name) in names.iter().enumerate() {
        let pictures = entries(&folder.join(name))?.into_iter();
        let pictures = pictures.filter(|file| is_picture(file) && !is_hidden(file));
        files.extend(pictures.map(|file| (file, label as u8)));
        if files.len() > MAX_IMAGES {
            break;
        }
    }
    Ok(files)
}

/// What is in a folder, in order; nothing where there is no such folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let open = |source| DataError::Open {
        path: folder.into(),
        source,
    };
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(open(error)),
    };
    let mut paths = Vec::new();
    for entry in found.take(MAX_IMAGES + 1) {
        paths.push(entry.map_err(open)?.path());
    }
    paths.sort_unstable();
    Ok(paths)
}

/// Keeps every fifth picture of each class for testing.
fn split(files: Vec<Labelled>) -> (Vec<Labelled>, Vec<Labelled>) {
    let mut counts = [0_usize; MAX_CLASSES];
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (file, label) in files {
        let count = &mut counts[usize::from(label)];
        *count += 1;
        if count.is_multiple_of(TEST_SHARE) {
            test.push((file, label));
        } else {
            train.push((file, label));
        }
    }
    (train, test)
}

/// Spreads the pictures of every class evenly over the whole, in the order they have.
fn mixed(files: Vec<Labelled>) -> Vec<Labelled> {
    let mut counts = [0_u64; MAX_CLASSES];
    for (_, label) in &files {
        counts[usize::from(*label)] += 1;
    }
    let mut before = [0_u64; MAX_CLASSES];
    let placed = files.into_iter().map(|(file, label)| {
        let class = usize::from(label);
        // The middle of its share, as a fraction of the whole.
        let place = ((2 * before[class] + 1) << 32) / counts[class];
        before[class] += 1;
        (place, (file, label))
    });
    let mut placed: Vec<_> = placed.collect();
    placed.sort_by_key(|(place, (_, label))| (*place, *label));
    placed.into_iter().map(|(_, file)| file).collect()
}

/// Whether most pictures have a light background, of those that can be read.
fn inverts(files: &[Labelled]) -> bool {
    let step = (files.len() / LOOKED_AT).max(1);
    let looked_at: Vec<_> = files.iter().step_by(step).take(LOOKED_AT).collect();
    let light = looked_at
        .par_iter()
        .filter_map(|(path, _)| read_picture(path).ok())
        .map(|opened| background_is_light(&opened.grey));
    let light: Vec<bool> = light.collect();
    2 * light.iter().filter(|light| **light).count() > light.len()
}

/// A picture as the network gets it.
fn read_as(path: &Path, size: PictureSize, invert: bool) -> Result<Picture, PictureError> {
    let picture = read_picture(path)?.picture(size.is_colour());
    if picture.size() == size {
        return Ok(picture);
    }
    let how = Reduction {
        ground: false,
        invert,
        crop: false,
        center: false,
    };
    Ok(reduce(&picture, how, size).picture)
}
