//! What is drawn of the runs: each curve with its points, and which values the axes go through.

use crate::app::model::curves::CurveAxis;
use crate::app::widgets::curves::series::Series;
use convlens_core::training::{EpochMetrics, smoothed_at};

/// Points drawn of one curve: more than the panel has pixels, few enough for every frame.
const DRAWN: usize = 1000;

/// A linear axis ends at so many times the loss of a network that guesses, ln of the number of its classes: what lies above is
/// a run that diverged, and would flatten all others.
const GUESSES: f64 = 3.0;

/// Room above the highest loss measured, as a share of it.
const ABOVE_MEASURED: f64 = 1.3;

/// What a curve is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Training,
    Test,
    Validation,
}

/// A curve with its points, `[place, value]`, in the order of their places.
pub struct Curve {
    /// Index of its run among those drawn.
    pub run: usize,
    pub of: Of,
    pub points: Vec<[f64; 2]>,
    /// The epoch of the first point where there is one point an epoch.
    pub first_epoch: Option<usize>,
}

impl Curve {
    /// The value at a place: of a curve with a point an epoch that of the nearest epoch, which is named, else on the line between
    /// two points. None before the first point and behind the last.
    pub fn at(&self, place: f64) -> Option<Reading> {
        let behind = self.points.partition_point(|point| point[0] < place);
        if let Some(first) = self.first_epoch {
            let before = behind.checked_sub(1);
            let near = before.into_iter().chain([behind]);
            let near = near.filter_map(|index| Some((index, self.points.get(index)?)));
            let far = |point: &[f64; 2]| (point[0] - place).abs();
            let (index, point) = near.min_by(|a, b| far(a.1).total_cmp(&far(b.1)))?;
            return Some(Reading {
                point: *point,
                epoch: Some(first + index),
            });
        }
        let end = *self.points.get(behind)?;
        let start = match behind.checked_sub(1) {
            Some(before) => self.points[before],
            None if end[0] <= place => end,
            None => return None,
        };
        let width = end[0] - start[0];
        let share = if width > 0.0 {
            (place - start[0]) / width
        } else {
            1.0
        };
        Some(Reading {
            point: [place, start[1] + share * (end[1] - start[1])],
            epoch: None,
        })
    }
}

/// What a curve says at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Where that stands.
    pub point: [f64; 2],
    /// The epoch whose end it is of.
    pub epoch: Option<usize>,
}

