//! Folders of every kind: whole, mixed, incomplete, damaged, genuine.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use tempfile::tempdir;

use super::{super::PicturesFault, *};
use crate::dataset::idx::tests::{images_file, labels_file};

const IMAGE_PIXELS: usize = PictureSize::FASHION_MNIST.len();
const DEBIAN: &str = "/usr/share/datasets/fashion-mnist";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Writes three training pictures and two test pictures.
fn write_small(folder: &Path) {
    let contents = [
        images_file(&[7; 3 * IMAGE_PIXELS]),
        labels_file(&[9, 2, 1]),
        images_file(&[8; 2 * IMAGE_PIXELS]),
        labels_file(&[0, 5]),
    ];
    for (official, content) in OFFICIAL.iter().zip(contents) {
        fs::write(folder.join(official.name), content).unwrap();
    }
}

fn zip_up(folder: &Path, name: &str) {
    let plain = folder.join(name);
    fs::write(
        folder.join(format!("{name}.gz")),
        gzip(&fs::read(&plain).unwrap()),
    )
    .unwrap();
    fs::remove_file(plain).unwrap();
}

#[test]
fn plain_and_gzipped_files_mix() {
    let folder = tempdir().unwrap();
    write_small(folder.path());
    zip_up(folder.path(), OFFICIAL[0].name);
    zip_up(folder.path(), OFFICIAL[3].name);
    let dataset = load(folder.path()).unwrap();
    assert_eq!(
        dataset.origin,
        Origin::Folder {
            path: folder.path().to_owned(),
            genuine: false
        }
    );
    assert_eq!(
        (dataset.train.labels(), dataset.test.labels()),
        (&[9, 2, 1][..], &[0, 5][..])
    );
    assert_eq!(
        (dataset.train.image(2)[783], dataset.test.image(1)[0]),
        (7, 8)
    );
}

#[test]
fn a_gzipped_file_without_the_ending_is_still_gzip() {
    let folder = tempdir().unwrap();
    write_small(folder.path());
    let path = folder.path().join(OFFICIAL[2].name);
    fs::write(&path, gzip(&fs::read(&path).unwrap())).unwrap();
    assert_eq!(load(folder.path()).unwrap().test.len(), 2);
}

#[test]
fn the_root_given_to_torchvision_will_do() {
    let root = tempdir().unwrap();
    let folder = root.path().join(TORCHVISION);
    fs::create_dir_all(&folder).unwrap();
    write_small(&folder);
    assert_eq!(
        load(root.path()).unwrap().origin,
        Origin::Folder {
            path: folder,
            genuine: false
        }
    );
}

#[test]
fn what_is_missing_is_named() {
    let folder = tempdir().unwrap();
    assert!(
        matches!(load(folder.path()), Err(DataError::Absent { folder: f }) if f == folder.path())
    );
    write_small(folder.path());
    fs::remove_file(folder.path().join(OFFICIAL[1].name)).unwrap();
    let error = load(folder.path());
    assert!(
        matches!(error, Err(DataError::Incomplete { ref file, .. }) if file == "train-labels-idx1-ubyte"),
        "{error:?}"
    );
}

#[test]
fn test_pictures_alone_are_looked_at_where_somebody_names_their_folder() {
    let folder = tempdir().unwrap();
    write_small(folder.path());
    let whole = load(folder.path()).unwrap();
    for official in &OFFICIAL[..2] {
        fs::remove_file(folder.path().join(official.name)).unwrap();
    }
    let alone = load(folder.path()).unwrap();
    assert!(alone.train.is_empty());
    assert_eq!(alone.test.pixels(), whole.test.pixels());
    assert_eq!(alone.size(), whole.size());
    // Its labels go to 5.
    assert_eq!(alone.classes.count(), 6);
    let smaller = load_sized(folder.path(), Some(PictureSize::grey(14))).unwrap();
    assert_eq!(smaller.train.len(), 0);

    let search = find_in(&[folder.path().to_owned()]);
    assert!(search.dataset.is_none());
    assert!(matches!(
        &search.rejected[..],
        [DataError::Incomplete { .. }]
    ));
}

#[test]
fn a_damaged_file_is_named_on_one_line_with_the_fault() {
    let folder = tempdir().unwrap();
    write_small(folder.path());
    let path = folder.path().join(OFFICIAL[2].name);
    let whole = gzip(&fs::read(&path).unwrap());

    fs::write(&path, &whole[..whole.len() - 12]).unwrap();
    let error = load(folder.path()).unwrap_err();
    let DataError::Malformed { path: named, fault } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*named, path);
    assert!(matches!(fault, IdxFault::Truncated { .. }), "{fault:?}");
    let message = error.to_string();
    assert!(
        message.starts_with(&*path.to_string_lossy()) && !message.contains('\n'),
        "{message}"
    );

    let mut flipped = whole.clone();
    let checksum = flipped.len() - 8;
    flipped[checksum] ^= 1;
    fs::write(&path, flipped).unwrap();
    assert!(matches!(
        load(folder.path()),
        Err(DataError::Malformed {
            fault: IdxFault::Unreadable(_),
            ..
        })
    ));
}

#[test]
fn labels_that_do_not_fit_are_refused() {
    let folder = tempdir().unwrap();
    write_small(folder.path());
    let labels = folder.path().join(OFFICIAL[1].name);
    fs::write(&labels, labels_file(&[1, 2])).unwrap();
    assert!(matches!(
        load(folder.path()),
        Err(DataError::Mismatched { path, fault: PicturesFault::Unpaired { labels: 2, .. } })
            if path == labels
    ));
    fs::write(&labels, labels_file(&[1, 2, 10])).unwrap();
    fs::write(folder.path().join("classes.txt"), "a\n".repeat(10)).unwrap();
    assert!(matches!(
        load(folder.path()),
        Err(DataError::Mismatched {
            fault: PicturesFault::Label {
                index: 2,
                label: 10,
                classes: 10
            },
            ..
        })
    ));
}

#[test]
fn a_search_passes_over_empty_places_and_reports_damaged_ones() {
    let [empty, damaged, good, never] = std::array::from_fn(|_| tempdir().unwrap());
    fs::write(damaged.path().join(OFFICIAL[0].name), b"?").unwrap();
    write_small(good.path());
    write_small(never.path());
    let places = [&empty, &damaged, &good, &never].map(|place| place.path().to_owned());
    let search = find_in(&places);
    assert!(
        matches!(&search.rejected[..], [DataError::Incomplete { folder, .. }]
            if *folder == places[1])
    );
    let origin = search.dataset.unwrap().origin;
    assert_eq!(
        origin,
        Origin::Folder {
            path: places[2].clone(),
            genuine: false
        }
    );
}

#[test]
fn downloads_go_where_they_are_found_again() {
    assert!(usual_places().contains(&default_folder()));
}

#[test]
fn the_real_files_are_recognised() {
    if !Path::new(DEBIAN).is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "dataset-fashion-mnist is missing"
        );
        eprintln!("SKIPPED: the package dataset-fashion-mnist is not installed");
        return;
    }
    let dataset = load(Path::new(DEBIAN)).unwrap();
    assert_eq!(
        dataset.origin,
        Origin::Folder {
            path: DEBIAN.into(),
            genuine: true
        }
    );
    assert_eq!((dataset.train.len(), dataset.test.len()), (60_000, 10_000));
    assert_eq!(dataset.test.labels()[..8], [9, 2, 1, 1, 6, 1, 4, 6]);
}
