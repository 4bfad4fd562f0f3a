//! `convlens train`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use signal_hook::low_level::signal_name;

use super::options::{Options, SETTINGS};
use super::source::{self, Data, DataArgument};
use crate::signals;
use convlens_core::dataset::Dataset;
use convlens_core::memory;
use convlens_core::network::weights;
use convlens_core::paths;
use convlens_core::training::runs::{
    NewRun, Recording, RunId, RunRecorder, RunStatus, RunSummary, Store,
};
use convlens_core::training::{
    BatchPoint, EpochMetrics, Observer, Rest, RunConfig, Session, StartsFrom, train_until,
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    options: Options,
    /// Go on with a recorded run, by number or name; --epochs is how many more than planned. A learning rate, schedule, momentum,
    /// decay or L2 given with it holds from there on
    #[arg(long = "continue", value_name = "RUN", conflicts_with_all = SETTINGS)]
    continued: Option<String>,
    /// Begin with the weights in a file of any kind that convlens opens, in place of random ones; its network is the run's
    #[arg(long, value_name = "FILE", conflicts_with_all = ["continued", "network", "normalize"])]
    from: Option<PathBuf>,
    /// Keep the run: settings, curves, checkpoints
    #[arg(long, conflicts_with = "continued")]
    record: bool,
    /// Keep the run under a name
    #[arg(long, conflicts_with = "continued")]
    name: Option<String>,
    /// Where to write the trained weights
    #[arg(long, value_name = "FILE.safetensors")]
    out: Option<PathBuf>,
    /// One JSON object an epoch on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    metrics: &'a EpochMetrics,
    data: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_memory_bytes: Option<u64>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    // Before hours of training end at a file that cannot be written.
    if let Some(path) = &arguments.out {
        source::writable(path)?;
    }
    let job = match &arguments.continued {
        Some(run) => continue_run(run, &arguments.options)?,
        None => new_run(arguments)?,
    };
    let mut printed = Printed::new(source::name(&job.dataset), arguments.json);
    source::heed_signals(|| ())?;
    job.train(&mut printed, arguments.out.as_deref())
}

fn new_run(arguments: &Arguments) -> Result<Job> {
    let options = &arguments.options;
    // Before the data set is read.
    let mut config = options.config()?;
    let mut from = StartsFrom::Random;
    let dataset = match &arguments.from {
        None => {
            let dataset = options.data.dataset()?;
            config.network = options.network_for(&config.network, &dataset);
            dataset
        }
        Some(file) => {
            let (model, dataset) = options.data.model_to_train(file)?;
            config.network = model.spec().clone();
            from = StartsFrom::Weights(model);
            dataset
        }
    };
    let dataset = Arc::new(dataset);
    let began_from = arguments.from.as_deref().map(name_of);
    let recording = (arguments.record || arguments.name.is_some()).then(|| {
        options.runs.store().recorder(NewRun {
            name: arguments.name.clone(),
            experiment: None,
            began_from,
        })
    });
    Ok(Job {
        config,
        dataset,
        from,
        recording,
    })
}

/// A file's name without its folder.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn continue_run(run: &str, options: &Options) -> Result<Job> {
    let store = options.runs.store();
    let id = store.find(run)?;
    let summary = store.summary(id)?;
    let more = options.epochs.unwrap_or(0);
    // One that was killed just before it was marked so is finished by going on.
    if more == 0 && summary.status == RunStatus::Finished {
        let (trained, planned) = (summary.epochs.len(), summary.config.epochs);
        if trained < planned {
            bail!(
                "patience ended run {id} after {trained} of {planned} epochs; say with --epochs how many more"
            );
        }
        bail!("run {id} has trained all of its {planned} epochs; say with --epochs how many more");
    }
    if summary.config.epochs + more > RunConfig::MAX_EPOCHS {
        bail!(
            "run {id} would have {} epochs; a run may have {}",
            summary.config.epochs + more,
            RunConfig::MAX_EPOCHS
        );
    }
    let dataset = Arc::new(trained_on(&summary, &options.data)?);
    let mut continuation = store.continue_run(id, &dataset, more)?;
    let step = continuation.from.state().map_or(0, |state| state.step);
    if let Some(change) = options.change(&continuation.config.in_force(step), step)? {
        continuation.config.change(change)?;
    }
    Ok(Job {
        config: continuation.config,
        dataset,
        from: continuation.from,
        recording: Some((continuation.recorder, continuation.recording)),
    })
}

