//! Fetching Fashion-MNIST: resumed where it broke off, verified before it is believed.
//!
//! A file arrives as `<name>.gz.part` and gets its name only once the SHA-256 of what it
//! decompresses to is right, so a folder never holds half a file under a whole one's name.
//!
//! A server is believed nothing and waited for only so long: see `Limits`. It is listened to on a
//! thread of its own, so that neither it nor a silent network keeps a cancelled download going.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use thiserror::Error;
use ureq::config::Config;

use super::{
    checksum::{Fingerprint, OFFICIAL},
    locate,
};
use crate::files;

/// How long to wait for a server's address, and for it to connect or to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Bytes handed over at a time, at most.
const CHUNK: usize = 1 << 16;

/// Chunks that may wait to be written.
const WAITING: usize = 4;

/// How often the cancel flag and the clock are looked at while nothing arrives.
const LOOK: Duration = Duration::from_millis(50);

/// Most times that a server may send us elsewhere, and most bytes of the head of an answer.
const MAX_REDIRECTS: u32 = 5;
const MAX_HEAD: usize = 1 << 14;

/// How much of a server's time and of its bytes one file is worth.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// A source of which fewer than [`least`](Self::least) bytes arrive in this time is given up.
    window: Duration,
    /// Fewest bytes of a file that must arrive in that time.
    least: u64,
    /// Most time for one file from one source.
    time: Duration,
    /// How often one source is asked for one file, at most: connections may break off for ever.
    requests: usize,
}

/// Two kilobytes a second are less than any line that a person would wait at. The files are 30 MB.
const LIMITS: Limits = Limits {
    window: Duration::from_secs(30),
    least: 1 << 16,
    time: Duration::from_hours(1),
    requests: 20,
};

/// A folder on the web that holds the four files as `<base_url>/<name>.gz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Address of the folder, `http` or `https`.
    pub base_url: String,
}

/// The addresses that Zalando Research names, in the order to try them.
///
/// The one without TLS comes last; there it is the checksum alone that makes it safe.
#[must_use]
pub fn official_sources() -> Vec<Source> {
    [
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
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
    /// So little arrived that it would take for ever; it is kept.
    #[error("too slow ({received} bytes in {seconds} s)")]
    TooSlow {
        /// Bytes that arrived in that time.
        received: u64,
        /// The time.
        seconds: u64,
    },
    /// A part of the file was asked for, and another one came.
    #[error("the server answered with another part of the file than it was asked for")]
    WrongRange,
    /// What arrived is damaged or another file; it was not kept.
    #[error("it is not the official file (its length or its SHA-256 differs), and was not kept")]
    WrongContent,
}

/// Fetches into `folder` those of the four files that it does not hold yet, each from the first of
/// `sources` that delivers it. Once `cancel` is set, returns within a fraction of a second.
///
/// # Errors
/// When cancelled, when `folder` cannot be written, or when no source delivers a file.
pub fn download(
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
    job.download_files(&OFFICIAL, sources, folder, progress)
}

fn agent_config() -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(MAX_REDIRECTS)
        .max_response_header_size(MAX_HEAD)
        .timeout_resolve(Some(PATIENCE))
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
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
        self.file.bytes + self.file.bytes / 100 + 1024
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
            let target = Target {
                file,
                part: folder.join(format!("{}.gz.part", file.name)),
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
            let file = target.file.name;
            let url = format!("{}/{file}.gz", source.base_url.trim_end_matches('/'));
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
            file: target.file.name,
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

/// Whether the file at `path` decompresses to what `file` should be.
fn holds(path: &Path, file: &Fingerprint) -> bool {
    locate::open(path)
        .and_then(|content| file.matches(content))
        .unwrap_or(false)
}

/// Keeps an eye on how fast a source is.
struct Watch {
    limits: Limits,
    started: Instant,
    /// Bytes that have arrived from it.
    received: u64,
    /// When the time began that is looked at, and how much had arrived by then.
    since: (Instant, u64),
}

impl Watch {
    fn start(limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            limits,
            started: now,
            received: 0,
            since: (now, 0),
        }
    }

    /// Whether it is fast enough.
    fn look(&mut self) -> Result<(), SourceFault> {
        let (since, before) = self.since;
        let is_slow = since.elapsed() >= self.limits.window;
        let too_slow = |received, time: Duration| {
            let seconds = time.as_secs();
            Err(SourceFault::TooSlow { received, seconds })
        };
        if is_slow && self.received - before < self.limits.least {
            return too_slow(self.received - before, since.elapsed());
        }
        if self.started.elapsed() > self.limits.time {
            return too_slow(self.received, self.started.elapsed());
        }
        if is_slow {
            self.since = (Instant::now(), self.received);
        }
        Ok(())
    }
}

/// What a transfer brings, one after another.
enum Arrival {
    Head(Head),
    Bytes(Vec<u8>),
    End,
    /// Nothing more: what the connection said.
    Broken(String),
    /// Not enough.
    Slow(SourceFault),
}

/// What of an answer's head matters.
struct Head {
    status: u16,
    /// The first byte that it says it sends.
    range_start: Option<u64>,
    /// Bytes that it says it sends.
    length: Option<u64>,
}

/// A question to a server and its answer, on a thread that ends when nobody listens any more.
struct Transfer {
    agent: ureq::Agent,
    arrivals: Receiver<Arrival>,
}

impl Transfer {
    /// Asks for what lies behind the first `kept` bytes at `url`.
    fn begin(config: &Config, url: &str, kept: u64) -> io::Result<Self> {
        let agent = ureq::Agent::new_with_config(config.clone());
        let (outbox, arrivals) = mpsc::sync_channel(WAITING);
        let mut request = agent.get(url);
        if kept > 0 {
            request = request.header("Range", format!("bytes={kept}-"));
        }
        thread::Builder::new()
            .name("convlens-download".into())
            .spawn(move || {
                if let Err(reason) = pass_on(request, &outbox) {
                    let _nobody_listens = outbox.send(Arrival::Broken(reason));
                }
            })?;
        Ok(Self { agent, arrivals })
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        // Wakes a thread that waits for the server.
        self.agent.clone().shutdown();
    }
}

/// Passes an answer on as it arrives; an error is what the connection said.
fn pass_on(
    request: ureq::RequestBuilder<ureq::typestate::WithoutBody>,
    outbox: &SyncSender<Arrival>,
) -> Result<(), String> {
    let answer = request.call().map_err(|error| error.to_string())?;
    let range = answer.headers().get("Content-Range");
    let head = Head {
        status: answer.status().as_u16(),
        range_start: range.and_then(|range| range_start(range.to_str().ok()?)),
        length: answer.body().content_length(),
    };
    let length = head.length;
    let mut is_heard = outbox.send(Arrival::Head(head)).is_ok();
    let mut body = answer.into_body().into_reader();
    let (mut chunk, mut received) = (vec![0; CHUNK], 0);
    while is_heard {
        let arrival = match body.read(&mut chunk).map_err(|error| error.to_string())? {
            0 if length.is_some_and(|length| received < length) => {
                return Err("end of file".to_owned());
            }
            0 => Arrival::End,
            count => {
                received += count as u64;
                Arrival::Bytes(chunk[..count].to_vec())
            }
        };
        let is_end = matches!(arrival, Arrival::End);
        is_heard = outbox.send(arrival).is_ok() && !is_end;
    }
    Ok(())
}

/// The first byte that a `Content-Range` names (RFC 9110, 14.4).
fn range_start(range: &str) -> Option<u64> {
    let (start, _) = range.trim().strip_prefix("bytes ")?.split_once('-')?;
    start.trim().parse().ok()
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
