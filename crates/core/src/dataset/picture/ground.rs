//! The ground behind what was photographed, such as a table in the light of a window: taken away, so that what lies on it stands alone, as in
//! Fashion-MNIST.
//!
//! The ground's brightness is taken for a smooth surface through the picture's frame, as light falls off evenly. Each pixel is divided by the
//! surface there; how far the ratio is from 1 says how much it differs from the ground. What differs no more than most of the frame does becomes 0, the
//! rest stretches up to white: softly, without a hard edge between thing and ground. Single pixels left are grain.

use image::{GrayImage, Luma};

/// So near to black or white a plain ground is.
const PLAIN: u8 = 32;

/// Share of the frame's pixels that are ground at least: a thing may reach over the edge.
const GROUND: f64 = 0.8;

/// How many times as much as that share of them any of the ground may differ, as grain does.
const GRAIN: f64 = 2.6;

/// Where the ground itself differs more from a smooth surface, there is no telling it from a thing.
const UNCLEAR: f64 = 0.5;

/// Smallest share by which a thing differs from its ground.
const LEAST: f64 = 0.08;

/// The values of a frame a 14th of the shorter side wide, with their places from -1 to 1.
pub fn frame(picture: &GrayImage) -> Vec<([f64; 2], u8)> {
    let (width, height) = picture.dimensions();
    let edge = (width.min(height) / 14).max(1);
    let pixels = picture.enumerate_pixels();
    let outside =
        pixels.filter(|&(x, y, _)| x < edge || y < edge || x + edge >= width || y + edge >= height);
    let place = |at: u32, side: u32| 2.0 * f64::from(at) / f64::from(side.max(2) - 1) - 1.0;
    outside
        .map(|(x, y, Luma([value]))| ([place(x, width), place(y, height)], *value))
        .collect()
}

/// Whether a picture's ground is to be taken away: it is neither black nor white.
pub fn needs_removal(picture: &GrayImage) -> bool {
    let values = frame(picture);
    let is_mostly = |plain: u8| {
        let near = values.iter();
        let near = near.filter(|(_, value)| value.abs_diff(plain) <= PLAIN);
        near.count() as f64 >= GROUND * values.len() as f64
    };
    !is_mostly(0) && !is_mostly(255)
}

/// What differs from the ground, light on dark, and whether the ground is too uneven to tell.
pub fn without(picture: &GrayImage) -> (GrayImage, bool) {
    let frame = frame(picture);
    let surface = Surface::through(&frame);
    let differs = |at: [f64; 2], value: u8| (f64::from(value) / surface.at(at) - 1.0).abs();
    let mut grounds: Vec<f64> = frame
        .iter()
        .map(|(at, value)| differs(*at, *value))
        .collect();
    let ground = (GRAIN * quantile(&mut grounds, GROUND)).max(LEAST / 2.0);
    let (width, height) = picture.dimensions();
    let place = |at: u32, side: u32| 2.0 * f64::from(at) / f64::from(side.max(2) - 1) - 1.0;
    let all = picture.enumerate_pixels();
    let all: Vec<f64> = all
        .map(|(x, y, Luma([value]))| differs([place(x, width), place(y, height)], *value))
        .collect();
    let top = quantile(&mut all.clone(), 0.99).max(ground + LEAST);
    let levels = all.iter().map(|differs| {
        let share = (differs - ground) / (top - ground);
        (255.0 * share.clamp(0.0, 1.0)).round() as u8
    });
    let mut levels = levels.collect::<Vec<u8>>();
    levels.resize((width * height) as usize, 0);
    let alone = GrayImage::from_raw(width, height, levels).unwrap_or_default();
    // Again, as grain is in company by chance.
    let alone = without_specks(&without_specks(&alone));
    (alone, ground > UNCLEAR)
}

/// The same without grain: what has not most of its neighbours for company is ground.
fn without_specks(picture: &GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    GrayImage::from_fn(width, height, |x, y| {
        let rows = y.saturating_sub(1)..(y + 2).min(height);
        let around =
            rows.flat_map(|y| (x.saturating_sub(1)..(x + 2).min(width)).map(move |x| (x, y)));
        let (mut lit, mut all) = (0, 0);
        for (x, y) in around {
            all += 1;
            lit += u32::from(picture.get_pixel(x, y).0[0] > 0);
        }
        // A corner has four of nine.
        if 2 * lit + 1 >= all {
            *picture.get_pixel(x, y)
        } else {
            Luma([0])
        }
    })
}

/// The value below which this share of all is.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let place = (values.len().saturating_sub(1) as f64 * share).round() as usize;
    values.get(place).copied().unwrap_or(0.0)
}

/// Brightness over a picture: by 1, x, y, x² and y², as far as light falls off evenly and lenses darken the corners.
#[derive(Clone, Copy)]
struct Surface([f64; TERMS]);

const TERMS: usize = 5;

fn terms([x, y]: [f64; 2]) -> [f64; TERMS] {
    [1.0, x, y, x * x, y * y]
}

