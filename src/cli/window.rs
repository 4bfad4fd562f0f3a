//! `convlens` without a command: the window.

use anyhow::{Result, anyhow};

use super::source::Data;
use crate::app::{self, DataWish};
use crate::text::Language;

#[derive(Debug, clap::Args)]
pub struct WindowArguments {
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
}

pub fn parse_language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "choose en or es".to_owned())
}

pub fn run(arguments: WindowArguments) -> Result<()> {
    if no_display() {
        return Err(anyhow!(
            "there is no display to open a window on; use a command without one: train, maps, summary, evaluate, data (see `convlens --help`)"
        ));
    }
    let options = app::Options {
        data: arguments.data.map(|data| match data {
            Data::Folder(folder) => DataWish::Folder(folder),
            Data::Synthetic => DataWish::Synthetic,
        }),
        language: arguments.language,
        images: arguments.images,
        epochs: arguments.epochs,
    };
    app::open(options).map_err(|error| {
        anyhow!(
            "the window could not be opened ({error}); the commands train, maps, summary, evaluate and data work without one"
        )
    })
}

/// Whether the system says that there is no screen. Elsewhere than on X11 and Wayland there is
/// always one.
fn no_display() -> bool {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    cfg!(all(unix, not(target_os = "macos"))) && unset("DISPLAY") && unset("WAYLAND_DISPLAY")
}
