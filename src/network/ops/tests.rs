//! Every operator, on every vector unit of the machine, against plain float64 loops and against stock candle.

use super::simd::on_every_path;
use super::*;
use candle_core::{DType, Device, Result, Tensor, Var};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn random(rng: &mut ChaCha8Rng, length: usize) -> Vec<f32> {
    (0..length).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn variable(rng: &mut ChaCha8Rng, shape: &[usize]) -> Var {
    Var::from_vec(random(rng, shape.iter().product()), shape, &Device::Cpu).unwrap()
}

fn numbers(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// Checks that `got` is `want` up to rounding of sums of about the size of the largest.
#[track_caller]
fn close(got: &Tensor, want: &[f64], what: &str) {
    let got = numbers(got);
    assert_eq!(got.len(), want.len(), "{what}: length");
    let scale = want
        .iter()
        .fold(1e-3_f64, |largest, value| largest.max(value.abs()));
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        assert!(
            (f64::from(*got) - want).abs() <= 2e-5 * scale,
            "{what}[{index}]: got {got}, want {want} of {scale}"
        );
    }
}

/// One convolution layer and its gradients for a given gradient of the output, as the textbook has them.
struct Reference {
    y: Vec<f64>,
    dx: Vec<f64>,
    dw: Vec<f64>,
    db: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    images: usize,
    height: usize,
    width: usize,
    channels: usize,
    filters: usize,
    kernel: usize,
    padding: Padding,
    pool: bool,
}

impl Case {
    fn random(rng: &mut ChaCha8Rng, kernel: usize, pool: bool) -> Self {
        let padding = if rng.random() {
            Padding::Same
        } else {
            Padding::Valid
        };
        let least = if padding == Padding::Same {
            2
        } else {
            kernel + 1
        };
        Self {
            images: rng.random_range(1..=3),
            height: rng.random_range(least..least + 9),
            width: rng.random_range(least..least + 9),
            channels: [1, 2, 3, 8, 16, 17, 32, 40][rng.random_range(0..8)],
            filters: [1, 2, 7, 8, 16, 17, 31, 32, 33, 40, 64][rng.random_range(0..11)],
            kernel,
            padding,
            pool,
        }
    }

    fn tensors(&self, rng: &mut ChaCha8Rng) -> [Var; 3] {
        let Self {
            images,
            height,
            width,
            channels,
            filters,
            kernel,
            ..
        } = *self;
        [
            variable(rng, &[images, height, width, channels]),
            variable(rng, &[kernel, kernel, channels, filters]),
            variable(rng, &[filters]),
        ]
    }

    fn apply(&self, [x, w, b]: [&Tensor; 3]) -> Result<Tensor> {
        if self.pool {
            conv_relu_pool(x, w, b, self.padding)
        } else {
            conv_relu(x, w, b, self.padding)
        }
    }

    /// Values and gradients in float64. The gradient passes where `y`, the operator's own output, has it pass: near a tie or near
    /// zero rounding decides.
    fn reference(&self, [x, w, b]: [&[f32]; 3], dy: &[f32]) -> Reference {
        let Self {
            images,
            height,
            width,
            channels,
            filters,
            kernel,
            ..
        } = *self;
        let border = if self.padding == Padding::Same {
            kernel / 2
        } else {
            0
        };
        let (rows, columns) = (
            height + 2 * border + 1 - kernel,
            width + 2 * border + 1 - kernel,
        );
        // The taps under output pixel (row, column): (index in x, index in w), both at channel 0.
        let taps = |image: usize, row: usize, column: usize| {
            (0..kernel * kernel).filter_map(move |tap| {
                let y = (row + tap / kernel)
                    .checked_sub(border)
                    .filter(|y| *y < height)?;
                let x = (column + tap % kernel)
                    .checked_sub(border)
                    .filter(|x| *x < width)?;
                Some((
                    ((image * height + y) * width + x) * channels,
                    tap * channels * filters,
                ))
            })
        };
        let z = |image, row, column, filter: usize| {
            let sum = taps(image, row, column)
                .flat_map(|(x, w)| (0..channels).map(move |c| (x + c, w + c * filters + filter)));
            sum.map(|(xi, wi)| f64::from(x[xi]) * f64::from(w[wi]))
                .sum::<f64>()
                + f64::from(b[filter])
        };
        let step = if self.pool { 2 } else { 1 };
        let mut result = Reference {
            y: vec![],
            dx: vec![0.0; x.len()],
            dw: vec![0.0; w.len()],
            db: vec![0.0; b.len()],
        };
        for image in 0..images {
            for (row, column) in (0..rows / step)
                .flat_map(|row| (0..columns / step).map(move |column| (row, column)))
            {
                for filter in 0..filters {
                    let window =
                        (0..step * step).map(|i| (step * row + i / 2, step * column + i % 2));
                    let mut best = (f64::NEG_INFINITY, 0, 0);
                    for (row, column) in window {
                        let value = z(image, row, column, filter);
                        if value > best.0 {
                            best = (value, row, column);
                        }
                    }
                    let gradient = f64::from(dy[result.y.len()]);
                    result.y.push(best.0.max(0.0));
                    if best.0 <= 0.0 {
                        continue;
                    }
                    result.db[filter] += gradient;
                    for (xi, wi) in taps(image, best.1, best.2) {
                        for c in 0..channels {
                            result.dw[wi + c * filters + filter] += gradient * f64::from(x[xi + c]);
                            result.dx[xi + c] += gradient * f64::from(w[wi + c * filters + filter]);
                        }
                    }
                }
            }
        }
        result
    }

    fn check(&self, rng: &mut ChaCha8Rng) {
        let [x, w, b] = self.tensors(rng);
        let y = self.apply([&x, &w, &b]).unwrap();
        let weights =
            Tensor::from_vec(random(rng, y.elem_count()), y.shape(), &Device::Cpu).unwrap();
        let gradients = (&y * &weights)
            .unwrap()
            .sum_all()
            .unwrap()
            .backward()
            .unwrap();
        let want = self.reference(
            [&numbers(&x), &numbers(&w), &numbers(&b)],
            &numbers(&weights),
        );
        close(&y, &want.y, &format!("{self:?} y"));
        close(
            gradients.get(&w).unwrap(),
            &want.dw,
            &format!("{self:?} dw"),
        );
        close(
            gradients.get(&b).unwrap(),
            &want.db,
            &format!("{self:?} db"),
        );
        close(
            gradients.get(&x).unwrap(),
            &want.dx,
            &format!("{self:?} dx"),
        );
        // As a network's first layer, whose input needs no gradient: a way of its own for one channel.
        let first = self.apply([&x.detach(), &w, &b]).unwrap();
        let gradients = (&first * &weights)
            .unwrap()
            .sum_all()
            .unwrap()
            .backward()
            .unwrap();
        close(
            gradients.get(&w).unwrap(),
            &want.dw,
            &format!("{self:?} first dw"),
        );
        close(
            gradients.get(&b).unwrap(),
            &want.db,
            &format!("{self:?} first db"),
        );
        // Without tracking: the same values.
        let plain = self.apply([&x.detach(), &w.detach(), &b.detach()]).unwrap();
        assert_eq!(numbers(&plain), numbers(&y), "{self:?} untracked");
    }
}

#[test]
fn convolutions_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for kernel in [1, 3, 5, 7] {
            for pool in [false, true] {
                for _ in 0..8 {
                    Case::random(&mut rng, kernel, pool).check(&mut rng);
                }
            }
        }
    });
}

