//! `convlens compare-maps`

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use serde::Serialize;

use super::source::{self, DataArgument};
use crate::text::Language;
use convlens_core::dataset::Dataset;
use convlens_core::explore::{
    ImageSet, LayerMaps, Likeness, MeanLikeness, SimilarityMatrix, activations, similarity,
};
use convlens_core::figures::similarity_csv;

/// Most images of one matrix: each is compared with every other.
const MAX_COMPARED: usize = 200;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    file: Option<PathBuf>,
    /// Indices into the test set
    #[arg(long, value_delimiter = ',', required_unless_present = "set")]
    images: Vec<usize>,
    /// A ready-made set: ankle-boots (of the first hundred), notebook (23 to 28), shoes-and-shirts,
    /// same-class or other-classes (six at random)
    #[arg(long, conflicts_with = "images", value_parser = parse_set)]
    set: Option<ImageSet>,
    /// Class of a random set: its own, or the one left out
    #[arg(long, default_value_t = 9)]
    class: u8,
    /// Decides the images of a random set
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A convolution or pool by name: conv1, pool1, …
    #[arg(long)]
    layer: String,
    /// Channel, from 0 [default: all channels as one vector]
    #[arg(long)]
    filter: Option<usize>,
    #[command(flatten)]
    data: DataArgument,
    /// The pairs as comma-separated values on stdout
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    layer: &'a str,
    /// `null`: over all channels.
    filter: Option<usize>,
    images: &'a [usize],
    labels: &'a [u8],
    classes: Vec<&'static str>,
    /// Rows of the matrices; `null` where a map is zero (cosine) or constant (Pearson).
    cosine: Vec<Vec<Option<f64>>>,
    pearson: Vec<Vec<Option<f64>>>,
    /// The same pair by pair, each once: a table for a spreadsheet.
    pairs: Vec<Pair>,
    within_classes: Mean,
    between_classes: Mean,
    data: &'static str,
}

#[derive(Serialize)]
struct Pair {
    image: usize,
    label: u8,
    other_image: usize,
    other_label: u8,
    same_class: bool,
    cosine: Option<f64>,
    pearson: Option<f64>,
}

#[derive(Serialize)]
struct Mean {
    cosine: Option<f64>,
    pearson: Option<f64>,
    /// Pairs that each mean is over: those that have a value.
    cosine_pairs: usize,
    pearson_pairs: usize,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, dataset) = arguments.data.with_model(arguments.file.as_deref())?;
    let test = &dataset.test;
    let text = Language::En.text_for(&dataset.classes);
    let images = match arguments.set {
        Some(set) => {
            let fitting: Vec<ImageSet> = ImageSet::of(&dataset.classes).collect();
            ensure!(
                fitting.contains(&set),
                "--set {}: these pictures are of other classes than Fashion-MNIST's; choose {}, or name --images",
                set.name(),
                names(&fitting).join(" or ")
            );
            let classes = dataset.classes.count();
            ensure!(
                usize::from(arguments.class) < classes,
                "--class {}: choose 0 to {}",
                arguments.class,
                classes.saturating_sub(1)
            );
            set.images(test.labels(), arguments.class, arguments.seed)
        }
        None => arguments.images.clone(),
    };
    source::check_images(&images, test.len())?;
    ensure!(
        (2..=MAX_COMPARED).contains(&images.len()),
        "{} images: choose 2 to {MAX_COMPARED} to compare",
        images.len()
    );
    let maps = activations(&model, images.iter().map(|&image| test.image(image)))?;
    let layer = find_layer(&maps.layers, &arguments.layer)?;
    let Some(matrix) = similarity(layer, images.len(), arguments.filter) else {
        let filter = arguments.filter.unwrap_or_default();
        bail!(source::no_such_filter(filter, &layer.name, layer.channels));
    };
    let labels: Vec<u8> = images.iter().map(|&image| test.label(image)).collect();
    if arguments.csv {
        let named = images.iter().zip(&labels);
        let named: Vec<_> = named
            .map(|(&image, &label)| (image as i64, Some(label)))
            .collect();
        print!("{}", similarity_csv(&matrix, &named));
        return Ok(());
    }
    let known: Vec<_> = labels.iter().map(|&label| Some(label)).collect();
    let means = matrix.class_means(&known);
    let answer = Answer {
        layer: &layer.name,
        filter: arguments.filter,
        images: &images,
        labels: &labels,
        classes: labels.iter().map(|&label| text.class_name(label)).collect(),
        cosine: rows(&matrix, |pair| pair.cosine),
        pearson: rows(&matrix, |pair| pair.pearson),
        pairs: pairs(&matrix, &images, &labels),
        within_classes: mean(means.within),
        between_classes: mean(means.between),
        data: source::name(&dataset),
    };
    if arguments.json {
        println!("{}", super::json(&answer)?);
    } else {
        print(&answer, &dataset);
    }
    Ok(())
}

