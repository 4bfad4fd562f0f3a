//! Saving: made on a thread of its own, then written to a file or copied to the clipboard.

pub mod content;
mod film;
mod make;

use crate::app::model::notices::{Notice, Offer};
use crate::app::model::save::{Clip, SaveAs, Screenshot, Target};
use crate::app::model::state::State;
use crate::app::threads::{Answer, FileJob, Threads};
use crate::app::update;
use convlens_core::paths;
use std::path::{Path, PathBuf};

/// Saves to a file, but asks first if there is one of that name.
pub fn ask_and_save(threads: &Threads, what: SaveAs, path: PathBuf) {
    let job = move || -> Answer {
        let exists = path.exists();
        Box::new(move |state: &mut State, threads: &mut Threads| {
            if exists {
                let message = state.text().replaces(&path);
                let offers = vec![Offer::ReplaceFile(what, path)];
                state.notices.push(Notice::question(message, offers));
            } else {
                save(state, threads, what, Target::File(path));
            }
        })
    };
    threads.saver.charge(FileJob::Save, Box::new(job));
}

/// Makes it and writes or copies it, on the saver's thread.
pub fn save(state: &mut State, threads: &mut Threads, what: SaveAs, target: Target) {
    match (what, target) {
        (SaveAs::View, target) => state.screenshot = Some(Screenshot::wanted(target, false)),
        (SaveAs::ViewSvg, target) => state.screenshot = Some(Screenshot::wanted(target, true)),
        (SaveAs::Animation, Target::File(path)) => update::save::film::save(state, threads, path),
        (what, target) => {
            if let Some(make) = update::save::make::make(state, threads, what) {
                run(state, threads, make, target);
            }
        }
    }
}

/// Writes or copies what `make` gives.
pub fn run(
    state: &mut State,
    threads: &mut Threads,
    make: impl FnOnce() -> Result<update::save::content::Content, String> + Send + 'static,
    target: Target,
) {
    let text = state.text();
    let is_file = matches!(target, Target::File(_));
    let folder = match &target {
        Target::File(path) => folder_of(path),
        Target::Clipboard => None,
    };
    let job = move || -> Answer {
        let made = make();
        let done = made.and_then(|content| match target {
            Target::File(path) => {
                let written = content.write(&path, text);
                written.map(|()| (text.saved_as(&path), None))
            }
            Target::Clipboard => Ok((text.export.copied.to_owned(), content.clip())),
        });
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match done {
                Ok((message, clip)) => {
                    // Where something was saved the next will be; a folder that failed is not proposed again.
                    state.preferences.figure_folder =
                        folder.or(state.preferences.figure_folder.take());
                    state.clip = clip.or(state.clip.take());
                    state.notices.push(Notice::done(message));
                }
                Err(message) => state.notices.push(Notice::error(message)),
            },
        )
    };
    if is_file {
        threads.saver.charge(FileJob::Save, Box::new(job));
    } else {
        threads.saver.ask(FileJob::Copy, Box::new(job));
    }
}

/// Puts on the clipboard what was made for it.
pub fn put_on_clipboard(state: &mut State, ctx: &eframe::egui::Context) {
    match state.clip.take() {
        Some(Clip::Text(text)) => ctx.copy_text(text),
        Some(Clip::Picture(picture)) => ctx.copy_image(picture),
        None => {}
    }
}

/// The folder that a file was saved in, to be proposed from wherever the next window is opened.
fn folder_of(path: &Path) -> Option<PathBuf> {
    paths::absolute(path).parent().map(PathBuf::from)
}
