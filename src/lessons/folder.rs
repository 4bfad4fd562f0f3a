//! A folder of steps: a teacher's own lesson.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::error::{LessonError, LessonFault};
use super::parse::parse_step;
use super::step::{Lesson, Step};

/// Most steps of a lesson.
pub const MAX_STEPS: usize = 64;
/// Largest file of a step.
pub const MAX_FILE_BYTES: usize = 64 * 1024;

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

fn files(folder: &Path) -> Result<Vec<PathBuf>, LessonError> {
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
    let file = File::open(path).map_err(|e| error(path, LessonFault::Unreadable(e)))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| error(path, LessonFault::Unreadable(e)))?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(error(path, LessonFault::TooLong(MAX_FILE_BYTES)));
    }
    let source = String::from_utf8(bytes).map_err(|_| error(path, LessonFault::NotText))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    parse_step(&path.display().to_string(), &name, &source)
}

fn error(path: &Path, fault: LessonFault) -> LessonError {
    LessonError {
        file: path.display().to_string(),
        line: None,
        fault,
    }
}
