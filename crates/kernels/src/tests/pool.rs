//! Pooling.

use super::*;
use crate::pool::Map;

/// The gradient of a pooling by hand, and what is wrong with candle's.
#[test]
fn max_pool_sends_the_gradient_to_the_maximum_and_stock_candle_does_not() -> Result<()> {
    let x = Var::from_vec(
        (0..25_u8).map(|i| f32::from(i * 7 % 25)).collect(),
        (1, 5, 5, 1),
        &Device::Cpu,
    )?;
    let y = numbers(&max_pool(&x)?);
    let values = numbers(&x);
    let mut want = vec![0.0; 25];
    for (window, corner) in [0, 2, 10, 12].into_iter().enumerate() {
        let best = [0, 1, 5, 6]
            .into_iter()
            .map(|offset| corner + offset)
            .max_by(|a, b| values[*a].total_cmp(&values[*b]))
            .unwrap();
        assert_eq!(y[window].to_bits(), values[best].to_bits());
        want[best] = 1.0;
    }
    let map = Map {
        height: 5,
        width: 5,
        channels: 1,
    };
    let mut dx = vec![f32::NAN; 25];
    map.pool_back(&values, &y, &mut [1.0; 4], &mut dx);
    assert_eq!(dx, want);
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
fn the_first_of_equal_maxima_gets_the_gradient() {
    let map = Map {
        height: 2,
        width: 2,
        channels: 2,
    };
    let mut dx = vec![f32::NAN; 8];
    map.pool_back(&[1.0; 8], &[1.0; 2], &mut [3.0, 4.0], &mut dx);
    assert_eq!(dx, [3.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}
