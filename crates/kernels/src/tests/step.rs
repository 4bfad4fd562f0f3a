//! Whole training steps: gradients, bits on any number of threads, evaluation, and what is refused.

use super::reference::Network;
use super::*;

/// Pictures of a network, and their labels.
struct Set {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Set {
    fn random(rng: &mut ChaCha8Rng, network: &Network, images: usize) -> Self {
        Self {
            pixels: (0..images * network.pixels())
                .map(|_| rng.random())
                .collect(),
            labels: (0..images)
                .map(|_| rng.random_range(0..network.classes()) as u8)
                .collect(),
        }
    }

    fn batch<'a>(&'a self, rows: &'a [u32]) -> Batch<'a> {
        Batch {
            pixels: &self.pixels,
            labels: &self.labels,
            rows,
        }
    }
}

fn team(size: usize) -> Team {
    Team::new(size, "test").unwrap()
}

fn values(variables: &[Var]) -> Vec<Vec<f32>> {
    variables.iter().map(|variable| numbers(variable)).collect()
}

fn copies(variables: &[Var]) -> Vec<Var> {
    let copy = |variable: &Var| Var::from_tensor(&variable.copy().unwrap()).unwrap();
    variables.iter().map(copy).collect()
}

/// Checks the gradients of one batch. They are read from the means of the first step, a tenth of them.
fn check(rng: &mut ChaCha8Rng, network: &Network, planned: usize, images: usize, threads: usize) {
    let set = Set::random(rng, network, images + 2);
    let variables = network.variables(rng);
    let rows: Vec<u32> = (0..images as u32).rev().collect();
    let what = format!("{network:?}, {images} of {planned} images, {threads} threads");
    let before: Vec<_> = values(&variables).iter().map(|w| wide(w)).collect();
    let pictures: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| {
            let bytes = &set.pixels[*row as usize * network.pixels()..][..network.pixels()];
            bytes
                .iter()
                .map(|byte| f64::from(f32::from(*byte) / 255.0))
                .collect()
        })
        .collect();
    let labels: Vec<u8> = rows.iter().map(|row| set.labels[*row as usize]).collect();
    let (loss, want) = network.gradients(&before, &pictures, &labels);
    let mut step = Step::new(network.input, &network.layers, planned).expect(&what);
    let mut adam = Adam::new(variables, AdamConfig::default());
    let trained = step
        .train(&mut team(threads), &mut adam, set.batch(&rows))
        .expect(&what);
    assert!(
        (f64::from(trained.loss) - loss).abs() < 1e-5 * loss.max(1.0),
        "{what}: {trained:?}, {loss}"
    );
    for (index, (moments, want)) in adam.state().moments.iter().zip(&want).enumerate() {
        let got: Vec<f32> = moments.mean.iter().map(|mean| mean / (1.0 - 0.9)).collect();
        close_by(1e-4, &got, want, &format!("{what}: variable {index}"));
    }
}

#[test]
fn gradients_of_random_networks_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(20);
        for _ in 0..40 {
            let network = Network::random(&mut rng);
            let planned = rng.random_range(1..=9);
            let images = rng.random_range(1..=planned);
            let threads = rng.random_range(1..=4);
            check(&mut rng, &network, planned, images, threads);
        }
    });
}

/// Convolutions behind one another, so that every way back is taken: grey and coloured pictures, few channels and many, with and without
/// pooling.
#[test]
fn gradients_of_every_kind_of_convolution_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(21);
        for channels in [1, 3, 4] {
            for kernel in [1, 3, 5, 7] {
                for padding in [Padding::Same, Padding::Valid] {
                    for pools in 0..4 {
                        let convolution = Layer::Convolution {
                            kernel,
                            filters: 17,
                            padding,
                        };
                        let mut layers = Vec::new();
                        for layer in 0..2 {
                            layers.push(convolution);
                            layers.extend((pools >> layer & 1 == 1).then_some(Layer::MaxPool));
                        }
                        let output = Layer::Dense {
                            units: 3,
                            relu: false,
                        };
                        layers.push(output);
                        let side = if padding == Padding::Same {
                            6
                        } else {
                            4 * kernel
                        };
                        let input = [side, side.min(13).max(2 * kernel + 2), channels];
                        let network = Network { input, layers };
                        if Step::new(network.input, &network.layers, 3).is_ok() {
                            check(&mut rng, &network, 3, 3, 2);
                        }
                    }
                }
            }
        }
    });
}

