//! `convlens` without a command: the window.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};

use super::source::{self, Data, parse_language};
use crate::app::{self, DataSource};
use crate::text::Language;
use convlens_core::files;

#[derive(Debug, clap::Args)]
pub struct WindowArguments {
    /// A model, a run or lesson (.convlens), a picture, or a folder of data or with a lesson to open
    file: Option<PathBuf>,
    /// Folder with the four IDX files, or `synthetic` [default: as last time]
    #[arg(long, value_name = "DIR|synthetic")]
    data: Option<Data>,
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
    let text = super::text();
    if no_display() {
        return Err(anyhow!(text.commands.no_display));
    }
    if let Some(file) = arguments.file.as_deref().filter(|file| !file.exists()) {
        return Err(anyhow!(text.no_file_or_command(file)));
    }
    let options = app::Options {
        data: arguments.data.map(|data| match data {
            Data::Folder(folder) => DataSource::Folder(folder),
            Data::Synthetic => DataSource::Synthetic,
        }),
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
    let measured = app::open(options).map_err(|error| anyhow!(text.no_window(&error)))?;
    if let (Some(path), Some(summary)) = (&arguments.performance, measured) {
        let json = serde_json::to_string_pretty(&summary)?;
        files::replace(path, |file| writeln!(file, "{json}"))
            .with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Whether the system says that there is no screen. Elsewhere than on X11 and Wayland there is
/// always one.
fn no_display() -> bool {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    cfg!(all(unix, not(target_os = "macos"))) && unset("DISPLAY") && unset("WAYLAND_DISPLAY")
}