fn parse_set(name: &str) -> Result<ImageSet, String> {
    let found = ImageSet::ALL.into_iter().find(|set| set.name() == name);
    found.ok_or_else(|| format!("choose one of {}", names(&ImageSet::ALL).join(", ")))
}

fn names(sets: &[ImageSet]) -> Vec<&'static str> {
    sets.iter().map(|set| set.name()).collect()
}

fn find_layer<'a>(layers: &'a [LayerMaps], name: &str) -> Result<&'a LayerMaps> {
    ensure!(
        !layers.is_empty(),
        "this network has no convolution and no pooling, so there are no maps to compare"
    );
    let found = layers.iter().find(|layer| layer.name == name);
    found.ok_or_else(|| source::no_such_layer(name, layers.iter().map(|layer| &layer.name)))
}

fn rows(
    matrix: &SimilarityMatrix,
    measure: impl Fn(Likeness) -> Option<f64>,
) -> Vec<Vec<Option<f64>>> {
    let row = |row: &[Likeness]| row.iter().map(|&pair| measure(pair)).collect();
    matrix.pairs.chunks(matrix.images).map(row).collect()
}

fn pairs(matrix: &SimilarityMatrix, images: &[usize], labels: &[u8]) -> Vec<Pair> {
    let places = (0..images.len()).flat_map(|a| (a + 1..images.len()).map(move |b| (a, b)));
    let pair = |(a, b): (usize, usize)| Pair {
        image: images[a],
        label: labels[a],
        other_image: images[b],
        other_label: labels[b],
        same_class: labels[a] == labels[b],
        cosine: matrix.at(a, b).cosine,
        pearson: matrix.at(a, b).pearson,
    };
    places.map(pair).collect()
}

fn mean(of: MeanLikeness) -> Mean {
    Mean {
        cosine: of.cosine.mean,
        pearson: of.pearson.mean,
        cosine_pairs: of.cosine.pairs,
        pearson_pairs: of.pearson.pairs,
    }
}

fn print(answer: &Answer<'_>, dataset: &Dataset) {
    let number = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.3}"));
    println!(
        "{}, {} ({})",
        answer.layer,
        answer
            .filter
            .map_or("all channels".into(), |filter| format!("filter {filter}")),
        source::data_in_short(&dataset.origin)
    );
    for (title, matrix) in [("cosine", &answer.cosine), ("Pearson r", &answer.pearson)] {
        let heads = answer.images.iter().map(|image| format!("{image:>8}"));
        println!("\n{title:<22}{}", heads.collect::<String>());
        for (place, row) in matrix.iter().enumerate() {
            let cells = row.iter().map(|&value| format!("{:>8}", number(value)));
            let head = format!("{:>6} {}", answer.images[place], answer.classes[place]);
            println!("{head:<22}{}", cells.collect::<String>());
        }
    }
    println!();
    for (title, mean) in [
        ("within a class", &answer.within_classes),
        ("between classes", &answer.between_classes),
    ] {
        let pairs = |count: usize| if count == 1 { "pair" } else { "pairs" };
        println!(
            "mean {title}: cosine {} ({} {}), Pearson r {} ({} {})",
            number(mean.cosine),
            mean.cosine_pairs,
            pairs(mean.cosine_pairs),
            number(mean.pearson),
            mean.pearson_pairs,
            pairs(mean.pearson_pairs)
        );
    }
}
