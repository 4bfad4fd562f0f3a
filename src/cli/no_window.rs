//! `convlens` without a command, in a program that was built without the window.

use anyhow::{Result, bail};

#[derive(Debug, clap::Args)]
pub struct WindowArguments {}

pub fn run(_: WindowArguments) -> Result<()> {
    bail!(
        "this convlens was built without its window; use a command (see `convlens --help`), or build it with the feature `window`"
    )
}
