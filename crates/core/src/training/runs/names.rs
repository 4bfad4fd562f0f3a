//! What tells runs apart that nobody has named: the settings in which they differ.

use std::collections::HashMap;

use super::compare::{Column, Value};
use super::record::{RunId, RunSummary};

/// What tells one run from others of the same network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distinction {
    /// The settings that not all of them share.
    pub settings: Vec<(Column, Value)>,
    /// Another has these settings too, so that only its number is its own.
    pub by_number: bool,
}

/// Settings that tell runs of one network apart, as a person would name them.
const SETTINGS: [Column; 13] = [
    Column::Data,
    Column::Images,
    Column::Epochs,
    Column::BatchSize,
    Column::LearningRate,
    Column::Optimizer,
    Column::Changes,
    Column::BeganFrom,
    Column::TrainedBy,
    Column::Augmentation,
    Column::ValidationPercent,
    Column::Patience,
    Column::Seed,
];

impl RunSummary {
    /// Whether it has a name of its own: not its network's, or that with a number behind it.
    #[must_use]
    pub fn is_named(&self) -> bool {
        let label = self.config.network.label();
        let Some(rest) = self.name.strip_prefix(&label) else {
            return true;
        };
        let number = rest
            .strip_prefix(" (")
            .and_then(|rest| rest.strip_suffix(')'));
        !(rest.is_empty() || number.is_some_and(|number| number.parse::<u32>().is_ok()))
    }
}

/// What tells each of the runs apart that nobody has named; a run that is the only one of its network needs nothing.
#[must_use]
pub fn distinctions(runs: &[RunSummary]) -> HashMap<RunId, Distinction> {
    let mut networks: HashMap<String, Vec<&RunSummary>> = HashMap::new();
    for run in runs.iter().filter(|run| !run.is_named()) {
        let label = run.config.network.label();
        networks.entry(label).or_default().push(run);
    }
    let mut found = HashMap::new();
    for alike in networks.values() {
        let settings: Vec<Vec<(Column, Value)>> = alike
            .iter()
            .map(|run| {
                let differ = SETTINGS.into_iter().filter(|column| {
                    let first = column.value(alike[0], alike[0]);
                    alike
                        .iter()
                        .any(|other| column.value(other, other) != first)
                });
                differ
                    .map(|column| (column, column.value(run, run)))
                    .collect()
            })
            .collect();
        for (run, own) in alike.iter().zip(&settings) {
            let same = settings.iter().filter(|other| *other == own).count();
            let distinction = Distinction {
                settings: own.clone(),
                by_number: same > 1,
            };
            found.insert(run.id, distinction);
        }
    }
    found
}
