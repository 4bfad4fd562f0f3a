//! What convlens knows of networks, without a window: pictures, networks, training, feature maps, figures.

pub mod archive;
pub mod bounds;
mod csv_table;
pub mod dataset;
pub mod explore;
pub mod figures;
pub mod files;
pub mod harmless;
pub mod lessons;
pub mod memory;
pub mod network;
pub mod paths;
pub mod render;
pub mod training;
