//! Convolutions, with and without `ReLU` and pool.

use super::*;

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

/// Sides of the smallest map that gives an output.
fn least(kernel: usize, padding: Padding, pool: bool) -> usize {
    let whole = match padding {
        Padding::Same => 1,
        Padding::Valid => kernel,
    };
    whole + usize::from(pool)
}

impl Case {
    fn random(rng: &mut ChaCha8Rng, kernel: usize, pool: bool) -> Self {
        let padding = if rng.random() {
            Padding::Same
        } else {
            Padding::Valid
        };
        let least = least(kernel, padding, pool);
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

    /// Of the input, the weights and the bias.
    fn shapes(&self) -> [Vec<usize>; 3] {
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
            vec![images, height, width, channels],
            vec![kernel, kernel, channels, filters],
            vec![filters],
        ]
    }

    fn tensors(&self, rng: &mut ChaCha8Rng) -> [Var; 3] {
        self.shapes().map(|shape| variable(rng, &shape))
    }

    /// This case with other shapes, if they are those of a convolution.
    fn fitting(self, shapes: &[Vec<usize>; 3]) -> Option<Self> {
        let (&[images, height, width, channels], &[kernel, _, _, filters]) =
            (&shapes[0][..], &shapes[1][..])
        else {
            return None;
        };
        let other = Self {
            images,
            height,
            width,
            channels,
            filters,
            kernel,
            ..self
        };
        let fits = other.shapes() == *shapes
            && [1, 3, 5, 7].contains(&kernel)
            && channels > 0
            && filters > 0
            && height.min(width) >= least(kernel, self.padding, self.pool);
        fits.then_some(other)
    }

    /// Height and width of the output.
    fn output(&self) -> [usize; 2] {
        let lost = match self.padding {
            Padding::Same => 0,
            Padding::Valid => self.kernel - 1,
        };
        [self.height, self.width].map(|side| (side - lost) / if self.pool { 2 } else { 1 })
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
        let (weights, gradients) = random_sum(rng, &y).unwrap();
        let want = self.reference(
            [&numbers(&x), &numbers(&w), &numbers(&b)],
            &numbers(&weights),
        );
        close(&y, &want.y, &format!("{self:?} y"));
        for (variable, want, name) in [
            (&w, &want.dw, "dw"),
            (&b, &want.db, "db"),
            (&x, &want.dx, "dx"),
        ] {
            let got = gradients.get(variable).unwrap();
            close(got, want, &format!("{self:?} {name}"));
        }
        // As a network's first layer, whose input needs no gradient: a way of its own for one channel.
        let first = self.apply([&x.detach(), &w, &b]).unwrap();
        let gradients = sum_gradients(&first, &weights).unwrap();
        for (variable, want, name) in [(&w, &want.dw, "first dw"), (&b, &want.db, "first db")] {
            let got = gradients.get(variable).unwrap();
            close(got, want, &format!("{self:?} {name}"));
        }
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

/// The smallest maps, down to 1×1, and narrow ones; one channel, and more than vectors hold by one or but for one.
#[test]
fn convolutions_of_extreme_shapes_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(10);
        for kernel in [1, 3, 5, 7] {
            for (padding, pool) in [Padding::Same, Padding::Valid]
                .into_iter()
                .flat_map(|padding| [(padding, false), (padding, true)])
            {
                let least = least(kernel, padding, pool);
                for (height, width) in [(least, least), (least, least + 5), (least + 2, least)] {
                    for (channels, filters) in [(1, 1), (255, 2), (2, 255), (33, 31)] {
                        let case = Case {
                            images: 1,
                            height,
                            width,
                            channels,
                            filters,
                            kernel,
                            padding,
                            pool,
                        };
                        case.check(&mut rng);
                    }
                }
            }
        }
    });
}

/// Shapes that fit, of which one or two sizes were changed: what fits is computed, with its gradients, and all else is refused.
#[test]
fn a_convolution_of_any_shape_is_computed_or_refused() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let mut computed = 0;
        for _ in 0..1500 {
            let kernel = [1, 3, 5, 7][rng.random_range(0..4)];
            let pool = rng.random();
            let mut case = Case::random(&mut rng, kernel, pool);
            case.channels = rng.random_range(1..=9);
            case.filters = rng.random_range(1..=9);
            let mut shapes = case.shapes();
            for _ in 0..rng.random_range(0..=2) {
                change(&mut rng, &mut shapes);
            }
            let [x, w, b] = shapes.each_ref().map(|shape| variable(&mut rng, shape));
            let name = if case.pool {
                "conv_relu_pool"
            } else {
                "conv_relu"
            };
            let result = case.apply([&x, &w, &b]);
            let what = format!("{name} of {shapes:?}, {}", case.padding);
            let Some(case) = case.fitting(&shapes) else {
                let error = result.map(|y| y.dims().to_vec()).expect_err(&what);
                assert!(error.to_string().contains(name), "{what}: {error}");
                continue;
            };
            let y = result.expect(&what);
            let [rows, columns] = case.output();
            assert_eq!(
                y.dims(),
                [case.images, rows, columns, case.filters],
                "{what}"
            );
            let gradients = backward(&y.sum_all().unwrap()).expect(&what);
            for variable in [&x, &w, &b] {
                let gradient = gradients.get(variable).unwrap().expect(&what);
                assert_eq!(gradient.shape(), variable.shape(), "{what}");
            }
            computed += 1;
        }
        assert!((300..1200).contains(&computed), "{computed}");
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

/// What the documentation of `winograd` claims, with `ReLU`'s output as input and Glorot's weights.
#[test]
fn winograds_algorithm_rounds_less_than_three_times_as_much_as_plain_sums() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let case = Case {
            images: 16,
            height: 12,
            width: 12,
            channels: 64,
            filters: 64,
            kernel: 3,
            padding: Padding::Valid,
            pool: false,
        };
        let [x, w, b] = case.tensors(&mut rng);
        let x = x.relu().unwrap();
        let w = (w.as_tensor() * (6.0_f64 / (9.0 * 128.0)).sqrt()).unwrap();
        let (inputs, taps) = (numbers(&x), numbers(&w));
        let got = numbers(&conv(&x, &w, &b.zeros_like().unwrap(), case.padding).unwrap());
        // In float64 and, term by term, in float32, of every seventh pixel.
        let mut errors = [0.0_f64; 2];
        for (pixel, got) in got.chunks_exact(case.filters).enumerate().step_by(7) {
            let (image, row, column) = (pixel / 100, pixel / 10 % 10, pixel % 10);
            let corner = ((image * 12 + row) * 12 + column) * case.channels;
            for (filter, got) in got.iter().enumerate() {
                let (mut exact, mut plain) = (0.0_f64, 0.0_f32);
                for (at, tap) in taps[filter..].iter().step_by(case.filters).enumerate() {
                    let (line, rest) = (at / (3 * case.channels), at % (3 * case.channels));
                    let input = inputs[corner + line * 12 * case.channels + rest];
                    exact += f64::from(input) * f64::from(*tap);
                    plain += input * tap;
                }
                for (error, value) in errors.iter_mut().zip([*got, plain]) {
                    *error += (f64::from(value) - exact).powi(2);
                }
            }
        }
        let ratio = (errors[0] / errors[1]).sqrt();
        assert!((0.1..3.0).contains(&ratio), "{ratio}");
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
    let (weights, got) = random_sum(&mut rng, &ours)?;
    let want = sum_gradients(&stock, &weights)?;
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
    Ok(())
}
