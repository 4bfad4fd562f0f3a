//! The training loop, one batch at a time, on the thread that calls it.

use std::sync::Arc;
use std::time::Instant;

use candle_core::Tensor;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::ThreadPool;

use super::config::{ConfigError, RunConfig};
use super::evaluate::evaluate;
use super::metrics::{BatchPoint, EpochMetrics};
use super::priority;
use crate::dataset::Dataset;
use crate::network::ops::{Adam, AdamConfig, Gradients, backward, softmax_cross_entropy};
use crate::network::{Model, pictures_to_tensor};

/// Why training stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// The settings make no run.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is nothing to train on.
    #[error("the data set holds no training pictures; choose another")]
    NoPictures,
    /// The loss is no longer a number.
    #[error(
        "the loss became {loss} in epoch {epoch}, batch {batch}: training diverged; lower the learning rate ({learning_rate}) and train again"
    )]
    Diverged {
        /// Epoch, from 1.
        epoch: usize,
        /// Batch within the epoch, from 1.
        batch: usize,
        /// The loss.
        loss: f32,
        /// The learning rate in use.
        learning_rate: f64,
    },
    /// Threads could not be started.
    #[error("the training threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The tensor library refused.
    #[error("the network could not be computed: {0}")]
    Tensor(#[from] candle_core::Error),
    /// The training thread panicked: a fault of this program.
    #[error("the training thread failed: {0}; this is a fault in convlens, please report it")]
    Panicked(String),
}

/// A run under way.
pub struct Session {
    config: RunConfig,
    dataset: Arc<Dataset>,
    pool: ThreadPool,
    /// Shares its weights with the optimizer's variables.
    model: Model,
    adam: Adam,
    /// This epoch's order of the training pictures.
    order: Vec<u32>,
    epoch: usize,
    /// Batches of this epoch already trained.
    batch: usize,
    step: u64,
    sums: EpochSums,
}

/// What an epoch adds up as it goes.
#[derive(Clone, Copy, Default)]
struct EpochSums {
    images: usize,
    loss: f64,
    hits: usize,
    seconds: f64,
}

