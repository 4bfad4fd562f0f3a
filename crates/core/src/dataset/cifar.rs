//! CIFAR-10 and CIFAR-100 (A. Krizhevsky 2009) in their binary form, unpacked or as the archive that they are published in.
//!
//! A record is a picture's label, of CIFAR-100 a coarse and a fine one, then 1024 bytes of red, 1024 of green and 1024 of blue, each
//! row by row: <https://www.cs.toronto.edu/~kriz/cifar.html>.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::classes::Classes;
use super::error::{DataError, PicturesFault};
use super::{Dataset, Origin, PictureSize, Pictures, gzipped};
use crate::files;

/// Bytes of one colour of a picture.
const PLANE: usize = 32 * 32;
/// Most bytes of one file: CIFAR-100's, 50,000 records of 3074 bytes, and some more.
const MAX_FILE: u64 = 200 << 20;
/// Most entries of an archive that are looked at.
const MAX_ENTRIES: usize = 1000;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cifar {
    /// Ten classes, 50,000 pictures to train on and 10,000 to test with.
    Ten,
    /// A hundred classes, as many pictures.
    Hundred,
}

impl Cifar {
    const BOTH: [Self; 2] = [Self::Ten, Self::Hundred];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ten => "CIFAR-10",
            Self::Hundred => "CIFAR-100",
        }
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(self) -> usize {
        match self {
            Self::Ten => 10,
            Self::Hundred => 100,
        }
    }

    /// The archive that it is published as.
    #[must_use]
    pub const fn archive(self) -> &'static str {
        match self {
            Self::Ten => "cifar-10-binary.tar.gz",
            Self::Hundred => "cifar-100-binary.tar.gz",
        }
    }

    /// What the archive unpacks to.
    fn folder(self) -> &'static str {
        match self {
            Self::Ten => "cifar-10-batches-bin",
            Self::Hundred => "cifar-100-binary",
        }
    }

    fn train_files(self) -> &'static [&'static str] {
        match self {
            Self::Ten => &[
                "data_batch_1.bin",
                "data_batch_2.bin",
                "data_batch_3.bin",
                "data_batch_4.bin",
                "data_batch_5.bin",
            ],
            Self::Hundred => &["train.bin"],
        }
    }

    fn test_file(self) -> &'static str {
        match self {
            Self::Ten => "test_batch.bin",
            Self::Hundred => "test.bin",
        }
    }

    /// The file that names the classes, one a line.
    fn names_file(self) -> &'static str {
        match self {
            Self::Ten => "batches.meta.txt",
            Self::Hundred => "fine_label_names.txt",
        }
    }

    /// Labels before the pixels of a record; the last one counts.
    fn labels(self) -> usize {
        match self {
            Self::Ten => 1,
            Self::Hundred => 2,
        }
    }

    fn is_of_it(self, name: &str) -> bool {
        name == self.test_file() || name == self.names_file() || self.train_files().contains(&name)
    }
}

/// Files by name.
type Contents = HashMap<String, Vec<u8>>;

/// Reads the data set that a folder or an archive holds; `None` where there is none.
///
/// # Errors
/// A file that is missing, cannot be read, or holds no whole number of records.
pub(super) fn load(path: &Path) -> Result<Option<Dataset>, DataError> {
    if path.is_file() {
        return if is_archive(path) {
            from_archive(path).map(Some)
        } else {
            Ok(None)
        };
    }
    for cifar in Cifar::BOTH {
        for folder in [path.to_owned(), path.join(cifar.folder())] {
            if folder.join(cifar.test_file()).is_file() {
                return from_folder(cifar, &folder).map(Some);
            }
        }
        let archive = path.join(cifar.archive());
        if archive.is_file() {
            return from_archive(&archive).map(Some);
        }
    }
    Ok(None)
}

/// Whether a folder holds the version for Python, which is not read.
pub(super) fn is_for_python(folder: &Path) -> bool {
    let places = ["", "cifar-10-batches-py", "cifar-100-python"];
    places.iter().any(|place| {
        let folder = folder.join(place);
        let has = |name: &str| folder.join(name).is_file();
        has("data_batch_1") && has("batches.meta") || has("train") && has("test") && has("meta")
    })
}

