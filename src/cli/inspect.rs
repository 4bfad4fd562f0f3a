//! `convlens inspect`

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::source::{self, DataArgument};
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
        cell.ok_or("write a row and a column, such as 5,3")
    }
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let (model, dataset) = arguments.data.with_model(arguments.file.as_deref())?;
    let index = layer_index(model.layers(), &arguments.layer)?;
    let layer = &model.layers()[index];
    let name = &layer.name;
    match (layer.output.is_maps(), arguments.at) {
        (true, None) => bail!("{name} has maps: add --at ROW,COLUMN"),
        (false, Some(_)) => bail!("{name} has no maps: leave out --at"),
        (true, Some(_)) | (false, None) => {}
    }
    let cell = arguments.at.unwrap_or(Cell { row: 0, column: 0 });
    let place = Place {
        layer: index,
        channel: arguments.filter,
        row: cell.row,
        column: cell.column,
    };
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
    found.ok_or_else(|| source::no_such_layer(name, layers.iter().map(|layer| &layer.name)))
}

fn as_json(inspection: &Inspection, layer: &Layer, image: usize, data: &str) -> Value {
    let place = inspection.place;
    let mut object = match &inspection.arithmetic {
        Arithmetic::Conv(sum) => conv_json(sum),
        Arithmetic::Pool(choice) => pool_json(choice),
        Arithmetic::Mean(mean) => json!({
            "values": mean.values,
            "sum": mean.sum,
            "count": mean.count,
        }),
        Arithmetic::Norm(norm) => json!({
            "before": norm.value,
            "mean": norm.mean,
            "variance": norm.variance,
            "epsilon": norm.epsilon,
            "gamma": norm.gamma,
            "beta": norm.beta,
        }),
        Arithmetic::Activation(activated) => json!({
            "before": activated.value,
            "activation": activated.activation,
        }),
        Arithmetic::Dropout(passed) => json!({ "before": passed.value, "rate": passed.rate }),
        Arithmetic::Branches(handed) => {
            let branches = handed.iter().map(|branch| {
                json!({ "from": branch.from, "channel": branch.channel, "value": branch.value })
            });
            json!({ "branches": branches.collect::<Vec<_>>() })
        }
        Arithmetic::Dense(sum) => dense_json(sum),
    };
    object["image"] = json!(image);
    object["data"] = json!(data);
    object["layer"] = json!(inspection.name);
    object["type"] = json!(source::kind(layer.kind));
    object["filter"] = json!(place.channel);
    if layer.output.is_maps() {
        object["row"] = json!(place.row);
        object["column"] = json!(place.column);
    }
    object["value"] = json!(inspection.value);
    object["difference"] = json!(inspection.difference());
    object["receptive_field"] = json!({
        "picture": inspection.field.first(),
        "layer_before": inspection.seen_before(),
        "picture_with_padding": inspection.uncut_field,
    });
    object
}

