//! A run on a thread of its own.
//!
//! Commands go in through an unbounded channel, so that the window never waits; stopping is a
//! flag, read at every batch. What comes back: events through a bounded channel, loss points in a
//! vector that the reader takes whole, and the newest weights, where only the latest counts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use super::change::SettingsChange;
use super::config::RunConfig;
use super::error::TrainingError;
use super::metrics::{BatchPoint, EpochMetrics};
use super::observer::{Observer, Rest};
use super::optimization::Optimization;
use super::priority;
use super::session::Session;
use super::state::{BetweenBatches, StartsFrom};
use crate::dataset::Dataset;
use crate::network::Model;

/// Called from the training thread when there is something new to see; must return at once.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Events that may wait for their reader before training waits too.
const EVENTS_WAITING: usize = 64;
/// Pause between two copies of the weights while training: a few a second for the eye.
const SNAPSHOT_INTERVAL: Duration = Duration::from_millis(250);

/// What a run can be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Hold after the batch under way; a measurement of the test set under way is left for later.
    Pause,
    /// Go on.
    Resume,
    /// Train one batch, then hold.
    StepBatch,
    /// Train to the end of the epoch, then hold.
    StepEpoch,
    /// Train this many epochs more than planned so far.
    AddEpochs(usize),
    /// Train with these from the next batch on: see [`Session::change`]. Without effect where the run cannot change to them.
    Change {
        /// The learning rate.
        learning_rate: f64,
        /// All else that may change.
        optimization: Optimization,
    },
}

/// What a run says.
#[derive(Debug)]
pub enum Event {
    /// The run is set up; its first snapshot, random weights, is there.
    Started {
        /// Batches in one epoch.
        batches_per_epoch: usize,
    },
    /// An epoch is trained and measured.
    EpochEnded(EpochMetrics),
    /// Its settings were changed in mid-run: all changes so far.
    Changed(Vec<SettingsChange>),
    /// The run holds.
    Paused,
    /// The run goes on.
    Resumed,
    /// Every planned epoch is trained. The thread then waits for [`Command::AddEpochs`].
    Finished,
    /// The run was told to stop and keeps what it has learnt.
    Stopped,
    /// The run ended with an error.
    Failed(TrainingError),
}

/// Weights at one moment of a run. They never change.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Different for any two snapshots of the process, and growing.
    pub version: u64,
    /// The network with its weights.
    pub model: Model,
    /// Complete epochs behind it.
    pub epochs: usize,
    /// Batches behind it.
    pub step: u64,
}

impl Snapshot {
    /// A snapshot with a version of its own.
    #[must_use]
    pub fn new(model: Model, epochs: usize, step: u64) -> Self {
        static VERSION: AtomicU64 = AtomicU64::new(1);
        Self {
            version: VERSION.fetch_add(1, Ordering::Relaxed),
            model,
            epochs,
            step,
        }
    }
}

/// What a run starts from.
pub struct Start {
    /// The settings; [`RunConfig::epochs`] counts those already trained too.
    pub config: RunConfig,
    /// The pictures.
    pub dataset: Arc<Dataset>,
    /// The weights it begins with.
    pub from: StartsFrom,
    /// Listens on the training thread, and is dropped there when the run has ended.
    pub observer: Box<dyn Observer>,
    /// A run that ends first: two at once would share the processor. It is waited for on the new
    /// run's thread, as its own may be measuring the test set.
    pub after: Option<Trainer>,
}

/// Handle of a run. Dropping it stops the run and joins its thread.
pub struct Trainer {
    commands: Option<Sender<Command>>,
    events: Option<Receiver<Event>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// A [`Command::Pause`] is on its way: raised before it is sent, lowered when it is received.
    pause: AtomicBool,
    points: Mutex<Points>,
    snapshot: ArcSwapOption<Snapshot>,
    held: ArcSwapOption<Held>,
}

/// What the next batch will be trained with, of a run that holds.
#[derive(Debug)]
pub struct Held {
    /// Version of the weights there.
    pub version: u64,
    /// All else.
    pub between: BetweenBatches,
}

/// Loss points that were not taken yet.
#[derive(Default)]
struct Points {
    all: Vec<BatchPoint>,
    /// Seconds in the training loop of the epoch under way, up to the last point.
    seconds: f64,
}

impl Shared {
    /// Whether somebody waits for the run to stop or to hold.
    fn is_interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.pause.load(Ordering::Relaxed)
    }
}

impl Trainer {
    /// Starts a run from random weights on a new thread.
    ///
    /// # Errors
    /// The system refuses a thread. Everything else arrives as [`Event::Failed`].
    pub fn start(config: RunConfig, dataset: Arc<Dataset>, wake: Wake) -> std::io::Result<Self> {
        Self::launch(
            Start {
                config,
                dataset,
                from: StartsFrom::Random,
                observer: Box::new(()),
                after: None,
            },
            wake,
        )
    }

    /// Starts a run on a new thread, from random weights or from where another stopped, with
    /// somebody who listens to it.
    ///
    /// # Errors
    /// The system refuses a thread. Everything else arrives as [`Event::Failed`].
    pub fn launch(start: Start, wake: Wake) -> std::io::Result<Self> {
        Self::launch_with(start, None, wake)
    }

