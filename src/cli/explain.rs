//! `convlens explain`

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source::{self, DataArgument};
use convlens_core::dataset::PictureSize;
use convlens_core::explore::most_likely;
use convlens_core::explore::{
    ClassQuestion, GradCam, OcclusionMap, OcclusionPatch, SaliencyMethod, activations, grad_cam,
    occlusion, saliency, smallest_change,
};
use convlens_core::network::{Model, with_maps};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    file: Option<PathBuf>,
    /// Index into the test set
    #[arg(long, default_value_t = 0)]
    image: usize,
    /// A PNG, JPEG, WebP, GIF or BMP instead, reduced to what the network takes
    #[arg(long, value_name = "FILE", conflicts_with = "image")]
    picture: Option<PathBuf>,
    /// The class that is asked about, from 0 [default: the predicted one]
    #[arg(long)]
    class: Option<usize>,
    /// Another class: what speaks for the first and not for this one
    #[arg(long, value_name = "CLASS")]
    against: Option<usize>,
    /// The layer whose maps Grad-CAM weighs, by name [default: the last convolution, or in a network that ends in branches the last maps]
    #[arg(long)]
    layer: Option<String>,
    /// Side of the patch that covers the picture, in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 6, value_parser = pixels())]
    size: u64,
    /// Pixels from one place of the patch to the next
    #[arg(long, value_name = "PIXELS", default_value_t = 2, value_parser = pixels())]
    stride: u64,
    /// Grey of the patch: 0 is black like the background, 255 white
    #[arg(long, value_name = "GREY", default_value_t = 128)]
    fill: u8,
    /// How the score answers to each pixel, besides
    #[arg(long, value_enum)]
    saliency: Option<Method>,
    /// A small change of the picture that makes another class of it, or the one of --against, besides
    #[arg(long)]
    change: bool,
    #[command(flatten)]
    data: DataArgument,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

fn pixels() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=PictureSize::LONGEST as u64)
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Method {
    Gradient,
    SmoothGrad,
    Integrated,
}

impl From<Method> for SaliencyMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Gradient => Self::Gradient,
            Method::SmoothGrad => Self::SmoothGrad,
            Method::Integrated => Self::Integrated,
        }
    }
}

#[derive(Serialize)]
struct Answer {
    /// `null` for a picture from a file.
    image: Option<usize>,
    label: Option<u8>,
    predicted: usize,
    class: usize,
    /// The class that it is held against.
    against: Option<usize>,
    probability: f32,
    occlusion: Occlusion,
    /// `null` for a network without convolution.
    grad_cam: Option<Cam>,
    /// Where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    saliency: Option<ByPixel>,
    /// Where it is asked for and found.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Change>,
    data: Option<&'static str>,
}

#[derive(Serialize)]
struct Occlusion {
    size: usize,
    stride: usize,
    fill: u8,
    /// First rows of the patch.
    places: Vec<usize>,
    /// Its first columns.
    columns: Vec<usize>,
    /// Probability lost with the patch there.
    drops: Vec<Vec<f32>>,
    /// Mean loss of the patches over each pixel.
    pixels: Vec<Vec<f32>>,
}

#[derive(Serialize)]
struct ByPixel {
    method: SaliencyMethod,
    pixels: Vec<Vec<f32>>,
    /// Of the picture.
    score: f32,
    /// Of a black one.
    score_of_black: f32,
}

#[derive(Serialize)]
struct Change {
    /// The class before and after.
    classes: [usize; 2],
    /// Largest change of a number, of 255.
    largest: u8,
    /// What is added to each pixel, of 1.
    pixels: Vec<Vec<f32>>,
    /// Probabilities of both classes from the picture to the changed one.
    way: Vec<[f32; 2]>,
}

#[derive(Serialize)]
struct Cam {
    layer: String,
    weights: Vec<f32>,
    map: Vec<Vec<f32>>,
}

struct Subject {
    pixels: Vec<u8>,
    image: Option<usize>,
    label: Option<u8>,
    data: Option<&'static str>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, subject) = match &arguments.picture {
        Some(path) => {
            let model = source::model(arguments.file.as_deref())?;
            let picture = source::own_picture(path, model.spec().input)?;
            let subject = Subject {
                pixels: picture.bytes().to_vec(),
                image: None,
                label: None,
                data: None,
            };
            (model, subject)
        }
        None => test_image(arguments)?,
    };
    let answer = explain(&model, &subject, arguments)?;
    if arguments.json {
        println!("{}", super::json(&answer)?);
    } else {
        print(&answer);
    }
    Ok(())
}

