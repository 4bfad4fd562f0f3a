//! The user's own picture: drawn in the Draw view, opened, dropped or pasted, and a row in every
//! other view.

use crate::app::model::action::DrawAction;
use crate::app::model::preferences::Preferences;
use convlens_core::dataset::picture::OpenedPicture;
use convlens_core::dataset::{Drawing, Picture, PictureSize};
use std::sync::Arc;

/// The drawing and what the network gets of it.
pub struct Canvas {
    drawing: Drawing,
    version: u64,
    /// Pictures asked for so far.
    pub pictures: u64,
    /// Pictures being read.
    pub reading: usize,
}

impl Canvas {
    /// With what was drawn last time.
    pub fn new(preferences: &Preferences) -> Self {
        let size = preferences.drawing_size;
        let remembered = Picture::new(size, preferences.drawing.clone());
        Self {
            drawing: remembered.map_or_else(Drawing::default, Drawing::new),
            version: 1,
            pictures: 0,
            reading: 0,
        }
    }

    pub fn drawing(&self) -> &Drawing {
        &self.drawing
    }

    /// What the network gets.
    pub fn picture(&self) -> Picture {
        self.drawing.steps().picture.clone()
    }

    /// Makes it of the size of a data set's pictures.
    pub fn set_size(&mut self, size: PictureSize) {
        if self.drawing.size() != size {
            self.drawing.set_size(size);
            self.changed();
        }
    }

    /// Grows with each change; never 0.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn is_settled(&self) -> bool {
        self.reading == 0
    }

    /// What to remember of it: its size and its bytes, none of a blank one.
    pub fn remembered(&self) -> (PictureSize, Vec<u8>) {
        let picture = &self.drawing.steps().picture;
        let bytes = if self.drawing.is_blank() {
            Vec::new()
        } else {
            picture.bytes().to_vec()
        };
        (picture.size(), bytes)
    }

    /// Carries out a change.
    pub fn apply(&mut self, action: DrawAction) {
        match action {
            DrawAction::Begin(at, brush) => {
                self.drawing.begin_stroke();
                self.drawing.stroke(at, at, brush);
            }
            DrawAction::Stroke(from, to, brush) => self.drawing.stroke(from, to, brush),
            DrawAction::Clear => self.drawing.clear(),
            DrawAction::Undo => self.drawing.undo(),
            DrawAction::Redo => self.drawing.redo(),
            DrawAction::Reduce(how) => self.drawing.set_reduction(how),
        }
        self.changed();
    }

    /// Puts a picture on it that was saved before.
    pub fn put(&mut self, picture: &Picture) {
        let size = self.drawing.size();
        self.drawing = Drawing::new(picture.to_size(size));
        self.changed();
    }

    pub fn open(&mut self, picture: OpenedPicture) {
        self.drawing.open(Arc::new(picture));
        self.changed();
    }

    fn changed(&mut self) {
        self.version += 1;
    }
}
