//! The user's own picture: drawn in the Draw view, opened, dropped or pasted, and a row in every
//! other view.

use crate::app::model::action::DrawAction;
use crate::app::model::preferences::Preferences;
use convlens_core::dataset::picture::{OpenedPicture, Reduction};
use convlens_core::dataset::{Drawing, IMAGE_PIXELS};
use std::sync::Arc;

/// The drawing and what the network gets of it.
pub struct Canvas {
    drawing: Drawing,
    pixels: Arc<[u8; IMAGE_PIXELS]>,
    version: u64,
    /// Pictures asked for so far.
    pub pictures: u64,
    /// Pictures being read.
    pub reading: usize,
}

impl Canvas {
    /// With what was drawn last time.
    pub fn new(preferences: &Preferences) -> Self {
        let remembered = Box::<[u8; IMAGE_PIXELS]>::try_from(preferences.drawing.clone());
        let drawing = remembered.map_or_else(
            |_| Drawing::default(),
            |pixels| Drawing::from_pixels(pixels, Reduction::default()),
        );
        Self {
            pixels: Arc::new(*drawing.steps().picture),
            drawing,
            version: 1,
            pictures: 0,
            reading: 0,
        }
    }

    pub fn drawing(&self) -> &Drawing {
        &self.drawing
    }

    /// What the network gets.
    pub fn pixels(&self) -> Arc<[u8; IMAGE_PIXELS]> {
        self.pixels.clone()
    }

    /// Grows with each change; never 0.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn is_settled(&self) -> bool {
        self.reading == 0
    }

    /// What to remember of it.
    pub fn remembered(&self) -> Vec<u8> {
        if self.drawing.is_blank() {
            Vec::new()
        } else {
            self.pixels.to_vec()
        }
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
    pub fn put(&mut self, pixels: &[u8; IMAGE_PIXELS]) {
        self.drawing = Drawing::from_pixels(Box::new(*pixels), Reduction::default());
        self.changed();
    }

    pub fn open(&mut self, picture: OpenedPicture) {
        self.drawing.open(Arc::new(picture));
        self.changed();
    }

    fn changed(&mut self) {
        self.pixels = Arc::new(*self.drawing.steps().picture);
        self.version += 1;
    }
}
