//! Keeping a run while it trains: what the training thread copies, and the thread that writes it.
//!
//! Of the training thread's time it takes 0.1 % for the notebook's network and 0.4 % for one of 16-16
//! filters or of 1.4 million parameters, 3 ms in the worst batch (two epochs of 15,000 pictures, two
//! threads; one measurement each). The end of a run waits for the disk besides: 5 to 8 ms, and 0.2 s
//! for 1.4 million parameters.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::checkpoints::{self, Checkpoint};
use super::curve::CurveWriter;
use super::environment::Environment;
use super::error::RunError;
use super::manifest::{Manifest, RunStatus};
use super::record::RunId;
use super::run_files::RunFiles;
use super::schedule::Schedule;
use super::state_file;
use super::store::{NewRun, Store};
use crate::dataset::Dataset;
use crate::files;
use crate::network::{Model, weights};
use crate::training::{
    BatchPoint, EpochMetrics, Observer, Rest, RunConfig, Session, TrainingError, TrainingState,
};

/// Weights that may wait for the disk, in bytes, before training waits too; two copies at least.
pub const QUEUED_BYTES: usize = 64 << 20;
/// Most messages that may wait.
const MOST_QUEUED: usize = 32;
/// The curve is handed on at least as often.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
/// `run.json` is rewritten at most as often while training.
const MANIFEST_INTERVAL: Duration = Duration::from_secs(1);
/// At the end of an epoch the state is kept if the last one is older than this …
const STATE_INTERVAL: Duration = Duration::from_secs(10);
/// … and within an epoch if it is older than this.
const STATE_INTERVAL_WITHIN: Duration = Duration::from_mins(1);

/// Which run to record.
pub(super) enum Beginning {
    New(Store, NewRun),
    Continued(Store, RunId),
}

/// What others may know of a recording under way.
#[derive(Default)]
pub struct Recording {
    id: OnceLock<RunId>,
    /// It ended without a batch, and its folder is gone.
    is_dropped: AtomicBool,
    checkpoints: Mutex<Vec<Checkpoint>>,
    fault: Mutex<Option<RunError>>,
}

impl Recording {
    /// The run's number, once it has a folder and unless it ended before its first batch: such a run is not kept.
    #[must_use]
    pub fn id(&self) -> Option<RunId> {
        let is_kept = !self.is_dropped.load(Ordering::Acquire);
        self.id.get().copied().filter(|_| is_kept)
    }

