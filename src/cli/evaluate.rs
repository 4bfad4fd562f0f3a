//! `convlens evaluate`

use std::time::Instant;

use anyhow::Result;
use serde::Serialize;

use super::source;
use super::test_set::OverTestSet;
use convlens_core::training::evaluate;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    over: OverTestSet,
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
    let over = &arguments.over;
    let (model, dataset) = over.judged()?;
    let mut team = over.team()?;
    let started = Instant::now();
    let result = evaluate(&model, &dataset.test, &mut team)?;
    let line = Line {
        images: dataset.test.len(),
        seconds: started.elapsed().as_secs_f64(),
        loss: result.loss,
        accuracy: result.accuracy,
        data: source::name(&dataset),
    };
    if over.json {
        println!("{}", super::json(&line)?);
    } else {
        println!(
            "{} images in {:.2} s: loss {:.4}, accuracy {:.4} ({})",
            line.images,
            line.seconds,
            line.loss,
            line.accuracy,
            source::data_in_short(&dataset.origin)
        );
    }
    Ok(())
}
