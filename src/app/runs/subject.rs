//! Whose weights every view looks at: the run under way as it learns, or a kept run at one moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::{ahead, disk};
use crate::app::run::Run;
use crate::app::state::State;
use crate::app::views::View;
use convlens_core::explore::Ablation;
use convlens_core::training::runs::{Checkpoint, RunId};
use convlens_core::training::{EpochMetrics, Snapshot};

/// Whose weights are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The newest of the run under way; before the first one, the built-in network.
    Live,
    /// The network that the program brings along.
    BuiltIn,
    /// A run on disk, after so many batches; `None` for its newest moment.
    Kept { run: RunId, step: Option<u64> },
    /// A model from a file, [`State::opened`].
    File,
}

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
    /// Whether the run is the one that the window trains.
    pub is_live: bool,
}

impl Moments {
    /// Those of the run that is looked at, if it is kept.
    pub fn of(state: &State) -> Option<Self> {
        let under_way = state.run.as_ref().and_then(|run| Some((run, run.id()?)));
        let (id, now) = match state.runs.subject {
            Subject::Live => (under_way?.1, None),
            Subject::BuiltIn | Subject::File => return None,
            Subject::Kept { run, step } => (run, step),
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
            now,
            is_live: false,
        })
    }

    /// Test accuracy at the checkpoint number `index`, where that is the end of an epoch.
    pub fn accuracy_at(&self, index: usize) -> Option<f64> {
        let Checkpoint { step, epochs } = self.checkpoints[index];
        let epoch = self.epochs.get(epochs.checked_sub(1)?)?;
        (step == (epochs * self.batches_per_epoch) as u64).then_some(epoch.test_accuracy)
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

/// Looks at a kept run, at its newest moment.
pub fn open(state: &mut State, run: RunId) {
    state.runs.frozen = None;
    if state.run.as_ref().and_then(Run::id) == Some(run) {
        back_to_live(state);
        return;
    }
    // A filter's number means something else in another run.
    state.test_set.ablation = Ablation::default();
    state.runs.subject = Subject::Kept { run, step: None };
    disk::weights(state, run, None);
}

/// Looks at another moment of a run; the ranges of the colours stay those of the weights that were
/// looked at before.
pub fn scrub(state: &mut State, run: RunId, checkpoint: Checkpoint) {
    let step = Some(checkpoint.step);
    if state.runs.subject == (Subject::Kept { run, step }) {
        return;
    }
    state
        .runs
        .frozen
        .get_or_insert_with(|| state.snapshot.clone());
    state.runs.subject = Subject::Kept { run, step };
    if state.preferences.view == View::Maps {
        state.runs.scrubbed = Some(Instant::now());
        state.performance.moment_chosen(checkpoint.step);
    }
    match state.runs.visited.get(run, checkpoint.step) {
        Some(snapshot) => take(state, run, snapshot),
        None => disk::weights(state, run, Some(checkpoint)),
    }
}

/// Looks at something else.
pub fn look_at(state: &mut State, subject: Subject) {
    match subject {
        Subject::Live => back_to_live(state),
        Subject::BuiltIn => {
            state.runs.subject = subject;
            state.runs.frozen = None;
            state.snapshot = state.runs.built_in.clone();
        }
        Subject::File => {
            if let Some(opened) = &state.opened {
                state.snapshot = opened.snapshot.clone();
                state.runs.subject = subject;
                state.runs.frozen = None;
            }
        }
        Subject::Kept { run, step: None } => open(state, run),
        Subject::Kept { run, step } => {
            state.runs.subject = subject;
            let kept = Moments::of(state);
            let moment = kept.and_then(|moments| {
                let mut all = moments.checkpoints.into_iter();
                all.find(|moment| Some(moment.step) == step)
            });
            disk::weights(state, run, moment);
        }
    }
}

/// Looks at the run under way again, as it learns.
pub fn back_to_live(state: &mut State) {
    state.runs.subject = Subject::Live;
    state.runs.frozen = None;
    show_live(state);
}

pub fn show_live(state: &mut State) {
    state.snapshot = state.runs.live.clone();
}

/// The weights of one run at the moments that were read, which are at most those it keeps.
#[derive(Default)]
pub struct Visited {
    run: Option<RunId>,
    by_step: HashMap<u64, Arc<Snapshot>>,
}

impl Visited {
    pub fn get(&self, run: RunId, step: u64) -> Option<Arc<Snapshot>> {
        let is_of_run = self.run == Some(run);
        is_of_run
            .then(|| self.by_step.get(&step).cloned())
            .flatten()
    }

    pub fn has(&self, run: RunId, step: u64) -> bool {
        self.run == Some(run) && self.by_step.contains_key(&step)
    }

    pub fn add(&mut self, run: RunId, snapshot: Arc<Snapshot>) {
        if self.run != Some(run) {
            self.by_step.clear();
            self.run = Some(run);
        }
        self.by_step.insert(snapshot.step, snapshot);
    }
}

/// Takes weights that were read; those of another moment of the run serve until the ones asked for.
pub fn take(state: &mut State, id: RunId, snapshot: Arc<Snapshot>) {
    state.runs.visited.add(id, snapshot.clone());
    if let Subject::Kept { run, step } = state.runs.subject
        && run == id
    {
        // An answer may come after a later wish that needed no reading.
        let wanted = step.and_then(|step| state.runs.visited.get(id, step));
        state.snapshot = wanted.unwrap_or(snapshot);
        ahead::read(state);
    }
}
