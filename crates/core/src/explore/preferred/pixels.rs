//! What is done to pixels, or to one number for each, `(height, width, channels)`.

use crate::dataset::PictureSize;

/// Keeps the total variation smooth where neighbours are nearly equal.
const NEARLY: f32 = 0.05;

/// Moved down and to the right by so many pixels; what leaves at one side comes in at the other.
pub fn rolled(values: &[f32], size: PictureSize, down: i64, right: i64) -> Vec<f32> {
    let PictureSize {
        height,
        width,
        channels,
    } = size;
    let from = |place: usize, by: i64, side: usize| {
        (place as i64 - by).rem_euclid(side.max(1) as i64) as usize
    };
    let places = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
    let pixels = places.flat_map(|(row, column)| {
        let pixel = from(row, down, height) * width + from(column, right, width);
        &values[pixel * channels..][..channels]
    });
    pixels.copied().collect()
}

/// Mixes each value with its neighbours: `share` of each of the two in its row, then in its column, 0 to ¼. The pixels at the edge are
/// their own neighbours beyond it.
pub fn blur(values: &mut [f32], size: PictureSize, share: f32) {
    if share <= 0.0 {
        return;
    }
    let PictureSize {
        height,
        width,
        channels,
    } = size;
    for (stride, length) in [(channels, width), (width * channels, height)] {
        let before = values.to_vec();
        for (place, value) in values.iter_mut().enumerate() {
            let at = place / stride % length;
            let previous = before[if at > 0 { place - stride } else { place }];
            let next = before[if at + 1 < length {
                place + stride
            } else {
                place
            }];
            *value = share * (previous + next) + (1.0 - 2.0 * share) * before[place];
        }
    }
}

/// The gradient of the total variation: of the sum of √(d² + ε²) over all differences d of neighbours in a row or a column.
pub fn variation_gradient(values: &[f32], size: PictureSize) -> Vec<f32> {
    let PictureSize {
        height,
        width,
        channels,
    } = size;
    let mut gradient = vec![0.0; values.len()];
    for (stride, length) in [(channels, width), (width * channels, height)] {
        for place in 0..values.len() {
            if place / stride % length + 1 < length {
                let difference = values[place + stride] - values[place];
                let slope = difference / difference.hypot(NEARLY);
                gradient[place] -= slope;
                gradient[place + stride] += slope;
            }
        }
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: PictureSize = PictureSize {
        height: 4,
        width: 5,
        channels: 3,
    };

    fn values() -> Vec<f32> {
        (0..60).map(|i| (i * 7 % 11) as f32 / 10.0).collect()
    }

    #[test]
    fn what_is_rolled_comes_in_at_the_other_side_and_back() {
        let rolled_by = rolled(&values(), SIZE, 1, -2);
        // Row 0 is the last one, two pixels to the left.
        assert_eq!(rolled_by[..3], values()[(3 * 5 + 2) * 3..][..3]);
        assert_eq!(rolled(&rolled_by, SIZE, -1, 2), values());
    }

    #[test]
    fn a_blur_keeps_the_sum_and_spreads_a_point_over_its_neighbours() {
        let mut point = vec![0.0; 60];
        point[(5 + 2) * 3 + 1] = 1.0; // row 1, column 2
        blur(&mut point, SIZE, 0.25);
        let at = |row: usize, column: usize| point[(row * 5 + column) * 3 + 1];
        let found = [at(1, 2), at(1, 1), at(0, 2), at(2, 3), at(1, 4)];
        let expected = [0.25_f32, 0.125, 0.125, 0.0625, 0.0];
        let close = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-7;
        assert!(found.iter().zip(&expected).all(close), "{found:?}");
        assert!((point.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        let mut same = values();
        blur(&mut same, SIZE, 0.0);
        assert_eq!(same, values());
    }

    #[test]
    fn the_gradient_of_the_variation_is_that_of_its_differences() {
        let variation = |values: &[f32]| -> f64 {
            let mut sum = 0.0;
            for (row, column, channel) in
                (0..60).map(|place| (place / 15, place / 3 % 5, place % 3))
            {
                let at =
                    |row: usize, column: usize| f64::from(values[(row * 5 + column) * 3 + channel]);
                let here = at(row, column);
                let smooth = |d: f64| (d * d + f64::from(NEARLY) * f64::from(NEARLY)).sqrt();
                sum += if row + 1 < 4 {
                    smooth(at(row + 1, column) - here)
                } else {
                    0.0
                };
                sum += if column + 1 < 5 {
                    smooth(at(row, column + 1) - here)
                } else {
                    0.0
                };
            }
            sum
        };
        for (place, found) in variation_gradient(&values(), SIZE).into_iter().enumerate() {
            let moved = |by: f32| {
                let mut moved = values();
                moved[place] += by;
                variation(&moved)
            };
            let expected = (moved(1e-3) - moved(-1e-3)) / 2e-3;
            assert!(
                (f64::from(found) - expected).abs() < 2e-2,
                "{place}: {found} {expected}"
            );
        }
    }
}
