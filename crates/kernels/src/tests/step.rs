//! Whole training steps: gradients, bits on any number of threads, evaluation, and what is refused.

use super::networks::{chain, graph};
use super::reference::{self, Mode};
use super::*;
use crate::general::{Interleaved, Sizes};

/// Pictures of a network, and their labels.
struct Set {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Set {
    fn random(rng: &mut ChaCha8Rng, network: &Network, images: usize) -> Self {
        Self {
            pixels: (0..images * reference::pixels(network))
                .map(|_| rng.random())
                .collect(),
            labels: (0..images)
                .map(|_| rng.random_range(0..reference::classes(network)) as u8)
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

/// Pictures as a network gets them, as float32 rounds.
fn normalized(network: &Network, bytes: &[u8]) -> Vec<f64> {
    let channels = network.input[2];
    let number = |(place, byte): (usize, &u8)| match &network.normalization {
        None => f64::from(f32::from(*byte) / 255.0),
        Some(Normalization { scale, offset }) => {
            let channel = place % channels;
            f64::from(*byte) * f64::from(scale[channel]) + f64::from(offset[channel])
        }
    };
    bytes.iter().enumerate().map(number).collect()
}

/// Keeps the gradient of the first step as it is, and moves no weight.
fn still() -> OptimizerConfig {
    OptimizerConfig::sgd(0.0, 0.9, false)
}

/// Checks the gradients of one batch.
fn check(rng: &mut ChaCha8Rng, network: &Network, planned: usize, images: usize, threads: usize) {
    let set = Set::random(rng, network, images + 2);
    let variables = reference::variables(network, rng);
    check_of(rng, network, (&set, &variables), planned, images, threads);
}

fn check_of(
    rng: &mut ChaCha8Rng,
    network: &Network,
    (set, variables): (&Set, &[Var]),
    planned: usize,
    images: usize,
    threads: usize,
) {
    let rows: Vec<u32> = (0..images as u32).rev().collect();
    let what = format!("{network:?}, {images} of {planned} images, {threads} threads");
    let before: Vec<_> = values(variables).iter().map(|w| wide(w)).collect();
    let length = reference::pixels(network);
    let pictures: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| normalized(network, &set.pixels[*row as usize * length..][..length]))
        .collect();
    let labels: Vec<u8> = rows.iter().map(|row| set.labels[*row as usize]).collect();
    let training = Training {
        seed: rng.random(),
        label_smoothing: [0.0, 0.1][rng.random_range(0..2)],
    };
    let mode = Mode::Training {
        seed: training.seed,
        step: 1,
    };
    let smoothing = f64::from(training.label_smoothing);
    let want = reference::run(network, &before, &pictures, &labels, smoothing, mode);
    let mut step = Step::new(network, planned, training).expect(&what);
    let mut optimizer = Optimizer::new(variables.to_vec(), still());
    let trained = step
        .train(&mut team(threads), &mut optimizer, set.batch(&rows))
        .expect(&what);
    assert!(
        (f64::from(trained.loss) - want.loss).abs() < 2e-5 * want.loss.max(1.0),
        "{what}: {trained:?}, {}",
        want.loss
    );
    let moments = &optimizer.state().moments;
    // A bias before a batch normalization has none but what rounding leaves of larger ones.
    let largest = want.gradients.iter().flatten();
    let largest = largest.fold(0.0_f64, |largest, g| largest.max(g.abs()));
    for (index, (moments, want)) in moments.iter().zip(&want.gradients).enumerate() {
        let what = format!("{what}: variable {index}");
        close_of(2e-4, 0.05 * largest, &moments.mean, want, &what);
    }
    for (index, want) in want.running {
        close(&numbers(&variables[index]), &want, &what);
    }
}

#[test]
fn gradients_of_random_chains_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(20);
        for _ in 0..40 {
            let network = chain(&mut rng);
            let planned = rng.random_range(1..=9);
            let images = rng.random_range(1..=planned);
            let threads = rng.random_range(1..=4);
            check(&mut rng, &network, planned, images, threads);
        }
    });
}

