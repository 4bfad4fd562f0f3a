//! Convolutions, with and without `ReLU` and pool.

use super::*;
use crate::alive::Alive;
use crate::forward::LayOut;
use crate::general::Sizes;
use crate::geometry::Geometry;
use crate::pass::{Forward, Method};
use crate::pieces::Pieces;
use crate::simd::Buffer;
use crate::sparse::Layout;
use crate::unit::Unit;
use candle_core::Shape;

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

    /// The operator alone: asked for gradients, the one with a pool is two.
    fn apply(&self, [x, w, b]: [&Tensor; 3]) -> Result<Tensor> {
        self.tracked([&x.detach(), w, b])
    }

    fn tracked(&self, [x, w, b]: [&Tensor; 3]) -> Result<Tensor> {
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

    /// Output and gradients by the kernels, of a first layer or of one whose input needs a gradient; in groups of filters and blocks of
    /// channels, as tasks have them.
    fn kernels(
        &self,
        rng: &mut ChaCha8Rng,
        [x, w, b]: [&[f32]; 3],
        dy: &[f32],
        is_first: bool,
    ) -> [Vec<f32>; 4] {
        let shapes = self.shapes().map(Shape::from);
        let g = Geometry::new("test", shapes.each_ref(), self.padding, self.pool).unwrap();
        let lanes = Unit::in_use().lanes();
        let lay_out = |geometry: Geometry, w: &[f32]| {
            let method = Method::new(&geometry);
            let mut laid_out = Buffer::default();
            let numbers = laid_out.take(method.length(&geometry, lanes));
            for part in 0..method.parts(&geometry, lanes) {
                let place = method.place(&geometry, lanes, part);
                let out = &mut numbers[place];
                kernel::run(LayOut {
                    geometry,
                    method,
                    w,
                    part,
                    out,
                });
            }
            (method, laid_out)
        };
        let mut y = vec![f32::NAN; g.images * g.output_length()];
        let mut codes = vec![9; y.len()];
        let (method, mut laid_out) = lay_out(g, w);
        let weights = &*laid_out.take(method.length(&g, lanes));
        for block in 0..g.blocks(lanes) {
            kernel::run(Forward {
                geometry: g,
                method,
                relu: true,
                zeros_stay: true,
                x,
                weights,
                b,
                out: Pieces::new(&mut y),
                codes: g.pool.then(|| Pieces::new(&mut codes)),
                blocks: block..block + 1,
            });
        }
        let alive = if g.pool {
            Alive::Maximum(&codes)
        } else {
            Alive::Positive(&y)
        };
        let (mut dw, mut db) = (vec![0.0; w.len()], vec![0.0; b.len()]);
        let mut dx = vec![f32::NAN; if is_first { 0 } else { x.len() }];
        let group = [lanes, 2 * lanes, g.filters][rng.random_range(0..3)];
        let groups = (0..g.filters).step_by(group);
        let groups = groups.map(|filter| filter..g.filters.min(filter + group));
        if is_first && grey::suits(g.channels) {
            for filters in groups {
                let padded = filters.len().next_multiple_of(lanes);
                let mut sums = vec![f32::NAN; g.depth() * padded];
                kernel::run(grey::WeightGradient {
                    geometry: g,
                    x,
                    dy,
                    alive,
                    filter: filters.start,
                    dw: &mut sums,
                    db: &mut db[filters.clone()],
                });
                for (row, sums) in sums.chunks_exact(padded).enumerate() {
                    let dw = &mut dw[row * g.filters..][filters.clone()];
                    dw.copy_from_slice(&sums[..filters.len()]);
                }
            }
            return [y, dx, dw, db];
        }
        if !g.pool {
            let map = [g.height, g.width, g.channels];
            let window = Window::square(g.kernel).padded([g.border; 2]);
            let sizes = Sizes::new("test", map, window, g.filters, 1).unwrap();
            let numbers = dy.iter().zip(&y);
            let dz: Vec<f32> = numbers
                .map(|(dy, y)| if *y > 0.0 { *dy } else { 0.0 })
                .collect();
            for block in 0..sizes.blocks(lanes) {
                kernel::run(general::WeightGradient {
                    sizes,
                    x,
                    dz: &dz,
                    blocks: block..block + 1,
                    dw: Pieces::new(&mut dw),
                    db: Some(Pieces::new(&mut db)),
                });
            }
            if is_first {
                return [y, dx, dw, db];
            }
            let mut turned = vec![0.0; w.len()];
            for (tap, out) in turned.chunks_exact_mut(g.channels * g.filters).enumerate() {
                general::turn(&sizes, w, tap, out);
            }
            let geometry = g.turned();
            let (method, mut laid_out) = lay_out(geometry, &turned);
            let weights = &*laid_out.take(method.length(&geometry, lanes));
            for block in 0..geometry.blocks(lanes) {
                kernel::run(Forward {
                    geometry,
                    method,
                    relu: false,
                    zeros_stay: false,
                    x: &dz,
                    weights,
                    b: &vec![0.0; g.channels],
                    out: Pieces::new(&mut dx),
                    codes: None,
                    blocks: block..block + 1,
                });
            }
            return [y, dx, dw, db];
        }
        let layout = Layout::new(&g, lanes);
        let mut map = Buffer::default();
        let map = map.take(g.images * layout.map_length());
        kernel::run(sparse::Spread {
            geometry: g,
            x,
            map,
        });
        for filters in groups {
            let count = filters.len();
            let mut sums = vec![f32::NAN; layout.weights_length(&g, count)];
            kernel::run(sparse::WeightGradient {
                geometry: g,
                map,
                dy,
                codes: &codes,
                filter: filters.start,
                dw: &mut sums,
                db: &mut db[filters.clone()],
            });
            for (index, sums) in sums.chunks_exact(count * layout.row).enumerate() {
                let (block, kernel_row) = (index / g.kernel, index % g.kernel);
                for (row, at) in layout.weights(&g, block, kernel_row) {
                    for (filter, sums) in filters.clone().zip(sums.chunks_exact(layout.row)) {
                        dw[row * g.filters + filter] = sums[at];
                    }
                }
            }
        }
        if !is_first {
            let mut arranged = Buffer::default();
            let length = layout.weights_length(&g, g.filters);
            let weights = arranged.take(length);
            for (block, out) in weights.chunks_exact_mut(length / layout.blocks).enumerate() {
                kernel::run(sparse::Arrange {
                    geometry: g,
                    w,
                    block,
                    out,
                });
            }
            for block in 0..layout.blocks {
                kernel::run(sparse::InputGradient {
                    geometry: g,
                    dy,
                    codes: &codes,
                    weights,
                    blocks: block..block + 1,
                    dx: Pieces::new(&mut dx),
                });
            }
        }
        [y, dx, dw, db]
    }

    fn check(&self, rng: &mut ChaCha8Rng) {
        let [x, w, b] = self.tensors(rng);
        // As nobody asks for its gradient.
        let plain = [&x, &w, &b].map(|tensor| tensor.detach());
        let operator = self.apply(plain.each_ref()).unwrap();
        let dy = random(rng, operator.elem_count());
        let asked = [&x, &w, &b].map(|tensor| Var::from_tensor(tensor).unwrap());
        let tracked = self.tracked(asked.each_ref().map(Var::as_tensor)).unwrap();
        let weighted = Tensor::from_slice(&dy, tracked.shape(), &Device::Cpu);
        let gradients = (tracked * weighted.unwrap()).unwrap().sum_all().unwrap();
        let gradients = gradients.backward().unwrap();
        let [dx, dw, db] = asked.map(|asked| numbers(gradients.get(&asked).unwrap()));
        let [x, w, b] = [x, w, b].map(|tensor| numbers(&tensor));
        let want = self.reference([&x, &w, &b], &dy);
        close(&dx, &want.dx, &format!("{self:?} dx by candle"));
        close(&dw, &want.dw, &format!("{self:?} dw by candle"));
        close(&db, &want.db, &format!("{self:?} db by candle"));
        close(&numbers(&operator), &want.y, &format!("{self:?} operator"));
        for is_first in [false, true] {
            let [y, dx, dw, db] = self.kernels(rng, [&x, &w, &b], &dy, is_first);
            assert_eq!(y, numbers(&operator), "{self:?}: in blocks as in one");
            close(&dw, &want.dw, &format!("{self:?} dw, first {is_first}"));
            close(&db, &want.db, &format!("{self:?} db, first {is_first}"));
            if !is_first {
                close(&dx, &want.dx, &format!("{self:?} dx"));
            }
        }
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
            let plain = [&x, &w, &b].map(|tensor| tensor.detach());
            let result = case.apply(plain.each_ref());
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
    let dy = random(&mut rng, 3 * 9 * 10 * 20);
    let channels_first = x.permute((0, 3, 1, 2))?.contiguous()?;
    let stock = channels_first
        .conv2d(&w.permute((3, 2, 0, 1))?.contiguous()?, 1, 1, 1, 1)?
        .permute((0, 2, 3, 1))?
        .broadcast_add(&b)?
        .relu()?;
    let weights = Tensor::from_vec(dy.clone(), stock.shape(), &Device::Cpu)?;
    let want = (&stock * weights)?.sum_all()?.backward()?;
    let inputs = [&x, &w, &b].map(|tensor| numbers(tensor));
    let [y, dx, dw, db] = case.kernels(&mut rng, inputs.each_ref().map(Vec::as_slice), &dy, false);
    close(&y, &wide(&numbers(&stock)), "y");
    for (variable, got, name) in [(&x, dx, "dx"), (&w, dw, "dw"), (&b, db, "db")] {
        close(&got, &wide(&numbers(want.get(variable).unwrap())), name);
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
    Ok(())
}

#[test]
fn relu_passes_no_gradient_at_zero() {
    for pool in [false, true] {
        let case = Case {
            images: 1,
            height: 2,
            width: 2,
            channels: 1,
            filters: 1,
            kernel: 1,
            padding: Padding::Valid,
            pool,
        };
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let inputs: [&[f32]; 3] = [&[0.0; 4], &[1.0], &[0.0]];
        let [_, dx, dw, db] = case.kernels(&mut rng, inputs, &[1.0; 4], false);
        assert_eq!((dx, dw, db), (vec![0.0; 4], vec![0.0], vec![0.0]));
    }
}

#[test]
fn the_first_of_equal_maxima_gets_the_gradient() {
    let case = Case {
        images: 1,
        height: 2,
        width: 2,
        channels: 1,
        filters: 1,
        kernel: 1,
        padding: Padding::Valid,
        pool: true,
    };
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let [_, dx, ..] = case.kernels(&mut rng, [&[1.0; 4], &[1.0], &[0.0]], &[1.0], false);
    assert_eq!(dx, [1.0, 0.0, 0.0, 0.0]);
}

/// A dead cell stays dead, by Winograd's algorithm too, which adds and takes away what is beside it.
#[test]
fn a_sum_over_zeros_is_zero() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        for round in 0..40 {
            let case = Case::random(&mut rng, 3, round % 2 == 0);
            let [x, w, _] = case.tensors(&mut rng).map(|tensor| numbers(&tensor));
            let g = case;
            // Zeros left of a slanted edge, as beside a garment.
            let is_ground = |place: usize| {
                let (row, column) = (place / g.width % g.height, place % g.width);
                2 * column < g.width + row
            };
            let x: Vec<f32> = (0..x.len())
                .map(|at| {
                    if is_ground(at / g.channels) {
                        0.0
                    } else {
                        x[at]
                    }
                })
                .collect();
            let b = vec![0.0; g.filters];
            let [rows, columns] = g.output();
            let dy = vec![1.0; g.images * rows * columns * g.filters];
            let [y, ..] = case.kernels(&mut rng, [&x, &w, &b], &dy, false);
            let want = case.reference([&x, &w, &b], &dy).y;
            for (got, want) in y.iter().zip(want) {
                assert!(want != 0.0 || *got == 0.0, "{case:?}: {got} instead of 0");
            }
        }
    });
}
