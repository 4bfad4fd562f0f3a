//! The run on screen: its curves, how far it is.

use crate::app::model::whose::Owner;
use crate::text::{ProgressWords, RunWords};
use convlens_core::training::runs::{DataIdentity, Recording, RunId, RunRecord};
use convlens_core::training::{
    BatchPoint, EpochMetrics, Event, RunConfig, TrainingError, TrainingState,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A run that is under way or has ended.
pub struct Run {
    /// Its number among those of this window.
    pub number: u64,
    /// What it trains on.
    pub data: Arc<DataIdentity>,
    /// Its settings.
    pub config: RunConfig,
    /// How it stands.
    pub status: RunStatus,
    /// Batches an epoch; 0 until known.
    pub batches_per_epoch: usize,
    /// Loss of every batch: `[step, loss]`.
    pub loss: Vec<[f64; 2]>,
    /// Every complete epoch.
    pub epochs: Vec<EpochMetrics>,
    /// What the weights are called that it began with; none for random ones.
    pub began_from: Option<String>,
    /// Its other side on disk; none for a draft, which is not kept.
    pub recording: Option<Arc<Recording>>,
    /// It was told to stop; its thread says so a moment later.
    is_stopping: bool,
    speed: Speed,
    /// Of the epoch under way: see [`Run::seconds`].
    seconds: f64,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// Its thread is setting up.
    Starting,
    /// Under way.
    Running,
    /// Holding, to be resumed.
    Paused,
    /// Every epoch is trained.
    Finished,
    /// Ended by the user.
    Stopped,
    /// Ended by an error.
    Failed,
}

impl From<RunStatus> for RunWords {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Starting => Self::Starting,
            RunStatus::Running => Self::Running,
            RunStatus::Paused => Self::Paused,
            RunStatus::Finished => Self::Finished,
            RunStatus::Stopped => Self::Stopped,
            RunStatus::Failed => Self::Failed,
        }
    }
}

