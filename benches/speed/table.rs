//! The rows of the table: what is asked, and what was measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use convlens_core::explore::activations;
use convlens_core::network::{Preset, weights};
use convlens_core::training::{Event, RunConfig, Team, Trainer, evaluate};

use crate::columns::number;
use crate::measure::{Ours, Setting, faster, median, median_ratio, percentile};
use crate::options::{Data, Options};
use crate::peers::{Peer, Peers};
use crate::report::{Goal, Report, Row};
use crate::window;

/// Images whose maps the window shows at start.
const IMAGES: [usize; 3] = [0, 7, 26];

/// The notebook's network at batch 32, against each peer.
pub fn training(
    options: &Options,
    data: &Data,
    peers: &mut Peers,
    report: &mut Report,
) -> Result<()> {
    let setting = Setting {
        network: Preset::Conv64.spec(),
        batch: 32,
        threads: options.most_threads(),
    };
    let warm_up = options.seconds / 2.0;
    let mut ours = Ours::start(&setting, &data.dataset, warm_up)?;
    let keras = peers.are_here().then_some(Peer::Keras);
    let rivals: Vec<_> = peers.torches().iter().copied().chain(keras).collect();
    for &peer in &rivals {
        peers.build(peer, &setting, warm_up)?;
    }
    let mut own = Vec::new();
    let mut others = vec![Vec::new(); rivals.len()];
    for _ in 0..options.rounds {
        own.push(ours.images_per_second(options.seconds)?);
        for (figures, peer) in others.iter_mut().zip(&rivals) {
            figures.push(peers.images_per_second(*peer, setting.threads, options.seconds)?);
        }
    }
    let speed = median(&own);
    report.rows.push(Row::plain(
        "training, notebook's CNN, batch 32",
        speed,
        "images/s",
    ));
    let of = |peer: Peer| {
        let index = rivals.iter().position(|rival| *rival == peer)?;
        Some(others[index].clone())
    };
    let against = |figures: Option<Vec<f64>>| {
        let figures = figures?;
        let text = format!(
            "{} against {} images/s",
            number(speed),
            number(median(&figures))
        );
        Some((median_ratio(&own, &figures), text))
    };
    report.rows.push(Row::of(
        "  against the faster PyTorch",
        Goal::at_least(3.0, 5.0),
        "×",
        against(faster(&others)),
    ));
    let bfloat16 = against(of(Peer::TorchBfloat16));
    if bfloat16.is_some() {
        let what = "  against PyTorch that rounds to bfloat16";
        report.rows.push(Row::of(what, Goal::none(), "×", bfloat16));
    }
    report.rows.push(Row::of(
        "  against Keras / TensorFlow",
        Goal::at_least(3.5, 6.0),
        "×",
        against(of(Peer::Keras)),
    ));
    Ok(())
}

/// The slowest of the sweeps' points, against PyTorch.
pub fn other_networks(options: &Options, peers: &Peers, report: &mut Report) {
    let goal = Goal::at_least(1.3, 2.0);
    let compared = report
        .points
        .iter()
        .filter_map(|point| Some((point, point.ratio?)));
    let worst = compared
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(point, ratio)| {
            let below = report
                .points
                .iter()
                .filter(|p| p.ratio.is_some_and(|r| r < 1.3))
                .count();
            let text = format!(
                "{}, batch {}, {} threads; {below} of {} settings below",
                point.network,
                point.batch,
                point.threads,
                report.points.len()
            );
            (ratio, text)
        });
    debug_assert!(peers.are_here() || worst.is_none());
    report.rows.push(Row::of(
        "slowest other network, against the faster PyTorch",
        goal,
        "×",
        worst,
    ));
    let cliffs: Vec<String> = report
        .points
        .iter()
        .filter_map(|point| {
            let name = format!("{:?} {} on {}", point.sweep, point.x, point.threads).to_lowercase();
            point.cliff.map(|factor| format!("{name} (×{factor:.1})"))
        })
        .collect();
    let text = if cliffs.is_empty() {
        format!(
            "none of {} settings over ×{}",
            report.points.len(),
            options.cliff
        )
    } else {
        cliffs.join(", ")
    };
    report.rows.push(Row::of(
        "cliffs",
        Goal::at_most(0.0, 0.0),
        "",
        Some((cliffs.len() as f64, text)),
    ));
}

