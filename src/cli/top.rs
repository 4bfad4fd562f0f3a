//! `convlens top`

use std::time::Instant;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::source;
use super::test_set::OverTestSet;
use convlens_core::dataset::{Dataset, Pictures};
use convlens_core::explore::{
    Excitation, Progress, Region, TestSetError, conv_layer, excitations, receptive_field,
};
use convlens_core::network::Model;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    over: OverTestSet,
    /// Name of a convolution: conv1, conv2, …
    #[arg(long)]
    layer: String,
    /// Convolution number, from 0
    #[arg(long)]
    filter: usize,
    /// How many images of each kind
    #[arg(long, default_value_t = 9)]
    count: usize,
}

#[derive(Serialize)]
struct Answer {
    layer: String,
    filter: usize,
    images: usize,
    maximum: f32,
    mean: f64,
    alive: usize,
    dead: bool,
    most: Vec<Listed>,
    least: Vec<Listed>,
    seconds: f64,
    data: &'static str,
}

#[derive(Serialize)]
struct Listed {
    image: usize,
    label: u8,
    activation: f32,
    before_relu: f32,
    row: usize,
    column: usize,
    receptive_field: Region,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, dataset) = arguments.over.model_and_data()?;
    let layer = conv_layer(&model, &arguments.layer)?;
    let filters = model.layers()[layer]
        .map_shape()
        .map_or(0, |(channels, _, _)| channels);
    let filter = arguments.filter;
    if filter >= filters {
        let layer = arguments.layer.clone();
        return Err(TestSetError::NoSuchFilter {
            layer,
            filter,
            filters,
        }
        .into());
    }
    let pool = arguments.over.pool()?;
    let started = Instant::now();
    let found = excitations(&model, layer, &dataset.test, &pool, &Progress::default())?;
    ensure!(
        found.images > 0,
        "the test set is empty; choose another data set"
    );
    let statistics = found.filters[filter];
    let row = |e: Excitation| row(e, &dataset.test, seen(&model, layer, e));
    let answer = Answer {
        layer: found.name.clone(),
        filter,
        images: found.images,
        maximum: statistics.maximum,
        mean: statistics.mean,
        alive: statistics.alive,
        dead: statistics.is_dead(),
        most: found
            .most(filter, arguments.count)
            .into_iter()
            .map(row)
            .collect(),
        least: found
            .least(filter, arguments.count)
            .into_iter()
            .map(row)
            .collect(),
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

/// What of the picture the filter sees at the place of its largest value.
fn seen(model: &Model, layer: usize, excitation: Excitation) -> Region {
    let cell = Region::cell(excitation.row, excitation.column);
    let fields = receptive_field(model.layers(), layer, cell);
    fields.first().copied().unwrap_or(cell)
}

fn row(excitation: Excitation, pictures: &Pictures, receptive_field: Region) -> Listed {
    Listed {
        image: excitation.image,
        label: pictures.label(excitation.image),
        activation: excitation.activation(),
        before_relu: excitation.before_relu,
        row: excitation.row,
        column: excitation.column,
        receptive_field,
    }
}

fn print(answer: &Answer, dataset: &Dataset) {
    println!(
        "{} filter {}: {}alive in {} of {} images, maximum {:.4}, mean {:.4} ({})",
        answer.layer,
        answer.filter,
        if answer.alive == 0 { "dead, " } else { "" },
        answer.alive,
        answer.images,
        answer.maximum,
        answer.mean,
        source::data_in_short(&dataset.origin)
    );
    for (title, images) in [
        ("most exciting:", &answer.most),
        ("least exciting:", &answer.least),
    ] {
        println!("{title}");
        for e in images {
            println!(
                "image {:>5}, class {}: {:.4} (before ReLU {:.4}) at row {}, column {}",
                e.image, e.label, e.activation, e.before_relu, e.row, e.column
            );
        }
    }
}
