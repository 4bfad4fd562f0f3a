//! Pooling.

use super::*;

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