    /// Like [`launch`](Self::launch), with a command that the run has before its first batch.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn launch_with(start: Start, first: Option<Command>, wake: Wake) -> std::io::Result<Self> {
        if let Some(earlier) = &start.after {
            earlier.stop();
        }
        let (commands, inbox) = mpsc::channel();
        if let Some(command) = first {
            // The other end is held right here.
            let _received = commands.send(command);
        }
        let (outbox, events) = mpsc::sync_channel(EVENTS_WAITING);
        let shared = Arc::new(Shared::default());
        let worker = Worker {
            inbox,
            outbox,
            shared: shared.clone(),
            wake,
        };
        let thread = std::thread::Builder::new()
            .name("convlens-trainer".into())
            .spawn(move || worker.run(start))?;
        Ok(Self {
            commands: Some(commands),
            events: Some(events),
            shared,
            thread: Some(thread),
        })
    }

    /// Sends a command; without effect once the run has ended.
    pub fn send(&self, command: Command) {
        if command == Command::Pause {
            self.shared.pause.store(true, Ordering::Relaxed);
        }
        if let Some(commands) = &self.commands {
            let _ended = commands.send(command);
        }
    }

    /// Ends the run after the batch under way; [`Event::Stopped`] follows. A measurement of the test
    /// set under way is given up: the run keeps all it has learnt, its last epoch has no figures yet,
    /// and whoever continues the run measures it first.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Wakes a run that holds.
        self.send(Command::Resume);
    }

    /// The next event, if one has arrived.
    #[must_use]
    pub fn try_event(&self) -> Option<Event> {
        self.events.as_ref()?.try_recv().ok()
    }

    /// Waits for the next event; `None` once the thread is gone.
    #[must_use]
    pub fn wait_event(&self) -> Option<Event> {
        self.events.as_ref()?.recv().ok()
    }

    /// The loss points since the last call, and the seconds in the training loop of the epoch that the last one is of.
    #[must_use]
    pub fn take_points(&self) -> (Vec<BatchPoint>, f64) {
        let points = self.shared.points.lock();
        let mut points = points.unwrap_or_else(PoisonError::into_inner);
        (std::mem::take(&mut points.all), points.seconds)
    }

    /// What the next batch will be trained with, once the run holds; as it was then while it goes on.
    #[must_use]
    pub fn held(&self) -> Option<Arc<Held>> {
        self.shared.held.load_full()
    }

    /// The newest weights.
    #[must_use]
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.shared.snapshot.load_full()
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Without its channels the thread neither waits for a command nor for a reader.
        self.commands = None;
        self.events = None;
        if let Some(thread) = self.thread.take() {
            let _panics_are_caught_inside = thread.join();
        }
    }
}

/// The other side: what the thread owns.
struct Worker {
    inbox: Receiver<Command>,
    outbox: SyncSender<Event>,
    shared: Arc<Shared>,
    wake: Wake,
}

/// Why the loop ended.
enum Ended {
    Stopped,
    /// Nobody holds the other end any more.
    Abandoned,
}

impl Worker {
    fn run(self, start: Start) {
        let Start {
            config,
            dataset,
            from,
            mut observer,
            after,
        } = start;
        drop(after);
        let trained = catch_unwind(AssertUnwindSafe(|| -> Result<Ended, TrainingError> {
            priority::lower(priority::TRAINING);
            let mut session = Session::begin(config, dataset, from)?;
            session.give_way();
            observer.started(&session);
            let ended = self.train(&mut session, &mut *observer)?;
            observer.rested(&session, Rest::Stopped);
            Ok(ended)
        }));
        let last = match trained {
            Ok(Ok(Ended::Stopped)) => Event::Stopped,
            Ok(Ok(Ended::Abandoned)) => return,
            Ok(Err(error)) => {
                observer.failed(&error);
                Event::Failed(error)
            }
            Err(panic) => {
                let error = TrainingError::Panicked(panic_message(&*panic));
                observer.failed(&error);
                Event::Failed(error)
            }
        };
        // What the observer keeps is kept before anybody hears that the run has ended.
        drop(observer);
        let _nobody_reads = self.tell(last);
    }

