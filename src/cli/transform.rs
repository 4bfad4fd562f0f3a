//! `convlens transform`

use std::time::Instant;

use anyhow::Result;
use serde::Serialize;

use super::source;
use super::table::aligned;
use super::test_set::OverTestSet;
use convlens_core::explore::{Progress, Way, accuracy_when_changed};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    over: OverTestSet,
    /// Pixels to shift by; the mean over right, left, up and down
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = amount(Way::Shift))]
    shift: Vec<f32>,
    /// Degrees to turn by; the mean over both ways
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = amount(Way::Turn), allow_negative_numbers = true)]
    turn: Vec<f32>,
    /// How many times as large
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = amount(Way::Zoom))]
    zoom: Vec<f32>,
    /// Brighter by this share of white, darker below 0
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = amount(Way::Light), allow_negative_numbers = true)]
    light: Vec<f32>,
    /// Standard deviation of noise, as a share of white
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = amount(Way::Noise))]
    noise: Vec<f32>,
    /// Side of a black square in the middle, as a share of the shorter side
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', value_parser = amount(Way::Cover))]
    cover: Vec<f32>,
    /// The table as CSV on stdout
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// Numbers that make sense for a way.
fn amount(way: Way) -> impl Fn(&str) -> Result<f32, String> + Clone + Send + Sync {
    let (least, most) = way.range();
    move |text: &str| {
        let number = text.trim().parse::<f32>().ok();
        let number = number.filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| {
            format!(
                "choose numbers from {least} to {most}, such as {}",
                example(way)
            )
        })
    }
}

fn example(way: Way) -> String {
    let usual = way.usual().iter().map(ToString::to_string);
    usual.collect::<Vec<_>>().join(",")
}

#[derive(Serialize)]
struct Answer {
    images: usize,
    measured: Vec<Measured>,
    seconds: f64,
    data: &'static str,
}

#[derive(Serialize)]
struct Measured {
    way: Way,
    amount: f32,
    accuracy: f64,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let over = &arguments.over;
    let (model, dataset) = over.judged()?;
    let pool = over.pool()?;
    let started = Instant::now();
    let mut measured = Vec::new();
    for (way, amounts) in asked(arguments) {
        let progress = Progress::default();
        let accuracies =
            accuracy_when_changed(&model, &dataset.test, way, &amounts, &pool, &progress)?;
        let rows = amounts.into_iter().zip(accuracies);
        measured.extend(rows.map(|(amount, accuracy)| Measured {
            way,
            amount,
            accuracy,
        }));
    }
    let answer = Answer {
        images: dataset.test.len(),
        measured,
        seconds: started.elapsed().as_secs_f64(),
        data: source::name(&dataset),
    };
    if arguments.csv {
        println!("way,amount,accuracy");
        for row in &answer.measured {
            println!("{},{},{:.6}", row.way.key(), row.amount, row.accuracy);
        }
        return Ok(());
    }
    if over.json {
        println!("{}", super::json(&answer)?);
        return Ok(());
    }
    println!(
        "{} images in {:.2} s ({})",
        answer.images,
        answer.seconds,
        source::data_in_short(&dataset.origin)
    );
    let head = ["", "by", "accuracy"].map(str::to_owned).to_vec();
    let rows = answer.measured.iter().map(|row| {
        vec![
            row.way.key().to_owned(),
            row.amount.to_string(),
            format!("{:.4}", row.accuracy),
        ]
    });
    let lines: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
    print!("{}", aligned(&lines, &[0]));
    Ok(())
}

/// What is asked for; without anything, the usual shifts.
fn asked(arguments: &Arguments) -> Vec<(Way, Vec<f32>)> {
    let amounts = [
        &arguments.shift,
        &arguments.turn,
        &arguments.zoom,
        &arguments.light,
        &arguments.noise,
        &arguments.cover,
    ];
    let pairs = Way::ALL.into_iter().zip(amounts);
    let pairs: Vec<_> = pairs
        .filter(|(_, amounts)| !amounts.is_empty())
        .map(|(way, amounts)| (way, amounts.clone()))
        .collect();
    if pairs.is_empty() {
        return vec![(Way::Shift, Way::Shift.usual().to_vec())];
    }
    pairs
}
