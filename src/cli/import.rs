//! `convlens import`

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source::{self, DataArgument};
use convlens_core::network::{NetworkSpec, weights};
use convlens_core::training::{RunConfig, find_scaling};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of Keras (.keras, .weights.h5, .h5) or PyTorch (.pt, .pth, .safetensors), ONNX (.onnx), or a run (.convlens)
    file: PathBuf,
    /// File to write, as convlens's own safetensors
    #[arg(long, value_name = "WEIGHTS.safetensors")]
    out: PathBuf,
    /// The network, for weights that fit several: a preset's name, or a .toml file
    #[arg(long, value_parser = source::network())]
    network: Option<NetworkSpec>,
    /// Pictures to find out with how pixels were scaled, if the file does not say
    #[command(flatten)]
    data: DataArgument,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    format: &'static str,
    label: String,
    network: &'a NetworkSpec,
    parameters: usize,
    notes: Vec<String>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    source::writable(&arguments.out)?;
    let mut imported = source::imported(&arguments.file, arguments.network.as_ref())?;
    if arguments.data.is_given() {
        let dataset = arguments.data.dataset_of((1, source::SYNTHETIC.1))?;
        let mut team = source::team(RunConfig::default().threads)?;
        find_scaling(&mut imported, &dataset.test, &mut team);
    }
    let model = &imported.model;
    weights::save(model, &arguments.out)?;
    let line = Line {
        format: imported.format.name(),
        label: model.spec().label(),
        network: model.spec(),
        parameters: model.parameter_count(),
        notes: imported.notes.iter().map(ToString::to_string).collect(),
    };
    if arguments.json {
        println!("{}", super::json(&line)?);
        return Ok(());
    }
    source::remark(&imported.notes);
    println!(
        "{}: network {}, {} parameters",
        line.format, line.label, line.parameters
    );
    Ok(())
}
