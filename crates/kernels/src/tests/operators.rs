//! Operators of every kind: each option on its own, and input of wrong shapes.

use super::networks::{ACTIVATIONS, groups, pooling, window};
use super::reference::activated;
use super::*;
use crate::general::{self, Sizes};
use crate::kernel;
use crate::operators::input_gradient;
use crate::pieces::Pieces;
use crate::tile::ALL;

#[test]
fn activations_and_their_derivatives_agree_with_float64() {
    on_every_path(|| {
        let z: Vec<f32> = (-4000..4000)
            .map(|i| i as f32 / 400.0)
            .chain([0.0, 30.0, -30.0, 100.0, -100.0, 1e-20, 1e4, -1e4])
            .collect();
        let x = Var::from_vec(z.clone(), z.len(), &Device::Cpu).unwrap();
        let others = [
            Activation::LeakyRelu { slope: -0.5 },
            Activation::Elu { alpha: -0.7 },
            Activation::Elu { alpha: 2.0 },
        ];
        for activation in ACTIVATIONS.into_iter().chain(others) {
            let y = activate(&x, activation).unwrap();
            let gradients = y.sum_all().unwrap().backward().unwrap();
            let slopes = numbers(gradients.get(&x).unwrap());
            for ((z, y), slope) in z.iter().zip(numbers(&y)).zip(slopes) {
                let (value, derivative) = activated(activation, f64::from(*z));
                let what = format!("{activation:?} of {z}");
                assert!(
                    (f64::from(y) - value).abs() <= 1e-6 * value.abs().max(1.0),
                    "{what}: {y}, {value}"
                );
                // At a kink either side is right.
                let before = activated(activation, f64::from(*z) - 1e-5).1;
                let after = activated(activation, f64::from(*z) + 1e-5).1;
                let fits = [derivative, before, after]
                    .iter()
                    .any(|want| (f64::from(slope) - want).abs() <= 3e-6);
                assert!(fits, "{what}: {slope}, {derivative}");
            }
        }
        let nan = Tensor::new(&[f32::NAN], &Device::Cpu).unwrap();
        for activation in ACTIVATIONS {
            let y = activate(&nan, activation).unwrap();
            assert!(numbers(&y)[0].is_nan(), "{activation:?}");
        }
    });
}

#[test]
fn bad_input_is_an_error_that_names_the_operator() {
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
    let error = |result: Result<Tensor>| result.unwrap_err().to_string();
    let window = Window::square(3);
    let (x, w, b) = (zeros(&[2, 8, 8, 4]), zeros(&[3, 3, 2, 6]), zeros(&[6]));
    assert!(convolution(&x, &w, Some(&b), &window, 2).is_ok());
    for (x, w, b, window, groups) in [
        (&zeros(&[8, 8, 4]), &w, &b, window, 2),
        (&x, &zeros(&[3, 2, 6]), &b, window, 2),
        (&x, &w, &zeros(&[5]), window, 2),
        (&x, &w, &b, window, 1),
        (&x, &w, &b, window, 0),
        (&x, &w, &b, Window::new([3, 2]), 2),
        (&x, &w, &b, window.strided([0, 1]), 2),
        (&x, &w, &b, window.dilated([4, 4]), 2),
        (&x.to_dtype(DType::F64).unwrap(), &w, &b, window, 2),
        (&x.permute((0, 2, 1, 3)).unwrap(), &w, &b, window, 2),
    ] {
        let message = error(convolution(x, w, Some(b), &window, groups));
        assert!(message.contains("convolution"), "{message}");
    }
    let large = Window::square(9);
    assert!(error(max_pool_of(&x, &large)).contains("max_pool_of"));
    assert!(error(average_pool(&x, &large, true)).contains("average_pool"));
    assert!(error(max_pool_of(&zeros(&[8, 8, 4]), &window)).contains("max_pool_of"));
    let (four, three) = (zeros(&[4]), zeros(&[3]));
    let parameters = [&four, &four, &four, &three];
    assert!(error(batch_norm(&x, parameters, 1e-3)).contains("batch_norm"));
    assert!(error(activate(&x.t().unwrap(), Activation::Tanh)).contains("activate"));
}

