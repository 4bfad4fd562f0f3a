//! Everything that decides how a run goes. With the data set, a run is reproducible from this
//! alone: the same configuration gives the same weights, bit for bit, on any number of threads.

use serde::{Deserialize, Serialize};

use super::augmentation::{Augmentation, AugmentationFault};
use super::change::SettingsChange;
use super::optimization::{Optimization, OptimizationFault};
use crate::network::{NetworkSpec, Preset, SpecError};

/// The settings of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The network.
    pub network: NetworkSpec,
    /// Passes over the training pictures.
    pub epochs: usize,
    /// Pictures a weight update.
    pub batch_size: usize,
    /// The optimizer's step size, as it is before its schedule.
    pub learning_rate: f64,
    /// How weights are moved; the notebook's way if left out.
    #[serde(default, skip_serializing_if = "Optimization::is_default")]
    pub optimization: Optimization,
    /// How training pictures are changed each time they are met; not at all if left out.
    #[serde(default, skip_serializing_if = "Augmentation::is_none")]
    pub augmentation: Augmentation,
    /// Decides the initial weights and the order of the pictures.
    pub seed: u64,
    /// Use the first so many training pictures only; `None` for all.
    pub images: Option<usize>,
    /// Percentage of those pictures that are held out to validate on, 0 to
    /// [`MAX_VALIDATION_PERCENT`](Self::MAX_VALIDATION_PERCENT); which ones, the seed decides.
    /// With 0, the only held-out pictures are the test set's.
    #[serde(default)]
    pub validation_percent: usize,
    /// Ends the run after so many epochs on end whose validation loss was no smaller than the best before ("early stopping"); the
    /// weights stay the last ones. `None` trains every epoch that is planned. It needs pictures held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<usize>,
    /// What was changed while it trained, in the order of the batches; nothing if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<SettingsChange>,
    /// Threads that share each batch, at most as many as there are processors. How fast a run goes
    /// depends on them, and nothing else.
    pub threads: usize,
}

impl RunConfig {
    /// Most epochs one run may have.
    pub const MAX_EPOCHS: usize = 1000;
    /// Largest batch.
    pub const MAX_BATCH_SIZE: usize = 1024;
    /// Most threads.
    pub const MAX_THREADS: usize = 64;
    /// Largest share of the training pictures that may be held out.
    pub const MAX_VALIDATION_PERCENT: usize = 50;

    /// The notebook's settings for a network: 5 epochs, batch 32, Adam at 0.001.
    #[must_use]
    pub fn new(network: NetworkSpec) -> Self {
        Self {
            network,
            epochs: 5,
            batch_size: 32,
            learning_rate: 0.001,
            optimization: Optimization::default(),
            augmentation: Augmentation::default(),
            seed: 42,
            images: None,
            validation_percent: 0,
            patience: None,
            changes: Vec::new(),
            threads: default_threads(),
        }
    }

    /// Whether a run can be made of this.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.network.plan()?;
        let within = |name, value, max| {
            if (1..=max).contains(&value) {
                Ok(())
            } else {
                Err(ConfigError::OutOfRange { name, value, max })
            }
        };
        within("epochs", self.epochs, Self::MAX_EPOCHS)?;
        within("batch size", self.batch_size, Self::MAX_BATCH_SIZE)?;
        within("threads", self.threads, Self::MAX_THREADS)?;
        within("images", self.images.unwrap_or(1), usize::MAX)?;
        if self.validation_percent > Self::MAX_VALIDATION_PERCENT {
            return Err(ConfigError::Validation(self.validation_percent));
        }
        check_rate(self.learning_rate)?;
        if let Some(patience) = self.patience {
            within("patience", patience, Self::MAX_EPOCHS)?;
            if self.validation_percent == 0 {
                return Err(ConfigError::Patience);
            }
        }
        self.augmentation.validate()?;
        self.optimization.validate()?;
        self.validate_changes()
    }

    /// Plans more epochs, as many as there may be: behind the plan, or behind those that a finished run has trained, which
    /// [patience](Self::patience) may have ended before its plan.
    pub fn add_epochs(&mut self, trained_of_finished: Option<usize>, more: usize) {
        let planned = trained_of_finished.unwrap_or(self.epochs);
        self.epochs = planned.saturating_add(more).clamp(1, Self::MAX_EPOCHS);
    }

    /// The value of [`images`](Self::images) that stands for a share, 0 to 1, of `available`
    /// training pictures: at least one, and `None` for all of them.
    #[must_use]
    pub fn images_of_share(share: f64, available: usize) -> Option<usize> {
        let images = (share.clamp(0.0, 1.0) * available as f64).round() as usize;
        (images < available).then_some(images.max(1))
    }
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
    fn validate_changes(&self) -> Result<(), ConfigError> {
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
            check_rate(change.learning_rate)?;
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

/// Beyond 1 Adam moves every weight by more than its whole range at each step.
fn check_rate(rate: f64) -> Result<(), ConfigError> {
    if rate > 0.0 && rate <= 1.0 {
        Ok(())
    } else {
        Err(ConfigError::LearningRate(rate))
    }
}

impl Default for RunConfig {
    fn default() -> Self {
        Self::new(Preset::Conv64.spec())
    }
}

/// As many as the machine runs at once, up to sixteen: a batch of 32 does not split well further.
fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get().min(16))
}

/// A setting that no run can have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// The network is impossible.
    #[error(transparent)]
    Network(#[from] SpecError),
    /// A count is zero or too large.
    #[error("{name}: {value} is out of range; choose 1 to {max}")]
    OutOfRange {
        /// Which setting.
        name: &'static str,
        /// Its value.
        value: usize,
        /// The largest that is allowed.
        max: usize,
    },
    /// More pictures would be held out than are left to train on.
    #[error(
        "validation: {0} % is out of range; choose 0 (none) to {max} % of the training pictures",
        max = RunConfig::MAX_VALIDATION_PERCENT
    )]
    Validation(usize),
    /// There is nothing to be patient with.
    #[error(
        "patience: it watches the loss on pictures held out, and there are none; set validation to 10 % or so"
    )]
    Patience,
    /// The learning rate is not a positive number up to 1.
    #[error(
        "learning rate: {0} is out of range; choose a number above 0 and at most 1, such as 0.001"
    )]
    LearningRate(f64),
    /// Changes in mid-run are not in the order of their batches.
    #[error("changes in mid-run: they are not in the order of their batches")]
    ChangesOrder,
    /// A change in mid-run to another optimizer or label smoothing.
    #[error(
        "changes in mid-run: optimizer and label smoothing stay those of the whole run; start another run with others"
    )]
    ChangeOfKind,
    /// What belongs to the optimizer does not go together.
    #[error(transparent)]
    Optimization(#[from] OptimizationFault),
    /// Pictures would be changed beyond recognition.
    #[error(transparent)]
    Augmentation(#[from] AugmentationFault),
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
