//! Fetching Fashion-MNIST: resumed where it broke off, verified before it is believed.
//!
//! A file arrives as `<name>.gz.part` and gets its name only once the SHA-256 of what it
//! decompresses to is right, so a folder never holds half a file under a whole one's name.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use thiserror::Error;

use super::{
    checksum::{Fingerprint, OFFICIAL},
    locate,
};
use crate::files;

/// How long to wait for a server to connect, to answer, or to send on.
const PATIENCE: Duration = Duration::from_secs(15);

/// Bytes read between two looks at the cancel flag, at most.
const CHUNK: usize = 1 << 16;

/// A folder on the web that holds the four files as `<base_url>/<name>.gz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Address of the folder, `http` or `https`.
    pub base_url: String,
}

/// The addresses that Zalando Research names, in the order to try them.
///
/// The first is plain HTTP: it is the checksum that makes it safe.
#[must_use]
pub fn official_sources() -> Vec<Source> {
    [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    ]
    .map(|base_url| Source {
        base_url: base_url.to_owned(),
    })
    .to_vec()
}

/// How far a download has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The file on its way, without `.gz`.
    pub file: &'static str,
    /// Its place among the files, zero-based.
    pub file_index: usize,
    /// How many files there are.
    pub file_count: usize,
    /// Bytes of it on disk, compressed, those of an earlier attempt included.
    pub received: u64,
    /// Bytes it will have, compressed, where the server says so.
    pub total: Option<u64>,
}

/// Why a download did not end well. Files that were finished stay, as does what arrived of the
/// next.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// Somebody set the cancel flag.
    #[error("the download was cancelled; start it again to go on where it stopped")]
    Cancelled,
    /// The folder or a file in it cannot be written.
    #[error("{}: cannot be written ({source}); make room, or name another folder", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No source delivered a file.
    #[error(
        "{file}.gz: no source delivered it ({}); check the connection and try again",
        attempts.iter().map(Attempt::to_string).collect::<Vec<_>>().join("; ")
    )]
    Failed {
        /// The file, without `.gz`.
        file: &'static str,
        /// What was tried, one entry a source.
        attempts: Vec<Attempt>,
    },
}

/// A source that did not deliver.
#[derive(Debug, Error)]
#[error("{url}: {fault}")]
pub struct Attempt {
    /// Address of the file.
    pub url: String,
    /// What went wrong.
    pub fault: SourceFault,
}

/// What can be wrong with a source.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceFault {
    /// No connection, or no answer.
    #[error("no answer ({reason})")]
    Unreachable {
        /// What the connection said.
        reason: String,
    },
    /// An answer, but not the file.
    #[error("the server answered with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// The connection broke off; what arrived is kept.
    #[error("the connection broke off after {received} bytes ({reason})")]
    Interrupted {
        /// Bytes on disk by then.
        received: u64,
        /// What the connection said.
        reason: String,
    },
    /// The whole file arrived, but is damaged or another one; it was deleted.
    #[error("the file is not the official one (its SHA-256 differs), and was deleted")]
    WrongContent,
}

/// Fetches into `folder` those of the four files that it does not hold yet, each from the first of
/// `sources` that delivers it. Once `cancel` is set, returns at the next chunk, or when a silent
/// server has used up its fifteen seconds.
///
/// # Errors
/// When cancelled, when `folder` cannot be written, or when no source delivers a file.
pub fn download(
    sources: &[Source],
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
    cancel: &AtomicBool,
) -> Result<(), DownloadError> {
    let agent = ureq::Agent::new_with_config(patient(PATIENCE).build());
    download_files(&agent, &OFFICIAL, sources, folder, progress, cancel)
}

fn patient(patience: Duration) -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_resolve(Some(patience))
        .timeout_connect(Some(patience))
        .timeout_recv_response(Some(patience))
        .timeout_per_read(Some(patience))
}

fn download_files(
    agent: &ureq::Agent,
    files: &[Fingerprint],
    sources: &[Source],
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
    cancel: &AtomicBool,
) -> Result<(), DownloadError> {
    fs::create_dir_all(folder).map_err(cannot_write(folder))?;
    for (file_index, file) in files.iter().enumerate() {
        if locate::locate_file(folder, file.name).is_some_and(|path| holds(&path, file)) {
            continue;
        }
        let mut report = |received, total| {
            let (file, file_count) = (file.name, files.len());
            progress(Progress {
                file,
                file_index,
                file_count,
                received,
                total,
            });
        };
        fetch_from_any(agent, file, sources, folder, &mut report, cancel)?;
    }
    Ok(())
}

/// Whether the file at `path` decompresses to what `file` should be.
fn holds(path: &Path, file: &Fingerprint) -> bool {
    locate::open(path)
        .and_then(|content| file.matches(content))
        .unwrap_or(false)
}