#[test]
fn no_images_give_no_output() -> Result<()> {
    let x = Var::zeros((0, 8, 8, 4), DType::F32, &Device::Cpu)?;
    let w = Tensor::zeros((3, 3, 4, 6), DType::F32, &Device::Cpu)?;
    for stride in [1, 2] {
        let window = Window::square(3).strided([stride; 2]);
        let y = convolution(&x, &w, None, &window, 1)?;
        assert_eq!(y.dims()[0], 0);
        assert_eq!(max_pool_of(&x, &window)?.dims()[0], 0);
        assert_eq!(average_pool(&x, &window, false)?.dims()[0], 0);
    }
    let w = Tensor::zeros((3, 3, 1, 4), DType::F32, &Device::Cpu)?;
    assert_eq!(
        convolution(&x, &w, None, &Window::square(3), 4)?.dims(),
        [0, 6, 6, 4]
    );
    Ok(())
}

/// Against stock candle, which has strides, dilations, groups and equal padding.
#[test]
fn convolutions_agree_with_stock_candle() -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(31);
    for (side, stride, dilation, padding, groups, channels, filters) in [
        (3, 1, 1, 1, 1, 5, 20),
        (3, 2, 1, 1, 1, 16, 32),
        (5, 2, 1, 2, 2, 4, 6),
        (3, 1, 2, 2, 1, 3, 8),
        (3, 1, 1, 1, 8, 8, 8),
        (3, 2, 1, 1, 8, 8, 16),
        (2, 2, 1, 0, 1, 6, 17),
        (1, 2, 1, 0, 1, 6, 17),
        (11, 4, 1, 2, 1, 3, 16),
    ] {
        let window = Window::square(side)
            .strided([stride; 2])
            .dilated([dilation; 2])
            .padded([padding; 2]);
        let x = variable(&mut rng, &[2, 13, 13, channels]);
        let w = variable(&mut rng, &[side, side, channels / groups, filters]);
        let ours = convolution(&x, &w, None, &window, groups)?;
        let stock = x
            .permute((0, 3, 1, 2))?
            .contiguous()?
            .conv2d(
                &w.permute((3, 2, 0, 1))?.contiguous()?,
                padding,
                stride,
                dilation,
                groups,
            )?
            .permute((0, 2, 3, 1))?
            .contiguous()?;
        close(
            &numbers(&ours),
            &wide(&numbers(&stock)),
            &format!("{window:?}"),
        );
    }
    Ok(())
}

/// Large kernels, holes and few filters, which go ways of their own: forward and both gradients against plain loops in float64.
#[test]
fn convolutions_of_every_form_agree_with_float64() {
    let mut rng = ChaCha8Rng::seed_from_u64(33);
    let mut forms = Vec::new();
    for (size, dilation) in [
        ([9, 9], [1, 1]),
        ([5, 5], [1, 1]),
        ([7, 7], [1, 1]),
        ([11, 11], [1, 1]),
        ([6, 5], [1, 1]),
        ([3, 5], [1, 1]),
        ([3, 3], [2, 2]),
        ([3, 3], [1, 3]),
        ([5, 5], [2, 1]),
        ([3, 3], [1, 1]),
        // Between the places of a single one there are no holes.
        ([1, 1], [usize::MAX, 1 << 40]),
        ([3, 1], [1, usize::MAX]),
    ] {
        for same in [true, false] {
            let (channels, filters) = (rng.random_range(8..40), rng.random_range(8..40));
            let window = Window::new(size).dilated(dilation);
            forms.push((window, same, 1, channels, filters));
            forms.push((
                window.strided([2, 2]),
                same,
                1,
                channels,
                rng.random_range(1..9),
            ));
            let (inputs, outputs) = (rng.random_range(1..9), rng.random_range(1..9));
            forms.push((window, same, 3, 3 * inputs, 3 * outputs));
            forms.push((
                window,
                same,
                1,
                rng.random_range(1..5),
                rng.random_range(1..9),
            ));
        }
    }
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(34);
        for &(window, same, groups, channels, filters) in &forms {
            let map = [rng.random_range(11..18), rng.random_range(11..18)];
            let window = if same { window.same(map) } else { window };
            if window.output(map).is_none() {
                continue;
            }
            agrees(&mut rng, window, map, groups, [channels, filters]);
        }
    });
}

