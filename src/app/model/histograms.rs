//! What the Histograms view shows, and what is known of the layers at the moments of runs.

use crate::app::model::whose::{Owner, Whose};
use convlens_core::dataset::DatasetId;
use convlens_core::explore::statistics::{Distribution, LayerStatistics, ProbeSet, Statistics};
use convlens_core::training::runs::{Checkpoint, RunId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Runs whose moments are remembered: one takes about a megabyte.
const MOST: usize = 8;

/// Which numbers of a layer are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    #[default]
    Weights,
    Activations,
    Gradients,
}

impl Quantity {
    pub const ALL: [Self; 3] = [Self::Weights, Self::Activations, Self::Gradients];

    /// Those of a layer, where there are such.
    pub fn of(self, layer: &LayerStatistics) -> Option<&Distribution> {
        match self {
            Self::Weights => Some(&layer.weights),
            Self::Activations => Some(&layer.activations),
            Self::Gradients => layer.gradients.as_ref(),
        }
    }
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistogramsSettings {
    pub quantity: Quantity,
    /// A layer by name; the first where there is none of that name.
    pub layer: Option<String>,
}

/// What is known of the layers at a moment.
pub struct Moment {
    pub whose: Whose,
    /// What the activations and gradients are of.
    pub probe: ProbeSet,
    pub statistics: Statistics,
    pub updates: Option<Updates>,
}

/// How far the weights of each layer have come a batch since an earlier moment.
pub struct Updates {
    /// The batches behind that.
    pub since: u64,
    /// A share of their length, of each layer with weights.
    pub ratios: Vec<Option<f64>>,
}

/// The moments of an owner of weights, looked at by a data set.
struct History {
    owner: Owner,
    dataset: DatasetId,
    /// By their batches.
    known: BTreeMap<u64, Arc<Moment>>,
    /// Those whose weights could not be read.
    unreadable: BTreeSet<u64>,
}

/// What is shown, and what is known.
#[derive(Default)]
pub struct Histograms {
    pub settings: HistogramsSettings,
    /// The one that was added to last stands last.
    histories: Vec<History>,
}

impl Histograms {
    /// The moments that are known, by their batches.
    pub fn known(&self, subject: &Subject) -> Option<&BTreeMap<u64, Arc<Moment>>> {
        Some(&self.history(subject)?.known)
    }

    fn history(&self, subject: &Subject) -> Option<&History> {
        let mut histories = self.histories.iter();
        histories.find(|history| (&history.owner, history.dataset) == subject.key())
    }

    fn history_mut(&mut self, owner: &Owner, dataset: DatasetId) -> &mut History {
        let mut histories = self.histories.iter();
        let found = histories.position(|known| (&known.owner, known.dataset) == (owner, dataset));
        let history = found.map_or_else(
            || History {
                owner: owner.clone(),
                dataset,
                known: BTreeMap::new(),
                unreadable: BTreeSet::new(),
            },
            |place| self.histories.remove(place),
        );
        if self.histories.len() == MOST {
            self.histories.remove(0);
        }
        self.histories.push(history);
        let last = self.histories.len() - 1;
        &mut self.histories[last]
    }

    /// Keeps what was found out about a moment.
    pub fn take(&mut self, dataset: DatasetId, moment: Moment) {
        let history = self.history_mut(&moment.whose.owner, dataset);
        history.known.insert(moment.whose.step, Arc::new(moment));
    }

    /// The weights of a moment could not be read: it is not asked for again.
    pub fn give_up(&mut self, owner: &Owner, dataset: DatasetId, step: u64) {
        self.history_mut(owner, dataset).unreadable.insert(step);
    }

    /// Nothing is known of other pictures.
    pub fn forget(&mut self) {
        self.histories.clear();
    }

    /// The moments not looked at yet, as places among those of the subject.
    pub fn missing(&self, subject: &Subject) -> Vec<usize> {
        let history = self.history(subject);
        let is_missing = |moment: &Checkpoint| {
            history.is_none_or(|history| {
                let (known, unreadable) = (&history.known, &history.unreadable);
                !known.contains_key(&moment.step) && !unreadable.contains(&moment.step)
            })
        };
        let moments = subject.moments.iter().enumerate();
        let missing = moments.filter(|(_, moment)| is_missing(moment));
        missing.map(|(place, _)| place).collect()
    }

    /// The moment that is looked at; until that is known, the last one before it, or else the first behind.
    pub fn shown(&self, subject: &Subject) -> Option<&Arc<Moment>> {
        let known = self.known(subject)?;
        let step = subject.moments.get(subject.now).map(|moment| moment.step);
        let before = step.and_then(|step| known.range(..=step).next_back());
        before
            .or_else(|| known.first_key_value())
            .map(|(_, moment)| moment)
    }
}

/// Whose moments are looked at.
pub struct Subject {
    pub owner: Owner,
    pub dataset: DatasetId,
    /// Those whose weights are kept; of what is not kept, the one there is.
    pub moments: Vec<Checkpoint>,
    /// Place of the one that is looked at.
    pub now: usize,
    /// The run on disk that has their weights.
    pub run: Option<RunId>,
    /// Training images of the run.
    pub images: Option<usize>,
}

impl Subject {
    fn key(&self) -> (&Owner, DatasetId) {
        (&self.owner, self.dataset)
    }
}
