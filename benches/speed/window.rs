//! The real program in a real window: what its frames cost, what it costs training, how soon it shows maps, what it holds
//! in memory, and that it rests when nothing happens.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::measure::{median, median_ratio};
use crate::options::{Data, Options};
use crate::program::{Epoch, Program, images_per_second};

/// A picture in the strip of test images, from the window's left and bottom edges: a click adds or removes its row.
const PICTURE: (u32, u32) = (356, 40);
/// Clicks on it while training.
const CLICKS: usize = 12;
/// How long the window is watched doing nothing.
const IDLE: Duration = Duration::from_secs(10);
/// Time to open, draw, and come to rest.
const SETTLE: Duration = Duration::from_secs(3);

/// What was found.
pub struct Found {
    /// Frames while training: of each figure the round whose p99 is the median.
    pub training: Phase,
    pub with_window: f64,
    pub without: f64,
    pub lost_percent: f64,
    pub first_maps_secs: f64,
    pub peak_memory_mb: Option<f64>,
    /// `None` where the system does not tell.
    pub idle_cpu_percent: Option<f64>,
}

/// What `convlens --performance FILE` writes.
#[derive(Deserialize)]
pub struct Measured {
    first_maps_seconds: Option<f64>,
    peak_memory_bytes: Option<f64>,
    epochs: Vec<Epoch>,
    training: Phase,
}

/// Frames of one kind.
#[derive(Clone, Copy, Deserialize)]
pub struct Phase {
    pub frames: usize,
    pub ui_ms: Option<Spread>,
    pub ui_processor_ms: Option<Spread>,
    pub frame_ms: Option<Spread>,
    pub maps_ms: Option<Spread>,
}

/// How a figure is spread.
#[derive(Clone, Copy, Deserialize)]
pub struct Spread {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

/// Runs the program in turns without its window and with it, training the same.
pub fn measure(options: &Options, data: &Data) -> Result<Found> {
    ensure!(
        std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty()),
        "DISPLAY is not set; start an X server, such as `Xvfb :77 -screen 0 1600x1000x24 +extension GLX`, and set it"
    );
    let (mut with, mut without, mut first_maps, mut memory) = (vec![], vec![], vec![], vec![]);
    let mut phases = Vec::new();
    let mut idle_cpu_percent = None;
    for round in 0..options.rounds {
        let headless = crate::program::headless(data, options.window_images)?;
        without.push(images_per_second(&headless)?);
        let program = Program::open(data, options.window_images)?;
        std::thread::sleep(SETTLE);
        if round == 0 {
            idle_cpu_percent = program.cpu_percent_over(IDLE);
        }
        program.key("t")?;
        program.wait_for_title("finished")?;
        let measured: Measured = program.close()?;
        with.push(images_per_second(&measured.epochs)?);
        first_maps.extend(measured.first_maps_seconds);
        memory.extend(measured.peak_memory_bytes.map(|bytes| bytes / 1e6));
        phases.push(measured.training);
    }
    let clicked = clicked(options, data)?;
    let middle = |figure: fn(&Phase) -> Option<Spread>| {
        let mut rounds: Vec<Spread> = phases.iter().filter_map(figure).collect();
        rounds.sort_by(|a, b| a.p99.total_cmp(&b.p99));
        rounds.get(rounds.len() / 2).copied()
    };
    Ok(Found {
        training: Phase {
            frames: phases.iter().map(|phase| phase.frames).sum(),
            ui_ms: middle(|phase| phase.ui_ms),
            ui_processor_ms: middle(|phase| phase.ui_processor_ms),
            frame_ms: middle(|phase| phase.frame_ms),
            maps_ms: clicked.maps_ms,
        },
        lost_percent: (1.0 - median_ratio(&with, &without)) * 100.0,
        with_window: median(&with),
        without: median(&without),
        first_maps_secs: median(&first_maps),
        peak_memory_mb: (!memory.is_empty()).then(|| median(&memory)),
        idle_cpu_percent,
    })
}

/// Trains once more, now with somebody who keeps choosing images.
fn clicked(options: &Options, data: &Data) -> Result<Phase> {
    let program = Program::open(data, options.window_images)?;
    std::thread::sleep(SETTLE);
    program.key("t")?;
    for _ in 0..CLICKS {
        std::thread::sleep(Duration::from_millis(200));
        program.click_at_bottom(PICTURE.0, PICTURE.1)?;
    }
    program.wait_for_title("finished")?;
    Ok(program.close::<Measured>()?.training)
}