/// Whether a file is an archive by its name.
fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [".tar.gz", ".tgz", ".tar"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn from_folder(cifar: Cifar, folder: &Path) -> Result<Dataset, DataError> {
    let mut contents = Contents::new();
    let names = [cifar.test_file(), cifar.names_file()];
    for name in cifar.train_files().iter().chain(&names) {
        let path = folder.join(name);
        if path.is_file() {
            let file = files::open(&path).map_err(unreadable(&path))?;
            let content = within(file).map_err(unreadable(&path))?;
            contents.insert((*name).to_owned(), content);
        }
    }
    dataset(cifar, folder, &mut contents)
}

fn from_archive(archive: &Path) -> Result<Dataset, DataError> {
    let mut contents = Contents::new();
    let content = gzipped::open(archive).map_err(unreadable(archive))?;
    let mut archived = tar::Archive::new(BufReader::new(content));
    let entries = archived.entries().map_err(unreadable(archive))?;
    for entry in entries.take(MAX_ENTRIES) {
        let entry = entry.map_err(unreadable(archive))?;
        let name = entry.path().map_err(unreadable(archive))?;
        let name = name.file_name().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        let is_wanted = Cifar::BOTH.iter().any(|cifar| cifar.is_of_it(&name));
        if is_wanted && entry.header().entry_type().is_file() && !contents.contains_key(&name) {
            contents.insert(name, within(entry).map_err(unreadable(archive))?);
        }
    }
    let is_in_it = |cifar: &Cifar| contents.contains_key(cifar.test_file());
    let Some(cifar) = Cifar::BOTH.into_iter().find(is_in_it) else {
        return Err(DataError::NoData {
            path: archive.to_owned(),
        });
    };
    dataset(cifar, archive, &mut contents)
}

/// All of a file, which may not have more than [`MAX_FILE`] bytes.
fn within(file: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_FILE {
        let message = format!("it has more than {} MB", MAX_FILE >> 20);
        return Err(io::Error::other(message));
    }
    Ok(content)
}

fn dataset(cifar: Cifar, path: &Path, contents: &mut Contents) -> Result<Dataset, DataError> {
    let names = contents.remove(cifar.names_file());
    let mut pictures = |files: &[&'static str]| -> Result<Pictures, DataError> {
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for file in files {
            let Some(content) = contents.remove(*file) else {
                return Err(DataError::Incomplete {
                    folder: path.to_owned(),
                    file: (*file).to_owned(),
                });
            };
            let record = cifar.labels() + PictureSize::CIFAR.len();
            if content.is_empty() || content.len() % record != 0 {
                return Err(DataError::Records {
                    path: path.join(file),
                    bytes: content.len(),
                    record,
                });
            }
            pixels.reserve(content.len());
            for record in content.chunks_exact(record) {
                let (label, planes) = record.split_at(cifar.labels());
                labels.push(label[label.len() - 1]);
                let (red, others) = planes.split_at(PLANE);
                let (green, blue) = others.split_at(PLANE);
                let pixel = red.iter().zip(green).zip(blue);
                pixels.extend(pixel.flat_map(|((red, green), blue)| [*red, *green, *blue]));
            }
        }
        let read = Pictures::new(PictureSize::CIFAR, pixels, labels, cifar.classes());
        read.map_err(|fault: PicturesFault| DataError::Mismatched {
            path: path.to_owned(),
            fault,
        })
    };
    let train = pictures(cifar.train_files())?;
    let test = pictures(&[cifar.test_file()])?;
    let origin = Origin::Cifar {
        path: path.to_owned(),
        cifar,
    };
    Ok(Dataset::new(origin, train, test, classes(cifar, names)))
}

/// The classes that a file names; those of CIFAR-10 are known without it.
fn classes(cifar: Cifar, file: Option<Vec<u8>>) -> Classes {
    let text = file.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let lines = text.as_deref().unwrap_or_default().lines().map(str::trim);
    let names: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    match cifar {
        _ if names.len() == cifar.classes() => Classes::named(names.iter()),
        Cifar::Ten => Classes::named(
            [
                "airplane",
                "automobile",
                "bird",
                "cat",
                "deer",
                "dog",
                "frog",
                "horse",
                "ship",
                "truck",
            ]
            .iter(),
        ),
        Cifar::Hundred => Classes::numbered(cifar.classes()),
    }
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> DataError + use<> {
    let path: PathBuf = path.to_owned();
    |source| DataError::Open { path, source }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tempfile::tempdir;

    use super::*;

    /// Records whose pixels tell where they belong: red is the label, green the row, blue the column.
    fn records(cifar: Cifar, labels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        for &label in labels {
            file.extend(std::iter::repeat_n(77, cifar.labels() - 1));
            file.push(label);
            file.extend([label; PLANE]);
            file.extend((0..PLANE).map(|at| (at / 32) as u8));
            file.extend((0..PLANE).map(|at| (at % 32) as u8));
        }
        file
    }

    fn files_of(cifar: Cifar) -> Vec<(String, Vec<u8>)> {
        let train = cifar.train_files().iter().enumerate();
        let mut files: Vec<_> = train
            .map(|(number, name)| ((*name).to_owned(), records(cifar, &[number as u8, 9])))
            .collect();
        files.push((cifar.test_file().to_owned(), records(cifar, &[3, 1, 2])));
        files
    }

    fn archive(cifar: Cifar) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, content) in files_of(cifar) {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            let path = Path::new(cifar.folder()).join(name);
            archive
                .append_data(&mut header, path, &content[..])
                .unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    fn check(cifar: Cifar, dataset: &Dataset) {
        assert_eq!(dataset.size(), PictureSize::CIFAR);
        assert_eq!(dataset.classes.count(), cifar.classes());
        assert_eq!(dataset.test.labels(), [3, 1, 2]);
        let expected = 2 * cifar.train_files().len();
        assert_eq!(dataset.train.len(), expected);
        let at = |row: usize, column: usize| {
            let from = 3 * (row * 32 + column);
            &dataset.test.image(1)[from..from + 3]
        };
        assert_eq!(at(5, 30), [1, 5, 30]);
        assert!(matches!(&dataset.origin, Origin::Cifar { cifar: of, .. } if *of == cifar));
    }

    #[test]
    fn both_are_read_unpacked_and_as_the_archive() {
        for cifar in Cifar::BOTH {
            let folder = tempdir().unwrap();
            let inside = folder.path().join(cifar.folder());
            fs::create_dir(&inside).unwrap();
            for (name, content) in files_of(cifar) {
                fs::write(inside.join(name), content).unwrap();
            }
            check(cifar, &load(&inside).unwrap().unwrap());
            check(cifar, &load(folder.path()).unwrap().unwrap());

            let folder = tempdir().unwrap();
            let packed = folder.path().join(cifar.archive());
            fs::write(&packed, archive(cifar)).unwrap();
            check(cifar, &load(&packed).unwrap().unwrap());
            check(cifar, &load(folder.path()).unwrap().unwrap());
        }
    }

    #[test]
    fn classes_have_the_names_of_the_file_or_those_known() {
        let folder = tempdir().unwrap();
        for (name, content) in files_of(Cifar::Ten) {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let names = |folder: &Path| load(folder).unwrap().unwrap().classes;
        assert_eq!(names(folder.path()).names().unwrap()[6], "frog");
        let own = (0..10).map(|number| format!("kind {number}\n"));
        let own = own.collect::<Vec<_>>().concat();
        fs::write(folder.path().join("batches.meta.txt"), own + "\n").unwrap();
        assert_eq!(names(folder.path()).names().unwrap()[6], "kind 6");
    }

    #[test]
    fn what_is_missing_cut_off_or_out_of_range_is_named() {
        let folder = tempdir().unwrap();
        assert!(load(folder.path()).unwrap().is_none());
        for (name, content) in files_of(Cifar::Ten) {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let fault = || load(folder.path()).unwrap_err().to_string();
        let batch = folder.path().join("data_batch_4.bin");
        let whole = fs::read(&batch).unwrap();
        fs::remove_file(&batch).unwrap();
        assert!(fault().contains("data_batch_4.bin"), "{}", fault());
        fs::write(&batch, &whole[..whole.len() - 1]).unwrap();
        assert!(fault().contains("data_batch_4.bin"), "{}", fault());
        assert!(fault().contains("3073"), "{}", fault());
        fs::write(&batch, records(Cifar::Ten, &[10])).unwrap();
        assert!(fault().contains("label 10"), "{}", fault());

        let packed = folder.path().join("some.tar.gz");
        let whole = archive(Cifar::Ten);
        fs::write(&packed, &whole[..whole.len() / 2]).unwrap();
        let error = load(&packed).unwrap_err().to_string();
        assert!(error.contains("some.tar.gz"), "{error}");
        let mut other = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(2);
        other
            .append_data(&mut header, "notes.txt", &b"no"[..])
            .unwrap();
        let mut file = fs::File::create(&packed).unwrap();
        file.write_all(&other.into_inner().unwrap()).unwrap();
        assert!(matches!(load(&packed), Err(DataError::NoData { .. })));
    }
}
