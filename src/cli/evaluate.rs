//! `convlens evaluate`

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use serde::Serialize;

use super::source::{self, Data};
use crate::training::{RunConfig, evaluate};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A model of convlens, Keras or PyTorch [default: the built-in network]
    file: Option<PathBuf>,
    /// Folder with the four IDX files or a folder of pictures for each class, or `synthetic`
    #[arg(long, value_name = "DIR|synthetic")]
    data: Option<Data>,
    /// Threads to use [default: all processors, at most 8]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,
    /// One JSON object on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line {
    images: usize,
    seconds: f64,
    loss: f64,
    accuracy: f64,
    data: &'static str,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let model = source::model(arguments.file.as_deref())?;
    let dataset = source::dataset(arguments.data.as_ref())?;
    let threads = arguments.threads.map(usize::from);
    let pool = source::thread_pool(threads.unwrap_or(RunConfig::default().threads))?;
    let started = Instant::now();
    let result = evaluate(&model, &dataset.test, &pool)?;
    let line = Line {
        images: dataset.test.len(),
        seconds: started.elapsed().as_secs_f64(),
        loss: result.loss,
        accuracy: result.accuracy,
        data: source::name(&dataset),
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&line)?);
    } else {
        println!(
            "{} images in {:.2} s: loss {:.4}, accuracy {:.4} ({})",
            line.images, line.seconds, line.loss, line.accuracy, line.data
        );
    }
    Ok(())
}
