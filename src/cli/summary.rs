//! `convlens summary`

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source;
use super::table::aligned;
use convlens_core::network::{Layer, NetworkSpec, Shape, frozen_count, parameter_count};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    #[arg(conflicts_with = "network")]
    file: Option<PathBuf>,
    /// A network by name: 64-64, 32-32, 16-16, one-conv, three-conv, dense, lenet-5, vgg-small or resnet-small
    #[arg(long, value_parser = source::network())]
    network: Option<NetworkSpec>,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary<'a> {
    layers: Vec<Row<'a>>,
    total: usize,
    trainable: usize,
    /// Products of a value and a weight, for one picture.
    multiply_adds: usize,
    /// What the layers put out for one picture.
    bytes: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Channels, height, width; or units.
    output_shape: Vec<usize>,
    parameters: usize,
    trainable: usize,
    multiply_adds: usize,
    bytes: usize,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let layers = match &arguments.network {
        Some(network) => network.plan()?,
        None => source::model(arguments.file.as_deref())?.layers().to_vec(),
    };
    let rows: Vec<Row<'_>> = layers.iter().map(row).collect();
    let summary = Summary {
        total: parameter_count(&layers),
        trainable: parameter_count(&layers) - frozen_count(&layers),
        multiply_adds: rows.iter().map(|row| row.multiply_adds).sum(),
        bytes: rows.iter().map(|row| row.bytes).sum(),
        layers: rows,
    };
    if arguments.json {
        println!("{}", super::json(&summary)?);
        return Ok(());
    }
    let heading = [
        "layer",
        "type",
        "output",
        "parameters",
        "multiply-adds",
        "memory",
    ];
    let mut lines = vec![heading.map(str::to_owned).to_vec()];
    for row in &summary.layers {
        let shape: Vec<_> = row.output_shape.iter().map(ToString::to_string).collect();
        lines.push(vec![
            row.name.to_owned(),
            row.kind.to_owned(),
            shape.join("×"),
            row.parameters.to_string(),
            row.multiply_adds.to_string(),
            kibibytes(row.bytes),
        ]);
    }
    let none = String::new();
    lines.push(vec![
        "total".to_owned(),
        none.clone(),
        none,
        summary.total.to_string(),
        summary.multiply_adds.to_string(),
        kibibytes(summary.bytes),
    ]);
    print!("{}", aligned(&lines, &[0, 1]));
    let frozen = summary.total - summary.trainable;
    if frozen > 0 {
        println!("trainable {}, not trainable {frozen}", summary.trainable);
    }
    Ok(())
}

fn row(layer: &Layer) -> Row<'_> {
    Row {
        name: &layer.name,
        kind: source::kind(layer.kind),
        output_shape: match layer.output {
            Shape::Maps {
                channels,
                height,
                width,
            } => vec![channels, height, width],
            Shape::Vector(units) => vec![units],
        },
        parameters: layer.parameters,
        trainable: layer.parameters - layer.frozen,
        multiply_adds: layer.multiply_adds(),
        bytes: size_of::<f32>() * layer.output.len(),
    }
}

fn kibibytes(bytes: usize) -> String {
    format!("{:.1} KiB", bytes as f64 / 1024.0)
}
