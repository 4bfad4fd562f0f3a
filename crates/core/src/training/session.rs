//! The training loop, one batch at a time, on the thread that calls it.

use std::sync::Arc;
use std::time::Instant;

use super::augmentation::Augmented;
use super::change::SettingsChange;
use super::config::{ConfigError, RunConfig};
use super::error::TrainingError;
use super::evaluate::evaluate_unless;
use super::metrics::{BatchPoint, EpochMetrics};
use super::optimization::Optimization;
use super::priority;
use super::split::Split;
use super::state::{BestEpoch, BetweenBatches, EpochSums, Position, StartsFrom, TrainingState};
use crate::dataset::Dataset;
use crate::network::{Model, compilable};
use convlens_kernels::{
    AdamState, Batch, Evaluator, Optimizer, OptimizerConfig, Profile, Step, Team, Trained, Training,
};

/// A run under way.
pub struct Session {
    config: RunConfig,
    dataset: Arc<Dataset>,
    team: Team,
    /// Shares its weights with the optimizer's variables.
    model: Model,
    /// The network compiled, to train and to measure.
    compiled: (Step, Evaluator),
    optimizer: Optimizer,
    split: Split,
    /// This epoch's order of the training pictures.
    order: Vec<u32>,
    epoch: usize,
    /// Batches of this epoch already trained.
    batch: usize,
    step: u64,
    sums: EpochSums,
    best: Option<BestEpoch>,
    /// The batch under way, where pictures are changed.
    augmented: Augmented,
}

impl Session {
    /// Random weights, the first epoch's order drawn, nothing trained yet.
    ///
    /// # Errors
    /// Settings that make no run; an empty training set.
    pub fn new(config: RunConfig, dataset: Arc<Dataset>) -> Result<Self, TrainingError> {
        config.validate()?;
        let model = Model::random(&config.network, config.seed).map_err(ConfigError::from)?;
        Self::build(config, dataset, &model, &Position::default(), None)
    }

    /// A run from wherever it is to begin.
    ///
    /// # Errors
    /// Those of [`new`](Self::new) and [`resume`](Self::resume); weights of another network.
    pub fn begin(
        config: RunConfig,
        dataset: Arc<Dataset>,
        from: StartsFrom,
    ) -> Result<Self, TrainingError> {
        let model = match from {
            StartsFrom::Random => return Self::new(config, dataset),
            StartsFrom::State(state) => return Self::resume(config, dataset, *state),
            StartsFrom::Weights(model) => model,
        };
        config.validate()?;
        if *model.spec() != config.network {
            return Err(TrainingError::Weights);
        }
        let (network, data) = (config.network.classes, dataset.classes.count());
        if network != data {
            return Err(TrainingError::Classes { network, data });
        }
        Self::build(config, dataset, &model, &Position::default(), None)
    }

    /// A run taken up where [`state`](Self::state) was taken: every batch from there on gives the
    /// same bits as in a run that never stopped, given the same settings (epochs aside), data set
    /// and vector unit. The number of threads may differ.
    ///
    /// # Errors
    /// Settings that make no run; a state that does not belong to them.
    pub fn resume(
        config: RunConfig,
        dataset: Arc<Dataset>,
        state: TrainingState,
    ) -> Result<Self, TrainingError> {
        config.validate()?;
        if *state.model.spec() != config.network {
            return Err(TrainingError::State("is of another network"));
        }
        Self::build(
            config,
            dataset,
            &state.model,
            &state.position(),
            Some(state.optimizer),
        )
    }

    fn build(
        config: RunConfig,
        dataset: Arc<Dataset>,
        model: &Model,
        position: &Position,
        optimizer: Option<AdamState>,
    ) -> Result<Self, TrainingError> {
        if !config.network.takes(&dataset) {
            return Err(TrainingError::Pictures {
                network: config.network.input,
                data: dataset.size(),
            });
        }
        let split = Split::new(&config, &dataset.train)?;
        if !position.is_reached_by(split.train.len(), config.batch_size) {
            return Err(TrainingError::State(
                "stands at a batch that these settings do not lead to",
            ));
        }
        // More threads than processors would only wait for each other, and change no bit.
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let team = Team::new(config.threads.min(processors), "convlens-train")?;
        let network = compilable(model);
        let most = config.batch_size.min(split.train.len());
        let training = Training {
            seed: config.seed,
            label_smoothing: config.optimization.label_smoothing.get(),
        };
        let compiled = (
            Step::new(&network, most, training)?,
            Evaluator::new(&network)?,
        );
        let (model, variables) = model.trainable()?;
        let rule = config.optimization.config(config.learning_rate);
        let optimizer = match optimizer {
            None => Optimizer::new(variables, rule),
            Some(state) => Optimizer::resume(variables, rule, state)
                .map_err(|_| TrainingError::State("holds an optimizer of another network"))?,
        };
        let order = split.order(config.seed, position.epoch);
        Ok(Self {
            config,
            dataset,
            team,
            model,
            compiled,
            optimizer,
            split,
            order,
            epoch: position.epoch,
            batch: position.batch,
            step: position.step,
            sums: position.sums,
            best: position.best,
            augmented: Augmented::default(),
        })
    }