/// Those that move by more than one, where tiles are the faster way, forward and back to weights and input.
#[test]
fn strided_convolutions_by_tiles_agree_with_float64() {
    on_every_path(|| {
        let mut rng = ChaCha8Rng::seed_from_u64(35);
        let mut by_tiles = [0; 3];
        for (size, stride, dilation) in [
            ([5, 5], [2, 2], [1, 1]),
            ([6, 5], [2, 2], [1, 1]),
            ([5, 3], [2, 1], [1, 1]),
            ([9, 8], [3, 3], [1, 1]),
            ([11, 11], [4, 4], [1, 1]),
            ([5, 5], [2, 2], [2, 1]),
            ([7, 5], [1, 2], [1, 3]),
        ] {
            let window = Window::new(size).strided(stride).dilated(dilation);
            for kind in 0..4 {
                let map = [0, 1].map(|axis| {
                    let outputs = rng.random_range(8..=12);
                    window.extent()[axis] + (outputs - 1) * stride[axis] + rng.random_range(0..2)
                });
                let window = match kind {
                    0 => window.same(map),
                    1 => window.padded([rng.random_range(0..4), rng.random_range(0..3)]),
                    // Tiles lie in the padding alone.
                    2 => Window {
                        before: [9, 8],
                        after: [0, 3],
                        ..window
                    },
                    _ => window,
                };
                let counts = [0; 2].map(|_| rng.random_range(8..40));
                let sizes = agrees(&mut rng, window, map, 1, counts);
                by_tiles[0] += usize::from(sizes.tiles(1).is_some());
                let lanes = crate::unit::Unit::in_use().lanes();
                by_tiles[1] += usize::from(general::Interleaved::new(&sizes, lanes).is_some());
                by_tiles[2] += usize::from(sizes.pictures_of_gradient().is_some());
            }
        }
        assert!(by_tiles.iter().all(|count| *count >= 12), "{by_tiles:?}");
    });
}

/// Asserts that a convolution of numbers drawn at random and its gradients are those of plain loops in float64.
fn agrees(
    rng: &mut ChaCha8Rng,
    window: Window,
    map: [usize; 2],
    groups: usize,
    [channels, filters]: [usize; 2],
) -> Sizes {
    let [rows, columns] = window.size;
    let x = variable(rng, &[3, map[0], map[1], channels]);
    let w = variable(rng, &[rows, columns, channels / groups, filters]);
    let b = variable(rng, &[filters]);
    let y = convolution(&x, &w, Some(&b), &window, groups).unwrap();
    let dz = variable(rng, y.dims());
    let dx = input_gradient(window, groups, [&x, &w], &dz).unwrap();
    let sizes = Sizes::new("test", [map[0], map[1], channels], window, filters, groups);
    let sizes = sizes.unwrap();
    let (mut dw, mut db) = (vec![9.0; w.elem_count()], vec![9.0; filters]);
    kernel::run(general::WeightGradient {
        sizes,
        x: &numbers(&x),
        dz: &numbers(&dz),
        blocks: ALL,
        dw: Pieces::new(&mut dw),
        db: Some(Pieces::new(&mut db)),
    });
    let want = Loops::new(
        &sizes,
        [&x, &w, &b, &dz].map(|tensor| wide(&numbers(tensor))),
    );
    let what = format!("{window:?} on {map:?}, {groups} groups, {channels} to {filters}");
    close(&numbers(&y), &want.y, &format!("{what}: y"));
    close(&numbers(&dx), &want.dx, &format!("{what}: dx"));
    close(&dw, &want.dw, &format!("{what}: dw"));
    close(&db, &want.db, &format!("{what}: db"));
    sizes
}

