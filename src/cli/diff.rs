//! `convlens diff`

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde::Serialize;

use super::source;
use super::table::aligned;
use convlens_core::explore::{LayerDifference, weight_differences};

/// Filters, units or channels that the table names of each layer.
const NAMED: usize = 4;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of any kind that convlens opens; a moment of a run is a file in its folder `checkpoints`
    first: PathBuf,
    /// The one it is compared with
    second: PathBuf,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    layers: Vec<OfLayer<'a>>,
    /// Layers with weights that the second network has not, or of another shape.
    only_in_first: Vec<&'a str>,
}

#[derive(Serialize)]
struct OfLayer<'a> {
    layer: &'a str,
    /// Length of the difference as a share of that of the second's weights; `null` where these are all 0.
    relative: Option<f64>,
    /// Of the angle between the two; `null` where one is all 0.
    cosine: Option<f64>,
    /// The largest difference of two weights.
    largest: f32,
    /// Filters, units or channels, those that differ most first, with the length of the difference.
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct Output {
    number: usize,
    difference: f64,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let [first, second] =
        [&arguments.first, &arguments.second].map(|file| source::model(Some(file)));
    let (first, second) = (first?, second?);
    let differences = weight_differences(&first, &second)?;
    if differences.is_empty() {
        bail!(
            "{} and {} have no layer of the same name and shape; compare two moments of a run, or networks with the same layers",
            arguments.first.display(),
            arguments.second.display()
        );
    }
    let weighted = (first.layers().iter().enumerate())
        .filter(|(index, _)| first.parameters(*index).is_some())
        .map(|(_, layer)| layer.name.as_str());
    let is_compared = |name: &&str| differences.iter().any(|d| d.name == **name);
    let only_in_first: Vec<&str> = weighted.filter(|name| !is_compared(name)).collect();
    if arguments.json {
        let answer = Answer {
            layers: differences.iter().map(of_layer).collect(),
            only_in_first,
        };
        println!("{}", super::json(&answer)?);
        return Ok(());
    }
    let heading = ["layer", "difference", "cosine", "largest", "most different"];
    let mut lines = vec![heading.map(str::to_owned).to_vec()];
    lines.extend(differences.iter().map(line));
    print!("{}", aligned(&lines, &[0, 4]));
    if !only_in_first.is_empty() {
        super::remark(&format!(
            "not in the second network, or of another shape: {}",
            only_in_first.join(", ")
        ));
    }
    Ok(())
}

fn of_layer(difference: &LayerDifference) -> OfLayer<'_> {
    let outputs = difference.most_different().into_iter();
    OfLayer {
        layer: &difference.name,
        relative: difference.relative,
        cosine: difference.cosine,
        largest: difference.largest,
        outputs: outputs
            .map(|number| Output {
                number,
                difference: difference.outputs[number],
            })
            .collect(),
    }
}

fn line(difference: &LayerDifference) -> Vec<String> {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let named = difference.most_different();
    let named = named.iter().take(NAMED).map(|&number| {
        let length = difference.outputs[number];
        format!("{number} ({length:.3})")
    });
    let LayerDifference {
        relative, cosine, ..
    } = difference;
    vec![
        difference.name.clone(),
        or_none(relative.map(|share| format!("{:.1} %", share * 100.0))),
        or_none(cosine.map(|cosine| format!("{cosine:.4}"))),
        format!("{:.4}", difference.largest),
        named.collect::<Vec<_>>().join(", "),
    ]
}
