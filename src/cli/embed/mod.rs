//! `convlens embed`

mod layers;
mod plane;

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source;
use super::test_set::OverTestSet;
use crate::text::Language;
use convlens_core::explore::embedding::{Subject, TsneSettings, drawn};
use convlens_core::network::{Input, Model};

/// What `--layer` calls the pictures as the network gets them.
const PIXELS: &str = "pixels";

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    over: OverTestSet,
    /// The layer whose values are laid out, by name; `pixels`: the pictures as the network gets them [default: a table of all layers]
    #[arg(long)]
    layer: Option<String>,
    /// How they are laid out: on the first two principal components, or so that neighbours stay neighbours
    #[arg(long, value_enum, default_value = "pca", requires = "layer")]
    method: Method,
    /// How many test images, drawn at random
    #[arg(long, value_name = "N", default_value_t = 2000)]
    images: usize,
    /// Decides which images are drawn, and the noise at the start of t-SNE
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many neighbours count for t-SNE, more or less
    #[arg(long, default_value_t = TsneSettings::default().perplexity, requires = "layer")]
    perplexity: f64,
    /// The points as a table (.csv), as arrays with the principal components (.npz), or as a figure (.png, .svg)
    #[arg(
        long,
        value_name = "POINTS.csv|POINTS.npz|FIGURE.png|FIGURE.svg",
        requires = "layer"
    )]
    out: Option<PathBuf>,
    /// Language of the figure: en or es
    #[arg(long, default_value = "en", value_parser = super::source::parse_language)]
    language: Language,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Method {
    Pca,
    Tsne,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Pca => "PCA",
            Self::Tsne => "t-SNE",
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let ending = arguments.out.as_deref().map(plane::ending).transpose()?;
    let (model, dataset) = arguments.over.model_and_data()?;
    let source = arguments.layer.as_deref();
    let source = source.map(|layer| layer_of(&model, layer)).transpose()?;
    let pool = arguments.over.pool()?;
    let images = drawn(dataset.test.len(), arguments.images, arguments.seed);
    let subject = Subject {
        model: &model,
        source: source.unwrap_or(Input::Pictures),
        pictures: &dataset.test,
        images: &images,
    };
    match source {
        Some(_) => plane::lay_out(subject, &dataset, &pool, ending, arguments),
        None => layers::compare(subject, &dataset, &pool, arguments),
    }
}

fn layer_of(model: &Model, name: &str) -> Result<Input> {
    if name == PIXELS {
        return Ok(Input::Pictures);
    }
    let layers = model.layers();
    let found = layers.iter().position(|layer| layer.name == name);
    found.map(Input::Layer).ok_or_else(|| {
        let pixels = PIXELS.to_owned();
        let names = std::iter::once(&pixels).chain(layers.iter().map(|layer| &layer.name));
        source::no_such_layer(name, names)
    })
}

fn labels(subject: Subject<'_>) -> Vec<u8> {
    let labels = subject
        .images
        .iter()
        .map(|&image| subject.pictures.label(image));
    labels.collect()
}

fn name_of(subject: Subject<'_>) -> &str {
    match subject.source {
        Input::Pictures => PIXELS,
        Input::Layer(index) => &subject.model.layers()[index].name,
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.3}"))
}
