//! What convlens knows of networks, without a window: pictures, networks, training, feature maps, figures.

pub mod archive;
pub mod bounds;
pub mod dataset;
pub mod explore;
pub mod figures;
pub mod files;
pub mod lessons;
pub mod memory;
pub mod network;
pub mod render;
pub mod training;