impl Session {
    /// Random weights, the first epoch's order drawn, nothing trained yet.
    ///
    /// # Errors
    /// Settings that make no run; an empty training set.
    pub fn new(config: RunConfig, dataset: Arc<Dataset>) -> Result<Self, TrainingError> {
        config.validate()?;
        let available = dataset.train.len();
        let images = config.images.unwrap_or(available).min(available);
        if images == 0 {
            return Err(TrainingError::NoPictures);
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(config.threads)
            .thread_name(|index| format!("convlens-train-{index}"))
            .build()?;
        let (model, variables) = Model::random(&config.network, config.seed)
            .map_err(ConfigError::from)?
            .trainable()?;
        let adam = Adam::new(
            variables,
            AdamConfig {
                learning_rate: config.learning_rate,
                ..AdamConfig::default()
            },
        );
        let order = shuffled(images, config.seed, 1);
        Ok(Self {
            config,
            dataset,
            pool,
            model,
            adam,
            order,
            epoch: 1,
            batch: 0,
            step: 0,
            sums: EpochSums::default(),
        })
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// The epoch under way, from 1.
    #[must_use]
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// Batches of this epoch already trained.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Batches an epoch, the last one perhaps smaller.
    #[must_use]
    pub fn batches_per_epoch(&self) -> usize {
        self.order.len().div_ceil(self.config.batch_size)
    }

    /// Batches trained in all.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Trains at low priority from now on, so that a window on the same processors stays quick.
    pub fn give_way(&self) {
        self.pool.broadcast(|_| priority::lower());
    }

    /// A copy of the weights as they are now.
    ///
    /// # Errors
    /// Only those of candle's copy.
    pub fn snapshot(&self) -> Result<Model, TrainingError> {
        Ok(self.model.snapshot()?)
    }

    /// Trains one batch: forward, loss, gradients, one step of Adam.
    ///
    /// # Errors
    /// [`TrainingError::Diverged`], and those of the operators.
    pub fn train_batch(&mut self) -> Result<BatchPoint, TrainingError> {
        let started = Instant::now();
        let size = self.config.batch_size;
        let start = self.batch * size;
        let rows = &self.order[start..(start + size).min(self.order.len())];
        let (loss, hits, gradients) = self.gradients(rows)?;
        if !loss.is_finite() {
            return Err(TrainingError::Diverged {
                epoch: self.epoch,
                batch: self.batch + 1,
                loss,
                learning_rate: self.config.learning_rate,
            });
        }
        let adam = &mut self.adam;
        self.pool.install(|| adam.step(&gradients))?;

        let images = rows.len();
        self.batch += 1;
        self.step += 1;
        self.sums.images += images;
        self.sums.loss += f64::from(loss) * images as f64;
        self.sums.hits += hits;
        self.sums.seconds += started.elapsed().as_secs_f64();
        Ok(BatchPoint {
            step: self.step,
            loss,
            accuracy: hits as f32 / images as f32,
        })
    }

    /// Whether every batch of this epoch is trained.
    #[must_use]
    pub fn epoch_is_complete(&self) -> bool {
        self.batch == self.batches_per_epoch()
    }

    /// Closes the epoch: measures the test set and draws the next epoch's order.
    ///
    /// # Errors
    /// Those of the operators.
    pub fn end_epoch(&mut self) -> Result<EpochMetrics, TrainingError> {
        let started = Instant::now();
        let model = self.model.snapshot()?; // weights without gradients: nothing is recorded
        let test = evaluate(&model, &self.dataset.test, &self.pool)?;
        let sums = std::mem::take(&mut self.sums);
        let metrics = EpochMetrics {
            epoch: self.epoch,
            images: sums.images,
            seconds: sums.seconds,
            images_per_second: sums.images as f64 / sums.seconds.max(1e-9),
            train_loss: sums.loss / sums.images.max(1) as f64,
            train_accuracy: sums.hits as f64 / sums.images.max(1) as f64,
            test_loss: test.loss,
            test_accuracy: test.accuracy,
            seconds_evaluate: started.elapsed().as_secs_f64(),
        };
        self.epoch += 1;
        self.batch = 0;
        self.order = shuffled(self.order.len(), self.config.seed, self.epoch);
        Ok(metrics)
    }

    /// Loss, hits and gradients of one batch. Each thread builds and differentiates the graph of
    /// its own share; the optimizer adds the shares up, always in the same order.
    fn gradients(&self, rows: &[u32]) -> Result<(f32, usize, Vec<Gradients>), TrainingError> {
        let share = rows.len().div_ceil(self.config.threads);
        let mut results: Vec<Option<candle_core::Result<_>>> = Vec::new();
        results.resize_with(rows.len().div_ceil(share), || None);
        self.pool.scope(|scope| {
            for (result, share) in results.iter_mut().zip(rows.chunks(share)) {
                scope.spawn(move |_| *result = Some(self.share_gradients(share, rows.len())));
            }
        });
        let mut total_loss = 0.0;
        let mut total_hits = 0;
        let mut gradients = Vec::with_capacity(results.len());
        for result in results.into_iter().flatten() {
            let (loss, hits, store) = result?;
            total_loss += loss;
            total_hits += hits;
            gradients.push(store);
        }
        Ok((total_loss, total_hits, gradients))
    }

    /// The part of the batch's loss that comes from `rows`, and its gradients.
    fn share_gradients(
        &self,
        rows: &[u32],
        batch_size: usize,
    ) -> candle_core::Result<(f32, usize, Gradients)> {
        let train = &self.dataset.train;
        let x: Tensor = pictures_to_tensor(rows.iter().map(|&row| train.image(row as usize)))?;
        let labels: Vec<u8> = rows.iter().map(|&row| train.label(row as usize)).collect();
        let logits = self.model.logits(&x)?; // (rows, classes)
        let (loss, hits) = softmax_cross_entropy(&logits, &labels, batch_size)?;
        let gradients = backward(&loss)?;
        Ok((loss.to_scalar::<f32>()?, hits, gradients))
    }
}

/// The order of the pictures in one epoch. It depends on seed and epoch alone, so that a run can
/// be taken up again at any epoch.
fn shuffled(images: usize, seed: u64, epoch: usize) -> Vec<u32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(epoch as u64); // stream 0 draws the initial weights
    let mut order: Vec<u32> = (0..images as u32).collect();
    order.shuffle(&mut rng);
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset;

    #[test]
    fn a_loss_that_is_no_number_ends_the_run_with_advice() {
        let config = RunConfig {
            threads: 1,
            ..RunConfig::default()
        };
        let dataset = Arc::new(dataset::synthetic(64, 10));
        let mut session = Session::new(config, dataset).unwrap();
        session.train_batch().unwrap();
        let broken = |tensor: Tensor| tensor.affine(f64::NAN, 0.0);
        session.model = session.model.map_tensors(|t| broken(t.clone())).unwrap();
        let error = session.train_batch().unwrap_err();
        assert!(
            matches!(
                error,
                TrainingError::Diverged {
                    epoch: 1,
                    batch: 2,
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.to_string().contains("lower the learning rate"));
    }
}