fn test_image(arguments: &Arguments) -> Result<(Model, Subject)> {
    let (model, dataset) = arguments.data.with_model(arguments.file.as_deref())?;
    source::check_images(&[arguments.image], dataset.test.len())?;
    let subject = Subject {
        pixels: dataset.test.image(arguments.image).to_vec(),
        image: Some(arguments.image),
        label: Some(dataset.test.label(arguments.image)),
        data: Some(source::name(&dataset)),
    };
    Ok((model, subject))
}

fn explain(model: &Model, subject: &Subject, arguments: &Arguments) -> Result<Answer> {
    let probabilities = activations(model, [subject.pixels.as_slice()])?.probabilities;
    let predicted = probabilities.first().map_or(0, |row| most_likely(row));
    let class = arguments.class.unwrap_or(predicted);
    let against = arguments.against;
    for class in [class].into_iter().chain(against) {
        source::check_class(model, class)?;
    }
    let question = ClassQuestion { class, against };
    let patch = OcclusionPatch {
        size: arguments.size as usize,
        stride: arguments.stride as usize,
        fill: arguments.fill,
    };
    let layer = arguments.layer.as_deref();
    let layer = layer.map(|name| layer_with_maps(model, name)).transpose()?;
    let map = occlusion(model, &subject.pixels, question, patch)?;
    let by_pixel = arguments.saliency.map(|method| {
        let found = saliency(model, &subject.pixels, question, method.into())?;
        let [score, score_of_black] = found.scores;
        anyhow::Ok(ByPixel {
            method: found.method,
            pixels: rows(&found.values, map.picture.width),
            score,
            score_of_black,
        })
    });
    let change = if arguments.change {
        smallest_change(model, &subject.pixels, against)?
    } else {
        None
    };
    let change = change.map(|found| Change {
        classes: found.classes,
        largest: found.largest,
        pixels: rows(&found.change, map.picture.width),
        way: found.way,
    });
    Ok(Answer {
        image: subject.image,
        label: subject.label,
        predicted,
        class,
        against,
        probability: map.probability,
        occlusion: occlusion_rows(&map),
        grad_cam: grad_cam(model, &subject.pixels, question, layer)?.map(cam_rows),
        saliency: by_pixel.transpose()?,
        change,
        data: subject.data,
    })
}

fn layer_with_maps(model: &Model, name: &str) -> Result<usize> {
    let layers = model.layers();
    with_maps(layers, name).ok_or_else(|| {
        let with_maps = layers.iter().filter(|layer| layer.has_maps());
        source::no_such_layer(name, with_maps.map(|layer| &layer.name))
    })
}

fn rows(values: &[f32], width: usize) -> Vec<Vec<f32>> {
    values.chunks(width).map(<[f32]>::to_vec).collect()
}

fn occlusion_rows(map: &OcclusionMap) -> Occlusion {
    Occlusion {
        size: map.patch.size,
        stride: map.patch.stride,
        fill: map.patch.fill,
        places: map.rows.clone(),
        columns: map.columns.clone(),
        drops: rows(&map.drops, map.columns.len()),
        pixels: rows(&map.per_pixel(), map.picture.width),
    }
}

fn cam_rows(cam: GradCam) -> Cam {
    Cam {
        map: rows(&cam.values, cam.width),
        layer: cam.layer,
        weights: cam.weights,
    }
}

fn print(answer: &Answer) {
    println!(
        "class {}: probability {:.4} (predicted: class {})",
        answer.class, answer.probability, answer.predicted
    );
    let Occlusion {
        size, stride, fill, ..
    } = answer.occlusion;
    if let Some(against) = answer.against {
        println!("held against class {against}: of the difference of both");
    }
    println!(
        "\nprobability lost under a {size}×{size} patch of grey {fill}, every {stride} pixels, in hundredths"
    );
    print_map(&answer.occlusion.drops, 100.0, 0);
    match &answer.grad_cam {
        Some(cam) => {
            println!("\nGrad-CAM at {}", cam.layer);
            print_map(&cam.map, 1.0, 2);
        }
        None => println!("\nno convolution, so there is no Grad-CAM"),
    }
    if let Some(saliency) = &answer.saliency {
        let name = super::text().saliency(Some(saliency.method));
        println!("\n{name}, in hundredths");
        print_map(&saliency.pixels, 100.0, 0);
    }
    if let Some(change) = &answer.change {
        let [from, to] = change.classes;
        println!(
            "\nclass {to} and no longer {from} with no number changed by more than {} of 255; added, in hundredths",
            change.largest
        );
        print_map(&change.pixels, 100.0, 0);
    }
}

fn print_map(rows: &[Vec<f32>], scale: f32, decimals: usize) {
    for row in rows {
        let cells = row.iter().map(|value| {
            let value = f64::from(value * scale);
            format!("{value:>6.decimals$}")
        });
        println!("{}", cells.collect::<String>());
    }
}
