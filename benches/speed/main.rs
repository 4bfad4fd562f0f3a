//! How fast convlens is, in one table: training against PyTorch and Keras, evaluation, feature maps, and the window.
//!
//! `cargo bench` measures everything that this machine allows; `cargo bench -- --help` lists the parts. Rivals take
//! turns within the same minutes and medians are shown, so that ratios hold where absolute figures drift. Nothing here
//! passes or fails: a figure depends on the machine.

mod columns;
mod machine;
mod measure;
mod network;
mod options;
mod peers;
mod plot;
mod points;
mod program;
mod report;
mod step;
mod sweeps;
mod table;
mod window;

use anyhow::Result;
use clap::Parser as _;
use convlens_kernels::use_vector_unit;

use options::{Options, Part};
use peers::Peers;
use report::Report;

/// The program's own allocator: with glibc's the figures would be another program's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    let options = Options::parse();
    if options.gemm_peak {
        println!("{}", machine::gemm_gflops()?);
        return Ok(());
    }
    if let Some(unit) = &options.vector_unit {
        use_vector_unit(unit).map_err(anyhow::Error::msg)?;
    }
    let data = options.data()?;
    let mut peers = Peers::new(options.python.clone(), &data)?;
    let mut report = Report {
        machine: machine::describe(&options.threads, &data)?,
        ..Report::default()
    };
    let runs = |part| options.parts.contains(&part);
    if runs(Part::Training) {
        table::training(&options, &data, &mut peers, &mut report)?;
    }
    if runs(Part::Step) {
        step::run(&options, &data, &mut report.steps)?;
    }
    if runs(Part::Sweeps) {
        sweeps::run(&options, &data, &mut peers, &mut report)?;
        table::other_networks(&options, &peers, &mut report);
    }
    if runs(Part::Evaluation) {
        table::evaluation(&options, &data, &mut report)?;
    }
    if runs(Part::Maps) {
        table::maps(&options, &data, &mut report)?;
    }
    if runs(Part::Window) {
        table::window(&options, &data, &mut report);
    }
    report.print(options.json)?;
    if let Some(path) = &options.csv {
        points::write_csv(&report.points, path)?;
    }
    if let Some(path) = &options.plot {
        plot::write(&report, path)?;
    }
    Ok(())
}
