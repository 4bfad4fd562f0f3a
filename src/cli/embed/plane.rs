//! Test images laid out in a plane.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use rayon::ThreadPool;
use serde::Serialize;

use super::{Arguments, Method, labels, name_of, number};
use crate::cli::{json, source};
use crate::text::Language;
use convlens_core::dataset::Dataset;
use convlens_core::explore::Progress;
use convlens_core::explore::embedding::{
    NEIGHBOURS, Pca, Separation, Subject, Tsne, TsneSettings, pca, separation, tsne,
};
use convlens_core::figures::{DPI, Embedded, embedding_csv, save_embedding_arrays};
use convlens_core::files;
use convlens_core::network::Input;
use convlens_core::render::{Scatter, draw_scatter, draw_scatter_svg, save_png};

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

#[derive(Serialize)]
struct Point {
    image: usize,
    label: u8,
    x: f32,
    y: f32,
}

/// What a file's name asks for.
pub fn ending(path: &Path) -> Result<&str> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    let Some(ending @ ("csv" | "npz" | "png" | "svg")) = ending else {
        bail!(source::name_ending(path, ".csv, .npz, .png or .svg"));
    };
    source::writable(path)?;
    Ok(ending)
}

/// Lays them out, saves and prints them.
pub fn lay_out(
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
        println!("{}", json(&laid)?);
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
            files::replace(path, |file| file.write_all(csv.as_bytes()))
        }
        "npz" => save_embedding_arrays(&embedded, path),
        "svg" => {
            let svg = draw_scatter_svg(scatter, mark, DPI);
            files::replace(path, |file| file.write_all(svg.as_bytes()))
        }
        _ => return Ok(save_png(&draw_scatter(scatter, mark), DPI, path)?),
    };
    saved.map_err(|error| source::not_written(path, &error))
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
