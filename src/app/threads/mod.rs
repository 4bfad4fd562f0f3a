//! The threads that work for the window: their handles, and what can be asked of them. They know the
//! model, whose parts they answer with, and nothing of what asks.

pub mod dialogs;
pub mod disk;
pub mod loader;
pub mod pace;
pub mod test_set;
pub mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;

use crate::app::model::state::State;
use convlens_core::training::{Trainer, Wake};
use convlens_core::worker::Worker;

use dialogs::Dialogs;
use disk::{DiskJob, RunsFolder};
use loader::Loader;
use pace::{News, Pace};
use test_set::TestSetThreads;
use watch::RunsWatch;

/// Kinds of question: a newer one replaces an older one of its kind that has not been begun.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    Maps,
    /// Maps that may be asked for soon.
    PrefetchedMaps,
    /// How much memory the program has held.
    Memory,
    Inspect,
    Kernels,
    /// What the next batch does to a filter.
    NextStep,
    WithoutFilters,
    /// What the network makes of the drawing.
    Drawing,
    Similarity,
    Explanation,
    /// A picture changed by hand.
    Moved,
    /// The whole network at a glance.
    Overview,
    /// Weights changed by hand.
    Edited,
    /// A picture to be read; each is one of its own.
    Picture(u64),
    /// The kernels for the demonstration by hand.
    HandKernels,
    /// A teacher's own lesson.
    Lesson,
}

/// Kinds of job of the thread that reads what is opened and writes what is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileJob {
    /// Whether a folder that is opened holds a lesson.
    Folder,
    /// A model that is opened.
    Model,
    /// What is copied to the clipboard.
    Copy,
    /// A duty: runs and lessons that are kept with the user's own.
    TakeIn,
    /// A duty: what is written to a file.
    Save,
}

/// An answer is what it changes in the state, and what it asks next: mostly a
/// [`Slot`](crate::app::model::slot::Slot) of it.
pub type Answer = Box<dyn FnOnce(&mut State, &mut Threads) + Send>;

/// The handles. Dropping them ends the threads and waits for them.
pub struct Threads {
    /// Trains [`State::run`].
    pub trainer: Option<Trainer>,
    /// Answers what a view asks about a few pictures.
    pub explorer: Worker<Question, Answer>,
    /// Answers what is asked about the whole test set.
    pub test_set: TestSetThreads,
    /// Finds, reads and fetches data sets.
    pub loader: Loader,
    /// Reads and changes the runs on disk.
    pub disk: Worker<DiskJob, Answer>,
    /// Makes and writes what is saved, reads what is opened.
    pub saver: Worker<FileJob, Answer>,
    /// Writes films: duties.
    pub films: Worker<(), Answer>,
    /// Native dialogs.
    pub dialogs: Dialogs,
    /// Where the runs are kept.
    pub runs: RunsFolder,
    /// Looks there for what others do.
    pub watch: RunsWatch,
    /// How soon threads have the window drawn.
    pub pace: Pace,
    /// Has it drawn.
    pub wake: Wake,
}

impl Threads {
    /// Starts the threads, which wait. `runs`: the folder of runs instead of the usual one.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(ctx: &egui::Context, runs: Option<PathBuf>) -> anyhow::Result<Self> {
        let pace = Pace::new();
        let wake: Wake = Arc::new(pace.waker(ctx, News::Progress));
        let answers = || pace.waker(ctx, News::Answer);
        let runs = RunsFolder::new(runs);
        Ok(Self {
            trainer: None,
            explorer: Worker::start("convlens-explorer", answers())?,
            test_set: TestSetThreads::start(wake.clone())?,
            loader: Loader::start(wake.clone())?,
            disk: Worker::start("convlens-runs", answers())?,
            saver: Worker::start("convlens-saver", answers())?,
            films: Worker::start("convlens-film", answers())?,
            dialogs: Dialogs::new(wake.clone()),
            watch: RunsWatch::start(runs.store().clone(), answers())?,
            runs,
            wake,
            pace,
        })
    }

    /// Waits until every change is made and every file written, and asks nothing more.
    pub fn finish_duties(&self) {
        self.disk.finish();
        self.films.finish();
        self.saver.finish();
    }

    /// Whether none of those that save, and none of those that read and write runs, has anything to do.
    pub fn are_idle(&self) -> bool {
        self.saver.is_idle() && self.disk.is_idle() && self.films.is_idle()
    }
}
