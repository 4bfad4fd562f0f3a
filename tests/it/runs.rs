//! Runs on disk: recorded, continued to the bit, listed, changed, and damaged.

use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::{Duration, SystemTime};

use convlens::text::Language;
use convlens_core::dataset;
use convlens_core::network::{Preset, Real, weights};
use convlens_core::training::runs::{
    CheckpointCache, Column, NewRun, RunError, RunId, RunStatus, Store, Value, compare,
};
use convlens_core::training::{
    Command, EpochMetrics, Event, Observer, Optimization, Rest, RunConfig, Schedule, Session,
    SettingsChange, Start, StartsFrom, Trainer, TrainingError, TrainingState, train_to_end,
};

use super::commands::output;
use super::support::{small_config, small_dataset};

fn session(config: RunConfig) -> Session {
    Session::new(config, small_dataset()).unwrap()
}

fn resumed(config: RunConfig, state: TrainingState) -> Session {
    Session::resume(config, small_dataset(), state).unwrap()
}

fn bytes(session: &Session) -> Vec<u8> {
    weights::to_bytes(&session.snapshot().unwrap()).unwrap()
}

fn epochs(epochs: usize) -> RunConfig {
    RunConfig {
        epochs,
        validation_percent: 10,
        // Not a number that every JSON parser gives back as it was.
        learning_rate: 0.001_234_567_890_123_456_7,
        ..small_config()
    }
}

/// Trains without a break; the weights at the end.
fn unbroken(config: RunConfig) -> Vec<u8> {
    let mut session = session(config);
    train_to_end(&mut session, &mut ()).unwrap();
    bytes(&session)
}

fn new_run(name: &str) -> NewRun {
    NewRun {
        name: Some(name.into()),
        ..NewRun::default()
    }
}

/// Records a run to its end.
pub fn record(store: &Store, config: RunConfig, name: &str) -> RunId {
    record_session(store, session(config), name)
}

fn record_session(store: &Store, mut session: Session, name: &str) -> RunId {
    let (mut recorder, recording) = store.recorder(new_run(name));
    train_to_end(&mut session, &mut recorder).unwrap();
    drop(recorder);
    assert!(recording.take_fault().is_none());
    recording.id().unwrap()
}

/// A place for runs, in a folder that goes away with it.
pub fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("runs"));
    (folder, store)
}

#[test]
fn three_epochs_and_two_more_are_five_to_the_bit() {
    let mut first = session(epochs(3));
    train_to_end(&mut first, &mut ()).unwrap();
    let mut second = resumed(epochs(5), first.state().unwrap());
    train_to_end(&mut second, &mut ()).unwrap();
    assert_eq!(bytes(&second), unbroken(epochs(5)));
}

#[test]
fn a_stop_within_an_epoch_goes_on_at_that_batch_with_its_sums() {
    let mut whole = session(epochs(2));
    let mut broken = session(epochs(2));
    for _ in 0..4 {
        whole.train_batch().unwrap();
        broken.train_batch().unwrap();
    }
    let mut broken = resumed(epochs(2), broken.state().unwrap());
    assert_eq!((broken.epoch(), broken.batch(), broken.step()), (1, 4, 4));
    while !whole.epoch_is_complete() {
        let (one, other) = (whole.train_batch().unwrap(), broken.train_batch().unwrap());
        assert_eq!(one, other);
    }
    let (one, other) = (whole.end_epoch().unwrap(), broken.end_epoch().unwrap());
    assert_eq!(one.images, other.images);
    assert_eq!(one.train_loss.to_bits(), other.train_loss.to_bits());
    assert_eq!(one.test_loss, other.test_loss);
    assert_eq!(one.validation_loss, other.validation_loss);
    assert!(one.validation_loss.is_some());
}

#[test]
fn a_state_of_other_settings_is_refused() {
    let mut trained = session(epochs(1));
    trained.train_batch().unwrap();
    let state = trained.state().unwrap();
    let refused = |config: RunConfig| {
        let result = Session::resume(config, small_dataset(), state.clone());
        result.err().map(|error| error.to_string()).unwrap()
    };
    let network = Preset::Dense.spec();
    let other = refused(RunConfig {
        network,
        ..epochs(1)
    });
    assert!(other.contains("another network"), "{other}");
    let batches = refused(RunConfig {
        batch_size: 31,
        ..epochs(1)
    });
    assert!(batches.contains("do not lead to"), "{batches}");
}

