//! Writes the man pages and the shells' completions into a folder: `cargo run --features manual --bin manual FOLDER`.
//! They are made from the definitions that the program reads its arguments by.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clap_complete::Shell;

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    write(&folder.ok_or_else(|| io::Error::other("name the folder to write into"))?)
}

/// Also for `tests/it/packages.rs`.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(convlens::cli::command(), folder)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut convlens::cli::command(), "convlens", folder)?;
    }
    Ok(())
}