#[test]
fn gradients_of_random_graphs_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(26);
        for _ in 0..60 {
            let images = rng.random_range(1..=6);
            let planned = images + rng.random_range(0..=2);
            let network = graph(&mut rng, images);
            let threads = rng.random_range(1..=4);
            check(&mut rng, &network, planned, images, threads);
        }
    });
}

/// Batch normalizations, bent or not, first, last or all of what a sum adds up, of maps and of pictures.
#[test]
fn a_sum_computes_the_batch_normalizations_before_it() {
    let norm = Operator::BatchNorm {
        epsilon: 1e-3,
        momentum: 0.9,
        unbiased: false,
    };
    let relu = Operator::Activation(Activation::Relu);
    let tanh = Operator::Activation(Activation::Tanh);
    let convolution = Operator::convolution(3, 3, Padding::Same);
    let out = Operator::dense(3, Activation::None);
    let (pictures, layer) = (Input::Pictures, Input::Layer);
    let networks: [&[(Operator, &[Input])]; 4] = [
        &[
            (norm, &[pictures]),
            (Operator::Add, &[layer(0), pictures]),
            (out, &[layer(1)]),
        ],
        &[
            (convolution, &[pictures]),
            (norm, &[layer(0)]),
            (relu, &[layer(1)]),
            (Operator::Add, &[layer(0), layer(2)]),
            (relu, &[layer(3)]),
            (out, &[layer(4)]),
        ],
        &[
            (norm, &[pictures]),
            (convolution, &[pictures]),
            (norm, &[layer(1)]),
            (Operator::Add, &[layer(0), layer(2)]),
            (tanh, &[layer(3)]),
            (out, &[layer(4)]),
        ],
        &[
            (convolution, &[pictures]),
            (norm, &[layer(0)]),
            (relu, &[layer(1)]),
            (norm, &[pictures]),
            (Operator::Add, &[pictures, layer(2), layer(3), layer(0)]),
            (out, &[layer(4)]),
        ],
    ];
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(31);
        for layers in networks {
            let layers = layers.iter();
            let layers = layers.map(|(operator, from)| Layer::new(*operator, from.to_vec()));
            let network = Network {
                layers: layers.collect(),
                ..Network::chain([5, 7, 3], [])
            };
            check(&mut rng, &network, 4, 3, 2);
        }
    });
}

/// Convolutions behind one another, so that every way back is taken: grey and coloured pictures, few channels and many, with and without
/// pooling.
#[test]
fn gradients_of_every_fast_kind_of_convolution_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(21);
        for channels in [1, 3, 4] {
            for kernel in [1, 3, 5, 7] {
                for padding in [Padding::Same, Padding::Valid] {
                    for pools in 0..4 {
                        let mut layers = Vec::new();
                        for layer in 0..2 {
                            layers.push(Operator::convolution(kernel, 17, padding));
                            layers.extend((pools >> layer & 1 == 1).then(Operator::max_pool));
                        }
                        layers.push(Operator::dense(3, Activation::None));
                        let side = if padding == Padding::Same {
                            6
                        } else {
                            4 * kernel
                        };
                        let input = [side, side.min(13).max(2 * kernel + 2), channels];
                        let network = Network::chain(input, layers);
                        if Step::new(&network, 3, Training::default()).is_ok() {
                            check(&mut rng, &network, 3, 3, 2);
                        }
                    }
                }
            }
        }
    });
}

/// Maps of more tiles than are held at a time, and of sides that tiles do not divide.
#[test]
fn gradients_of_kernels_by_winograds_algorithm_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(25);
        for (height, width, padding) in [
            (28, 28, Padding::Same),
            (49, 40, Padding::Same),
            (28, 30, Padding::Valid),
            (15, 10, Padding::Valid),
        ] {
            let network = Network::chain(
                [height, width, 1],
                vec![
                    Operator::convolution(3, 20, padding),
                    Operator::convolution(3, 35, padding),
                    Operator::convolution(3, 9, padding),
                    Operator::dense(3, Activation::None),
                ],
            );
            check(&mut rng, &network, 4, 3, 2);
        }
    });
}

