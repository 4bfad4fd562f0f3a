//! A teacher's lesson on its way to somebody else: its files gathered, and put into a folder there.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use super::error::{LessonError, LessonFault};
use super::folder::{MAX_STEPS, error, files, parse_bytes, read_bytes};
use crate::training::runs::lesson_files::{self, LANGUAGES, LessonFiles};

/// What became of a lesson that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It is in this folder.
    Kept(PathBuf),
    /// Another lesson is there; nothing was changed.
    Exists(PathBuf),
}

/// `$CONVLENS_LESSONS` where that is set, or else `convlens/lessons` in the user's data folder.
#[must_use]
pub fn default_folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("CONVLENS_LESSONS").filter(|f| !f.is_empty()) {
        return folder.into();
    }
    match etcetera::base_strategy::choose_native_strategy() {
        Ok(user) => user.data_dir().join("convlens").join("lessons"),
        Err(_) => PathBuf::from("lessons"),
    }
}

/// Whether the first Markdown file of a folder, or of a language's in it, begins as a step does.
#[must_use]
pub fn is_lesson(folder: &Path) -> bool {
    let begins_so = |folder: PathBuf| {
        let first = files(&folder).ok()?.into_iter().next()?;
        let bytes = read_bytes(&first).ok()?;
        Some(bytes.starts_with(b"+++") || bytes.starts_with(b"\xef\xbb\xbf+++"))
    };
    subfolders(folder).any(|(_, folder)| begins_so(folder) == Some(true))
}

/// The folders that a lesson's steps can be in, with what their paths begin with.
fn subfolders(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let own = (String::new(), folder.to_path_buf());
    let languages = LANGUAGES.map(|language| (format!("{language}/"), folder.join(language)));
    std::iter::once(own)
        .chain(languages)
        .filter(|(_, folder)| folder.is_dir())
}

/// The files of a folder's lesson in all its languages, each of them checked.
///
/// # Errors
/// As [`read_folder`](super::read_folder); a name that not every system takes.
pub fn to_send(folder: &Path) -> Result<LessonFiles, LessonError> {
    let mut found = Vec::new();
    for (prefix, folder) in subfolders(folder) {
        let steps = match files(&folder) {
            Err(error) if matches!(error.fault, LessonFault::NoSteps) => continue,
            steps => steps?,
        };
        for step in steps {
            let name = step.file_name().and_then(|name| name.to_str());
            let path = name.map(|name| format!("{prefix}{}", with_small_ending(name)));
            let path = path.filter(|path| lesson_files::is_file(path));
            let path = path.ok_or_else(|| error(&step, LessonFault::BadName))?;
            found.push((path, read_bytes(&step)?));
        }
    }
    if lesson_files::collide(found.iter().map(|(path, _)| path.as_str())) {
        return Err(error(folder, LessonFault::BadName));
    }
    // A folder given as `.` has its name all the same.
    let full = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let name = full.file_name().unwrap_or_default().to_string_lossy();
    let lesson = LessonFiles {
        name: lesson_files::plain(&name),
        files: found,
    };
    check(&lesson, folder)?;
    Ok(lesson)
}

/// `01.MD` is a step as well.
fn with_small_ending(name: &str) -> String {
    let stem = Path::new(name).file_stem().unwrap_or_default();
    format!("{}.md", stem.to_string_lossy())
}

/// Checks every step of a lesson that came from `whence`.
///
/// # Errors
/// The first fault, with the step's file and line.
pub fn check(lesson: &LessonFiles, whence: &Path) -> Result<(), LessonError> {
    if lesson.files.is_empty() {
        return Err(error(whence, LessonFault::NoSteps));
    }
    for (path, bytes) in &lesson.files {
        let file = format!("{}: {path}", whence.display());
        let name = path.trim_end_matches(".md");
        parse_bytes(&file, name, bytes.clone())?;
    }
    let of = |prefix: &str| {
        let is_in = |path: &str| path.strip_prefix(prefix).is_some_and(|p| !p.contains('/'));
        lesson.files.iter().filter(|(path, _)| is_in(path)).count()
    };
    if ["", "en/", "es/"]
        .into_iter()
        .any(|prefix| of(prefix) > MAX_STEPS)
    {
        return Err(error(whence, LessonFault::TooManySteps(MAX_STEPS)));
    }
    Ok(())
}

