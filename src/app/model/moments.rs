//! The moments of a run whose weights are kept, for the timeline.

use crate::app::model::histograms::Subject;
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Owner;
use convlens_core::training::EpochMetrics;
use convlens_core::training::runs::{Checkpoint, RunId};

/// The moments of one run whose weights are kept, for the timeline.
pub struct Moments {
    pub run: RunId,
    pub checkpoints: Vec<Checkpoint>,
    pub epochs: Vec<EpochMetrics>,
    pub batches_per_epoch: usize,
    /// Epochs planned in all.
    pub planned: usize,
    /// The moment looked at; `None` for the newest.
    pub now: Option<u64>,
    /// Training images that it uses; `None` for all.
    pub images: Option<usize>,
    /// What the weights are called that it began with; none for random ones.
    pub began_from: Option<String>,
    /// Whether the run is the one that the window trains.
    pub is_live: bool,
}

impl Moments {
    /// Those of the run that is looked at, if it is kept.
    pub fn of(state: &State) -> Option<Self> {
        let under_way = state.run.as_ref().and_then(|run| Some((run, run.id()?)));
        let (id, now) = match state.runs.weights_of {
            WeightsOf::Live => (under_way?.1, None),
            WeightsOf::BuiltIn | WeightsOf::File => return None,
            WeightsOf::Kept { run, step } => (run, step),
        };
        if let Some((run, live)) = under_way
            && live == id
        {
            return Some(Self {
                run: id,
                checkpoints: run.recording.as_ref()?.checkpoints(),
                epochs: run.epochs.clone(),
                batches_per_epoch: run.batches_per_epoch,
                planned: run.config.epochs,
                images: run.config.images,
                began_from: run.began_from.clone(),
                now,
                is_live: true,
            });
        }
        let record = &state.runs.kept(id)?.record;
        Some(Self {
            run: id,
            checkpoints: record.checkpoints.clone(),
            epochs: record.summary.epochs.clone(),
            batches_per_epoch: record.summary.batches_per_epoch,
            planned: record.summary.config.epochs,
            images: record.summary.config.images,
            began_from: record.summary.began_from.clone(),
            now,
            is_live: false,
        })
    }

    /// Test accuracy at the checkpoint number `index`, where that is the end of an epoch.
    pub fn accuracy_at(&self, index: usize) -> Option<f64> {
        let Checkpoint { step, epochs } = self.checkpoints[index];
        let epoch = self.epochs.get(epochs.checked_sub(1)?)?;
        epoch
            .test_accuracy
            .filter(|_| step == (epochs * self.batches_per_epoch) as u64)
    }

    /// Place of the moment looked at among the checkpoints: the last one at or before it.
    pub fn index(&self) -> usize {
        let last = self.checkpoints.len().saturating_sub(1);
        match self.now {
            None => last,
            Some(step) => self
                .checkpoints
                .iter()
                .rposition(|checkpoint| checkpoint.step <= step)
                .unwrap_or(0),
        }
    }
}

impl Subject {
    /// Once there is a data set.
    pub fn of(state: &State) -> Option<Self> {
        let dataset = state.test_set.dataset?;
        if let Some(moments) = Moments::of(state) {
            return Some(Self {
                owner: Owner::Run(moments.run),
                dataset,
                now: moments.index(),
                images: moments.images,
                moments: moments.checkpoints,
                run: Some(moments.run),
            });
        }
        let whose = &state.test_set.weights.whose;
        Some(Self {
            owner: whose.owner.clone(),
            dataset,
            moments: vec![Checkpoint {
                step: whose.step,
                epochs: whose.epochs,
            }],
            now: 0,
            run: None,
            images: None,
        })
    }
}
