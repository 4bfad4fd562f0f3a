//! What a run's folder says about it: `run.json`, written by whoever trains the run, and
//! `notes.json`, written by whoever looks at it. Apart, so that neither overwrites the other.

use std::io::Write as _;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::environment::{Environment, TrainedBy};
use super::error::RunError;
use crate::bounds;
use crate::files;
use crate::harmless;
use crate::network::parameter_count;
use crate::training::{EpochMetrics, RunConfig, TrainingState};

/// Name of the file that says what a run is and how far it is.
pub(super) const MANIFEST: &str = "run.json";
/// The format that this program writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 2;
/// Largest `run.json` that is read: [`RunConfig::MAX_EPOCHS`] epochs take less than a tenth.
pub(super) const MAX_BYTES: u64 = 8 << 20;
/// Longest name or message that is kept, in characters.
pub(super) const MAX_TEXT: usize = 120;

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// A training thread has it, in this process or another.
    Training,
    /// Every planned epoch is trained.
    Finished,
    /// It was stopped before that.
    Stopped,
    /// Its training ended with an error; what was learnt before is there.
    Failed,
    /// The program that trained it was killed. Never written, only found.
    Interrupted,
}

/// `run.json`, as convlens writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub format: u32,
    pub config: RunConfig,
    /// The bits of the learning rate: JSON's decimal may come back as a neighbour.
    learning_rate_bits: u64,
    pub environment: Environment,
    pub status: RunStatus,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub experiment: Option<String>,
    /// What the weights were called that it began with; none for random ones. They are its checkpoint of step 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_from: Option<String>,
    /// Who trained it, if it was not convlens, whose own files do not say so.
    #[serde(skip)]
    pub trained_by: Option<TrainedBy>,
    pub created_unix_secs: u64,
    pub images_per_epoch: usize,
    pub batches_per_epoch: usize,
    pub step: u64,
    pub seconds: f64,
    pub epochs: Vec<EpochMetrics>,
}

impl Manifest {
    pub fn new(config: RunConfig, environment: Environment) -> Self {
        Self {
            format: FORMAT,
            learning_rate_bits: config.learning_rate.to_bits(),
            config,
            environment,
            status: RunStatus::Training,
            error: None,
            experiment: None,
            began_from: None,
            trained_by: None,
            created_unix_secs: 0,
            images_per_epoch: 0,
            batches_per_epoch: 0,
            step: 0,
            seconds: 0.0,
            epochs: Vec::new(),
        }
    }

    pub fn set_error(&mut self, message: &str) {
        self.error = Some(clean(message));
    }

    /// Parameters of its network.
    pub fn parameters(&self) -> usize {
        let layers = self.config.network.plan();
        layers.map_or(0, |layers| parameter_count(&layers))
    }

    /// Whether the run can go on from a state and be kept as it does: `path` is that of the state.
    pub fn leads_to(&self, state: &TrainingState, path: &Path) -> Result<(), RunError> {
        let is_reached = state.is_reached_by(self.images_per_epoch, self.config.batch_size);
        // What comes behind an epoch that is not known could not be told from it.
        if is_reached && state.epoch <= self.epochs.len() + 1 {
            return Ok(());
        }
        let reason = format!("at a batch that `{MANIFEST}` does not lead to");
        Err(RunError::damaged(path, reason))
    }

    /// Seconds of all complete epochs. Not a bare sum, which is −0 of none.
    pub fn epoch_seconds(&self) -> f64 {
        0.0 + self.epochs.iter().map(|epoch| epoch.seconds).sum::<f64>()
    }

    /// What convlens itself has written, to be checked; `path` is only named in errors.
    pub fn own(path: &Path, bytes: &[u8]) -> Result<Self, RunError> {
        let mut manifest: Self = parse(path, bytes)?;
        let exact = f64::from_bits(manifest.learning_rate_bits);
        let rounded = manifest.config.learning_rate;
        if (exact - rounded).abs() <= 1e-12 * rounded.abs() {
            manifest.config.learning_rate = exact;
            Ok(manifest)
        } else {
            Err(RunError::damaged(path, "two learning rates"))
        }
    }

    /// Takes in how far the run is by its curve, which other programs write oftener than this file.
    pub fn come_to(&mut self, step: u64) {
        let planned = self.batches_per_epoch as u64 * self.config.epochs as u64;
        self.step = self.step.max(step.min(planned));
    }

