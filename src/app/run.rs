//! The run on screen: its thread, its curves, how far it is.

use std::sync::Arc;
use std::time::Instant;

use crate::dataset::Dataset;
use crate::text::{ProgressWords, RunWords};
use crate::training::{
    BatchPoint, EpochMetrics, Event, RunConfig, Smoothed, Trainer, TrainingError, Wake,
};

/// Smoothing of the loss curve: an average over about 50 batches.
const DECAY: f64 = 0.98;

/// A run that is under way or has ended.
pub struct Run {
    /// Its settings.
    pub config: RunConfig,
    /// How it stands.
    pub status: RunStatus,
    /// Batches an epoch; 0 until known.
    pub batches_per_epoch: usize,
    /// Loss of every batch: `[step, loss]`.
    pub loss: Vec<[f64; 2]>,
    /// The same, smoothed.
    pub smoothed_loss: Vec<[f64; 2]>,
    /// Every complete epoch.
    pub epochs: Vec<EpochMetrics>,
    trainer: Trainer,
    average: Smoothed,
    speed: Speed,
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
    /// Starts a run.
    pub fn start(config: RunConfig, dataset: Arc<Dataset>, wake: Wake) -> std::io::Result<Self> {
        Ok(Self {
            trainer: Trainer::start(config.clone(), dataset, wake)?,
            config,
            status: RunStatus::Starting,
            batches_per_epoch: 0,
            loss: Vec::new(),
            smoothed_loss: Vec::new(),
            epochs: Vec::new(),
            average: Smoothed::new(DECAY),
            speed: Speed::default(),
        })
    }

    /// The thread.
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// Whether the run can still train.
    pub fn is_live(&self) -> bool {
        matches!(
            self.status,
            RunStatus::Starting | RunStatus::Running | RunStatus::Paused
        )
    }

    /// Batches trained.
    pub fn step(&self) -> u64 {
        self.loss.last().map_or(0, |point| point[0] as u64)
    }

    /// Batches the run will have in all.
    pub fn planned_steps(&self) -> u64 {
        (self.batches_per_epoch * self.config.epochs) as u64
    }

    /// Pictures a second over the last moments, while running.
    pub fn images_per_second(&self) -> Option<f64> {
        (self.status == RunStatus::Running)
            .then(|| self.speed.batches_per_second())
            .flatten()
            .map(|batches| batches * self.config.batch_size as f64)
    }

    /// Seconds the remaining batches will take at the present speed.
    pub fn seconds_left(&self) -> Option<f64> {
        let batches = self.speed.batches_per_second()?;
        let left = self.planned_steps().saturating_sub(self.step());
        (self.status == RunStatus::Running).then(|| left as f64 / batches)
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
            test_accuracy: self.epochs.last().map(|epoch| epoch.test_accuracy),
        }
    }

    /// Takes in what the thread has sent; an error it ended with.
    pub fn receive(&mut self) -> Option<TrainingError> {
        let points = self.trainer.take_points();
        self.speed.add(points.len());
        for point in points {
            self.add_point(point);
        }
        let mut failure = None;
        while let Some(event) = self.trainer.try_event() {
            match event {
                Event::Started { batches_per_epoch } => {
                    self.batches_per_epoch = batches_per_epoch;
                    self.status = RunStatus::Running;
                }
                Event::EpochEnded(metrics) => self.epochs.push(metrics),
                Event::Paused => self.status = RunStatus::Paused,
                Event::Resumed => {
                    self.status = RunStatus::Running;
                    self.speed = Speed::default();
                }
                Event::Finished => self.status = RunStatus::Finished,
                Event::Stopped => self.status = RunStatus::Stopped,
                Event::Failed(error) => {
                    self.status = RunStatus::Failed;
                    failure = Some(error);
                }
            }
        }
        failure
    }

    fn add_point(&mut self, point: BatchPoint) {
        let step = point.step as f64;
        let loss = f64::from(point.loss);
        self.loss.push([step, loss]);
        self.smoothed_loss.push([step, self.average.add(loss)]);
    }
}

/// Batches a second, over a window of a few seconds so that the time left does not jump.
#[derive(Default)]
struct Speed {
    /// Moments and batches so far, oldest first.
    marks: std::collections::VecDeque<(Instant, usize)>,
    batches: usize,
}

impl Speed {
    const WINDOW_SECS: f64 = 4.0;

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
        let (first, last) = (self.marks.front()?, self.marks.back()?);
        let seconds = last.0.duration_since(first.0).as_secs_f64();
        (seconds > 0.2).then(|| (last.1 - first.1) as f64 / seconds)
    }
}
