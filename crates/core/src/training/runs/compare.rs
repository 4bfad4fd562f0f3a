//! Runs side by side: a table of what differs between them and of what came of it.

use serde::{Serialize, Serializer};

use super::record::{RunId, RunSummary};
use crate::csv_table::{self, csv};

/// A column of a [`Comparison`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The network in short: see [`NetworkSpec::label`](crate::network::NetworkSpec::label).
    Network,
    /// Trained values.
    Parameters,
    /// Epochs planned.
    Epochs,
    /// Complete epochs.
    EpochsTrained,
    /// Pictures a batch.
    BatchSize,
    /// The optimizer's step size.
    LearningRate,
    /// The optimizer and what belongs to it: see [`Optimization`](crate::training::Optimization).
    Optimizer,
    /// Learning rate and optimizer changed in mid-run: see [`SettingsChange`](crate::training::SettingsChange).
    Changes,
    /// The weights that it began with.
    BeganFrom,
    /// The program that trained it, if it was not convlens, and with what.
    TrainedBy,
    /// How pictures are changed: see [`Augmentation`](crate::training::Augmentation).
    Augmentation,
    /// The seed.
    Seed,
    /// Pictures one epoch trains on.
    Images,
    /// Percentage of the training pictures held out.
    ValidationPercent,
    /// Epochs without a smaller validation loss that end the run.
    Patience,
    /// Threads that trained it.
    Threads,
    /// The data set's source.
    Data,
    /// The vector unit.
    Simd,
    /// The processor.
    Processor,
    /// Version of convlens.
    Version,
    /// Mean training loss of the last epoch, in nats.
    TrainLoss,
    /// Share classified correctly in training over the last epoch.
    TrainAccuracy,
    /// Accuracy on the pictures held out, where any are.
    ValidationAccuracy,
    /// Loss on the test set, in nats.
    TestLoss,
    /// Accuracy on the test set.
    TestAccuracy,
    /// Test accuracy less the baseline's, where both were trained and judged on the same pictures.
    Gain,
    /// Seconds in the training loop.
    Seconds,
    /// Training pictures a second over all epochs.
    ImagesPerSecond,
}

impl Column {
    /// Settings and circumstances: shown only where runs differ in them.
    const CAUSES: [Self; 20] = [
        Self::Network,
        Self::Parameters,
        Self::Epochs,
        Self::EpochsTrained,
        Self::BatchSize,
        Self::LearningRate,
        Self::Optimizer,
        Self::Changes,
        Self::BeganFrom,
        Self::TrainedBy,
        Self::Augmentation,
        Self::Seed,
        Self::Images,
        Self::ValidationPercent,
        Self::Patience,
        Self::Threads,
        Self::Data,
        Self::Simd,
        Self::Processor,
        Self::Version,
    ];

    /// What came of them: shown where any run has it.
    const RESULTS: [Self; 8] = [
        Self::TrainLoss,
        Self::TrainAccuracy,
        Self::ValidationAccuracy,
        Self::TestLoss,
        Self::TestAccuracy,
        Self::Gain,
        Self::Seconds,
        Self::ImagesPerSecond,
    ];

