//! The curves of one run, and where they stand on a common axis.

use crate::app::model::curves::CurveAxis;
use crate::app::model::lesson_steps::{is_exercise, runs_of_exercise};
use crate::app::model::run::Run;
use crate::app::model::runs::LoadedRun;
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Owner;
use convlens_core::training::runs::RunId;
use convlens_core::training::{EpochMetrics, RunConfig, SettingsChange};

/// Turns a number of batches into a place on an axis.
#[derive(Clone, Debug)]
pub struct Clock {
    batches_per_epoch: f64,
    /// Seconds at the end of each complete epoch, beginning with 0.
    epoch_ends: Vec<f64>,
    /// Seconds a batch in the epoch under way.
    seconds_per_batch: f64,
}

impl Clock {
    /// Of a run that has trained `step` batches in so many seconds.
    fn new(batches_per_epoch: usize, epochs: &[EpochMetrics], step: u64, seconds: f64) -> Self {
        let mut epoch_ends = vec![0.0];
        let mut end = 0.0;
        for epoch in epochs {
            end += epoch.seconds;
            epoch_ends.push(end);
        }
        let under_way = step.saturating_sub((epochs.len() * batches_per_epoch) as u64);
        Self {
            batches_per_epoch: batches_per_epoch.max(1) as f64,
            epoch_ends,
            seconds_per_batch: (seconds - end).max(0.0) / under_way.max(1) as f64,
        }
    }

    /// Where `step` batches stand. Within an epoch every batch is taken to last as long.
    pub fn place(&self, axis: CurveAxis, step: f64) -> f64 {
        let epochs = step / self.batches_per_epoch;
        match axis {
            CurveAxis::Batch => step,
            CurveAxis::Epoch => epochs,
            CurveAxis::Second => {
                let whole = (epochs as usize).min(self.epoch_ends.len() - 1);
                let start = self.epoch_ends[whole];
                let batches = step - whole as f64 * self.batches_per_epoch;
                let a_batch = match self.epoch_ends.get(whole + 1) {
                    Some(end) => (end - start) / self.batches_per_epoch,
                    None => self.seconds_per_batch,
                };
                start + batches * a_batch
            }
        }
    }

    /// Where the end of an epoch, counted from 1, stands.
    pub fn epoch_end(&self, axis: CurveAxis, epoch: usize) -> f64 {
        self.place(axis, epoch as f64 * self.batches_per_epoch)
    }
}

/// One run's curves.
pub struct Series<'a> {
    pub name: String,
    pub owner: Owner,
    /// Its number among the colours of runs; none before it is on disk.
    pub colour: Option<u8>,
    pub is_baseline: bool,
    /// Whether it trains.
    pub is_live: bool,
    /// Classes that the network tells apart.
    pub classes: usize,
    /// `[step, loss]` of the batches.
    pub loss: &'a [[f64; 2]],
    pub epochs: &'a [EpochMetrics],
    /// Its settings, with what was changed while it trained.
    pub config: &'a RunConfig,
    pub clock: Clock,
}

impl Series<'_> {
    /// What was changed while it trained, each behind what held before.
    pub fn changes(&self) -> impl Iterator<Item = [SettingsChange; 2]> {
        let config = self.config;
        let first = SettingsChange {
            step: 0,
            learning_rate: config.learning_rate,
            optimization: config.optimization,
        };
        let before = [first].into_iter().chain(config.changes.iter().copied());
        let changes = config.changes.iter().copied();
        before.zip(changes).map(|(before, change)| [before, change])
    }
}

