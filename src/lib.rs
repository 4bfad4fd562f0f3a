//! **convlens** shows what a convolutional network does: it trains a small CNN on Fashion-MNIST
//! and draws its feature maps while it learns.

#[cfg(feature = "window")]
pub mod app;
mod archive;
mod bounds;
pub mod cli;
pub mod dataset;
pub mod explore;
pub mod figures;
pub mod files;
pub mod lessons;
pub mod memory;
pub mod network;
pub mod render;
pub mod text;
pub mod training;