    /// Its heading in CSV files and JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Parameters => "parameters",
            Self::Epochs => "epochs",
            Self::EpochsTrained => "epochs_trained",
            Self::BatchSize => "batch_size",
            Self::LearningRate => "learning_rate",
            Self::Optimizer => "optimizer",
            Self::Changes => "changes",
            Self::BeganFrom => "began_from",
            Self::TrainedBy => "trained_by",
            Self::Augmentation => "augmentation",
            Self::Seed => "seed",
            Self::Images => "images",
            Self::ValidationPercent => "validation_percent",
            Self::Patience => "patience",
            Self::Threads => "threads",
            Self::Data => "data",
            Self::Simd => "simd",
            Self::Processor => "processor",
            Self::Version => "version",
            Self::TrainLoss => "train_loss",
            Self::TrainAccuracy => "train_accuracy",
            Self::ValidationAccuracy => "validation_accuracy",
            Self::TestLoss => "test_loss",
            Self::TestAccuracy => "test_accuracy",
            Self::Gain => "gain",
            Self::Seconds => "seconds",
            Self::ImagesPerSecond => "images_per_second",
        }
    }

    /// Settings that convlens alone has.
    fn is_of_convlens(self) -> bool {
        matches!(
            self,
            Self::LearningRate
                | Self::Optimizer
                | Self::Seed
                | Self::ValidationPercent
                | Self::Threads
        )
    }

    /// What a run has in this column, gains aside.
    #[must_use]
    pub fn of(self, run: &RunSummary) -> Value {
        self.value(run, run)
    }

    pub(super) fn value(self, run: &RunSummary, baseline: &RunSummary) -> Value {
        let last = run.epochs.last();
        let config = &run.config;
        let environment = &run.environment;
        let measured = |value: Option<f64>| value.map_or(Value::Missing, Value::Number);
        let told = |text: &String| match text.as_str() {
            "" => Value::Missing,
            text => Value::Text(text.to_owned()),
        };
        match self {
            // What another program trained with it says in its own words.
            _ if self.is_of_convlens() && run.trained_by.is_some() => Value::Missing,
            Self::Network => Value::Text(config.network.label()),
            Self::Parameters => Value::Count(run.parameters as u64),
            Self::Epochs => Value::Count(config.epochs as u64),
            Self::EpochsTrained => Value::Count(run.epochs.len() as u64),
            Self::BatchSize => Value::Count(config.batch_size as u64),
            Self::LearningRate => Value::Number(config.learning_rate),
            Self::Optimizer => Value::Text(config.optimization.to_string()),
            Self::Changes if config.changes.is_empty() => Value::Missing,
            Self::Changes => {
                let changes = config.changes.iter().map(ToString::to_string);
                Value::Text(changes.collect::<Vec<_>>().join("; "))
            }
            Self::BeganFrom => run.began_from.clone().map_or(Value::Missing, Value::Text),
            Self::TrainedBy => match &run.trained_by {
                Some(by) if by.settings.is_empty() => Value::Text(by.program.clone()),
                Some(by) => Value::Text(format!("{}: {}", by.program, by.settings)),
                None => Value::Missing,
            },
            Self::Augmentation if config.augmentation.is_none() => Value::Missing,
            Self::Augmentation => Value::Text(config.augmentation.to_string()),
            Self::Seed => Value::Count(config.seed),
            Self::Images => Value::Count(run.images_per_epoch as u64),
            Self::ValidationPercent => Value::Count(config.validation_percent as u64),
            Self::Patience => config
                .patience
                .map_or(Value::Missing, |epochs| Value::Count(epochs as u64)),
            Self::Threads => Value::Count(config.threads as u64),
            Self::Data => Value::Text(environment.data.source.clone()),
            Self::Simd => told(&environment.simd),
            Self::Processor => match &environment.processor {
                Some(name) => Value::Text(name.clone()),
                None => Value::Missing,
            },
            Self::Version => told(&environment.version),
            Self::TrainLoss => measured(last.map(|epoch| epoch.train_loss)),
            Self::TrainAccuracy => measured(last.map(|epoch| epoch.train_accuracy)),
            Self::ValidationAccuracy => measured(run.validation_accuracy()),
            Self::TestLoss => measured(last.and_then(|epoch| epoch.test_loss)),
            Self::TestAccuracy => measured(run.test_accuracy()),
            // Over other pictures it would be the pictures' doing.
            Self::Gain => measured(
                run.test_accuracy()
                    .zip(baseline.test_accuracy())
                    .filter(|_| environment.data.is_same(&baseline.environment.data))
                    .map(|(a, b)| a - b),
            ),
            Self::Seconds => Value::Number(run.seconds),
            Self::ImagesPerSecond => {
                let seconds: f64 = run.epochs.iter().map(|epoch| epoch.seconds).sum();
                let images: usize = run.epochs.iter().map(|epoch| epoch.images).sum();
                measured((seconds > 0.0).then(|| images as f64 / seconds))
            }
        }
    }
}

