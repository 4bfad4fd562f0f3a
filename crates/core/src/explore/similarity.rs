//! How alike the feature maps of several pictures are: cosine similarity and Pearson's r.
//!
//! After ReLU no value is negative, so that a cosine lies between 0 and 1 and is large for any two
//! maps that are bright in many places. Pearson's r subtracts each map's mean first: 0 says that
//! the two have nothing in common but their brightness. Sums are in float64.

use super::LayerMaps;

/// The two measures of one pair, each `None` where it has no value: the cosine of a map of zeros,
/// Pearson's r of a map that is the same everywhere, anything with a value that is not finite.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likeness {
    /// Cosine of the angle between the two maps as vectors, −1 to 1: a·b / (|a| |b|).
    pub cosine: Option<f64>,
    /// Pearson's correlation, −1 to 1: the cosine of the two with their means subtracted.
    pub pearson: Option<f64>,
}

/// Every picture against every other.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarityMatrix {
    /// Number of pictures.
    pub images: usize,
    /// `images × images`, row by row; symmetric.
    pub pairs: Vec<Likeness>,
}

/// The mean of one measure over some pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairMean {
    /// Pairs of different pictures that have a value.
    pub pairs: usize,
    /// The mean over them; `None` where there are none.
    pub mean: Option<f64>,
}

/// The means over some pairs. A constant map has a cosine and no Pearson's r: each measure counts its own pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanLikeness {
    /// Of the cosine.
    pub cosine: PairMean,
    /// Of Pearson's r.
    pub pearson: PairMean,
}

/// Pairs of one class against pairs of two classes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassMeans {
    /// Both pictures are of the same class.
    pub within: MeanLikeness,
    /// The two are of different classes.
    pub between: MeanLikeness,
}

impl SimilarityMatrix {
    /// The pair of two pictures, by their places.
    ///
    /// # Panics
    /// When a place is not below [`images`](Self::images).
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> Likeness {
        assert!(column < self.images, "column {column} of {}", self.images);
        self.pairs[row * self.images + column]
    }

    /// Means within a class and between classes. `classes` has one entry a picture, `None` for one
    /// without a known class, whose pairs are left out. Each pair counts once, a picture with
    /// itself not at all.
    #[must_use]
    pub fn class_means(&self, classes: &[Option<u8>]) -> ClassMeans {
        let (mut within, mut between) = (Vec::new(), Vec::new());
        for row in 0..self.images {
            for column in row + 1..self.images {
                match (classes.get(row), classes.get(column)) {
                    (Some(Some(a)), Some(Some(b))) if a == b => &mut within,
                    (Some(Some(_)), Some(Some(_))) => &mut between,
                    _ => continue,
                }
                .push(self.at(row, column));
            }
        }
        ClassMeans {
            within: mean_likeness(&within),
            between: mean_likeness(&between),
        }
    }
}

/// Compares the maps of all pictures in `maps`, at one channel, or over all channels taken as one
/// long vector of `channels × height × width` values. `None` where the layer has no such channel.
#[must_use]
pub fn similarity(
    maps: &LayerMaps,
    images: usize,
    channel: Option<usize>,
) -> Option<SimilarityMatrix> {
    let all = maps.channels * maps.height * maps.width;
    let vectors: Vec<&[f32]> = (0..images)
        .map(|image| match channel {
            Some(channel) => maps.map(image, channel),
            None => maps.values.get(image * all..(image + 1) * all),
        })
        .collect::<Option<_>>()?;
    let mut pairs = vec![Likeness::default(); images * images];
    for row in 0..images {
        for column in row..images {
            let pair = likeness(vectors[row], vectors[column]);
            pairs[row * images + column] = pair;
            pairs[column * images + row] = pair;
        }
    }
    Some(SimilarityMatrix { images, pairs })
}

/// Both measures of two maps of the same size.
///
/// # Panics
/// When they differ in size.
#[must_use]
pub fn likeness(a: &[f32], b: &[f32]) -> Likeness {
    assert_eq!(a.len(), b.len(), "maps of one size");
    Likeness {
        cosine: cosine(a, b),
        pearson: if is_constant(a) || is_constant(b) {
            None
        } else {
            cosine_about(a, b, mean(a), mean(b))
        },
    }
}

/// `a − b`, value by value.
///
/// # Panics
/// When they differ in size.
#[must_use]
pub fn difference(a: &[f32], b: &[f32]) -> Vec<f32> {
    assert_eq!(a.len(), b.len(), "maps of one size");
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// A rounded mean would leave a constant map with differences that are nothing but rounding.
fn is_constant(values: &[f32]) -> bool {
    let first = values.first().copied().unwrap_or_default();
    values
        .iter()
        .all(|value| value.to_bits() == first.to_bits())
}

/// Of at least one value.
pub(super) fn mean(values: &[f32]) -> f64 {
    values.iter().copied().map(f64::from).sum::<f64>() / values.len() as f64
}

/// a·b / (|a| |b|); `None` where either is all zero or a value is not finite.
pub(super) fn cosine(a: &[f32], b: &[f32]) -> Option<f64> {
    cosine_about(a, b, 0.0, 0.0)
}

fn cosine_about(a: &[f32], b: &[f32], mean_a: f64, mean_b: f64) -> Option<f64> {
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a) - mean_a, f64::from(b) - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    // Two roots: the product of two sums can leave the range of a float64.
    let cosine = ab / (aa.sqrt() * bb.sqrt());
    cosine.is_finite().then(|| cosine.clamp(-1.0, 1.0))
}