    /// What [`resume`](Self::resume) needs: a copy, about three times the size of the weights.
    ///
    /// # Errors
    /// Only those of candle's copy.
    pub fn state(&self) -> Result<TrainingState, TrainingError> {
        Ok(TrainingState {
            model: self.snapshot()?,
            optimizer: self.optimizer.state().clone(),
            epoch: self.epoch,
            batch: self.batch,
            step: self.step,
            sums: self.sums,
            best: self.best,
        })
    }

    /// Plans another number of epochs in all, which is kept in the settings; what is trained stays.
    pub fn plan_epochs(&mut self, epochs: usize) {
        self.config.epochs = epochs.clamp(1, RunConfig::MAX_EPOCHS);
    }

    /// Plans more epochs; behind those that are trained if patience has ended the run, which begins to count anew.
    pub fn add_epochs(&mut self, more: usize) {
        let trained = self.is_finished().then_some(self.epoch - 1);
        if trained.is_some() {
            self.best = None;
        }
        self.config.add_epochs(trained, more);
    }

    /// Trains with another learning rate, schedule, decay or momentum from the next batch on, which is kept in the settings; whether
    /// anything is another for it.
    ///
    /// # Errors
    /// No run can have them, or this one cannot change to them. Nothing is changed then.
    pub fn change(
        &mut self,
        learning_rate: f64,
        optimization: Optimization,
    ) -> Result<bool, ConfigError> {
        self.config.change(SettingsChange {
            step: self.step,
            learning_rate,
            optimization,
        })
    }

