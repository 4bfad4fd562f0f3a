//! Fetching Fashion-MNIST or CIFAR-10: resumed where it broke off, verified before it is believed.
//!
//! A file arrives as `<name>.part` and gets its name only once its checksum is right, so a folder never holds half a file under a
//! whole one's name.
//!
//! A server is believed nothing and waited for only so long: see `Limits`. It is listened to on a
//! thread of its own, so that neither it nor a silent network keeps a cancelled download going.

use std::{
    fs::{self, File},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::RecvTimeoutError,
    },
    time::Duration,
};

use ureq::config::Config;

use super::checksum::{CIFAR_10, Fingerprint, OFFICIAL, Sum};
use crate::files;

mod error;
mod transfer;
mod watch;

pub use error::{Attempt, DownloadError, SourceFault};
use transfer::{Arrival, Transfer, agent_config};
use watch::{LIMITS, Limits, Watch};

/// How often the cancel flag and the clock are looked at while nothing arrives.
const LOOK: Duration = Duration::from_millis(50);

/// What can be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fetched {
    /// Fashion-MNIST: four files, 30 MB.
    FashionMnist,
    /// CIFAR-10 in its binary version: one archive, 170 MB.
    Cifar10,
}

impl Fetched {
    fn files(self) -> &'static [Fingerprint] {
        match self {
            Self::FashionMnist => &OFFICIAL,
            Self::Cifar10 => &CIFAR_10,
        }
    }

    /// The addresses that its publishers name, in the order to try them.
    ///
    /// Those without TLS come last; there it is the checksum alone that makes them safe.
    #[must_use]
    pub fn official_sources(self) -> Vec<Source> {
        let addresses: &[&str] = match self {
            Self::FashionMnist => &[
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            ],
            // Its only sum is MD5, which does not make a source without TLS safe.
            Self::Cifar10 => &["https://www.cs.toronto.edu/~kriz"],
        };
        let sources = addresses.iter().map(|address| Source {
            base_url: (*address).to_owned(),
        });
        sources.collect()
    }
}

/// A folder on the web that holds the files as `<base_url>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Address of the folder, `http` or `https`.
    pub base_url: String,
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

/// Fetches into `folder` those of the files that it does not hold yet, each from the first of
/// `sources` that delivers it. Once `cancel` is set, returns within a fraction of a second.
///
/// # Errors
/// When cancelled, when `folder` cannot be written, or when no source delivers a file.
pub fn download(
    what: Fetched,
    sources: &[Source],
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
    cancel: &AtomicBool,
) -> Result<(), DownloadError> {
    let job = Job {
        config: agent_config().build(),
        limits: LIMITS,
        cancel,
    };
    job.download_files(what.files(), sources, folder, progress)
}

/// A download under way.
struct Job<'a> {
    config: Config,
    limits: Limits,
    cancel: &'a AtomicBool,
}

/// One of its files.
struct Target<'a> {
    file: &'a Fingerprint,
    /// Where it is put as it arrives.
    part: PathBuf,
    /// Told how much there is, and how much there will be.
    report: &'a mut dyn FnMut(u64, Option<u64>),
}

impl Target<'_> {
    /// Most bytes that the file can have: incompressible data grows by five bytes in every few
    /// thousand (RFC 1951, 3.2.4).
    fn most(&self) -> u64 {
        match self.file.sum {
            Sum::ContentSha256(_) => self.file.bytes + self.file.bytes / 100 + 1024,
            Sum::FileMd5(_) => self.file.bytes,
        }
    }

    fn cannot_write(&self) -> impl FnOnce(io::Error) -> DownloadError + use<> {
        cannot_write(&self.part)
    }

    /// Bytes that are there.
    fn kept(&self) -> Result<u64, DownloadError> {
        match fs::symlink_metadata(&self.part) {
            Ok(part) if part.is_file() => Ok(part.len()),
            Ok(_) => Err(self.cannot_write()(no_plain_file())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(self.cannot_write()(error)),
        }
    }

    fn discard(&self) -> Result<(), DownloadError> {
        match fs::remove_file(&self.part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.cannot_write()(error))
            }
            _ => Ok(()),
        }
    }
}

