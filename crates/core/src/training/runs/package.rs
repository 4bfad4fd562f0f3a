//! A whole run, a lesson or both as one `.convlens` file, to be opened elsewhere.
//!
//! A zip archive of `convlens.json` (its format, what was shown, the lesson's name), of the files of
//! a run's folder under the same names, `run.json`, `notes.json`, `curve.csv` (or `curve.bin`, which older ones have), `state.safetensors` and
//! `checkpoints/0000001875.safetensors` …, and of a lesson's files: `lesson/01-shoes.md`,
//! `lesson/es/01-shoes.md` ….
//!
//! A file from elsewhere is not trusted. Nothing is unpacked under a name that the archive chooses:
//! the entries that a run and a lesson have are asked for by name, and one more refuses the whole file. No entry
//! may unpack to more than that part of such a run takes, whatever the archive announces. A run is
//! prepared beside the others and takes its place only once all of it is read and checked.

use std::fs::File;
use std::io::{self, BufReader, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::checkpoints;
use super::curve::{CURVE, OLD_CURVE};
use super::error::{PackageFault, RunError};
use super::lesson_files::{self, LessonFiles};
use super::manifest::{MANIFEST, Manifest};
use super::record::RunId;
use super::run_files::{CHECKPOINTS, NOTES, RunFiles, STATE, parse_manifest};
use super::schedule::{MOST, Schedule};
use super::store::Store;
use super::{curve, state_file};
use crate::archive::Archive;
use crate::bounds::brief;
use crate::files;
use crate::network::{Model, weights};

/// Ending of the files.
pub const ENDING: &str = "convlens";
/// The entry that says what the file is.
const PACKAGE: &str = "convlens.json";
/// The newest format that this program reads. A file without a lesson is written in the first, which
/// knows none.
const FORMAT: u32 = 2;
const FORMAT_OF_RUNS: u32 = 1;
/// Entries beside the checkpoints.
const FIXED: [&str; 6] = [PACKAGE, MANIFEST, NOTES, CURVE, OLD_CURVE, STATE];
/// Most bytes of [`PACKAGE`]: what was shown takes some 5 kB with a drawing.
const MAX_PACKAGE_BYTES: u64 = 1 << 18;
/// Most bytes of another entry of JSON.
const MAX_JSON_BYTES: u64 = 8 << 20;
/// What a file of weights holds besides them.
const HEADER_BYTES: u64 = 1 << 20;

/// `convlens.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Package {
    format: u32,
    /// What was looked at when the run was saved, for whoever shows it; nothing here reads it.
    #[serde(default)]
    shown: Value,
    /// The name of the lesson, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lesson: Option<String>,
}

/// What a `.convlens` file holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Whether there is a run, for [`Store::unpack`].
    pub has_run: bool,
    /// What was shown.
    pub shown: Value,
    /// The lesson.
    pub lesson: Option<LessonFiles>,
}

/// Whether a file is a `.convlens` file, by its name; its content is checked when it is opened.
#[must_use]
pub fn is_package(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}

impl Store {
    /// Writes a run into one file, whole or not at all. `shown` comes back from
    /// [`unpack`](Self::unpack).
    ///
    /// # Errors
    /// There is no such run, it cannot be read, or the file cannot be written; an older file is then
    /// untouched.
    pub fn pack(&self, id: RunId, shown: &Value, path: &Path) -> Result<(), RunError> {
        self.pack_all(Some(id), None, shown, path)
    }

    /// The same with a lesson, or of a lesson alone.
    ///
    /// # Errors
    /// As [`pack`](Self::pack).
    pub fn pack_lesson(
        &self,
        lesson: &LessonFiles,
        run: Option<RunId>,
        shown: &Value,
        path: &Path,
    ) -> Result<(), RunError> {
        self.pack_all(run, Some(lesson), shown, path)
    }

