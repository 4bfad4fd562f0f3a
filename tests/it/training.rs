//! Runs on their thread: reproducible, obedient, and honest about failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use convlens_core::network::{Model, Real, weights};
use convlens_core::training::{
    Amount, Augmentation, Command, EpochMetrics, Event, Observer, Optimization, OptimizerKind,
    Rest, RunConfig, Schedule, Session, Start, StartsFrom, Trainer, TrainingError, Wake,
};

use super::support::{small_config, small_dataset};

fn silent() -> Wake {
    Arc::new(|| {})
}

fn start(config: RunConfig) -> Trainer {
    Trainer::start(config, small_dataset(), silent()).unwrap()
}

/// Waits for an event that `wanted` turns into something.
fn wait<T>(trainer: &Trainer, wanted: impl Fn(Event) -> Option<T>) -> T {
    loop {
        let event = trainer.wait_event().expect("the thread still runs");
        if let Some(found) = wanted(event) {
            return found;
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a filter of events, like its neighbours"
)]
fn finished(event: Event) -> Option<()> {
    matches!(event, Event::Finished).then_some(())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a filter of events, like its neighbours"
)]
fn paused(event: Event) -> Option<()> {
    matches!(event, Event::Paused).then_some(())
}

fn failed(event: Event) -> Option<TrainingError> {
    match event {
        Event::Failed(error) => Some(error),
        _ => None,
    }
}

fn bytes(model: &Model) -> Vec<u8> {
    weights::to_bytes(model).unwrap()
}

fn weights_of(trainer: &Trainer) -> Vec<u8> {
    bytes(&trainer.snapshot().expect("a snapshot").model)
}

/// Trains without a thread: the weights at the end, and what each epoch came to.
pub fn run_by_hand(config: RunConfig) -> (Vec<u8>, Vec<EpochMetrics>) {
    let epochs = config.epochs;
    let mut session = Session::new(config, small_dataset()).unwrap();
    let mut metrics = Vec::new();
    for _ in 0..epochs {
        while !session.epoch_is_complete() {
            session.train_batch().unwrap();
        }
        metrics.push(session.end_epoch().unwrap());
    }
    (bytes(&session.snapshot().unwrap()), metrics)
}

#[test]
fn the_same_settings_give_the_same_bits() {
    let (first, metrics) = run_by_hand(small_config());
    assert_eq!(first, run_by_hand(small_config()).0);
    let other_seed = RunConfig {
        seed: 8,
        ..small_config()
    };
    assert_ne!(first, run_by_hand(other_seed).0);
    assert_eq!(metrics.len(), 2);
    assert_eq!(metrics[0].images, 320);

    let trainer = start(small_config());
    wait(&trainer, finished);
    assert_eq!(
        weights_of(&trainer),
        first,
        "the thread trains like the loop"
    );
}

#[test]
fn threads_decide_how_fast_a_run_goes_and_nothing_else() {
    let on = |threads| RunConfig {
        threads,
        ..small_config()
    };
    let (weights, metrics) = run_by_hand(on(1));
    let (others, other_metrics) = run_by_hand(on(2));
    assert_eq!(weights, others);
    for (one, two) in metrics.iter().zip(&other_metrics) {
        assert_eq!(one.train_loss.to_bits(), two.train_loss.to_bits());
        assert_eq!(one.test_loss, two.test_loss);
    }
    // Begun on two, continued on one, as a run from another computer may be.
    let mut begun = Session::new(on(2), small_dataset()).unwrap();
    for _ in 0..3 {
        begun.train_batch().unwrap();
    }
    let state = begun.state().unwrap();
    let mut session = Session::resume(on(1), small_dataset(), state).unwrap();
    while !session.is_finished() {
        if session.epoch_is_complete() {
            session.end_epoch().unwrap();
        } else {
            session.train_batch().unwrap();
        }
    }
    assert_eq!(bytes(&session.snapshot().unwrap()), weights);
}

#[test]
fn the_last_batch_may_be_smaller_and_a_share_may_be_trained_on() {
    let config = RunConfig {
        batch_size: 48,
        images: Some(100),
        ..small_config()
    };
    let session = Session::new(config.clone(), small_dataset()).unwrap();
    assert_eq!(session.batches_per_epoch(), 3);
    let (_, metrics) = run_by_hand(config);
    assert_eq!(metrics[1].images, 100);
}

