//! Keeping a run while it trains: what the training thread copies, and the thread that writes it.
//!
//! Of the training thread's time it takes 0.1 % for the notebook's network and 0.4 % for one of 16-16
//! filters or of 1.4 million parameters, 3 ms in the worst batch (two epochs of 15,000 pictures, two
//! threads; one measurement each). The end of a run waits for the disk besides: 5 to 8 ms, and 0.2 s
//! for 1.4 million parameters.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Sender, SyncSender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::checkpoints;
use super::environment::DataIdentity;
use super::error::RunError;
use super::manifest::RunStatus;
use super::record::RunId;
use super::run_files::RunFiles;
use super::schedule::Schedule;
use super::state_file;
use super::store::{NewRun, Store};
use super::writer::{Beginning, Message, Recording, WriterStart, write_all};
use crate::dataset::Dataset;
use crate::network::weights;
use crate::training::{
    BatchPoint, EpochMetrics, Observer, Rest, RunConfig, Session, StartsFrom, TrainingError,
};

/// Weights that may wait for the disk, in bytes, before training waits too; two copies at least.
pub const QUEUED_BYTES: usize = 64 << 20;
/// Most messages that may wait.
const MOST_QUEUED: usize = 32;
/// The curve is handed on at least as often.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);
/// At the end of an epoch the state is kept if the last one is older than this …
const STATE_INTERVAL: Duration = Duration::from_secs(10);
/// … and within an epoch if it is older than this.
const STATE_INTERVAL_WITHIN: Duration = Duration::from_mins(1);

/// What is needed to train on: see [`Store::continue_run`].
pub struct Continuation {
    /// The run's settings, with the epochs to be trained in all.
    pub config: RunConfig,
    /// Where to go on. A run that was killed before its first state was written starts again and comes to the same weights.
    pub from: StartsFrom,
    /// Keeps what is trained from here.
    pub recorder: RunRecorder,
    /// The recorder's other side.
    pub recording: Arc<Recording>,
}

impl Store {
    /// Keeps a run that is about to be trained. Nothing is written before it starts.
    #[must_use]
    pub fn recorder(&self, new: NewRun) -> (RunRecorder, Arc<Recording>) {
        RunRecorder::new(Beginning::New(self.clone(), new))
    }

    /// What is needed to train a run for `more` epochs than were planned so far; with 0, to the
    /// end of the plan.
    ///
    /// # Errors
    /// The run is being trained, was trained by another program or on another data set, or cannot be read.
    pub fn continue_run(
        &self,
        id: RunId,
        dataset: &Dataset,
        more: usize,
    ) -> Result<Continuation, RunError> {
        self.must_exist(id)?;
        let files = RunFiles::new(self.folder(id));
        let manifest = files.manifest()?;
        if let Some(by) = manifest.trained_by {
            let program = by.program;
            return Err(RunError::ByOthers { run: id, program });
        }
        // With patience: a program that another thread is starting holds the lock too, until it is that program.
        if files.lock()?.is_none() {
            return Err(RunError::Live(id));
        }
        let trained_on = &manifest.environment.data;
        let data = DataIdentity::of(dataset);
        if let Some(error) = RunError::of_other_data(id, trained_on, &data) {
            return Err(error);
        }
        let state = state_file::read(&files.state())?;
        if let Some(state) = &state {
            manifest.leads_to(state, &files.state())?;
        }
        let is_finished = manifest.status == RunStatus::Finished;
        let from = match state {
            Some(mut state) => {
                if is_finished {
                    // If patience has ended it, it begins to count anew.
                    state.best = None;
                }
                StartsFrom::State(Box::new(state))
            }
            None if manifest.began_from.is_some() => {
                StartsFrom::Weights(weights::load(&checkpoints::file(&files.checkpoints(), 0))?)
            }
            None => StartsFrom::Random,
        };
        let mut config = manifest.config;
        config.add_epochs(is_finished.then_some(manifest.epochs.len()), more);
        let (recorder, recording) = RunRecorder::new(Beginning::Continued(self.clone(), id));
        Ok(Continuation {
            config,
            from,
            recorder,
            recording,
        })
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
        self.recording.unwritten.fetch_add(1, Ordering::Release);
        let spawned = std::thread::Builder::new()
            .name("convlens-recorder".into())
            .spawn(move || write_all(start, inbox, begun));
        match spawned {
            Ok(handle) => {
                self.thread = Some(WriterThread {
                    outbox,
                    handle,
                    schedule,
                });
            }
            Err(error) => {
                self.recording.unwritten.store(0, Ordering::Release);
                let fault = RunError::io("run".as_ref())(error);
                self.recording.set_fault(fault);
            }
        }
        if self.is_due(session) {
            self.keep_checkpoint(session);
        }
    }

    /// Hands a message to the thread; without effect once that has given up.
    fn send(&self, message: Message) {
        if let Some(thread) = &self.thread {
            self.recording.unwritten.fetch_add(1, Ordering::Release);
            if thread.outbox.send(message).is_err() {
                self.recording.unwritten.store(0, Ordering::Release);
            }
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

    fn settings_changed(&mut self, session: &Session) {
        self.flush();
        self.send(Message::Changed(session.config().clone()));
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
