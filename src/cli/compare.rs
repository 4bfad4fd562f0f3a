//! `convlens compare`

use anyhow::Result;

use super::options::RunsFolder;
use super::table::aligned;
use convlens_core::training::runs::{Column, Comparison, RunSummary, Store, Value, compare};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Numbers or names of runs
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    runs: Vec<String>,
    #[command(flatten)]
    folder: RunsFolder,
    /// CSV on stdout, numbers in full
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let store = arguments.folder.store();
    let mut runs = Vec::new();
    for run in &arguments.runs {
        runs.push(store.summary(store.find(run)?)?);
    }
    let comparison = with_baseline(&store, &runs);
    if arguments.csv {
        print!("{}", comparison.csv());
    } else if arguments.json {
        println!("{}", super::json(&comparison)?);
    } else {
        print!("{}", table(&comparison));
    }
    Ok(())
}

/// The runs beside the pinned baseline's accuracy, or the first one's.
pub fn with_baseline(store: &Store, runs: &[RunSummary]) -> Comparison {
    let pinned = store.baseline().and_then(|id| store.summary(id).ok());
    compare(runs, pinned.as_ref())
}

/// A table for a person.
pub fn table(comparison: &Comparison) -> String {
    let text = super::text();
    let heading = comparison.columns.iter();
    let heading = heading.map(|&column| text.run_column(column).0.to_owned());
    let mut lines = vec![vec!["run".to_owned(), "name".to_owned()]];
    lines[0].extend(heading);
    for row in &comparison.rows {
        let mut line = vec![row.id.to_string(), row.name.clone()];
        let cells = comparison.columns.iter().zip(&row.values);
        line.extend(cells.map(|(column, value)| cell(*column, value)));
        lines.push(line);
    }
    aligned(&lines, &[1])
}

/// A cell of the table: shares and points as fractions of 1.
fn cell(column: Column, value: &Value) -> String {
    match (column, value) {
        (_, Value::Missing) => "-".into(),
        (Column::Gain, Value::Number(gain)) => format!("{gain:+.4}"),
        (Column::Seconds, Value::Number(seconds)) => format!("{seconds:.1}"),
        (Column::ImagesPerSecond, Value::Number(speed)) => format!("{speed:.0}"),
        (Column::LearningRate, Value::Number(_)) => value.plain(),
        (_, Value::Number(number)) => format!("{number:.4}"),
        (_, value) => value.plain(),
    }
}
