//! A report of experiments: what was trained, with which settings, what came of it, as one page of HTML that needs nothing else.

mod chart;

use crate::paper::document;
use crate::text::Text;
use chart::{Chart, Line, Look};
use convlens_core::dataset::Dataset;
use convlens_core::figures::{self, FigureWords, MapSet, MapsSettings};
use convlens_core::network::Shape;
use convlens_core::render::{RenderError, escaped};
use convlens_core::training::runs::{Column, Comparison, RunRecord, RunSummary, compare};
use convlens_core::training::smoothed;

/// Runs beside one another in a table: more are not as wide as a page.
const RUNS_ACROSS: usize = 4;

/// Columns of maps beside one another that can be read on a page.
const MAPS_ACROSS: usize = 8;

/// Layers of a network whose run is kept on one page: its curves and the table of its layers.
const MOST_ON_A_PAGE: usize = 24;

/// A question of the lesson and how many hands each choice had.
pub struct Hands {
    /// The question.
    pub question: String,
    /// Its choices, and how many chose each.
    pub choices: Vec<(String, u32)>,
    /// Which is right.
    pub right: usize,
}

/// The maps that `settings` ask for, as SVG: in parts that can be read on a page.
///
/// # Errors
/// A figure would be too large.
pub fn maps(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    words: &dyn FigureWords,
) -> Result<Vec<String>, RenderError> {
    figures::draw_svg_in_parts(maps, dataset, settings, words, MAPS_ACROSS)
}

/// The page. `maps` are figures as SVG, `baseline` the run that gains count from.
#[must_use]
pub fn page(
    runs: &[RunRecord],
    baseline: Option<&RunSummary>,
    maps: &[String],
    hands: &[Hands],
    text: &Text,
) -> String {
    let words = &text.report;
    let summaries: Vec<RunSummary> = runs.iter().map(|run| run.summary.clone()).collect();
    let names = text.run_names(&summaries);
    let name = |run: &RunSummary| names.get(&run.id).unwrap_or(&run.name).clone();
    let mut body = format!("<h1>{}</h1>\n", words.title);
    if runs.is_empty() {
        body.extend(["<p>", text.runs.none_yet, "</p>\n"]);
    }
    if runs.len() > 1 {
        let comparison = compare(&summaries, baseline);
        body.extend(["<h2>", text.runs.comparison, "</h2>\n"]);
        // From which run gains count somebody has to say: those of a class's exercises have little in common.
        let is_told = |column: Column| column != Column::Gain || baseline.is_some();
        let name = |row: usize| name(&summaries[row]);
        body.push_str(&table(&comparison, &is_told, &name, text));
    }
    let ranges = Ranges::of(runs);
    for run in runs {
        body.push_str(&section(run, &name(&run.summary), &ranges, text));
    }
    if !maps.is_empty() {
        body.extend(["<section>\n<h2>", words.maps, "</h2>\n"]);
        for svg in maps {
            // An SVG document stands in a page as it is.
            body.extend(["<figure>\n", svg, "</figure>\n"]);
        }
        body.push_str("</section>\n");
    }
    if !hands.is_empty() {
        body.extend(["<section>\n<h2>", text.lesson.hands, "</h2>\n"]);
        body.extend(hands.iter().map(|hands| tally(hands, text)));
        body.push_str("</section>\n");
    }
    document(text, words.title, &body)
}

/// Settings that differ, and results: a row each, a column for each run.
fn table(
    comparison: &Comparison,
    is_told: &dyn Fn(Column) -> bool,
    name: &dyn Fn(usize) -> String,
    text: &Text,
) -> String {
    let rows: Vec<usize> = (0..comparison.rows.len()).collect();
    let mut tables = String::new();
    for across in rows.chunks(RUNS_ACROSS) {
        tables.push_str("<table>\n<tr><th></th>");
        for row in across {
            tables.extend(["<th>", &escaped(&name(*row)), "</th>"]);
        }
        tables.push_str("</tr>\n");
        let columns = comparison.columns.iter().enumerate();
        for (index, &column) in columns.filter(|(_, column)| is_told(**column)) {
            tables.extend(["<tr><th>", text.run_column(column).0, "</th>"]);
            for row in across {
                let value = &comparison.rows[*row].values[index];
                let value = escaped(&text.run_value(column, value));
                tables.extend(["<td>", &value, "</td>"]);
            }
            tables.push_str("</tr>\n");
        }
        tables.push_str("</table>\n");
    }
    tables
}