    /// Whether every planned epoch is trained, or patience has ended the run.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        let is_over = |(patience, best): (usize, BestEpoch)| self.epoch > best.epoch + patience;
        self.epoch > self.config.epochs || self.config.patience.zip(self.best).is_some_and(is_over)
    }

    /// The data set.
    #[must_use]
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// Pictures one epoch trains on: those asked for, less those held out.
    #[must_use]
    pub fn images_per_epoch(&self) -> usize {
        self.order.len()
    }

    /// What the epoch under way has added up so far.
    #[must_use]
    pub fn sums(&self) -> EpochSums {
        self.sums
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

    /// What the next batch will be trained with: a copy, twice the size of the weights.
    #[must_use]
    pub fn between_batches(&self) -> BetweenBatches {
        BetweenBatches {
            optimizer: self.next_optimizer(),
            state: self.optimizer.state().clone(),
            rows: self.next_rows().to_vec(),
            label_smoothing: self.config.optimization.label_smoothing.get(),
            augments: !self.config.augmentation.is_none(),
        }
    }

    fn next_optimizer(&self) -> OptimizerConfig {
        let now = self.config.in_force(self.step);
        let schedule = now.optimization.schedule;
        let factor = schedule.factor(self.step, self.batches_per_epoch(), self.config.epochs);
        now.optimization.config(now.learning_rate * factor)
    }

    /// The pictures of the next batch; none behind the last of an epoch.
    fn next_rows(&self) -> &[u32] {
        let size = self.config.batch_size;
        let start = (self.batch * size).min(self.order.len());
        &self.order[start..(start + size).min(self.order.len())]
    }

    /// Trains at low priority from now on, so that a window on the same processors stays quick.
    pub fn give_way(&mut self) {
        self.team
            .run(1, &|_, _| priority::lower(priority::TRAINING));
    }

    /// A copy of the weights as they are now.
    ///
    /// # Errors
    /// Only those of candle's copy.
    pub fn snapshot(&self) -> Result<Model, TrainingError> {
        Ok(self.model.snapshot()?)
    }

    /// Trains one batch: forward, loss, gradients, one step of the optimizer.
    ///
    /// # Errors
    /// [`TrainingError::Diverged`], and those of the operators.
    pub fn train_batch(&mut self) -> Result<BatchPoint, TrainingError> {
        let started = Instant::now();
        *self.optimizer.config_mut() = self.next_optimizer();
        let size = self.config.batch_size;
        let start = self.batch * size;
        let rows = &self.order[start..(start + size).min(self.order.len())];
        let train = &self.dataset.train;
        let mut batch = Batch {
            pixels: train.pixels(),
            labels: train.labels(),
            rows,
        };
        let augmentation = &self.config.augmentation;
        if !augmentation.is_none() {
            let all = &mut self.augmented;
            let drawn = (self.config.seed, self.epoch);
            all.take(augmentation, train, rows, &mut self.team, drawn);
            batch = Batch {
                pixels: &all.pixels,
                labels: &all.labels,
                rows: &all.rows,
            };
        }
        let (step, _) = &mut self.compiled;
        let Trained { loss, hits } = step.train(&mut self.team, &mut self.optimizer, batch)?;
        if !loss.is_finite() {
            return Err(TrainingError::Diverged {
                epoch: self.epoch,
                batch: self.batch + 1,
                loss,
                learning_rate: self.config.in_force(self.step).learning_rate,
            });
        }

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

    /// Trains so many batches, of this epoch at most, and measures each kernel, its tasks cut as for so many threads. The run ends
    /// with that, as it is for benches.
    ///
    /// # Errors
    /// Those of the kernels.
    pub fn measure(mut self, threads: usize, batches: usize) -> Result<Profile, TrainingError> {
        let train = &self.dataset.train;
        let batches = self.order.chunks(self.config.batch_size).take(batches);
        let batches = batches.map(|rows| Batch {
            pixels: train.pixels(),
            labels: train.labels(),
            rows,
        });
        let (step, _) = &mut self.compiled;
        Ok(step.measure(threads, &mut self.team, &mut self.optimizer, batches)?)
    }

    /// Whether every batch of this epoch is trained.
    #[must_use]
    pub fn epoch_is_complete(&self) -> bool {
        self.batch == self.batches_per_epoch()
    }

    /// Closes the epoch: measures the test set, and the held-out pictures if any, and draws the next epoch's order.
    ///
    /// # Errors
    /// Those of the operators.
    pub fn end_epoch(&mut self) -> Result<EpochMetrics, TrainingError> {
        loop {
            if let Some(metrics) = self.end_epoch_unless(|| false)? {
                return Ok(metrics);
            }
        }
    }

    /// The same, given up within a few pictures once `is_unwanted` says so: `None` then. The session
    /// stands as before, its epoch complete and not closed, to be closed later.
    ///
    /// # Errors
    /// Those of the operators.
    pub fn end_epoch_unless(
        &mut self,
        is_unwanted: impl Fn() -> bool + Sync,
    ) -> Result<Option<EpochMetrics>, TrainingError> {
        let started = Instant::now();
        let (_, evaluator) = &mut self.compiled;
        let (model, team) = (&self.model, &mut self.team);
        let mut evaluate =
            |pictures| evaluate_unless(evaluator, model, pictures, team, &is_unwanted);
        let Some(test) = evaluate(&self.dataset.test)? else {
            return Ok(None);
        };
        let held_out = &self.split.validation;
        let mut validation = None;
        if !held_out.is_empty() {
            validation = evaluate(held_out)?;
            if validation.is_none() {
                return Ok(None);
            }
        }
        let sums = std::mem::take(&mut self.sums);
        let metrics = EpochMetrics {
            epoch: self.epoch,
            images: sums.images,
            seconds: sums.seconds,
            images_per_second: sums.images as f64 / sums.seconds.max(1e-9),
            train_loss: sums.loss / sums.images.max(1) as f64,
            train_accuracy: sums.hits as f64 / sums.images.max(1) as f64,
            test_loss: Some(test.loss),
            test_accuracy: Some(test.accuracy),
            validation_loss: validation.map(|v| v.loss),
            validation_accuracy: validation.map(|v| v.accuracy),
            seconds_evaluate: started.elapsed().as_secs_f64(),
        };
        if let Some(loss) = metrics.validation_loss
            && self.best.is_none_or(|best| loss < best.loss)
        {
            let epoch = self.epoch;
            self.best = Some(BestEpoch { epoch, loss });
        }
        self.epoch += 1;
        self.batch = 0;
        self.order = self.split.order(self.config.seed, self.epoch);
        Ok(Some(metrics))
    }
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
        let weights = &session.optimizer.variables()[0];
        weights
            .set(&weights.affine(f64::NAN, 0.0).unwrap())
            .unwrap();
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
