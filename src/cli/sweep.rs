//! `convlens sweep`

use std::sync::Arc;

use anyhow::{Result, anyhow, bail};

use super::compare;
use super::options::{Options, normalized};
use super::source;
use super::train::{Job, RunLine, stopped_by};
use crate::signals;
use convlens_core::training::runs::{NewRun, RunSummary};
use convlens_core::training::{StartsFrom, Sweep};

/// Most runs of one sweep.
const MAX_RUNS: usize = 1000;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Filters of every convolution, one run each
    #[arg(long, value_delimiter = ',')]
    filters: Vec<usize>,
    /// Images a weight update, one run each
    #[arg(long, value_delimiter = ',')]
    batches: Vec<usize>,
    /// Step sizes of the optimizer, one run each
    #[arg(long, value_delimiter = ',')]
    learning_rates: Vec<f64>,
    /// Seeds, one run each
    #[arg(long, value_delimiter = ',')]
    seeds: Vec<u64>,
    #[command(flatten)]
    options: Options,
    /// What the runs belong to
    #[arg(long, value_name = "NAME", default_value = "sweep")]
    experiment: String,
    /// One JSON object a run on stdout, as `convlens runs --json` has it
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let sweep = Sweep {
        filters: arguments.filters.clone(),
        batch_sizes: arguments.batches.clone(),
        learning_rates: arguments.learning_rates.clone(),
        seeds: arguments.seeds.clone(),
    };
    let configs = sweep.configs(&arguments.options.config()?);
    if configs.len() > MAX_RUNS {
        bail!(
            "{} runs are too many for one sweep; choose at most {MAX_RUNS}",
            configs.len()
        );
    }
    // All of them before the first is trained.
    for config in &configs {
        config.validate()?;
    }
    let dataset = Arc::new(arguments.options.data.dataset()?);
    let normalization = arguments.options.normalization(&dataset);
    let store = arguments.options.runs.store();
    source::heed_signals(|| ())?;
    let mut runs: Vec<RunSummary> = Vec::new();
    let mut ended = Ok(());
    for mut config in configs {
        if signals::stop_requested() {
            ended = Err(anyhow!("{} after {} runs", stopped_by(), runs.len()));
            break;
        }
        config.network = normalized(config.network.for_data(&dataset), normalization.clone());
        let recorder = store.recorder(NewRun {
            name: None,
            experiment: Some(arguments.experiment.clone()),
            ..NewRun::default()
        });
        let recording = recorder.1.clone();
        let job = Job {
            config,
            dataset: dataset.clone(),
            from: StartsFrom::Random,
            recording: Some(recorder),
        };
        ended = job.train(&mut (), None);
        if ended.is_err() {
            break;
        }
        let Some(id) = recording.id() else {
            bail!("the run was not kept");
        };
        let summary = store.summary(id)?;
        if arguments.json {
            let line = RunLine::new(&summary, &store);
            println!("{}", super::json(&line)?);
        }
        runs.push(summary);
    }
    // Those before one that failed or was stopped, too.
    if !arguments.json && !runs.is_empty() {
        let comparison = compare::with_baseline(&store, &runs);
        print!("{}", compare::table(&comparison));
    }
    ended
}