/// Room above the highest loss measured, as a share of it.
const ABOVE_MEASURED: f64 = 1.3;

/// How far the axes of all runs go: what is alike looks alike.
struct Ranges {
    loss: [f64; 2],
    accuracy: [f64; 2],
    epochs: f64,
}

impl Ranges {
    fn of(runs: &[RunRecord]) -> Self {
        let epochs = runs.iter().map(|run| epochs(&run.summary));
        let all = || runs.iter().flat_map(lines);
        let values = |is_share: bool| {
            let lines = all().filter(move |(share, _)| *share == is_share);
            lines.flat_map(|(_, line)| line.points.into_iter().map(|point| point[1]))
        };
        let most = |losses: &mut dyn Iterator<Item = f64>| {
            losses.filter(|loss| loss.is_finite()).fold(0.0, f64::max)
        };
        // Above what was measured lies only the steep fall of the first batches, also of a run that diverged.
        let measured = all().filter(|(is_share, line)| !is_share && line.look != Look::Training);
        let mut measured = measured.flat_map(|(_, line)| line.points.into_iter().map(|it| it[1]));
        let most_loss = match most(&mut measured) {
            0.0 => most(&mut values(false)),
            measured => most(&mut values(false)).min(ABOVE_MEASURED * measured),
        };
        let least = values(true).fold(1.0, f64::min);
        Self {
            loss: [0.0, most_loss.max(0.1)],
            // From a round share on: what differs between runs is little of the whole.
            accuracy: [(least * 20.0).floor() / 20.0, 1.0],
            epochs: epochs.fold(1e-3, f64::max),
        }
    }
}

/// Epochs that a run has trained, the last one perhaps in part.
fn epochs(run: &RunSummary) -> f64 {
    run.step as f64 / run.batches_per_epoch.max(1) as f64
}

/// The lines of a run's charts, and whether each is of shares.
fn lines(run: &RunRecord) -> Vec<(bool, Line)> {
    let per_epoch = run.summary.batches_per_epoch.max(1) as f64;
    let losses: Vec<[f64; 2]> = run
        .curve
        .iter()
        .map(|point| [point.step as f64 / per_epoch, f64::from(point.loss)])
        .collect();
    let smooth = smoothed(&losses);
    let training = losses.iter().zip(smooth);
    let training = training.map(|([epoch, _], loss)| [*epoch, loss]).collect();
    let epochs = &run.summary.epochs;
    let by_epoch = |value: fn(&convlens_core::training::EpochMetrics) -> Option<f64>| {
        let points = epochs.iter();
        let points = points.filter_map(|epoch| Some([epoch.epoch as f64, value(epoch)?]));
        points.filter(|point| point[1].is_finite()).collect()
    };
    let line = |look, points| Line {
        name: "",
        look,
        points,
    };
    vec![
        (false, line(Look::Training, training)),
        (
            false,
            line(Look::Validation, by_epoch(|epoch| epoch.validation_loss)),
        ),
        (false, line(Look::Test, by_epoch(|epoch| epoch.test_loss))),
        (
            true,
            line(Look::Training, by_epoch(|epoch| Some(epoch.train_accuracy))),
        ),
        (
            true,
            line(
                Look::Validation,
                by_epoch(|epoch| epoch.validation_accuracy),
            ),
        ),
        (
            true,
            line(Look::Test, by_epoch(|epoch| epoch.test_accuracy)),
        ),
    ]
}

