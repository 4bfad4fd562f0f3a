//! An epoch that is trained and not yet measured: Stop and Pause do not wait for the test set.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use convlens_core::network::weights;
use convlens_core::training::runs::{CheckpointCache, NewRun, RunStatus};
use convlens_core::training::{
    BatchPoint, Command, EpochMetrics, Event, Observer, RunConfig, Session, Start, StartsFrom,
    Trainer,
};

use super::runs::store;
use super::support::{small_config, small_dataset};
use super::training::run_by_hand;

/// Holds the run after the last batch of its first epoch, before it is measured, until it may go on.
struct AtTheEnd {
    reached: Sender<()>,
    may_go_on: Receiver<()>,
}

impl Observer for AtTheEnd {
    fn batch_trained(&mut self, session: &Session, _: BatchPoint) {
        if session.epoch() == 1 && session.epoch_is_complete() {
            self.reached.send(()).unwrap();
            self.may_go_on.recv().unwrap();
        }
    }
}

/// Starts a run and does something to it between the last batch of its first epoch and the
/// measurement of the test set.
fn before_measuring(observer: impl Observer + 'static, does: impl FnOnce(&Trainer)) -> Trainer {
    let (reached, at_the_end) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let start = Start {
        config: small_config(),
        dataset: small_dataset(),
        from: StartsFrom::Random,
        observer: Box::new((observer, AtTheEnd { reached, may_go_on })),
        after: None,
    };
    let trainer = Trainer::launch(start, Arc::new(|| {})).unwrap();
    at_the_end.recv().unwrap();
    does(&trainer);
    go_on.send(()).unwrap();
    trainer
}

/// The epochs measured before an event that `ends` it.
fn measured_before(trainer: &Trainer, ends: impl Fn(&Event) -> bool) -> Vec<EpochMetrics> {
    let mut epochs = Vec::new();
    loop {
        match trainer.wait_event().expect("the thread still runs") {
            Event::EpochEnded(metrics) => epochs.push(metrics),
            event if ends(&event) => return epochs,
            _ => {}
        }
    }
}

/// All that does not depend on the clock.
fn figures(epochs: &[EpochMetrics]) -> Vec<[u64; 5]> {
    let bits = |e: &EpochMetrics| {
        let tested = [e.test_loss, e.test_accuracy].map(Option::unwrap);
        let [a, b, c, d] = [e.train_loss, e.train_accuracy, tested[0], tested[1]];
        [
            e.epoch as u64,
            a.to_bits(),
            b.to_bits(),
            c.to_bits(),
            d.to_bits(),
        ]
    };
    epochs.iter().map(bits).collect()
}

#[test]
fn a_measurement_is_given_up_and_made_later_as_if_nothing_had_been() {
    let (reference, measured) = run_by_hand(small_config());
    let mut session = Session::new(small_config(), small_dataset()).unwrap();
    while !session.epoch_is_complete() {
        session.train_batch().unwrap();
    }
    // At once, and in the middle: 100 pictures are two chunks.
    for patience in [0, 1] {
        let asked = AtomicUsize::new(0);
        let is_unwanted = || asked.fetch_add(1, Ordering::SeqCst) >= patience;
        assert!(session.end_epoch_unless(is_unwanted).unwrap().is_none());
        assert_eq!((session.epoch(), session.epoch_is_complete()), (1, true));
    }
    let state = session.state().unwrap();
    let mut session = Session::resume(small_config(), small_dataset(), state).unwrap();
    let mut epochs = vec![session.end_epoch().unwrap()];
    while !session.epoch_is_complete() {
        session.train_batch().unwrap();
    }
    epochs.push(session.end_epoch().unwrap());
    assert_eq!(figures(&epochs), figures(&measured));
    let weights = weights::to_bytes(&session.snapshot().unwrap()).unwrap();
    assert_eq!(weights, reference);
}

