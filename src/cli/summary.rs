//! `convlens summary`

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source;
use super::table::aligned;
use convlens_core::network::{Layer, NetworkSpec, Shape, parameter_count};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    #[arg(conflicts_with = "network")]
    file: Option<PathBuf>,
    /// A network by name: 64-64, 32-32, 16-16, one-conv, three-conv or dense
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
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Channels, height, width; or units.
    output_shape: Vec<usize>,
    parameters: usize,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let layers = match &arguments.network {
        Some(network) => network.plan()?,
        None => source::model(arguments.file.as_deref())?.layers().to_vec(),
    };
    let summary = Summary {
        total: parameter_count(&layers),
        layers: layers.iter().map(row).collect(),
    };
    if arguments.json {
        println!("{}", super::json(&summary)?);
        return Ok(());
    }
    let heading = ["layer", "type", "output", "parameters"];
    let mut lines = vec![heading.map(str::to_owned).to_vec()];
    for row in &summary.layers {
        let shape: Vec<_> = row.output_shape.iter().map(ToString::to_string).collect();
        lines.push(vec![
            row.name.to_owned(),
            row.kind.to_owned(),
            shape.join("×"),
            row.parameters.to_string(),
        ]);
    }
    let (total, none) = ("total".to_owned(), String::new());
    lines.push(vec![total, none.clone(), none, summary.total.to_string()]);
    print!("{}", aligned(&lines, &[0, 1]));
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
    }
}
