//! The program as its users start it, worked by xdotool.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use crate::options::Data;

const PROGRAM: &str = env!("CARGO_BIN_EXE_convlens");
const PATIENCE: Duration = Duration::from_mins(5);
/// Epochs of a run: in the first seconds after a key or a click the window draws as fast as it can, which is not what a run costs.
const EPOCHS: &str = "3";

/// What the program says of an epoch, with a window and without.
#[derive(Deserialize)]
pub struct Epoch {
    images_per_second: f64,
}

/// Images a second over all epochs of a run, which have as many images each.
pub fn images_per_second(epochs: &[Epoch]) -> Result<f64> {
    ensure!(!epochs.is_empty(), "no epoch was trained");
    let seconds = epochs.iter().map(|epoch| epoch.images_per_second.recip());
    Ok(epochs.len() as f64 / seconds.sum::<f64>())
}

/// Trains without a window.
pub fn headless(data: &Data, images: usize) -> Result<Vec<Epoch>> {
    let output = Command::new(PROGRAM)
        .args([
            "train",
            "--json",
            "--epochs",
            EPOCHS,
            "--images",
            &images.to_string(),
        ])
        .arg("--data")
        .arg(&data.argument)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let epochs = text.lines().map(serde_json::from_str);
    epochs
        .collect::<Result<_, _>>()
        .with_context(|| format!("convlens train said {text:?}"))
}

/// A window. Closed by force when dropped.
pub struct Program {
    child: Child,
    window: String,
    /// Its preferences, so that it starts as if for the first time; and what it writes.
    folder: TempDir,
}

impl Program {
    /// Opens it, as after a first start.
    pub fn open(data: &Data, images: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut child = Command::new(PROGRAM)
            .args([
                "--language",
                "en",
                "--epochs",
                EPOCHS,
                "--images",
                &images.to_string(),
            ])
            .arg("--data")
            .arg(&data.argument)
            .arg("--performance")
            .arg(written(folder.path()))
            .env_remove("WAYLAND_DISPLAY")
            .env("XDG_DATA_HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .spawn()?;
        match wait_for_window() {
            Ok(window) => Ok(Self {
                child,
                window,
                folder,
            }),
            Err(error) => {
                let _already_gone = child.kill();
                let _already_gone = child.wait();
                Err(error)
            }
        }
    }

    /// Presses a key in it.
    pub fn key(&self, key: &str) -> Result<()> {
        xdotool(&["windowfocus", "--sync", &self.window])?;
        xdotool(&["key", key])?;
        Ok(())
    }

    /// Clicks so far from its left and bottom edges; the window is 1600×1000.
    pub fn click_at_bottom(&self, left: u32, bottom: u32) -> Result<()> {
        let (x, y) = (left.to_string(), (1000 - bottom).to_string());
        xdotool(&["mousemove", "--window", &self.window, &x, &y])?;
        xdotool(&["click", "1"])?;
        Ok(())
    }

    /// Waits until its title contains `word`. Asks rarely: asking costs processor time that training wants.
    pub fn wait_for_title(&self, word: &str) -> Result<()> {
        let started = Instant::now();
        while !xdotool(&["getwindowname", &self.window])?.contains(word) {
            ensure!(
                started.elapsed() < PATIENCE,
                "the window's title never said {word:?}"
            );
            std::thread::sleep(Duration::from_millis(500));
        }
        Ok(())
    }

    /// Share of one processor used over some time, as Linux tells (utime and stime of proc(5), in ticks of 10 ms).
    pub fn cpu_percent_over(&self, time: Duration) -> Option<f64> {
        let ticks = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
            // The name, in parentheses, may hold anything.
            let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
            let mut next = || fields.next()?.parse::<f64>().ok();
            Some(next()? + next()?)
        };
        let before = ticks()?;
        std::thread::sleep(time);
        Some((ticks()? - before) / time.as_secs_f64())
    }

    /// Closes it by its key; what it wrote about its performance.
    pub fn close<T: DeserializeOwned>(mut self) -> Result<T> {
        self.key("ctrl+q")?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if started.elapsed() > PATIENCE {
                bail!("the window does not close");
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        ensure!(status.success(), "the window ended with {status}");
        let text = std::fs::read_to_string(written(self.folder.path()))?;
        Ok(serde_json::from_str(&text)?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

fn written(folder: &Path) -> PathBuf {
    folder.join("performance.json")
}

fn wait_for_window() -> Result<String> {
    let started = Instant::now();
    loop {
        let found =
            xdotool(&["search", "--onlyvisible", "--name", "^convlens"]).unwrap_or_default();
        if let Some(window) = found.lines().next() {
            return Ok(window.to_owned());
        }
        ensure!(
            started.elapsed() < Duration::from_secs(20),
            "no window appeared"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn xdotool(arguments: &[&str]) -> Result<String> {
    let output = Command::new("xdotool")
        .args(arguments)
        .output()
        .context("xdotool does not start; `apt-get install xdotool`")?;
    ensure!(
        output.status.success(),
        "xdotool {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
