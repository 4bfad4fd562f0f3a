//! Opening and fetching data sets.

use crate::app::model::data::{DataSource, Loading};
use crate::app::model::state::State;
use crate::app::threads::Threads;

/// Opens a data set.
pub fn open(state: &mut State, threads: &Threads, action: DataSource) {
    state.loading = Loading::Opening;
    threads.loader.open(action);
}

/// Fetches Fashion-MNIST.
pub fn download(state: &mut State, threads: &Threads) {
    state.loading = Loading::Downloading(None);
    threads.loader.download();
}
