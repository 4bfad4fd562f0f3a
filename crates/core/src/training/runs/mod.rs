//! Runs kept on disk: recorded while they train, listed, compared, continued, explored again.
//!
//! ```text
//! runs/                      Store::default_folder(), or $CONVLENS_RUNS
//! ├── 0001/                  a run; its number is its name on the command line
//! │   ├── run.json           settings, environment, status, every epoch
//! │   ├── notes.json         name and colour
//! │   ├── curve.csv          loss and accuracy of the batches
//! │   ├── state.safetensors  all that is needed to go on (weights, Adam's moments, position)
//! │   ├── run.lock           locked by whoever trains the run
//! │   └── checkpoints/0000001875.safetensors …
//! ├── baseline               the number of the run that others are compared with
//! ├── turn.lock              locked by whoever names a new run
//! ├── trash/                 deleted runs, kept for 30 days
//! └── damaged/               runs that could not be read, set aside
//! ```
//!
//! **Recording.** [`Store::recorder`] gives a [`RunRecorder`], an [`Observer`](super::Observer):
//! give it to [`Trainer::launch`](super::Trainer::launch) or
//! [`train_to_end`](super::train_to_end). It copies what is to be kept and hands it to a thread of
//! its own, which writes. What fails there ends the recording, not the training, and is found in
//! [`Recording::take_fault`].
//!
//! **A kill at any moment** loses at most what was learnt since the state was last written (10 s,
//! or 60 s within an epoch). A run's folder appears whole; files are replaced whole; the curve is
//! appended to, and a half-written last record is passed over. A finished run is marked so only
//! after all else is on disk.
//!
//! **Bounds.** On disk a run takes at most 64 MB of checkpoints (or six of them, where the network
//! is larger than 10 MB), three times its weights for the state, some 4 MB of curve and about half a
//! megabyte of `run.json`. In memory a recording holds copies of at most
//! 64 MB of weights, or two; a disk that cannot keep up makes training wait.
//!
//! **Nothing read is trusted**: sizes, counts and values are checked. A run whose `run.json` or
//! `curve.csv` is damaged is moved to `damaged` and reported, never deleted. A damaged checkpoint
//! is an error when it is opened.
//!
//! All functions of [`Store`] block on the disk: call them from a thread that may wait.

mod by_others;
mod checkpoints;
mod compare;
mod curve;
mod environment;
mod error;
pub mod lesson_files;
mod manifest;
mod names;
pub mod package;
mod record;
mod recorder;
mod run_files;
mod schedule;
mod state_file;
mod store;
mod tables;
mod trash;
mod writer;

pub use checkpoints::{Checkpoint, CheckpointCache};
pub use compare::{Column, Comparison, Row, Value, compare};
pub use curve::MAX_POINTS;
pub use environment::{DataIdentity, Environment, TrainedBy};
pub use error::{PackageFault, RunError};
pub use manifest::RunStatus;
pub use names::{Distinction, distinctions};
pub use record::{Listing, RunId, RunRecord, RunSummary, SetAside};
pub use recorder::{Continuation, RunRecorder};
pub use schedule::{FEWEST, MAX_CHECKPOINT_BYTES, MOST, Schedule};
pub use store::{NewRun, Store};
pub use writer::Recording;
