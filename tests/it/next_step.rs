//! What the next batch will do to a weight, before it is trained: told by stock operators, taken by the compiled step; and in the window.

use std::sync::Arc;

use convlens_core::dataset;
use convlens_core::explore::{StepWith, filter_step, kernels, step_can_be_told};
use convlens_core::network::{Model, NetworkSpec, Preset, Real};
use convlens_core::training::{Optimization, OptimizerKind, RunConfig, Schedule, Session};
use eframe::egui::Key;

use super::views::{click, english, press, settle, shows, tab_to, text};

/// What is told before a batch is what training then does, by its own kernels, for every optimizer.
#[test]
fn the_step_that_is_told_is_the_one_that_is_taken() {
    let of = |optimizer| Optimization::default().with(optimizer);
    let momentum = Optimization {
        momentum: Real::new(0.9),
        nesterov: true,
        weight_decay: Real::new(0.01),
        ..of(OptimizerKind::Sgd)
    };
    let smoothed = Optimization {
        l2: Real::new(0.01),
        label_smoothing: Real::new(0.2),
        schedule: Schedule::Cosine,
        ..of(OptimizerKind::Adam)
    };
    let rms = Optimization {
        momentum: Real::new(0.5),
        ..of(OptimizerKind::RmsProp)
    };
    let data = Arc::new(dataset::synthetic(96, 10));
    for optimization in [
        Optimization::default(),
        of(OptimizerKind::AdamW),
        smoothed,
        momentum,
        rms,
    ] {
        let config = RunConfig {
            optimization,
            learning_rate: 0.01,
            threads: 1,
            ..RunConfig::new(NetworkSpec::new(Preset::Conv16.spec().layers))
        };
        let mut session = Session::new(config, data.clone()).unwrap();
        // Moments that are not zero.
        session.train_batch().unwrap();
        session.train_batch().unwrap();
        let before = session.snapshot().unwrap();
        let between = session.between_batches();
        session.train_batch().unwrap();
        let after = session.snapshot().unwrap();
        let with = StepWith {
            optimizer: between.optimizer,
            state: &between.state,
            label_smoothing: between.label_smoothing,
        };
        for (layer, filter) in [(0, 3), (2, 11)] {
            let told =
                filter_step(&before, (&data.train, &between.rows), with, (layer, filter)).unwrap();
            assert_eq!(told.images, 32);
            let (was, is) = (
                kernels(&before, layer).unwrap(),
                kernels(&after, layer).unwrap(),
            );
            let pairs = was.filter(filter).iter().zip(is.filter(filter));
            let mut moved = 0;
            for (told, (was, is)) in told.weights.iter().zip(pairs) {
                assert!((told.weight - f64::from(*was)).abs() < 1e-12);
                let step = f64::from(*is) - f64::from(*was);
                let error = (told.next - f64::from(*is)).abs();
                // Of Adam's step where the gradient is nearly nothing, rounding decides the direction.
                let allowed = 1e-6 + 2e-3 * step.abs();
                assert!(
                    error < allowed,
                    "{optimization}: {told:?}, is {is}, was {was}"
                );
                moved += usize::from(step.abs() > 0.0);
            }
            assert!(moved > 4, "{optimization}");
        }
    }
}

#[test]
fn what_cannot_be_told_is_known() {
    assert!(step_can_be_told(
        &Model::random(&Preset::Conv64.spec(), 1).unwrap()
    ));
    assert!(!step_can_be_told(
        &Model::random(&Preset::VggSmall.spec(), 1).unwrap()
    ));
}

/// A run that holds tells what the next batch does to a filter; trained, the weight is what was told.
#[test]
fn a_run_that_holds_tells_its_next_step_and_then_takes_it() {
    let mut window = english();
    press(&mut window, Key::Num3);
    settle(&mut window);
    assert!(shows(&window, text().filters.hold_to_see));
    press(&mut window, Key::S);
    settle(&mut window);
    // The same run beside it.
    let config = RunConfig {
        images: Some(320),
        epochs: 1,
        ..RunConfig::default()
    };
    let data = Arc::new(dataset::synthetic(30_000, 10_000));
    let mut session = Session::new(config, data.clone()).unwrap();
    session.train_batch().unwrap();
    let between = session.between_batches();
    let with = StepWith {
        optimizer: between.optimizer,
        state: &between.state,
        label_smoothing: between.label_smoothing,
    };
    let before = session.snapshot().unwrap();
    let step = filter_step(&before, (&data.train, &between.rows), with, (0, 1)).unwrap();
    let most = |a: usize, b: usize| {
        if step.weights[b].gradient.abs() > step.weights[a].gradient.abs() {
            b
        } else {
            a
        }
    };
    let weight = step.weights[(0..9).reduce(most).unwrap()];
    for value in [weight.gradient, weight.mean[1], weight.next] {
        let value = text().value(value as f32);
        assert!(shows(&window, &value), "{value}");
    }
    tab_to(&mut window, text().training.step);
    click(&mut window, text().training.step);
    settle(&mut window);
    session.train_batch().unwrap();
    let now = kernels(&session.snapshot().unwrap(), 0).unwrap();
    let place = (0..9).reduce(most).unwrap();
    let (told, is) = (weight.next, f64::from(now.filter(1)[place]));
    assert!((told - is).abs() < 1e-6, "{told} and {is}");
}
