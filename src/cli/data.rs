//! `convlens data`

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::source::{self, DataArgument};
use convlens_core::dataset::download::Fetched;
use convlens_core::dataset::{self, CLASS_COUNT, Dataset, Origin, download};
use convlens_core::harmless::clean;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<DataCommand>,
    #[command(flatten)]
    data: DataArgument,
}

#[derive(Debug, Subcommand)]
enum DataCommand {
    /// Fetch a data set and verify it
    Download {
        /// Which one
        #[arg(value_enum, default_value = "fashion-mnist")]
        what: What,
        /// Where to [default: the user's cache, where convlens looks for it]
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Write a data set as four IDX files, with the names of its classes
    Save {
        #[command(flatten)]
        data: DataArgument,
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    FashionMnist,
    #[value(name = "cifar-10")]
    Cifar10,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        None if arguments.data.is_given() => {
            describe(&arguments.data.dataset()?);
            Ok(())
        }
        None => report(),
        Some(DataCommand::Download { what, to }) => fetch(*what, to.clone()),
        Some(DataCommand::Save { data, to }) => {
            let dataset = data.dataset()?;
            dataset.save(to).with_context(|| to.display().to_string())
        }
    }
}

/// What was found and where; fails where nothing was.
fn report() -> Result<()> {
    let search = dataset::find();
    for fault in &search.rejected {
        super::remark(&format!("passed over {fault}"));
    }
    let Some(dataset) = search.dataset else {
        println!("no data set in any of");
        for place in dataset::usual_places() {
            println!("  {}", place.display());
        }
        bail!(
            "no Fashion-MNIST found; `convlens data download` fetches it, `--data synthetic` does without"
        );
    };
    describe(&dataset);
    Ok(())
}

/// What a data set is, and what its labels stand for.
fn describe(dataset: &Dataset) {
    let (path, what) = match &dataset.origin {
        Origin::Folder {
            path,
            genuine: true,
        } => (Some(path), "Fashion-MNIST, checksums verified".to_owned()),
        Origin::Folder { path, .. } => (Some(path), "not the official Fashion-MNIST".to_owned()),
        Origin::Images { path } => (Some(path), "pictures, a folder for each class".to_owned()),
        Origin::Emnist { path, split } => (Some(path), split.title().to_owned()),
        Origin::Cifar { path, cifar } => (Some(path), cifar.name().to_owned()),
        Origin::Synthetic => (None, "synthetic garments".to_owned()),
    };
    let place = path.map(|path| format!("{}: ", clean(path.display())));
    println!("{}{what}", place.unwrap_or_default());
    println!(
        "{} training images, {} test images, {} each",
        dataset.train.len(),
        dataset.test.len(),
        dataset.size()
    );
    let own = dataset.classes.names().map(<[String]>::to_vec);
    let names = own.unwrap_or_else(|| {
        (0..CLASS_COUNT)
            .map(|class| super::text().class_name(class as u8).into())
            .collect()
    });
    println!("{} classes: {}", names.len(), clean(names.join(", ")));
}

fn fetch(what: What, to: Option<PathBuf>) -> Result<()> {
    let (what, folder) = match what {
        What::FashionMnist => (Fetched::FashionMnist, dataset::default_folder()),
        What::Cifar10 => (Fetched::Cifar10, dataset::cifar_folder()),
    };
    let folder = to.unwrap_or(folder);
    let bar = ProgressBar::new(0);
    if let Ok(style) =
        ProgressStyle::with_template("{prefix} [{bar:40}] {bytes}/{total_bytes} {bytes_per_sec}")
    {
        bar.set_style(style);
    }
    let mut progress = |progress: download::Progress| {
        bar.set_prefix(progress.file);
        bar.set_length(progress.total.unwrap_or(progress.received));
        bar.set_position(progress.received);
    };
    let sources = what.official_sources();
    let cancel = Arc::new(AtomicBool::new(false));
    let cancelled = cancel.clone();
    source::heed_signals(move || cancelled.store(true, Ordering::Relaxed))?;
    download::download(what, &sources, &folder, &mut progress, &cancel)?;
    bar.finish_and_clear();
    println!("{}", folder.display());
    Ok(())
}