/// One run: its network, its curves, its figures.
fn section(run: &RunRecord, name: &str, ranges: &Ranges, text: &Text) -> String {
    let summary = &run.summary;
    let words = &text.report;
    let layers = summary.config.network.plan().unwrap_or_default();
    // Kept on a page if it is about as long as one.
    let class = if layers.len() > MOST_ON_A_PAGE {
        ""
    } else {
        " class=\"whole\""
    };
    let mut section = format!(
        "<section{class}>\n<div class=\"run\">\n<h2>{}</h2>\n",
        escaped(name)
    );
    // What every run has stands here, whether it differs or not.
    let settings = [
        Column::Data,
        Column::Images,
        Column::EpochsTrained,
        Column::BatchSize,
        Column::LearningRate,
        Column::Optimizer,
        Column::Augmentation,
        Column::Seed,
        Column::Parameters,
        Column::TrainLoss,
        Column::TestLoss,
        Column::TrainAccuracy,
        Column::TestAccuracy,
        Column::Seconds,
    ];
    let figures = settings.iter().filter_map(|&column| {
        let value = column.of(summary);
        let is_there = value != convlens_core::training::runs::Value::Missing;
        is_there.then(|| {
            let value = escaped(&text.run_value(column, &value));
            format!("<span>{} <b>{value}</b></span> ", text.run_column(column).0)
        })
    });
    let status = text.kept_run_status(summary.status);
    section.extend(["<p class=\"figures\"><span><b>", status, "</b></span> "]);
    section.extend(figures);
    section.push_str("</p>\n<div class=\"charts\">\n");
    // Beside a run of many epochs a short one would be a stub.
    let own = epochs(summary);
    let is_short = 2.0 * own < ranges.epochs;
    let epochs = if is_short { own } else { ranges.epochs };
    let (mut loss, mut accuracy) = (Vec::new(), Vec::new());
    for (is_share, mut line) in lines(run) {
        line.name = match line.look {
            Look::Test => text.curves.test,
            Look::Training if is_share => text.curves.training_running,
            Look::Training => text.curves.training_smoothed,
            Look::Validation => text.curves.validation,
        };
        if is_share { &mut accuracy } else { &mut loss }.push(line);
    }
    for (title, lines, range, is_share) in [
        (text.curves.loss, loss, ranges.loss, false),
        (text.curves.accuracy, accuracy, ranges.accuracy, true),
    ] {
        let chart = Chart {
            title,
            lines,
            epochs,
            range,
            is_share,
        };
        section.push_str(&chart.svg(text));
    }
    section.push_str("</div>\n");
    if !layers.is_empty() {
        let heads = [words.layer, words.output, text.network.parameters];
        section.push_str("<table>\n<tr>");
        section.extend(heads.map(|head| format!("<th>{head}</th>")));
        section.push_str("</tr>\n");
        for layer in &layers {
            let output = match layer.output {
                Shape::Maps {
                    channels,
                    height,
                    width,
                } => format!("{channels}×{height}×{width}"),
                Shape::Vector(units) => text.integer(units),
            };
            let name = escaped(&layer.name);
            let parameters = text.integer(layer.parameters);
            section.extend([
                format!("<tr><td>{name}</td><td>{output}</td>"),
                format!("<td>{parameters}</td></tr>\n"),
            ]);
        }
        section.push_str("</table>\n");
    }
    section.push_str("</div>\n</section>\n");
    section
}

fn tally(hands: &Hands, text: &Text) -> String {
    let all: u32 = hands.choices.iter().map(|(_, count)| count).sum();
    let mut choices = String::new();
    for (index, (choice, count)) in hands.choices.iter().enumerate() {
        let class = if index == hands.right {
            " class=\"right\""
        } else {
            ""
        };
        let words = text.hands(*count, all);
        let share = 100.0 * f64::from(*count) / f64::from(all.max(1));
        let choice = escaped(choice);
        choices.extend([
            format!("<li{class}>{choice}: {words}"),
            format!("<div class=\"bar\" style=\"width: {share:.0}%\"></div></li>\n"),
        ]);
    }
    let question = escaped(&hands.question);
    format!("<div class=\"ask\">\n<p>{question}</p>\n<ul>\n{choices}</ul>\n</div>\n")
}
