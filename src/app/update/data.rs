//! Opening and fetching data sets.

use crate::app::model::data::{DataSource, Loading};
use crate::app::model::state::State;
use crate::app::threads::Threads;
use convlens_core::dataset::download::Fetched;
use convlens_core::paths;

/// Opens a data set.
pub fn open(state: &mut State, threads: &Threads, source: DataSource) {
    state.loading = Loading::Opening;
    let (source, size) = source.parts();
    let source = match source {
        // It is remembered, and the next window may be opened elsewhere.
        DataSource::Folder(folder) => DataSource::Folder(paths::absolute(&folder)),
        source => source,
    };
    threads.loader.open(source.sized(size));
}

/// Fetches a data set.
pub fn download(state: &mut State, threads: &Threads, what: Fetched) {
    state.loading = Loading::Downloading(what, None);
    threads.loader.download(what);
}