    fn pack_all(
        &self,
        run: Option<RunId>,
        lesson: Option<&LessonFiles>,
        shown: &Value,
        path: &Path,
    ) -> Result<(), RunError> {
        // Before anything is written, so that a damaged run makes no file.
        let run = run.map(|id| self.to_pack(id)).transpose()?;
        let package = Package {
            format: lesson.map_or(FORMAT_OF_RUNS, |_| FORMAT),
            shown: shown.clone(),
            lesson: lesson.map(|lesson| lesson.name.clone()),
        };
        let write = |file: &mut io::BufWriter<&File>| -> io::Result<()> {
            let mut archive = ZipWriter::new(file);
            archive.start_file(PACKAGE, compressed())?;
            archive.write_all(&serde_json::to_vec_pretty(&package)?)?;
            for (name, bytes) in lesson.map_or(&[][..], |lesson| &lesson.files) {
                archive.start_file(lesson_files::entry_of(name), compressed())?;
                archive.write_all(bytes)?;
            }
            if let Some(run) = &run {
                append_run(&mut archive, run)?;
            }
            archive.finish()?;
            Ok(())
        };
        files::replace(path, write).map_err(RunError::io(path))
    }

    /// A run that can be read.
    fn to_pack(&self, id: RunId) -> Result<Packed, RunError> {
        self.must_exist(id)?;
        let run = RunFiles::new(self.folder(id));
        run.manifest()?;
        Ok(Packed {
            curve: curve::to_lines(&curve::read(&run.curve())?),
            steps: checkpoints::steps(&run.checkpoints())?,
            run,
        })
    }

    /// Takes the run of a `.convlens` file in, under a number of its own, and gives back what was
    /// shown.
    ///
    /// # Errors
    /// The file is not one, is damaged, or was written by a newer version; nothing is taken in then.
    pub fn unpack(&self, path: &Path) -> Result<(RunId, Value), RunError> {
        let fault = |fault| RunError::package(path, fault);
        let mut file = PackageFile::with_run(path)?;
        let (unfinished, run) = self.new_folder()?;
        let put = |path: std::path::PathBuf, bytes: &[u8]| {
            std::fs::write(&path, bytes).map_err(RunError::io(&path))
        };
        let bytes = file.read(MANIFEST, MAX_JSON_BYTES)?;
        let manifest = told_of(path, parse_manifest(Path::new(MANIFEST), &bytes))?;
        // Each is within its bound, and so must all of them be: zeros pack to a thousandth.
        let batches = manifest.batches_per_epoch as u64;
        let kept = Schedule::new(batches, 4 * manifest.parameters() as u64).most();
        // A program that was killed may have left one more.
        if file.steps.len() > kept + 1 {
            let found = file.steps.len();
            return Err(fault(PackageFault::Checkpoints { found, most: kept }));
        }
        put(run.manifest_file(), &bytes)?;
        if file.has(NOTES) {
            put(run.notes_file(), &file.read(NOTES, MAX_JSON_BYTES)?)?;
        }
        let name = if file.has(OLD_CURVE) {
            OLD_CURVE
        } else {
            CURVE
        };
        let points = curve::parse(Path::new(name), &file.read(name, curve::MAX_BYTES)?);
        put(
            run.curve(),
            curve::to_lines(&told_of(path, points)?).as_bytes(),
        )?;
        let weights_bytes = weights_bytes(&manifest);
        if file.has(STATE) {
            let bytes = file.read(STATE, 3 * weights_bytes)?;
            let state = told_of(path, state_file::from_bytes(&bytes, Path::new(STATE)))?;
            if *state.model.spec() != manifest.config.network {
                return Err(fault(PackageFault::OtherNetwork(STATE.into())));
            }
            told_of(path, manifest.leads_to(&state, Path::new(STATE)))?;
            put(run.state(), &bytes)?;
        }
        for step in file.steps.clone() {
            let bytes = file.read(&entry_of(step), weights_bytes)?;
            let model = weights::from_bytes(&bytes, Path::new(&entry_of(step)));
            let model = model.map_err(|error| fault(PackageFault::Damaged(error.to_string())))?;
            if *model.spec() != manifest.config.network {
                return Err(fault(PackageFault::OtherNetwork(entry_of(step))));
            }
            put(checkpoints::file(&run.checkpoints(), step), &bytes)?;
        }
        let name = run.notes(&manifest.config).name;
        let (id, _) = self.publish(unfinished, &name, false)?;
        Ok((id, file.package.shown))
    }
}

