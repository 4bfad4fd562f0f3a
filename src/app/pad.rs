//! The user's own picture: drawn in the Draw view, opened, dropped or pasted, and a row in every
//! other view.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{self, ColorImage};

use super::explore::{Answer, Question};
use super::notices::Notice;
use super::preferences::Preferences;
use super::state::State;
use super::views::View;
use convlens_core::dataset::picture::{
    OpenedPicture, PictureError, PictureFault, Reduction, from_rgba, read_picture,
};
use convlens_core::dataset::{Brush, Drawing, IMAGE_PIXELS};

/// The drawing and what the network gets of it.
pub struct Pad {
    drawing: Drawing,
    pixels: Arc<[u8; IMAGE_PIXELS]>,
    version: u64,
    /// Pictures being read.
    reading: usize,
}

/// A change of the drawing.
#[derive(Clone, Copy, Debug)]
pub enum DrawWish {
    /// Begins a stroke, and draws its first dot.
    Begin((f32, f32), Brush),
    /// Goes on with it, from one place to another.
    Stroke((f32, f32), (f32, f32), Brush),
    Clear,
    Undo,
    Redo,
    Reduce(Reduction),
}

impl Pad {
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
    pub fn apply(&mut self, wish: DrawWish) {
        match wish {
            DrawWish::Begin(at, brush) => {
                self.drawing.begin_stroke();
                self.drawing.stroke(at, at, brush);
            }
            DrawWish::Stroke(from, to, brush) => self.drawing.stroke(from, to, brush),
            DrawWish::Clear => self.drawing.clear(),
            DrawWish::Undo => self.drawing.undo(),
            DrawWish::Redo => self.drawing.redo(),
            DrawWish::Reduce(how) => self.drawing.set_reduction(how),
        }
        self.changed();
    }

    /// Puts a picture on it that was saved before.
    pub fn put(&mut self, pixels: &[u8; IMAGE_PIXELS]) {
        self.drawing = Drawing::from_pixels(Box::new(*pixels), Reduction::default());
        self.changed();
    }

    fn open(&mut self, picture: OpenedPicture) {
        self.drawing.open(Arc::new(picture));
        self.changed();
    }

    fn changed(&mut self) {
        self.pixels = Arc::new(*self.drawing.steps().picture);
        self.version += 1;
    }
}

/// Reads a picture on the explorer's thread and puts it on the pad.
pub fn open(state: &mut State, path: PathBuf) {
    let question = Question::Picture(path.clone());
    read(state, question, move || read_picture(&path));
}

/// The same with one from the clipboard.
pub fn paste(state: &mut State, image: Arc<ColorImage>) {
    let name = PathBuf::from(state.text().draw.clipboard);
    let question = Question::Picture(name.clone());
    read(state, question, move || {
        let [width, height] = image.size.map(|side| side as u32);
        let rgba = image.pixels.iter();
        let rgba = rgba.flat_map(egui::Color32::to_srgba_unmultiplied);
        let opened = from_rgba(width, height, rgba);
        opened.map_err(|fault: PictureFault| PictureError { path: name, fault })
    });
}

fn read(
    state: &mut State,
    question: Question,
    read: impl FnOnce() -> Result<OpenedPicture, PictureError> + Send + 'static,
) {
    state.preferences.view = View::Draw;
    state.pad.reading += 1;
    let job = move || -> Answer {
        let opened = read();
        Box::new(move |state: &mut State| {
            state.pad.reading = state.pad.reading.saturating_sub(1);
            match opened {
                Ok(picture) => state.pad.open(picture),
                Err(error) => {
                    let message = state.text().picture_error(&error);
                    state.notices.push(Notice::error(message));
                }
            }
        })
    };
    state.explorer.ask(question, Box::new(job));
}

/// A picture that will not arrive.
pub fn give_up(state: &mut State) {
    state.pad.reading = state.pad.reading.saturating_sub(1);
}