/// The run looked at, the one under way, those of the exercise on screen, and those chosen for comparison. Beside an exercise that has been
/// measured only its own stand, and what trains; before it is measured the window's own run does not, which is another step's.
pub fn all(state: &State) -> Vec<Series<'_>> {
    let runs = &state.runs;
    let own = state.run.as_ref();
    let looked_at = match runs.weights_of {
        WeightsOf::Kept { run, .. } if own.and_then(Run::id) != Some(run) => Some(run),
        _ => None,
    };
    let exercise = runs_of_exercise(state);
    let is_measured = exercise.iter().all(Option::is_some);
    let of_exercise = |run: RunId| exercise.contains(&Some(run));
    let looked_at = looked_at.filter(|run| !is_measured || of_exercise(*run));
    let is_shown = |run: &Run| run.id().is_some_and(of_exercise) || !is_exercise(state);
    let own = own.filter(|run| run.is_live() || is_shown(run));
    let live = own.and_then(Run::id);
    let exercise = exercise.into_iter().flatten();
    let chosen = (runs.chosen.iter().copied()).filter(|id| !exercise.clone().any(|it| it == *id));
    let others = exercise.clone().chain(chosen);
    let others = others.filter(|id| live != Some(*id) && looked_at != Some(*id));
    let kept = |id| Some(of_kept(state, runs.kept(id)?));
    let first = looked_at.and_then(kept).into_iter();
    let own = own.into_iter().map(|run| of_run(state, run));
    first.chain(own).chain(others.filter_map(kept)).collect()
}

fn of_run<'a>(state: &State, run: &'a Run) -> Series<'a> {
    let summary = run.id().and_then(|id| state.runs.summary(id));
    Series {
        name: summary.map_or_else(
            || {
                let text = state.text();
                let name = if run.is_draft() {
                    text.status.draft
                } else {
                    text.runs.this_run
                };
                name.to_owned()
            },
            |summary| state.runs.name(summary).to_owned(),
        ),
        owner: run.owner(),
        colour: summary.map(|summary| summary.colour),
        is_baseline: summary.is_some_and(|summary| summary.is_baseline),
        is_live: run.is_live(),
        classes: run.config.network.classes,
        loss: &run.loss,
        epochs: &run.epochs,
        config: &run.config,
        clock: Clock::new(
            run.batches_per_epoch,
            &run.epochs,
            run.step(),
            run.seconds(),
        ),
    }
}

fn of_kept<'a>(state: &State, kept: &'a LoadedRun) -> Series<'a> {
    let summary = &kept.record.summary;
    // What a person changed since it was read.
    let now = state.runs.summary(summary.id).unwrap_or(summary);
    Series {
        name: state.runs.name(now).to_owned(),
        owner: Owner::Run(summary.id),
        colour: Some(now.colour),
        is_baseline: now.is_baseline,
        is_live: false,
        classes: summary.config.network.classes,
        loss: &kept.loss,
        epochs: &summary.epochs,
        config: &summary.config,
        clock: Clock::new(
            summary.batches_per_epoch,
            &summary.epochs,
            summary.step,
            summary.seconds,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(seconds: f64) -> EpochMetrics {
        EpochMetrics {
            epoch: 1,
            images: 320,
            seconds,
            images_per_second: 320.0 / seconds,
            train_loss: 0.5,
            train_accuracy: 0.8,
            test_loss: Some(0.5),
            test_accuracy: Some(0.8),
            validation_loss: None,
            validation_accuracy: None,
            seconds_evaluate: 0.1,
        }
    }

    #[test]
    fn a_batch_stands_at_the_same_moment_on_every_axis() {
        let clock = Clock::new(10, &[epoch(2.0), epoch(4.0)], 24, 8.0);
        // In thousandths.
        let at = |step| {
            [CurveAxis::Batch, CurveAxis::Epoch, CurveAxis::Second]
                .map(|axis| (clock.place(axis, step) * 1000.0).round() as i64)
        };
        assert_eq!(at(0.0), [0, 0, 0]);
        assert_eq!(at(5.0), [5000, 500, 1000]);
        assert_eq!(at(15.0), [15_000, 1500, 4000]);
        assert_eq!(at(20.0), [20_000, 2000, 6000]);
        assert_eq!(at(24.0), [24_000, 2400, 8000]);
        assert!((clock.epoch_end(CurveAxis::Second, 2) - 6.0).abs() < 1e-12);
    }
}
