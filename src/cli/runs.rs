//! `convlens runs`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Subcommand;

use super::options::RunsFolder;
use super::source::{self, DataArgument};
use super::table::aligned;
use super::train::RunLine;
use crate::report;
use crate::text::Language;
use convlens_core::dataset::Gallery;
use convlens_core::figures::{self, MapsSettings};
use convlens_core::files;
use convlens_core::training::runs::{
    CheckpointCache, Distinction, Listing, RunId, RunRecord, RunSummary, Store, distinctions,
};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    change: Option<Change>,
    #[command(flatten)]
    folder: RunsFolder,
    /// One JSON object a run on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Change {
    /// Give a run another name
    Rename {
        /// Its number or name
        run: String,
        /// The new name
        name: String,
        #[command(flatten)]
        folder: RunsFolder,
    },
    /// Make a run the baseline that others are compared with
    Pin {
        /// Its number or name; without it there is no baseline
        run: Option<String>,
        #[command(flatten)]
        folder: RunsFolder,
    },
    /// Put runs into the trash, where they stay for 30 days
    Delete {
        /// Their numbers or names
        #[arg(required = true)]
        runs: Vec<String>,
        #[command(flatten)]
        folder: RunsFolder,
    },
    /// Take in a run that was exported as one file; prints its number
    Open {
        /// A .convlens file
        file: std::path::PathBuf,
        #[command(flatten)]
        folder: RunsFolder,
    },
    /// What was trained, with curves, figures, networks and the last run's maps, as one page of HTML to print
    Report {
        /// Their numbers or names [default: all]
        runs: Vec<String>,
        /// Where to write it
        #[arg(long, value_name = "FILE.html")]
        out: PathBuf,
        /// Its language: en or es
        #[arg(long, default_value = "en", value_parser = super::source::parse_language)]
        language: Language,
        #[command(flatten)]
        data: DataArgument,
        #[command(flatten)]
        folder: RunsFolder,
    },
    /// Bring runs back from the trash; without a number, list it
    Restore {
        /// Their numbers
        runs: Vec<RunId>,
        #[command(flatten)]
        folder: RunsFolder,
    },
}

pub fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.change {
        Some(Change::Open { file, folder }) => {
            let (id, _) = folder.store().unpack(file)?;
            println!("{id}");
            Ok(())
        }
        None => list(&arguments.folder.store(), arguments.json),
        Some(Change::Rename { run, name, folder }) => {
            let store = folder.store();
            Ok(store.rename(store.find(run)?, name)?)
        }
        Some(Change::Pin { run, folder }) => {
            let store = folder.store();
            let id = run.as_deref().map(|run| store.find(run)).transpose()?;
            Ok(store.set_baseline(id)?)
        }
        Some(Change::Delete { runs, folder }) => {
            let store = folder.store();
            for run in runs {
                let id = store.find(run)?;
                store.delete(id)?;
                super::remark(&format!(
                    "run {id} deleted; `convlens runs restore {id}` brings it back"
                ));
            }
            Ok(())
        }
        Some(Change::Report {
            runs,
            out,
            language,
            data,
            folder,
        }) => report(&folder.store(), runs, out, *language, data),
        Some(Change::Restore { runs, folder }) => restore(&folder.store(), runs),
    }
}

fn list(store: &Store, json: bool) -> Result<()> {
    store.tidy();
    let runs = readable(store)?;
    if json {
        for run in &runs {
            println!("{}", super::json(&RunLine::new(run, store))?);
        }
        return Ok(());
    }
    let heading = [
        "run",
        "name",
        "status",
        "epochs",
        "test accuracy",
        "seconds",
        "parameters",
        "differs in",
    ];
    let mut lines = vec![heading.map(str::to_owned).to_vec()];
    lines[0][0].push(' ');
    let distinctions = distinctions(&runs);
    lines.extend(runs.iter().map(|run| row(run, distinctions.get(&run.id))));
    print!("{}", aligned(&lines, &[1, 2, 7]));
    Ok(())
}