#[test]
fn a_run_paused_while_it_is_measured_holds_at_once_and_measures_when_it_goes_on() {
    let (reference, measured) = run_by_hand(small_config());
    for goes_on in [Command::Resume, Command::StepBatch, Command::StepEpoch] {
        let trainer = before_measuring((), |trainer| trainer.send(Command::Pause));
        let paused = |event: &Event| matches!(event, Event::Paused);
        assert!(measured_before(&trainer, paused).is_empty());
        assert_eq!(trainer.take_points().0.len(), 10, "the epoch is trained");
        trainer.send(goes_on);
        let mut epochs = Vec::new();
        if goes_on != Command::Resume {
            epochs = measured_before(&trainer, paused);
            assert_eq!(epochs.len(), 1, "{goes_on:?} measures first");
            let more = usize::from(goes_on == Command::StepBatch);
            assert_eq!(trainer.take_points().0.len(), more, "{goes_on:?}");
            trainer.send(Command::Resume);
        }
        epochs.extend(measured_before(&trainer, |event| {
            matches!(event, Event::Finished)
        }));
        assert_eq!(figures(&epochs), figures(&measured), "{goes_on:?}");
        let snapshot = trainer.snapshot().unwrap();
        assert_eq!(weights::to_bytes(&snapshot.model).unwrap(), reference);
    }
}

#[test]
fn a_run_stopped_while_it_is_measured_is_kept_and_measures_first_when_continued() {
    let (reference, measured) = run_by_hand(small_config());
    let (_folder, store) = store();
    let (recorder, recording) = store.recorder(NewRun::default());
    let trainer = before_measuring(recorder, Trainer::stop);
    let stopped = |event: &Event| matches!(event, Event::Stopped);
    assert!(measured_before(&trainer, stopped).is_empty());
    drop(trainer);
    assert!(recording.take_fault().is_none());
    let id = recording.id().unwrap();
    let kept = store.read(id).unwrap();
    assert_eq!(kept.summary.status, RunStatus::Stopped);
    assert_eq!((kept.summary.step, kept.summary.epochs.len()), (10, 0));
    assert_eq!(
        (kept.curve.len(), kept.checkpoints.last().unwrap().step),
        (10, 10)
    );

    let next = store.continue_run(id, &small_dataset(), 0).unwrap();
    let start = Start {
        config: next.config,
        dataset: small_dataset(),
        from: next.from,
        observer: Box::new(next.recorder),
        after: None,
    };
    let trainer = Trainer::launch(start, Arc::new(|| {})).unwrap();
    measured_before(&trainer, |event| matches!(event, Event::Finished));
    drop(trainer);
    let whole = store.read(id).unwrap();
    assert_eq!(whole.summary.status, RunStatus::Finished);
    assert_eq!(figures(&whole.summary.epochs), figures(&measured));
    assert_eq!(whole.curve.len(), 20);
    let last = *whole.checkpoints.last().unwrap();
    let model = store.checkpoint(id, last, &CheckpointCache::default());
    assert_eq!(weights::to_bytes(&model.unwrap().model).unwrap(), reference);
}

#[test]
fn the_last_epoch_may_be_measured_later_too() {
    let config = RunConfig {
        epochs: 1,
        ..small_config()
    };
    let mut session = Session::new(config.clone(), small_dataset()).unwrap();
    while !session.epoch_is_complete() {
        session.train_batch().unwrap();
    }
    assert!(session.end_epoch_unless(|| true).unwrap().is_none());
    assert!(!session.is_finished());
    let start = Start {
        config,
        dataset: small_dataset(),
        from: StartsFrom::State(Box::new(session.state().unwrap())),
        observer: Box::new(()),
        after: None,
    };
    let trainer = Trainer::launch(start, Arc::new(|| {})).unwrap();
    let epochs = measured_before(&trainer, |event| matches!(event, Event::Finished));
    assert_eq!(epochs.len(), 1);
    assert!(
        trainer.take_points().0.is_empty(),
        "nothing is trained twice"
    );
}
