//! Tells the program which commit it is made of: `convlens --version` and the window's "About" say so.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CONVLENS_COMMIT");
    let version = env!("CARGO_PKG_VERSION");
    let commit = env::var("CONVLENS_COMMIT").ok();
    let version = match commit.or_else(of_package).or_else(of_git) {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    };
    println!("cargo::rustc-env=CONVLENS_VERSION={version}");
}

/// What cargo puts into a published crate.
fn of_package() -> Option<String> {
    let info = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let hash = info.split('"').skip_while(|word| *word != "sha1").nth(2)?;
    hash.get(..9).map(str::to_owned)
}

/// The commit checked out and its day. Asked again only once another is.
fn of_git() -> Option<String> {
    // Not of a repository that this one's sources were unpacked into.
    if !Path::new(".git").exists() {
        return None;
    }
    // A file that is not there would be asked for at each build.
    let watched = ["HEAD", "logs/HEAD"].map(|file| git(&["rev-parse", "--git-path", file]));
    for file in watched.into_iter().flatten() {
        if Path::new(&file).exists() {
            println!("cargo::rerun-if-changed={file}");
        }
    }
    git(&["log", "-1", "--format=%h, %cs"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let said = Command::new("git").args(arguments).output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    Some(said.trim().to_owned()).filter(|said| !said.is_empty())
}