impl Run {
    /// A run that is about to start. `earlier`: where it goes on, and what came before.
    pub fn new(
        config: RunConfig,
        data: Arc<DataIdentity>,
        recording: Option<Arc<Recording>>,
        earlier: Option<(&TrainingState, &RunRecord)>,
    ) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let mut past = Past::default();
        if let Some((state, record)) = earlier {
            past.take(record, state);
        }
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            data,
            config,
            status: RunStatus::Starting,
            batches_per_epoch: past.batches_per_epoch,
            loss: past.loss,
            epochs: past.epochs,
            began_from: None,
            recording,
            is_stopping: false,
            speed: Speed::default(),
            seconds: past.seconds,
        }
    }

    /// Whose its weights are.
    pub fn owner(&self) -> Owner {
        self.id().map_or(Owner::Unkept(self.number), Owner::Run)
    }

    /// Its number on disk, once it has one.
    pub fn id(&self) -> Option<RunId> {
        self.recording.as_ref()?.id()
    }

    /// Whether it is not kept: a quick try while the network is edited.
    pub fn is_draft(&self) -> bool {
        self.recording.is_none()
    }

    /// Plans more epochs.
    pub fn add_epochs(&mut self, more: usize) {
        let is_finished = self.status == RunStatus::Finished;
        let trained = is_finished.then_some(self.epochs.len());
        self.config.add_epochs(trained, more);
    }

    /// Seconds in the training loop so far, as they were measured.
    pub fn seconds(&self) -> f64 {
        let complete: f64 = self.epochs.iter().map(|epoch| epoch.seconds).sum();
        // The last batch may be that of the last complete epoch.
        if self.step() > self.steps_measured() {
            complete + self.seconds
        } else {
            complete
        }
    }

    /// It was told to stop. From here on it is not live: what is asked next is asked of another run,
    /// though the thread has yet to answer.
    pub fn stop(&mut self) {
        self.is_stopping = true;
    }

    /// Whether the run can still train.
    pub fn is_live(&self) -> bool {
        let can_train = matches!(
            self.status,
            RunStatus::Starting | RunStatus::Running | RunStatus::Paused
        );
        can_train && !self.is_stopping
    }

    /// Batches trained. The end of an epoch may be known before the last of its points are taken,
    /// and the curve of a run that goes on may lack some.
    pub fn step(&self) -> u64 {
        let last = self.loss.last().map_or(0, |point| point[0] as u64);
        last.max(self.steps_measured())
    }

    /// Batches of the complete epochs.
    fn steps_measured(&self) -> u64 {
        self.epochs.len() as u64 * self.batches_per_epoch as u64
    }

    /// Batches the run will have in all.
    pub fn planned_steps(&self) -> u64 {
        self.batches_per_epoch as u64 * self.config.epochs as u64
    }

    /// Pictures a second over the last moments, while running.
    pub fn images_per_second(&self) -> Option<f64> {
        (self.status == RunStatus::Running)
            .then(|| self.speed.batches_per_second())
            .flatten()
            .map(|batches| batches * self.config.batch_size as f64)
    }

    /// Seconds until the last planned epoch is trained and measured, at the present speed.
    pub fn seconds_left(&self) -> Option<f64> {
        let batches = self.speed.batches_per_second()?;
        let left = self.planned_steps().saturating_sub(self.step());
        let tests = self.config.epochs.saturating_sub(self.epochs.len());
        let a_test = self.epochs.last().map_or(0.0, |last| last.seconds_evaluate);
        (self.status == RunStatus::Running).then(|| left as f64 / batches + tests as f64 * a_test)
    }

    /// How far the run is, for the texts about it.
    pub fn words(&self) -> ProgressWords {
        let per_epoch = self.batches_per_epoch.max(1) as u64;
        // The last batch of an epoch belongs to it, not to the next one.
        let epoch = self.step().saturating_sub(1) / per_epoch + 1;
        let batch = self.step() - (epoch - 1) * per_epoch;
        ProgressWords {
            status: self.status.into(),
            epoch: epoch as usize,
            epochs: self.config.epochs,
            batch: batch as usize,
            batches: self.batches_per_epoch,
            images_per_second: self.images_per_second(),
            seconds_left: self.seconds_left(),
            test_accuracy: self.epochs.last().and_then(|epoch| epoch.test_accuracy),
            measured_epoch: self.epochs.len(),
        }
    }

    /// Takes in the losses of the last batches, and the seconds in the training loop of the epoch that the last is of.
    pub fn take_points(&mut self, points: &[BatchPoint], seconds: f64) {
        if points.is_empty() {
            return;
        }
        self.speed.add(points.len());
        self.loss.extend(points.iter().map(place));
        self.seconds = seconds;
    }

    /// Takes in what the thread has sent; an error it ended with.
    pub fn take_event(&mut self, event: Event) -> Option<TrainingError> {
        match event {
            Event::Started { batches_per_epoch } => {
                self.batches_per_epoch = batches_per_epoch;
                self.status = RunStatus::Running;
            }
            Event::EpochEnded(metrics) => {
                // The test set was measured meanwhile: no batch was slower for that.
                let batches = metrics.images_per_second / self.config.batch_size as f64;
                self.speed = Speed::known(batches);
                self.epochs.push(metrics);
            }
            Event::Changed(changes) => self.config.changes = changes,
            Event::Paused => self.status = RunStatus::Paused,
            Event::Resumed => {
                self.status = RunStatus::Running;
                self.speed = Speed::default();
            }
            Event::Finished => self.status = RunStatus::Finished,
            Event::Stopped => self.status = RunStatus::Stopped,
            Event::Failed(error) => {
                self.status = RunStatus::Failed;
                return Some(error);
            }
        }
        None
    }
}

/// The curves of a run before it was stopped.
#[derive(Default)]
struct Past {
    loss: Vec<[f64; 2]>,
    epochs: Vec<EpochMetrics>,
    batches_per_epoch: usize,
    /// Of the epoch under way.
    seconds: f64,
}

impl Past {
    /// Takes what is in the record up to the state, which may be older: after a kill.
    fn take(&mut self, record: &RunRecord, state: &TrainingState) {
        let before = record.curve.iter();
        let before = before.filter(|point| point.step <= state.step);
        self.loss = before.map(place).collect();
        self.batches_per_epoch = record.summary.batches_per_epoch;
        self.seconds = state.sums.seconds;
        let complete = record.summary.epochs.iter();
        self.epochs = complete
            .filter(|epoch| epoch.epoch < state.epoch)
            .copied()
            .collect();
    }
}

/// A batch in the curve of the loss: `[step, loss]`.
pub fn place(point: &BatchPoint) -> [f64; 2] {
    [point.step as f64, f64::from(point.loss)]
}

/// Batches a second, over a window of a few seconds so that the time left does not jump.
#[derive(Default)]
struct Speed {
    /// Moments and batches so far, oldest first.
    marks: std::collections::VecDeque<(Instant, usize)>,
    batches: usize,
    /// Batches a second before the first mark.
    before: Option<f64>,
}

