//! Pictures of the user's own, read on the explorer's thread.

use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::dataset::picture::{
    OpenedPicture, PictureError, PictureFault, from_rgba, read_picture,
};
use eframe::egui::{self, ColorImage};
use std::path::PathBuf;
use std::sync::Arc;

/// Reads a picture on the explorer's thread and puts it on the pad.
pub fn open(state: &mut State, threads: &mut Threads, path: PathBuf) {
    read(state, threads, move || read_picture(&path));
}

/// The same with one from the clipboard.
pub fn paste(state: &mut State, threads: &mut Threads, image: Arc<ColorImage>) {
    let name = PathBuf::from(state.text().draw.clipboard);
    read(state, threads, move || {
        let [width, height] = image.size.map(|side| side as u32);
        let rgba = image.pixels.iter();
        let rgba = rgba.flat_map(egui::Color32::to_srgba_unmultiplied);
        let opened = from_rgba(width, height, rgba);
        opened.map_err(|fault: PictureFault| PictureError { path: name, fault })
    });
}

fn read(
    state: &mut State,
    threads: &mut Threads,
    read: impl FnOnce() -> Result<OpenedPicture, PictureError> + Send + 'static,
) {
    state.preferences.view = View::Draw;
    state.canvas.reading += 1;
    state.canvas.pictures += 1;
    let job = move || -> Answer {
        let opened = read();
        Box::new(move |state: &mut State, _threads: &mut Threads| {
            state.canvas.reading = state.canvas.reading.saturating_sub(1);
            match opened {
                Ok(picture) => state.canvas.open(picture),
                Err(error) => {
                    let message = state.text().picture_error(&error);
                    state.notices.push(Notice::error(message));
                }
            }
        })
    };
    let question = Question::Picture(state.canvas.pictures);
    threads.explorer.ask(question, Box::new(job));
}

/// A picture that will not arrive.
pub fn give_up(state: &mut State) {
    state.canvas.reading = state.canvas.reading.saturating_sub(1);
}