/// The losses of the batches of the only run, as they are.
pub fn batches(series: &[Series<'_>], axis: CurveAxis) -> Vec<[f64; 2]> {
    match series {
        [run] => indices(run.loss.len())
            .map(|index| run.loss[index])
            .map(|[step, loss]| [run.clock.place(axis, step), loss])
            .collect(),
        _ => Vec::new(),
    }
}

/// Smoothed loss of the batches, and test loss of the epochs.
pub fn losses(series: &[Series<'_>], axis: CurveAxis) -> Vec<Curve> {
    let curves = series.iter().enumerate().flat_map(|(index, run)| {
        let places = indices(run.loss.len()).map(|batch| {
            let place = run.clock.place(axis, run.loss[batch][0]);
            [place, smoothed_at(run.loss, batch)]
        });
        let training = Curve {
            run: index,
            of: Of::Training,
            points: places.filter(|point| point[1].is_finite()).collect(),
            first_epoch: None,
        };
        [
            training,
            by_epoch(run, index, axis, Of::Test, |epoch| epoch.test_loss),
        ]
    });
    curves.collect()
}

/// Accuracy of the epochs in training, on the test set, and for a single run on the validation split.
pub fn accuracies(series: &[Series<'_>], axis: CurveAxis) -> Vec<Curve> {
    let is_alone = series.len() == 1;
    let curves = series.iter().enumerate().flat_map(|(index, run)| {
        let curve =
            |of, value: fn(&EpochMetrics) -> Option<f64>| by_epoch(run, index, axis, of, value);
        let validation = curve(Of::Validation, |epoch| epoch.validation_accuracy);
        [
            curve(Of::Training, |epoch| Some(epoch.train_accuracy)),
            curve(Of::Test, |epoch| epoch.test_accuracy),
        ]
        .into_iter()
        .chain(is_alone.then_some(validation))
    });
    curves.filter(|curve| !curve.points.is_empty()).collect()
}

/// What a run's two losses come to.
pub struct Outcome {
    /// The lowest test loss, with its place; the first of equals.
    pub lowest: Reading,
    /// The training loss below each test loss: `[place, training, test]`.
    pub gap: Vec<[f64; 3]>,
}

/// Of the run with this index, of the curves of [`losses`].
pub fn outcome(curves: &[Curve], run: usize) -> Option<Outcome> {
    let of = |of: Of| {
        curves
            .iter()
            .find(|curve| curve.run == run && curve.of == of)
    };
    let (training, test) = (of(Of::Training)?, of(Of::Test)?);
    let epochs = (test.first_epoch?..).zip(&test.points);
    let (epoch, lowest) = epochs.min_by(|(_, a), (_, b)| a[1].total_cmp(&b[1]))?;
    let gap = test.points.iter().filter_map(|[place, loss]| {
        let of_training = training.at(*place)?;
        Some([*place, of_training.point[1], *loss])
    });
    Some(Outcome {
        lowest: Reading {
            point: *lowest,
            epoch: Some(epoch),
        },
        gap: gap.collect(),
    })
}

fn by_epoch(
    run: &Series<'_>,
    index: usize,
    axis: CurveAxis,
    of: Of,
    value: impl Fn(&EpochMetrics) -> Option<f64>,
) -> Curve {
    let points = run.epochs.iter().filter_map(|epoch| {
        let value = value(epoch).filter(|value| value.is_finite())?;
        Some((epoch.epoch, [run.clock.epoch_end(axis, epoch.epoch), value]))
    });
    let (epochs, points): (Vec<usize>, Vec<[f64; 2]>) = points.unzip();
    Curve {
        run: index,
        of,
        points,
        first_epoch: Some(epochs.first().copied().unwrap_or(1)),
    }
}

/// Indices of at most twice [`DRAWN`] of so many points: every 1st, 2nd, 4th, …, so that those drawn stay the same
/// while more arrive; and the newest.
fn indices(count: usize) -> impl Iterator<Item = usize> {
    let stride = (count / DRAWN).max(1).next_power_of_two();
    let last = count.checked_sub(1).filter(|last| last % stride != 0);
    (0..count).step_by(stride).chain(last)
}

/// Least and largest value of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub min: f64,
    pub max: f64,
}

/// What the axis of the loss goes through, in nats or in powers of ten of them, and the largest value where that lies above.
pub fn loss_span(
    classes: usize,
    values: impl Iterator<Item = f64> + Clone,
    measured: Option<f64>,
    is_log: bool,
) -> (Span, Option<f64>) {
    let highest = values.clone().fold(0.0, f64::max);
    if is_log {
        let positive = values.filter(|value| *value > 0.0);
        let lowest = positive.fold(f64::INFINITY, f64::min);
        let (mut min, mut max) = (lowest.log10(), highest.log10());
        if !(min.is_finite() && max.is_finite()) {
            (min, max) = (-1.0, 0.0);
        }
        let around = (0.05 * (max - min)).max(0.05);
        let span = Span {
            min: min - around,
            max: max + around,
        };
        return (span, None);
    }
    let guessing = GUESSES * (classes.max(2) as f64).ln();
    let limit = measured.map_or(guessing, |measured| guessing.min(ABOVE_MEASURED * measured));
    let max = highest.max(1.0).min(limit);
    let span = Span {
        min: -0.03 * max,
        max: 1.06 * max,
    };
    (span, (highest > limit).then_some(highest))
}

/// The highest loss measured at the end of an epoch, once there are several: above it lies only the steep fall of the first batches.
pub fn highest_measured(curves: &[Curve]) -> Option<f64> {
    let measured = curves.iter().filter(|curve| curve.of != Of::Training);
    let several = measured.filter(|curve| curve.points.len() > 1);
    let values = several
        .flat_map(|curve| &curve.points)
        .map(|point| point[1]);
    let highest = values.fold(0.0, f64::max);
    (highest > 0.0 && highest.is_finite()).then_some(highest)
}

/// What the axis of the accuracy goes through: from 80 % or the lowest, to all.
pub fn accuracy_span(curves: &[Curve]) -> Span {
    let values = curves.iter().flat_map(|curve| &curve.points);
    let lowest = values.map(|point| point[1]).fold(0.8, f64::min);
    let around = 0.06 * (1.0 - lowest);
    Span {
        min: lowest - around,
        max: 1.0 + around,
    }
}

/// Where the last point stands; 1 where there is none so far on.
pub fn last_place(curves: &[Curve]) -> f64 {
    let last = curves.iter().filter_map(|curve| curve.points.last());
    last.map(|point| point[0]).fold(1.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[[f64; 2]], first_epoch: Option<usize>) -> Curve {
        Curve {
            run: 0,
            of: Of::Training,
            points: points.to_vec(),
            first_epoch,
        }
    }

    fn value(curve: &Curve, place: f64) -> Option<(f64, Option<usize>)> {
        let reading = curve.at(place)?;
        Some((reading.point[1], reading.epoch))
    }

    #[test]
    fn a_curve_is_read_where_one_points() {
        let line = curve(&[[1.0, 2.0], [3.0, 1.0], [4.0, 5.0]], None);
        assert_eq!(value(&line, 2.0), Some((1.5, None)));
        assert_eq!(value(&line, 3.5), Some((3.0, None)));
        assert_eq!(value(&line, 1.0), Some((2.0, None)));
        assert_eq!(value(&line, 4.0), Some((5.0, None)));
        assert_eq!(value(&line, 0.5), None, "before the first batch");
        assert_eq!(value(&line, 4.5), None, "behind the last");

        let epochs = curve(&[[1.0, 0.8], [2.0, 0.9]], Some(3));
        assert_eq!(value(&epochs, 1.4), Some((0.8, Some(3))));
        assert_eq!(value(&epochs, 1.6), Some((0.9, Some(4))));
        assert_eq!(value(&epochs, 9.0), Some((0.9, Some(4))));
        assert_eq!(value(&curve(&[], Some(1)), 1.0), None);
    }

    #[test]
    fn the_lowest_test_loss_is_found_and_the_gap_below_it() {
        let training = curve(&[[0.0, 2.0], [10.0, 1.0], [20.0, 0.4], [30.0, 0.2]], None);
        let test = Curve {
            of: Of::Test,
            ..curve(&[[10.0, 0.9], [20.0, 0.7], [30.0, 0.7]], Some(1))
        };
        let found = outcome(&[training, test], 0).unwrap();
        assert_eq!(found.lowest.epoch, Some(2), "the first of equals");
        assert_eq!(
            found.lowest.point.map(f64::to_bits),
            [20.0, 0.7].map(f64::to_bits)
        );
        let gap = vec![[10.0, 1.0, 0.9], [20.0, 0.4, 0.7], [30.0, 0.2, 0.7]];
        assert_eq!(found.gap, gap);
        assert!(outcome(&[curve(&[[0.0, 2.0]], None)], 0).is_none());
    }

    #[test]
    fn a_class_sees_the_loss_without_its_first_fall() {
        let measured = |points: &[[f64; 2]]| {
            let test = Curve {
                of: Of::Test,
                ..curve(points, Some(1))
            };
            highest_measured(&[curve(&[[0.0, 2.3], [10.0, 0.1]], None), test])
        };
        assert_eq!(measured(&[[5.0, 0.6]]), None, "there is nothing after it");
        let highest = measured(&[[5.0, 0.6], [10.0, 0.45]]);
        assert_eq!(highest, Some(0.6));
        let (span, above) = loss_span(10, [2.3, 0.1].into_iter(), highest, false);
        assert!(span.max > 0.6 && span.max < 0.9, "{span:?}");
        assert_eq!(above, Some(2.3), "it is told");
    }

    #[test]
    fn a_run_that_diverged_does_not_flatten_the_others() {
        // Ten classes are guessed with 2.3 nats.
        let usual = [2.3, 0.4, 0.3];
        let (span, above) = loss_span(10, usual.into_iter(), None, false);
        assert!(span.max > 2.3 && span.max < 2.5, "{span:?}");
        assert_eq!(above, None);
        let lost = [2.3, 0.4, 6e7];
        let (span, above) = loss_span(10, lost.into_iter(), None, false);
        assert!(span.max < 8.0, "{span:?}");
        assert_eq!(above, Some(6e7), "it is told");
        let (span, above) = loss_span(10, lost.into_iter(), None, true);
        assert!(span.max > 6e7_f64.log10() && span.min < 0.4_f64.log10());
        assert_eq!(above, None);
        let (span, _) = loss_span(10, [0.0].into_iter(), None, true);
        assert!(span.min.is_finite() && span.max > span.min);
    }

    #[test]
    fn the_newest_point_is_always_drawn() {
        for count in [0, 1, 2, 1999, 2001, 4001, 100_000] {
            let drawn: Vec<_> = indices(count).collect();
            assert!(drawn.len() <= 2 * DRAWN + 1, "{count}");
            assert_eq!(drawn.last().copied(), count.checked_sub(1));
            assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
