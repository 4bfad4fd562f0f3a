//! What often lies where a file should be: the file's name is right, and its content says only where the file is.

use std::path::Path;

/// Most bytes of a pointer; a web page says what it is at its beginning.
const MOST: usize = 1024;

/// Something in a file's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandIn {
    /// Nothing: a copy that was begun, as a rule.
    #[error("the file is empty; copy or download it again")]
    Empty,
    /// A repository was cloned without its large files.
    #[error("a pointer of Git LFS and not the file itself; fetch that with `git lfs pull`")]
    GitLfs,
    /// The same, by git-annex.
    #[error("a pointer of git-annex and not the file itself; fetch that with `git annex get`")]
    GitAnnex,
    /// A page about the file was saved, or one that asks to sign in.
    #[error(
        "a web page and not the file itself; use the page's download button, or its link to the raw file"
    )]
    WebPage,
    /// A model as TensorFlow saves it for serving.
    #[error(
        "a SavedModel of TensorFlow, which convlens does not open; save it as one file: keras.models.load_model(FOLDER).save(\"model.keras\")"
    )]
    SavedModel,
    /// A folder where a file should be.
    #[error("a folder and not a file; choose a file in it")]
    Folder,
    /// A model for telephones, whose weights are rounded and whose layers are merged.
    #[error(
        "a model of TensorFlow Lite, which no longer has the layers it was made from; choose the model it was converted from"
    )]
    TensorFlowLite,
}

impl StandIn {
    /// What a file that begins like this is instead of a model or of data, if it is one of these; `start` is all of
    /// a file of less than a kilobyte.
    #[must_use]
    pub fn of(start: &[u8]) -> Option<Self> {
        let start = &start[..start.len().min(MOST)];
        if start.is_empty() {
            return Some(Self::Empty);
        }
        if start.get(4..8) == Some(b"TFL3") {
            return Some(Self::TensorFlowLite);
        }
        let text = String::from_utf8_lossy(start);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with("version https://git-lfs.github.com/") {
            return Some(Self::GitLfs);
        }
        if text.starts_with("/annex/objects/") {
            return Some(Self::GitAnnex);
        }
        let tag = text.get(..14).unwrap_or(text).to_ascii_lowercase();
        let is_page = tag.starts_with("<!doctype html") || tag.starts_with("<html");
        is_page.then_some(Self::WebPage)
    }

    /// What is at a path that is no file.
    #[must_use]
    pub fn at(path: &Path) -> Option<Self> {
        if path.join("saved_model.pb").is_file() {
            return Some(Self::SavedModel);
        }
        path.is_dir().then_some(Self::Folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_for_a_file_is_named_and_files_are_left_alone() {
        for (start, is) in [
            (&b""[..], Some(StandIn::Empty)),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
                Some(StandIn::GitLfs),
            ),
            (b"/annex/objects/MD5E-s3--5f\n", Some(StandIn::GitAnnex)),
            (b"\n<!DOCTYPE HTML><html>", Some(StandIn::WebPage)),
            (b"\xef\xbb\xbf<html lang=en>", Some(StandIn::WebPage)),
            (b"\x1c\0\0\0TFL3\x14", Some(StandIn::TensorFlowLite)),
            (b"PK\x03\x04", None),
            (b"\x89HDF\r\n\x1a\n", None),
            (b"<", None),
            ("<ñññññññññññ".as_bytes(), None),
        ] {
            assert_eq!(StandIn::of(start), is, "{start:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(StandIn::at(folder.path()), Some(StandIn::Folder));
        std::fs::write(folder.path().join("saved_model.pb"), "").unwrap();
        assert_eq!(StandIn::at(folder.path()), Some(StandIn::SavedModel));
        let file = folder.path().join("saved_model.pb");
        assert_eq!(StandIn::at(&file), None);
    }
}
