//! `convlens ablate`

use std::str::FromStr;
use std::time::Instant;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::source;
use super::test_set::OverTestSet;
use crate::text::{Language, Text};
use convlens_core::dataset::{Dataset, Pictures};
use convlens_core::explore::{
    Ablation, ConfusionMatrix, Progress, ablated, activations, conv_layer, predictions,
};
use convlens_core::network::Model;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    over: OverTestSet,
    /// Name of a convolution: conv1, conv2, …; may be given again, with --filters of its own
    #[arg(long, required = true)]
    layer: Vec<String>,
    /// Filters to switch off in the layer named before, from 0
    #[arg(long, required = true, value_name = "N,N,…")]
    filters: Vec<FilterList>,
    /// Test images whose probabilities to show
    #[arg(long, value_delimiter = ',', default_value = "0,7,26")]
    images: Vec<usize>,
}

/// Numbers of filters, separated by commas.
#[derive(Clone, Debug)]
struct FilterList(Vec<usize>);

impl FromStr for FilterList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split(',').map(|number| number.trim().parse());
        let numbers = numbers.collect::<Result<_, _>>();
        numbers
            .map(Self)
            .map_err(|_| "give convolution numbers from 0, for example 1,5".to_owned())
    }
}

#[derive(Serialize)]
struct Answer {
    off: Vec<Off>,
    images: usize,
    accuracy_before: f64,
    accuracy_after: f64,
    classes: Vec<OfClass>,
    pictures: Vec<Picture>,
    seconds: f64,
    data: &'static str,
}

#[derive(Serialize)]
struct Off {
    layer: String,
    filters: Vec<usize>,
}

#[derive(Serialize)]
struct OfClass {
    class: usize,
    name: &'static str,
    accuracy_before: Option<f64>,
    accuracy_after: Option<f64>,
}

#[derive(Serialize)]
struct Picture {
    image: usize,
    label: u8,
    probabilities_before: Vec<f32>,
    probabilities_after: Vec<f32>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, dataset) = arguments.over.model_and_data()?;
    if let Some(words) = arguments.over.other_classes(&model, &dataset) {
        super::remark(&words);
    }
    let ablation = ablation(&model, arguments)?;
    let without = ablated(&model, &ablation)?;
    let pool = arguments.over.pool()?;
    let started = Instant::now();
    let before = predictions(&model, &dataset.test, &pool, &Progress::default())?;
    let after = predictions(&without, &dataset.test, &pool, &Progress::default())?;
    let off = model.layers().iter().enumerate().map(|(index, layer)| Off {
        layer: layer.name.clone(),
        filters: ablation.of_layer(index).collect(),
    });
    let answer = Answer {
        off: off.filter(|off| !off.filters.is_empty()).collect(),
        images: before.all.len(),
        accuracy_before: before.accuracy(),
        accuracy_after: after.accuracy(),
        classes: classes(
            Language::En.text_for(&dataset.classes),
            &before.confusion(),
            &after.confusion(),
        ),
        pictures: pictures(&model, &without, &dataset.test, &arguments.images)?,
        seconds: started.elapsed().as_secs_f64(),
        data: source::name(&dataset),
    };
    if arguments.over.json {
        println!("{}", super::json(&answer)?);
    } else {
        print(&answer, &dataset);
    }
    Ok(())
}

fn ablation(model: &Model, arguments: &Arguments) -> Result<Ablation> {
    let (layers, lists) = (&arguments.layer, &arguments.filters);
    ensure!(
        layers.len() == lists.len(),
        "{} times --layer and {} times --filters; give one --filters after each --layer",
        layers.len(),
        lists.len()
    );
    let mut pairs = Vec::new();
    for (layer, FilterList(filters)) in layers.iter().zip(lists) {
        let layer = conv_layer(model, layer)?;
        pairs.extend(filters.iter().map(|&filter| (layer, filter)));
    }
    Ok(pairs.into_iter().collect())
}

fn classes(text: &Text, before: &ConfusionMatrix, after: &ConfusionMatrix) -> Vec<OfClass> {
    let class = |class: usize| OfClass {
        class,
        name: text.class_name(class as u8),
        accuracy_before: before.class(class).accuracy(),
        accuracy_after: after.class(class).accuracy(),
    };
    (0..before.counts.len()).map(class).collect()
}

fn pictures(
    model: &Model,
    without: &Model,
    test: &Pictures,
    images: &[usize],
) -> Result<Vec<Picture>> {
    source::check_images(images, test.len())?;
    let of = |model: &Model| activations(model, images.iter().map(|&i| test.image(i)));
    let (before, after) = (of(model)?.probabilities, of(without)?.probabilities);
    let rows = images.iter().zip(before.into_iter().zip(after));
    let rows = rows.map(|(&image, (before, after))| Picture {
        image,
        label: test.label(image),
        probabilities_before: before,
        probabilities_after: after,
    });
    Ok(rows.collect())
}

fn print(answer: &Answer, dataset: &Dataset) {
    for off in &answer.off {
        let filters: Vec<_> = off.filters.iter().map(ToString::to_string).collect();
        println!("off: {} {}", off.layer, filters.join(", "));
    }
    println!(
        "{} images: accuracy {:.4} -> {:.4} ({})",
        answer.images,
        answer.accuracy_before,
        answer.accuracy_after,
        source::data_in_short(&dataset.origin)
    );
    for class in &answer.classes {
        let share = |share: Option<f64>| share.map_or("-".into(), |a| format!("{a:.4}"));
        let (before, after) = (share(class.accuracy_before), share(class.accuracy_after));
        println!("{:<2}{:<12}{before:>8} -> {after}", class.class, class.name);
    }
    for picture in &answer.pictures {
        println!("image {}, class {}:", picture.image, picture.label);
        let pairs = picture
            .probabilities_before
            .iter()
            .zip(&picture.probabilities_after);
        for (class, (before, after)) in pairs.enumerate() {
            println!("  class {class}: {before:.4} -> {after:.4}");
        }
    }
}
