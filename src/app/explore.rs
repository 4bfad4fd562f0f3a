//! What the window asks of the explorer's thread.

use std::path::PathBuf;
use std::sync::Arc;

use super::state::MapsAsked;
use crate::dataset::Dataset;
use crate::figures::{self, MapSet, MapsSettings};
use crate::render::RenderError;
use crate::text::Language;
use crate::training::Snapshot;

/// Kinds of question: a newer one replaces an older one of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    Maps,
    Figure(PathBuf),
}

/// An answer.
pub enum Answer {
    Maps(Result<MapsAnswer, candle_core::Error>),
    Figure(Result<PathBuf, RenderError>),
}

/// The feature maps of the chosen pictures, with what was asked.
pub struct MapsAnswer {
    pub asked: MapsAsked,
    /// The weights they belong to.
    pub snapshot: Arc<Snapshot>,
    pub set: MapSet,
}

/// Computes the maps.
pub fn maps(snapshot: Arc<Snapshot>, dataset: &Dataset, asked: MapsAsked) -> Answer {
    let set = figures::map_set(&snapshot.model, &dataset.test, &asked.images);
    Answer::Maps(set.map(|set| MapsAnswer {
        asked,
        snapshot,
        set,
    }))
}

/// Draws and writes the figure.
pub fn save_figure(
    path: PathBuf,
    maps: &MapsAnswer,
    dataset: &Dataset,
    settings: &MapsSettings,
    language: Language,
) -> Answer {
    let saved = figures::save(&maps.set, dataset, settings, language.text(), &path);
    Answer::Figure(saved.map(|()| path))
}
