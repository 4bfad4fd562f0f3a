//! `convlens inspect`

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Result, anyhow, ensure};
use serde_json::{Value, json};

use super::source::{self, DataArgument};
use crate::text::Text;
use convlens_core::explore::{
    Arithmetic, ChannelSum, ConvSum, DenseSum, Inspection, Place, PoolChoice, Source, inspect,
};
use convlens_core::network::Layer;

/// Contributing channels and terms that are printed for people to read; `--json` has more.
const PRINTED: usize = 8;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    file: Option<PathBuf>,
    /// Index into the test set
    #[arg(long, default_value_t = 0)]
    image: usize,
    /// A layer by name, as `convlens summary` lists them: conv1, pool1, dense1, …
    #[arg(long)]
    layer: String,
    /// Filter (channel), unit or class, from 0
    #[arg(long, default_value_t = 0)]
    filter: usize,
    /// Row and column of the map, from 0; of layers that have maps
    #[arg(long, value_name = "ROW,COLUMN")]
    at: Option<Cell>,
    #[command(flatten)]
    data: DataArgument,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    row: usize,
    column: usize,
}

impl FromStr for Cell {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = |part: &str| part.trim().parse().ok();
        let cell = text.split_once(',').and_then(|(row, column)| {
            Some(Self {
                row: parse(row)?,
                column: parse(column)?,
            })
        });
        cell.ok_or(super::text().commands.give_cell)
    }
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let model = source::model(arguments.file.as_deref())?;
    let index = layer_index(model.layers(), &arguments.layer)?;
    let layer = &model.layers()[index];
    ensure!(
        arguments.at.is_some() == layer.has_maps(),
        super::text().cell_of_layer(&layer.name, layer.has_maps())
    );
    let cell = arguments.at.unwrap_or(Cell { row: 0, column: 0 });
    let place = Place {
        layer: index,
        channel: arguments.filter,
        row: cell.row,
        column: cell.column,
    };
    let dataset = arguments.data.dataset()?;
    source::check_images(&[arguments.image], dataset.test.len())?;
    let inspection = inspect(&model, dataset.test.image(arguments.image), place)?;
    if arguments.json {
        let data = source::name(&dataset);
        println!("{}", as_json(&inspection, layer, arguments.image, data));
    } else {
        print(&inspection, layer, arguments.image);
    }
    Ok(())
}

/// The place of a layer in the stack.
fn layer_index(layers: &[Layer], name: &str) -> Result<usize> {
    let found = layers.iter().position(|layer| layer.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
        anyhow!(super::text().no_such_layer(name, &names))
    })
}

fn as_json(inspection: &Inspection, layer: &Layer, image: usize, data: &str) -> Value {
    let place = inspection.place;
    let mut object = match &inspection.arithmetic {
        Arithmetic::Conv(sum) => conv_json(sum),
        Arithmetic::Pool(choice) => pool_json(choice),
        Arithmetic::Dense(sum) => dense_json(sum),
    };
    object["image"] = json!(image);
    object["data"] = json!(data);
    object["layer"] = json!(inspection.name);
    object["type"] = json!(source::kind(layer.kind));
    object["filter"] = json!(place.channel);
    if layer.has_maps() {
        object["row"] = json!(place.row);
        object["column"] = json!(place.column);
    }
    object["value"] = json!(inspection.value);
    object["difference"] = json!(inspection.difference());
    object["receptive_field"] = json!({
        "picture": inspection.field.first(),
        "layer_before": inspection.field.last(),
        "picture_with_padding": inspection.uncut_field,
    });
    object
}

fn conv_json(sum: &ConvSum) -> Value {
    let rows = |values: &[f32]| -> Vec<Vec<f32>> {
        values.chunks(sum.kernel).map(<[f32]>::to_vec).collect()
    };
    let channels = sum.channels.iter().map(|channel| {
        json!({
            "channel": channel.channel,
            "sum": channel.sum,
            "patch": rows(&channel.patch),
            "kernel": rows(&channel.kernel),
        })
    });
    json!({
        "partial_sums": channels.collect::<Vec<_>>(),
        "sum": sum.sum,
        "bias": sum.bias,
        "pre_activation": sum.before_relu,
    })
}

fn pool_json(choice: &PoolChoice) -> Value {
    json!({
        "candidates": choice.candidates,
        "winner": choice.winner,
        "equals": choice.equals,
    })
}