/// A line of the table; a star marks the baseline. Last stands what tells it from others of its network that have no name
/// of their own.
fn row(run: &RunSummary, distinction: Option<&Distinction>) -> Vec<String> {
    let accuracy = run.test_accuracy();
    let settings = distinction.map(|distinction| Distinction {
        // It stands in front.
        by_number: false,
        ..distinction.clone()
    });
    let settings = settings.map_or_else(Vec::new, |settings| {
        super::text().distinction(run.id, &settings)
    });
    vec![
        format!("{}{}", run.id, if run.is_baseline { '*' } else { ' ' }),
        run.name.clone(),
        super::text().kept_run_status(run.status).to_owned(),
        format!("{}/{}", run.epochs.len(), run.config.epochs),
        accuracy.map_or("-".into(), |accuracy| format!("{accuracy:.4}")),
        format!("{:.1}", run.seconds),
        run.parameters.to_string(),
        settings.join(", "),
    ]
}

/// All runs that can be read; what cannot is said on stderr.
pub fn readable(store: &Store) -> Result<Vec<RunSummary>> {
    let Listing {
        runs,
        set_aside,
        unreadable,
    } = store.list()?;
    for run in set_aside {
        let folder = run.folder.display();
        super::remark(&format!(
            "run {} set aside in {folder}: {}",
            run.id, run.error
        ));
    }
    for error in unreadable {
        super::remark(&format!("passed over {error}"));
    }
    Ok(runs)
}

fn report(
    store: &Store,
    wanted: &[String],
    out: &Path,
    language: Language,
    data: &DataArgument,
) -> Result<()> {
    source::writable(out)?;
    let ids = if wanted.is_empty() {
        readable(store)?.iter().map(|run| run.id).collect()
    } else {
        let found = wanted.iter().map(|run| store.find(run));
        found.collect::<Result<Vec<_>, _>>()?
    };
    let runs = ids.into_iter().map(|id| store.read(id));
    let runs = runs.collect::<Result<Vec<_>, _>>()?;
    let maps = match runs.last() {
        Some(last) => maps_of(store, last, language, data)?,
        None => Vec::new(),
    };
    let baseline = store.baseline().and_then(|id| store.summary(id).ok());
    let text = language.text();
    let page = report::page(&runs, baseline.as_ref(), &maps, &[], text);
    files::replace(out, |file| file.write_all(page.as_bytes()))
        .map_err(|error| source::not_written(out, &error))
}

/// The notebook's figure of a run's newest weights, where they take the pictures of the data set.
fn maps_of(
    store: &Store,
    run: &RunRecord,
    language: Language,
    data: &DataArgument,
) -> Result<Vec<String>> {
    let Some(&newest) = run.checkpoints.last() else {
        return Ok(Vec::new());
    };
    let dataset = Arc::new(data.dataset_of((1, source::SYNTHETIC.1))?);
    let snapshot = store.checkpoint(run.summary.id, newest, &CheckpointCache::new(0))?;
    let model = &snapshot.model;
    if !model.spec().takes(&dataset) {
        return Ok(Vec::new());
    }
    let mut settings = MapsSettings::default();
    settings.keep_below(dataset.test.len());
    let gallery = Gallery::new(dataset.clone());
    let maps = figures::map_set(model, &gallery, &settings.images)?;
    if maps.activations.layers.is_empty() {
        return Ok(Vec::new());
    }
    let text = language.text_for(&dataset.classes);
    let summary = &run.summary;
    let network = model.spec().label();
    let name = text.run_shown(summary.id.number(), "", &network);
    let per_epoch = summary.batches_per_epoch as u64;
    let moment = text.moment_shown(snapshot.step, snapshot.epochs, per_epoch);
    let whose = format!("{name} · {moment}");
    let words = text.of_network(text, whose);
    Ok(report::maps(&maps, &dataset, &settings, &words)?)
}

fn restore(store: &Store, runs: &[RunId]) -> Result<()> {
    let trash = store.trash()?;
    if runs.is_empty() {
        for id in trash {
            println!("{id}");
        }
        return Ok(());
    }
    for id in runs {
        if !trash.contains(id) {
            bail!("run {id} is not in the trash; `convlens runs restore` lists what is");
        }
        store.restore(*id)?;
    }
    Ok(())
}