impl Surface {
    /// By least squares through the frame; then twice more without what is furthest from it.
    fn through(frame: &[([f64; 2], u8)]) -> Self {
        let mut surface = Self::fit(frame.iter());
        for _ in 0..2 {
            let far = |(at, value): &([f64; 2], u8)| (f64::from(*value) - surface.at(*at)).abs();
            let mut all: Vec<f64> = frame.iter().map(far).collect();
            let bound = quantile(&mut all, 0.75);
            surface = Self::fit(frame.iter().filter(|pixel| far(pixel) <= bound));
        }
        surface
    }

    fn fit<'a>(pixels: impl Iterator<Item = &'a ([f64; 2], u8)>) -> Self {
        // The normal equations: products of the terms, and at the right those with the values.
        let mut rows = [[0.0; TERMS + 1]; TERMS];
        for (at, value) in pixels {
            let terms = terms(*at);
            for (row, one) in rows.iter_mut().zip(terms) {
                for (sum, other) in row
                    .iter_mut()
                    .zip(terms.into_iter().chain([f64::from(*value)]))
                {
                    *sum += one * other;
                }
            }
        }
        // What the pixels do not tell, as in a picture of one row, is 0.
        for (place, row) in rows.iter_mut().enumerate() {
            row[place] += 1e-6;
        }
        // Elimination; the equations of least squares need no exchange of rows.
        for place in 0..TERMS {
            let pivot = rows[place];
            for (index, row) in rows.iter_mut().enumerate() {
                if index != place {
                    let factor = row[place] / pivot[place];
                    for (value, above) in row.iter_mut().zip(pivot) {
                        *value -= factor * above;
                    }
                }
            }
        }
        let mut found = [0.0; TERMS];
        for (place, row) in rows.iter().enumerate() {
            found[place] = row[TERMS] / row[place];
        }
        Self(found)
    }

    /// Never so dark that what lies on it would be anything.
    fn at(self, at: [f64; 2]) -> f64 {
        let products = self.0.iter().zip(terms(at));
        products
            .map(|(one, other)| one * other)
            .sum::<f64>()
            .max(8.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dark shirt, down to this row, on a table that a window lights from the left, with a grain.
    fn photograph(hem: u32) -> GrayImage {
        GrayImage::from_fn(200, 160, |x, y| {
            let corner = (f64::from(x) / 100.0 - 1.0).powi(2) + (f64::from(y) / 80.0 - 1.0).powi(2);
            let table = 220.0 - 0.5 * f64::from(x) - 0.2 * f64::from(y) - 12.0 * corner;
            let grain = f64::from((x * 7 + y * 13) % 9) - 4.0;
            let is_shirt = (60..140).contains(&x) && (40..hem).contains(&y);
            let share = if is_shirt { 0.4 } else { 1.0 };
            Luma([(share * (table + grain)).round() as u8])
        })
    }

    /// Also where it reaches over the picture's edge.
    #[test]
    fn a_shirt_on_a_table_is_light_on_black() {
        for hem in [120, 160] {
            let photograph = photograph(hem);
            assert!(needs_removal(&photograph));
            let (alone, is_unclear) = without(&photograph);
            assert!(!is_unclear);
            for (x, y, Luma([value])) in alone.enumerate_pixels() {
                let is_shirt = (60..140).contains(&x) && (40..hem).contains(&y);
                // A corner at the edge has little company.
                let is_corner = y > 157 && (x.abs_diff(60) < 2 || x.abs_diff(139) < 2);
                if is_shirt && !is_corner {
                    assert!(*value > 200, "{x} {y}: {value}");
                } else if !is_shirt {
                    assert!(*value < 20, "{x} {y}: {value}");
                }
            }
        }
    }

    #[test]
    fn a_ground_of_many_things_is_not_told_from_them() {
        let street = GrayImage::from_fn(160, 160, |x, y| {
            Luma([if (x / 20 + y / 20) % 2 == 0 { 20 } else { 230 }])
        });
        assert!(needs_removal(&street) && without(&street).1);
    }

    #[test]
    fn a_plain_ground_is_none_to_be_taken_away() {
        let plain = GrayImage::from_fn(90, 90, |x, y| {
            let is_thing = (30..60).contains(&x) && (30..60).contains(&y);
            Luma([if is_thing { 40 } else { 250 - (x % 3) as u8 }])
        });
        assert!(!needs_removal(&plain));
        let over_the_edge = GrayImage::from_fn(90, 90, |x, _| {
            Luma([if (35..55).contains(&x) { 80 } else { 255 }])
        });
        assert!(!needs_removal(&over_the_edge));
        // Whatever a picture is, there is an answer.
        for (width, height) in [(1, 1), (1, 40), (3, 2)] {
            let picture = GrayImage::from_pixel(width, height, Luma([7]));
            assert!(!needs_removal(&picture));
            assert_eq!(without(&picture).0.dimensions(), (width, height));
        }
    }
}
