//! The runs on disk as the window knows them.

use crate::app::model::queue::Queue;
use crate::app::model::run::{Run, RunStatus, place};
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Weights;
use crate::text::Text;
use convlens_core::training::runs::{
    self as kept, Column, Comparison, RunId, RunRecord, RunSummary, compare,
};
use convlens_core::training::{CostModel, Snapshot};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The runs.
pub struct Runs {
    /// Every run on disk, by number.
    pub list: Vec<RunSummary>,
    /// What each of them is called on screen: by what differs, unless a person named it.
    names: HashMap<RunId, String>,
    /// The weights of one run that were read: the timeline goes to and fro over them.
    pub visited: Visited,
    /// Curves and moments of the runs on screen.
    pub records: HashMap<RunId, Arc<LoadedRun>>,
    /// How far each run was when its record was asked for last.
    pub asked: HashMap<RunId, u64>,
    /// Whose weights are looked at.
    pub weights_of: WeightsOf,
    /// The newest weights of the run under way, or the built-in ones.
    pub live: Weights,
    /// The built-in weights.
    pub built_in: Weights,
    /// The weights that the colours' ranges belong to while another moment is looked at.
    pub frozen: Option<Arc<Snapshot>>,
    /// When another moment was chosen whose maps are not asked for yet.
    pub scrubbed: Option<Instant>,
    /// The runs whose curves are drawn, and that are compared.
    pub chosen: BTreeSet<RunId>,
    /// The column that the table is sorted by, and whether the largest comes first.
    pub sort: Option<(Column, bool)>,
    /// Runs to be trained one after another.
    pub queue: Queue,
    /// How fast this computer trains, by what was measured here.
    pub costs: CostModel,
    /// Runs that it was measured by.
    pub measured: usize,
    /// Pictures that every draft of this window trains on, so that they can be compared.
    pub draft_images: Option<usize>,
    /// When a try of the changed network is due.
    pub draft_due: Option<Instant>,
    /// When to look at the disk again.
    pub look_again: Option<Instant>,
    /// When to look how far a run of another program has come, which writes once a second, and whether it still trains.
    pub follow_at: Option<Instant>,
    /// Runs that could not be read when the disk was looked at last, and why: it is told once.
    pub unreadable: Vec<String>,
    /// How the run under way stood when the disk was looked at last.
    pub seen: Option<(RunId, RunStatus, usize)>,
}

impl Runs {
    /// How often that is.
    const FOLLOW: Duration = Duration::from_secs(1);

    /// None is known yet; `live` are the built-in weights.
    pub fn new(live: Weights) -> Self {
        Self {
            list: Vec::new(),
            names: HashMap::new(),
            visited: Visited::default(),
            records: HashMap::new(),
            asked: HashMap::new(),
            weights_of: WeightsOf::Live,
            built_in: live.clone(),
            live,
            frozen: None,
            scrubbed: None,
            chosen: BTreeSet::new(),
            sort: None,
            queue: Queue::default(),
            costs: CostModel::default(),
            measured: 0,
            draft_images: None,
            draft_due: None,
            look_again: Some(Instant::now()),
            follow_at: None,
            unreadable: Vec::new(),
            seen: None,
        }
    }

    /// The run of that number.
    pub fn summary(&self, id: RunId) -> Option<&RunSummary> {
        self.list.iter().find(|run| run.id == id)
    }

    /// What it is called on screen.
    pub fn name<'a>(&'a self, run: &'a RunSummary) -> &'a str {
        self.names.get(&run.id).map_or(&run.name, String::as_str)
    }

    /// Names them all in a language, after the list or the language has changed.
    pub fn name_all(&mut self, text: &Text) {
        self.names = text.run_names(&self.list);
    }

    /// Its curve and moments, once they are read.
    pub fn kept(&self, id: RunId) -> Option<&Arc<LoadedRun>> {
        self.records.get(&id)
    }

    /// The run that others are compared with.
    pub fn baseline(&self) -> Option<&RunSummary> {
        self.list.iter().find(|run| run.is_baseline)
    }

    /// The runs that are compared: those chosen, or all where none is. `own` is the window's.
    pub fn compared(&self, own: Option<&Run>) -> Vec<RunSummary> {
        let is_compared =
            |run: &&RunSummary| self.chosen.is_empty() || self.chosen.contains(&run.id);
        let compared = self.list.iter().filter(is_compared);
        compared
            .map(|run| as_it_stands(run, own).into_owned())
            .collect()
    }

    /// Those in a table of what differs between them.
    pub fn comparison(&self, own: Option<&Run>) -> Comparison {
        let baseline = self.baseline().map(|run| as_it_stands(run, own));
        let mut table = compare(&self.compared(own), baseline.as_deref());
        if let Some((column, descending)) = self.sort {
            table.sort_by(column, descending);
        }
        table
    }

    /// Sets when the disk is looked at next for what others train. `own` is the window's run.
    pub fn follow(&mut self, own: Option<RunId>) {
        let is_live = |run: &RunSummary| run.status == kept::RunStatus::Training;
        let others = self
            .list
            .iter()
            .any(|run| is_live(run) && Some(run.id) != own);
        self.follow_at = others.then(|| Instant::now() + Self::FOLLOW);
    }

    /// Whether nothing is being read, written or waiting to be trained.
    pub fn is_settled(&self) -> bool {
        self.look_again.is_none() && self.queue.is_empty() && self.draft_due.is_none()
    }
}

/// A run as it stands now. Of its own run the window knows more than the disk has yet; wherever a run is shown, its
/// figures are the same.
pub fn as_it_stands<'a>(run: &'a RunSummary, own: Option<&Run>) -> Cow<'a, RunSummary> {
    let Some(own) = own.filter(|own| own.id() == Some(run.id)) else {
        return Cow::Borrowed(run);
    };
    let status = if own.is_live() {
        kept::RunStatus::Training
    } else {
        run.status
    };
    let seconds = match status {
        kept::RunStatus::Training => own.seconds(),
        _ => run.seconds,
    };
    Cow::Owned(RunSummary {
        status,
        seconds,
        epochs: own.epochs.clone(),
        ..run.clone()
    })
}

/// A run that was read from disk, with its curves as they are drawn.
pub struct LoadedRun {
    pub record: RunRecord,
    /// `[step, loss]`.
    pub loss: Vec<[f64; 2]>,
}

impl From<RunRecord> for LoadedRun {
    fn from(record: RunRecord) -> Self {
        Self {
            loss: record.curve.iter().map(place).collect(),
            record,
        }
    }
}

/// The weights of one run at the moments that were read, which are at most those it keeps.
#[derive(Default)]
pub struct Visited {
    pub run: Option<RunId>,
    pub by_step: HashMap<u64, Arc<Snapshot>>,
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