/// Convolutions that move by two, forward and back by Winograd's tiles.
fn strided() -> Network {
    let input = [28, 25, 1];
    let convolution = |filters, window| Operator::Convolution {
        filters,
        window,
        groups: 1,
        bias: true,
        activation: Activation::Relu,
    };
    let five = Window::square(5).strided([2, 2]).same([26, 23]);
    let six = Window::new([6, 5]).strided([2, 2]).padded([2, 3]);
    let sizes = Sizes::new("test", [26, 23, 9], five, 20, 1).unwrap();
    let lanes = crate::unit::Unit::in_use().lanes();
    let is_by_tiles = [
        sizes.tiles(1).is_some(),
        sizes.pictures_of_gradient().is_some(),
        Interleaved::new(&sizes, lanes).is_some(),
    ];
    assert_eq!(is_by_tiles, [true; 3]);
    let layers = vec![
        Operator::convolution(3, 9, Padding::Valid),
        convolution(20, five),
        convolution(9, six),
        Operator::dense(3, Activation::None),
    ];
    Network::chain(input, layers)
}

#[test]
fn gradients_of_strided_convolutions_by_tiles_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(27);
        check(&mut rng, &strided(), 4, 3, 2);
    });
}

/// With no bias yet, before a black ground: what rounding leaves there would be bent the other way.
#[test]
fn what_lies_over_zeros_alone_is_bent_as_zero() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(28);
        let convolution = |activation| Operator::Convolution {
            filters: 9,
            window: Window::square(3).padded([1, 1]),
            groups: 1,
            bias: true,
            activation,
        };
        let (none, relu) = (Activation::None, Activation::Relu);
        let mut networks = vec![];
        for activation in [
            relu,
            Activation::Relu6,
            Activation::LeakyRelu { slope: 0.3 },
        ] {
            networks.push(Network::chain(
                [14, 13, 8],
                vec![convolution(activation), Operator::dense(3, none)],
            ));
        }
        let mut sum = Network::chain(
            [14, 13, 8],
            vec![
                convolution(none),
                convolution(none),
                Operator::Add,
                Operator::Activation(relu),
                Operator::dense(3, none),
            ],
        );
        sum.layers[1].inputs = vec![Input::Pictures];
        sum.layers[2].inputs = vec![Input::Layer(0), Input::Layer(1)];
        networks.push(sum);
        for network in networks {
            let mut set = Set::random(&mut rng, &network, 5);
            for (place, pixel) in set.pixels.iter_mut().enumerate() {
                let (row, column) = (place / 8 / 13 % 14, place / 8 % 13);
                if 2 * column < 13 + row {
                    *pixel = 0;
                }
            }
            let variables = reference::variables(&network, &mut rng);
            for variable in &variables {
                if variable.rank() == 1 {
                    variable.set(&variable.zeros_like().unwrap()).unwrap();
                }
            }
            check_of(&mut rng, &network, (&set, &variables), 4, 3, 2);
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
    let training = Training {
        seed: 4,
        ..Training::default()
    };
    let mut step = Step::new(network, batch, training).unwrap();
    let mut adam = Optimizer::new(variables.clone(), OptimizerConfig::default());
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
        for round in 0..24 {
            let batch = rng.random_range(1..=40);
            let network = match round {
                0 => strided(),
                round if round % 2 == 0 => chain(&mut rng),
                _ => graph(&mut rng, batch),
            };
            let set = Set::random(&mut rng, &network, 2 * batch + batch / 2);
            let variables = reference::variables(&network, &mut rng);
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
    let network = chain(&mut rng);
    let set = Set::random(&mut rng, &network, 20);
    let variables = reference::variables(&network, &mut rng);
    let broken = variables[1].affine(f64::NAN, 0.0).unwrap();
    variables[1].set(&broken).unwrap();
    let before = values(&variables);
    let mut step = Step::new(&network, 20, Training::default()).unwrap();
    let mut adam = Optimizer::new(variables.clone(), OptimizerConfig::default());
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

/// What the operators give, layer by layer.
fn logits(network: &Network, variables: &[Var], pictures: &Tensor) -> Tensor {
    let mut outputs: Vec<Tensor> = Vec::new();
    let mut variables = variables.iter();
    for layer in &network.layers {
        let inputs: Vec<&Tensor> = layer
            .inputs
            .iter()
            .map(|input| match input {
                Input::Pictures => pictures,
                Input::Layer(layer) => &outputs[*layer],
            })
            .collect();
        let x = inputs[0];
        let mut next = |is_there: bool| is_there.then(|| variables.next().unwrap().as_tensor());
        let y = match layer.operator {
            Operator::Convolution {
                window,
                groups,
                bias,
                activation,
                ..
            } => {
                let (w, bias) = (next(true).unwrap(), next(bias));
                let z = convolution(x, w, bias, &window, groups).unwrap();
                activate(&z, activation)
            }
            Operator::MaxPool { window } => max_pool_of(x, &window),
            Operator::AveragePool {
                window,
                counts_padding,
            } => average_pool(x, &window, counts_padding),
            Operator::BatchNorm { epsilon, .. } => {
                batch_norm(x, [(); 4].map(|()| next(true).unwrap()), epsilon)
            }
            Operator::Dropout { .. } => Ok(x.clone()),
            Operator::Activation(activation) => activate(x, activation),
            Operator::Dense {
                units,
                bias,
                activation,
            } => {
                let w = next(true).unwrap();
                let zeros = Tensor::zeros(units, DType::F32, &Device::Cpu).unwrap();
                let z = dense(x, w, next(bias).unwrap_or(&zeros)).unwrap();
                activate(&z, activation)
            }
            Operator::Add => inputs[1..].iter().try_fold(x.clone(), |sum, x| sum + *x),
            Operator::Concatenate => Tensor::cat(&inputs, 3),
        };
        outputs.push(y.unwrap());
    }
    outputs.pop().unwrap().flatten_from(1).unwrap()
}

#[test]
fn a_set_is_evaluated_as_the_operators_compute_it_on_any_number_of_threads() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(24);
        for round in 0..20 {
            let network = if round % 3 == 0 {
                chain(&mut rng)
            } else {
                graph(&mut rng, 50)
            };
            let set = Set::random(&mut rng, &network, 130);
            let variables = reference::variables(&network, &mut rng);
            let mut want = Evaluated::default();
            let length = reference::pixels(&network);
            let classes = reference::classes(&network);
            for (pixels, labels) in set.pixels.chunks(50 * length).zip(set.labels.chunks(50)) {
                let [height, width, channels] = network.input;
                let x: Vec<f32> = pixels
                    .chunks(length)
                    .flat_map(|picture| normalized(&network, picture))
                    .map(|number| number as f32)
                    .collect();
                let x = Tensor::from_vec(x, (labels.len(), height, width, channels), &Device::Cpu);
                let logits = numbers(&logits(&network, &variables, &x.unwrap()));
                for (z, label) in logits.chunks(classes).zip(labels) {
                    let z = wide(z);
                    let sum: f64 = z.iter().map(|z| z.exp()).sum();
                    want.loss += sum.ln() - z[usize::from(*label)];
                    let best = (0..z.len()).rev().max_by(|a, b| z[*a].total_cmp(&z[*b]));
                    want.hits += usize::from(best == Some(usize::from(*label)));
                }
            }
            let mut evaluator = Evaluator::new(&network).unwrap();
            let weights: Vec<&Tensor> = variables.iter().map(Var::as_tensor).collect();
            let pictures = (&set.pixels[..], &set.labels[..]);
            let mut on = |threads| {
                let result = evaluator.run(&mut team(threads), &weights, pictures, || false);
                result.unwrap().unwrap()
            };
            let one = on(1);
            assert!(
                (one.loss - want.loss).abs() < 1e-4 * want.loss,
                "{network:?}: {one:?}, {want:?}"
            );
            assert!(one.hits.abs_diff(want.hits) <= 1, "{one:?}, {want:?}");
            for threads in [2, 5] {
                assert_eq!(on(threads), one);
            }
            let given_up = evaluator.run(&mut team(2), &weights, pictures, || true);
            assert_eq!(given_up.unwrap(), None);
        }
    });
}