#[test]
fn pausing_stepping_and_resuming_change_nothing_but_time() {
    let reference = run_by_hand(small_config()).0;
    let trainer = start(small_config());
    trainer.send(Command::Pause);
    wait(&trainer, paused);
    let before = trainer.take_points().0.len();
    std::thread::sleep(Duration::from_millis(50));
    assert!(
        trainer.take_points().0.is_empty(),
        "a run that holds trains nothing"
    );
    trainer.send(Command::StepBatch);
    wait(&trainer, paused);
    let (steps, _) = trainer.take_points();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].step as usize, before + 1);
    trainer.send(Command::StepEpoch);
    let epoch = wait(&trainer, |event| match event {
        Event::EpochEnded(metrics) => Some(metrics.epoch),
        _ => None,
    });
    assert_eq!(epoch, 1);
    wait(&trainer, paused);
    trainer.send(Command::Resume);
    wait(&trainer, finished);
    assert_eq!(weights_of(&trainer), reference);
}

#[test]
fn epochs_added_later_count_like_epochs_planned() {
    let planned = RunConfig {
        epochs: 3,
        ..small_config()
    };
    let trainer = start(small_config());
    wait(&trainer, finished);
    trainer.send(Command::AddEpochs(1));
    wait(&trainer, finished);
    assert_eq!(weights_of(&trainer), run_by_hand(planned).0);
}

#[test]
fn stopping_ends_the_run_and_keeps_its_weights() {
    let config = RunConfig {
        epochs: 1000,
        ..small_config()
    };
    for pause_first in [false, true] {
        let trainer = start(config.clone());
        wait(&trainer, |event| {
            matches!(event, Event::Started { .. }).then_some(())
        });
        if pause_first {
            trainer.send(Command::Pause);
            wait(&trainer, paused);
        }
        trainer.stop();
        wait(&trainer, |event| {
            matches!(event, Event::Stopped).then_some(())
        });
        assert!(trainer.snapshot().is_some());
        assert!(trainer.wait_event().is_none(), "the thread is gone");
    }
}

#[test]
fn dropping_the_handle_joins_the_thread_whatever_it_does() {
    for command in [None, Some(Command::Pause)] {
        let config = RunConfig {
            epochs: 1000,
            ..small_config()
        };
        let wakes = Arc::new(AtomicUsize::new(0));
        let count = wakes.clone();
        let wake: Wake = Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        // Nobody reads the events: the thread may even wait for room in their channel.
        let trainer = Trainer::start(config, small_dataset(), wake).unwrap();
        if let Some(command) = command {
            trainer.send(command);
        }
        std::thread::sleep(Duration::from_millis(200));
        drop(trainer);
        assert_eq!(
            Arc::strong_count(&wakes),
            1,
            "the thread and its wake are gone"
        );
    }
}

/// Takes its time to end, as a run does that measures the test set.
struct SlowToEnd(Arc<AtomicUsize>);

impl Observer for SlowToEnd {
    fn rested(&mut self, _: &Session, _: Rest) {
        std::thread::sleep(Duration::from_millis(400));
        self.0.store(1, Ordering::SeqCst);
    }
}

#[test]
fn a_run_begins_when_the_one_before_has_ended_and_nobody_waits_for_that() {
    let begin = |observer: Box<dyn Observer>, after: Option<Trainer>| {
        let start = Start {
            config: small_config(),
            dataset: small_dataset(),
            from: StartsFrom::Random,
            observer,
            after,
        };
        Trainer::launch(start, silent()).unwrap()
    };
    let started = |event: Event| matches!(event, Event::Started { .. }).then_some(());
    let ended = Arc::new(AtomicUsize::new(0));
    let first = begin(Box::new(SlowToEnd(ended.clone())), None);
    wait(&first, started);
    let asked = Instant::now();
    let second = begin(Box::new(()), Some(first));
    assert!(
        asked.elapsed() < Duration::from_millis(300),
        "not waited for"
    );
    assert_eq!(ended.load(Ordering::SeqCst), 0);
    wait(&second, started);
    assert_eq!(ended.load(Ordering::SeqCst), 1, "one after the other");
    wait(&second, finished);
}

#[test]
fn impossible_settings_fail_with_their_reason() {
    let broken = |config: RunConfig| wait(&start(config), failed).to_string();
    let epochs = broken(RunConfig {
        epochs: 0,
        ..small_config()
    });
    assert!(epochs.contains("epochs: 0"), "{epochs}");
    let rate = broken(RunConfig {
        learning_rate: f64::NAN,
        ..small_config()
    });
    assert!(rate.contains("learning rate"), "{rate}");
    let images = broken(RunConfig {
        images: Some(0),
        ..small_config()
    });
    assert!(images.contains("images"), "{images}");
}