/// Weights, moments and losses of a few steps, the last of a smaller batch.
fn train(
    network: &Network,
    variables: &[Var],
    set: &Set,
    batch: usize,
    threads: usize,
) -> (Vec<Vec<f32>>, AdamState, Vec<Trained>) {
    let variables = copies(variables);
    let mut step = Step::new(network.input, &network.layers, batch).unwrap();
    let mut adam = Adam::new(variables.clone(), AdamConfig::default());
    let mut team = team(threads);
    let rows: Vec<u32> = (0..set.labels.len() as u32).collect();
    let trained = rows
        .chunks(batch)
        .map(|rows| step.train(&mut team, &mut adam, set.batch(rows)).unwrap());
    let trained = trained.collect();
    (values(&variables), adam.state().clone(), trained)
}

#[test]
fn no_bit_depends_on_the_number_of_threads() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(22);
        for _ in 0..12 {
            let network = Network::random(&mut rng);
            let batch = rng.random_range(1..=40);
            let set = Set::random(&mut rng, &network, 2 * batch + batch / 2);
            let variables = network.variables(&mut rng);
            let one = train(&network, &variables, &set, batch, 1);
            for threads in [2, 3, 8, 16] {
                let many = train(&network, &variables, &set, batch, threads);
                assert!(one == many, "{network:?}, batch {batch}, {threads} threads");
            }
        }
    });
}

#[test]
fn a_loss_that_is_no_number_leaves_the_weights_as_they_are() {
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    let network = Network::random(&mut rng);
    let set = Set::random(&mut rng, &network, 20);
    let variables = network.variables(&mut rng);
    let broken = variables[1].affine(f64::NAN, 0.0).unwrap();
    variables[1].set(&broken).unwrap();
    let before = values(&variables);
    let mut step = Step::new(network.input, &network.layers, 20).unwrap();
    let mut adam = Adam::new(variables.clone(), AdamConfig::default());
    let rows: Vec<u32> = (0..20).collect();
    let trained = step
        .train(&mut team(3), &mut adam, set.batch(&rows))
        .unwrap();
    assert!(!trained.loss.is_finite());
    let bits = |values: &[Vec<f32>]| -> Vec<u32> {
        values.iter().flatten().map(|v| v.to_bits()).collect()
    };
    assert_eq!(bits(&values(&variables)), bits(&before));
    assert_eq!(adam.state().steps, 0);
    assert!(
        adam.state()
            .moments
            .iter()
            .all(|moments| moments.mean.iter().all(|m| *m == 0.0))
    );
}

/// What the operators give, one layer behind the other.
fn logits(network: &Network, variables: &[Var], pictures: &Tensor) -> Tensor {
    let mut x = pictures.clone();
    let mut variables = variables.iter();
    let mut next = || variables.next().unwrap().as_tensor();
    let mut layers = network.layers.iter().peekable();
    while let Some(layer) = layers.next() {
        x = match *layer {
            Layer::Convolution { padding, .. } => {
                let (w, b) = (next(), next());
                if layers.next_if_eq(&&Layer::MaxPool).is_some() {
                    conv_relu_pool(&x, w, b, padding)
                } else {
                    conv_relu(&x, w, b, padding)
                }
            }
            Layer::MaxPool => max_pool(&x),
            Layer::Dense { relu: true, .. } => dense_relu(&x, next(), next()),
            Layer::Dense { relu: false, .. } => dense(&x, next(), next()),
        }
        .unwrap();
    }
    x
}

#[test]
fn a_set_is_evaluated_as_the_operators_compute_it_on_any_number_of_threads() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(24);
        for _ in 0..6 {
            let network = Network::random(&mut rng);
            let set = Set::random(&mut rng, &network, 130);
            let variables = network.variables(&mut rng);
            let mut want = Evaluated::default();
            for (pixels, labels) in set
                .pixels
                .chunks(50 * network.pixels())
                .zip(set.labels.chunks(50))
            {
                let [height, width, channels] = network.input;
                let x = pixels.iter().map(|byte| f32::from(*byte) / 255.0).collect();
                let x = Tensor::from_vec(x, (labels.len(), height, width, channels), &Device::Cpu);
                let logits = numbers(&logits(&network, &variables, &x.unwrap()));
                for (z, label) in logits.chunks(network.classes()).zip(labels) {
                    let z = wide(z);
                    let sum: f64 = z.iter().map(|z| z.exp()).sum();
                    want.loss += sum.ln() - z[usize::from(*label)];
                    let best = (0..z.len()).rev().max_by(|a, b| z[*a].total_cmp(&z[*b]));
                    want.hits += usize::from(best == Some(usize::from(*label)));
                }
            }
            let mut evaluator = Evaluator::new(network.input, &network.layers).unwrap();
            let weights: Vec<&Tensor> = variables.iter().map(Var::as_tensor).collect();
            let pictures = (&set.pixels[..], &set.labels[..]);
            let mut on = |threads| {
                let result = evaluator.run(&mut team(threads), &weights, pictures, || false);
                result.unwrap().unwrap()
            };
            let one = on(1);
            assert!(
                (one.loss - want.loss).abs() < 1e-4 * want.loss,
                "{one:?}, {want:?}"
            );
            assert_eq!(one.hits, want.hits);
            for threads in [2, 5] {
                assert_eq!(on(threads), one);
            }
            let given_up = evaluator.run(&mut team(2), &weights, pictures, || true);
            assert_eq!(given_up.unwrap(), None);
        }
    });
}