/// The data set that a run was trained on, unless another place is named.
pub fn trained_on(run: &RunSummary, wish: &DataArgument) -> Result<Dataset> {
    let data = &run.environment.data;
    let size = wish.picture_size.or(Some(data.pictures));
    // As many as were drawn then; a file cannot ask for more than there may be.
    let (train, test) = source::SYNTHETIC;
    let drawn = (data.train.min(train), data.test.min(test));
    let kept = match (&wish.data, &data.folder) {
        (None, Some(folder)) => Some(Data::Folder(paths::from_text(folder))),
        (None, None) => Some(Data::Synthetic),
        (Some(wish), _) => Some(wish.clone()),
    };
    let drawn = if data.folder.is_none() {
        drawn
    } else {
        source::SYNTHETIC
    };
    source::dataset_of(kept.as_ref(), size, drawn)
}

/// A run about to be trained.
pub struct Job {
    pub config: RunConfig,
    pub dataset: Arc<Dataset>,
    pub from: StartsFrom,
    pub recording: Option<(RunRecorder, Arc<Recording>)>,
}

impl Job {
    /// Trains it to its end, or until a signal asks for that, and keeps what can be kept. A run that cannot be recorded
    /// is not begun; what fails later is said at the end.
    pub fn train(self, observer: &mut impl Observer, out: Option<&Path>) -> Result<()> {
        let mut session = Session::begin(self.config, self.dataset, self.from)?;
        let (recorder, recording) = self.recording.unzip();
        let mut recorder: Option<RunRecorder> = recorder;
        if let Some(recorder) = &mut recorder {
            recorder.begin(&session)?;
        }
        let trained = train_until(
            &mut session,
            &mut (observer, &mut recorder),
            signals::stop_requested,
        );
        // First what was asked for: the disk with the runs may be full, or gone.
        let written = match (&trained, out) {
            (Ok(_), Some(path)) => save(&session, path).map(|()| Some(path)),
            _ => Ok(None),
        };
        // Waits until all is on disk.
        drop(recorder);
        let rest = trained?;

        let (unkept, run) = match recording {
            Some(recording) => (recording.take_fault(), recording.id()),
            None => (None, None),
        };
        let run = run.filter(|_| unkept.is_none());
        let unkept = unkept.map(|fault| anyhow!("the run was trained but not kept: {fault}"));
        let (written, unwritten) = match written {
            Ok(written) => (written, None),
            Err(error) => (None, Some(error)),
        };
        let faults = unkept.into_iter().chain(unwritten);
        if rest == Rest::Stopped {
            faults.for_each(|fault| super::remark(&super::in_words(&fault)));
            bail!(stopped(&session, run, written));
        }
        if let Some(run) = run {
            super::remark(&format!("kept as run {run}"));
        }
        // Each on a line of its own, the last one by whoever ends the program.
        let mut last = None;
        for fault in faults {
            if let Some(earlier) = last.replace(fault) {
                super::remark(&super::in_words(&earlier));
            }
        }
        last.map_or(Ok(()), Err)
    }
}

fn save(session: &Session, path: &Path) -> Result<()> {
    Ok(weights::save(&session.snapshot()?, path)?)
}

/// What ended a command before its end.
pub fn stopped_by() -> String {
    let signal = signals::received().and_then(|signal| signal_name(signal.into()));
    format!("stopped by {}", signal.unwrap_or("a signal"))
}

