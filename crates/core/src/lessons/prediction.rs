//! A prediction beside what was measured.

/// How one network compares with another in one respect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trend {
    /// Less accurate, or faster.
    Lower,
    /// No difference worth the name.
    Same,
    /// More accurate, or slower.
    Higher,
}

impl Trend {
    /// All of them, in this order.
    pub const ALL: [Self; 3] = [Self::Lower, Self::Same, Self::Higher];
}

/// What is predicted of a changed network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predicted {
    /// Its test accuracy.
    Accuracy,
    /// Its training time.
    Time,
}

impl Predicted {
    /// All of it, in the order in which it is asked.
    pub const ALL: [Self; 2] = [Self::Accuracy, Self::Time];
}

/// What a student expects of the changed network, compared with the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guess {
    /// Of its test accuracy.
    pub accuracy: Option<Trend>,
    /// Of its training time.
    pub time: Option<Trend>,
    /// By how many percentage points the accuracy changes, without sign.
    pub points: f64,
}

impl Guess {
    /// What is expected of it.
    #[must_use]
    pub const fn of(&self, predicted: Predicted) -> Option<Trend> {
        match predicted {
            Predicted::Accuracy => self.accuracy,
            Predicted::Time => self.time,
        }
    }

    /// The same, to be changed.
    pub const fn of_mut(&mut self, predicted: Predicted) -> &mut Option<Trend> {
        match predicted {
            Predicted::Accuracy => &mut self.accuracy,
            Predicted::Time => &mut self.time,
        }
    }

    /// Whether everything is predicted.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        Predicted::ALL.iter().all(|it| self.of(*it).is_some())
    }
}

/// The result of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Its seed.
    pub seed: u64,
    /// Share of the test images recognised after the last epoch.
    pub accuracy: f64,
    /// Seconds of training, without evaluation.
    pub seconds: f64,
}

/// Mean, lowest and highest of one figure over the seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
}

/// Why a difference of accuracies or times may not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caution {
    /// One seed was run, and the difference is of the size that another seed, or for a time another program on the same
    /// computer, may reverse.
    OneSeed,
    /// With some seeds one network was ahead, with others the other.
    SeedsDisagree,
}

/// What the runs showed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Seeds with which both networks were run.
    pub seeds: usize,
    /// Test accuracy of the baseline.
    pub baseline: Spread,
    /// Test accuracy of the changed network.
    pub changed: Spread,
    /// Changed less baseline, seed by seed.
    pub difference: Spread,
    /// Training time of the changed network over the baseline's, seed by seed.
    pub time_factor: Spread,
    /// How far the difference of accuracies can be trusted.
    pub caution: Option<Caution>,
    /// How far that of the times can, which are those of the clock on the wall.
    pub time_caution: Option<Caution>,
}

/// Accuracies closer than this are about the same: half a percentage point, which is 50 of the
/// 10,000 test images and of the size by which two seeds of one network differ.
const SAME_ACCURACY: f64 = 0.005;
/// Times within this factor are about the same; a busy machine alone changes them as much.
const SAME_TIME: f64 = 1.15;
/// With a single seed, a smaller difference may be reversed by another.
const ONE_SEED_SETTLES: f64 = 0.015;
/// With a single measurement, times within this factor may be those of a computer that was busy meanwhile.
const ONE_TIME_SETTLES: f64 = 3.0;

impl Spread {
    fn of(values: &[f64]) -> Option<Self> {
        let min = values.iter().copied().reduce(f64::min)?;
        let max = values.iter().copied().reduce(f64::max)?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Some(Self { mean, min, max })
    }
}

impl Outcome {
    /// Compares the runs that have the same seed; `None` as long as there is no such pair.
    #[must_use]
    pub fn of(baseline: &[Measured], changed: &[Measured]) -> Option<Self> {
        let pairs: Vec<(Measured, Measured)> = baseline
            .iter()
            .filter_map(|a| Some((*a, *changed.iter().find(|b| b.seed == a.seed)?)))
            .collect();
        let spread = |figure: fn(&(Measured, Measured)) -> f64| {
            Spread::of(&pairs.iter().map(figure).collect::<Vec<_>>())
        };
        let difference = spread(|(a, b)| b.accuracy - a.accuracy)?;
        let caution = |difference: Spread, settles: f64| {
            if pairs.len() == 1 && difference.mean.abs() < settles {
                Some(Caution::OneSeed)
            } else if difference.min < 0.0 && difference.max > 0.0 {
                Some(Caution::SeedsDisagree)
            } else {
                None
            }
        };
        // A run too short for the clock took as long as any other such.
        let factor = |(a, b): &(Measured, Measured)| b.seconds.max(1e-3) / a.seconds.max(1e-3);
        let factors: Vec<f64> = pairs.iter().map(factor).collect();
        let time_factor = Spread::of(&factors)?;
        let time = Spread {
            mean: time_factor.mean.ln(),
            min: time_factor.min.ln(),
            max: time_factor.max.ln(),
        };
        Some(Self {
            seeds: pairs.len(),
            baseline: spread(|(a, _)| a.accuracy)?,
            changed: spread(|(_, b)| b.accuracy)?,
            difference,
            time_factor,
            caution: caution(difference, ONE_SEED_SETTLES),
            time_caution: caution(time, ONE_TIME_SETTLES.ln()),
        })
    }

