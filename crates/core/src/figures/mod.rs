//! The notebook's figure: feature maps in a grid, test images down the side, layers across the top.
//! What goes into it, and how it is set on a page.

pub mod animation;
mod arrays;
mod embedding;
mod grid;
mod printed;
mod settings;
mod shown;
mod tables;
mod words;

pub use arrays::{save_arrays, save_preferred};
pub use embedding::{Embedded, embedding_csv, save_embedding_arrays};
pub use grid::{Cell, Column, LayerRanges, MapSet, cell, columns, map_set};
pub use printed::{DPI, draw, draw_svg, draw_svg_in_parts, picture_pixels, save, save_sheet};
pub use settings::{MAX_IMAGES, MapsSettings};
pub use shown::Shown;
pub use tables::{
    StatisticsMoment, accuracies_csv, confusion_csv, differences_csv, kernels_csv, overview_csv,
    pixels_csv, similarity_csv, statistics_csv,
};
pub use words::FigureWords;