/// An error about a file that is still being taken in, told of the file it comes from.
fn told_of<T>(path: &Path, read: Result<T, RunError>) -> Result<T, RunError> {
    read.map_err(|error| match error {
        RunError::Damaged {
            path: inner,
            reason,
        } => {
            let inner = inner.file_name().unwrap_or_default().display();
            let reason = format!("`{inner}`: {reason}");
            RunError::package(path, PackageFault::Damaged(reason))
        }
        RunError::Weights(error) => {
            RunError::package(path, PackageFault::Damaged(error.to_string()))
        }
        RunError::Newer { format, .. } => RunError::Newer {
            path: path.into(),
            format,
        },
        other => other,
    })
}

/// What a `.convlens` file holds, with the lesson's files. Nothing is taken in.
///
/// # Errors
/// The file is not one, is damaged, or was written by a newer version.
pub fn contents(path: &Path) -> Result<Contents, RunError> {
    let mut file = PackageFile::open(path)?;
    let lesson = file.package.lesson.take();
    if lesson.is_none() && !file.lesson.is_empty() {
        return Err(RunError::package(path, PackageFault::NoName));
    }
    let lesson = lesson.map(|name| file.lesson(name)).transpose()?;
    Ok(Contents {
        has_run: file.has(MANIFEST),
        shown: file.package.shown,
        lesson,
    })
}

/// The newest weights in a `.convlens` file.
///
/// # Errors
/// The file is not one, is damaged, or holds no weights.
pub fn newest(path: &Path) -> Result<Model, RunError> {
    let mut file = PackageFile::with_run(path)?;
    let manifest = file.manifest(path)?;
    let none = || RunError::package(path, PackageFault::NoWeights);
    let step = *file.steps.last().ok_or_else(none)?;
    let bytes = file.read(&entry_of(step), weights_bytes(&manifest))?;
    Ok(weights::from_bytes(&bytes, path)?)
}

/// Most bytes of a file of weights of the run's network.
fn weights_bytes(manifest: &Manifest) -> u64 {
    4 * manifest.parameters() as u64 + HEADER_BYTES
}

/// The entry of the weights after so many batches.
fn entry_of(step: u64) -> String {
    format!("{CHECKPOINTS}/{}", checkpoints::file_name(step))
}

/// The inverse of [`entry_of`], of exactly what it makes.
fn step_of(entry: &str) -> Option<u64> {
    checkpoints::step_of(entry.strip_prefix(CHECKPOINTS)?.strip_prefix('/')?)
}

/// What is packed of a run, beside what its files hold.
struct Packed {
    run: RunFiles,
    curve: String,
    /// The batches behind its checkpoints.
    steps: Vec<u64>,
}

fn compressed() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

/// Trained weights hardly compress.
fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn append_run<W: Write + Seek>(
    archive: &mut ZipWriter<W>,
    Packed { run, curve, steps }: &Packed,
) -> io::Result<()> {
    append(archive, MANIFEST, &run.manifest_file(), compressed())?;
    // One written by another program may have none.
    if run.notes_file().exists() {
        append(archive, NOTES, &run.notes_file(), compressed())?;
    }
    archive.start_file(CURVE, compressed())?;
    archive.write_all(curve.as_bytes())?;
    if run.state().exists() {
        append(archive, STATE, &run.state(), stored())?;
    }
    for step in steps {
        let file = checkpoints::file(&run.checkpoints(), *step);
        append(archive, &entry_of(*step), &file, stored())?;
    }
    Ok(())
}

fn append<W: Write + Seek>(
    archive: &mut ZipWriter<W>,
    name: &str,
    file: &Path,
    options: SimpleFileOptions,
) -> io::Result<()> {
    archive.start_file(name, options)?;
    io::copy(&mut files::open(file)?, archive)?;
    Ok(())
}

/// An open `.convlens` file whose list of entries is that of a run, of a lesson or of both.
struct PackageFile {
    archive: Archive<BufReader<File>>,
    path: std::path::PathBuf,
    package: Package,
    /// Of the checkpoints, ascending.
    steps: Vec<u64>,
    /// The lesson's files, in the order of their names.
    lesson: Vec<String>,
}

