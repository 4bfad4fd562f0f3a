//! Input of wrong shapes or types, and none at all.

use super::*;
use crate::dense::sizes;
use crate::geometry::Geometry;
use candle_core::Shape;

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
        (&x, &w.to_dtype(DType::BF16).unwrap(), &b),
        (&x, &w, &b.to_dtype(DType::U8).unwrap()),
        (&x.permute((0, 2, 1, 3)).unwrap(), &w, &b),
        (&x, &w.permute((1, 0, 2, 3)).unwrap(), &b),
        (&x, &w, &zeros(&[1]).broadcast_as(4).unwrap()),
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
    assert!(error(max_pool(&zeros(&[1, 4, 4, 0]))).contains("max_pool"));
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
    }
    assert_eq!(max_pool(&x)?.dims(), [0, 4, 4, 3]);
    let logits = dense(
        &x.flatten_from(1)?,
        &Tensor::zeros((192, 10), DType::F32, &Device::Cpu)?,
        &Tensor::zeros(10, DType::F32, &Device::Cpu)?,
    )?;
    assert_eq!(logits.dims(), [0, 10]);
    Ok(())
}

/// As above, of the other operators.
#[test]
fn any_shape_is_computed_or_refused() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut computed = [0; 2];
    for _ in 0..2000 {
        let [images, height, width, channels, outputs] =
            [(); 5].map(|()| rng.random_range(1..=5_usize));
        let inputs = height * width * channels;
        let mut shapes = [
            vec![images, height, width, channels],
            vec![inputs, outputs],
            vec![outputs],
        ];
        for _ in 0..rng.random_range(0..=2) {
            change(&mut rng, &mut shapes);
        }
        let what = format!("{shapes:?}");
        let [x, w, b] = shapes.each_ref().map(|shape| variable(&mut rng, shape));
        let fits = match &shapes {
            [x, w, b] if x.len() >= 2 && w.len() == 2 && b.len() == 1 => {
                w[0] > 0 && w[1] > 0 && x[1..].iter().product::<usize>() == w[0] && b[0] == w[1]
            }
            _ => false,
        };
        match dense_relu(&x, &w, &b) {
            Ok(y) => {
                assert!(fits, "{what}");
                assert_eq!(y.dims(), [shapes[0][0], shapes[1][1]], "{what}");
                computed[0] += 1;
            }
            Err(error) => assert!(
                !fits && error.to_string().contains("dense"),
                "{what}: {error}"
            ),
        }
        let fits = matches!(shapes[0][..], [_, h, w, c] if h.min(w) >= 2 && c > 0);
        match max_pool(&x) {
            Ok(_) => {
                assert!(fits, "{what}");
                computed[1] += 1;
            }
            Err(error) => assert!(!fits && error.to_string().contains("max_pool"), "{what}"),
        }
    }
    assert!(computed.iter().all(|count| *count > 20), "{computed:?}");
}

/// Sizes whose products no number can hold, which only a tensor of no images can have, and those that memory cannot.
#[test]
fn sizes_beyond_counting_are_refused() {
    let error = |result: Result<()>| result.unwrap_err().to_string();
    let shape = |sizes: &[usize]| Shape::from(sizes);
    let huge = usize::MAX / 2;
    for (x, w, filters) in [
        ([0, huge, huge, 1], [3, 3, 1, 1], 1),
        ([0, usize::MAX, usize::MAX, 1], [7, 7, 1, 1], 1),
        ([1, 1 << 16, 1 << 16, 1], [1, 1, 1, 1], 1),
        ([1, 8, 8, 1], [7, 7, 1, 1 << 32], 1 << 32),
        ([1 << 34, 1 << 14, 1 << 14, 1], [1, 1, 1, 1 << 26], 1 << 26),
    ] {
        let shapes = [&shape(&x), &shape(&w), &shape(&[filters])];
        for padding in [Padding::Same, Padding::Valid] {
            let error = error(Geometry::new("conv_relu", shapes, padding, false).map(|_| ()));
            assert!(error.contains("too large"), "{error}");
        }
    }
    // 3 · 12297829382473034411 is 1 if what does not fit is dropped.
    let x = shape(&[0, 3, 12_297_829_382_473_034_411]);
    let sizes = |x: &Shape, w: &[usize]| sizes("dense", [x, &shape(w), &shape(&w[1..])]);
    assert!(error(sizes(&x, &[1, 1]).map(|_| ())).contains("do not fit"));
    let x = shape(&[1 << 40, 1]);
    assert!(error(sizes(&x, &[1, 1 << 30]).map(|_| ())).contains("too large"));
}
