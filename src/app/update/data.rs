//! Opening and fetching data sets.

use crate::app::model::data::{DataSource, Loading};
use crate::app::model::state::State;
use crate::app::threads::Threads;
use convlens_core::paths;

/// Opens a data set.
pub fn open(state: &mut State, threads: &Threads, source: DataSource) {
    state.loading = Loading::Opening;
    threads.loader.open(match source {
        // It is remembered, and the next window may be opened elsewhere.
        DataSource::Folder(folder) => DataSource::Folder(paths::absolute(&folder)),
        source => source,
    });
}

/// Fetches Fashion-MNIST.
pub fn download(state: &mut State, threads: &Threads) {
    state.loading = Loading::Downloading(None);
    threads.loader.download();
}
