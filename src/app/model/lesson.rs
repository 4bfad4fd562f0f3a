//! The lesson beside the views: which step is open, what it set up, what was answered and
//! predicted. The steps themselves are data: see [`convlens_core::lessons`].

use crate::app::model::clock::Clock;
use crate::app::model::compare::CompareSettings;
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use convlens_core::figures::MapsSettings;
use convlens_core::lessons::{ByHand, Experiment, Guess, Lesson, Measured, Outcome};
use convlens_core::paths;
use convlens_core::training::RunConfig;
use convlens_core::training::runs::Recording;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the reader is, to be remembered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Whether the lesson is on screen.
    pub is_open: bool,
    /// Index of the step.
    pub step: usize,
    /// The way through a lesson that knows several, by its minutes; else all of it.
    pub route: Option<usize>,
    /// The class's show of hands: how many for each choice of a step's question, by the step's name.
    pub hands: BTreeMap<String, Vec<u32>>,
    /// The folder of a teacher's own lesson.
    #[serde(with = "paths::optional")]
    pub folder: Option<PathBuf>,
}

/// What the lesson knows while the window is open.
#[derive(Default)]
pub struct LessonState {
    /// A teacher's lesson, in English and Spanish.
    pub own: Option<[Lesson; 2]>,
    /// The step whose "show me" would end the training under way, and has been asked for once.
    pub asks_to_end: Option<String>,
    /// What "show me" changed.
    pub shown_before: Option<ShownBefore>,
    /// The answer chosen to the question of each step, by the step's name.
    pub answers: HashMap<String, usize>,
    /// The show of hands is shown to the class.
    pub shows_hands: bool,
    /// The teacher's notes are shown on the only screen.
    pub shows_notes: bool,
    /// The curves of which the step speaks are sent away from the only screen.
    pub hides_curves: bool,
    /// The teacher's clock.
    pub clock: Clock,
    /// Predictions and runs of each exercise, by the step's name.
    pub exercises: HashMap<String, ExerciseRuns>,
}

/// Predictions, and what was measured so far.
#[derive(Default)]
pub struct ExerciseRuns {
    pub guess: Guess,
    /// Results of the baseline, and of the changed network.
    pub results: [Vec<Measured>; 2],
    /// The last of each that was measured, both from one seed.
    pub recorded: [Option<Arc<Recording>>; 2],
    /// What is still to be trained, in order: which of the two, and how.
    pub waiting: Vec<(usize, RunConfig)>,
    /// Runs of this batch in all.
    pub planned: usize,
    /// The last batch ended before its time.
    pub was_broken_off: bool,
}

impl ExerciseRuns {
    /// Whether runs are to come.
    pub fn is_under_way(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Runs to come, and of the batch in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.waiting.len(), self.planned)
    }

    /// What the finished runs show.
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::of(&self.results[0], &self.results[1])
    }

    /// The next seeds that have not been run: the exercise's own first.
    pub fn next_seeds(&self, experiment: &Experiment, count: usize) -> Vec<u64> {
        let done = |seed: &u64| self.results[1].iter().any(|result| result.seed == *seed);
        let own = experiment.seeds.iter().copied();
        let first_free = experiment.seeds.iter().max().map_or(1, |seed| seed + 1);
        own.chain(first_free..)
            .filter(|seed| !done(seed))
            .take(count)
            .collect()
    }
}

/// Everything that an action may change, but for runs that were started: those are kept.
pub struct ShownBefore {
    /// Name of the step.
    pub step: String,
    pub config: RunConfig,
    pub maps: MapsSettings,
    pub compare: CompareSettings,
    pub view: View,
    pub strip_class: Option<u8>,
    pub by_hand: ByHand,
    pub weights_of: WeightsOf,
}
