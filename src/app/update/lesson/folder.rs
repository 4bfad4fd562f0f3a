//! Opening a teacher's lesson.

use crate::app::model::lesson::LessonState;
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, FileJob, Question};
use convlens_core::lessons;
use convlens_core::paths;
use std::path::{Path, PathBuf};

/// Writes the built-in lesson into a new folder, and opens it.
pub fn copy(threads: &Threads, folder: PathBuf) {
    let job = move || -> Answer {
        let copied = lessons::copy_built_in(&folder);
        Box::new(
            move |state: &mut State, threads: &mut Threads| match copied {
                Ok(()) => open(threads, &folder),
                Err(error) => {
                    let message = state.text().not_saved(&folder, &error);
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.saver.charge(FileJob::Save, Box::new(job));
}

/// Reads it on the explorer's thread; what is wrong with it is told, and the lesson on screen stays.
pub fn open(threads: &Threads, folder: &Path) {
    let folder = paths::absolute(folder);
    let job = move || -> Answer {
        let read = lessons::read_both(&folder);
        Box::new(move |state: &mut State, _threads: &mut Threads| {
            let notice = match read {
                Ok(own) => {
                    let opened = state.text().lesson_opened(own[0].steps.len());
                    let place = &mut state.preferences.lesson;
                    if place.folder.as_ref() != Some(&folder) {
                        place.folder = Some(folder);
                        place.step = 0;
                    }
                    state.lesson = LessonState {
                        own: Some(own),
                        ..LessonState::default()
                    };
                    Notice::done(opened)
                }
                Err(error) => Notice::error(state.text().lesson_error(&error)),
            };
            state.notices.push(notice);
        })
    };
    threads.explorer.ask(Question::Lesson, Box::new(job));
}
