//! `convlens` without a command, in a program that was built without the window.

use anyhow::{Result, bail};

#[derive(Debug, clap::Args)]
pub struct WindowArguments {}

pub fn run(_: WindowArguments) -> Result<()> {
    bail!(super::text().commands.without_window)
}
