//! `convlens histograms`

use std::fmt::Write as _;
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
    Distribution, LayerStatistics, ProbeSet, QUANTILES, Statistics, probe, statistics,
    update_ratios,
};
use convlens_core::files;
use convlens_core::network::Model;
use convlens_core::training::RunConfig;
use convlens_core::training::runs::{CheckpointCache, DataIdentity, RunId, RunRecord, Store};

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
    let moments = moments(&store, &record, &pictures, &pool)?;
    let answer = Answer {
        run: id,
        name: record.summary.name.clone(),
        probe: match set {
            ProbeSet::Training => "training",
            ProbeSet::Test => "test",
        },
        images: pictures.len(),
        quantiles: QUANTILES,
        moments,
        seconds: started.elapsed().as_secs_f64(),
        data: source::name(&dataset),
    };
    if let Some(path) = &arguments.csv {
        let table = csv(&answer);
        files::replace(path, |file| file.write_all(table.as_bytes()))
            .map_err(|error| source::not_written(path, &error))?;
    }
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
) -> Result<Vec<Moment>> {
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
        moments.push(Moment {
            step: checkpoint.step,
            epochs: checkpoint.epochs,
            loss: found.loss,
            layers: layers(model, found, &ratios.transpose()?.unwrap_or_default()),
        });
        before = Some((model.clone(), checkpoint.step));
    }
    Ok(moments)
}

fn layers(model: &Model, found: Statistics, ratios: &[Option<f64>]) -> Vec<OfLayer> {
    let all = found.layers.into_iter().enumerate();
    let all = all.map(|(place, layer)| {
        let LayerStatistics {
            layer: index,
            name,
            weights,
            activations,
            gradients,
            units,
            dead,
            saturated,
        } = layer;
        OfLayer {
            layer: name,
            kind: source::kind(model.layers()[index].kind),
            units,
            dead,
            saturated,
            update_ratio: ratios.get(place).copied().flatten(),
            weights,
            activations,
            gradients,
        }
    });
    all.collect()
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

/// A line for each moment, layer and kind of number; nothing where there is no number.
fn csv(answer: &Answer) -> String {
    let shares = answer.quantiles.map(|share| format!("q{}", 100.0 * share));
    let mut table = format!(
        "step,epochs,layer,of,count,not_finite,zeros,rms,{},units,dead,saturated,update_ratio\n",
        shares.join(",")
    );
    let number = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
    for moment in &answer.moments {
        for layer in &moment.layers {
            let of = [
                ("weights", Some(&layer.weights)),
                ("activations", Some(&layer.activations)),
                ("gradients", layer.gradients.as_ref()),
            ];
            let there = of
                .into_iter()
                .filter_map(|(of, spread)| Some((of, spread?)));
            for (of, spread) in there {
                let quantiles: Vec<String> = match spread.quantiles {
                    Some(all) => all.iter().map(f64::to_string).collect(),
                    None => vec![String::new(); QUANTILES.len()],
                };
                let dead = layer.dead.map_or(String::new(), |dead| dead.to_string());
                // Writing to memory does not fail.
                let _written = writeln!(
                    table,
                    "{},{},{},{of},{},{},{},{},{},{},{dead},{},{}",
                    moment.step,
                    moment.epochs,
                    layer.layer,
                    spread.count,
                    spread.not_finite,
                    spread.zeros,
                    number(spread.rms),
                    quantiles.join(","),
                    layer.units,
                    number(layer.saturated),
                    number(layer.update_ratio),
                );
            }
        }
    }
    table
}