impl Job<'_> {
    fn download_files(
        &self,
        files: &[Fingerprint],
        sources: &[Source],
        folder: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), DownloadError> {
        fs::create_dir_all(folder).map_err(cannot_write(folder))?;
        for (file_index, file) in files.iter().enumerate() {
            self.go_on()?;
            if file.locate(folder).is_some_and(|path| holds(&path, file)) {
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
            let target = Target {
                file,
                part: folder.join(format!("{}.part", file.file_name())),
                report: &mut report,
            };
            self.fetch_from_any(target, sources)?;
        }
        Ok(())
    }

    /// An error once the download is cancelled.
    fn go_on(&self) -> Result<(), DownloadError> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(DownloadError::Cancelled);
        }
        Ok(())
    }

    fn fetch_from_any(
        &self,
        mut target: Target<'_>,
        sources: &[Source],
    ) -> Result<(), DownloadError> {
        let mut attempts = Vec::new();
        for source in sources {
            let file = target.file.file_name();
            let url = format!("{}/{file}", source.base_url.trim_end_matches('/'));
            match self.fetch_from(&url, &mut target)? {
                Ok(()) => {
                    let whole = target.part.with_extension("");
                    return fs::rename(&target.part, &whole)
                        .and_then(|()| files::sync_folder(whole.parent().unwrap_or(Path::new("."))))
                        .map_err(cannot_write(&whole));
                }
                Err(fault) => attempts.push(Attempt { url, fault }),
            }
        }
        Err(DownloadError::Failed {
            file: target.file.file_name(),
            attempts,
        })
    }

    /// Completes a file from one source. That is asked again to go on where it broke off, and once
    /// to begin afresh, where what was there before may have spoilt the whole. An inner error
    /// speaks against the source, an outer one ends the download.
    fn fetch_from(
        &self,
        url: &str,
        target: &mut Target<'_>,
    ) -> Result<Result<(), SourceFault>, DownloadError> {
        let mut watch = Watch::start(self.limits);
        let mut kept = target.kept()?;
        let mut began_afresh = false;
        let mut requests = 0;
        loop {
            requests += 1;
            let Err(fault) = self.fetch(url, target, kept, &mut watch)? else {
                return Ok(Ok(()));
            };
            let before = std::mem::replace(&mut kept, target.kept()?);
            let is_worth_repeating = match fault {
                SourceFault::Interrupted { .. } => kept > before,
                SourceFault::WrongContent | SourceFault::WrongRange => {
                    kept = 0;
                    before > 0 && !std::mem::replace(&mut began_afresh, true)
                }
                SourceFault::Unreachable { .. }
                | SourceFault::Status { .. }
                | SourceFault::TooSlow { .. } => false,
            };
            // Twice the whole is what beginning afresh can need.
            let is_enough = requests == self.limits.requests || watch.received > 2 * target.most();
            if !is_worth_repeating || is_enough {
                return Ok(Err(fault));
            }
        }
    }

    /// Completes a file of which `kept` bytes are there, and verifies it.
    fn fetch(
        &self,
        url: &str,
        target: &mut Target<'_>,
        kept: u64,
        watch: &mut Watch,
    ) -> Result<Result<(), SourceFault>, DownloadError> {
        let transfer = match Transfer::begin(&self.config, url, kept) {
            Ok(transfer) => transfer,
            Err(error) => {
                let reason = error.to_string();
                return Ok(Err(SourceFault::Unreachable { reason }));
            }
        };
        let received = self.receive(&transfer, target, kept, watch)?;
        if received.is_ok() && !holds(&target.part, target.file) {
            target.discard()?;
            return Ok(Err(SourceFault::WrongContent));
        }
        Ok(received)
    }

    /// Writes what arrives behind the `kept` bytes, or in place of all where the server sends all.
    fn receive(
        &self,
        transfer: &Transfer,
        target: &mut Target<'_>,
        kept: u64,
        watch: &mut Watch,
    ) -> Result<Result<(), SourceFault>, DownloadError> {
        let head = match self.next(transfer, watch)? {
            Arrival::Head(head) => head,
            Arrival::Slow(fault) => return Ok(Err(fault)),
            Arrival::Broken(reason) => return Ok(Err(SourceFault::Unreachable { reason })),
            Arrival::Bytes(_) | Arrival::End => {
                let reason = "no head".into();
                return Ok(Err(SourceFault::Unreachable { reason }));
            }
        };
        let start = match head.status {
            200 => 0,
            206 if head.range_start == Some(kept) => kept,
            206 => return Ok(Err(SourceFault::WrongRange)),
            // Nothing lies beyond what is there: it is whole already, or spoilt.
            416 if kept > 0 => return Ok(Ok(())),
            status => return Ok(Err(SourceFault::Status { status })),
        };
        let most = target.most();
        let total = head.length.map(|rest| start.saturating_add(rest));
        if total.is_some_and(|total| total > most) {
            return Ok(Err(SourceFault::WrongContent));
        }
        let mut output = None;
        let mut received = start;
        (target.report)(received, total);
        loop {
            let bytes = match self.next(transfer, watch)? {
                Arrival::Bytes(bytes) => bytes,
                Arrival::Head(_) | Arrival::End => break,
                Arrival::Slow(fault) => return Ok(Err(fault)),
                Arrival::Broken(reason) => {
                    return Ok(Err(SourceFault::Interrupted { received, reason }));
                }
            };
            let output = match &mut output {
                Some(output) => output,
                // A page that asks to sign in does not take the place of what is there.
                None if start == 0 && !GZIP.starts_with(&bytes[..bytes.len().min(GZIP.len())]) => {
                    return Ok(Err(SourceFault::WrongContent));
                }
                None => output.insert(open_at(&target.part, start).map_err(target.cannot_write())?),
            };
            received += bytes.len() as u64;
            if received > most {
                target.discard()?;
                return Ok(Err(SourceFault::WrongContent));
            }
            output.write_all(&bytes).map_err(target.cannot_write())?;
            (target.report)(received, total);
        }
        match output {
            Some(output) => output.sync_all().map_err(target.cannot_write())?,
            None if start == 0 => return Ok(Err(SourceFault::WrongContent)),
            None => {}
        }
        Ok(Ok(()))
    }

    /// What arrives next.
    fn next(&self, transfer: &Transfer, watch: &mut Watch) -> Result<Arrival, DownloadError> {
        loop {
            self.go_on()?;
            if let Err(fault) = watch.look() {
                return Ok(Arrival::Slow(fault));
            }
            match transfer.arrivals.recv_timeout(LOOK) {
                Ok(arrival) => {
                    if let Arrival::Bytes(bytes) = &arrival {
                        watch.received += bytes.len() as u64;
                    }
                    return Ok(arrival);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Ok(Arrival::Broken("the connection's thread ended".into()));
                }
            }
        }
    }
}

/// How every file of gzip begins (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Whether the file at `path` is what `file` should be.
fn holds(path: &Path, file: &Fingerprint) -> bool {
    file.is_file(path).unwrap_or(false)
}

/// Opens `part` for writing from byte `start` on, without what it may hold from there. A link is
/// not followed: it would have another file overwritten.
fn open_at(part: &Path, start: u64) -> io::Result<File> {
    let mut output = files::open_own(part)?;
    output.set_len(start)?;
    output.seek(SeekFrom::Start(start))?;
    Ok(output)
}

fn no_plain_file() -> io::Error {
    io::Error::other("it is no plain file; remove it")
}

fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> DownloadError + use<> {
    let path = path.to_owned();
    |source| DownloadError::Write { path, source }
}

#[cfg(test)]
mod tests;
