//! A folder of steps: a teacher's own lesson.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{LessonError, LessonFault};
use super::parse::parse_step;
use super::step::{Lesson, Step};
use crate::bounds;
use crate::training::runs::lesson_files;

/// Most steps of a lesson.
pub const MAX_STEPS: usize = 64;
/// Largest file of a step.
pub const MAX_FILE_BYTES: usize = lesson_files::MAX_FILE_BYTES;
// A lesson in two languages, with a third set beside them, can be sent.
const _: () = assert!(3 * MAX_STEPS <= lesson_files::MAX_FILES);

/// Reads the lesson of a folder in a language: the Markdown files of its subfolder of that name (`en`,
/// `es`) if there is one, else its own, in the order of their names. `README.md` is no step.
///
/// # Errors
/// The first file that cannot be read or is wrong; a folder without steps, or with too many.
pub fn read_folder(folder: &Path, language: &str) -> Result<Lesson, LessonError> {
    let own = folder.join(language);
    let folder = if own.is_dir() { own.as_path() } else { folder };
    let steps = files(folder)?;
    let steps = steps.iter().map(|file| read_file(file));
    Ok(Lesson {
        steps: steps.collect::<Result<_, _>>()?,
    })
}

/// A folder in English and Spanish; where it has only one of them, that one twice.
///
/// # Errors
/// As [`read_folder`].
pub fn read_both(folder: &Path) -> Result<[Lesson; 2], LessonError> {
    let [english, spanish] = lesson_files::LANGUAGES.map(|language| read_folder(folder, language));
    let is_none = |error: &LessonError| matches!(error.fault, LessonFault::NoSteps);
    match (english, spanish) {
        (Ok(english), Err(error)) if is_none(&error) => Ok([english.clone(), english]),
        (Err(error), Ok(spanish)) if is_none(&error) => Ok([spanish.clone(), spanish]),
        (english, spanish) => Ok([english?, spanish?]),
    }
}

/// The Markdown files of a folder that are steps, in their order.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, LessonError> {
    let error = |fault| error(folder, fault);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| error(LessonFault::Unreadable(e)))? {
        let path = entry.map_err(|e| error(LessonFault::Unreadable(e)))?.path();
        let is_markdown = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("md"));
        let is_readme = path
            .file_stem()
            .is_some_and(|name| name.eq_ignore_ascii_case("readme"));
        // Whether it is a file at all is asked last: a pipe would be waited for.
        if is_markdown && !is_readme && path.is_file() {
            found.push(path);
        }
        if found.len() > MAX_STEPS {
            return Err(error(LessonFault::TooManySteps(MAX_STEPS)));
        }
    }
    if found.is_empty() {
        return Err(error(LessonFault::NoSteps));
    }
    found.sort();
    Ok(found)
}

fn read_file(path: &Path) -> Result<Step, LessonError> {
    let bytes = read_bytes(path)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    parse_bytes(&path.display().to_string(), &name, bytes)
}

/// A step's file, as long as one may be.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, LessonError> {
    let bytes = bounds::read(path, MAX_FILE_BYTES as u64);
    let bytes = bytes.map_err(|e| error(path, LessonFault::Unreadable(e)))?;
    bytes.ok_or_else(|| error(path, LessonFault::TooLong(MAX_FILE_BYTES)))
}

/// A step from the content of a file, which errors call `file`.
pub(super) fn parse_bytes(file: &str, name: &str, bytes: Vec<u8>) -> Result<Step, LessonError> {
    let source = String::from_utf8(bytes).map_err(|_| LessonError {
        file: file.to_owned(),
        line: None,
        fault: LessonFault::NotText,
    })?;
    parse_step(file, name, &source)
}

pub(super) fn error(path: &Path, fault: LessonFault) -> LessonError {
    LessonError {
        file: path.display().to_string(),
        line: None,
        fault,
    }
}
