//! `convlens histograms`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use serde::Serialize;

use super::options::RunsFolder;
use super::source::{self, DataArgument};
use super::table::aligned;
use super::train::trained_on;
use convlens_core::dataset::{Dataset, Pictures};
use convlens_core::explore::Progress;
use convlens_core::explore::statistics::{
    Distribution, ProbeSet, QUANTILES, Statistics, probe, statistics, update_ratios,
};
use convlens_core::figures::statistics_csv;
use convlens_core::files;
use convlens_core::network::Model;
use convlens_core::training::RunConfig;
use convlens_core::training::runs::{
    Checkpoint, CheckpointCache, DataIdentity, RunId, RunRecord, Store,
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A kept run, by number or name
    run: String,
    #[command(flatten)]
    folder: RunsFolder,
    #[command(flatten)]
    data: DataArgument,
    /// Threads to use [default: all processors, at most 16]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,
    /// The quantiles as a table: a line for each moment, layer and kind of number
    #[arg(long, value_name = "FILE.csv")]
    csv: Option<PathBuf>,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    run: RunId,
    name: String,
    /// `training` or `test`.
    probe: &'static str,
    images: usize,
    quantiles: [f64; QUANTILES.len()],
    moments: Vec<Moment>,
    seconds: f64,
    data: &'static str,
}

#[derive(Serialize)]
struct Moment {
    step: u64,
    epochs: usize,
    loss: Option<f64>,
    layers: Vec<OfLayer>,
}

#[derive(Serialize)]
struct OfLayer {
    layer: String,
    #[serde(rename = "type")]
    kind: &'static str,
    units: usize,
    dead: Option<usize>,
    saturated: Option<f64>,
    update_ratio: Option<f64>,
    weights: Distribution,
    activations: Distribution,
    gradients: Option<Distribution>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    if let Some(path) = &arguments.csv {
        source::writable(path)?;
    }
    let store = arguments.folder.store();
    let id = store.find(&arguments.run)?;
    let record = store.read(id)?;
    if record.checkpoints.is_empty() {
        bail!("run {id} has no weights on disk; train it again, or choose another run");
    }
    let dataset = trained_on(&record.summary, &arguments.data)?;
    check(&record, &dataset)?;
    let is_at_hand = DataIdentity::of(&dataset).is_same(&record.summary.environment.data);
    let (set, pictures) = probe(&dataset, is_at_hand, record.summary.config.images);
    let threads = arguments.threads.map(usize::from);
    let pool = source::thread_pool(threads.unwrap_or(RunConfig::default().threads))?;
    let started = Instant::now();
    let found = moments(&store, &record, &pictures, &pool)?;
    if let Some(path) = &arguments.csv {
        let moments = found.iter().map(|found| {
            let at = [found.moment.step as usize, found.moment.epochs];
            (at, &found.statistics, &found.ratios[..])
        });
        let table = statistics_csv(moments);
        files::replace(path, |file| file.write_all(table.as_bytes()))
            .map_err(|error| source::not_written(path, &error))?;
    }
    let answer = Answer {
        run: id,
        name: record.summary.name.clone(),
        probe: match set {
            ProbeSet::Training => "training",
            ProbeSet::Test => "test",
        },
        images: pictures.len(),
        quantiles: QUANTILES,
        moments: found.into_iter().map(Found::told).collect(),
        seconds: started.elapsed().as_secs_f64(),
        data: source::name(&dataset),
    };
    if arguments.json {
        println!("{}", super::json(&answer)?);
    } else {
        print(&answer, &dataset, arguments.csv.as_deref());
    }
    Ok(())
}

/// Refuses pictures that the run's network does not take.
fn check(record: &RunRecord, dataset: &Dataset) -> Result<()> {
    let takes = record.summary.config.network.input;
    if takes != dataset.size() {
        bail!(
            "the run's network takes pictures of {takes}, those of the data set are {}; name another data set with --data",
            dataset.size()
        );
    }
    Ok(())
}

