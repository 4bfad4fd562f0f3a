//! The machine: its processor, and the fastest matrix product it was seen to do.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};
use candle_core::{Device, Tensor};
use convlens_kernels::vector_unit;
use serde::Serialize;

use crate::options::Data;

/// Where figures were measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Machine {
    pub processor: String,
    pub processors: usize,
    /// Vector unit in use: `AVX-512`, `AVX2`, `SSE4.2`, `NEON` or `plain`.
    pub vector_unit: &'static str,
    /// `fashion-mnist`, `folder` or `synthetic`.
    pub data: &'static str,
    /// Share of the processors that other programs used before anything was measured, in percent; Linux only.
    pub busy_percent: Option<f64>,
    /// Threads, and the GFLOP/s of their float32 matrix product.
    pub gemm_gflops: Vec<(usize, f64)>,
}

impl Machine {
    /// The peak of so many threads.
    pub fn peak(&self, threads: usize) -> Option<f64> {
        let measured = self.gemm_gflops.iter().find(|(count, _)| *count == threads);
        measured.map(|(_, gflops)| *gflops)
    }
}

/// This machine.
pub fn describe(threads: &[usize], data: &Data) -> Result<Machine> {
    let busy_percent = busy_percent();
    if let Some(busy) = busy_percent.filter(|busy| *busy > 5.0) {
        eprintln!("other programs use {busy:.0} % of the processors: take no figure at its word");
    }
    let mut gemm_gflops = Vec::new();
    for &count in threads {
        gemm_gflops.push((count, gemm_of_threads(count)?));
    }
    Ok(Machine {
        processor: processor(),
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        vector_unit: vector_unit(),
        data: match &data.dataset.origin {
            convlens_core::dataset::Origin::Cifar { cifar, .. } => cifar.name(),
            convlens_core::dataset::Origin::Folder { genuine: true, .. } => "fashion-mnist",
            convlens_core::dataset::Origin::Folder { .. } => "folder",
            convlens_core::dataset::Origin::Images { .. } => "images",
            convlens_core::dataset::Origin::Emnist { .. } => "emnist",
            convlens_core::dataset::Origin::Synthetic => "synthetic",
        },
        busy_percent,
        gemm_gflops,
    })
}

/// Share of all processors' time that was not idle, over a second (`/proc/stat`, proc(5)).
fn busy_percent() -> Option<f64> {
    let times = || {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let fields = stat.lines().next()?.split_whitespace().skip(1);
        let ticks: Vec<f64> = fields
            .map_while(|field| field.parse().ok())
            .take(8)
            .collect();
        let idle = ticks.get(3)? + ticks.get(4)?; // idle, waiting for the disk
        Some((ticks.iter().sum::<f64>(), idle))
    };
    let (all_before, idle_before) = times()?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    let (all, idle) = times()?;
    Some(100.0 * (1.0 - (idle - idle_before) / (all - all_before).max(1.0)))
}

/// GFLOP/s of a large float32 matrix product through candle, which is the crate gemm's; the best of a second. The inner
/// dimension is the largest, so that what counts is arithmetic and not the result's memory.
pub fn gemm_gflops() -> Result<f64> {
    let (rows, inner, columns) = (768, 3072, 768);
    let a = Tensor::rand(-1f32, 1f32, (rows, inner), &Device::Cpu)?;
    let b = Tensor::rand(-1f32, 1f32, (inner, columns), &Device::Cpu)?;
    let flops = (2 * rows * inner * columns) as f64;
    let begun = Instant::now();
    let mut best = f64::INFINITY;
    while begun.elapsed().as_secs_f64() < 1.0 {
        let started = Instant::now();
        std::hint::black_box(a.matmul(&b)?);
        best = best.min(started.elapsed().as_secs_f64());
    }
    Ok(flops / best / 1e9)
}

/// The same in a process of its own: candle takes its number of threads from the environment.
fn gemm_of_threads(threads: usize) -> Result<f64> {
    let output = Command::new(std::env::current_exe()?)
        .arg("--gemm-peak")
        .env("RAYON_NUM_THREADS", threads.to_string())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .with_context(|| format!("the matrix product of {threads} threads said {text:?}"))
}

fn processor() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map(|name| name.trim_start_matches([' ', '\t', ':']).to_owned());
    model.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}
