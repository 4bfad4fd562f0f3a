//! The optimizer.
#![allow(unsafe_code)] // Uses what the optimizer lends.

use super::*;
use crate::adam::{Constants, Part, update};
use crate::kernel::Kernel;
use pulp::Simd;

struct Update<'a> {
    part: Part<'a>,
    constants: Constants,
    gradient: &'a [f32],
}

impl Kernel for Update<'_> {
    fn run<S: Simd>(self, simd: S, _: &mut kernel::Scratch) {
        update(simd, self.part, self.constants, self.gradient);
    }
}

/// One step of `adam` with these gradients of its only variable.
fn step(adam: &mut Adam, gradient: &[f32]) {
    let constants = adam.begin();
    adam.lend(&mut Vec::new(), &mut |lent| {
        // SAFETY: nobody else uses them.
        let [weights, mean, square] =
            lent[0].map(|raw| unsafe { raw.pieces() }.into_slice(0, raw.len()));
        let part = Part {
            weights,
            mean,
            square,
        };
        kernel::run(Update {
            part,
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
        let config = AdamConfig {
            learning_rate: 0.01,
            ..AdamConfig::default()
        };
        let mut adam = Adam::new(vec![variable.clone()], config);
        let (mut p, mut m, mut v) = (wide(&numbers(&variable)), vec![0.0; 150], vec![0.0; 150]);
        let mut resumed = None;
        for count in 1..=20 {
            let gradient = random(&mut rng, 150);
            if count == 11 {
                let copy = Var::from_tensor(&variable.copy().unwrap()).unwrap();
                let state = adam.state().clone();
                let adam = Adam::resume(vec![copy.clone()], config, state).unwrap();
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
    let mut adam = Adam::resume(vec![variable], AdamConfig::default(), state)?;
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
    assert!(Adam::resume(vec![variable], AdamConfig::default(), state).is_err());
}

#[test]
fn adam_goes_on_behind_the_last_step_that_can_be_counted() -> Result<()> {
    let variable = Var::from_vec(vec![1.0_f32; 8], 8, &Device::Cpu)?;
    let mut state = Adam::new(vec![variable.clone()], AdamConfig::default())
        .state()
        .clone();
    state.steps = u64::MAX;
    let mut adam = Adam::resume(vec![variable.clone()], AdamConfig::default(), state)?;
    step(&mut adam, &[1.0; 8]);
    assert_eq!(adam.state().steps, u64::MAX);
    let moved = numbers(&variable);
    assert!(moved.iter().all(|p| (0.99..1.0).contains(p)), "{moved:?}");
    Ok(())
}