fn moments(
    store: &Store,
    record: &RunRecord,
    pictures: &Pictures,
    pool: &rayon::ThreadPool,
) -> Result<Vec<Found>> {
    let cache = CheckpointCache::default();
    let mut before: Option<(Model, u64)> = None;
    let mut moments = Vec::new();
    for &checkpoint in &record.checkpoints {
        let snapshot = store.checkpoint(record.summary.id, checkpoint, &cache)?;
        let model = &snapshot.model;
        let found = statistics(model, pictures, pool, &Progress::default())?;
        let ratios = before.as_ref().map(|(before, step)| {
            let batches = checkpoint.step.saturating_sub(*step);
            update_ratios(before, model, batches)
        });
        let kinds = found.layers.iter();
        let kinds = kinds.map(|layer| source::kind(model.layers()[layer.layer].kind));
        moments.push(Found {
            moment: checkpoint,
            kinds: kinds.collect(),
            statistics: found,
            ratios: ratios.transpose()?.unwrap_or_default(),
        });
        before = Some((model.clone(), checkpoint.step));
    }
    Ok(moments)
}

/// What was found out about a moment.
struct Found {
    moment: Checkpoint,
    /// Of each layer with weights.
    kinds: Vec<&'static str>,
    statistics: Statistics,
    ratios: Vec<Option<f64>>,
}

impl Found {
    fn told(self) -> Moment {
        let Self {
            moment,
            kinds,
            statistics,
            ratios,
        } = self;
        let layers = statistics.layers.into_iter().zip(kinds).enumerate();
        let layers = layers.map(|(place, (layer, kind))| OfLayer {
            layer: layer.name,
            kind,
            units: layer.units,
            dead: layer.dead,
            saturated: layer.saturated,
            update_ratio: ratios.get(place).copied().flatten(),
            weights: layer.weights,
            activations: layer.activations,
            gradients: layer.gradients,
        });
        Moment {
            step: moment.step,
            epochs: moment.epochs,
            loss: statistics.loss,
            layers: layers.collect(),
        }
    }
}

/// A number, to three digits; where there is none, what stands for it.
fn short(number: Option<f64>, none: &str) -> String {
    number.map_or(none.to_owned(), |number| super::text().value(number as f32))
}

fn print(answer: &Answer, dataset: &Dataset, csv: Option<&Path>) {
    println!(
        "run {}, {}: {} {} images ({})",
        answer.run,
        answer.name,
        answer.images,
        answer.probe,
        source::data_in_short(&dataset.origin)
    );
    let heading = [
        "batch",
        "epochs",
        "loss",
        "layer",
        "dead",
        "saturated",
        "update/weights",
        "gradient rms",
        "weights rms",
        "not finite",
    ];
    let mut lines = vec![heading.map(str::to_owned).to_vec()];
    for moment in &answer.moments {
        lines.extend(moment.layers.iter().map(|layer| {
            let spreads = [
                Some(&layer.weights),
                Some(&layer.activations),
                layer.gradients.as_ref(),
            ];
            let not_finite: usize = spreads
                .into_iter()
                .flatten()
                .map(|all| all.not_finite)
                .sum();
            let dead = layer.dead.map(|dead| format!("{dead}/{}", layer.units));
            let saturated = layer
                .saturated
                .map(|share| format!("{:.1} %", 100.0 * share));
            let rms = |spread: &Distribution| short(spread.rms, "NaN");
            vec![
                moment.step.to_string(),
                moment.epochs.to_string(),
                moment
                    .loss
                    .map_or("–".to_owned(), |loss| format!("{loss:.4}")),
                layer.layer.clone(),
                dead.unwrap_or("–".to_owned()),
                saturated.unwrap_or("–".to_owned()),
                short(layer.update_ratio, "–"),
                layer.gradients.as_ref().map_or("–".to_owned(), rms),
                rms(&layer.weights),
                not_finite.to_string(),
            ]
        }));
    }
    print!("{}", aligned(&lines, &[3]));
    if let Some(path) = csv {
        super::remark(&format!("{}: the quantiles", path.display()));
    }
}
