//! What each kernel of a training step takes, what is waited for, and what more processors would make of it.

use std::time::{Duration, Instant};

use anyhow::Result;
use convlens_core::network::{NetworkSpec, Preset};
use convlens_core::training::{RunConfig, Session, Team};
use serde::Serialize;

use crate::columns::{aligned, number};
use crate::network;
use crate::options::{Data, Options};

/// Steps that are measured; medians count.
const STEPS: usize = 60;

/// One network at one batch size.
#[derive(Debug, Serialize)]
pub struct StepTable {
    network: String,
    batch: usize,
    /// Threads of the team, and that the tasks were cut for.
    threads: usize,
    kernels: Vec<KernelLine>,
    /// Of a step on that team.
    elapsed_us: f64,
    /// What all its threads together waited in a step.
    waited_us: f64,
    stages: usize,
    /// What a meeting of that team takes.
    meeting_us: f64,
    forecasts: Vec<Forecast>,
}

#[derive(Debug, Serialize)]
struct KernelLine {
    stage: usize,
    name: String,
    tasks: usize,
    busy_us: f64,
    longest_us: f64,
}

/// What a step would take on so many processors.
#[derive(Debug, Serialize)]
struct Forecast {
    processors: usize,
    step_us: f64,
    images_per_second: f64,
    /// Against one.
    times: f64,
}

/// Every kernel of the notebook's networks, or of the one that was asked for.
pub fn run(options: &Options, data: &Data, steps: &mut Vec<StepTable>) -> Result<()> {
    let networks = match &options.network {
        Some(network) => vec![network.clone()],
        None => [
            Preset::Conv64,
            Preset::Conv16,
            Preset::Dense,
            Preset::OneConv,
        ]
        .map(Preset::spec)
        .to_vec(),
    };
    for network in &networks {
        for batch in &options.step_batches {
            steps.push(table(options, data, network, *batch)?);
        }
    }
    Ok(())
}

fn table(options: &Options, data: &Data, network: &NetworkSpec, batch: usize) -> Result<StepTable> {
    let threads = options.most_threads();
    let session = |threads| {
        let config = RunConfig {
            batch_size: batch,
            threads,
            ..RunConfig::new(network.clone().for_data(&data.dataset))
        };
        Session::new(config, data.dataset.clone())
    };
    let profile = session(threads)?.measure(threads, STEPS)?;
    let meeting = meeting(threads)?;
    // One thread, which nobody disturbs, runs the tasks as they are cut for many.
    let forecasts = options.processors.iter().map(|&processors| {
        let profile = session(1)?.measure(processors, STEPS)?;
        // The more take part, the longer a meeting: its line of the cache goes from one to the next.
        let meeting = if processors == 1 {
            Duration::ZERO
        } else {
            meeting.mul_f64((processors as f64 / threads.max(2) as f64).max(1.0))
        };
        Ok((processors, profile.forecast(processors, meeting)))
    });
    let forecasts: Vec<(usize, Duration)> = forecasts.collect::<Result<_>>()?;
    let one = session(1)?.measure(1, STEPS)?.forecast(1, Duration::ZERO);
    Ok(StepTable {
        network: network::name(network),
        batch,
        threads,
        kernels: profile
            .kernels
            .iter()
            .map(|kernel| KernelLine {
                stage: kernel.stage,
                name: kernel.name.clone(),
                tasks: kernel.tasks.len(),
                busy_us: micros(kernel.busy()),
                longest_us: micros(kernel.tasks.iter().copied().max().unwrap_or_default()),
            })
            .collect(),
        elapsed_us: micros(profile.elapsed),
        waited_us: micros(profile.waited),
        stages: profile.stages(),
        meeting_us: micros(meeting),
        forecasts: forecasts
            .into_iter()
            .map(|(processors, step)| Forecast {
                processors,
                step_us: micros(step),
                images_per_second: batch as f64 / step.as_secs_f64(),
                times: one.as_secs_f64() / step.as_secs_f64(),
            })
            .collect(),
    })
}

/// The shortest of some averages of what a meeting takes: on a machine that others use, the rest is theirs.
fn meeting(threads: usize) -> Result<Duration> {
    const MEETINGS: u32 = 200;
    let mut team = Team::new(threads.max(2), "meeting")?;
    let averages = (0..50).map(|_| {
        let started = Instant::now();
        team.run(MEETINGS as usize, &|_, _| {});
        started.elapsed() / MEETINGS
    });
    Ok(averages.min().unwrap_or_default())
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

impl StepTable {
    /// Prints it as Markdown.
    pub fn print(&self) {
        println!(
            "\n{}, batch {}, {} threads\n",
            self.network, self.batch, self.threads
        );
        let head = ["stage", "kernel", "tasks", "busy, µs", "longest task, µs"].map(str::to_owned);
        let rows: Vec<[String; 5]> = self
            .kernels
            .iter()
            .map(|kernel| {
                [
                    kernel.stage.to_string(),
                    kernel.name.clone(),
                    kernel.tasks.to_string(),
                    number(kernel.busy_us),
                    number(kernel.longest_us),
                ]
            })
            .collect();
        for line in aligned(&head, &rows) {
            println!("{line}");
        }
        println!(
            "\n{} stages in {} µs; all threads together wait {} µs; an empty meeting takes {} µs\n",
            self.stages,
            number(self.elapsed_us),
            number(self.waited_us),
            number(self.meeting_us)
        );
        let head = ["processors", "step, µs", "images/s", "times one"].map(str::to_owned);
        let rows: Vec<[String; 4]> = self
            .forecasts
            .iter()
            .map(|forecast| {
                [
                    forecast.processors.to_string(),
                    number(forecast.step_us),
                    number(forecast.images_per_second),
                    number(forecast.times),
                ]
            })
            .collect();
        for line in aligned(&head, &rows) {
            println!("{line}");
        }
    }
}
