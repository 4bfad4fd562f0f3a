//! The thread that writes a run while it trains.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
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
use crate::training::{BatchPoint, EpochMetrics, RunConfig, TrainingState};

/// `run.json` is rewritten at most as often while training.
const MANIFEST_INTERVAL: Duration = Duration::from_secs(1);

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
    /// What has been handed over and is not on disk yet.
    pub(super) unwritten: AtomicUsize,
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

    /// Whether all that the run has handed over so far is on disk, or never will be.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.unwritten.load(Ordering::Acquire) == 0
    }

    /// Why the run is no longer recorded, if so; told once. Training goes on regardless.
    #[must_use]
    pub fn take_fault(&self) -> Option<RunError> {
        let fault = self.fault.lock();
        fault.unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn set_fault(&self, error: RunError) {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault.get_or_insert(error);
    }
}

/// What a run hands over to be written.
pub(super) enum Message {
    GoesOn(RunConfig),
    Changed(RunConfig),
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

/// What the thread that writes starts from.
pub(super) struct WriterStart {
    pub beginning: Beginning,
    pub config: RunConfig,
    pub dataset: Arc<Dataset>,
    pub images_per_epoch: usize,
    pub batches_per_epoch: usize,
    /// Complete epochs.
    pub epochs: usize,
    pub step: u64,
    pub schedule: Schedule,
    pub recording: Arc<Recording>,
}

/// The thread that writes.
pub(super) fn write_all(start: WriterStart, inbox: Receiver<Message>, begun: Sender<()>) {
    let recording = start.recording.clone();
    let is_written = || recording.unwritten.fetch_sub(1, Ordering::Release);
    let written = Writer::begin(start).and_then(|mut writer| {
        let _nobody_waits = begun.send(());
        is_written();
        for message in &inbox {
            writer.take(message)?;
            is_written();
        }
        writer.end()
    });
    if let Err(error) = written {
        recording.set_fault(error);
    }
    // From here on nothing can be handed over; what still waits never gets written.
    drop(inbox);
    recording.unwritten.store(0, Ordering::Release);
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
        manifest.began_from = old.began_from;
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
            Message::Changed(config) => {
                self.manifest.config = config;
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
