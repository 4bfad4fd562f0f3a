//! Operators of every kind: each option on its own, and input of wrong shapes.

use super::networks::{ACTIVATIONS, groups, pooling, window};
use super::reference::activated;
use super::*;

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