#[test]
fn a_run_comes_back_from_disk_with_all_it_had() {
    let (_folder, store) = store();
    let id = record(&store, epochs(3), "first");
    let record = store.read(id).unwrap();
    let summary = &record.summary;
    assert_eq!(summary.status, RunStatus::Finished);
    assert_eq!(summary.name, "first");
    assert_eq!(summary.config, epochs(3));
    assert_eq!(summary.epochs.len(), 3);
    assert_eq!(summary.environment.data.source, "synthetic");
    assert_eq!(summary.environment.data.train, 320);
    assert!(summary.environment.is_this_computer());
    assert_eq!(record.curve.len() as u64, summary.step);
    assert!(summary.seconds > 0.0);
    let steps: Vec<u64> = record.checkpoints.iter().map(|c| c.step).collect();
    // 288 pictures in 9 batches: steps 0, 1, 2, 4, 8 and the quarters, then each epoch.
    assert_eq!(steps, [0, 1, 2, 4, 6, 8, 9, 18, 27]);
    assert_eq!(record.checkpoints[7].epochs, 2);

    let cache = CheckpointCache::default();
    let load = |index: usize| {
        store
            .checkpoint(id, record.checkpoints[index], &cache)
            .unwrap()
    };
    let random = session(epochs(3));
    assert_eq!(weights::to_bytes(&load(0).model).unwrap(), bytes(&random));
    assert_eq!(
        weights::to_bytes(&load(8).model).unwrap(),
        unbroken(epochs(3))
    );
    assert_eq!(
        load(8).version,
        load(8).version,
        "the second is from the cache"
    );
    assert_eq!((load(7).epochs, load(7).step), (2, 18));
}

#[test]
fn a_run_continued_from_disk_ends_like_one_that_never_stopped() {
    let (_folder, store) = store();
    let id = record(&store, epochs(3), "first");
    let data = small_dataset();
    let next = store.continue_run(id, &data, 2).unwrap();
    assert_eq!(next.config, epochs(5));
    let mut recorder = next.recorder;
    let mut session = Session::begin(next.config, data, next.from).unwrap();
    train_to_end(&mut session, &mut recorder).unwrap();
    drop(recorder);
    assert!(next.recording.take_fault().is_none());
    assert_eq!(bytes(&session), unbroken(epochs(5)));

    let broken = store.read(id).unwrap();
    let other = record(&store, epochs(5), "unbroken");
    let unbroken = store.read(other).unwrap();
    assert_eq!(broken.summary.config, unbroken.summary.config);
    assert_eq!(broken.curve, unbroken.curve);
    assert_eq!(broken.checkpoints, unbroken.checkpoints);
    let losses = |record: &convlens_core::training::runs::RunRecord| -> Vec<_> {
        record
            .summary
            .epochs
            .iter()
            .map(|e| (e.train_loss, e.test_loss))
            .collect()
    };
    assert_eq!(losses(&broken), losses(&unbroken));
}

#[test]
fn a_run_stopped_within_an_epoch_on_its_thread_goes_on_from_there() {
    let (_folder, store) = store();
    let launch = |config, from, observer| {
        let start = Start {
            config,
            dataset: small_dataset(),
            from,
            observer,
            after: None,
        };
        Trainer::launch(start, Arc::new(|| {})).unwrap()
    };
    let (recorder, recording) = store.recorder(new_run("thread"));
    let trainer = launch(epochs(2), StartsFrom::Random, Box::new(recorder));
    trainer.send(Command::StepBatch);
    while !matches!(trainer.wait_event().unwrap(), Event::Paused) {}
    trainer.stop();
    while !matches!(trainer.wait_event().unwrap(), Event::Stopped) {}
    let id = recording.id().unwrap();
    let stopped = store.read(id).unwrap();
    assert_eq!(stopped.summary.status, RunStatus::Stopped);
    let at = stopped.summary.step;
    assert!((1..9).contains(&at), "{at}");
    assert_eq!(stopped.checkpoints.last().unwrap().step, at);

    let next = store.continue_run(id, &small_dataset(), 0).unwrap();
    assert_eq!(next.from.state().unwrap().step, at);
    let trainer = launch(next.config, next.from, Box::new(next.recorder));
    while !matches!(trainer.wait_event().unwrap(), Event::Finished) {}
    // One epoch more than planned, while the handle is still there.
    trainer.send(Command::AddEpochs(1));
    while !matches!(trainer.wait_event().unwrap(), Event::Finished) {}
    drop(trainer);
    let record = store.read(id).unwrap();
    assert_eq!(record.summary.status, RunStatus::Finished);
    assert_eq!(record.summary.config.epochs, 3);
    assert_eq!(record.curve.len(), 27);
    let last = *record.checkpoints.last().unwrap();
    let model = store
        .checkpoint(id, last, &CheckpointCache::default())
        .unwrap();
    assert_eq!(
        weights::to_bytes(&model.model).unwrap(),
        unbroken(epochs(3))
    );
}

