//! Numbers to pixels: color maps, heatmaps and the printed figure.
//!
//! A value becomes a color in two steps that stay apart, so that no map is rescaled in silence: a
//! [`ValueRange`] says where the value lies, a [`Colormap`] says which color that place has.
//! [`heatmap`] does both for a whole map, one pixel a value; [`Figure`] sets maps and words on a page.
//! Every word comes from the caller, already translated.

mod canvas;
mod colormap;
mod error;
mod figure;
mod heatmap;
mod marks;
mod mosaic;
mod numbers;
mod paragraph;
mod pixels;
mod png_file;
mod range;
mod sheet;
mod svg;
pub mod text;
mod theme;

pub use colormap::Colormap;
pub use error::RenderError;
pub use figure::{
    ColorBar, Figure, FigureCell, FigureColumn, FigureOptions, FigureRow, Scatter, draw,
    draw_alike, draw_scatter, draw_scatter_svg, draw_svg,
};
pub use heatmap::{byte_picture, heatmap};
pub use marks::{SERIES, series_colour};
pub use mosaic::{colour_kernel, mosaic, mosaic_columns};
pub use numbers::{DecimalMark, format_value};
pub use pixels::Pixels;
pub use png_file::{save_png, write_png};
pub use range::{RangeMode, ValueRange, count_non_finite};
pub use sheet::Sheet;
pub use svg::{SVG_FONTS, escaped, svg_paths};
pub use theme::Theme;
