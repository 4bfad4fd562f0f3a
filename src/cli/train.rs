//! `convlens train`

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::source::{self, Data};
use crate::memory;
use crate::network::{NetworkSpec, Preset, weights};
use crate::training::{EpochMetrics, RunConfig, Session};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Network: 64-64, 32-32, 16-16, one-conv, three-conv or dense
    #[arg(long, default_value = Preset::Conv64.name(), value_parser = source::parse_network)]
    network: NetworkSpec,
    /// Passes over the training images
    #[arg(long, default_value_t = 5)]
    epochs: usize,
    /// Images a weight update
    #[arg(long, default_value_t = 32)]
    batch: usize,
    /// Step size of Adam
    #[arg(long, default_value_t = 0.001)]
    learning_rate: f64,
    /// Decides initial weights and order of the images
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Train on the first N images only
    #[arg(long)]
    images: Option<usize>,
    /// Threads to train on [default: all processors, at most 8]
    #[arg(long)]
    threads: Option<usize>,
    /// Folder with the four IDX files, or `synthetic`
    #[arg(long, value_name = "DIR|synthetic")]
    data: Option<Data>,
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
    let mut config = RunConfig {
        epochs: arguments.epochs,
        batch_size: arguments.batch,
        learning_rate: arguments.learning_rate,
        seed: arguments.seed,
        images: arguments.images,
        ..RunConfig::new(arguments.network.clone())
    };
    if let Some(threads) = arguments.threads {
        config.threads = threads;
    }
    // Before the data set is read, and before hours of training end at a folder that is not there.
    config.validate()?;
    if let Some(path) = &arguments.out {
        source::writable(path)?;
    }

    let dataset = Arc::new(source::dataset(arguments.data.as_ref())?);
    let data = source::name(&dataset);
    let epochs = config.epochs;
    let mut session = Session::new(config, dataset)?;
    let bar = progress_bar(session.batches_per_epoch());
    for epoch in 1..=epochs {
        bar.reset();
        bar.set_prefix(format!("{epoch}/{epochs}"));
        while !session.epoch_is_complete() {
            let point = session.train_batch()?;
            bar.inc(1);
            bar.set_message(format!("loss {:.3}", point.loss));
        }
        let metrics = session.end_epoch()?;
        bar.suspend(|| print_epoch(&metrics, data, arguments.json))?;
    }
    bar.finish_and_clear();
    if let Some(path) = &arguments.out {
        weights::save(&session.snapshot()?, path)?;
    }
    Ok(())
}

fn print_epoch(metrics: &EpochMetrics, data: &str, json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        let line = Line {
            metrics,
            data,
            peak_memory_bytes: memory::peak_bytes(),
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    } else {
        writeln!(
            out,
            "epoch {}: {:.1} s, {:.0} images/s, train loss {:.4} accuracy {:.4}, test loss {:.4} accuracy {:.4}",
            metrics.epoch,
            metrics.seconds,
            metrics.images_per_second,
            metrics.train_loss,
            metrics.train_accuracy,
            metrics.test_loss,
            metrics.test_accuracy,
        )?;
    }
    Ok(out.flush()?)
}

/// A bar on stderr; invisible where that is no terminal.
fn progress_bar(batches: usize) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "epoch {prefix} [{bar:40}] {pos}/{len} {per_sec} {eta} left, {msg}",
    );
    let bar = ProgressBar::new(batches as u64);
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
