//! How well the classes part in each layer.

use std::time::Instant;

use anyhow::Result;
use rayon::ThreadPool;
use serde::Serialize;

use super::{Arguments, PIXELS, labels, name_of, number};
use crate::cli::table::aligned;
use crate::cli::{json, source};
use convlens_core::dataset::Dataset;
use convlens_core::explore::Progress;
use convlens_core::explore::embedding::{Separation, Subject, computes, pca, separation};
use convlens_core::network::Input;

#[derive(Serialize)]
struct Table {
    images: usize,
    seed: u64,
    layers: Vec<OfLayer>,
    seconds: f64,
    data: &'static str,
}

#[derive(Serialize)]
struct OfLayer {
    layer: String,
    #[serde(rename = "type")]
    kind: &'static str,
    values: usize,
    components: usize,
    /// Share of the variance on these.
    explained: f64,
    neighbour_accuracy: f64,
    silhouette: Option<f64>,
}

/// Prints the table.
pub fn compare(
    subject: Subject<'_>,
    dataset: &Dataset,
    pool: &ThreadPool,
    arguments: &Arguments,
) -> Result<()> {
    let started = Instant::now();
    let layers = subject.model.layers().iter().enumerate();
    let layers = layers.filter(|(_, layer)| computes(layer));
    let sources =
        std::iter::once(Input::Pictures).chain(layers.map(|(index, _)| Input::Layer(index)));
    let labels = labels(subject);
    let of_layer = |source| -> Result<OfLayer> {
        let subject = Subject { source, ..subject };
        let pca = pca(subject, pool, &Progress::default())?;
        let Separation {
            neighbour_accuracy,
            silhouette,
        } = separation(pca.points(), &labels, pool, &Progress::default())?;
        Ok(OfLayer {
            layer: name_of(subject).to_owned(),
            kind: match source {
                Input::Pictures => PIXELS,
                Input::Layer(index) => source::kind(subject.model.layers()[index].kind),
            },
            values: subject.width(),
            components: pca.components,
            explained: pca.shares().iter().sum(),
            neighbour_accuracy,
            silhouette,
        })
    };
    let table = Table {
        images: subject.images.len(),
        seed: arguments.seed,
        layers: sources.map(of_layer).collect::<Result<_>>()?,
        seconds: started.elapsed().as_secs_f64(),
        data: source::name(dataset),
    };
    if arguments.over.json {
        println!("{}", json(&table)?);
    } else {
        print_table(&table, dataset);
    }
    Ok(())
}

fn print_table(table: &Table, dataset: &Dataset) {
    println!(
        "{} images ({}): how well the classes part in each layer",
        table.images,
        source::data_in_short(&dataset.origin)
    );
    let heading = [
        "layer",
        "values",
        "components",
        "variance on them",
        "neighbour accuracy",
        "silhouette",
    ];
    let mut lines = vec![heading.map(str::to_owned).to_vec()];
    lines.extend(table.layers.iter().map(|layer| {
        vec![
            layer.layer.clone(),
            layer.values.to_string(),
            layer.components.to_string(),
            format!("{:.1} %", 100.0 * layer.explained),
            format!("{:.4}", layer.neighbour_accuracy),
            number(layer.silhouette),
        ]
    }));
    print!("{}", aligned(&lines, &[0]));
}
