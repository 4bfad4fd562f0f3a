//! A window's state and threads without the window, for tests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use convlens_core::dataset::Dataset;
use convlens_core::training::runs::DataIdentity;

use eframe::egui;

use super::model::data::DataSource;
use super::model::preferences::Preferences;
use super::model::state::State;
use super::threads::Threads;
use super::update;
use crate::text::Language;

/// Longest wait for the threads.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a window has.
pub struct Room {
    pub state: State,
    pub threads: Threads,
    /// Its folders, deleted with it.
    pub folder: tempfile::TempDir,
}

impl Room {
    /// A room with synthetic garments.
    pub fn new(language: Language) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let preferences = Preferences {
            data: DataSource::Synthetic,
            language,
            ..Preferences::default()
        };
        let runs = folder.path().join("runs");
        let threads = Threads::start(&egui::Context::default(), Some(runs)).unwrap();
        threads.loader.open(preferences.data.clone());
        let mut room = Self {
            state: State::new(preferences).unwrap(),
            threads,
            folder,
        };
        room.until(|state, _| state.dataset.is_some());
        room
    }

    /// Opens a data set.
    pub fn take_dataset(&mut self, dataset: Arc<Dataset>) {
        let data = DataIdentity::of(&dataset);
        self.state.take_dataset(dataset, data.into());
    }

    /// Takes in what the threads send until it is done.
    pub fn until(&mut self, done: impl Fn(&State, &Threads) -> bool) {
        let started = Instant::now();
        while !done(&self.state, &self.threads) {
            assert!(started.elapsed() < PATIENCE, "still waiting");
            std::thread::sleep(Duration::from_millis(2));
            update::receive::receive(&mut self.state, &mut self.threads);
        }
    }
}
