//! Starting, holding and ending the run under way.

use crate::app::model::notices::Notice;
use crate::app::model::run::{Run, RunStatus};
use crate::app::model::state::State;
use crate::app::model::weights_of::WeightsOf;
use crate::app::threads::Threads;
use convlens_core::dataset::Dataset;
use convlens_core::explore::Ablation;
use convlens_core::training::runs::{DataIdentity, NewRun, Recording, RunRecord, RunRecorder};
use convlens_core::training::{Command, RunConfig, Start, StartsFrom, Trainer};
use std::sync::Arc;

/// Starts a run with the settings on screen, in place of one under way; `first` is what it is told
/// before its first batch.
pub fn train(state: &mut State, threads: &mut Threads, first: Option<Command>) {
    if state.why_not_train().is_none() {
        let config = state.preferences.config.clone();
        let new = NewRun::default();
        start_from(state, threads, config, new, StartsFrom::Random, first);
    }
}

/// Has the run under way go on with the learning rate and the optimizer on screen, from its next batch on.
pub fn change(state: &State, threads: &Threads) {
    if let Some(change) = state.change_of_run() {
        let command = Command::Change {
            learning_rate: change.learning_rate,
            optimization: change.optimization,
        };
        tell(state, threads, command);
    }
}

/// Trains one batch or epoch of the run under way, or of a new one, and holds.
pub fn step(state: &mut State, threads: &mut Threads, command: Command) {
    if state.live_run().is_none() {
        train(state, threads, Some(command));
    } else {
        tell(state, threads, command);
    }
}

/// Tells the run under way, or one that waits for more epochs.
pub fn tell(state: &State, threads: &Threads, command: Command) {
    if let (Some(run), Some(trainer)) = (&state.run, &threads.trainer)
        && (run.is_live() || run.status == RunStatus::Finished)
    {
        trainer.send(command);
    }
}

/// Ends the run under way after its batch, and lets those that wait be.
pub fn stop(state: &mut State, threads: &Threads) {
    state.runs.queue.clear();
    if let (Some(run), Some(trainer)) = (&mut state.run, &threads.trainer)
        && run.is_live()
    {
        run.stop();
        trainer.stop();
    }
}

/// Starts a run from random weights and looks at it; one under way ends first.
pub fn start(state: &mut State, threads: &mut Threads, config: RunConfig, new: NewRun) {
    start_from(state, threads, config, new, StartsFrom::Random, None);
}

/// The same from other weights as well; `first` is what it is told before its first batch.
pub fn start_from(
    state: &mut State,
    threads: &mut Threads,
    config: RunConfig,
    new: NewRun,
    from: StartsFrom,
    first: Option<Command>,
) {
    let (Some(dataset), Some(data)) = (state.dataset.clone(), state.data.clone()) else {
        return;
    };
    let beginning = Beginning {
        config: state.fitting(config),
        dataset,
        data,
        began_from: new.began_from.clone(),
        recorder: Some(threads.runs.store().recorder(new)),
        from,
        earlier: None,
    };
    begin(state, threads, beginning, first);
}

/// Starts a run in place of the one there is.
pub fn begin(
    state: &mut State,
    threads: &mut Threads,
    beginning: Beginning,
    first: Option<Command>,
) {
    // After retraining a filter's number means something else.
    state.test_set.ablation = Ablation::default();
    let Beginning {
        config,
        dataset,
        data,
        recorder,
        began_from,
        from,
        earlier,
    } = beginning;
    let (recorder, recording) = recorder.unzip();
    let earlier = from.state().zip(earlier.as_deref());
    let mut run = Run::new(config.clone(), data, recording, earlier);
    run.began_from = began_from;
    let start = Start {
        config,
        dataset,
        from,
        observer: Box::new(recorder),
        after: threads.trainer.take(),
    };
    state.run = None;
    match Trainer::launch_with(start, first, threads.wake.clone()) {
        Ok(trainer) => {
            threads.trainer = Some(trainer);
            state.run = Some(run);
            state.runs.weights_of = WeightsOf::Live;
            state.runs.frozen = None;
        }
        Err(error) => {
            let message = state.text().no_thread(&error);
            state.notices.push(Notice::error(message));
        }
    }
}

/// What a run is started from.
pub struct Beginning {
    pub config: RunConfig,
    pub dataset: Arc<Dataset>,
    /// By which that is told from others.
    pub data: Arc<DataIdentity>,
    /// Keeps it on disk.
    pub recorder: Option<(RunRecorder, Arc<Recording>)>,
    /// What the weights are called that it begins, or once began, with; none for random ones.
    pub began_from: Option<String>,
    pub from: StartsFrom,
    /// What came before, of a run that goes on.
    pub earlier: Option<Arc<RunRecord>>,
}
