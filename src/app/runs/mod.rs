//! The runs on disk as the window knows them, which of them are compared, and whose weights are
//! looked at. The disk is read and written on a thread of its own.

mod ahead;
mod animation;
mod disk;
mod draft;
mod queue;
mod reader;
mod subject;
mod wish;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::explore::{Answer, hear};
use super::run::{Run, RunStatus, smoothed};
use super::state::State;
use convlens_core::explore::Explorer;
use convlens_core::training::runs::{
    CheckpointCache, Column, Comparison, RunId, RunRecord, RunSummary, Store, compare,
};
use convlens_core::training::{CostModel, Snapshot, Wake};
use disk::DiskJob;

pub use ahead::near;
pub use animation::save as save_film;
pub use disk::list;
pub use draft::{changed, config as draft_config};
pub use queue::Queue;
pub use reader::RunReader;
use subject::Visited;
pub use subject::{Moments, Subject, look_at};
pub use wish::{RunWish, apply, start};

/// What a run on disk looks like once its last words are written, which a run that has just ended
/// may still be doing.
const WRITTEN_WITHIN: Duration = Duration::from_millis(600);

/// The runs.
pub struct Runs {
    store: Store,
    cache: Arc<CheckpointCache>,
    disk: Explorer<DiskJob, Answer>,
    /// Changes asked for so far.
    changes: u64,
    /// Every run on disk, by number.
    pub list: Vec<RunSummary>,
    /// The weights of one run that were read: the timeline goes to and fro over them.
    visited: Visited,
    /// Curves and moments of the runs on screen.
    records: HashMap<RunId, Arc<Kept>>,
    /// How far each run was when its record was asked for last.
    asked: HashMap<RunId, u64>,
    /// Whose weights are looked at.
    pub subject: Subject,
    /// The newest weights of the run under way, or the built-in ones.
    pub live: Arc<Snapshot>,
    /// The built-in weights.
    pub built_in: Arc<Snapshot>,
    /// The weights that the colours' ranges belong to while another moment is looked at.
    pub frozen: Option<Arc<Snapshot>>,
    /// When another moment was chosen whose maps are not asked for yet.
    pub scrubbed: Option<Instant>,
    /// The runs whose curves are drawn, and that are compared.
    pub chosen: BTreeSet<RunId>,
    /// The run that was deleted last, and its name.
    pub deleted: Option<(RunId, String)>,
    /// The column that the table is sorted by, and whether the largest comes first.
    pub sort: Option<(Column, bool)>,
    /// Films being written.
    films: Explorer<PathBuf, Answer>,
    /// Runs to be trained one after another.
    pub queue: Queue,
    /// How fast this computer trains, by what was measured here.
    pub costs: CostModel,
    /// Runs that it was measured by.
    pub measured: usize,
    /// When a try of the changed network is due.
    draft_due: Option<Instant>,
    /// When to look at the disk again.
    look_again: Option<Instant>,
    /// How the run under way stood when the disk was looked at last.
    seen: Option<(RunId, RunStatus, usize)>,
}

impl Runs {
    pub fn new(folder: Option<PathBuf>, live: Arc<Snapshot>, wake: Wake) -> std::io::Result<Self> {
        let store = Store::new(folder.unwrap_or_else(Store::default_folder));
        let film_wake = wake.clone();
        Ok(Self {
            store,
            cache: Arc::default(),
            disk: Explorer::start("convlens-runs", move || wake())?,
            changes: 0,
            list: Vec::new(),
            visited: Visited::default(),
            records: HashMap::new(),
            asked: HashMap::new(),
            subject: Subject::Live,
            built_in: live.clone(),
            live,
            frozen: None,
            scrubbed: None,
            chosen: BTreeSet::new(),
            deleted: None,
            sort: None,
            films: Explorer::start("convlens-film", move || film_wake())?,
            queue: Queue::default(),
            costs: CostModel::default(),
            measured: 0,
            draft_due: None,
            look_again: Some(Instant::now()),
            seen: None,
        })
    }