    fn train(
        &self,
        session: &mut Session,
        observer: &mut dyn Observer,
    ) -> Result<Ended, TrainingError> {
        self.publish(session)?;
        let mut mode = Mode::Running;
        if self
            .tell(Event::Started {
                batches_per_epoch: session.batches_per_epoch(),
            })
            .is_err()
        {
            return Ok(Ended::Abandoned);
        }
        let mut published = Instant::now();
        loop {
            if session.is_finished() && mode != Mode::Finished {
                mode = Mode::Finished;
                observer.rested(session, Rest::Finished);
                if self.tell(Event::Finished).is_err() {
                    return Ok(Ended::Abandoned);
                }
            }
            // Commands first: all that wait while running, one at a time while holding.
            let waits = matches!(mode, Mode::Paused | Mode::Finished);
            match self.next_command(waits) {
                Ok(Some(command)) => {
                    if command == Command::Pause {
                        self.shared.pause.store(false, Ordering::Relaxed);
                    }
                    if self.stopped() {
                        self.publish(session)?;
                        return Ok(Ended::Stopped);
                    }
                    if let Command::AddEpochs(more) = command {
                        session.add_epochs(more);
                    }
                    if let Command::Change {
                        learning_rate,
                        optimization,
                    } = command
                        && session.change(learning_rate, optimization) == Ok(true)
                    {
                        observer.settings_changed(session);
                        let changes = session.config().changes.clone();
                        if self.tell(Event::Changed(changes)).is_err() {
                            return Ok(Ended::Abandoned);
                        }
                    }
                    let before = mode;
                    mode = mode.after(command);
                    match (before, mode) {
                        (Mode::Finished, Mode::Running) => observer.started(session),
                        (before, Mode::Paused) if before != Mode::Paused => {
                            self.publish_held(session)?;
                            observer.rested(session, Rest::Paused);
                        }
                        _ => {}
                    }
                    if mode != before && self.tell_mode(before, mode).is_err() {
                        return Ok(Ended::Abandoned);
                    }
                    continue;
                }
                Ok(None) => {}
                Err(Gone) => return Ok(Ended::Abandoned),
            }
            if self.stopped() {
                self.publish(session)?;
                return Ok(Ended::Stopped);
            }

            // It is complete here where its measurement was given up.
            let mut hold = false;
            if !session.epoch_is_complete() {
                let point = session.train_batch()?;
                self.add_point(point, session);
                observer.batch_trained(session, point);
                hold = mode == Mode::OneBatch;
            }
            if session.epoch_is_complete() {
                let shared = &*self.shared;
                let Some(metrics) = session.end_epoch_unless(|| shared.is_interrupted())? else {
                    continue;
                };
                observer.epoch_ended(session, &metrics);
                self.publish(session)?;
                published = Instant::now();
                if self.tell(Event::EpochEnded(metrics)).is_err() {
                    return Ok(Ended::Abandoned);
                }
                hold |= mode == Mode::OneEpoch;
            } else if hold || published.elapsed() >= SNAPSHOT_INTERVAL {
                self.publish(session)?;
                published = Instant::now();
            }
            if hold {
                mode = Mode::Paused;
                self.publish_held(session)?;
                observer.rested(session, Rest::Paused);
                if self.tell(Event::Paused).is_err() {
                    return Ok(Ended::Abandoned);
                }
            }
        }
    }

    fn stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Relaxed)
    }

    fn next_command(&self, wait: bool) -> Result<Option<Command>, Gone> {
        if wait {
            return self.inbox.recv().map(Some).map_err(|_| Gone);
        }
        match self.inbox.try_recv() {
            Ok(command) => Ok(Some(command)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(Gone),
        }
    }

    fn add_point(&self, point: BatchPoint, session: &Session) {
        let points = self.shared.points.lock();
        let mut points = points.unwrap_or_else(PoisonError::into_inner);
        points.all.push(point);
        points.seconds = session.sums().seconds;
    }

    /// Also what the next batch will be trained with.
    fn publish_held(&self, session: &Session) -> Result<(), TrainingError> {
        self.publish(session)?;
        if let Some(snapshot) = self.shared.snapshot.load_full() {
            let held = Held {
                version: snapshot.version,
                between: session.between_batches(),
            };
            self.shared.held.store(Some(Arc::new(held)));
        }
        Ok(())
    }

    fn publish(&self, session: &Session) -> Result<(), TrainingError> {
        let snapshot = Snapshot::new(session.snapshot()?, session.epoch() - 1, session.step());
        self.shared.snapshot.store(Some(Arc::new(snapshot)));
        (self.wake)();
        Ok(())
    }

    fn tell_mode(&self, before: Mode, after: Mode) -> Result<(), Gone> {
        match (before.holds(), after.holds()) {
            (false, true) => self.tell(Event::Paused),
            (true, false) => self.tell(Event::Resumed),
            _ => Ok(()),
        }
    }

    fn tell(&self, event: Event) -> Result<(), Gone> {
        let sent = self.outbox.send(event).map_err(|_| Gone);
        (self.wake)();
        sent
    }
}

/// The handle was dropped.
struct Gone;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Running,
    OneBatch,
    OneEpoch,
    Paused,
    Finished,
}

impl Mode {
    fn after(self, command: Command) -> Self {
        match (self, command) {
            (Self::Finished, Command::AddEpochs(more)) if more > 0 => Self::Running,
            (Self::Finished, _) | (_, Command::AddEpochs(_) | Command::Change { .. }) => self,
            (_, Command::Pause) => Self::Paused,
            (_, Command::Resume) => Self::Running,
            (_, Command::StepBatch) => Self::OneBatch,
            (_, Command::StepEpoch) => Self::OneEpoch,
        }
    }

    fn holds(self) -> bool {
        matches!(self, Self::Paused | Self::Finished)
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "panicked without a message".into())
}
