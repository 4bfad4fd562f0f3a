//! `convlens embed`

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use serde::Serialize;

use super::source;
use super::table::aligned;
use super::test_set::OverTestSet;
use crate::text::Language;
use convlens_core::dataset::Dataset;
use convlens_core::explore::Progress;
use convlens_core::explore::embedding::{
    NEIGHBOURS, Pca, Separation, Subject, Tsne, TsneSettings, computes, drawn, pca, separation,
    tsne,
};
use convlens_core::figures::{self, DPI, Embedded, embedding_csv, save_embedding_arrays};
use convlens_core::files;
use convlens_core::network::{Input, Model};
use convlens_core::render::{Scatter, draw_scatter, draw_scatter_svg, save_png};
use rayon::ThreadPool;

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

#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
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

#[derive(Serialize)]
struct Laid {
    layer: String,
    values: usize,
    method: Method,
    images: usize,
    seed: u64,
    /// Of t-SNE.
    #[serde(skip_serializing_if = "Option::is_none")]
    perplexity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    divergence: Option<f64>,
    explained: Vec<f64>,
    neighbour_accuracy: f64,
    silhouette: Option<f64>,
    points: Vec<Point>,
    seconds: f64,
    data: &'static str,
}

impl Serialize for Method {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Pca => "pca",
            Self::Tsne => "tsne",
        })
    }
}

#[derive(Serialize)]
struct Point {
    image: usize,
    label: u8,
    x: f32,
    y: f32,
}

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

pub fn run(arguments: &Arguments) -> Result<()> {
    let ending = arguments.out.as_deref().map(ending).transpose()?;
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
        Some(_) => lay_out(subject, &dataset, &pool, ending, arguments),
        None => compare_layers(subject, &dataset, &pool, arguments),
    }
}

/// What a file's name asks for.
fn ending(path: &Path) -> Result<&str> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let Some(ending @ ("csv" | "npz" | "png" | "svg")) = ending else {
        bail!(source::name_ending(path, ".csv, .npz, .png or .svg"));
    };
    source::writable(path)?;
    Ok(ending)
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

fn compare_layers(
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
        println!("{}", super::json(&table)?);
    } else {
        print_table(&table, dataset);
    }
    Ok(())
}

fn lay_out(
    subject: Subject<'_>,
    dataset: &Dataset,
    pool: &ThreadPool,
    ending: Option<&str>,
    arguments: &Arguments,
) -> Result<()> {
    let started = Instant::now();
    let pca = pca(subject, pool, &Progress::default())?;
    let labels = labels(subject);
    let parted = separation(pca.points(), &labels, pool, &Progress::default())?;
    let settings = TsneSettings {
        perplexity: arguments.perplexity,
        seed: arguments.seed,
    };
    let (plane, divergence) = match arguments.method {
        Method::Pca => (pca.plane(), None),
        Method::Tsne => {
            let Tsne { plane, divergence } =
                tsne(pca.points(), settings, pool, &Progress::default())?;
            (plane, Some(divergence))
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let embedded = Embedded {
        images: subject.images,
        labels: &labels,
        plane: &plane,
        pca: &pca,
    };
    if let (Some(path), Some(ending)) = (&arguments.out, ending) {
        let words = scatter(subject, dataset, embedded, parted, arguments);
        save(embedded, dataset, &words, path, ending, arguments)?;
    }
    let points = embedded.images.iter().zip(&labels).zip(&plane);
    let laid = Laid {
        layer: name_of(subject).to_owned(),
        values: subject.width(),
        method: arguments.method,
        images: subject.images.len(),
        seed: arguments.seed,
        perplexity: divergence.map(|_| settings.perplexity),
        divergence,
        explained: pca.shares(),
        neighbour_accuracy: parted.neighbour_accuracy,
        silhouette: parted.silhouette,
        points: points
            .map(|((&image, &label), &[x, y])| Point { image, label, x, y })
            .collect(),
        seconds,
        data: source::name(dataset),
    };
    if arguments.over.json {
        println!("{}", super::json(&laid)?);
    } else {
        print(&laid, &pca, dataset);
    }
    Ok(())
}

/// The figure, in its language.
fn scatter(
    subject: Subject<'_>,
    dataset: &Dataset,
    embedded: Embedded<'_>,
    parted: Separation,
    arguments: &Arguments,
) -> Scatter {
    let text = arguments.language.text_for(&dataset.classes);
    let layer = match subject.source {
        Input::Pictures => None,
        Input::Layer(_) => Some(name_of(subject)),
    };
    let shares = embedded.pca.shares();
    let component = |at: usize| text.component(at + 1, shares.get(at).copied().unwrap_or_default());
    let is_pca = arguments.method == Method::Pca;
    let classes = 0..dataset.classes.count();
    Scatter {
        title: text.embedding_title(arguments.method.name(), layer),
        subtitle: text.embedding_subtitle(
            embedded.images.len(),
            NEIGHBOURS,
            parted.neighbour_accuracy,
        ),
        axes: is_pca.then(|| [component(0), component(1)]),
        points: embedded.plane.to_vec(),
        groups: embedded.labels.to_vec(),
        names: classes
            .map(|class| text.class_name(class as u8).to_owned())
            .collect(),
        footer: text.embedding_footer(
            &arguments.over.whose(text),
            dataset,
            (!is_pca).then_some(arguments.perplexity),
        ),
    }
}

fn save(
    embedded: Embedded<'_>,
    dataset: &Dataset,
    scatter: &Scatter,
    path: &Path,
    ending: &str,
    arguments: &Arguments,
) -> Result<()> {
    let text = Language::En.text_for(&dataset.classes);
    let mark = arguments.language.text().decimal_mark();
    let saved = match ending {
        "csv" => {
            let csv = embedding_csv(&embedded, |label| text.class_name(label).to_owned());
            files::replace(path, |file| std::io::Write::write_all(file, csv.as_bytes()))
        }
        "npz" => save_embedding_arrays(&embedded, path),
        "svg" => {
            let svg = draw_scatter_svg(scatter, mark, DPI);
            files::replace(path, |file| std::io::Write::write_all(file, svg.as_bytes()))
        }
        _ => return Ok(save_png(&draw_scatter(scatter, mark), figures::DPI, path)?),
    };
    saved.map_err(|error| source::not_written(path, &error))
}

fn number(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.3}"))
}

fn print(laid: &Laid, pca: &Pca, dataset: &Dataset) {
    let shares = &laid.explained;
    println!(
        "{}: {} values an image, {} images ({})",
        laid.layer,
        laid.values,
        laid.images,
        source::data_in_short(&dataset.origin)
    );
    println!(
        "variance: {:.1} % on two components, {:.1} % on {}",
        100.0 * shares.iter().take(2).sum::<f64>(),
        100.0 * shares.iter().sum::<f64>(),
        pca.components
    );
    println!(
        "{NEIGHBOURS} nearest neighbours: accuracy {:.4}; silhouette {}",
        laid.neighbour_accuracy,
        number(laid.silhouette)
    );
    if let (Some(perplexity), Some(divergence)) = (laid.perplexity, laid.divergence) {
        println!("t-SNE, perplexity {perplexity}: Kullback-Leibler divergence {divergence:.4}");
    }
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
