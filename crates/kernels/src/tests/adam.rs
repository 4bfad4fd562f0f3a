//! The optimizer.

use super::*;

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
        let (mut p, mut m, mut v): (Vec<f64>, _, _) = (
            numbers(&variable).iter().map(|p| f64::from(*p)).collect(),
            vec![0.0; 150],
            vec![0.0; 150],
        );
        let mut resumed = None;
        for step in 1..=20 {
            let factors: Vec<Tensor> = (0..3)
                .map(|_| Tensor::from_vec(random(&mut rng, 150), (50, 3), &Device::Cpu).unwrap())
                .collect();
            let shards = |variable: &Var| -> Vec<Gradients> {
                factors
                    .iter()
                    .map(|factor| {
                        backward(&(variable.as_tensor() * factor).unwrap().sum_all().unwrap())
                            .unwrap()
                    })
                    .collect()
            };
            if step == 11 {
                let copy = Var::from_tensor(&variable.copy().unwrap()).unwrap();
                resumed = Some((
                    Adam::resume(vec![copy.clone()], config, adam.state().clone()).unwrap(),
                    copy,
                ));
            }
            if let Some((adam, variable)) = &mut resumed {
                adam.step(&shards(variable)).unwrap();
            }
            adam.step(&shards(&variable)).unwrap();
            let factors: Vec<_> = factors.iter().map(numbers).collect();
            let (c1, c2) = (1.0 - 0.9_f64.powi(step), 1.0 - 0.999_f64.powi(step));
            for i in 0..150 {
                let g: f64 = factors.iter().map(|factor| f64::from(factor[i])).sum();
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                p[i] -= 0.01 * c2.sqrt() / c1 * m[i] / (v[i].sqrt() + 1e-7);
            }
        }
        close(&variable, &p, "weights");
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
    let mut adam = Adam::resume(
        vec![variable.clone()],
        AdamConfig::default(),
        AdamState {
            steps: 5,
            moments: vec![moments],
        },
    )?;
    adam.step(&[backward(&(variable.as_tensor() * 0.0)?.sum_all()?)?])?;
    adam.step(&[backward(
        &variable.zeros_like()?.mul(&variable)?.sum_all()?,
    )?])?;
    assert_eq!(
        adam.state().moments[0],
        Moments {
            mean: vec![0.0; 8],
            square: vec![0.0; 8]
        }
    );
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
    adam.step(&[backward(&variable.sum_all()?)?])?;
    assert_eq!(adam.state().steps, u64::MAX);
    let moved = numbers(&variable);
    assert!(moved.iter().all(|p| (0.99..1.0).contains(p)), "{moved:?}");
    Ok(())
}