/// The operators' outputs of every layer, and what comes back to the pictures and to all that is learnt, in testing.
#[test]
fn operators_and_their_gradients_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(27);
        for _ in 0..40 {
            let mut network = graph(&mut rng, 50);
            network.normalization = None;
            // A first layer whose weights' gradients say what comes back.
            let [height, width, channels] = network.input;
            let pictures = variable(&mut rng, &[2, height, width, channels]);
            let variables = reference::variables(&network, &mut rng);
            let wide_variables: Vec<_> = values(&variables).iter().map(|w| wide(w)).collect();
            let length = reference::pixels(&network);
            let rows: Vec<_> = numbers(&pictures).chunks(length).map(wide).collect();
            let labels = [0, 1];
            let want = reference::run(
                &network,
                &wide_variables,
                &rows,
                &labels,
                0.0,
                Mode::Testing,
            );
            let z = logits(&network, &variables, &pictures);
            let what = format!("{network:?}");
            close_by(1e-4, &numbers(&z), want.outputs.last().unwrap(), &what);
            let loss = candle_nn::loss::cross_entropy(
                &z,
                &Tensor::new(&[0_u32, 1], &Device::Cpu).unwrap(),
            );
            let gradients = loss.unwrap().backward().unwrap();
            let got = numbers(gradients.get(&pictures).expect("a gradient"));
            close_by(2e-4, &got, &want.pictures, &what);
            for (place, (variable, want)) in variables.iter().zip(&want.gradients).enumerate() {
                // The running values of a batch normalization have none.
                if let Some(got) = gradients.get(variable) {
                    close_by(2e-4, &numbers(got), want, &format!("{what}: {place}"));
                } else {
                    assert!(
                        want.iter().all(|gradient| *gradient == 0.0),
                        "{what}: {place}"
                    );
                }
            }
        }
    });
}