fn dense_json(sum: &DenseSum) -> Value {
    let terms = sum.terms.iter().map(|term| {
        let mut object = match term.input {
            Source::Unit(unit) => json!({ "unit": unit }),
            Source::Cell {
                channel,
                row,
                column,
            } => json!({ "channel": channel, "row": row, "column": column }),
        };
        object["value"] = json!(term.value);
        object["weight"] = json!(term.weight);
        object["product"] = json!(term.product);
        object
    });
    let mut object = json!({
        "terms": terms.collect::<Vec<_>>(),
        "rest": sum.rest,
        "rest_count": sum.rest_count,
        "sum": sum.sum,
        "bias": sum.bias,
        "pre_activation": sum.before_relu,
    });
    if let Some(classes) = &sum.classes {
        let logits: Vec<f32> = classes.iter().map(|class| class.logit).collect();
        let probabilities: Vec<f64> = classes.iter().map(|class| class.probability).collect();
        object["logits"] = json!(logits);
        object["probabilities"] = json!(probabilities);
    }
    object
}

fn print(inspection: &Inspection, layer: &Layer, image: usize) {
    let text = super::text();
    let place = inspection.place;
    println!(
        "{}",
        text.inspected(image, &inspection.name, place, layer.has_maps())
    );
    for (of_picture, field) in [
        (true, inspection.field.first()),
        (false, inspection.field.last()),
    ] {
        if let Some(&field) = field {
            println!("{}", text.sees_region(of_picture, field));
        }
    }
    match &inspection.arithmetic {
        Arithmetic::Conv(sum) => print_conv(text, sum),
        Arithmetic::Pool(choice) => print_pool(text, choice),
        Arithmetic::Dense(sum) => print_dense(text, sum),
    }
    print_line(text, text.commands.value, f64::from(inspection.value));
    let rounding = text.printed_exponent(inspection.difference());
    println!("{:<24} {rounding:>12}", text.inspector.rounding);
}

/// A number behind its name.
fn print_line(text: &Text, name: &str, value: f64) {
    println!("{name:<24} {:>12}", text.printed(value, 6));
}

fn print_conv(text: &Text, sum: &ConvSum) {
    for channel in sum.channels.iter().take(PRINTED) {
        println!("\n{}", text.channel_products(channel.channel));
        print_slice(text, channel, sum.kernel);
        print_line(text, text.commands.sum_of_products, channel.sum);
    }
    println!();
    if sum.channels.len() > PRINTED {
        let rest = &sum.channels[PRINTED..];
        let name = text.more_channels(rest.len());
        print_line(text, &name, rest.iter().map(|c| c.sum).sum());
    }
    print_sum(text, sum.sum, sum.bias, sum.before_relu);
}

fn print_slice(text: &Text, channel: &ChannelSum, kernel: usize) {
    let rows = channel.patch.chunks(kernel);
    for (patch, kernel) in rows.zip(channel.kernel.chunks(kernel)) {
        let numbers = |values: &[f32]| -> String {
            let digits = values
                .iter()
                .map(|&value| format!("{:>9}", text.printed(f64::from(value), 4)));
            digits.collect()
        };
        println!("{}   ×{}", numbers(patch), numbers(kernel));
    }
}

fn print_sum(text: &Text, sum: f64, bias: f32, before_relu: f64) {
    let words = &text.commands;
    print_line(text, words.sum_of_all, sum);
    print_line(text, words.bias, f64::from(bias));
    print_line(text, words.before_activation, before_relu);
}

fn print_pool(text: &Text, choice: &PoolChoice) {
    let values = choice.window.cells().zip(choice.candidates);
    for (position, ((row, column), value)) in values.enumerate() {
        let mark = match (position == choice.winner, choice.equals) {
            (true, 1) => text.commands.largest,
            (true, _) => text.commands.first_of_equals,
            (false, _) => "",
        };
        let value = text.printed(f64::from(value), 6);
        let line = format!("{}: {value:>12}  {mark}", text.row_and_column(row, column));
        println!("{}", line.trim_end());
    }
}

fn print_dense(text: &Text, sum: &DenseSum) {
    for term in sum.terms.iter().take(PRINTED) {
        let input = match term.input {
            Source::Unit(unit) => text.unit_name(unit),
            Source::Cell {
                channel,
                row,
                column,
            } => text.cell_name(channel, row, column),
        };
        let number = |value: f64, decimals| text.printed(value, decimals);
        let product = number(term.product, 6);
        let (value, weight) = (f64::from(term.value), f64::from(term.weight));
        let (value, weight) = (number(value, 4), number(weight, 4));
        println!("{input:<24} {product:>12} = {value} × {weight}");
    }
    let unlisted = sum.terms.iter().skip(PRINTED);
    let count = unlisted.len() + sum.rest_count;
    if count > 0 {
        let rest = sum.rest + unlisted.map(|term| term.product).sum::<f64>();
        print_line(text, &text.more_inputs(count), rest);
    }
    print_sum(text, sum.sum, sum.bias, sum.before_relu);
    for (class, score) in sum.classes.iter().flatten().enumerate() {
        print_line(text, &text.softmax_of(class), score.probability);
    }
}