    /// What became of it.
    #[must_use]
    pub fn trend(&self, predicted: Predicted) -> Trend {
        match predicted {
            Predicted::Accuracy => trend(self.difference.mean, SAME_ACCURACY),
            Predicted::Time => trend(self.time_factor.mean.ln(), SAME_TIME.ln()),
        }
    }
}

fn trend(change: f64, negligible: f64) -> Trend {
    if change.abs() < negligible {
        Trend::Same
    } else if change < 0.0 {
        Trend::Lower
    } else {
        Trend::Higher
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seed: u64, accuracy: f64, seconds: f64) -> Measured {
        Measured {
            seed,
            accuracy,
            seconds,
        }
    }

    #[test]
    fn only_equal_seeds_are_compared() {
        assert_eq!(Outcome::of(&[run(1, 0.9, 4.0)], &[]), None);
        assert_eq!(Outcome::of(&[run(1, 0.9, 4.0)], &[run(2, 0.8, 1.0)]), None);
        let outcome = Outcome::of(
            &[run(1, 0.90, 4.0), run(2, 0.91, 4.0)],
            &[run(2, 0.88, 1.0), run(1, 0.88, 1.0), run(3, 0.1, 9.0)],
        )
        .unwrap();
        assert_eq!(outcome.seeds, 2);
        assert!((outcome.difference.mean + 0.025).abs() < 1e-12);
        assert_eq!(outcome.trend(Predicted::Accuracy), Trend::Lower);
        assert_eq!(outcome.trend(Predicted::Time), Trend::Lower);
        assert_eq!(outcome.caution, None);
    }

    #[test]
    fn a_small_difference_of_one_seed_is_not_trusted() {
        let outcome = Outcome::of(&[run(1, 0.90, 4.0)], &[run(1, 0.91, 4.2)]).unwrap();
        assert_eq!(outcome.trend(Predicted::Accuracy), Trend::Higher);
        assert_eq!(outcome.trend(Predicted::Time), Trend::Same);
        assert_eq!(outcome.caution, Some(Caution::OneSeed));
        let clear = Outcome::of(&[run(1, 0.90, 4.0)], &[run(1, 0.80, 9.0)]).unwrap();
        assert_eq!(clear.caution, None);
    }

    #[test]
    fn a_time_measured_once_is_trusted_only_where_the_difference_is_large() {
        let of = |seconds: &[(f64, f64)]| {
            let runs = seconds.iter().zip(1..);
            let runs = runs.map(|((a, b), seed)| (run(seed, 0.9, *a), run(seed, 0.9, *b)));
            let (baseline, changed): (Vec<_>, Vec<_>) = runs.unzip();
            Outcome::of(&baseline, &changed).unwrap().time_caution
        };
        // Faster or slower by less than another program on the computer can account for.
        assert_eq!(of(&[(4.0, 2.2)]), Some(Caution::OneSeed));
        assert_eq!(of(&[(4.0, 7.5)]), Some(Caution::OneSeed));
        assert_eq!(of(&[(4.0, 0.5)]), None);
        assert_eq!(of(&[(4.0, 9.0)]), Some(Caution::OneSeed));
        assert_eq!(of(&[(4.0, 13.0)]), None);
        assert_eq!(of(&[(4.0, 3.0), (4.0, 5.0)]), Some(Caution::SeedsDisagree));
        assert_eq!(of(&[(4.0, 3.0), (4.0, 3.5)]), None);
    }

    #[test]
    fn seeds_that_disagree_are_told() {
        let outcome = Outcome::of(
            &[run(1, 0.90, 4.0), run(2, 0.90, 4.0)],
            &[run(1, 0.904, 4.0), run(2, 0.895, 4.0)],
        )
        .unwrap();
        assert_eq!(outcome.trend(Predicted::Accuracy), Trend::Same);
        assert_eq!(outcome.caution, Some(Caution::SeedsDisagree));
    }
}