#[test]
fn convolutions_agree_with_float64_at_the_sizes_of_real_networks() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let case = Case {
            images: 2,
            height: 13,
            width: 13,
            channels: 64,
            filters: 64,
            kernel: 3,
            padding: Padding::Valid,
            pool: true,
        };
        case.check(&mut rng);
        Case {
            pool: false,
            ..case
        }
        .check(&mut rng);
        Case {
            height: 28,
            width: 28,
            channels: 1,
            ..case
        }
        .check(&mut rng);
        Case {
            height: 28,
            width: 28,
            channels: 1,
            padding: Padding::Same,
            pool: false,
            ..case
        }
        .check(&mut rng);
        Case {
            height: 5,
            width: 5,
            channels: 96,
            filters: 130,
            ..case
        }
        .check(&mut rng);
    });
}

#[test]
fn a_convolution_agrees_with_stock_candle() -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let case = Case {
        images: 3,
        height: 9,
        width: 10,
        channels: 5,
        filters: 20,
        kernel: 3,
        padding: Padding::Same,
        pool: false,
    };
    let [x, w, b] = case.tensors(&mut rng);
    let ours = case.apply([&x, &w, &b])?;
    let channels_first = x.permute((0, 3, 1, 2))?.contiguous()?;
    let stock = channels_first
        .conv2d(&w.permute((3, 2, 0, 1))?.contiguous()?, 1, 1, 1, 1)?
        .permute((0, 2, 3, 1))?
        .broadcast_add(&b)?
        .relu()?;
    let weights = Tensor::from_vec(
        random(&mut rng, ours.elem_count()),
        ours.shape(),
        &Device::Cpu,
    )?;
    let (got, want) = (
        (&ours * &weights)?.sum_all()?.backward()?,
        (&stock * &weights)?.sum_all()?.backward()?,
    );
    let wide = |tensor: &Tensor| tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>();
    close(&ours, &wide(&stock)?, "y");
    for (variable, name) in [(&x, "dx"), (&w, "dw"), (&b, "db")] {
        close(
            got.get(variable).unwrap(),
            &wide(want.get(variable).unwrap())?,
            name,
        );
    }
    Ok(())
}

