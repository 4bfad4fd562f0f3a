//! `convlens` without a command: the window.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};

use super::source::{self, Data, parse_language, parse_size};
use crate::app::{self, DataSource};
use crate::text::Language;
use convlens_core::dataset::PictureSize;
use convlens_core::{files, paths};

#[derive(Debug, clap::Args)]
pub struct WindowArguments {
    /// A model, a run or lesson (.convlens), a picture, or a folder of data or with a lesson to open
    file: Option<PathBuf>,
    /// Folder with the four IDX files, or `synthetic` [default: as last time]
    #[arg(long, value_name = "DIR|synthetic")]
    data: Option<Data>,
    /// Make all pictures of this size, such as 64, 32x48 or 32x32x3 (in colour)
    #[arg(long, value_name = "HEIGHTxWIDTHxCHANNELS", value_parser = parse_size)]
    picture_size: Option<PictureSize>,
    /// Language of the window: en or es [default: as last time, at first the system's]
    #[arg(long, value_parser = parse_language)]
    language: Option<Language>,
    /// Train on the first N images only
    #[arg(long)]
    images: Option<usize>,
    /// Epochs of a run
    #[arg(long)]
    epochs: Option<usize>,
    /// Write what the window cost (frames, latencies, memory, speed) when it is closed
    #[arg(long, value_name = "FILE.json")]
    performance: Option<PathBuf>,
}

pub fn run(arguments: WindowArguments) -> Result<()> {
    if no_display() {
        return Err(anyhow!(
            "there is no display to open a window on; use a command without one: train, maps, summary, evaluate, data (see `convlens --help`)"
        ));
    }
    if let Some(file) = arguments.file.as_deref().filter(|file| !file.exists()) {
        return Err(anyhow!(
            "{}: there is no such file or command; `convlens --help` lists the commands",
            file.display()
        ));
    }
    source::start_threads()?;
    let options = app::Options {
        data: data_source(arguments.data, arguments.picture_size),
        language: arguments.language,
        images: arguments.images,
        epochs: arguments.epochs,
        measure: arguments.performance.is_some(),
        welcome: true,
        open: arguments.file,
        runs: None,
    };
    if let Some(path) = &arguments.performance {
        source::writable(path)?;
    }
    let closed = app::open(options).map_err(|error| {
        anyhow!(
            "the window could not be opened ({error}); the commands train, maps, summary, evaluate and data work without one"
        )
    })?;
    if let (Some(path), Some(summary)) = (&arguments.performance, closed.summary) {
        let json = serde_json::to_string_pretty(&summary)?;
        files::replace(path, |file| writeln!(file, "{json}"))
            .with_context(|| path.display().to_string())?;
    }
    if !closed.faults.is_empty() {
        // There is no window any more that could say it.
        return Err(anyhow!(closed.faults.join("\n")));
    }
    Ok(())
}

fn data_source(data: Option<Data>, size: Option<PictureSize>) -> Option<DataSource> {
    let source = match data {
        Some(Data::Folder(folder)) => DataSource::Folder(paths::absolute(&folder)),
        Some(Data::Synthetic) => DataSource::Synthetic,
        None => size.map(|_| DataSource::Usual)?,
    };
    Some(source.sized(size))
}

/// Whether the system says that there is no screen. Elsewhere than on X11 and Wayland there is
/// always one.
fn no_display() -> bool {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    cfg!(all(unix, not(target_os = "macos"))) && unset("DISPLAY") && unset("WAYLAND_DISPLAY")
}
