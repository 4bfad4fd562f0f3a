//! Opening `.convlens` files: a run, a lesson or both, with what was looked at.

use crate::app::model::action::RunAction;
use crate::app::model::notices::{Notice, Offer};
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::threads::Answer;
use crate::app::threads::FileJob;
use crate::app::threads::Threads;
use crate::app::{requests, update};
use crate::text::Text;
use convlens_core::figures::Shown;
use convlens_core::lessons::{self, Keep};
use convlens_core::training::runs::lesson_files::LessonFiles;
use convlens_core::training::runs::{Checkpoint, RunId, RunRecord, Store, package};
use std::path::{Path, PathBuf};

/// What was taken in.
struct TakenIn {
    lesson: Option<Keep>,
    run: Option<(RunId, RunRecord)>,
    shown: Shown,
}

/// Takes in what a file holds, keeping the run with the others and the lesson next to the teacher's
/// own. A lesson is not replaced unasked.
pub fn take_in(state: &mut State, threads: &mut Threads, path: PathBuf) {
    let (store, lessons, text) = (
        threads.runs.store().clone(),
        lessons_folder(state),
        state.text(),
    );
    let job = move || -> Answer {
        let taken = take_all_in(&path, &store, &lessons, text);
        Box::new(
            move |state: &mut State, threads: &mut Threads| match taken {
                Ok(taken) => show(state, threads, taken, path),
                Err(message) => state.notices.push(Notice::error(message)),
            },
        )
    };
    threads.saver.charge(FileJob::TakeIn, Box::new(job));
}

/// Takes in the lesson of a file, in place of one of the same name.
pub fn replace_lesson(state: &mut State, threads: &mut Threads, path: PathBuf) {
    let (lessons, text) = (lessons_folder(state), state.text());
    let job = move || -> Answer {
        let contents = package::contents(&path).map_err(|error| text.run_error(&error));
        let kept = contents.and_then(|contents| {
            let lesson = contents.lesson.as_ref();
            lesson
                .map(|lesson| keep(lesson, &path, &lessons, true, text))
                .transpose()
        });
        Box::new(move |state: &mut State, threads: &mut Threads| match kept {
            Ok(kept) => show_lesson(state, threads, kept, path),
            Err(message) => state.notices.push(Notice::error(message)),
        })
    };
    threads.saver.charge(FileJob::TakeIn, Box::new(job));
}

/// Where the teacher's own lesson is, or else where lessons are kept.
fn lessons_folder(state: &State) -> PathBuf {
    let own = state.preferences.lesson.folder.as_deref();
    let beside = own.and_then(Path::parent).filter(|parent| parent.is_dir());
    beside.map_or_else(lessons::default_folder, Path::to_path_buf)
}

/// On the saver's thread; what went wrong, in words.
fn take_all_in(path: &Path, store: &Store, lessons: &Path, text: &Text) -> Result<TakenIn, String> {
    let words = |error| text.run_error(&error);
    let contents = package::contents(path).map_err(words)?;
    // Before the run is: a broken lesson leaves nothing behind.
    let lesson = contents.lesson.as_ref();
    let lesson = lesson
        .map(|lesson| keep(lesson, path, lessons, false, text))
        .transpose()?;
    let run = if contents.has_run || lesson.is_none() {
        let (id, _) = store.unpack(path).map_err(words)?;
        Some((id, store.read(id).map_err(words)?))
    } else {
        None
    };
    Ok(TakenIn {
        lesson,
        run,
        shown: Shown::from_json(contents.shown),
    })
}

fn keep(
    lesson: &LessonFiles,
    path: &Path,
    lessons: &Path,
    replaces: bool,
    text: &Text,
) -> Result<Keep, String> {
    lessons::check(lesson, path)
        .and_then(|()| lessons::keep(lesson, lessons, replaces))
        .map_err(|error| text.lesson_error(&error))
}

fn show(state: &mut State, threads: &mut Threads, taken: TakenIn, path: PathBuf) {
    let TakenIn { lesson, run, shown } = taken;
    if let Some(picture) = &shown.drawing {
        state.canvas.put(picture);
    }
    state.set_maps(shown.maps);
    if let Some((id, record)) = run {
        let message = state.text().run_taken_in(&record.summary.name, id.number());
        state.notices.push(Notice::done(message));
        show_run(state, threads, id, &record.checkpoints, shown.step);
    }
    show_lesson(state, threads, lesson, path);
}

fn show_lesson(state: &mut State, threads: &mut Threads, kept: Option<Keep>, path: PathBuf) {
    match kept {
        Some(Keep::Kept(folder)) => {
            let message = state.text().lesson_kept(&folder);
            state.notices.push(Notice::done(message));
            update::lesson::folder::open(threads, &folder);
            state.preferences.lesson.is_open = true;
        }
        Some(Keep::Exists(folder)) => {
            let message = state.text().replaces_lesson(&folder);
            let offers = vec![Offer::ReplaceLesson(path)];
            state.notices.push(Notice::question(message, offers));
        }
        None => {}
    }
}

/// Looks at a run at the moment that it was sent with.
fn show_run(
    state: &mut State,
    threads: &mut Threads,
    run: RunId,
    checkpoints: &[Checkpoint],
    step: Option<u64>,
) {
    state.preferences.view = View::Maps;
    state.pin = None;
    requests::runs::list(threads);
    let checkpoint = checkpoints.iter().find(|at| Some(at.step) == step);
    update::runs::apply(
        state,
        threads,
        match checkpoint {
            Some(&checkpoint) => RunAction::Scrub(run, checkpoint),
            None => RunAction::Open(run),
        },
        0.0,
    );
    // Nothing before it to compare with.
    state.runs.frozen = None;
}