impl Speed {
    const WINDOW_SECS: f64 = 4.0;
    /// A window shorter than this tells less than what was measured before it.
    const LEAST_SECS: f64 = 1.0;

    /// Begins again from a speed that was measured.
    fn known(batches_per_second: f64) -> Self {
        Self {
            before: Some(batches_per_second).filter(|speed| *speed > 0.0),
            ..Self::default()
        }
    }

    fn add(&mut self, batches: usize) {
        if batches == 0 {
            return;
        }
        self.batches += batches;
        let now = Instant::now();
        self.marks.push_back((now, self.batches));
        while self.marks.len() > 2
            && now.duration_since(self.marks[0].0).as_secs_f64() > Self::WINDOW_SECS
        {
            self.marks.pop_front();
        }
    }

    fn batches_per_second(&self) -> Option<f64> {
        let measured = || {
            let (first, last) = (self.marks.front()?, self.marks.back()?);
            let seconds = last.0.duration_since(first.0).as_secs_f64();
            let least = if self.before.is_some() {
                Self::LEAST_SECS
            } else {
                0.2
            };
            (seconds > least).then(|| (last.1 - first.1) as f64 / seconds)
        };
        measured().or(self.before)
    }
}

impl Run {
    /// Whether batches are being trained, or about to be.
    pub fn is_under_way(&self) -> bool {
        matches!(self.status, RunStatus::Starting | RunStatus::Running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a run's thread may send, in whatever order the window comes to see it.
    #[derive(Clone, Debug)]
    enum Sent {
        Started(usize),
        Point(u64),
        EpochEnded(f64),
        Told(bool),
        MoreEpochs(usize),
    }

    fn sent() -> impl Strategy<Value = Sent> {
        prop_oneof![
            (1..=2000_usize).prop_map(Sent::Started),
            (0..=5000_u64).prop_map(Sent::Point),
            (0.0..100.0).prop_map(Sent::EpochEnded),
            any::<bool>().prop_map(Sent::Told),
            (0..=100_usize).prop_map(Sent::MoreEpochs),
        ]
    }

    fn metrics(epoch: usize, seconds: f64) -> EpochMetrics {
        EpochMetrics {
            epoch,
            images: 100,
            seconds,
            images_per_second: 100.0,
            train_loss: 1.0,
            train_accuracy: 0.5,
            test_loss: Some(1.0),
            test_accuracy: Some(0.5),
            validation_loss: None,
            validation_accuracy: None,
            seconds_evaluate: 1.0,
        }
    }

    /// A run of which nothing is known yet: what its thread would send is made up.
    fn run() -> Run {
        let config = RunConfig {
            epochs: 0,
            ..RunConfig::default()
        };
        let data = DataIdentity::of(&convlens_core::dataset::synthetic(1, 1));
        Run::new(config, Arc::new(data), None, None)
    }

    fn take(run: &mut Run, sent: &Sent) {
        match *sent {
            Sent::Started(batches_per_epoch) => {
                run.take_event(Event::Started { batches_per_epoch });
            }
            Sent::Point(step) => {
                let point = BatchPoint {
                    step,
                    loss: 1.0,
                    accuracy: 0.5,
                };
                run.take_points(&[point], 0.5);
            }
            Sent::EpochEnded(seconds) => {
                let metrics = metrics(run.epochs.len() + 1, seconds);
                run.take_event(Event::EpochEnded(metrics));
            }
            Sent::Told(pauses) => {
                run.take_event(if pauses {
                    Event::Paused
                } else {
                    Event::Resumed
                });
            }
            Sent::MoreEpochs(more) => run.add_epochs(more),
        }
    }

    proptest! {
        #[test]
        fn figures_of_a_run_hold_in_whatever_order_its_news_come(
            all in prop::collection::vec(sent(), 0..40)
        ) {
            let mut run = run();
            for sent in &all {
                take(&mut run, sent);
                let complete: f64 = run.epochs.iter().map(|epoch| epoch.seconds).sum();
                let seconds = run.seconds();
                prop_assert!(seconds.is_finite() && seconds >= complete, "{seconds}");
                prop_assert!(seconds <= complete + 0.5, "{seconds} of {complete}");
                let words = run.words();
                let per_epoch = run.batches_per_epoch.max(1) as u64;
                prop_assert!(words.batch as u64 <= per_epoch);
                let trained = (words.epoch as u64 - 1) * per_epoch + words.batch as u64;
                prop_assert_eq!(trained, run.step());
                prop_assert!(run.seconds_left().is_none_or(|left| left >= 0.0));
            }
        }
    }
}