#[test]
fn the_values_before_relu_are_negative_too() -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let case = Case {
        images: 1,
        height: 6,
        width: 6,
        channels: 2,
        filters: 3,
        kernel: 3,
        padding: Padding::Valid,
        pool: false,
    };
    let [x, w, b] = case.tensors(&mut rng);
    let z = conv(&x, &w, &b, case.padding)?;
    assert!(numbers(&z).iter().any(|z| *z < 0.0));
    assert_eq!(
        numbers(&z.relu()?),
        numbers(&conv_relu(&x, &w, &b, case.padding)?)
    );
    assert!(!z.track_op());
    Ok(())
}

/// The gradient of a pooling by hand, and what is wrong with candle's.
#[test]
fn max_pool_sends_the_gradient_to_the_maximum_and_stock_candle_does_not() -> Result<()> {
    let x = Var::from_vec(
        (0..25_u8).map(|i| f32::from(i * 7 % 25)).collect(),
        (1, 5, 5, 1),
        &Device::Cpu,
    )?;
    let y = max_pool(&x)?;
    let values = numbers(&x);
    let mut want = vec![0.0; 25];
    for (window, corner) in [0, 2, 10, 12].into_iter().enumerate() {
        let best = [0, 1, 5, 6]
            .into_iter()
            .map(|offset| corner + offset)
            .max_by(|a, b| values[*a].total_cmp(&values[*b]))
            .unwrap();
        assert_eq!(numbers(&y)[window].to_bits(), values[best].to_bits());
        want[best] = 1.0;
    }
    assert_eq!(numbers(y.sum_all()?.backward()?.get(&x).unwrap()), want);
    let stock = x
        .permute((0, 3, 1, 2))?
        .max_pool2d(2)?
        .sum_all()?
        .backward()?;
    assert_ne!(
        numbers(stock.get(&x).unwrap()),
        want,
        "candle's max_pool2d has been repaired: say so in the documentation"
    );
    Ok(())
}

#[test]
fn the_first_of_equal_maxima_gets_the_gradient() -> Result<()> {
    let x = Var::from_vec(vec![1.0_f32; 4], (1, 2, 2, 1), &Device::Cpu)?;
    let gradients = max_pool(&x)?.sum_all()?.backward()?;
    assert_eq!(numbers(gradients.get(&x).unwrap()), [1.0, 0.0, 0.0, 0.0]);
    let (w, b) = (
        Tensor::ones((1, 1, 1, 1), DType::F32, &Device::Cpu)?,
        Tensor::zeros(1, DType::F32, &Device::Cpu)?,
    );
    let gradients = conv_relu_pool(&x, &w, &b, Padding::Valid)?
        .sum_all()?
        .backward()?;
    assert_eq!(numbers(gradients.get(&x).unwrap()), [1.0, 0.0, 0.0, 0.0]);
    Ok(())
}

#[test]
fn relu_passes_no_gradient_at_zero() -> Result<()> {
    let x = Var::zeros((1, 2, 2, 1), DType::F32, &Device::Cpu)?;
    let (w, b) = (
        Tensor::ones((1, 1, 1, 1), DType::F32, &Device::Cpu)?,
        Tensor::zeros(1, DType::F32, &Device::Cpu)?,
    );
    for y in [
        conv_relu(&x, &w, &b, Padding::Valid)?,
        conv_relu_pool(&x, &w, &b, Padding::Valid)?,
    ] {
        let gradients = y.sum_all()?.backward()?;
        assert_eq!(numbers(gradients.get(&x).unwrap()), [0.0; 4]);
    }
    let flat = x.flatten_from(1)?;
    let w = Var::ones((4, 1), DType::F32, &Device::Cpu)?;
    let gradients = dense_relu(&flat, &w, &b)?.sum_all()?.backward()?;
    assert_eq!(numbers(gradients.get(&x).unwrap()), [0.0; 4]);
    Ok(())
}

