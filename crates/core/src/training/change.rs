//! Settings that are changed while a run trains. They are part of its configuration, so that it stays reproducible: a run that is
//! started with them comes to the same weights, bit for bit.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::config::{ConfigError, RunConfig};
use super::optimization::Optimization;

/// What a run trains with from some batch on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// Batches trained before it holds.
    pub step: u64,
    /// See [`RunConfig::learning_rate`].
    pub learning_rate: f64,
    /// See [`RunConfig::optimization`]. Optimizer and label smoothing are those of the whole run: its moments are of the one, its
    /// losses of the other.
    #[serde(default, skip_serializing_if = "Optimization::is_default")]
    pub optimization: Optimization,
}

impl RunConfig {
    /// Most changes that a run keeps.
    pub const MAX_CHANGES: usize = 1000;

    /// What the batch is trained with that comes behind `step` others, as a change that holds from there on.
    #[must_use]
    pub fn in_force(&self, step: u64) -> SettingsChange {
        let behind = self.changes.partition_point(|change| change.step <= step);
        match behind.checked_sub(1) {
            Some(last) => self.changes[last],
            None => SettingsChange {
                step: 0,
                learning_rate: self.learning_rate,
                optimization: self.optimization,
            },
        }
    }

    /// Adds a change behind those there are, in place of one at the same batch; whether anything is another for it.
    ///
    /// # Errors
    /// It can be none of this run: [`RunConfig::validate`] says why. Nothing is changed then.
    pub fn change(&mut self, change: SettingsChange) -> Result<bool, ConfigError> {
        let now = self.in_force(change.step);
        if (now.learning_rate.to_bits(), now.optimization)
            == (change.learning_rate.to_bits(), change.optimization)
        {
            return Ok(false);
        }
        let mut changed = self.clone();
        changed.changes.retain(|earlier| earlier.step < change.step);
        changed.changes.push(change);
        changed.validate()?;
        *self = changed;
        Ok(true)
    }

    /// What [`validate`](Self::validate) asks of the changes.
    pub(super) fn validate_changes(&self) -> Result<(), ConfigError> {
        if self.changes.len() > Self::MAX_CHANGES {
            return Err(ConfigError::OutOfRange {
                name: "changes in mid-run",
                value: self.changes.len(),
                max: Self::MAX_CHANGES,
            });
        }
        if !self.changes.is_sorted_by(|a, b| a.step < b.step) {
            return Err(ConfigError::ChangesOrder);
        }
        for change in &self.changes {
            super::config::check_rate(change.learning_rate)?;
            change.optimization.validate()?;
            let (of_run, changed) = (&self.optimization, &change.optimization);
            if (of_run.optimizer, of_run.label_smoothing)
                != (changed.optimizer, changed.label_smoothing)
            {
                return Err(ConfigError::ChangeOfKind);
            }
        }
        Ok(())
    }
}

/// In short, the same in every language: `1200: 0.0001, Adam`.
impl fmt::Display for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (step, rate) = (self.step, self.learning_rate);
        write!(f, "{step}: {rate}, {}", self.optimization)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Real;
    use crate::training::OptimizerKind;

    fn to(step: u64, learning_rate: f64) -> SettingsChange {
        SettingsChange {
            step,
            learning_rate,
            optimization: Optimization::default(),
        }
    }

    #[test]
    fn a_change_holds_from_its_batch_on_until_the_next() {
        let mut config = RunConfig::default();
        assert_eq!(config.change(to(5, 0.001)), Ok(false), "nothing is another");
        assert_eq!(config.change(to(5, 0.01)), Ok(true));
        assert_eq!(config.change(to(9, 0.1)), Ok(true));
        assert_eq!(config.change(to(9, 0.2)), Ok(true), "in its place");
        assert_eq!(config.changes, [to(5, 0.01), to(9, 0.2)]);
        let rates = [0, 4, 5, 8, 9, 1000].map(|step| config.in_force(step).learning_rate);
        let expected = [0.001, 0.001, 0.01, 0.01, 0.2, 0.2];
        assert_eq!(rates.map(f64::to_bits), expected.map(f64::to_bits));
        assert_eq!(config.changes[1].to_string(), "9: 0.2, Adam");
    }

    #[test]
    fn what_a_run_cannot_change_to_is_refused_and_changes_nothing() {
        let mut config = RunConfig::default();
        let of = |optimization| SettingsChange {
            optimization,
            ..to(3, 0.01)
        };
        let sgd = Optimization::default().with(OptimizerKind::Sgd);
        assert_eq!(config.change(of(sgd)), Err(ConfigError::ChangeOfKind));
        let smoothed = Optimization {
            label_smoothing: Real::new(0.1),
            ..Optimization::default()
        };
        assert_eq!(config.change(of(smoothed)), Err(ConfigError::ChangeOfKind));
        assert_eq!(
            config.change(to(3, 2.0)),
            Err(ConfigError::LearningRate(2.0))
        );
        assert_eq!(config, RunConfig::default());
        config.changes = vec![to(4, 0.1), to(4, 0.2)];
        assert_eq!(config.validate(), Err(ConfigError::ChangesOrder));
        let decays = Optimization {
            weight_decay: Real::new(0.01),
            ..Optimization::default()
        };
        config.changes = Vec::new();
        assert_eq!(config.change(of(decays)), Ok(true));
    }
}
