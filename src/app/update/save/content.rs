//! What was made to be saved.

use crate::app::model::maps::MapsAnswer;
use crate::app::model::save::Clip;
use crate::text::Text;
use convlens_core::render::{Pixels, write_png};
use convlens_core::training::runs::lesson_files::LessonFiles;
use convlens_core::training::runs::{RunError, RunId, Store};
use convlens_core::{figures, files};
use eframe::egui::ColorImage;
use std::io::Write as _;
use std::io::{self};
use std::path::Path;
use std::sync::Arc;

/// Made, but not yet anywhere.
pub enum Content {
    Text(String),
    Bytes(Vec<u8>),
    /// A picture that prints at so many pixels an inch.
    Picture(Pixels, u32),
    /// The maps on screen as arrays.
    Arrays(Arc<MapsAnswer>),
    /// A whole run, with what is shown of it.
    Run(Store, RunId, serde_json::Value),
    /// A lesson, with a run if there is one, and with what is shown.
    Lesson(LessonFiles, Store, Option<RunId>, serde_json::Value),
}

impl Content {
    /// Writes it to a file, whole or not at all; why not, in words.
    pub fn write(&self, path: &Path, text: &Text) -> Result<(), String> {
        let bytes = |bytes: &[u8]| files::replace(path, |file| file.write_all(bytes));
        let written: io::Result<()> = match self {
            Self::Text(content) => bytes(content.as_bytes()),
            Self::Bytes(content) => bytes(content),
            Self::Picture(pixels, dpi) => {
                files::replace(path, |file| write_png(pixels, *dpi, file))
            }
            Self::Arrays(maps) => figures::save_arrays(&maps.set, path),
            Self::Run(store, run, shown) => {
                return packed(store.pack(*run, shown, path), path, text);
            }
            Self::Lesson(lesson, store, run, shown) => {
                return packed(store.pack_lesson(lesson, *run, shown, path), path, text);
            }
        };
        written.map_err(|error| text.not_saved(path, &error))
    }

    /// What of it the clipboard can hold.
    pub fn clip(self) -> Option<Clip> {
        match self {
            Self::Text(text) => Some(Clip::Text(text)),
            Self::Picture(pixels, _) => {
                let size = [pixels.width, pixels.height];
                Some(Clip::Picture(ColorImage::from_rgb(size, pixels.as_bytes())))
            }
            Self::Bytes(_) | Self::Arrays(_) | Self::Run(..) | Self::Lesson(..) => None,
        }
    }
}

/// What the user is told where a `.convlens` file was not written.
fn packed(result: Result<(), RunError>, path: &Path, text: &Text) -> Result<(), String> {
    result.map_err(|error| match error {
        RunError::Io {
            path: faulty,
            source,
        } if faulty == path => text.not_saved(path, &source),
        error => text.run_error(&error),
    })
}