    /// The moments whose weights are on disk, in order.
    #[must_use]
    pub fn checkpoints(&self) -> Vec<Checkpoint> {
        self.checkpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Why the run is no longer recorded, if so; told once. Training goes on regardless.
    #[must_use]
    pub fn take_fault(&self) -> Option<RunError> {
        let fault = self.fault.lock();
        fault.unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set_fault(&self, error: RunError) {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.get_or_insert(error);
    }
}

/// Keeps a run on disk: an [`Observer`]. Dropping it waits until all is written.
pub struct RunRecorder {
    beginning: Option<Beginning>,
    recording: Arc<Recording>,
    thread: Option<WriterThread>,
    points: Vec<BatchPoint>,
    flushed: Instant,
    state_kept: Instant,
    checkpoint_kept: Option<u64>,
    rested: Option<(u64, RunStatus)>,
}

struct WriterThread {
    outbox: SyncSender<Message>,
    handle: JoinHandle<()>,
    schedule: Schedule,
}

enum Message {
    GoesOn(RunConfig),
    Points(Vec<BatchPoint>),
    Checkpoint(u64, Model),
    Epoch(EpochMetrics),
    State(Box<TrainingState>),
    Rested {
        status: RunStatus,
        config: RunConfig,
        step: u64,
        partial_seconds: f64,
    },
    Failed(String),
}

impl RunRecorder {
    pub(super) fn new(beginning: Beginning) -> (Self, Arc<Recording>) {
        let recording = Arc::new(Recording::default());
        let recorder = Self {
            beginning: Some(beginning),
            recording: recording.clone(),
            thread: None,
            points: Vec::new(),
            flushed: Instant::now(),
            state_kept: Instant::now(),
            checkpoint_kept: None,
            rested: None,
        };
        (recorder, recording)
    }

    /// Begins before the run does, and waits until it has its folder, for whoever would rather not train what cannot be
    /// kept.
    ///
    /// # Errors
    /// The run cannot be recorded.
    pub fn begin(&mut self, session: &Session) -> Result<(), RunError> {
        let (begun, has_begun) = mpsc::channel();
        self.start(session, begun);
        // Without a word from the thread it has told its fault, and ended.
        match has_begun.recv() {
            Err(_) => self.recording.take_fault().map_or(Ok(()), Err),
            Ok(()) => Ok(()),
        }
    }

    /// Starts the thread that writes, if it has not been.
    fn start(&mut self, session: &Session, begun: Sender<()>) {
        let Some(beginning) = self.beginning.take() else {
            return;
        };
        let bytes = match session.snapshot() {
            Ok(model) => model.parameter_count() * size_of::<f32>(),
            Err(_) => return,
        };
        let schedule = Schedule::new(session.batches_per_epoch() as u64, bytes as u64);
        let start = WriterStart {
            beginning,
            config: session.config().clone(),
            dataset: session.dataset().clone(),
            images_per_epoch: session.images_per_epoch(),
            batches_per_epoch: session.batches_per_epoch(),
            epochs: session.epoch() - 1,
            step: session.step(),
            schedule: schedule.clone(),
            recording: self.recording.clone(),
        };
        let (outbox, inbox) =
            mpsc::sync_channel((QUEUED_BYTES / bytes.max(1)).clamp(1, MOST_QUEUED));
        let spawned = std::thread::Builder::new()
            .name("convlens-recorder".into())
            .spawn(move || write_all(start, &inbox, begun));
        match spawned {
            Ok(handle) => {
                self.thread = Some(WriterThread {
                    outbox,
                    handle,
                    schedule,
                });
            }
            Err(error) => self
                .recording
                .set_fault(RunError::io("run".as_ref())(error)),
        }
        if self.is_due(session) {
            self.keep_checkpoint(session);
        }
    }

    /// Hands a message to the thread; without effect once that has given up.
    fn send(&self, message: Message) {
        if let Some(thread) = &self.thread {
            let _given_up = thread.outbox.send(message);
        }
    }

    fn flush(&mut self) {
        self.flushed = Instant::now();
        if !self.points.is_empty() {
            let points = std::mem::take(&mut self.points);
            self.send(Message::Points(points));
        }
    }

    fn keep_checkpoint(&mut self, session: &Session) {
        self.flush();
        if self.checkpoint_kept == Some(session.step()) {
            return;
        }
        self.checkpoint_kept = Some(session.step());
        // A copy fails only where memory does, and then training ends by itself.
        if let Ok(model) = session.snapshot() {
            self.send(Message::Checkpoint(session.step(), model));
        }
    }

    fn keep_state(&mut self, session: &Session) {
        self.flush();
        self.state_kept = Instant::now();
        if let Ok(state) = session.state() {
            self.send(Message::State(Box::new(state)));
        }
    }

    fn is_due(&self, session: &Session) -> bool {
        let thread = self.thread.as_ref();
        thread.is_some_and(|thread| thread.schedule.is_due(session.step()))
    }
}

impl Observer for RunRecorder {
    fn started(&mut self, session: &Session) {
        self.rested = None;
        if self.beginning.is_some() {
            let (nobody_waits, _) = mpsc::channel();
            self.start(session, nobody_waits);
        } else {
            self.send(Message::GoesOn(session.config().clone()));
        }
    }

    fn batch_trained(&mut self, session: &Session, point: BatchPoint) {
        self.rested = None;
        self.points.push(point);
        // The end of an epoch is kept together with what was measured there.
        if session.epoch_is_complete() {
            return;
        }
        if self.is_due(session) {
            self.keep_checkpoint(session);
        }
        if self.state_kept.elapsed() > STATE_INTERVAL_WITHIN {
            self.keep_state(session);
        } else if self.flushed.elapsed() > FLUSH_INTERVAL {
            self.flush();
        }
    }

    fn epoch_ended(&mut self, session: &Session, metrics: &EpochMetrics) {
        // It may have rested at this very batch, before the epoch was measured.
        self.rested = None;
        self.flush();
        if self.is_due(session) {
            self.keep_checkpoint(session);
        }
        self.send(Message::Epoch(*metrics));
        if self.state_kept.elapsed() > STATE_INTERVAL {
            self.keep_state(session);
        }
    }

    fn rested(&mut self, session: &Session, rest: Rest) {
        let status = match rest {
            Rest::Paused => RunStatus::Training,
            _ if session.is_finished() => RunStatus::Finished,
            _ => RunStatus::Stopped,
        };
        let rested = (session.step(), status);
        if self.rested.replace(rested) == Some(rested) {
            return;
        }
        self.keep_checkpoint(session);
        self.keep_state(session);
        self.send(Message::Rested {
            status,
            config: session.config().clone(),
            step: session.step(),
            partial_seconds: session.sums().seconds,
        });
    }

    fn failed(&mut self, error: &TrainingError) {
        self.flush();
        self.send(Message::Failed(error.to_string()));
    }
}

impl Drop for RunRecorder {
    fn drop(&mut self) {
        if let Some(WriterThread { outbox, handle, .. }) = self.thread.take() {
            drop(outbox);
            if handle.join().is_err() {
                let panicked = std::io::Error::other("the recorder panicked");
                self.recording
                    .set_fault(RunError::io("run".as_ref())(panicked));
            }
        }
    }
}

/// What the thread that writes starts from.
struct WriterStart {
    beginning: Beginning,
    config: RunConfig,
    dataset: Arc<Dataset>,
    images_per_epoch: usize,
    batches_per_epoch: usize,
    /// Complete epochs.
    epochs: usize,
    step: u64,
    schedule: Schedule,
    recording: Arc<Recording>,
}

/// The thread that writes.
fn write_all(start: WriterStart, inbox: &Receiver<Message>, begun: Sender<()>) {
    let recording = start.recording.clone();
    let written = Writer::begin(start).and_then(|mut writer| {
        let _nobody_waits = begun.send(());
        for message in inbox {
            writer.take(message)?;
        }
        writer.end()
    });
    if let Err(error) = written {
        recording.set_fault(error);
    }
    drop(begun);
}

struct Writer {
    /// Where it is, if it is new and has no batch yet.
    empty: Option<(Store, RunId)>,
    files: RunFiles,
    manifest: Manifest,
    curve: CurveWriter,
    schedule: Schedule,
    /// Steps whose weights are kept, ascending.
    steps: Vec<u64>,
    manifest_written: Instant,
    recording: Arc<Recording>,
    _lock: File,
}

impl Writer {
    fn begin(start: WriterStart) -> Result<Self, RunError> {
        let mut manifest = Manifest::new(start.config, Environment::here(&start.dataset));
        manifest.images_per_epoch = start.images_per_epoch;
        manifest.batches_per_epoch = start.batches_per_epoch;
        manifest.step = start.step;
        let (empty, (id, files)) = match start.beginning {
            Beginning::New(store, new) => {
                let created = store.create(&new, &mut manifest)?;
                files::sync_folder(store.root()).map_err(RunError::io(store.root()))?;
                (Some((store, created.0)), created)
            }
            Beginning::Continued(store, id) => (None, (id, RunFiles::new(store.folder(id)))),
        };
        let lock = files.lock()?.ok_or(RunError::Live(id))?;
        let old = files.manifest()?;
        manifest.created_unix_secs = old.created_unix_secs;
        manifest.experiment = old.experiment;
        // What came after the state that training goes on from is trained again.
        manifest.epochs = old.epochs;
        manifest.epochs.truncate(start.epochs);
        manifest.seconds = manifest.epoch_seconds();
        manifest.write(&files.manifest_file())?;
        let mut steps = checkpoints::steps(&files.checkpoints())?;
        for step in steps.extract_if(.., |step| *step > start.step) {
            remove(&files, step)?;
        }
        let writer = Self {
            empty,
            curve: CurveWriter::resume(files.curve(), start.step)?,
            files,
            manifest,
            schedule: start.schedule,
            steps,
            manifest_written: Instant::now(),
            recording: start.recording,
            _lock: lock,
        };
        writer.publish();
        let _first = writer.recording.id.set(id);
        Ok(writer)
    }

    fn take(&mut self, message: Message) -> Result<(), RunError> {
        match message {
            Message::GoesOn(config) => {
                self.manifest.config = config;
                self.manifest.status = RunStatus::Training;
                self.write_manifest()
            }
            Message::Points(points) => {
                self.empty = None;
                self.curve.append(&points)
            }
            Message::Checkpoint(step, model) => self.keep(step, &model),
            Message::Epoch(metrics) => {
                self.manifest.seconds = metrics.seconds + self.manifest.epoch_seconds();
                self.manifest.epochs.push(metrics);
                let epochs = self.manifest.epochs.len();
                self.manifest.step = (epochs * self.manifest.batches_per_epoch) as u64;
                if self.manifest_written.elapsed() < MANIFEST_INTERVAL {
                    return Ok(());
                }
                self.write_manifest()
            }
            Message::State(state) => {
                // A state never knows of an epoch that `run.json` does not.
                self.write_manifest()?;
                state_file::write(&self.files.state(), &state)
            }
            Message::Rested {
                status,
                config,
                step,
                partial_seconds,
            } => {
                self.manifest.seconds = self.manifest.epoch_seconds() + partial_seconds;
                self.manifest.step = step;
                self.manifest.config = config;
                self.manifest.status = status;
                self.curve.sync()?;
                self.write_manifest()
            }
            Message::Failed(error) => {
                self.manifest.status = RunStatus::Failed;
                self.manifest.set_error(&error);
                self.write_manifest()
            }
        }
    }

    /// Takes a run away that ended before its first batch.
    fn end(mut self) -> Result<(), RunError> {
        let Some((store, id)) = self.empty.take() else {
            return Ok(());
        };
        self.recording.is_dropped.store(true, Ordering::Release);
        // An open file cannot be moved everywhere.
        drop(self);
        store.drop_empty(id)
    }

    fn write_manifest(&mut self) -> Result<(), RunError> {
        self.manifest_written = Instant::now();
        self.manifest.write(&self.files.manifest_file())
    }

    fn keep(&mut self, step: u64, model: &Model) -> Result<(), RunError> {
        let path = checkpoints::file(&self.files.checkpoints(), step);
        let bytes = weights::to_bytes(model).map_err(|source| weights::WeightsError::Candle {
            path: path.clone(),
            source,
        })?;
        // Somebody may take weights away to save room, or all of them with their folder.
        let _there = fs::create_dir(self.files.checkpoints());
        files::replace_own(&path, |file| file.write_all(&bytes)).map_err(RunError::io(&path))?;
        let folder = self.files.checkpoints();
        self.steps
            .retain(|&kept| kept != step && checkpoints::file(&folder, kept).exists());
        self.steps.push(step);
        let (schedule, files) = (&self.schedule, &self.files);
        for old in self.steps.extract_if(.., |old| !schedule.keeps(*old, step)) {
            remove(files, old)?;
        }
        self.publish();
        Ok(())
    }

    fn publish(&self) {
        let per_epoch = self.manifest.batches_per_epoch;
        let steps = self.steps.iter();
        let list = steps
            .map(|step| Checkpoint::new(*step, per_epoch))
            .collect();
        let mut published = self.recording.checkpoints.lock();
        **published
            .as_mut()
            .unwrap_or_else(|poisoned| poisoned.get_mut()) = list;
    }
}

fn remove(files: &RunFiles, step: u64) -> Result<(), RunError> {
    let path = checkpoints::file(&files.checkpoints(), step);
    match fs::remove_file(&path) {
        // Somebody else has removed it already.
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(RunError::io(&path)(error)),
        _ => Ok(()),
    }
}