    pub fn write(&self, path: &Path) -> Result<(), RunError> {
        write_json(path, self)
    }

    /// Nothing in the file is believed: what the rest of the program relies on is checked here.
    pub fn check(&mut self) -> Result<(), String> {
        // What another program may train is not bounded by what convlens does.
        if self.trained_by.is_none() {
            self.config.validate().map_err(|error| error.to_string())?;
        }
        let planned = self.config.epochs;
        if self.epochs.len() > planned {
            return Err(format!("{} epochs of {planned}", self.epochs.len()));
        }
        let images = self.images_per_epoch;
        if images == 0 || images.div_ceil(self.config.batch_size) != self.batches_per_epoch {
            return Err(format!(
                "{} batches an epoch of {images} pictures",
                self.batches_per_epoch
            ));
        }
        let whole = self.epochs.len().saturating_mul(self.batches_per_epoch) as u64;
        if self.step < whole || self.step - whole > self.batches_per_epoch as u64 {
            return Err(format!(
                "{} batches in {} epochs",
                self.step,
                self.epochs.len()
            ));
        }
        if !(self.seconds >= 0.0 && self.seconds.is_finite()) {
            return Err("a time that is no time".into());
        }
        for (index, epoch) in self.epochs.iter().enumerate() {
            let shares = [
                Some(epoch.train_accuracy),
                epoch.test_accuracy,
                epoch.validation_accuracy,
            ];
            let known = shares
                .into_iter()
                .flatten()
                .all(|a| (0.0..=1.0).contains(&a));
            if epoch.epoch != index + 1 || epoch.images != images || !known {
                return Err(format!("epoch {} is out of order or range", index + 1));
            }
            if !(epoch.seconds >= 0.0 && epoch.seconds.is_finite()) {
                return Err(format!("epoch {} took no time that is one", index + 1));
            }
        }
        if self.status == RunStatus::Interrupted {
            return Err("a status that is never written".into());
        }
        self.environment.check()?;
        self.experiment = self.experiment.take().map(|name| clean(&name));
        self.began_from = self.began_from.take().map(|name| clean(&name));
        self.error = self.error.take().map(|message| clean(&message));
        Ok(())
    }
}

/// `notes.json`: what a person says about a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notes {
    pub name: String,
    /// Index into a palette of runs: whoever draws them has the colours.
    #[serde(default)]
    pub colour: u8,
}

impl Notes {
    pub fn new(name: &str, colour: u8) -> Self {
        Self {
            name: clean(name),
            colour,
        }
    }

    pub fn read(path: &Path) -> Result<Self, RunError> {
        let notes: Self = parse(path, &read_bounded(path, MAX_BYTES)?)?;
        Ok(Self::new(&notes.name, notes.colour))
    }

    pub fn write(&self, path: &Path) -> Result<(), RunError> {
        write_json(path, self)
    }
}

/// A name or message on one line, of bounded length.
pub(super) fn clean(text: &str) -> String {
    harmless::name(text, MAX_TEXT)
}

/// The bytes of a file that may be too large to be one of ours.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, RunError> {
    let bytes = bounds::read(path, limit).map_err(RunError::io(path))?;
    bytes.ok_or_else(|| RunError::damaged(path, format!("longer than {limit} bytes")))
}

pub(super) fn parse<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, RunError> {
    serde_json::from_slice(bytes).map_err(|error| RunError::damaged(path, bounds::brief(error)))
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), RunError> {
    let bytes = serde_json::to_vec_pretty(value).map_err(std::io::Error::other);
    let bytes = bytes.map_err(RunError::io(path))?;
    files::replace_own(path, |file| file.write_all(&bytes)).map_err(RunError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the table in the window is the same as that of the runs on disk.
    #[test]
    fn numbers_come_back_to_the_last_digit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers.json");
        let mut number = 6_880.492_890_988_738_5_f64;
        for _ in 0..1000 {
            write_json(&path, &number).unwrap();
            let read: f64 = parse(&path, &std::fs::read(&path).unwrap()).unwrap();
            assert_eq!(read.to_bits(), number.to_bits());
            number = number * 1.000_37 + 0.1;
        }
    }
}