impl PackageFile {
    fn open(path: &Path) -> Result<Self, RunError> {
        let fault = |fault| RunError::package(path, fault);
        let file = files::open(path).map_err(RunError::io(path))?;
        let most = FIXED.len() + MOST + lesson_files::MAX_FILES;
        let archive = Archive::open(BufReader::new(file), most);
        let archive = archive.map_err(|error| fault(error.into()))?;
        let names = archive.names().map_err(|error| fault(error.into()))?;
        let (mut steps, mut lesson) = (Vec::new(), Vec::new());
        for name in &names {
            if FIXED.contains(&name.as_str()) {
                continue;
            }
            if let Some(file) = lesson_files::file_of(name) {
                lesson.push(file.to_owned());
                continue;
            }
            let shown: String = name.chars().take(60).collect();
            steps.push(step_of(name).ok_or_else(|| fault(PackageFault::Foreign(shown)))?);
        }
        if steps.len() > MOST || lesson.len() > lesson_files::MAX_FILES {
            return Err(fault(PackageFault::Entries(names.len())));
        }
        steps.sort_unstable();
        lesson.sort_unstable();
        let mut file = Self {
            archive,
            path: path.into(),
            package: Package {
                format: FORMAT,
                shown: Value::Null,
                lesson: None,
            },
            steps,
            lesson,
        };
        let package = file.read(PACKAGE, MAX_PACKAGE_BYTES)?;
        file.package = serde_json::from_slice(&package)
            .map_err(|error| fault(PackageFault::Damaged(brief(error))))?;
        if file.package.format > FORMAT {
            return Err(RunError::Newer {
                path: path.into(),
                format: file.package.format,
            });
        }
        Ok(file)
    }

    /// The same of a file that is asked for its run.
    fn with_run(path: &Path) -> Result<Self, RunError> {
        let file = Self::open(path)?;
        if file.package.lesson.is_some() && !file.has(MANIFEST) {
            return Err(RunError::OnlyLesson(path.into()));
        }
        Ok(file)
    }

    /// The lesson's files, under the name that the archive gives it.
    fn lesson(&mut self, name: String) -> Result<LessonFiles, RunError> {
        let path = self.path.clone();
        let fault = |fault| RunError::package(&path, fault);
        if !lesson_files::is_plain(&name) {
            return Err(fault(PackageFault::Name));
        }
        if lesson_files::collide(self.lesson.iter().map(String::as_str)) {
            return Err(fault(PackageFault::SameNames));
        }
        let most = lesson_files::MAX_FILE_BYTES as u64;
        let names = std::mem::take(&mut self.lesson).into_iter();
        let files = names.map(|file| {
            let bytes = self.read(&lesson_files::entry_of(&file), most)?;
            Ok((file, bytes))
        });
        let files = files.collect::<Result<Vec<_>, RunError>>()?;
        Ok(LessonFiles { name, files })
    }

    fn has(&self, name: &str) -> bool {
        self.archive.has(name)
    }

    fn manifest(&mut self, path: &Path) -> Result<Manifest, RunError> {
        let bytes = self.read(MANIFEST, MAX_JSON_BYTES)?;
        parse_manifest(path, &bytes)
    }

    /// The content of an entry of at most so many bytes.
    fn read(&mut self, name: &str, most: u64) -> Result<Vec<u8>, RunError> {
        let content = self.archive.read(name, most);
        content.map_err(|error| RunError::package(&self.path, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_a_run_are_names_of_entries() {
        assert_eq!(step_of("checkpoints/0000001875.safetensors"), Some(1875));
        for name in [
            "checkpoints/../../0000000001.safetensors",
            "checkpoints/1875.safetensors",
            "checkpoints/+000001875.safetensors",
            "/checkpoints/0000001875.safetensors",
            "checkpoints\\0000001875.safetensors",
            "checkpoints/0000001875.safetensors/",
            "../run.json",
        ] {
            assert_eq!(step_of(name), None, "{name}");
            assert!(!FIXED.contains(&name));
        }
    }
}