#[test]
fn dense_layers_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for (images, inputs, outputs) in [
            (1, 1, 1),
            (3, 7, 5),
            (16, 100, 128),
            (5, 33, 17),
            (40, 300, 10),
            (2, 1, 33),
            (17, 64, 31),
        ] {
            for relu in [false, true] {
                let (x, w, b) = (
                    variable(&mut rng, &[images, inputs]),
                    variable(&mut rng, &[inputs, outputs]),
                    variable(&mut rng, &[outputs]),
                );
                let y = if relu {
                    dense_relu(&x, &w, &b)
                } else {
                    dense(&x, &w, &b)
                }
                .unwrap();
                let weights =
                    Tensor::from_vec(random(&mut rng, y.elem_count()), y.shape(), &Device::Cpu)
                        .unwrap();
                let loss = (&y * &weights).unwrap().sum_all().unwrap();
                let (xs, ws, bs, dys) = (numbers(&x), numbers(&w), numbers(&b), numbers(&weights));
                let (mut ys, mut dx, mut dw, mut db) = (
                    vec![],
                    vec![0.0; xs.len()],
                    vec![0.0; ws.len()],
                    vec![0.0; outputs],
                );
                for (row, column) in
                    (0..images).flat_map(|row| (0..outputs).map(move |column| (row, column)))
                {
                    let z: f64 = (0..inputs)
                        .map(|i| {
                            f64::from(xs[row * inputs + i]) * f64::from(ws[i * outputs + column])
                        })
                        .sum();
                    let z = z + f64::from(bs[column]);
                    let gradient = if relu && z <= 0.0 {
                        0.0
                    } else {
                        f64::from(dys[ys.len()])
                    };
                    ys.push(if relu { z.max(0.0) } else { z });
                    db[column] += gradient;
                    for i in 0..inputs {
                        dx[row * inputs + i] += gradient * f64::from(ws[i * outputs + column]);
                        dw[i * outputs + column] += gradient * f64::from(xs[row * inputs + i]);
                    }
                }
                close(&y, &ys, "y");
                let (stock, ours) = (loss.backward().unwrap(), backward(&loss).unwrap());
                for (variable, want, name) in [(&x, &dx, "dx"), (&w, &dw, "dw"), (&b, &db, "db")] {
                    close(stock.get(variable).unwrap(), want, name);
                    close(&ours.get(variable).unwrap().unwrap(), want, name);
                }
            }
        }
    });
}

#[test]
fn cross_entropy_agrees_with_float64_and_counts_hits() -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let (images, classes, denominator) = (9, 10, 32);
    let logits = Var::from_vec(
        random(&mut rng, images * classes)
            .iter()
            .map(|z| z * 50.0)
            .collect(),
        (images, classes),
        &Device::Cpu,
    )?;
    let labels: Vec<u8> = (0..images)
        .map(|_| rng.random_range(0..classes) as u8)
        .collect();
    let (loss, hits) = softmax_cross_entropy(&logits, &labels, denominator)?;
    let (mut want, mut gradient, mut want_hits) = (0.0, vec![], 0);
    for (row, label) in numbers(&logits).chunks(classes).zip(&labels) {
        let z: Vec<f64> = row.iter().map(|z| f64::from(*z)).collect();
        let largest = z.iter().copied().fold(f64::MIN, f64::max);
        let sum: f64 = z.iter().map(|z| (z - largest).exp()).sum();
        want += sum.ln() + largest - z[usize::from(*label)];
        want_hits += usize::from(z[usize::from(*label)] >= largest);
        gradient.extend((0..classes).map(|c| {
            ((z[c] - largest).exp() / sum - f64::from(u8::from(c == usize::from(*label)))) / 32.0
        }));
    }
    close(&loss, &[want / 32.0], "loss");
    assert_eq!(hits, want_hits);
    close(loss.backward()?.get(&logits).unwrap(), &gradient, "dlogits");
    Ok(())
}

