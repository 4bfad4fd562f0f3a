//! `convlens overview`

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source::{self, DataArgument};
use crate::text::Language;
use convlens_core::explore::{self, OverviewColumn, OverviewNode};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    file: Option<PathBuf>,
    /// Index into the test set
    #[arg(long, default_value_t = 0)]
    image: usize,
    /// Channels of each layer: the most active ones on this picture
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = channels())]
    channels: u64,
    #[command(flatten)]
    data: DataArgument,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

fn channels() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=512)
}

#[derive(Serialize)]
struct Answer {
    image: usize,
    label: u8,
    /// From the picture to the classes.
    layers: Vec<Column>,
    /// What channels hand on to those of the next layer.
    edges: Vec<Edge>,
    probabilities: Vec<f32>,
    data: &'static str,
}

#[derive(Serialize)]
struct Column {
    /// Empty for the picture.
    name: String,
    channels: Vec<usize>,
    /// Of each of these.
    means: Vec<f32>,
}

#[derive(Serialize)]
struct Edge {
    from: (String, usize),
    to: (String, usize),
    /// `null` where a channel is handed on as it is.
    contribution: Option<f32>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, dataset) = arguments.data.with_model(arguments.file.as_deref())?;
    let image = arguments.image;
    source::check_images(&[image], dataset.test.len())?;
    let most = arguments.channels as usize;
    let found = explore::overview(&model, &dataset.test.picture(image), most, 0)?;
    let column = |column: &OverviewColumn| Column {
        name: column.name.clone(),
        channels: column.nodes.iter().map(|node| node.channel).collect(),
        means: column.nodes.iter().map(OverviewNode::mean).collect(),
    };
    let place = |(column, node): (usize, usize)| {
        let column = &found.columns[column];
        (column.name.clone(), column.nodes[node].channel)
    };
    let edges = found.edges.iter().map(|edge| Edge {
        from: place(edge.from),
        to: place(edge.to),
        contribution: edge.contribution,
    });
    let answer = Answer {
        image,
        label: dataset.test.label(image),
        layers: found.columns.iter().map(column).collect(),
        edges: edges.collect(),
        probabilities: found.probabilities.clone(),
        data: source::name(&dataset),
    };
    if arguments.json {
        println!("{}", super::json(&answer)?);
        return Ok(());
    }
    let text = Language::En.text();
    for column in &answer.layers {
        let name = if column.name.is_empty() {
            text.overview.picture
        } else {
            &column.name
        };
        println!("{name}");
        for (channel, mean) in column.channels.iter().zip(&column.means) {
            let to = (column.name.clone(), *channel);
            let mut edges: Vec<&Edge> = answer.edges.iter().filter(|edge| edge.to == to).collect();
            let added = |edge: &Edge| edge.contribution.unwrap_or_default().abs();
            edges.sort_by(|a, b| added(b).total_cmp(&added(a)));
            let inputs = edges.iter().filter_map(|edge| {
                let name = text.node_name(&edge.from.0, edge.from.1);
                Some((name, edge.contribution?))
            });
            let inputs: Vec<_> = inputs.take(NAMED).collect();
            println!(
                "  {}",
                text.node_in_words(&channel.to_string(), *mean, &inputs)
            );
        }
    }
    Ok(())
}

/// Inputs that are named for each channel.
const NAMED: usize = 4;