#[test]
fn other_pictures_and_a_run_in_use_are_refused() {
    let (_folder, store) = store();
    let id = record(&store, epochs(1), "first");
    let other = dataset::synthetic(321, 100);
    let Err(error) = store.continue_run(id, &other, 1) else {
        panic!("other data")
    };
    assert!(matches!(error, RunError::OtherData { .. }), "{error}");

    let (recorder, recording) = store.recorder(NewRun::default());
    let start = Start {
        config: epochs(1000),
        dataset: small_dataset(),
        from: StartsFrom::Random,
        observer: Box::new(recorder),
        after: None,
    };
    let trainer = Trainer::launch(start, Arc::new(|| {})).unwrap();
    while !matches!(trainer.wait_event().unwrap(), Event::EpochEnded(_)) {}
    trainer.send(Command::Pause);
    while !matches!(trainer.wait_event().unwrap(), Event::Paused) {}
    // The recorder's thread makes the folder in its own time.
    let live = loop {
        match recording.id() {
            Some(id) => break id,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    assert_eq!(store.summary(live).unwrap().status, RunStatus::Training);
    assert!(matches!(store.delete(live), Err(RunError::Live(_))));
    let data = small_dataset();
    assert!(matches!(
        store.continue_run(live, &data, 1),
        Err(RunError::Live(_))
    ));
    // Renaming one that trains is fine.
    store.rename(live, "live").unwrap();
    drop(trainer);
    let summary = store.summary(live).unwrap();
    assert_eq!(
        (summary.status, summary.name.as_str()),
        (RunStatus::Stopped, "live")
    );
}

#[test]
fn the_shelf_renames_pins_deletes_and_brings_back() {
    let (_folder, store) = store();
    assert!(
        store.list().unwrap().runs.is_empty(),
        "no folder yet is no error"
    );
    let one = record(&store, epochs(1), "one");
    let two = record(&store, epochs(1), "two\nlines");
    assert_eq!((one.number(), two.number()), (1, 2));
    let runs = store.list().unwrap().runs;
    assert_eq!(runs[1].name, "two lines");
    assert_ne!(runs[0].colour, runs[1].colour);

    store.rename(two, "second").unwrap();
    store.set_baseline(Some(two)).unwrap();
    let runs = store.list().unwrap().runs;
    assert_eq!([runs[0].is_baseline, runs[1].is_baseline], [false, true]);
    assert_eq!(store.find("second").unwrap(), two);
    assert_eq!(store.find("1").unwrap(), one);
    assert!(matches!(store.find("third"), Err(RunError::NoSuchRun(_))));
    store.rename(one, "second").unwrap();
    assert!(matches!(
        store.find("second"),
        Err(RunError::Ambiguous { .. })
    ));

    store.delete(two).unwrap();
    assert_eq!(store.list().unwrap().runs.len(), 1);
    assert_eq!(store.trash().unwrap(), [two]);
    // A number in the trash is not given away.
    let three = record(&store, epochs(1), "three");
    assert_eq!(three.number(), 3);
    store.restore(two).unwrap();
    let summary = store.summary(two).unwrap();
    assert!(summary.is_baseline && summary.name == "second");
    store.delete(two).unwrap();
    store.purge(two).unwrap();
    assert!(matches!(store.restore(two), Err(RunError::NoSuchRun(_))));
    store.set_baseline(None).unwrap();
    assert_eq!(store.baseline(), None);
}

#[test]
fn a_comparison_shows_what_differs_and_the_gain() {
    let (_folder, store) = store();
    record(&store, epochs(1), "one");
    let longer = RunConfig {
        batch_size: 16,
        ..epochs(2)
    };
    record(&store, longer, "two, with a comma");
    let runs = store.list().unwrap().runs;
    let mut table = compare(&runs, None);
    let causes: Vec<Column> = table
        .columns
        .iter()
        .copied()
        .take_while(|c| *c != Column::TrainLoss)
        .collect();
    assert_eq!(
        causes,
        [Column::Epochs, Column::EpochsTrained, Column::BatchSize]
    );
    let gain = table
        .columns
        .iter()
        .position(|c| *c == Column::Gain)
        .unwrap();
    assert_eq!(table.rows[0].values[gain], Value::Number(0.0));
    let expected = runs[1].test_accuracy().unwrap() - runs[0].test_accuracy().unwrap();
    assert_eq!(table.rows[1].values[gain], Value::Number(expected));
    table.sort_by(Column::BatchSize, false);
    assert_eq!(table.rows[0].name, "two, with a comma");
    table.sort_by(Column::BatchSize, true);
    assert_eq!(table.rows[0].name, "one");

    let csv = table.csv();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().unwrap().clone();
    assert_eq!(&headers[0], "run");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(&rows[1][1], "two, with a comma");
    let batch = headers.iter().position(|h| h == "batch_size").unwrap();
    assert_eq!(&rows[1][batch], "16");
}

#[test]
fn there_is_a_gain_only_over_a_run_on_the_same_data() {
    let (_folder, store) = store();
    record(&store, epochs(1), "first");
    record(&store, epochs(2), "on the same");
    let others = Arc::new(dataset::synthetic(352, 100));
    let elsewhere = Session::new(epochs(1), others).unwrap();
    let elsewhere = record_session(&store, elsewhere, "on others");
    let runs = store.list().unwrap().runs;
    let gains = |baseline: usize| -> Vec<bool> {
        let table = compare(&runs, Some(&runs[baseline]));
        let gain = table.columns.iter().position(|c| *c == Column::Gain);
        let gains = table.rows.iter().map(|row| &row.values[gain.unwrap()]);
        gains.map(|gain| *gain != Value::Missing).collect()
    };
    assert_eq!(gains(0), [true, true, false]);
    assert_eq!(gains(2), [false, false, true]);
    // As the commands show it.
    store.set_baseline(Some(elsewhere)).unwrap();
    let runs_folder = store
        .folder(elsewhere)
        .parent()
        .unwrap()
        .display()
        .to_string();
    let csv = output(&["compare", "1", "2", "3", "--csv", "--runs", &runs_folder]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let gain = headers.iter().position(|h| h == "gain").unwrap();
    let rows = reader.records().map(Result::unwrap);
    let gains: Vec<String> = rows.map(|row| row[gain].to_owned()).collect();
    assert_eq!(gains, ["", "", "0"]);
}

#[test]
fn a_damaged_run_is_set_aside_and_the_others_stay() {
    let (_folder, store) = store();
    let damaged = record(&store, epochs(1), "damaged");
    let other = record(&store, epochs(1), "other");
    std::fs::write(store.folder(damaged).join("run.json"), b"{\"format\": 1").unwrap();
    let listing = store.list().unwrap();
    assert_eq!(listing.runs.len(), 1);
    assert_eq!(listing.runs[0].id, other);
    let [aside] = &listing.set_aside[..] else {
        panic!("{listing:?}")
    };
    assert_eq!(aside.id, damaged);
    assert!(
        aside.folder.join("curve.csv").is_file(),
        "nothing was deleted"
    );
    assert!(aside.error.to_string().contains("run.json: damaged"));
    assert!(store.list().unwrap().set_aside.is_empty(), "said once");

    // A newer format is no damage.
    let path = store.folder(other).join("run.json");
    std::fs::write(&path, b"{\"format\": 3, \"all\": \"else\"}").unwrap();
    let listing = store.list().unwrap();
    assert!(matches!(listing.unreadable[..], [RunError::Newer { .. }]));
    assert!(Path::new(&path).is_file());
}

/// What so many threads do at the same moment.
fn at_once<T: Send>(threads: usize, act: impl Fn() -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(threads);
    let wait_and_act = || {
        barrier.wait();
        act()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(wait_and_act)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn runs_that_start_at_the_same_moment_have_names_of_their_own() {
    let (_folder, store) = store();
    let ids = at_once(8, || record_one_batch(&store));
    let runs = store.list().unwrap().runs;
    let mut names: Vec<_> = runs.iter().map(|run| run.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), runs.len(), ids.len()), (8, 8, 8), "{names:?}");
}

#[test]
fn a_folder_with_the_largest_number_does_not_hide_the_next_runs() {
    let (_folder, store) = store();
    record(&store, epochs(1), "one");
    std::fs::create_dir(store.root().join("999999999")).unwrap();
    let next = record(&store, epochs(1), "next");
    assert_eq!(next.number(), 2);
    // It is no run, and set aside.
    let listing = store.list().unwrap();
    assert_eq!((listing.runs.len(), listing.set_aside.len()), (2, 1));
    assert_eq!(record(&store, epochs(1), "third").number(), 3);
    // A file or a link to nowhere keeps its place.
    std::fs::write(store.root().join("0004"), b"").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", store.root().join("0005")).unwrap();
    record(&store, epochs(1), "fourth");
    assert_eq!(store.list().unwrap().runs.len(), 4);
}

/// Removes all weights that are on disk, at the end of every epoch but the last, behind which nothing is written any more.
struct MakesRoom(Store);

impl Observer for MakesRoom {
    fn epoch_ended(&mut self, session: &Session, metrics: &EpochMetrics) {
        if metrics.epoch == session.config().epochs {
            return;
        }
        for file in std::fs::read_dir(self.0.root().join("0001/checkpoints"))
            .into_iter()
            .flatten()
            .flatten()
        {
            // Another file than this program's own on its way.
            if file.file_name().to_string_lossy().starts_with('0') {
                let _gone = std::fs::remove_file(file.path());
            }
        }
    }
}

#[test]
fn weights_that_somebody_removes_do_not_end_the_recording() {
    let (_folder, store) = store();
    // More epochs than are kept, so that some would be removed anyway.
    let config = RunConfig {
        epochs: 120,
        images: Some(32),
        ..small_config()
    };
    let (recorder, recording) = store.recorder(new_run("roomy"));
    let mut observers = (recorder, MakesRoom(store.clone()));
    train_to_end(&mut session(config), &mut observers).unwrap();
    drop(observers);
    let fault = recording.take_fault();
    assert!(fault.is_none(), "{fault:?}");
    let id = recording.id().unwrap();
    let run = store.read(id).unwrap();
    assert_eq!(run.summary.status, RunStatus::Finished);
    assert_eq!(run.curve.len(), 120);
    assert_eq!(recording.checkpoints(), run.checkpoints);

    // All of them, and the curve.
    let folder = store.folder(id);
    std::fs::remove_dir_all(folder.join("checkpoints")).unwrap();
    std::fs::remove_file(folder.join("curve.csv")).unwrap();
    assert_eq!(store.read(id).unwrap().checkpoints, []);
    let more = store.continue_run(id, &small_dataset(), 3).unwrap();
    let mut recorder = more.recorder;
    train_to_end(
        &mut Session::begin(more.config, small_dataset(), more.from).unwrap(),
        &mut recorder,
    )
    .unwrap();
    drop(recorder);
    let fault = more.recording.take_fault();
    assert!(fault.is_none(), "{fault:?}");
    let run = store.read(id).unwrap();
    assert_eq!((run.summary.epochs.len(), run.curve.len()), (123, 3));
    assert!(!run.checkpoints.is_empty());
}

#[test]
fn the_run_deleted_last_is_the_one_that_is_brought_back() {
    let (_folder, store) = store();
    let id = record(&store, epochs(1), "older");
    store.delete(id).unwrap();
    // A copy that somebody had made of the folder.
    let (trash, folder) = (store.root().join("trash/0001"), store.folder(id));
    std::fs::create_dir_all(folder.join("checkpoints")).unwrap();
    for file in ["run.json", "notes.json", "curve.csv"] {
        std::fs::copy(trash.join(file), folder.join(file)).unwrap();
    }
    store.rename(id, "newer").unwrap();
    store.delete(id).unwrap();
    store.restore(id).unwrap();
    assert_eq!(store.summary(id).unwrap().name, "newer");

    // The older one is forgotten in its time, too.
    let other = store.root().join("trash/0001-2");
    let ago = SystemTime::now() - Duration::from_hours(31 * 24);
    let deleted = std::fs::File::options()
        .write(true)
        .open(other.join("deleted"));
    store.tidy();
    assert!(other.exists());
    deleted.unwrap().set_modified(ago).unwrap();
    store.tidy();
    assert!(!other.exists());
}

#[test]
fn a_run_that_several_windows_delete_is_deleted_once() {
    let (_folder, store) = store();
    for _ in 0..20 {
        let id = record_one_batch(&store);
        let results = at_once(4, || store.delete(id));
        let done = results.iter().filter(|result| result.is_ok()).count();
        let late = |result: &Result<_, _>| matches!(result, Err(RunError::NoSuchRun(_)));
        let late = results.iter().filter(|result| late(result)).count();
        assert_eq!((done, late), (1, 3), "{results:?}");
        store.restore(id).unwrap();
        store.summary(id).unwrap();
    }
}

/// A run that was given up after its first batch.
fn record_one_batch(store: &Store) -> RunId {
    let (mut recorder, recording) = store.recorder(NewRun::default());
    let mut session = session(epochs(1));
    recorder.started(&session);
    let point = session.train_batch().unwrap();
    recorder.batch_trained(&session, point);
    recorder.rested(&session, Rest::Stopped);
    drop(recorder);
    assert!(recording.take_fault().is_none());
    recording.id().unwrap()
}

#[test]
fn a_run_that_ends_before_its_first_batch_is_not_kept() {
    let (_folder, store) = store();
    let (mut recorder, recording) = store.recorder(NewRun::default());
    let mut untrained = session(epochs(1));
    recorder.started(&untrained);
    recorder.rested(&untrained, Rest::Paused);
    recorder.rested(&untrained, Rest::Stopped);
    drop(recorder);
    assert!(recording.take_fault().is_none());
    assert_eq!(recording.id(), None);
    let left = std::fs::read_dir(store.root()).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.collect::<Vec<_>>(), ["turn.lock"]);

    // With a batch it is.
    let (mut recorder, recording) = store.recorder(NewRun::default());
    recorder.started(&untrained);
    let point = untrained.train_batch().unwrap();
    recorder.batch_trained(&untrained, point);
    recorder.rested(&untrained, Rest::Stopped);
    drop(recorder);
    assert!(recording.take_fault().is_none());
    let id = recording.id().expect("it is kept");
    assert_eq!(store.read(id).unwrap().curve, [point]);

    // Nor is one taken away that goes on without a batch more.
    let next = store.continue_run(id, &small_dataset(), 0).unwrap();
    let mut recorder = next.recorder;
    let session = Session::begin(next.config, small_dataset(), next.from).unwrap();
    recorder.started(&session);
    recorder.rested(&session, Rest::Stopped);
    drop(recorder);
    assert_eq!(store.read(id).unwrap().summary.step, 1);
}

#[test]
fn starting_again_and_again_leaves_no_empty_runs() {
    let (_folder, store) = store();
    let mut after = None;
    for _ in 0..6 {
        let (recorder, _recording) = store.recorder(NewRun::default());
        let start = Start {
            config: epochs(1000),
            dataset: small_dataset(),
            from: StartsFrom::Random,
            observer: Box::new(recorder),
            after: after.take(),
        };
        after = Some(Trainer::launch(start, Arc::new(|| {})).unwrap());
    }
    drop(after);
    let runs = store.list().unwrap().runs;
    assert!(runs.iter().all(|run| run.step > 0), "{runs:?}");
}

#[test]
fn runs_without_a_name_of_their_own_are_called_by_what_differs() {
    let (_folder, store) = store();
    let keep = |config: RunConfig, name: Option<&str>| {
        let name = name.map(str::to_owned);
        let (mut recorder, recording) = store.recorder(NewRun {
            name,
            ..NewRun::default()
        });
        let mut session = session(config);
        recorder.started(&session);
        let point = session.train_batch().unwrap();
        recorder.batch_trained(&session, point);
        drop(recorder);
        recording.id().unwrap()
    };
    let plain = small_config();
    let seed = RunConfig {
        seed: 8,
        ..plain.clone()
    };
    let few = RunConfig {
        images: Some(64),
        ..plain.clone()
    };
    let other = RunConfig {
        network: Preset::Dense.spec(),
        ..plain.clone()
    };
    let label = plain.network.label();
    keep(plain.clone(), None);
    keep(seed.clone(), None);
    keep(few, None);
    keep(seed.clone(), None);
    keep(other, None);
    let named = keep(seed, Some("mine (2)"));
    let runs = store.list().unwrap().runs;
    let english = Language::En.text().run_names(&runs);
    let names: Vec<_> = runs.iter().map(|run| english[&run.id].clone()).collect();
    let called = "4 → pool → dense 16";
    let dense = Preset::Dense.spec().label();
    assert_eq!(
        names,
        [
            format!("{called} · 320 images · seed 7"),
            format!("{called} · 320 images · seed 8 · run 2"),
            format!("{called} · 64 images · seed 7"),
            format!("{called} · 320 images · seed 8 · run 4"),
            dense,
            "mine (2)".to_owned(),
        ]
    );
    let spanish = Language::Es.text().run_names(&runs);
    let third = "4 → pool → densa 16 · 64 imágenes · semilla 7";
    assert_eq!(spanish[&runs[2].id], third);
    // On disk they keep their names, by which commands find them as by their numbers.
    let second = store.find(&format!("{label} (2)")).unwrap();
    assert_eq!(second, runs[1].id);
    assert_eq!(store.find("mine (2)").unwrap(), named);
    assert_eq!(store.find("3").unwrap(), runs[2].id);
    // A run is called by its network alone once it is the only one.
    let alone = Language::En.text().run_names(&runs[..1]);
    assert_eq!(alone[&runs[0].id], called);
}

/// A learning rate that is changed in mid-run is part of the settings: who trains with these from the start comes to the same weights,
/// also by way of the disk.
#[test]
fn a_run_changed_in_its_middle_is_what_its_settings_say() {
    let (_folder, store) = store();
    let mut changed = session(epochs(2));
    let (mut recorder, recording) = store.recorder(new_run("changed"));
    recorder.started(&changed);
    for _ in 0..4 {
        let point = changed.train_batch().unwrap();
        recorder.batch_trained(&changed, point);
    }
    let decays = Optimization {
        weight_decay: Real::new(0.01),
        schedule: Schedule::Cosine,
        ..Optimization::default()
    };
    assert!(
        !changed
            .change(epochs(2).learning_rate, Optimization::default())
            .unwrap()
    );
    assert!(changed.change(0.01, decays).unwrap());
    recorder.settings_changed(&changed);
    train_to_end(&mut changed, &mut recorder).unwrap();
    drop(recorder);
    assert!(recording.take_fault().is_none());

    let config = store.summary(recording.id().unwrap()).unwrap().config;
    assert_eq!(config, *changed.config());
    let expected = SettingsChange {
        step: 4,
        learning_rate: 0.01,
        optimization: decays,
    };
    assert_eq!(config.changes, [expected]);
    assert_eq!(unbroken(config), bytes(&changed));
    assert_ne!(unbroken(epochs(2)), bytes(&changed));
}

/// A run that begins with given weights: they are its first checkpoint, and it says what they are called.
#[test]
fn a_run_from_other_weights_begins_with_them_and_says_so() {
    let (_folder, store) = store();
    let mut first = session(epochs(1));
    train_to_end(&mut first, &mut ()).unwrap();
    let weights_of_first = first.snapshot().unwrap();
    let from = || StartsFrom::Weights(weights_of_first.clone());
    let mut second = Session::begin(epochs(1), small_dataset(), from()).unwrap();
    assert_eq!(bytes(&second), bytes(&first));
    let (mut recorder, recording) = store.recorder(NewRun {
        began_from: Some("the first".into()),
        ..new_run("second")
    });
    train_to_end(&mut second, &mut recorder).unwrap();
    drop(recorder);
    let id = recording.id().unwrap();
    assert_ne!(bytes(&second), bytes(&first));
    let summary = store.summary(id).unwrap();
    assert_eq!(summary.began_from.as_deref(), Some("the first"));
    let table = compare(&[summary], None);
    assert!(
        !table.csv().contains("began_from"),
        "of one run nothing differs"
    );

    // Killed before its state was written, it starts with them again.
    std::fs::remove_file(store.folder(id).join("state.safetensors")).unwrap();
    let again = store.continue_run(id, &small_dataset(), 0).unwrap();
    assert!(matches!(again.from, StartsFrom::Weights(_)));
    let mut again = Session::begin(again.config, small_dataset(), again.from).unwrap();
    train_to_end(&mut again, &mut ()).unwrap();
    assert_eq!(bytes(&again), bytes(&second));
    // Without them it is not another run in their stead.
    std::fs::remove_dir_all(store.folder(id).join("checkpoints")).unwrap();
    assert!(store.continue_run(id, &small_dataset(), 0).is_err());

    let dense = RunConfig::new(Preset::Dense.spec());
    let refused = Session::begin(dense, small_dataset(), from())
        .err()
        .unwrap();
    assert!(matches!(refused, TrainingError::Weights), "{refused}");
}