/// A cell of a [`Comparison`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Count(u64),
    /// A measured number; shares from 0 to 1.
    Number(f64),
    /// Words.
    Text(String),
    /// The run has none.
    Missing,
}

impl Value {
    /// Numbers by size, words by letter, what is missing last.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Missing, Self::Missing) => std::cmp::Ordering::Equal,
            (Self::Missing, _) => std::cmp::Ordering::Greater,
            (_, Self::Missing) => std::cmp::Ordering::Less,
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Count(a), Self::Count(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            // One column holds one kind.
            _ => std::cmp::Ordering::Equal,
        }
    }

    /// As CSV has it: numbers in full, nothing for what is missing.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Missing => String::new(),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Missing => serializer.serialize_none(),
        }
    }
}

/// One run of a [`Comparison`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Its number.
    pub id: RunId,
    /// Its name.
    pub name: String,
    /// One value a column.
    pub values: Vec<Value>,
}

/// Runs side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The run that [`Column::Gain`] counts from.
    pub baseline: Option<RunId>,
    /// What differs, then what came of it.
    pub columns: Vec<Column>,
    /// The runs.
    pub rows: Vec<Row>,
}

/// Compares runs: the settings in which they differ, and all results. The gain is over `baseline`,
/// which need not be among them, or else over the first.
#[must_use]
pub fn compare(runs: &[RunSummary], baseline: Option<&RunSummary>) -> Comparison {
    let Some(baseline) = baseline.or(runs.first()) else {
        return Comparison {
            baseline: None,
            columns: Vec::new(),
            rows: Vec::new(),
        };
    };
    let values = |column: Column| -> Vec<Value> {
        runs.iter().map(|run| column.value(run, baseline)).collect()
    };
    let causes = Column::CAUSES.into_iter().filter(|&column| {
        let values = values(column);
        values.iter().any(|value| *value != values[0])
    });
    let results = Column::RESULTS.into_iter().filter(|&column| {
        let values = values(column);
        values.iter().any(|value| *value != Value::Missing)
    });
    let columns: Vec<Column> = causes.chain(results).collect();
    let rows = runs.iter().map(|run| Row {
        id: run.id,
        name: run.name.clone(),
        values: columns.iter().map(|c| c.value(run, baseline)).collect(),
    });
    Comparison {
        baseline: Some(baseline.id),
        rows: rows.collect(),
        columns,
    }
}

impl Comparison {
    /// Sorts the rows by a column, those without a value last; rows that are equal there keep
    /// their order. A column that is not there changes nothing.
    pub fn sort_by(&mut self, column: Column, descending: bool) {
        let Some(index) = self.columns.iter().position(|c| *c == column) else {
            return;
        };
        self.rows.sort_by(|a, b| {
            let (a, b) = (&a.values[index], &b.values[index]);
            let either_missing = *a == Value::Missing || *b == Value::Missing;
            if descending && !either_missing {
                b.order(a)
            } else {
                a.order(b)
            }
        });
    }

    /// The table as CSV: `run`, `name`, then a field for each column, numbers with a point.
    #[must_use]
    pub fn csv(&self) -> String {
        let heading = self.columns.iter().map(|column| column.key().to_owned());
        let first = ["run".to_owned(), "name".to_owned()];
        let rows = self.rows.iter().map(|row| {
            let first = [row.id.to_string(), csv_table::text(&row.name)];
            let values = row.values.iter().map(|value| match value {
                Value::Text(words) => csv_table::text(words),
                value => value.plain(),
            });
            first.into_iter().chain(values).collect()
        });
        let lines = std::iter::once(first.into_iter().chain(heading).collect::<Vec<_>>());
        csv(lines.chain(rows))
    }
}