fn mean_likeness(pairs: &[Likeness]) -> MeanLikeness {
    let mean = |measure: fn(&Likeness) -> Option<f64>| {
        let values: Vec<f64> = pairs.iter().filter_map(measure).collect();
        let pairs = values.len();
        PairMean {
            pairs,
            mean: (pairs > 0).then(|| values.iter().sum::<f64>() / pairs as f64),
        }
    };
    MeanLikeness {
        cosine: mean(|pair| pair.cosine),
        pearson: mean(|pair| pair.pearson),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_near(found: Option<f64>, expected: f64) {
        let found = found.expect("a value");
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    #[test]
    fn maps_without_direction_have_no_measure() {
        let (zero, flat, map) = ([0.0; 4], [3.0; 4], [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(likeness(&zero, &map), Likeness::default());
        assert_eq!(likeness(&zero, &zero), Likeness::default());
        let with_flat = likeness(&flat, &map);
        assert_eq!(with_flat.pearson, None);
        assert_near(with_flat.cosine, 10.0 / (2.0 * 30.0_f64.sqrt()));
        // Its mean in float64 is not exactly 0.1: what is left must not count as a pattern.
        assert_eq!(likeness(&[0.1; 7], &[0.1; 7]).pearson, None);
        assert_eq!(likeness(&[f32::NAN, 1.0], &[1.0, 2.0]), Likeness::default());
        assert_eq!(likeness(&[f32::INFINITY, 1.0], &[1.0, 2.0]).cosine, None);
        assert_eq!(likeness(&[], &[]), Likeness::default());
    }

    #[test]
    fn tiny_and_huge_values_are_measured_too() {
        for scale in [1e-42_f32, 1e-20, 1e20, 3e37] {
            let a = [1.0, 2.0, 4.0].map(|v| v * scale);
            let b = [2.0, 4.0, 8.0].map(|v| v * scale);
            let pair = likeness(&a, &b);
            assert!((pair.cosine.unwrap() - 1.0).abs() < 1e-6, "{scale}");
            assert!((pair.pearson.unwrap() - 1.0).abs() < 1e-6, "{scale}");
        }
    }

    #[test]
    fn pairs_are_sorted_by_class_and_those_without_a_value_left_out() {
        let half = Likeness {
            cosine: Some(0.5),
            pearson: Some(-0.5),
        };
        let one = Likeness {
            cosine: Some(1.0),
            pearson: None,
        };
        let none = Likeness::default();
        let matrix = SimilarityMatrix {
            images: 4,
            pairs: vec![
                one, half, one, none, //
                half, one, half, half, //
                one, half, one, none, //
                none, half, none, none,
            ],
        };
        let means = matrix.class_means(&[Some(9), Some(6), Some(9), Some(9)]);
        // 0–2, 0–3 and 2–3 within; 0–1, 1–2 and 1–3 between.
        let mean = |pairs: usize, mean: f64| PairMean {
            pairs,
            mean: Some(mean),
        };
        // Of the three within a class one has a cosine and none has Pearson's r.
        assert_eq!(means.within.cosine, mean(1, 1.0));
        assert_eq!(means.within.pearson, PairMean::default());
        assert_eq!(means.between.cosine, mean(3, 0.5));
        assert_eq!(means.between.pearson, mean(3, -0.5));
        let unknown = matrix.class_means(&[Some(9), None, Some(9), None]);
        assert_eq!(unknown.within.cosine, mean(1, 1.0));
        assert_eq!(unknown.between, MeanLikeness::default());
    }

    /// Pearson's r the schoolbook way: covariance over the product of the standard deviations.
    fn schoolbook_pearson(a: &[f32], b: &[f32]) -> f64 {
        let n = a.len() as f64;
        let sum = |f: &dyn Fn(usize) -> f64| (0..a.len()).map(f).sum::<f64>();
        let (x, y) = (|i: usize| f64::from(a[i]), |i: usize| f64::from(b[i]));
        let (sx, sy) = (sum(&x), sum(&y));
        let covariance = n * sum(&|i| x(i) * y(i)) - sx * sy;
        let spread = |s: f64, q: f64| (n * q - s * s).sqrt();
        covariance / (spread(sx, sum(&|i| x(i) * x(i))) * spread(sy, sum(&|i| y(i) * y(i))))
    }

    proptest! {
        #[test]
        fn the_matrix_is_that_of_plain_sums(
            values in prop::collection::vec(-4.0_f32..4.0, 3 * 2 * 6),
            channel in prop::option::of(0_usize..2),
        ) {
            let maps = LayerMaps {
                name: "conv1".into(),
                layer: 0,
                channels: 2,
                height: 2,
                width: 3,
                values,
                before_relu: None,
            };
            let matrix = similarity(&maps, 3, channel).unwrap();
            let vector = |image: usize| match channel {
                Some(c) => &maps.values[image * 12 + c * 6..][..6],
                None => &maps.values[image * 12..][..12],
            };
            for (row, column) in (0..3).flat_map(|r| (0..3).map(move |c| (r, c))) {
                let (a, b) = (vector(row), vector(column));
                let dot = |a: &[f32], b: &[f32]| {
                    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
                };
                let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
                let pair = matrix.at(row, column);
                prop_assert!((pair.cosine.unwrap() - cosine).abs() < 1e-12);
                prop_assert!((pair.pearson.unwrap() - schoolbook_pearson(a, b)).abs() < 1e-9);
                prop_assert_eq!(pair, matrix.at(column, row));
            }
            prop_assert_eq!(similarity(&maps, 3, Some(2)), None);
            prop_assert_eq!(similarity(&maps, 4, channel), None);
        }
    }
}
