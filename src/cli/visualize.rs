//! `convlens visualize`

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use serde::Serialize;

use super::source;
use super::test_set::OverTestSet;
use convlens_core::dataset::Dataset;
use convlens_core::explore::{
    Kernels, Objective, PreferredInput, PreferredSettings, Progress, Response, Start, Target,
    has_templates, kernels, preferred_inputs, strongest_responses, targets,
};
use convlens_core::figures::{picture_pixels, save_preferred, save_sheet};
use convlens_core::network::Model;
use convlens_core::render::{Colormap, Pixels, Sheet, ValueRange, colour_kernel, mosaic};

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["filter", "all", "class"])))]
pub struct Arguments {
    #[command(flatten)]
    over: OverTestSet,
    /// Name of a convolution or a dense layer: conv1, dense1, …
    #[arg(long, required_unless_present = "class", conflicts_with = "class")]
    layer: Option<String>,
    /// Its filter or unit, from 0
    #[arg(long, requires = "layer")]
    filter: Option<usize>,
    /// All of its filters or units, on one sheet
    #[arg(long, requires = "layer")]
    all: bool,
    /// A class, from 0, by its logit
    #[arg(long)]
    class: Option<usize>,
    /// What of a filter's map is raised: the value in its middle before ReLU, or its mean after
    #[arg(long, value_enum, default_value = "neuron")]
    objective: Raised,
    /// What to begin with: `grey`, `noise`, an index into the test set, or a picture's file
    #[arg(long, value_name = "grey|noise|IMAGE", default_value = "grey")]
    from: Beginning,
    /// Steps of the gradient ascent
    #[arg(long, default_value_t = PreferredSettings::default().steps as u64, value_parser = clap::value_parser!(u64).range(0..=100_000))]
    steps: u64,
    /// Of the noise and of the jitter
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The pictures: a sheet (.png, .svg), or their numbers (.npz)
    #[arg(long, value_name = "SHEET.png|SHEET.svg|PICTURES.npz")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Raised {
    Neuron,
    Channel,
}

#[derive(Clone, Debug)]
enum Beginning {
    Grey,
    Noise,
    Image(usize),
    File(PathBuf),
}

impl From<OsString> for Beginning {
    fn from(argument: OsString) -> Self {
        match argument.to_str() {
            Some("grey") => Self::Grey,
            Some("noise") => Self::Noise,
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text
                .parse()
                .map_or_else(|_| Self::File(text.into()), Self::Image),
            _ => Self::File(argument.into()),
        }
    }
}

#[derive(Serialize)]
struct Answer {
    layer: String,
    /// Whether the pictures are the weights themselves, of a dense layer that reads the pixels.
    weights: bool,
    pictures: Vec<Listed>,
    seconds: f64,
    data: &'static str,
}

#[derive(Serialize)]
struct Listed {
    filter: usize,
    /// `null` where the picture is the weights, as the others.
    dead: Option<bool>,
    start: Option<Numbers>,
    reached: Option<Numbers>,
    test_set: Option<Numbers>,
}

/// Of a unit or a class both are its value.
#[derive(Serialize)]
struct Numbers {
    mean: f32,
    largest: f32,
}

impl From<Response> for Numbers {
    fn from(Response { mean, largest }: Response) -> Self {
        Self { mean, largest }
    }
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let ending = arguments.out.as_deref().map(|out| {
        let ending = out.extension().and_then(|ending| ending.to_str());
        let known = ending.filter(|ending| ["png", "svg", "npz"].contains(ending));
        known.ok_or_else(|| source::name_ending(out, ".png, .svg or .npz"))
    });
    let is_npz = ending.transpose()? == Some("npz");
    arguments.out.as_deref().map_or(Ok(()), source::writable)?;
    let (model, dataset) = arguments.over.model_and_data()?;
    let targets = asked(&model, arguments)?;
    let layer = targets[0].layer;
    let started = Instant::now();
    let (pictures, found) = if has_templates(&model, layer) {
        if is_npz {
            bail!(
                "the pictures of this layer's units are its weights; take their numbers with convlens export --out WEIGHTS.safetensors"
            );
        }
        super::remark(
            "this layer reads the pixels, so its weights are the pictures: red above zero, blue below",
        );
        (templates(&kernels(&model, layer)?, &targets), None)
    } else {
        let found = found(&model, &dataset, &targets, arguments)?;
        (
            found.iter().map(|(found, _)| drawn(found)).collect(),
            Some(found),
        )
    };
    let name = &model.layers()[layer].name;
    let answer = Answer {
        layer: name.clone(),
        weights: found.is_none(),
        pictures: match &found {
            Some(found) => found.iter().map(listed).collect(),
            None => targets.iter().map(of_weights).collect(),
        },
        seconds: started.elapsed().as_secs_f64(),
        data: source::name(&dataset),
    };
    match (&arguments.out, found) {
        (Some(out), Some(found)) if is_npz => {
            let found: Vec<_> = found.into_iter().map(|(found, _)| found).collect();
            save_preferred(&found, out).map_err(|error| source::not_written(out, &error))?;
        }
        (Some(out), _) => {
            let title = name.clone();
            save_sheet(&Sheet { title, pictures }, out)?;
        }
        (None, _) => {}
    }
    if arguments.over.json {
        println!("{}", super::json(&answer)?);
    } else {
        print(&answer, &dataset);
    }
    Ok(())
}