/// A convolution and its gradients as they are defined.
struct Loops {
    y: Vec<f64>,
    dx: Vec<f64>,
    dw: Vec<f64>,
    db: Vec<f64>,
}

impl Loops {
    fn new(s: &Sizes, [x, w, b, dz]: [Vec<f64>; 4]) -> Self {
        let (inputs, outputs) = (s.inputs(), s.outputs());
        let mut y: Vec<f64> = b.iter().copied().cycle().take(dz.len()).collect();
        let (mut dx, mut dw, mut db) = (vec![0.0; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
        for place in 0..dz.len() {
            let (pixel, filter) = (place / s.filters, place % s.filters);
            let (image, pixel) = (pixel / s.pixels(), pixel % s.pixels());
            let (row, column) = (pixel / s.slide.columns, pixel % s.slide.columns);
            db[filter] += dz[place];
            for i in s.slide.inside(0, row) {
                for j in s.slide.inside(1, column) {
                    let at = [s.slide.at(0, row, i), s.slide.at(1, column, j)];
                    for input in 0..inputs {
                        let channel = filter / outputs * inputs + input;
                        let from = ((image * s.slide.height + at[0]) * s.slide.width + at[1])
                            * s.slide.channels
                            + channel;
                        let tap = i * s.slide.window.size[1] + j;
                        let weight = (tap * inputs + input) * s.filters + filter;
                        y[place] += x[from] * w[weight];
                        dx[from] += dz[place] * w[weight];
                        dw[weight] += dz[place] * x[from];
                    }
                }
            }
        }
        Self { y, dx, dw, db }
    }
}

/// One number changed at a time: what a convolution or a pooling passes back is what a difference says.
#[test]
fn gradients_agree_with_differences() {
    let mut rng = ChaCha8Rng::seed_from_u64(32);
    for _ in 0..30 {
        let [height, width, channels] = [6, 7, 4];
        let slide = window(&mut rng, [height, width]);
        let pool = pooling(&mut rng, [height, width]);
        let (groups, filters) = groups(&mut rng, channels);
        let [rows, columns] = slide.size;
        let w = variable(&mut rng, &[rows, columns, channels / groups, filters]);
        let x = variable(&mut rng, &[1, height, width, channels]);
        let of = |x: &Tensor, kind: usize| match kind {
            0 => convolution(x, &w, None, &slide, groups),
            1 => average_pool(x, &pool, true),
            2 => average_pool(x, &pool, false),
            _ => max_pool_of(x, &pool),
        };
        for kind in 0..4 {
            let y = of(&x, kind).unwrap();
            let weights = variable(&mut rng, y.dims());
            let sum = |x: &Tensor| {
                let y = wide(&numbers(&of(x, kind).unwrap()));
                let weights = wide(&numbers(&weights));
                y.iter().zip(weights).map(|(y, w)| y * w).sum::<f64>()
            };
            let loss = (&y * weights.as_tensor()).unwrap().sum_all().unwrap();
            let gradients = loss.backward().unwrap();
            let got = numbers(gradients.get(&x).expect("a gradient"));
            let values = numbers(&x);
            for place in 0..8 {
                let at = (place * 19 + 3) % values.len();
                let mut changed = values.clone();
                let step = 1e-3;
                changed[at] += step;
                let moved = Tensor::from_vec(changed.clone(), x.shape(), &Device::Cpu).unwrap();
                let above = sum(&moved);
                changed[at] -= 2.0 * step;
                let moved = Tensor::from_vec(changed, x.shape(), &Device::Cpu).unwrap();
                let want = (above - sum(&moved)) / (2.0 * f64::from(step));
                let off = (f64::from(got[at]) - want).abs();
                assert!(
                    off < 2e-2,
                    "{kind}, {slide:?}, {pool:?}: {}, {want}",
                    got[at]
                );
            }
        }
    }
}
