//! The end of the window: what was asked for is done, and what went wrong is handed on.
//!
//! A window that is closed, by the user or by a signal, ends in eframe, which saves the preferences. Not so one whose
//! display is lost: either winit panics, or Xlib ends the program with `exit`, and then nothing on the stack is dropped.
//! The values that a thread has for itself are, where the C library is glibc or macOS's: one of them sees to the window.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::model::notices::Notice;
use super::model::performance::Summary;
use super::model::state::State;
use super::threads::Threads;
use super::{Content, update};

/// What a window leaves that was closed.
#[derive(Default)]
pub struct Closed {
    /// What it cost, where that was asked for.
    pub summary: Option<Summary>,
    /// What could not be done at the end, in words.
    pub faults: Vec<String>,
}

thread_local! {
    static SHOWN: LastChance = const { LastChance(RefCell::new(Weak::new())) };
}

/// The content of the window that this thread shows.
struct LastChance(RefCell<Weak<RefCell<Content>>>);

impl Drop for LastChance {
    fn drop(&mut self) {
        // Gone, where eframe has come back.
        if let Some(content) = self.0.borrow().upgrade()
            && let Ok(mut content) = content.try_borrow_mut()
        {
            content.end_without_eframe();
        }
    }
}

/// Has the window end well where the program is ended while this thread shows it.
pub(super) fn expect_the_worst(content: &Rc<RefCell<Content>>) {
    SHOWN.with(|shown| shown.0.replace(Rc::downgrade(content)));
}

/// Ends the run and has every duty done; what went wrong, in words. It takes as long as that takes,
/// and nothing can be asked of the threads afterwards.
pub fn finish(state: &mut State, threads: &mut Threads) -> Vec<String> {
    let told = state.notices.newest();
    loop {
        end_run(state, threads);
        threads.finish_duties();
        // What comes of one duty may be another: a file that replaces none is then written.
        if threads.are_idle() {
            break;
        }
        update::receive::take_duties(state, threads);
    }
    let new = state.notices.take_since(told).into_iter();
    let stay = new.filter(|notice| notice.is_error || !notice.offers.is_empty());
    stay.map(|notice| notice.message).collect()
}

/// Ends the run, and waits until it is kept.
fn end_run(state: &mut State, threads: &mut Threads) {
    drop(threads.trainer.take());
    let recording = state.run.take().and_then(|run| run.recording);
    if let Some(error) = recording.and_then(|recording| recording.take_fault()) {
        let message = state.text().run_not_kept(&error);
        state.notices.push(Notice::error(message));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::model::action::RunAction;
    use crate::app::model::save::SaveAs;
    use crate::app::room::Room;
    use crate::app::update::runs::apply;
    use crate::app::update::save::ask_and_save;
    use crate::text::Language;
    use convlens_core::dataset;
    use convlens_core::network::{LayerSpec, NetworkSpec};
    use convlens_core::training::runs::{NewRun, RunId, RunSummary, Store};
    use convlens_core::training::{RunConfig, Session, train_to_end};

    /// Records a run that takes no time.
    fn record(store: &Store, name: &str) -> RunSummary {
        let config = RunConfig {
            epochs: 1,
            ..RunConfig::new(NetworkSpec::new(vec![LayerSpec::dense(4)]))
        };
        let named = NewRun {
            name: Some(name.into()),
            ..NewRun::default()
        };
        let (mut recorder, recording) = store.recorder(named);
        let mut session = Session::new(config, Arc::new(dataset::synthetic(64, 10))).unwrap();
        train_to_end(&mut session, &mut recorder).unwrap();
        drop(recorder);
        store.summary(recording.id().unwrap()).unwrap()
    }

    /// A window over two runs, `first` and `second`.
    fn room() -> (Room, Store, [RunId; 2]) {
        let mut room = Room::new(Language::En);
        let store = room.threads.runs.store().clone();
        room.state.runs.list = ["first", "second"].map(|name| record(&store, name)).into();
        let ids = [0, 1].map(|index| room.state.runs.list[index].id);
        (room, store, ids)
    }

    fn ask(room: &mut Room, action: RunAction) {
        apply(&mut room.state, &mut room.threads, action, 0.0);
    }

    /// More than can be done before the window is gone.
    fn ask_for_much(room: &mut Room, [first, second]: [RunId; 2]) {
        for number in 0..40 {
            ask(room, RunAction::Rename(first, format!("name {number}")));
        }
        ask(room, RunAction::Baseline(Some(first)));
        ask(room, RunAction::Delete(vec![second]));
    }

    #[test]
    fn changes_and_deletions_asked_for_are_made_although_the_window_goes() {
        let (mut room, store, ids) = room();
        ask_for_much(&mut room, ids);
        let Room {
            state,
            threads,
            folder,
        } = room;
        drop((state, threads));
        let left = store.list().unwrap().runs;
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].id, left[0].name.as_str()), (ids[0], "name 39"));
        assert!(left[0].is_baseline);
        // In the trash, as the window said.
        store.restore(ids[1]).unwrap();
        drop(folder);
    }

    #[test]
    fn files_asked_for_are_written_and_what_failed_is_told() {
        let (mut room, _, ids) = room();
        ask_for_much(&mut room, ids);
        let folder = room.folder.path().to_owned();
        let table = folder.join("runs.csv");
        let there = folder.join("there.csv");
        std::fs::write(&there, "mine").unwrap();
        let nowhere = folder.join("no-such-folder/runs.csv");
        for path in [&table, &there, &nowhere] {
            ask_and_save(&room.threads, SaveAs::Table, path.clone());
        }
        // What has gone by then.
        ask(&mut room, RunAction::Rename(ids[1], "late".into()));
        let faults = finish(&mut room.state, &mut room.threads);
        assert!(std::fs::read_to_string(table).unwrap().contains("first"));
        assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
        let is_told = |words: &str| faults.iter().any(|fault| fault.contains(words));
        assert!(is_told("no-such-folder"), "{faults:?}");
        assert!(is_told("there.csv"), "{faults:?}");
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}