/// How far a run came that a signal ended, and where what it has learnt is.
fn stopped(session: &Session, run: Option<RunId>, weights: Option<&Path>) -> String {
    let (epoch, epochs) = (session.epoch(), session.config().epochs);
    let kept = match run {
        Some(run) => format!("; kept as run {run}, `convlens train --continue {run}` goes on"),
        None if weights.is_none() => "; nothing of it is kept".to_owned(),
        None => String::new(),
    };
    let weights = weights.map(|path| format!("; its weights so far are in {}", path.display()));
    let weights = weights.unwrap_or_default();
    format!(
        "{} in epoch {epoch} of {epochs}{kept}{weights}",
        stopped_by()
    )
}

/// A run of an open folder, as a JSON object says it.
#[derive(Serialize)]
pub struct RunLine<'a> {
    #[serde(flatten)]
    pub summary: &'a RunSummary,
    /// Where its files are.
    #[serde(with = "paths")]
    folder: PathBuf,
    /// On the test set after the last complete epoch.
    test_accuracy: Option<f64>,
}

impl<'a> RunLine<'a> {
    pub fn new(summary: &'a RunSummary, store: &Store) -> Self {
        Self {
            folder: store.folder(summary.id),
            test_accuracy: summary.test_accuracy(),
            summary,
        }
    }
}

/// A bar on stderr, invisible where that is no terminal, and a line an epoch on stdout.
struct Printed {
    bar: ProgressBar,
    data: &'static str,
    json: bool,
}

impl Printed {
    fn new(data: &'static str, json: bool) -> Self {
        Self {
            bar: progress_bar(),
            data,
            json,
        }
    }
}

impl Observer for Printed {
    fn started(&mut self, session: &Session) {
        self.bar.set_length(session.batches_per_epoch() as u64);
        self.bar.set_position(session.batch() as u64);
        let (epoch, epochs) = (session.epoch(), session.config().epochs);
        self.bar.set_prefix(format!("{epoch}/{epochs}"));
    }

    fn batch_trained(&mut self, session: &Session, point: BatchPoint) {
        self.bar.set_position(session.batch() as u64);
        self.bar.set_message(format!("loss {:.3}", point.loss));
    }

    fn epoch_ended(&mut self, session: &Session, metrics: &EpochMetrics) {
        self.bar
            .suspend(|| print_epoch(metrics, self.data, self.json));
        self.bar.reset();
        self.started(session);
    }

    fn rested(&mut self, _: &Session, _: convlens_core::training::Rest) {
        self.bar.finish_and_clear();
    }
}

fn print_epoch(metrics: &EpochMetrics, data: &str, json: bool) {
    if !json {
        println!("{}", epoch_line(metrics));
        return;
    }
    let line = super::json(&Line {
        metrics,
        data,
        peak_memory_bytes: memory::peak_bytes(),
    });
    match line {
        Ok(line) => println!("{line}"),
        Err(error) => super::remark(&error.to_string()),
    }
}

/// What an epoch came to.
fn epoch_line(m: &EpochMetrics) -> String {
    let measured = |name: &str, loss: Option<f64>, accuracy: Option<f64>| {
        loss.zip(accuracy)
            .map_or_else(String::new, |(loss, accuracy)| {
                format!(", {name} loss {loss:.4} accuracy {accuracy:.4}")
            })
    };
    format!(
        "epoch {}: {:.1} s, {:.0} images/s, train loss {:.4} accuracy {:.4}{}{}",
        m.epoch,
        m.seconds,
        m.images_per_second,
        m.train_loss,
        m.train_accuracy,
        measured("validation", m.validation_loss, m.validation_accuracy),
        measured("test", m.test_loss, m.test_accuracy)
    )
}

fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template(
        "epoch {prefix} [{bar:40}] {pos}/{len} {per_sec} {eta} left, {msg}",
    );
    let bar = ProgressBar::new(0);
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
