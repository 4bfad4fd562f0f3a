//! PyTorch and Keras, each a process of its own that trains whatever network it is told to (`peers.py`).

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use convlens_core::network::parameter_count;
use convlens_kernels::vector_unit;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::measure::Setting;
use crate::options::Data;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/speed/peers.py");

/// A way to train elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// PyTorch as it comes.
    Torch,
    /// PyTorch with its fastest memory layout for convolutions on a CPU.
    TorchChannelsLast,
    /// The same with half as many bits in convolutions and products, where the processor has instructions for that.
    TorchBfloat16,
    /// Keras on TensorFlow.
    Keras,
}

impl Peer {
    /// The name the script and the table use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Torch => "torch",
            Self::TorchChannelsLast => "torch-channels-last",
            Self::TorchBfloat16 => "torch-bfloat16",
            Self::Keras => "keras",
        }
    }
}

/// The peers' processes, started when first asked for.
pub struct Peers {
    python: Option<PathBuf>,
    pictures: TempDir,
    /// Height, width and channels, as the script takes them.
    size: [String; 3],
    processes: HashMap<(Peer, usize), Process>,
}

struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

#[derive(Serialize)]
struct Build<'a> {
    network: &'a convlens_core::network::NetworkSpec,
    batch: usize,
}

#[derive(Deserialize)]
struct Built {
    parameters: usize,
}

#[derive(Serialize)]
struct Train {
    seconds: f64,
}

#[derive(Deserialize)]
struct Trained {
    images: f64,
    seconds: f64,
}

impl Peers {
    /// No process yet; none ever without a Python.
    pub fn new(python: Option<PathBuf>, data: &Data) -> Result<Self> {
        let pictures = tempfile::tempdir()?;
        let size = data.dataset.size();
        if python.is_some() {
            let train = &data.dataset.train;
            std::fs::write(pictures.path().join("images"), train.pixels())?;
            std::fs::write(pictures.path().join("labels"), train.labels())?;
        }
        Ok(Self {
            python,
            pictures,
            size: [size.height, size.width, size.channels].map(|side| side.to_string()),
            processes: HashMap::new(),
        })
    }

    /// Whether there are any.
    pub fn are_here(&self) -> bool {
        self.python.is_some()
    }

    /// Every PyTorch that there is: the two that compute as we do, then perhaps the one that rounds to fewer bits.
    pub fn torches(&self) -> &'static [Peer] {
        const ALL: [Peer; 3] = [Peer::Torch, Peer::TorchChannelsLast, Peer::TorchBfloat16];
        match (self.are_here(), has_bfloat16()) {
            (false, _) => &[],
            (true, false) => &ALL[..2],
            (true, true) => &ALL,
        }
    }

    /// Tells a peer what to train next, and lets it warm up. It must find the same number of parameters as we do.
    pub fn build(&mut self, peer: Peer, setting: &Setting, warm_up_secs: f64) -> Result<()> {
        let process = self.process(peer, setting.threads)?;
        let built: Built = process.ask(&Build {
            network: &setting.network,
            batch: setting.batch,
        })?;
        let ours = parameter_count(&setting.network.plan()?);
        ensure!(
            built.parameters == ours,
            "{} built a network of {} parameters, ours has {ours}",
            peer.name(),
            built.parameters
        );
        self.images_per_second(peer, setting.threads, warm_up_secs)?;
        Ok(())
    }

    /// Lets a peer train on for about so many seconds.
    pub fn images_per_second(&mut self, peer: Peer, threads: usize, seconds: f64) -> Result<f64> {
        let process = self.process(peer, threads)?;
        let trained: Trained = process.ask(&Train { seconds })?;
        Ok(trained.images / trained.seconds)
    }

    fn process(&mut self, peer: Peer, threads: usize) -> Result<&mut Process> {
        let python = self.python.as_deref().context("no Python was named")?;
        let started = match self.processes.remove(&(peer, threads)) {
            Some(running) => running,
            None => Process::start(python, (self.pictures.path(), &self.size), peer, threads)?,
        };
        Ok(self.processes.entry((peer, threads)).or_insert(started))
    }
}

/// Has glibc keep large blocks: returned to the system and faulted in again for every tensor they halve PyTorch's speed. Whether glibc
/// learns that by itself depends on what was allocated before.
const KEEP_MEMORY: [(&str, &str); 2] = [
    ("MALLOC_MMAP_THRESHOLD_", "1073741824"),
    ("MALLOC_TRIM_THRESHOLD_", "4294967295"),
];

/// What holds PyTorch and oneDNN (which TensorFlow uses too) to our vector unit; a wider one they take by themselves.
fn same_vector_unit() -> &'static [(&'static str, &'static str)] {
    match vector_unit() {
        "AVX2" => &[
            ("ATEN_CPU_CAPABILITY", "avx2"),
            ("ONEDNN_MAX_CPU_ISA", "AVX2"),
        ],
        "SSE4.2" | "plain" => &[
            ("ATEN_CPU_CAPABILITY", "default"),
            ("ONEDNN_MAX_CPU_ISA", "SSE41"),
        ],
        _ => &[],
    }
}

/// Whether the processor multiplies such numbers on the vector unit in use.
fn has_bfloat16() -> bool {
    #[cfg(target_arch = "x86_64")]
    return vector_unit() == "AVX-512" && is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

impl Process {
    fn start(
        python: &Path,
        (pictures, size): (&Path, &[String; 3]),
        peer: Peer,
        threads: usize,
    ) -> Result<Self> {
        let mut child = Command::new(python)
            .args([SCRIPT, peer.name(), "--threads", &threads.to_string()])
            .arg("--images")
            .arg(pictures.join("images"))
            .arg("--labels")
            .arg(pictures.join("labels"))
            .arg("--size")
            .args(size)
            .env("OMP_NUM_THREADS", threads.to_string())
            .envs(same_vector_unit().iter().copied())
            .envs(KEEP_MEMORY)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", python.display()))?;
        let stdin = child.stdin.take().context("no pipe to the peer")?;
        let stdout = child.stdout.take().context("no pipe from the peer")?;
        Ok(Self {
            child,
            stdin,
            stdout: BufReader::new(stdout),
        })
    }

    fn ask<A: for<'a> Deserialize<'a>>(&mut self, question: &impl Serialize) -> Result<A> {
        writeln!(self.stdin, "{}", serde_json::to_string(question)?)?;
        self.stdin.flush()?;
        let mut answer = String::new();
        self.stdout.read_line(&mut answer)?;
        serde_json::from_str(&answer)
            .with_context(|| format!("{SCRIPT} said {answer:?}; its error is above"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}
