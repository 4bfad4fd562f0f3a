//! `convlens confusion`

use std::str::FromStr;
use std::time::Instant;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::source;
use super::test_set::OverTestSet;
use crate::text::{Language, Text};
use convlens_core::dataset::Dataset;
use convlens_core::explore::{ConfusionMatrix, Predictions, Progress, predictions};
use convlens_core::figures::confusion_csv;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    over: OverTestSet,
    /// How many of the most confident mistakes to list
    #[arg(long, default_value_t = 9)]
    mistakes: usize,
    /// List the test images of one cell instead: true class, predicted class
    #[arg(long, value_name = "TRUE,PREDICTED")]
    cell: Option<Cell>,
    /// The matrix as comma-separated values on stdout
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// A true class and the class it is predicted as.
#[derive(Clone, Copy, Debug)]
struct Cell {
    label: u8,
    predicted: u8,
}

impl FromStr for Cell {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pair = text.split_once(',');
        let pair = pair.and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        let (label, predicted) = pair.ok_or("give two classes from 0, for example 6,0")?;
        Ok(Self { label, predicted })
    }
}

#[derive(Serialize)]
struct Answer {
    images: usize,
    accuracy: f64,
    classes: Vec<OfClass>,
    /// What the network calls its own classes, which may be others than the data set's.
    outputs: Vec<&'static str>,
    counts: Vec<Vec<usize>>,
    rates: Vec<Vec<Option<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<[u8; 2]>,
    /// Of the cell, or else the most confident mistakes.
    listed: Vec<Listed>,
    seconds: f64,
    data: &'static str,
}

#[derive(Serialize)]
struct OfClass {
    class: usize,
    name: &'static str,
    images: usize,
    predicted: usize,
    right: usize,
    accuracy: Option<f64>,
    precision: Option<f64>,
}

#[derive(Serialize)]
struct Listed {
    image: usize,
    label: u8,
    predicted: u8,
    probability: f32,
    label_probability: f32,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, dataset) = arguments.over.model_and_data()?;
    // Which pictures are taken for what may still be asked.
    if let Some(words) = arguments.over.other_classes(&model, &dataset) {
        super::remark(&words);
    }
    let columns = model.spec().classes;
    let (rows, text) = (
        dataset.classes.count(),
        Language::En.text_for(&dataset.classes),
    );
    if let Some(Cell { label, predicted }) = arguments.cell {
        ensure!(
            usize::from(label) < rows && usize::from(predicted) < columns,
            "cell {label},{predicted}: the true class is 0 to {}, the predicted one 0 to {}",
            rows.saturating_sub(1),
            columns.saturating_sub(1)
        );
    }
    let pool = arguments.over.pool()?;
    let started = Instant::now();
    let said = predictions(&model, &dataset.test, &pool, &Progress::default())?;
    let matrix = said.confusion();
    let outputs = arguments.over.outputs(&model, text);
    if arguments.csv {
        let named = |text: &Text, class| text.class_name(class as u8).to_owned();
        let csv = confusion_csv(
            &matrix,
            |class| named(text, class),
            |class| named(outputs, class),
        );
        print!("{csv}");
        return Ok(());
    }
    let answer = Answer {
        images: said.all.len(),
        accuracy: said.accuracy(),
        classes: (0..rows.max(columns))
            .map(|c| class(text, &matrix, c))
            .collect(),
        outputs: (0..columns)
            .map(|class| outputs.class_name(class as u8))
            .collect(),
        rates: (0..rows)
            .map(|label| (0..columns).map(|p| matrix.rate(label, p)).collect())
            .collect(),
        counts: matrix.counts,
        cell: arguments.cell.map(|cell| [cell.label, cell.predicted]),
        listed: listed(&said, arguments),
        seconds: started.elapsed().as_secs_f64(),
        data: source::name(&dataset),
    };
    if arguments.over.json {
        println!("{}", super::json(&answer)?);
    } else {
        print(&answer, &dataset);
    }
    Ok(())
}

fn class(text: &Text, matrix: &ConfusionMatrix, class: usize) -> OfClass {
    let score = matrix.class(class);
    OfClass {
        class,
        name: text.class_name(class as u8),
        images: score.images,
        predicted: score.predicted,
        right: score.right,
        accuracy: score.accuracy(),
        precision: score.precision(),
    }
}

fn listed(said: &Predictions, arguments: &Arguments) -> Vec<Listed> {
    let indices = match arguments.cell {
        Some(Cell { label, predicted }) => said.cell(label, predicted),
        None => said
            .mistakes()
            .into_iter()
            .take(arguments.mistakes)
            .collect(),
    };
    let image = |image: usize| {
        let p = said.all[image];
        Listed {
            image,
            label: p.label,
            predicted: p.predicted,
            probability: p.probability,
            label_probability: p.label_probability,
        }
    };
    indices.into_iter().map(image).collect()
}

/// A table to read: a row for each true class, a column for each predicted one.
fn print(answer: &Answer, dataset: &Dataset) {
    println!(
        "{} images: accuracy {:.4} ({})",
        answer.images,
        answer.accuracy,
        source::data_in_short(&dataset.origin)
    );
    let columns = answer.counts.first().map_or(0, Vec::len);
    let heads: Vec<_> = (0..columns).map(|c| format!("{c:>6}")).collect();
    let heads = heads.concat();
    println!("{:<14}{heads}{:>11}", "true\\predicted", "accuracy");
    for (row, class) in answer.counts.iter().zip(&answer.classes) {
        let counts: Vec<_> = row.iter().map(|count| format!("{count:>6}")).collect();
        let counts = counts.concat();
        let rate = class.accuracy.map_or("-".into(), |a| format!("{a:.4}"));
        let (number, name) = (class.class, class.name);
        println!("{number:<2}{name:<12}{counts}{rate:>11}");
    }
    let of_cell = answer.cell.is_some();
    let title = if of_cell {
        "images of this cell:"
    } else {
        "most confident mistakes:"
    };
    println!("{title}");
    for p in &answer.listed {
        println!(
            "image {:>5}: class {} predicted as {} with probability {:.4} (true class {:.4})",
            p.image, p.label, p.predicted, p.probability, p.label_probability
        );
    }
}
