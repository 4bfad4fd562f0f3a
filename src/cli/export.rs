//! `convlens export`

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};

use super::options::RunsFolder;
use super::source;
use convlens_core::figures::Shown;
use convlens_core::files;
use convlens_core::lessons;
use convlens_core::network::export::{self, WeightsFormat};
use convlens_core::training::runs::{RunId, Store, package};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    #[arg(conflicts_with = "run")]
    file: Option<PathBuf>,
    /// A kept run instead, by number or name
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    #[command(flatten)]
    runs: RunsFolder,
    /// A folder with a lesson, for a .convlens file; with the run, if one is named
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    lesson: Option<PathBuf>,
    /// A table of its epochs, not of its batches
    #[arg(long, requires = "run")]
    epochs: bool,
    /// Weights (.safetensors, .weights.h5), a Keras model (.keras), an ONNX model (.onnx); of a run also its curve (.csv)
    /// or the whole of it (.convlens), as of a lesson
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let path = &arguments.out;
    source::writable(path)?;
    let run = arguments.run.as_deref().map(|name| -> Result<_> {
        let store = arguments.runs.store();
        let id = store.find(name)?;
        Ok((store, id))
    });
    let run = run.transpose()?;
    if let Some(folder) = &arguments.lesson {
        if !package::is_package(path) {
            bail!(
                "{}: a lesson goes into a file ending in .convlens",
                path.display()
            );
        }
        let lesson = lessons::to_send(folder)?;
        let (store, id) = match run {
            Some((store, id)) => (store, Some(id)),
            None => (arguments.runs.store(), None),
        };
        let shown = Shown::default().to_json();
        return Ok(store.pack_lesson(&lesson, id, &shown, path)?);
    }
    if let Some(format) = WeightsFormat::of(path) {
        let model = match &run {
            Some((store, id)) => newest(store, *id)?,
            None => source::model(arguments.file.as_deref())?,
        };
        return export::save(&model, format, path)
            .map_err(|error| source::not_written(path, &error));
    }
    let Some((store, id)) = run else {
        bail!(
            "{}; a run (--run) also has .csv and .convlens",
            source::name_ending(path, ".safetensors, .keras, .onnx or .weights.h5")
        );
    };
    if package::is_package(path) {
        return Ok(store.pack(id, &Shown::default().to_json(), path)?);
    }
    if path.extension().is_none_or(|ending| ending != "csv") {
        bail!(source::name_ending(
            path,
            ".csv, .convlens, .safetensors, .keras, .onnx or .weights.h5"
        ));
    }
    let record = store.read(id)?;
    let csv = if arguments.epochs {
        record.epochs_csv()
    } else {
        record.batches_csv()
    };
    files::replace(path, |file| std::io::Write::write_all(file, csv.as_bytes()))
        .map_err(|error| source::not_written(path, &error))
}

/// The newest weights of a run.
fn newest(store: &Store, id: RunId) -> Result<convlens_core::network::Model> {
    let newest = store.read(id)?.checkpoints.last().copied();
    let newest =
        newest.ok_or_else(|| anyhow!("run {id} holds no weights yet; train it further"))?;
    let snapshot = store.checkpoint(
        id,
        newest,
        &convlens_core::training::runs::CheckpointCache::default(),
    )?;
    Ok(snapshot.model.clone())
}
