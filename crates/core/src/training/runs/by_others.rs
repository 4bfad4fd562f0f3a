//! `run.json` as other programs write it: Keras and PyTorch through the Python package, or a person by hand. It has less than
//! convlens's own, and what it does not say is not made up.

use std::path::Path;

use serde::Deserialize;

use super::environment::{DataIdentity, Environment, FASHION_MNIST_SHA256, TrainedBy};
use super::error::RunError;
use super::manifest::{self, Manifest, RunStatus, clean};
use crate::dataset::PictureSize;
use crate::network::NetworkSpec;
use crate::training::{EpochMetrics, RunConfig};

/// The source of pictures that another program had.
const SOURCE: &str = "other";
/// Most epochs that are planned, and most images of one.
const MAX_EPOCHS: usize = 1_000_000;
const MAX_IMAGES: usize = 1 << 31;

/// The file.
#[derive(Deserialize)]
struct File {
    format: u32,
    trained_by: TrainedBy,
    config: Config,
    images_per_epoch: usize,
    status: RunStatus,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    created_unix_secs: u64,
    #[serde(default)]
    data: Option<Data>,
    #[serde(default)]
    epochs: Vec<Epoch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    network: NetworkSpec,
    epochs: usize,
    batch_size: usize,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    folder: Option<String>,
    #[serde(default)]
    train: usize,
    #[serde(default)]
    test: usize,
    #[serde(default)]
    sha256: Option<String>,
    #[serde(default)]
    classes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Epoch {
    #[serde(rename = "epoch")]
    number: usize,
    #[serde(default)]
    seconds: f64,
    /// Of a training that has come apart it is no number, which JSON cannot say.
    #[serde(default)]
    train_loss: Option<f64>,
    train_accuracy: f64,
    #[serde(default)]
    test_loss: Option<f64>,
    #[serde(default)]
    test_accuracy: Option<f64>,
    #[serde(default)]
    validation_loss: Option<f64>,
    #[serde(default)]
    validation_accuracy: Option<f64>,
}

/// What the file says, in the form of convlens's own; `path` is only named in errors.
pub(super) fn manifest(path: &Path, bytes: &[u8]) -> Result<Manifest, RunError> {
    let file: File = manifest::parse(path, bytes)?;
    let images = file.images_per_epoch;
    check(&file.config, images).map_err(|reason| RunError::damaged(path, reason))?;
    let (pictures, outputs) = (file.config.network.input, file.config.network.classes);
    let epochs = file.epochs.into_iter().map(|epoch| epoch.metrics(images));
    let epochs: Vec<EpochMetrics> = epochs.collect();
    let batches = images.div_ceil(file.config.batch_size.max(1));
    let config = RunConfig {
        epochs: file.config.epochs,
        batch_size: file.config.batch_size,
        ..RunConfig::new(file.config.network)
    };
    let mut manifest = Manifest::new(
        config,
        file.data.unwrap_or_default().environment(pictures, outputs),
    );
    manifest.format = file.format;
    manifest.status = file.status;
    manifest.error = file.error;
    manifest.trained_by = Some(TrainedBy {
        program: clean(&file.trained_by.program),
        settings: clean(&file.trained_by.settings),
    });
    manifest.created_unix_secs = file.created_unix_secs;
    manifest.images_per_epoch = images;
    manifest.batches_per_epoch = batches;
    manifest.step = (epochs.len() * batches) as u64;
    manifest.epochs = epochs;
    manifest.seconds = manifest.epoch_seconds();
    Ok(manifest)
}

/// What of it the rest of the program relies on.
fn check(config: &Config, images: usize) -> Result<(), String> {
    config.network.plan().map_err(|error| error.to_string())?;
    for (name, value, most) in [
        ("epochs", config.epochs, MAX_EPOCHS),
        ("batch_size", config.batch_size, MAX_IMAGES),
        ("images_per_epoch", images, MAX_IMAGES),
    ] {
        if !(1..=most).contains(&value) {
            return Err(format!("`{name}` is {value}, not from 1 to {most}"));
        }
    }
    Ok(())
}

impl Data {
    /// Of the computer nothing is known. Classes without names have numbers, unless the pictures are known to be Fashion-MNIST.
    fn environment(self, pictures: PictureSize, outputs: usize) -> Environment {
        let sha256 = self.sha256.unwrap_or_default();
        let numbers = || (0..outputs).map(|class| class.to_string()).collect();
        let is_named = self.classes.is_some() || sha256 == FASHION_MNIST_SHA256;
        Environment {
            version: String::new(),
            system: String::new(),
            processor: None,
            simd: String::new(),
            processors: 0,
            data: DataIdentity {
                source: SOURCE.into(),
                folder: self.folder,
                train: self.train,
                test: self.test,
                sha256,
                pictures,
                classes: if is_named {
                    self.classes
                } else {
                    Some(numbers())
                },
            },
        }
    }
}

impl Epoch {
    fn metrics(self, images: usize) -> EpochMetrics {
        let speed = images as f64 / self.seconds;
        EpochMetrics {
            epoch: self.number,
            images,
            seconds: self.seconds,
            images_per_second: if speed.is_finite() { speed } else { 0.0 },
            train_loss: self.train_loss.unwrap_or(f64::INFINITY),
            train_accuracy: self.train_accuracy,
            test_loss: self.test_loss,
            test_accuracy: self.test_accuracy,
            validation_loss: self.validation_loss,
            validation_accuracy: self.validation_accuracy,
            seconds_evaluate: 0.0,
        }
    }
}
