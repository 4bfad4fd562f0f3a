//! The maps at every moment of a run as a film.

use crate::app::model::moments::Moments;
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::threads::Answer;
use crate::app::threads::Threads;
use convlens_core::figures::{self, MapSet, animation};
use convlens_core::files;
use convlens_core::render::RenderError;
use convlens_core::training::runs::{Checkpoint, RunError};
use std::path::PathBuf;
use std::sync::Arc;

/// Why a film was not written.
#[derive(Debug, thiserror::Error)]
enum FilmError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Draw(#[from] RenderError),
    #[error(transparent)]
    Compute(#[from] candle_core::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Writes the film of the run looked at, on a thread of its own. All moments have the colours'
/// ranges of the last.
pub fn save(state: &mut State, threads: &mut Threads, path: PathBuf) {
    let (Some(moments), Some(gallery)) = (Moments::of(state), state.gallery()) else {
        return;
    };
    let runs = threads.runs.clone();
    let settings = state.preferences.maps.clone();
    let text = state.text();
    let words = text.of_network(state.outputs_of(&state.whose), state.name_of(&state.whose));
    let file = path.clone();
    let write = move || -> Result<(), FilmError> {
        let maps_at = |checkpoint: Checkpoint| -> Result<MapSet, FilmError> {
            let snapshot = runs.at(moments.run, checkpoint)?;
            let maps = figures::map_set(&snapshot.model, &gallery, &settings.images)?;
            Ok(maps)
        };
        let last = moments.checkpoints.last().copied();
        let frozen = last.map(&maps_at).transpose()?.map(Arc::new);
        let films = (0..moments.checkpoints.len()).map(|index| -> Result<_, FilmError> {
            let checkpoint = moments.checkpoints[index];
            let caption = text.moment(
                checkpoint.step,
                checkpoint.epochs,
                moments.accuracy_at(index),
                moments.began_from.as_deref(),
            );
            let maps = maps_at(checkpoint)?;
            let frozen = frozen.clone();
            Ok((caption, MapSet { frozen, ..maps }))
        });
        let mut bytes = Vec::new();
        animation::write(&mut bytes, films, &gallery.dataset, &settings, &words)?;
        files::replace(&file, |file| std::io::Write::write_all(file, &bytes))?;
        Ok(())
    };
    let job = move || -> Answer {
        let written = write();
        Box::new(move |state: &mut State, _threads: &mut Threads| {
            let text = state.text();
            if written.is_ok() {
                state.preferences.figure_folder = super::folder_of(&path);
            }
            state.notices.push(match &written {
                Ok(()) => Notice::done(text.film_saved(&path)),
                Err(FilmError::Run(error)) => Notice::error(text.run_error(error)),
                Err(FilmError::Draw(error)) => Notice::error(text.render_error(error)),
                Err(FilmError::Io(error)) => Notice::error(text.not_saved(&path, error)),
                Err(FilmError::Compute(error)) => {
                    let error = std::io::Error::other(error.to_string());
                    Notice::error(text.not_saved(&path, &error))
                }
            });
        })
    };
    threads.films.charge((), Box::new(job));
    let message = state.text().timeline.film_under_way.to_owned();
    state.notices.push(Notice::done(message));
}
