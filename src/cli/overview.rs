//! `convlens overview`

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source::{self, DataArgument};
use crate::text::{Language, Text};
use convlens_core::explore::{self, GradientOf, OverviewColumn, OverviewNode, OverviewOptions};

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
    /// Back through the network: the gradient of the loss or of a class's score
    #[arg(long, value_name = "loss|CLASS", value_parser = asked)]
    gradient: Option<Asked>,
    #[command(flatten)]
    data: DataArgument,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

fn channels() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=512)
}

/// Of what the gradient is.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Loss,
    Class(usize),
}

fn asked(words: &str) -> Result<Asked, String> {
    match words.parse() {
        _ if words == "loss" => Ok(Asked::Loss),
        Ok(class) => Ok(Asked::Class(class)),
        Err(_) => Err("loss, or the number of a class".to_owned()),
    }
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
    /// Of what, and how large that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    gradient: Option<(GradientOf, f32)>,
    data: &'static str,
}

#[derive(Serialize)]
struct Column {
    /// Empty for the picture.
    name: String,
    channels: Vec<usize>,
    /// Of each of these.
    means: Vec<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_gradients: Option<Vec<f32>>,
}

#[derive(Serialize)]
struct Edge {
    from: (String, usize),
    to: (String, usize),
    /// `null` where a channel is handed on as it is.
    contribution: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_back: Option<f32>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, dataset) = arguments.data.with_model(arguments.file.as_deref())?;
    let image = arguments.image;
    source::check_images(&[image], dataset.test.len())?;
    let label = usize::from(dataset.test.label(image));
    let gradient = arguments.gradient.map(|asked| match asked {
        Asked::Loss => GradientOf::Loss(label),
        Asked::Class(class) => GradientOf::Score(class),
    });
    if let Some(Asked::Class(class)) = arguments.gradient {
        source::check_class(&model, class)?;
    }
    let options = OverviewOptions {
        gradient,
        ..OverviewOptions::forward(arguments.channels as usize, 0)
    };
    let found = explore::overview(&model, &dataset.test.picture(image), &options)?;
    let column = |column: &OverviewColumn| Column {
        name: column.name.clone(),
        channels: column.nodes.iter().map(|node| node.channel).collect(),
        means: column.nodes.iter().map(OverviewNode::mean).collect(),
        mean_gradients: gradient.map(|_| {
            column
                .nodes
                .iter()
                .map(OverviewNode::mean_gradient)
                .collect()
        }),
    };
    let place = |(column, node): (usize, usize)| {
        let column = &found.columns[column];
        (column.name.clone(), column.nodes[node].channel)
    };
    let edges = found.edges.iter().map(|edge| Edge {
        from: place(edge.from),
        to: place(edge.to),
        contribution: edge.contribution,
        handed_back: edge.handed_back,
    });
    let answer = Answer {
        image,
        label: dataset.test.label(image),
        layers: found.columns.iter().map(column).collect(),
        edges: edges.collect(),
        probabilities: found.probabilities.clone(),
        gradient: found.gradient,
        data: source::name(&dataset),
    };
    if arguments.json {
        println!("{}", super::json(&answer)?);
        return Ok(());
    }
    let text = Language::En.text();
    if let Some((of, value)) = answer.gradient {
        println!(
            "{}",
            text.gradient_of(Language::En.text_for(&dataset.classes), of, value)
        );
    }
    for column in &answer.layers {
        let name = if column.name.is_empty() {
            text.overview.picture
        } else {
            &column.name
        };
        println!("{name}");
        for (place, channel) in column.channels.iter().enumerate() {
            println!("  {}", in_words(text, &answer, column, (place, *channel)));
        }
    }
    Ok(())
}

/// A channel with what adds most to it, or what hands most of the gradient back.
fn in_words(text: &Text, answer: &Answer, column: &Column, node: (usize, usize)) -> String {
    let (place, channel) = node;
    let own = (&column.name, channel);
    let parts = answer.edges.iter().filter_map(|edge| {
        let [from, to] = [&edge.from, &edge.to].map(|(name, channel)| (name, *channel));
        let (this, other, amount) = match answer.gradient {
            Some(_) => (from, to, edge.handed_back?),
            None => (to, from, edge.contribution?),
        };
        (this == own).then(|| (text.node_name(other.0, other.1), amount))
    });
    let mut parts: Vec<(String, f32)> = parts.collect();
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    parts.truncate(NAMED);
    let name = channel.to_string();
    match &column.mean_gradients {
        Some(gradients) => text.gradient_in_words(&name, gradients[place], &parts),
        None => text.node_in_words(&name, column.means[place], &parts),
    }
}

/// Channels that are named beside each.
const NAMED: usize = 4;