#[test]
fn a_panic_in_the_thread_becomes_an_event() {
    let calls = AtomicUsize::new(0);
    let wake: Wake = Arc::new(move || {
        assert!(calls.fetch_add(1, Ordering::Relaxed) != 3, "on purpose");
    });
    let trainer = Trainer::start(small_config(), small_dataset(), wake).unwrap();
    let error = wait(&trainer, failed);
    assert!(
        matches!(&error, TrainingError::Panicked(message) if message.contains("on purpose")),
        "{error}"
    );
}

/// The weights, flat, of every tensor of a model.
fn flat(model: &Model) -> Vec<Vec<f32>> {
    let tensors = model.tensors();
    let values = tensors.iter().map(|t| t.flatten_all().unwrap().to_vec1());
    values.map(Result::unwrap).collect()
}

/// One batch's steps written down by hand: gradients are those that Adam's first mean tells.
#[test]
fn every_optimizer_takes_the_step_that_it_is_said_to_take() {
    let of = |optimization: Optimization| RunConfig {
        optimization,
        learning_rate: 0.05,
        ..small_config()
    };
    let adam = of(Optimization::default());
    let before = flat(&Model::random(&adam.network, adam.seed).unwrap());
    let mut session = Session::new(adam, small_dataset()).unwrap();
    session.train_batch().unwrap();
    let moments = session.state().unwrap().optimizer.moments;
    let gradients: Vec<Vec<f64>> = moments
        .iter()
        .map(|m| m.mean.iter().map(|mean| f64::from(*mean) / 0.1).collect())
        .collect();
    let sgd = Optimization::default().with(OptimizerKind::Sgd);
    let real = Real::new;
    for (optimization, step) in [
        (sgd, (|_, g| 0.05 * g) as fn(f64, f64) -> f64),
        (
            Optimization {
                momentum: real(0.9),
                ..sgd
            },
            |_, g| 0.05 * g,
        ),
        (
            Optimization {
                momentum: real(0.9),
                nesterov: true,
                ..sgd
            },
            |_, g| 0.05 * (g + 0.9 * g),
        ),
        (
            Optimization {
                l2: real(0.01),
                ..sgd
            },
            |w, g| 0.05 * (g + 2.0 * 0.01 * w),
        ),
        (
            Optimization {
                weight_decay: real(0.1),
                ..sgd
            },
            |w, g| 0.05 * (g + 0.1 * w),
        ),
        (
            Optimization::default().with(OptimizerKind::RmsProp),
            |_, g| 0.05 * g / (0.1 * g * g + 1e-7).sqrt(),
        ),
        (
            Optimization {
                schedule: Schedule::OneCycle,
                ..sgd
            },
            |_, g| 0.05 / 25.0 * g,
        ),
    ] {
        let mut session = Session::new(of(optimization), small_dataset()).unwrap();
        session.train_batch().unwrap();
        let after = flat(&session.snapshot().unwrap());
        for ((before, after), gradients) in before.iter().zip(&after).zip(&gradients) {
            // Penalties are for weights; biases begin at 0 and are none the wiser.
            for ((w, moved), g) in before.iter().zip(after).zip(gradients) {
                let w = f64::from(*w);
                let expected = w - step(w, *g);
                let apart = (expected - f64::from(*moved)).abs();
                assert!(
                    apart < 1e-5,
                    "{optimization}: {w} by {g} to {moved}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn every_optimizer_and_schedule_goes_on_to_the_bit() {
    let with = |optimizer, schedule| Optimization {
        schedule,
        label_smoothing: Real::new(0.1),
        l2: Real::new(0.001),
        ..Optimization::default().with(optimizer)
    };
    for (optimization, learning_rate) in [
        (with(OptimizerKind::AdamW, Schedule::Cosine), 0.001),
        (
            Optimization {
                momentum: Real::new(0.9),
                nesterov: true,
                ..with(OptimizerKind::Sgd, Schedule::OneCycle)
            },
            0.05,
        ),
        (with(OptimizerKind::RmsProp, Schedule::Step), 0.001),
        (with(OptimizerKind::Adam, Schedule::WarmUp), 0.001),
    ] {
        let config = RunConfig {
            optimization,
            learning_rate,
            ..small_config()
        };
        let (whole, metrics) = run_by_hand(config.clone());
        assert!(
            metrics[1].train_loss < metrics[0].train_loss,
            "{optimization}"
        );
        let mut begun = Session::new(config.clone(), small_dataset()).unwrap();
        for _ in 0..7 {
            begun.train_batch().unwrap();
        }
        let state = begun.state().unwrap();
        let mut session = Session::resume(config, small_dataset(), state).unwrap();
        rest_of(&mut session);
        assert!(
            bytes(&session.snapshot().unwrap()) == whole,
            "{optimization}"
        );
    }
}

/// Trains on to the end, and counts the epochs.
fn rest_of(session: &mut Session) -> Vec<EpochMetrics> {
    let mut epochs = Vec::new();
    while !session.is_finished() {
        if session.epoch_is_complete() {
            epochs.push(session.end_epoch().unwrap());
        } else {
            session.train_batch().unwrap();
        }
    }
    epochs
}

#[test]
fn changed_pictures_are_the_same_on_any_threads_and_after_a_pause() {
    let augmentation = Augmentation {
        flip: true,
        shift: Real::new(0.1),
        turn: Real::new(15.0),
        zoom: Real::new(0.1),
        brightness: Real::new(0.2),
        cutout: Real::new(0.3),
    };
    let config = RunConfig {
        augmentation,
        ..small_config()
    };
    let plain = run_by_hand(small_config()).0;
    let (whole, metrics) = run_by_hand(config.clone());
    assert!(whole != plain, "pictures are changed");
    assert!(metrics[1].train_loss < metrics[0].train_loss, "it learns");
    for threads in [1, 3] {
        let config = RunConfig {
            threads,
            ..config.clone()
        };
        let mut begun = Session::new(config.clone(), small_dataset()).unwrap();
        for _ in 0..7 {
            begun.train_batch().unwrap();
        }
        let state = begun.state().unwrap();
        let mut session = Session::resume(config, small_dataset(), state).unwrap();
        rest_of(&mut session);
        assert!(bytes(&session.snapshot().unwrap()) == whole, "{threads}");
    }
}

#[test]
fn patience_ends_a_run_that_gets_no_better_and_more_epochs_may_follow() {
    let config = RunConfig {
        epochs: 60,
        learning_rate: 0.02,
        validation_percent: 20,
        patience: Some(3),
        ..small_config()
    };
    let mut session = Session::new(config.clone(), small_dataset()).unwrap();
    let epochs = rest_of(&mut session);
    let losses: Vec<f64> = epochs.iter().map(|e| e.validation_loss.unwrap()).collect();
    let best = (0..losses.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b]));
    assert!(losses.len() < 60, "{losses:?}");
    assert_eq!(best.unwrap() + 1 + 3, losses.len(), "{losses:?}");
    // Without patience the same weights come by.
    let patient = RunConfig {
        epochs: losses.len(),
        patience: None,
        ..config.clone()
    };
    let whole = run_by_hand(patient).0;
    assert!(bytes(&session.snapshot().unwrap()) == whole);

    // Killed in its last epoch, it ends at the same one.
    let mut killed = Session::new(config.clone(), small_dataset()).unwrap();
    for _ in 1..losses.len() {
        while !killed.epoch_is_complete() {
            killed.train_batch().unwrap();
        }
        killed.end_epoch().unwrap();
    }
    let state = killed.state().unwrap();
    let mut resumed = Session::resume(config, small_dataset(), state).unwrap();
    assert_eq!(rest_of(&mut resumed).len(), 1);

    session.add_epochs(2);
    assert_eq!(rest_of(&mut session).len(), 2);
    assert_eq!(session.config().epochs, losses.len() + 2);
}

#[test]
fn patience_needs_pictures_to_watch_and_changes_have_bounds() {
    let refused = |config: RunConfig| {
        let error = Session::new(config, small_dataset()).err();
        error.expect("is refused").to_string()
    };
    let blind = refused(RunConfig {
        patience: Some(3),
        ..small_config()
    });
    assert!(blind.contains("patience") && blind.contains("validation"));
    let mut augmentation = Augmentation::default();
    for amount in Amount::ALL {
        let most = amount.most();
        *augmentation.amount_mut(amount) = Real::new(most * 1.01);
        let fault = refused(RunConfig {
            augmentation,
            ..small_config()
        });
        assert!(fault.contains(amount.key()), "{fault}");
        *augmentation.amount_mut(amount) = Real::new(most);
    }
    // All of it at once, at its most.
    let config = RunConfig {
        augmentation,
        epochs: 1,
        ..small_config()
    };
    assert_eq!(run_by_hand(config).1.len(), 1);
}
