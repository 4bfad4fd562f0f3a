//! The optimizer.
#![allow(unsafe_code)] // Uses what the optimizer lends.

use super::*;
use crate::kernel::Kernel;
use crate::optimizer::{Constants, Part, update};
use pulp::Simd;

struct Update<'a> {
    part: Part<'a>,
    constants: Constants,
    gradient: &'a [f32],
}

impl Kernel for Update<'_> {
    type Scratch = ();

    fn run<S: Simd>(self, simd: S, (): &mut ()) {
        update(simd, self.part, self.constants, self.gradient);
    }
}

/// One step of `optimizer` with these gradients of its only variable.
fn step(optimizer: &mut Optimizer, gradient: &[f32]) {
    let constants = optimizer.begin();
    optimizer
        .lend(&mut Vec::new(), &mut |lent| {
            // SAFETY: nobody else uses them.
            let mut variable = lent[0].map(|raw| unsafe { raw.pieces() });
            let length = gradient.len();
            kernel::run(Update {
                part: Part::of(&mut variable, 0, length),
                constants,
                gradient,
            });
        })
        .unwrap();
}

#[test]
fn adam_agrees_with_float64_and_continues_to_the_bit() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let variable = variable(&mut rng, &[50, 3]);
        let config = OptimizerConfig {
            learning_rate: 0.01,
            ..OptimizerConfig::default()
        };
        let mut adam = Optimizer::new(vec![variable.clone()], config);
        let (mut p, mut m, mut v) = (wide(&numbers(&variable)), vec![0.0; 150], vec![0.0; 150]);
        let mut resumed = None;
        for count in 1..=20 {
            let gradient = random(&mut rng, 150);
            if count == 11 {
                let copy = Var::from_tensor(&variable.copy().unwrap()).unwrap();
                let state = adam.state().clone();
                let adam = Optimizer::resume(vec![copy.clone()], config, state).unwrap();
                resumed = Some((adam, copy));
            }
            if let Some((adam, _)) = &mut resumed {
                step(adam, &gradient);
            }
            step(&mut adam, &gradient);
            let (c1, c2) = (1.0 - 0.9_f64.powi(count), 1.0 - 0.999_f64.powi(count));
            for i in 0..150 {
                let g = f64::from(gradient[i]);
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                p[i] -= 0.01 * c2.sqrt() / c1 * m[i] / (v[i].sqrt() + 1e-7);
            }
        }
        close(&numbers(&variable), &p, "weights");
        assert_eq!(numbers(&resumed.unwrap().1), numbers(&variable));
    });
}

#[test]
fn adam_flushes_what_would_become_denormal() -> Result<()> {
    let variable = Var::from_vec(vec![1.0_f32; 8], 8, &Device::Cpu)?;
    let moments = Moments {
        mean: vec![1e-25; 8],
        square: vec![1e-32; 8],
    };
    let state = AdamState {
        steps: 5,
        moments: vec![moments],
    };
    let mut adam = Optimizer::resume(vec![variable], OptimizerConfig::default(), state)?;
    step(&mut adam, &[0.0; 8]);
    step(&mut adam, &[0.0; 8]);
    let flushed = Moments {
        mean: vec![0.0; 8],
        square: vec![0.0; 8],
    };
    assert_eq!(adam.state().moments[0], flushed);
    Ok(())
}

#[test]
fn adam_refuses_a_state_of_other_variables() {
    let variable = Var::zeros(8, DType::F32, &Device::Cpu).unwrap();
    let state = AdamState {
        steps: 5,
        moments: vec![Moments {
            mean: vec![0.0; 7],
            square: vec![0.0; 8],
        }],
    };
    assert!(Optimizer::resume(vec![variable], OptimizerConfig::default(), state).is_err());
}

#[test]
fn adam_goes_on_behind_the_last_step_that_can_be_counted() -> Result<()> {
    let variable = Var::from_vec(vec![1.0_f32; 8], 8, &Device::Cpu)?;
    let mut state = Optimizer::new(vec![variable.clone()], OptimizerConfig::default())
        .state()
        .clone();
    state.steps = u64::MAX;
    let mut adam = Optimizer::resume(vec![variable.clone()], OptimizerConfig::default(), state)?;
    step(&mut adam, &[1.0; 8]);
    assert_eq!(adam.state().steps, u64::MAX);
    let moved = numbers(&variable);
    assert!(moved.iter().all(|p| (0.99..1.0).contains(p)), "{moved:?}");
    Ok(())
}