/// Puts a checked lesson into a folder of its name in `parent`, whole or not at all. One that is
/// there already with the same steps is left as it is; another one is replaced only where
/// `replaces` says so, and only if there is nothing but a lesson in it.
///
/// # Errors
/// It cannot be written, or something other than a lesson has its place; what was there stays.
pub fn keep(lesson: &LessonFiles, parent: &Path, replaces: bool) -> Result<Keep, LessonError> {
    let target = parent.join(&lesson.name);
    let not_written = |source| error(&target, LessonFault::NotWritten(source));
    let is_there = fs::symlink_metadata(&target).is_ok();
    if is_there {
        let is_lesson = holds_only_steps(&target);
        if !is_lesson {
            return Err(error(&target, LessonFault::Occupied));
        }
        if to_send(&target).is_ok_and(|there| there.files == sorted(lesson).files) {
            return Ok(Keep::Kept(target));
        }
        if !replaces {
            return Ok(Keep::Exists(target));
        }
    }
    let new = write_beside(lesson, parent).map_err(not_written)?;
    if !is_there {
        fs::rename(new.path(), &target).map_err(not_written)?;
        let _moved = new.keep();
        return Ok(Keep::Kept(target));
    }
    let aside = temporary(parent).map_err(not_written)?;
    let old = aside.path().join("old");
    fs::rename(&target, &old).map_err(not_written)?;
    if let Err(source) = fs::rename(new.path(), &target) {
        let _as_it_was = fs::rename(&old, &target);
        return Err(not_written(source));
    }
    let _moved = new.keep();
    Ok(Keep::Kept(target))
}

/// As [`to_send`] orders them.
fn sorted(lesson: &LessonFiles) -> LessonFiles {
    let mut lesson = lesson.clone();
    let depth = |path: &str| path.matches('/').count();
    lesson
        .files
        .sort_by(|(a, _), (b, _)| depth(a).cmp(&depth(b)).then_with(|| a.cmp(b)));
    lesson
}

fn write_beside(lesson: &LessonFiles, parent: &Path) -> io::Result<tempfile::TempDir> {
    fs::create_dir_all(parent)?;
    let folder = temporary(parent)?;
    for (path, bytes) in &lesson.files {
        // Checked where the lesson was read; a path that is none of a lesson's must not be written.
        if !lesson_files::is_file(path) {
            return Err(io::Error::other(path.clone()));
        }
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(parent))?;
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    Ok(folder)
}

/// A folder that is removed again unless it is given its place.
fn temporary(parent: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".convlens-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    crate::files::temporary_folder(&mut builder, parent)
}

/// Whether a folder holds Markdown files and folders of languages with such, and nothing else: what
/// may be replaced by another lesson.
fn holds_only_steps(folder: &Path) -> bool {
    let all = |folder: &Path, may_be: &dyn Fn(&Path, &fs::FileType) -> bool| -> io::Result<bool> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !may_be(&entry.path(), &entry.file_type()?) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let is_markdown = |path: &Path, kind: &fs::FileType| {
        let ending = path.extension();
        kind.is_file() && ending.is_some_and(|ending| ending.eq_ignore_ascii_case("md"))
    };
    let is_language = |path: &Path, kind: &fs::FileType| {
        let name = path.file_name().and_then(|name| name.to_str());
        kind.is_dir()
            && name.is_some_and(|name| LANGUAGES.contains(&name))
            && all(path, &is_markdown).unwrap_or(false)
    };
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|it| it.is_dir());
    is_folder
        && all(folder, &|path, kind| {
            is_markdown(path, kind) || is_language(path, kind)
        })
        .unwrap_or(false)
}
