//! `convlens compare-maps`

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail, ensure};
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
    /// Convolution number, from 0 [default: all channels as one vector]
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
    pairs: usize,
    cosine: Option<f64>,
    pearson: Option<f64>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let model = source::model(arguments.file.as_deref())?;
    let dataset = arguments.data.dataset()?;
    let test = &dataset.test;
    let text = Language::En.text_for(&dataset.classes);
    let images = match arguments.set {
        Some(set) => {
            let fitting: Vec<ImageSet> = ImageSet::of(&dataset.classes).collect();
            ensure!(
                fitting.contains(&set),
                super::text().set_of_other_classes(set.name(), &names(&fitting))
            );
            let classes = dataset.classes.count();
            ensure!(
                usize::from(arguments.class) < classes,
                super::text().class_of_set(arguments.class, classes)
            );
            set.images(test.labels(), arguments.class, arguments.seed)
        }
        None => arguments.images.clone(),
    };
    source::check_images(&images, test.len())?;
    ensure!(
        (2..=MAX_COMPARED).contains(&images.len()),
        super::text().images_to_compare(images.len(), MAX_COMPARED)
    );
    let maps = activations(&model, images.iter().map(|&image| test.image(image)))?;
    let layer = find_layer(&maps.layers, &arguments.layer)?;
    let Some(matrix) = similarity(layer, images.len(), arguments.filter) else {
        let filter = arguments.filter.unwrap_or_default();
        bail!(super::text().no_such_filter(filter, &layer.name, layer.channels));
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
        println!("{}", serde_json::to_string(&answer)?);
    } else {
        print(&answer, &dataset);
    }
    Ok(())
}

fn parse_set(name: &str) -> Result<ImageSet, String> {
    let found = ImageSet::ALL.into_iter().find(|set| set.name() == name);
    found.ok_or_else(|| super::text().choose_one_of(&names(&ImageSet::ALL)))
}

fn names(sets: &[ImageSet]) -> Vec<&'static str> {
    sets.iter().map(|set| set.name()).collect()
}

fn find_layer<'a>(layers: &'a [LayerMaps], name: &str) -> Result<&'a LayerMaps> {
    let text = super::text();
    ensure!(!layers.is_empty(), text.commands.no_maps_to_compare);
    let found = layers.iter().find(|layer| layer.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
        anyhow!(text.no_such_layer(name, &names))
    })
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
        pairs: of.pairs,
        cosine: of.mean.cosine,
        pearson: of.mean.pearson,
    }
}

fn print(answer: &Answer<'_>, dataset: &Dataset) {
    let text = super::text_for(dataset);
    let number = |value: Option<f64>| value.map_or("–".into(), |value| text.printed(value, 3));
    println!(
        "{} ({})",
        text.maps_compared(answer.layer, answer.filter),
        text.data_in_short(&dataset.origin)
    );
    for (title, matrix) in [
        (text.compare.cosine, &answer.cosine),
        (text.compare.pearson, &answer.pearson),
    ] {
        let heads = answer.images.iter().map(|image| format!("{image:>8}"));
        println!("\n{title:<22}{}", heads.collect::<String>());
        for (place, row) in matrix.iter().enumerate() {
            let cells = row.iter().map(|&value| format!("{:>8}", number(value)));
            let class = text.class_name(answer.labels[place]);
            let head = format!("{:>6} {class}", answer.images[place]);
            println!("{head:<22}{}", cells.collect::<String>());
        }
    }
    println!();
    for (within, mean) in [
        (true, &answer.within_classes),
        (false, &answer.between_classes),
    ] {
        let (cosine, pearson) = (number(mean.cosine), number(mean.pearson));
        println!(
            "{}",
            text.mean_likeness(within, &cosine, &pearson, mean.pairs)
        );
    }
}
