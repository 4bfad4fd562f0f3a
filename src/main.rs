//! `convlens`: the window, or one of the commands without a window.

use std::process::ExitCode;

use convlens::cli;

/// glibc's allocator returns large tensors to the system at once and faults them in again at the
/// next batch, which costs half of the training speed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    cli::run()
}