fn conv_json(sum: &ConvSum) -> Value {
    let rows = |values: &[f32]| -> Vec<Vec<f32>> {
        values.chunks(sum.columns).map(<[f32]>::to_vec).collect()
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
    let (name, place) = (&inspection.name, inspection.place);
    if layer.output.is_maps() {
        println!(
            "image {image}, {name}, channel {}, row {}, column {}",
            place.channel, place.row, place.column
        );
    } else {
        println!("image {image}, {name}, unit {}", place.channel);
    }
    for (what, field) in [
        ("the picture", inspection.field.first().copied()),
        ("the layer before", inspection.seen_before()),
    ] {
        if let Some(field) = field {
            let (rows, columns) = (field.rows(), field.columns());
            println!(
                "sees of {what}: rows {} to {}, columns {} to {}",
                rows.start,
                rows.end.saturating_sub(1),
                columns.start,
                columns.end.saturating_sub(1)
            );
        }
    }
    match &inspection.arithmetic {
        Arithmetic::Conv(sum) => print_conv(sum),
        Arithmetic::Pool(choice) => print_pool(choice),
        Arithmetic::Mean(mean) => {
            for value in &mean.values {
                print_line("value of the window", f64::from(*value));
            }
            print_line("sum", mean.sum);
            print_line("divided by", mean.count as f64);
        }
        Arithmetic::Norm(norm) => {
            print_line("before", f64::from(norm.value));
            print_line("mean", f64::from(norm.mean));
            print_line("variance", f64::from(norm.variance));
            print_line("normalized", norm.normalized());
            print_line("gamma", f64::from(norm.gamma));
            print_line("beta", f64::from(norm.beta));
        }
        Arithmetic::Activation(activated) => {
            print_line("before", f64::from(activated.value));
            println!("{:<24} {:>12}", "activation", activated.activation.name());
        }
        Arithmetic::Dropout(passed) => {
            print_line("before", f64::from(passed.value));
            println!("dropout does nothing in testing");
        }
        Arithmetic::Branches(handed) => {
            for branch in handed {
                let from = branch.from.as_deref().unwrap_or("the picture");
                let name = format!("{from}, channel {}", branch.channel);
                print_line(&name, f64::from(branch.value));
            }
        }
        Arithmetic::Dense(sum) => print_dense(sum),
    }
    print_line("value", f64::from(inspection.value));
    let rounding = format!("{:.1e}", inspection.difference());
    println!("{:<24} {rounding:>12}", "float32 rounding");
}

/// A number behind its name.
fn print_line(name: &str, value: f64) {
    println!("{name:<24} {value:>12.6}");
}

/// “1 other input”, “5 other inputs”.
fn others(count: usize, what: &str) -> String {
    format!("{count} other {what}{}", if count == 1 { "" } else { "s" })
}

fn print_conv(sum: &ConvSum) {
    for channel in sum.channels.iter().take(PRINTED) {
        println!("\ninput channel {}: patch × kernel", channel.channel);
        print_slice(channel, sum.columns);
        print_line("sum of products", channel.sum);
    }
    println!();
    if sum.channels.len() > PRINTED {
        let rest = &sum.channels[PRINTED..];
        let name = others(rest.len(), "channel");
        print_line(&name, rest.iter().map(|c| c.sum).sum());
    }
    print_sum(sum.sum, sum.bias, sum.before_relu);
}

fn print_slice(channel: &ChannelSum, kernel: usize) {
    let rows = channel.patch.chunks(kernel);
    for (patch, kernel) in rows.zip(channel.kernel.chunks(kernel)) {
        let numbers = |values: &[f32]| -> String {
            let digits = values.iter().map(|value| format!("{value:>9.4}"));
            digits.collect()
        };
        println!("{}   ×{}", numbers(patch), numbers(kernel));
    }
}

fn print_sum(sum: f64, bias: f32, before_relu: f64) {
    print_line("sum of all products", sum);
    print_line("bias", f64::from(bias));
    print_line("before activation", before_relu);
}

fn print_pool(choice: &PoolChoice) {
    let values = choice.window.cells().zip(&choice.candidates);
    for (position, ((row, column), value)) in values.enumerate() {
        let mark = match (position == choice.winner, choice.equals) {
            (true, 1) => "largest",
            (true, _) => "largest, the first of equals",
            (false, _) => "",
        };
        let line = format!("row {row}, column {column}: {value:>12.6}  {mark}");
        println!("{}", line.trim_end());
    }
}

fn print_dense(sum: &DenseSum) {
    for term in sum.terms.iter().take(PRINTED) {
        let input = match term.input {
            Source::Unit(unit) => format!("unit {unit}"),
            Source::Cell {
                channel,
                row,
                column,
            } => format!("channel {channel} ({row}, {column})"),
        };
        println!(
            "{input:<24} {:>12.6} = {:.4} × {:.4}",
            term.product, term.value, term.weight
        );
    }
    let unlisted = sum.terms.iter().skip(PRINTED);
    let count = unlisted.len() + sum.rest_count;
    if count > 0 {
        let rest = sum.rest + unlisted.map(|term| term.product).sum::<f64>();
        print_line(&others(count, "input"), rest);
    }
    print_sum(sum.sum, sum.bias, sum.before_relu);
    for (class, score) in sum.classes.iter().flatten().enumerate() {
        print_line(&format!("softmax of class {class}"), score.probability);
    }
}
