//! The program **convlens**: its window, its commands and their words, over the library `convlens_core`.

pub mod about;
#[cfg(feature = "window")]
pub mod app;
pub mod cli;
pub mod paper;
pub mod report;
pub mod signals;
pub mod text;