#[test]
fn what_does_not_fit_is_refused() {
    let dense = Operator::dense;
    let convolution = |kernel, filters| Operator::convolution(kernel, filters, Padding::Valid);
    let general = |window, groups| Operator::Convolution {
        filters: 6,
        window,
        groups,
        bias: true,
        activation: Activation::None,
    };
    let (none, relu) = (Activation::None, Activation::Relu);
    let pool = Operator::max_pool();
    let out = dense(3, none);
    let norm = |epsilon, momentum| Operator::BatchNorm {
        epsilon,
        momentum,
        unbiased: false,
    };
    let training = Training::default();
    for (input, layers, images) in [
        ([8, 8, 1], vec![], 1),
        ([8, 8, 1], vec![pool], 1),
        ([8, 8, 1], vec![dense(3, relu)], 1),
        ([8, 8, 1], vec![out], 0),
        ([8, 8, 0], vec![out], 1),
        ([1, 8, 1], vec![pool, out], 1),
        ([8, 8, 1], vec![convolution(9, 1), out], 1),
        ([2, 2, 1], vec![convolution(3, 1), out], 1),
        ([8, 8, 1], vec![convolution(3, 0), out], 1),
        ([8, 8, 1], vec![dense(4, relu), convolution(3, 1), out], 1),
        ([8, 8, 1], vec![dense(0, relu), out], 1),
        ([usize::MAX, usize::MAX, 1], vec![out], 1),
        ([8, 8, 1], vec![out], usize::MAX),
        ([8, 8, 1], vec![dense(usize::MAX, relu), out], 1),
        ([8, 8, 4], vec![general(Window::square(3), 0), out], 1),
        ([8, 8, 4], vec![general(Window::square(3), 3), out], 1),
        ([8, 8, 4], vec![general(Window::square(3), 4), out], 1),
        ([8, 8, 4], vec![general(Window::square(0), 1), out], 1),
        ([8, 8, 4], vec![norm(0.0, 0.9), out], 1),
        ([8, 8, 4], vec![norm(1e-3, 1.5), out], 1),
        ([8, 8, 4], vec![Operator::Dropout { rate: 1.0 }, out], 1),
        ([8, 8, 4], vec![Operator::Dropout { rate: -0.1 }, out], 1),
        (
            [8, 8, 4],
            vec![
                Operator::Activation(Activation::Elu { alpha: f32::NAN }),
                out,
            ],
            1,
        ),
    ] {
        let network = Network::chain(input, layers);
        let what = format!("{network:?} {images}");
        assert!(Step::new(&network, images, training).is_err(), "{what}");
        if images > 0 && images < 9 {
            assert!(Evaluator::new(&network).is_err(), "{what}");
        }
    }
    let branches = |layers: &[(Operator, &[Input])]| {
        let layers = layers
            .iter()
            .map(|(operator, inputs)| Layer::new(*operator, inputs.iter().copied()));
        let network = Network {
            layers: layers.collect(),
            ..Network::chain([8, 8, 2], [])
        };
        Step::new(&network, 1, training).is_ok()
    };
    let (pictures, first, second) = (Input::Pictures, Input::Layer(0), Input::Layer(1));
    let same = Operator::convolution(3, 2, Padding::Same);
    let add = Operator::Add;
    assert!(branches(&[
        (same, &[pictures]),
        (add, &[first, pictures]),
        (out, &[second])
    ]));
    for layers in [
        &[(same, &[pictures][..]), (out, &[pictures])][..],
        &[(same, &[Input::Layer(2)]), (out, &[first])],
        &[(same, &[]), (out, &[first])],
        &[(same, &[pictures, pictures]), (out, &[first])],
        &[
            (pool, &[pictures]),
            (add, &[first, pictures]),
            (out, &[second]),
        ],
        &[
            (pool, &[pictures]),
            (Operator::Concatenate, &[first, pictures]),
            (out, &[second]),
        ],
    ] {
        assert!(!branches(layers), "{layers:?}");
    }
    for label_smoothing in [-0.1, 1.0, f32::NAN] {
        let training = Training {
            label_smoothing,
            ..training
        };
        assert!(Step::new(&Network::chain([8, 8, 1], [out]), 1, training).is_err());
    }
    let normalization = Some(Normalization {
        scale: vec![1.0; 2],
        offset: vec![0.0; 2],
    });
    let network = Network {
        normalization,
        ..Network::chain([8, 8, 1], [out])
    };
    assert!(Step::new(&network, 1, training).is_err());

    let mut step = Step::new(&Network::chain([8, 8, 1], [out]), 4, training).unwrap();
    let variables = |inputs| {
        let zeros = |shape: &[usize]| Var::zeros(shape, DType::F32, &Device::Cpu).unwrap();
        Optimizer::new(
            vec![zeros(&[inputs, 3]), zeros(&[3])],
            OptimizerConfig::default(),
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

/// Half of what is dropped is zero and the rest twice as large, anew in each step and each layer, and again the same with the same seed.
#[test]
fn dropout_is_decided_by_seed_step_layer_and_place() {
    let length = 5000;
    let drop = |seed, step, layer, rate, picture| {
        let mut to = vec![f32::NAN; 2 * length];
        kernel::run(crate::dropout::Dropout {
            draw: crate::dropout::Draw {
                seed,
                step,
                layer,
                rate,
            },
            picture,
            length,
            from: &vec![1.5; 2 * length],
            to: &mut to,
        });
        to
    };
    let one = drop(1, 1, 0, 0.5, 0);
    let bits = |n: &f32| [0.0_f32, 3.0].map(f32::to_bits).contains(&n.to_bits());
    assert!(one.iter().all(bits));
    assert_eq!(one, drop(1, 1, 0, 0.5, 0));
    assert_eq!(one[length..], drop(1, 1, 0, 0.5, 1)[..length]);
    let same = |a: &[f32], b: &[f32]| {
        let pairs = a.iter().zip(b);
        pairs.filter(|(a, b)| a.to_bits() == b.to_bits()).count() as f64 / a.len() as f64
    };
    let others = [
        drop(2, 1, 0, 0.5, 0),
        drop(1, 2, 0, 0.5, 0),
        drop(1, 1, 1, 0.5, 0),
        drop(1, 1, 0, 0.5, 7),
    ];
    for other in &others {
        assert!((same(&one, other) - 0.5).abs() < 0.03);
    }
    // No number says anything of the one a little further on.
    for lag in [1, 2, 3, 8, 16, 64, 1000] {
        assert!((same(&one[lag..], &one[..2 * length - lag]) - 0.5).abs() < 0.03);
    }
    for rate in [0.0, 0.1, 0.9] {
        let dropped = drop(3, 4, 5, rate, 0);
        let share = dropped.iter().filter(|n| **n == 0.0).count() as f64 / dropped.len() as f64;
        assert!((share - f64::from(rate)).abs() < 0.02, "{rate}: {share}");
        let mean = dropped.iter().sum::<f32>() / dropped.len() as f32;
        assert!((mean - 1.5).abs() < 0.12, "{rate}: {mean}");
    }
}

/// Only the weights of convolutions and dense layers are drawn to zero.
#[test]
fn biases_and_batch_normalization_do_not_decay() {
    let network = Network::chain(
        [6, 6, 1],
        [
            Operator::convolution(3, 4, Padding::Valid),
            Operator::BatchNorm {
                epsilon: 1e-3,
                momentum: 1.0,
                unbiased: false,
            },
            Operator::Convolution {
                filters: 4,
                window: Window::square(3).strided([2, 2]),
                groups: 4,
                bias: true,
                activation: Activation::Tanh,
            },
            Operator::dense(3, Activation::None),
        ],
    );
    let mut rng = ChaCha8Rng::seed_from_u64(28);
    let set = Set::random(&mut rng, &network, 4);
    let variables = reference::variables(&network, &mut rng);
    let before = values(&variables);
    let train = |l2, decay| {
        let variables = copies(&variables);
        let config = OptimizerConfig {
            l2,
            decay,
            ..OptimizerConfig::sgd(0.5, 0.0, false)
        };
        let mut optimizer = Optimizer::new(variables.clone(), config);
        let mut step = Step::new(&network, 4, Training::default()).unwrap();
        step.train(&mut team(2), &mut optimizer, set.batch(&[0, 1, 2, 3]))
            .unwrap();
        values(&variables)
    };
    let plain = train(0.0, 0.0);
    for drawn in [train(0.1, 0.0), train(0.0, 0.2)] {
        for index in 0..plain.len() {
            let is_weight = [0, 6, 8].contains(&index);
            let want: Vec<f64> = (plain[index].iter().zip(&before[index]))
                .map(|(new, old)| {
                    let drawn = if is_weight { 0.5 * 0.2 } else { 0.0 };
                    f64::from(*new) - drawn * f64::from(*old)
                })
                .collect();
            close(&drawn[index], &want, &format!("variable {index}"));
        }
    }
}

/// Twice the same batch of each part of the work: the plan's memory is set aside once.
#[test]
fn a_measured_step_trains_like_any_other_and_accounts_for_its_time() {
    let mut rng = ChaCha8Rng::seed_from_u64(25);
    let network = Network::chain(
        [12, 12, 1],
        [
            Operator::convolution(3, 16, Padding::Valid),
            Operator::max_pool(),
            Operator::dense(4, Activation::None),
        ],
    );
    let set = Set::random(&mut rng, &network, 16);
    let variables = reference::variables(&network, &mut rng);
    let plain = train(&network, &variables, &set, 8, 1).0;
    let variables = copies(&variables);
    let mut step = Step::new(&network, 8, Training::default()).unwrap();
    let mut adam = Optimizer::new(variables.clone(), OptimizerConfig::default());
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
