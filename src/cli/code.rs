//! `convlens code`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::options::{CHANGEABLE, Options, SETTINGS};
use super::source;
use crate::text::{Framework, Language};
use convlens_core::files;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The library it uses
    #[arg(value_enum)]
    framework: Library,
    #[command(flatten)]
    options: Options,
    /// The settings of a kept run, by number or name
    #[arg(long, value_name = "RUN", conflicts_with_all = SETTINGS.iter().chain(&CHANGEABLE).copied(), conflicts_with = "epochs")]
    run: Option<String>,
    /// Language of the comments: en or es
    #[arg(long, default_value = "en", value_parser = super::source::parse_language)]
    language: Language,
    /// Where to write the program [default: stdout]
    #[arg(long, value_name = "FILE.py")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Library {
    Keras,
    Pytorch,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let options = &arguments.options;
    let mut config = match &arguments.run {
        Some(name) => {
            let store = options.runs.store();
            let run = store.summary(store.find(name)?)?;
            if let Some(by) = &run.trained_by {
                anyhow::bail!(
                    "run {} was trained by {}; only what convlens trains can be written as a program",
                    run.id,
                    by.program
                );
            }
            if let Some(began_from) = &run.began_from {
                super::remark(&format!(
                    "run {} began from weights of {began_from}; the program begins from random ones",
                    run.id
                ));
            }
            if !run.config.changes.is_empty() {
                super::remark(&format!(
                    "run {} changed its settings in mid-run; the program trains with the first ones",
                    run.id
                ));
            }
            run.config
        }
        None => options.config()?,
    };
    if let Some(path) = &arguments.out {
        source::writable(path)?;
    }
    // The program draws its own: of ours only the classes and the size of the pictures count, and what they are normalized by.
    let dataset = if options.normalizes() {
        options.data.dataset()?
    } else {
        options.data.dataset_of((1, 1))?
    };
    if arguments.run.is_none() {
        config.network = options.network_for(&config.network, &dataset);
    }
    let framework = match arguments.framework {
        Library::Keras => Framework::Keras,
        Library::Pytorch => Framework::PyTorch,
    };
    let text = arguments.language.text();
    let program = text.python(framework, &config, &dataset.origin)?;
    if let Some(path) = &arguments.out {
        files::replace(path, |file| file.write_all(program.as_bytes()))
            .with_context(|| path.display().to_string())
    } else {
        print!("{program}");
        Ok(())
    }
}
