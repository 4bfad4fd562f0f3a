//! The notebook's figure: feature maps in a grid, test images down the side, layers across the top.
//! The Maps view draws it, the command line and the window print it.

pub mod animation;
mod grid;
mod printed;
mod settings;

pub use grid::{Cell, Column, LayerRanges, MapSet, cell, columns, map_set, most_likely};
pub use printed::save;
pub use settings::{MAX_IMAGES, MapsSettings};