/// What a rule does to a weight, its first and its second buffer, in step `t`.
type Formula = fn([f64; 3], g: f64, t: i32) -> [f64; 3];

#[test]
fn every_rule_agrees_with_its_formula_in_float64() {
    let adam: Formula = |[p, m, v], g, t| {
        let (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
        let (c1, c2) = (1.0 - 0.9_f64.powi(t), 1.0 - 0.999_f64.powi(t));
        [p - 0.01 * c2.sqrt() / c1 * m / (v.sqrt() + 1e-7), m, v]
    };
    let sgd: Formula = |[p, m, v], g, _| [p - 0.01 * g, m, v];
    let momentum: Formula = |[p, m, v], g, _| {
        let m = 0.9 * m + g;
        [p - 0.01 * m, m, v]
    };
    let nesterov: Formula = |[p, m, v], g, _| {
        let m = 0.9 * m + g;
        [p - 0.01 * (g + 0.9 * m), m, v]
    };
    let rms_prop: Formula = |[p, m, v], g, _| {
        let v = 0.9 * v + 0.1 * g * g;
        [p - 0.01 * g / (v + 1e-7).sqrt(), m, v]
    };
    let with_momentum: Formula = |[p, m, v], g, _| {
        let v = 0.9 * v + 0.1 * g * g;
        let m = 0.8 * m + 0.01 * g / (v + 1e-7).sqrt();
        [p - m, m, v]
    };
    let adam_config = OptimizerConfig {
        learning_rate: 0.01,
        ..OptimizerConfig::default()
    };
    let mut momentum_config = OptimizerConfig::rms_prop(0.01);
    if let Rule::RmsProp { momentum, .. } = &mut momentum_config.rule {
        *momentum = 0.8;
    }
    let rules = [
        (adam_config, adam),
        (OptimizerConfig::sgd(0.01, 0.0, false), sgd),
        (OptimizerConfig::sgd(0.01, 0.9, false), momentum),
        (OptimizerConfig::sgd(0.01, 0.9, true), nesterov),
        (OptimizerConfig::rms_prop(0.01), rms_prop),
        (momentum_config, with_momentum),
    ];
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        for (config, formula) in rules {
            for (l2, decay) in [(0.0, 0.0), (0.02, 0.0), (0.0, 0.5), (0.01, 0.1)] {
                let variable = variable(&mut rng, &[37]);
                let config = OptimizerConfig {
                    l2,
                    decay,
                    ..config
                };
                let mut optimizer = Optimizer::new(vec![variable.clone()], config);
                let mut want: Vec<_> = wide(&numbers(&variable))
                    .into_iter()
                    .map(|p| [p, 0.0, 0.0])
                    .collect();
                for t in 1..=12 {
                    let gradient = random(&mut rng, 37);
                    step(&mut optimizer, &gradient);
                    for (all, g) in want.iter_mut().zip(&gradient) {
                        let p = all[0];
                        *all = formula(*all, f64::from(*g) + 2.0 * l2 * p, t);
                        all[0] -= 0.01 * decay * p;
                    }
                }
                let moments = &optimizer.state().moments[0];
                let column = |index: usize| want.iter().map(|all| all[index]).collect::<Vec<_>>();
                let what = format!("{config:?}");
                close(&numbers(&variable), &column(0), &what);
                close(&moments.mean, &column(1), &what);
                close(&moments.square, &column(2), &what);
            }
        }
    });
}

#[test]
fn the_learning_rate_may_be_set_before_each_step() -> Result<()> {
    let variable = Var::from_vec(vec![1.0_f32; 4], 4, &Device::Cpu)?;
    let config = OptimizerConfig::sgd(0.5, 0.0, false);
    let mut optimizer = Optimizer::new(vec![variable.clone()], config);
    step(&mut optimizer, &[1.0; 4]);
    optimizer.set_learning_rate(0.25);
    step(&mut optimizer, &[1.0; 4]);
    assert_eq!(numbers(&variable), [0.25; 4]);
    Ok(())
}
