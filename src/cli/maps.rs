//! `convlens maps`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail, ensure};

use super::source::{self, DataArgument};
use crate::text::Language;
use convlens_core::dataset::{Dataset, Gallery, ImageId};
use convlens_core::figures::{self, MAX_IMAGES, MapSet, MapsSettings};
use convlens_core::network::Model;
use convlens_core::render::RangeMode;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    file: Option<PathBuf>,
    /// Indices into the test set [default: 0,7,26]
    #[arg(long, value_delimiter = ',')]
    images: Option<Vec<usize>>,
    /// A PNG, JPEG, WebP, GIF or BMP besides, or alone, reduced to what the network takes
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Channel of the figure, from 0
    #[arg(long, default_value_t = 1)]
    filter: usize,
    /// Which values the ends of the colours stand for
    #[arg(long, value_enum, default_value = "per-map")]
    range: Range,
    #[command(flatten)]
    data: DataArgument,
    /// Language of the figure: en or es
    #[arg(long, default_value = "en", value_parser = super::source::parse_language)]
    language: Language,
    /// A figure (.png, .svg), or all maps of all layers after ReLU (.npz)
    #[arg(long, value_name = "FIGURE.png|FIGURE.svg|MAPS.npz")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
#[expect(
    clippy::enum_variant_names,
    reason = "the names are the argument's values"
)]
enum Range {
    PerMap,
    PerColumn,
    PerLayer,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let ending = arguments.out.extension().and_then(|e| e.to_str());
    let Some(ending @ ("png" | "svg" | "npz")) = ending else {
        bail!(source::name_ending(&arguments.out, ".png, .svg or .npz"));
    };
    source::writable(&arguments.out)?;
    let (model, dataset) = arguments.data.with_model(arguments.file.as_deref())?;
    let dataset = Arc::new(dataset);
    let picture = arguments.picture.as_deref();
    let drawing = picture.map(|path| source::own_picture(path, dataset.size()));
    let drawing = drawing.transpose()?;
    let indices = match (&arguments.images, &drawing) {
        (Some(images), _) => images.clone(),
        (None, Some(_)) => Vec::new(),
        (None, None) => vec![0, 7, 26],
    };
    source::check_images(&indices, dataset.test.len())?;
    let mut images: Vec<ImageId> = indices.into_iter().map(ImageId::Test).collect();
    images.extend(drawing.as_ref().map(|_| ImageId::Drawing));
    let gallery = Gallery {
        dataset: dataset.clone(),
        drawing,
    };
    let maps = figures::map_set(&model, &gallery, &images)?;
    if ending == "npz" {
        let saved = figures::save_arrays(&maps, &arguments.out);
        saved.map_err(|error| source::not_written(&arguments.out, &error))
    } else {
        save_figure(&maps, &model, &dataset, arguments)
    }
}

fn save_figure(
    maps: &MapSet,
    model: &Model,
    dataset: &Dataset,
    arguments: &Arguments,
) -> Result<()> {
    ensure!(
        maps.images.len() <= MAX_IMAGES,
        "{} images are too many for one figure; choose at most {MAX_IMAGES}",
        maps.images.len()
    );
    ensure!(
        !maps.activations.layers.is_empty(),
        "this network has no convolution and no pooling, so there are no maps to draw"
    );
    let widest = maps
        .activations
        .layers
        .iter()
        .map(|layer| layer.channels)
        .max();
    if let Some(widest) = widest.filter(|&widest| arguments.filter >= widest) {
        bail!(
            "filter {}: the layers have at most {widest} channels; choose 0 to {}",
            arguments.filter,
            widest.saturating_sub(1)
        );
    }
    let settings = MapsSettings {
        convolution: arguments.filter,
        range: match arguments.range {
            Range::PerMap => RangeMode::PerMap,
            Range::PerColumn => RangeMode::PerColumn,
            Range::PerLayer => RangeMode::PerLayer,
        },
        ..MapsSettings::default()
    };
    let text = arguments.language.text_for(&dataset.classes);
    let file = arguments.file.as_deref();
    let name = file.and_then(Path::file_name).unwrap_or_default();
    let whose = match file {
        Some(_) => text.model_shown(&name.to_string_lossy()),
        None => text.status.built_in.to_owned(),
    };
    let words = text.of_network(source::outputs(file, model, text), whose);
    Ok(figures::save(
        maps,
        dataset,
        &settings,
        &words,
        &arguments.out,
    )?)
}