fn fetch_from_any(
    agent: &ureq::Agent,
    file: &Fingerprint,
    sources: &[Source],
    folder: &Path,
    report: &mut dyn FnMut(u64, Option<u64>),
    cancel: &AtomicBool,
) -> Result<(), DownloadError> {
    let part = folder.join(format!("{}.gz.part", file.name));
    let mut attempts = Vec::new();
    for source in sources {
        let url = format!("{}/{}.gz", source.base_url.trim_end_matches('/'), file.name);
        loop {
            let kept = fs::metadata(&part).map_or(0, |part| part.len());
            let Err(fault) = fetch(agent, &url, file, &part, kept, report, cancel)? else {
                let whole = part.with_extension("");
                return fs::rename(&part, &whole)
                    .and_then(|()| files::sync_folder(folder))
                    .map_err(cannot_write(&whole));
            };
            // Ask the same source again to go on where it broke off, or to start afresh where the
            // leftover of an earlier attempt may have spoilt the whole.
            let worth_repeating = match fault {
                SourceFault::Interrupted { received, .. } => received > kept,
                SourceFault::WrongContent => kept > 0,
                SourceFault::Unreachable { .. } | SourceFault::Status { .. } => false,
            };
            if !worth_repeating {
                attempts.push(Attempt { url, fault });
                break;
            }
        }
    }
    Err(DownloadError::Failed {
        file: file.name,
        attempts,
    })
}

/// Completes `part`, of which `kept` bytes are there, and verifies it. An inner error speaks
/// against the source, an outer one ends the download.
fn fetch(
    agent: &ureq::Agent,
    url: &str,
    file: &Fingerprint,
    part: &Path,
    kept: u64,
    report: &mut dyn FnMut(u64, Option<u64>),
    cancel: &AtomicBool,
) -> Result<Result<(), SourceFault>, DownloadError> {
    if cancel.load(Ordering::Relaxed) {
        return Err(DownloadError::Cancelled);
    }
    let mut request = agent.get(url);
    if kept > 0 {
        request = request.header("Range", format!("bytes={kept}-"));
    }
    let answer = match request.call() {
        Ok(answer) => answer,
        Err(error) => {
            return Ok(Err(SourceFault::Unreachable {
                reason: error.to_string(),
            }));
        }
    };
    let received = match answer.status().as_u16() {
        200 => receive(answer, file, part, 0, report, cancel)?,
        206 => receive(answer, file, part, kept, report, cancel)?,
        // Nothing lies beyond what is there: it is whole already, or spoilt.
        416 if kept > 0 => Ok(()),
        status => Err(SourceFault::Status { status }),
    };
    if received.is_ok() && !holds(part, file) {
        return fs::remove_file(part)
            .map(|()| Err(SourceFault::WrongContent))
            .map_err(cannot_write(part));
    }
    Ok(received)
}

/// Writes the body of `answer` to `part`, from byte `start` on. Stops once there is more than the
/// file can have; that it is wrong then shows when it is verified.
fn receive(
    answer: ureq::http::Response<ureq::Body>,
    file: &Fingerprint,
    part: &Path,
    start: u64,
    report: &mut dyn FnMut(u64, Option<u64>),
    cancel: &AtomicBool,
) -> Result<Result<(), SourceFault>, DownloadError> {
    // Incompressible data grows by five bytes in every few thousand (RFC 1951, 3.2.4).
    let most = file.bytes + file.bytes / 100 + 1024;
    let total = answer
        .body()
        .content_length()
        .map(|rest| start.saturating_add(rest));
    let mut body = answer.into_body().into_reader();
    let mut output = open_at(part, start).map_err(cannot_write(part))?;
    let mut received = start;
    let mut chunk = vec![0; CHUNK];
    report(received, total);
    while received <= most {
        if cancel.load(Ordering::Relaxed) {
            return Err(DownloadError::Cancelled);
        }
        let reason = match body.read(&mut chunk) {
            Ok(0) if total.is_none_or(|total| received >= total) => break,
            Ok(0) => "end of file".to_owned(),
            Ok(count) => {
                output
                    .write_all(&chunk[..count])
                    .map_err(cannot_write(part))?;
                received += count as u64;
                report(received, total);
                continue;
            }
            Err(error) => error.to_string(),
        };
        return Ok(Err(SourceFault::Interrupted { received, reason }));
    }
    output.sync_all().map_err(cannot_write(part))?;
    Ok(Ok(()))
}

/// Opens `part` for writing from byte `start` on, without what it may hold from there.
fn open_at(part: &Path, start: u64) -> io::Result<File> {
    let mut output = files::open_own(part)?;
    output.set_len(start)?;
    output.seek(SeekFrom::Start(start))?;
    Ok(output)
}

fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> DownloadError {
    let path = path.to_owned();
    |source| DownloadError::Write { path, source }
}

#[cfg(test)]
mod tests;