#[test]
fn what_does_not_fit_is_refused() {
    let dense = |units, relu| Layer::Dense { units, relu };
    let convolution = |kernel, filters| Layer::Convolution {
        kernel,
        filters,
        padding: Padding::Valid,
    };
    let out = dense(3, false);
    for (input, layers, images) in [
        ([8, 8, 1], vec![], 1),
        ([8, 8, 1], vec![Layer::MaxPool], 1),
        ([8, 8, 1], vec![dense(3, true)], 1),
        ([8, 8, 1], vec![out], 0),
        ([8, 8, 0], vec![out], 1),
        ([1, 8, 1], vec![Layer::MaxPool, out], 1),
        ([8, 8, 1], vec![convolution(9, 1), out], 1),
        ([2, 2, 1], vec![convolution(3, 1), out], 1),
        ([8, 8, 1], vec![convolution(3, 0), out], 1),
        ([8, 8, 1], vec![dense(4, true), convolution(1, 1), out], 1),
        ([8, 8, 1], vec![dense(0, true), out], 1),
        ([usize::MAX, usize::MAX, 1], vec![out], 1),
        ([8, 8, 1], vec![out], usize::MAX),
        ([8, 8, 1], vec![dense(usize::MAX, true), out], 1),
    ] {
        assert!(
            Step::new(input, &layers, images).is_err(),
            "{input:?} {layers:?} {images}"
        );
    }
    let mut step = Step::new([8, 8, 1], &[out], 4).unwrap();
    let variables = |inputs| {
        let zeros = |shape: &[usize]| Var::zeros(shape, DType::F32, &Device::Cpu).unwrap();
        Adam::new(
            vec![zeros(&[inputs, 3]), zeros(&[3])],
            AdamConfig::default(),
        )
    };
    let (pixels, labels) = ([0; 5 * 64], [0, 1, 2, 3, 0]);
    let mut try_to = |inputs, rows: &[u32], pixels: &[u8]| {
        let batch = Batch {
            pixels,
            labels: &labels,
            rows,
        };
        step.train(&mut team(2), &mut variables(inputs), batch)
            .map(|_| ())
    };
    assert!(try_to(64, &[0, 1, 2, 4], &pixels).is_ok());
    assert!(try_to(63, &[0], &pixels).is_err());
    for rows in [&[][..], &[0, 0, 0, 0, 0], &[5], &[3]] {
        assert!(try_to(64, rows, &pixels).is_err(), "{rows:?}");
    }
    assert!(try_to(64, &[4], &pixels[1..]).is_err());
}

/// Twice the same batch of each part of the work: the plan's memory is set aside once.
#[test]
fn a_measured_step_trains_like_any_other_and_accounts_for_its_time() {
    let mut rng = ChaCha8Rng::seed_from_u64(25);
    let network = Network {
        input: [12, 12, 1],
        layers: vec![
            Layer::Convolution {
                kernel: 3,
                filters: 16,
                padding: Padding::Valid,
            },
            Layer::MaxPool,
            Layer::Dense {
                units: 4,
                relu: false,
            },
        ],
    };
    let set = Set::random(&mut rng, &network, 16);
    let variables = network.variables(&mut rng);
    let plain = train(&network, &variables, &set, 8, 1).0;
    let variables = copies(&variables);
    let mut step = Step::new(network.input, &network.layers, 8).unwrap();
    let mut adam = Adam::new(variables.clone(), AdamConfig::default());
    let rows: Vec<u32> = (0..16).collect();
    let batches = rows.chunks(8).map(|rows| set.batch(rows));
    let profile = step.measure(16, &mut team(1), &mut adam, batches).unwrap();
    assert_eq!(values(&variables), plain);
    assert_eq!(profile.threads, 16);
    let names: Vec<&str> = profile
        .kernels
        .iter()
        .map(|kernel| kernel.name.as_str())
        .collect();
    assert!(
        names.contains(&"conv1 forward") && names.contains(&"loss"),
        "{names:?}"
    );
    assert!(profile.busy() > std::time::Duration::ZERO);
    let on = |processors| profile.forecast(processors, std::time::Duration::ZERO);
    assert!(on(1) == profile.busy() && on(4) <= on(2) && on(2) <= on(1));
    assert!(step.memory_bytes() > 8 * 144 * 4);
}
