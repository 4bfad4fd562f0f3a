//! Which values the two ends of a color map stand for.

use serde::{Deserialize, Serialize};

/// A closed interval of values, in the units of the map it was taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ValueRange {
    /// The value drawn in the lowest color.
    pub min: f32,
    /// The value drawn in the highest color.
    pub max: f32,
}

/// Which values share one range, and so may be compared by color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RangeMode {
    /// Each map has its own: what matplotlib's `imshow` does. Two maps cannot be compared by color.
    #[default]
    PerMap,
    /// All maps of one column: one channel of one layer, for every picture shown.
    PerColumn,
    /// All channels of one layer, for every picture shown.
    PerLayer,
    /// The same one for every map.
    Fixed(ValueRange),
}

/// Sums of float32 that are the same are the same up to this share of them: a range no wider is constant.
const ROUNDING: f64 = 2e-6;

impl ValueRange {
    /// The range between two values, in either order.
    #[must_use]
    pub fn new(a: f32, b: f32) -> Self {
        Self {
            min: a.min(b),
            max: a.max(b),
        }
    }

    /// The smallest range that holds every finite value; 0..0 where there is none.
    ///
    /// NaN and infinities are left out: [`count_non_finite`] tells how many there were.
    #[must_use]
    pub fn of<'a>(values: impl IntoIterator<Item = &'a f32>) -> Self {
        let finite = values
            .into_iter()
            .copied()
            .filter(|value| value.is_finite());
        finite
            .map(|value| Self {
                min: value,
                max: value,
            })
            .reduce(Self::union)
            .unwrap_or_default()
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// The smallest range that holds this one and is symmetric about zero.
    #[must_use]
    pub fn symmetric(self) -> Self {
        let extent = self.min.abs().max(self.max.abs());
        Self {
            min: -extent,
            max: extent,
        }
    }

    /// Whether there is nothing between the ends, so that no value can be told from another by color.
    #[must_use]
    pub fn is_constant(self) -> bool {
        let [min, max] = [self.min, self.max].map(f64::from);
        max - min <= ROUNDING * min.abs().max(max.abs())
    }

    /// Where `value` lies: 0 at `min` and below, 1 at `max` and above. NaN only where `value` is.
    ///
    /// It is 0 throughout a constant range, so that a map of one value is drawn in the lowest color instead of
    /// being divided by zero into noise, or by what rounding has left of zero.
    #[must_use]
    pub fn position(self, value: f32) -> f32 {
        if value.is_nan() {
            return value;
        }
        // In double precision, where the width of the widest range is still finite.
        let [min, max, value] = [self.min, self.max, value].map(f64::from);
        if self.is_constant() {
            0.0
        } else {
            ((value - min) / (max - min)).clamp(0.0, 1.0).max(0.0) as f32
        }
    }

    /// Where `value` lies in the symmetric range about zero: 0.5 exactly at zero. NaN only where `value` is.
    #[must_use]
    pub fn signed_position(self, value: f32) -> f32 {
        let symmetric = self.symmetric();
        if symmetric.is_constant() && !value.is_nan() {
            0.5
        } else {
            symmetric.position(value)
        }
    }
}

/// How many values are NaN or infinite: a sign of a training that diverged.
#[must_use]
pub fn count_non_finite(values: &[f32]) -> usize {
    values.iter().filter(|value| !value.is_finite()).count()
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "every number here is exact in binary")]
mod tests {
    use super::*;

    #[test]
    fn the_range_of_values_leaves_out_what_is_not_finite() {
        let values = [1.5, f32::NAN, -2.0, f32::INFINITY, 0.0];
        assert_eq!(
            ValueRange::of(&values),
            ValueRange {
                min: -2.0,
                max: 1.5
            }
        );
        assert_eq!(count_non_finite(&values), 2);
        assert_eq!(
            ValueRange::of(&[f32::NAN]),
            ValueRange { min: 0.0, max: 0.0 }
        );
        assert_eq!(ValueRange::of(&[]), ValueRange::default());
    }

    #[test]
    fn one_range_for_a_column_holds_all_its_maps() {
        let maps = [vec![0.0, 0.5], vec![-1.0], vec![3.0]];
        assert_eq!(
            ValueRange::of(maps.iter().flatten()),
            ValueRange::new(3.0, -1.0)
        );
    }

    #[test]
    fn positions_run_from_the_lowest_to_the_highest_color() {
        let range = ValueRange::new(-1.0, 3.0);
        assert_eq!(
            [-9.0, -1.0, 0.0, 1.0, 3.0, 9.0].map(|v| range.position(v)),
            [0.0, 0.0, 0.25, 0.5, 1.0, 1.0]
        );
        assert_eq!(
            [-9.0, -3.0, 0.0, 1.5, 3.0].map(|v| range.signed_position(v)),
            [0.0, 0.0, 0.5, 0.75, 1.0]
        );
        assert_eq!(range.symmetric(), ValueRange::new(-3.0, 3.0));
    }

    #[test]
    fn a_constant_range_is_not_divided_by() {
        for constant in [0.0, -4.0, 1e-40, f32::MAX] {
            let range = ValueRange::new(constant, constant);
            assert!(range.is_constant());
            assert_eq!(
                [-1.0, constant, f32::INFINITY].map(|v| range.position(v)),
                [0.0; 3]
            );
        }
    }

    #[test]
    fn no_range_makes_nan_of_a_number() {
        let ends = [
            f32::NAN,
            f32::NEG_INFINITY,
            f32::MIN,
            -1e-45,
            0.0,
            1e-45,
            f32::MAX,
            f32::INFINITY,
        ];
        for (min, max, value) in ends
            .iter()
            .flat_map(|a| ends.iter().flat_map(move |b| ends.map(|v| (*a, *b, v))))
        {
            let range = ValueRange { min, max };
            for position in [range.position(value), range.signed_position(value)] {
                assert_eq!(position.is_nan(), value.is_nan(), "{value} in {range:?}");
                assert!(
                    position.is_nan() || (0.0..=1.0).contains(&position),
                    "{value} in {range:?}: {position}"
                );
            }
        }
    }

    #[test]
    fn a_range_mode_survives_the_preferences_file() {
        let modes = [
            RangeMode::PerMap,
            RangeMode::PerColumn,
            RangeMode::Fixed(ValueRange::new(0.0, 2.5)),
        ];
        for mode in modes {
            let text = serde_json::to_string(&mode).expect("serialises");
            assert_eq!(
                serde_json::from_str::<RangeMode>(&text).expect("parses"),
                mode,
                "{text}"
            );
        }
    }
}