    /// The folder of runs.
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// The run of that number.
    pub fn summary(&self, id: RunId) -> Option<&RunSummary> {
        self.list.iter().find(|run| run.id == id)
    }

    /// Its curve and moments, once they are read.
    pub fn kept(&self, id: RunId) -> Option<&Arc<Kept>> {
        self.records.get(&id)
    }

    /// The run that others are compared with.
    pub fn baseline(&self) -> Option<&RunSummary> {
        self.list.iter().find(|run| run.is_baseline)
    }

    /// The runs that are compared: those chosen, or all where none is.
    pub fn compared(&self) -> Vec<RunSummary> {
        let is_compared =
            |run: &&RunSummary| self.chosen.is_empty() || self.chosen.contains(&run.id);
        self.list.iter().filter(is_compared).cloned().collect()
    }

    /// Those in a table of what differs between them.
    pub fn comparison(&self) -> Comparison {
        let mut table = compare(&self.compared(), self.baseline());
        if let Some((column, descending)) = self.sort {
            table.sort_by(column, descending);
        }
        table
    }

    /// Whether nothing is being read, written or waiting to be trained.
    pub fn is_settled(&self) -> bool {
        self.disk.is_idle()
            && self.films.is_idle()
            && self.look_again.is_none()
            && self.queue.is_empty()
            && self.draft_due.is_none()
    }
}

/// A run that was read from disk, with its curves as they are drawn.
pub struct Kept {
    pub record: RunRecord,
    /// `[step, loss]`.
    pub loss: Vec<[f64; 2]>,
    /// The same, smoothed.
    pub smoothed_loss: Vec<[f64; 2]>,
}

impl From<RunRecord> for Kept {
    fn from(record: RunRecord) -> Self {
        let points = record.curve.iter();
        Self {
            loss: points
                .map(|point| [point.step as f64, f64::from(point.loss)])
                .collect(),
            smoothed_loss: smoothed(&record.curve),
            record,
        }
    }
}

/// Takes in what the disk's thread has answered, and the newest weights.
pub fn receive(state: &mut State) {
    hear(state, |state| &state.runs.disk);
    hear(state, |state| &state.runs.films);
    take_weights(state);
    watch(state);
    queue::go_on(state);
    draft::go_on(state);
}

/// The newest weights of the run under way; shown unless others are looked at.
fn take_weights(state: &mut State) {
    let newest = state.run.as_ref().and_then(|run| run.trainer().snapshot());
    if let Some(newest) = newest
        && newest.version > state.runs.live.version
    {
        state.runs.live = newest;
        if state.runs.subject == Subject::Live {
            subject::show_live(state);
        }
    }
}

/// Looks at the disk again when the run under way has come further.
fn watch(state: &mut State) {
    if let Some(run) = &state.run {
        let fault = run.recording.as_ref().and_then(|kept| kept.take_fault());
        let stands = run.id().map(|id| (id, run.status, run.epochs.len()));
        if let Some(error) = fault {
            let message = state.text().run_not_kept(&error);
            state.notices.push(super::notices::Notice::error(message));
        }
        if stands != state.runs.seen {
            state.runs.seen = stands;
            disk::list(state);
            let has_ended = state.run.as_ref().is_some_and(|run| !run.is_under_way());
            state.runs.look_again = has_ended.then(|| Instant::now() + WRITTEN_WITHIN);
        }
    }
    if let Some(at) = state.runs.look_again {
        if at <= Instant::now() {
            state.runs.look_again = None;
            disk::list(state);
        } else {
            (state.wake)();
        }
    }
    disk::read_shown(state);
}

impl Run {
    /// Whether batches are being trained, or about to be.
    pub fn is_under_way(&self) -> bool {
        matches!(self.status, RunStatus::Starting | RunStatus::Running)
    }
}
