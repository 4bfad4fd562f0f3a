//! What people call the folders of pictures to train on and of those to test with.

use std::path::{Path, PathBuf};

/// Beginnings of the names of training folders, and of those for testing, the better first: where there is one to test
/// with, the one for validation, which many keep besides, is left alone.
const TRAIN: [&str; 2] = ["train", "learn"];
const TEST: [&str; 4] = ["test", "val", "eval", "dev"];
/// What such a name may have besides, before or behind: `seg_train`, `training_set`, `Train-Images`.
const BESIDES: [&str; 17] = [
    "", "ing", "set", "images", "image", "imgs", "img", "data", "dataset", "pictures", "pics",
    "seg", "folder", "id", "idation", "uation", "split",
];

/// The folder to train on and the one to test with, where both are among `entries`. Archives often unpack to a folder of
/// the same name within (`seg_train/seg_train`): then it is that.
pub(super) fn in_folder(entries: &[PathBuf]) -> Option<(PathBuf, PathBuf)> {
    let folders: Vec<&PathBuf> = entries.iter().filter(|path| path.is_dir()).collect();
    let called = |words: &[&str]| {
        let mut folders = words.iter().flat_map(|word| {
            let called = folders.iter().filter(move |path| is_called(path, word));
            called.copied()
        });
        folders.next().map(|folder| within(folder))
    };
    Some((called(&TRAIN)?, called(&TEST)?))
}

/// Whether a folder's name is the word with nothing besides but what such names have.
fn is_called(path: &Path, word: &str) -> bool {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let Some((before, behind)) = name.split_once(word) else {
        return false;
    };
    is_besides(before) && is_besides(behind)
}

/// Whether text is made of words that such names have besides.
fn is_besides(text: &str) -> bool {
    text.is_empty()
        || BESIDES.iter().filter(|word| !word.is_empty()).any(|word| {
            let rest = text.strip_prefix(word);
            rest.is_some_and(is_besides)
        })
}

fn within(folder: &Path) -> PathBuf {
    let same = folder.join(folder.file_name().unwrap_or_default());
    if same.is_dir() {
        same
    } else {
        folder.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_what_people_call_them() {
        for (train, test) in [
            ("train", "test"),
            ("Train", "Test"),
            ("training_set", "test_set"),
            ("train-images", "test-images"),
            ("TRAINING", "VALIDATION"),
            ("train", "val"),
            ("trainset", "valid"),
            ("Training Data", "Evaluation Data"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let paths = [train, test, "labels"].map(|name| folder.path().join(name));
            for path in &paths {
                std::fs::create_dir(path).unwrap();
            }
            let found = in_folder(&paths).unwrap_or_else(|| panic!("{train} {test}"));
            assert_eq!(found, (paths[0].clone(), paths[1].clone()));
        }
        // One to test with is better than one to validate by; a folder in itself is opened.
        let folder = tempfile::tempdir().unwrap();
        let paths = ["val", "seg_test", "seg_train"].map(|name| folder.path().join(name));
        for path in &paths {
            std::fs::create_dir(path).unwrap();
        }
        let inner = paths[2].join("seg_train");
        std::fs::create_dir(&inner).unwrap();
        assert_eq!(in_folder(&paths), Some((inner, paths[1].clone())));
    }

    #[test]
    fn classes_are_not_taken_for_sets() {
        for name in [
            "trainers",
            "trains",
            "testament",
            "valley",
            "devils",
            "contest",
        ] {
            for word in TRAIN.iter().chain(&TEST) {
                assert!(!is_called(Path::new(name), word), "{name} {word}");
            }
        }
    }
}