/// The whole test set through the built-in network.
pub fn evaluation(options: &Options, data: &Data, report: &mut Report) -> Result<()> {
    let model = weights::built_in()?;
    let mut team = Team::new(options.most_threads(), "evaluate")?;
    let mut seconds = Vec::new();
    for _ in 0..=options.rounds {
        let started = Instant::now();
        evaluate(&model, &data.dataset.test, &mut team)?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    let seconds = median(&seconds[1..]); // the first warms up
    let images = data.dataset.test.len();
    let text = format!("{} images/s", number(images as f64 / seconds));
    let what = format!("evaluation of {} test images", number(images as f64));
    report.rows.push(Row::of(
        &what,
        Goal::at_most(0.25, 0.1),
        "s",
        Some((seconds, text)),
    ));
    Ok(())
}

/// Maps of three images, every layer, on a thread of their own: with nothing else to do, and while a run trains.
pub fn maps(options: &Options, data: &Data, report: &mut Report) -> Result<()> {
    let idle = map_times(data, 300, Duration::ZERO)?;
    let config = RunConfig {
        epochs: RunConfig::MAX_EPOCHS,
        threads: options.most_threads(),
        ..RunConfig::default()
    };
    let trainer = Trainer::start(config, data.dataset.clone(), Arc::new(|| ()))?;
    loop {
        match trainer
            .wait_event()
            .context("the training thread is gone")?
        {
            Event::Started { .. } => break,
            Event::Failed(error) => return Err(error.into()),
            _ => {}
        }
    }
    let training = map_times(data, 300, Duration::from_millis(7))?;
    drop(trainer);
    let both = |times: &[f64]| format!("p50 {:.2} ms", percentile(times, 0.5));
    let row = |what, goal, times: &[f64]| {
        Row::of(
            what,
            goal,
            "ms",
            Some((percentile(times, 0.99), both(times))),
        )
    };
    report.rows.push(row(
        "maps of three images, all layers, idle, p99",
        Goal::at_most(2.0, 2.0),
        &idle,
    ));
    report.rows.push(row(
        "  while training, p99",
        Goal::at_most(5.0, 5.0),
        &training,
    ));
    Ok(())
}

/// Milliseconds of each of `count` questions, with a pause before each.
fn map_times(data: &Data, count: usize, pause: Duration) -> Result<Vec<f64>> {
    let model = weights::built_in()?;
    let test = &data.dataset.test;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        std::thread::sleep(pause);
        let started = Instant::now();
        std::hint::black_box(activations(&model, IMAGES.map(|index| test.image(index)))?);
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times)
}

/// The real program in its window.
pub fn window(options: &Options, data: &Data, report: &mut Report) {
    let found = match window::measure(options, data) {
        Ok(found) => Some(found),
        Err(reason) => {
            eprintln!("window not measured: {reason:#}");
            None
        }
    };
    let found = found.as_ref();
    let mut row = |what, goal, unit, value: Option<(f64, String)>| {
        report.rows.push(Row::of(what, goal, unit, value));
    };
    let ms = |spread: window::Spread| {
        (
            spread.p99,
            format!("p50 {:.2} ms, worst {:.1} ms", spread.p50, spread.max),
        )
    };
    row(
        "window's own work a frame while training, p99",
        Goal::at_most(8.0, 4.0),
        "ms",
        found.and_then(|f| {
            let (p99, text) = ms(f.training.ui_ms?);
            Some((p99, format!("{text}; {} frames", f.training.frames)))
        }),
    );
    row(
        "  that a processor works for it, p99",
        Goal::none(),
        "ms",
        found.and_then(|f| f.training.ui_processor_ms).map(ms),
    );
    row(
        "  with tessellation and painting, p99",
        Goal::none(),
        "ms",
        found.and_then(|f| f.training.frame_ms).map(ms),
    );
    row(
        "  click on an image to its maps, p99",
        Goal::none(),
        "ms",
        found.and_then(|f| f.training.maps_ms).map(ms),
    );
    row(
        "training throughput lost to the window",
        Goal::at_most(5.0, 2.0),
        "%",
        found.map(|f| {
            (
                f.lost_percent,
                format!(
                    "{} against {} images/s",
                    number(f.with_window),
                    number(f.without)
                ),
            )
        }),
    );
    row(
        "launch to first maps",
        Goal::at_most(1.0, 0.4),
        "s",
        found.map(|f| (f.first_maps_secs, String::new())),
    );
    row(
        "peak memory, training with the window open",
        Goal::at_most(300.0, 200.0),
        "MB",
        found
            .and_then(|f| f.peak_memory_mb)
            .map(|mb| (mb, String::new())),
    );
    row(
        "idle window",
        Goal::at_most(0.0, 0.0),
        "% CPU",
        found
            .and_then(|f| f.idle_cpu_percent)
            .map(|percent| (percent, String::new())),
    );
}
