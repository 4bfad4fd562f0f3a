//! What commands print. A reader that has seen enough, as `head` has, does not end a command that does more than print,
//! and what could not be printed is said once the command is done: Rust's own macros panic then.

use std::fmt;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use convlens_core::harmless::clean;

/// The first thing that went wrong; nothing is printed after it.
static FAULT: Mutex<Option<io::Error>> = Mutex::new(None);

/// Instead of Rust's own in all commands.
macro_rules! print {
    ($($argument:tt)*) => { $crate::cli::output::print(format_args!($($argument)*)) };
}

/// Instead of Rust's own in all commands.
macro_rules! println {
    () => { print!("\n") };
    ($($argument:tt)*) => { print!("{}\n", format_args!($($argument)*)) };
}

pub fn print(words: fmt::Arguments<'_>) {
    let mut fault = FAULT.lock().unwrap_or_else(PoisonError::into_inner);
    if fault.is_none() {
        *fault = io::stdout().write_fmt(words).err();
    }
}

/// Results that nobody has got.
#[derive(Debug, thiserror::Error)]
#[error("the results could not be printed: {0}; make room, or print them elsewhere")]
pub struct OutputError(io::Error);

/// Has everything printed.
pub fn finish() -> Result<(), OutputError> {
    let mut fault = FAULT.lock().unwrap_or_else(PoisonError::into_inner);
    is_printed(fault.take().map_or_else(|| io::stdout().flush(), Err))
}

/// Prints what clap has to say: help and the version, or, on standard error, what is wrong with the arguments.
pub fn print_usage(usage: &clap::Error) -> Result<(), OutputError> {
    let printed = usage.print().and_then(|()| io::stdout().flush());
    if usage.use_stderr() {
        return Ok(());
    }
    is_printed(printed)
}

fn is_printed(printed: io::Result<()>) -> Result<(), OutputError> {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(OutputError(error)),
        _ => Ok(()),
    }
}

/// A remark or an error on standard error. Where that is full or closed there is nobody left to tell.
pub fn remark(words: &str) {
    let _nobody_reads = writeln!(io::stderr(), "convlens: {}", clean(words));
}