#[test]
#[expect(clippy::unnecessary_wraps, reason = "like its neighbours")]
fn adam_agrees_with_float64_and_continues_to_the_bit() -> Result<()> {
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
    Ok(())
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

/// A network of every kind of layer, three steps of two shards on two threads.
fn train(seed: u64) -> Vec<Vec<f32>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shapes: [&[usize]; 8] = [
        &[3, 3, 1, 20],
        &[20],
        &[3, 3, 20, 24],
        &[24],
        &[5 * 5 * 24, 33],
        &[33],
        &[33, 10],
        &[10],
    ];
    let v: Vec<Var> = shapes
        .iter()
        .map(|shape| variable(&mut rng, shape))
        .collect();
    let pictures =
        Tensor::from_vec(random(&mut rng, 8 * 196), (8, 14, 14, 1), &Device::Cpu).unwrap();
    let labels: Vec<u8> = (0..8).collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    let mut adam = Adam::new(v.clone(), AdamConfig::default());
    let shard = |first: usize| {
        let x = conv_relu(&pictures.narrow(0, first, 4)?, &v[0], &v[1], Padding::Valid)?;
        let x = conv_relu_pool(&x, &v[2], &v[3], Padding::Valid)?.flatten_from(1)?;
        let logits = dense(&dense_relu(&x, &v[4], &v[5])?, &v[6], &v[7])?;
        backward(&softmax_cross_entropy(&logits, &labels[first..first + 4], 8)?.0)
    };
    for _ in 0..3 {
        let (a, b) = pool.join(|| shard(0), || shard(4));
        pool.install(|| adam.step(&[a.unwrap(), b.unwrap()]))
            .unwrap();
    }
    v.iter().map(|v| numbers(v)).collect()
}

#[test]
fn training_is_identical_to_the_bit_for_a_seed() {
    assert_eq!(train(8), train(8));
    assert_ne!(train(8), train(9));
}

#[test]
fn bad_input_is_an_error_that_names_the_operator() {
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
    let error = |result: Result<Tensor>| result.unwrap_err().to_string();
    let (x, w, b) = (zeros(&[2, 8, 8, 3]), zeros(&[3, 3, 3, 4]), zeros(&[4]));
    for (x, w, b) in [
        (&zeros(&[8, 8, 3]), &w, &b),
        (&x, &zeros(&[3, 3, 2, 4]), &b),
        (&x, &zeros(&[3, 5, 3, 4]), &b),
        (&x, &zeros(&[2, 2, 3, 4]), &b),
        (&x, &w, &zeros(&[5])),
        (&zeros(&[2, 2, 8, 3]), &w, &b),
        (&zeros(&[2, 3, 3, 3]), &w, &b),
        (&zeros(&[2, 0, 0, 3]), &w, &b),
        (&zeros(&[2, 8, 8, 0]), &zeros(&[3, 3, 0, 4]), &b),
        (&x.to_dtype(DType::F64).unwrap(), &w, &b),
        (&x.permute((0, 2, 1, 3)).unwrap(), &w, &b),
    ] {
        assert!(error(conv_relu_pool(x, w, b, Padding::Valid)).contains("conv_relu_pool"));
    }
    assert!(error(dense(&zeros(&[2, 3]), &zeros(&[4, 5]), &zeros(&[5]))).contains("dense"));
    assert!(
        error(dense_relu(
            &zeros(&[2, 3]).t().unwrap(),
            &zeros(&[2, 5]),
            &zeros(&[5])
        ))
        .contains("dense_relu")
    );
    assert!(error(max_pool(&zeros(&[1, 1, 4, 3]))).contains("max_pool"));
    let loss = |logits: &Tensor, labels: &[u8], denominator| {
        error(softmax_cross_entropy(logits, labels, denominator).map(|(loss, _)| loss))
    };
    assert!(loss(&zeros(&[2, 3]), &[0], 1).contains("softmax_cross_entropy"));
    assert!(loss(&zeros(&[1, 3]), &[3], 1).contains("softmax_cross_entropy"));
    assert!(loss(&zeros(&[1, 3]), &[0], 0).contains("softmax_cross_entropy"));
}

#[test]
fn no_images_give_no_output() -> Result<()> {
    let x = Var::zeros((0, 8, 8, 3), DType::F32, &Device::Cpu)?;
    let (w, b) = (
        Var::zeros((3, 3, 3, 4), DType::F32, &Device::Cpu)?,
        Var::zeros(4, DType::F32, &Device::Cpu)?,
    );
    for y in [
        conv_relu(&x, &w, &b, Padding::Same)?,
        conv_relu_pool(&x, &w, &b, Padding::Same)?,
    ] {
        assert_eq!(y.dim(0)?, 0);
        assert_eq!(
            numbers(y.sum_all()?.backward()?.get(&w).unwrap()),
            [0.0; 108]
        );
    }
    assert_eq!(max_pool(&x)?.dims(), [0, 4, 4, 3]);
    let logits = dense(
        &x.flatten_from(1)?,
        &Tensor::zeros((192, 10), DType::F32, &Device::Cpu)?,
        &Tensor::zeros(10, DType::F32, &Device::Cpu)?,
    )?;
    let (loss, hits) = softmax_cross_entropy(&logits, &[], 1)?;
    assert_eq!((loss.to_scalar::<f32>()?.to_bits(), hits), (0, 0));
    Ok(())
}
