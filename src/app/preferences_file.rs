//! The file in which eframe keeps the preferences, looked at before eframe reads it.
//!
//! eframe reads a file of any size, replaces it in place, so that a program that is killed can leave half of it,
//! and starts afresh without a word where it cannot read it, overwriting it. Here such a file is set aside and
//! said, and a copy of the last one that could be read takes its place.

use crate::app::model::preferences::Preferences;
use crate::text::{PreferencesFault, SetAside};
use convlens_core::files;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Most bytes of a file of preferences: a hundred times what fifty saved networks take.
pub const MAX_BYTES: u64 = 4 << 20;

/// Reads what eframe wrote: a map in RON of which one value is the preferences, in RON again.
///
/// # Errors
/// It is too long or not such a map, or the preferences are of other types than this version's.
pub fn parse(bytes: &[u8]) -> Result<Preferences, PreferencesFault> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(PreferencesFault::TooLong);
    }
    let garbled =
        |error: ron::error::SpannedError| PreferencesFault::Garbled(error.span.start.line);
    let mut kept: HashMap<String, String> = ron::de::from_bytes(bytes).map_err(garbled)?;
    // None yet, where the window was closed before they were first saved.
    let Some(value) = kept.remove(eframe::APP_KEY) else {
        return Ok(Preferences::default());
    };
    let read: Preferences = ron::from_str(&value).map_err(|_| {
        let before = bytes
            .windows(APP_ENTRY.len())
            .position(|window| window == APP_ENTRY);
        let lines = bytes[..before.unwrap_or(0)]
            .iter()
            .filter(|byte| **byte == b'\n');
        PreferencesFault::Garbled(lines.count() + 1)
    })?;
    Ok(read.repaired())
}

/// How the entry of the preferences begins.
const APP_ENTRY: &[u8] = b"\"app\"";

/// Has eframe find at `path` a file that it can read, or none; what was there otherwise.
pub fn check(path: &Path) -> Option<SetAside> {
    let fault = match read(path) {
        Ok(bytes) => {
            let copy = beside(path, "last");
            // Waiting for the disk takes longer than reading.
            if content(&copy).is_ok_and(|copied| copied == bytes) {
                return None;
            }
            if let Err(error) = files::replace(&copy, |file| file.write_all(&bytes)) {
                log::warn!("no copy of {} was made: {error}", path.display());
            }
            return None;
        }
        Err(PreferencesFault::Io(error)) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(fault) => fault,
    };
    let kept = beside(path, "damaged");
    let kept = fs::rename(path, &kept).is_ok().then_some(kept);
    let last = read(&beside(path, "last")).ok();
    let is_restored = last.is_some_and(|bytes| {
        kept.is_some() && files::replace(path, |file| file.write_all(&bytes)).is_ok()
    });
    Some(SetAside {
        path: path.to_owned(),
        fault,
        kept,
        is_restored,
    })
}

/// Writes preferences as eframe does, for a window that it can no longer save; what else it has kept in the file stays.
pub fn write(path: &Path, preferences: &Preferences) -> io::Result<()> {
    let old = content(path).unwrap_or_default();
    let mut kept: HashMap<String, String> = ron::de::from_bytes(&old).unwrap_or_default();
    let value = ron::to_string(preferences).map_err(io::Error::other)?;
    kept.insert(eframe::APP_KEY.to_owned(), value);
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(&kept, pretty).map_err(io::Error::other)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    files::replace(path, |file| file.write_all(text.as_bytes()))
}

/// The content of a file that can be used.
fn read(path: &Path) -> Result<Vec<u8>, PreferencesFault> {
    let bytes = content(path)?;
    parse(&bytes)?;
    Ok(bytes)
}

/// The content of a file, of one that is too long its beginning.
fn content(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    files::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The same path with another ending behind its own.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or(OsStr::new("preferences"));
    let mut name = name.to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What eframe writes, with these preferences.
    fn written(preferences: &Preferences) -> String {
        let value = ron::to_string(preferences).unwrap();
        let kept = HashMap::from([(eframe::APP_KEY, value), ("window", "()".to_owned())]);
        ron::ser::to_string_pretty(&kept, ron::ser::PrettyConfig::default()).unwrap()
    }

    fn light() -> Preferences {
        Preferences {
            dark: false,
            ..Preferences::default()
        }
    }

    #[test]
    fn half_a_file_is_set_aside_and_the_last_whole_one_is_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ron");
        assert!(check(&path).is_none());
        let whole = written(&light());
        fs::write(&path, &whole).unwrap();
        assert!(check(&path).is_none());
        let half = &whole[..whole.len() / 2];
        fs::write(&path, half).unwrap();
        let aside = check(&path).unwrap();
        assert!(matches!(aside.fault, PreferencesFault::Garbled(_)));
        assert_eq!(fs::read_to_string(aside.kept.unwrap()).unwrap(), half);
        assert!(aside.is_restored);
        assert_eq!(fs::read_to_string(&path).unwrap(), whole);
        assert!(!parse(whole.as_bytes()).unwrap().dark);
    }

    #[test]
    fn what_is_written_in_its_place_eframe_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none yet/app.ron");
        write(&path, &Preferences::default()).unwrap();
        fs::write(&path, written(&Preferences::default())).unwrap();
        write(&path, &light()).unwrap();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(parse(&bytes).unwrap(), light());
        let kept: HashMap<String, String> = ron::de::from_bytes(&bytes).unwrap();
        assert_eq!(kept["window"], "()");
    }

    #[test]
    fn a_file_without_end_is_not_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ron");
        // Sparse: it takes no room on disk.
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let aside = check(&path).unwrap();
        assert!(matches!(aside.fault, PreferencesFault::TooLong));
        assert!(!aside.is_restored);
        assert!(!path.exists());
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_for_a_file_is_set_aside_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ron");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let (done, result) = std::sync::mpsc::channel();
        let checked = path.clone();
        std::thread::spawn(move || done.send(check(&checked)));
        let aside = result.recv_timeout(std::time::Duration::from_secs(10));
        let aside = aside.expect("it waits for ever").unwrap();
        assert!(matches!(aside.fault, PreferencesFault::Io(_)));
        // eframe would wait for it.
        assert!(!path.exists());
    }

    #[test]
    fn preferences_of_another_kind_are_told_by_their_line() {
        let entry = "{\n    \"window\": \"()\",\n    \"app\": \"(dark: 3)\",\n}";
        let fault = parse(entry.as_bytes()).unwrap_err();
        assert!(matches!(fault, PreferencesFault::Garbled(3)), "{fault}");
        assert!(parse(b"{}").is_ok());
    }
}