/// What is raised: at least one target, all of one layer.
fn asked(model: &Model, arguments: &Arguments) -> Result<Vec<Target>> {
    let layers = model.layers();
    let layer = match &arguments.layer {
        Some(name) => {
            let found = layers.iter().position(|layer| layer.name == *name);
            found.ok_or_else(|| {
                source::no_such_layer(name, layers.iter().map(|layer| &layer.name))
            })?
        }
        None => layers.len().saturating_sub(1),
    };
    let all = targets(model, layer)?;
    let Some(channel) = arguments.filter.or(arguments.class) else {
        return Ok(all);
    };
    match (all.get(channel), arguments.class) {
        (Some(target), _) => Ok(vec![*target]),
        (None, Some(class)) => bail!(
            "class {class}: the network has {}; choose 0 to {}",
            all.len(),
            all.len().saturating_sub(1)
        ),
        (None, None) => Err(source::no_such_filter(
            channel,
            &layers[layer].name,
            all.len(),
        )),
    }
}

/// The pictures found, each with the strongest answer to any test image.
fn found(
    model: &Model,
    dataset: &Dataset,
    targets: &[Target],
    arguments: &Arguments,
) -> Result<Vec<(PreferredInput, Option<Response>)>> {
    let start = match &arguments.from {
        Beginning::Grey => Start::Grey,
        Beginning::Noise => Start::Noise,
        Beginning::Image(image) => {
            source::check_images(&[*image], dataset.test.len())?;
            Start::Picture(dataset.test.picture(*image))
        }
        Beginning::File(path) => Start::Picture(source::own_picture(path, model.spec().input)?),
    };
    let settings = PreferredSettings {
        objective: match arguments.objective {
            Raised::Channel => Objective::Channel,
            Raised::Neuron => Objective::Neuron,
        },
        start,
        steps: arguments.steps as usize,
        seed: arguments.seed,
    };
    let pool = arguments.over.pool()?;
    let progress = Progress::default();
    let found = preferred_inputs(model, targets, &settings, &pool, &progress)?;
    let layer = targets[0].layer;
    let strongest = strongest_responses(model, layer, &dataset.test, &pool, &progress)?;
    // Of no test image nothing is known.
    let strongest = |channel: usize| strongest.get(channel).filter(|r| r.largest.is_finite());
    let both = |found: PreferredInput| {
        let strongest = strongest(found.target.channel).copied();
        (found, strongest)
    };
    Ok(found.into_iter().map(both).collect())
}

/// A picture with the number that it belongs to.
fn drawn(found: &PreferredInput) -> (Option<Pixels>, String) {
    let channel = found.target.channel;
    if found.is_dead {
        (None, format!("{channel} · dead"))
    } else {
        let reached = f64::from(found.reached.largest);
        (
            Some(picture_pixels(&found.picture)),
            format!("{channel} · {reached:.2}"),
        )
    }
}

/// The weights of units as pictures, all on one scale.
fn templates(kernels: &Kernels, targets: &[Target]) -> Vec<(Option<Pixels>, String)> {
    let range = ValueRange::of(&kernels.weights).symmetric();
    let size = (kernels.height, kernels.width);
    let picture = |target: &Target| {
        let weights = kernels.filter(target.channel);
        let pixels = if kernels.channels == 3 {
            colour_kernel(weights, size, range)
        } else {
            mosaic(weights, size, range, Colormap::Diverging, [0; 3])
        };
        (Some(pixels), target.channel.to_string())
    };
    targets.iter().map(picture).collect()
}

fn listed((found, strongest): &(PreferredInput, Option<Response>)) -> Listed {
    Listed {
        filter: found.target.channel,
        dead: Some(found.is_dead),
        start: Some(found.start.into()),
        reached: Some(found.reached.into()),
        test_set: strongest.map(Into::into),
    }
}

fn of_weights(target: &Target) -> Listed {
    Listed {
        filter: target.channel,
        dead: None,
        start: None,
        reached: None,
        test_set: None,
    }
}

fn print(answer: &Answer, dataset: &Dataset) {
    for picture in &answer.pictures {
        print!("{} {}:", answer.layer, picture.filter);
        match (picture.dead, &picture.start, &picture.reached) {
            (None, ..) => print!(" its weights"),
            (Some(true), ..) => print!(" dead, no picture was found that it answers to"),
            (Some(false), Some(start), Some(reached)) => {
                print!(
                    " mean {:.4} -> {:.4}, largest {:.4} -> {:.4}",
                    start.mean, reached.mean, start.largest, reached.largest
                );
            }
            (Some(false), ..) => {}
        }
        if let Some(strongest) = &picture.test_set {
            print!(
                "; of any test image mean {:.4}, largest {:.4} ({})",
                strongest.mean,
                strongest.largest,
                source::data_in_short(&dataset.origin)
            );
        }
        println!();
    }
}
