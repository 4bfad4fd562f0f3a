//! The maps as a figure for paper.

use std::path::Path;

use super::grid::{Column, MapSet, cell, columns, most_likely};
use super::settings::MapsSettings;
use crate::dataset::{Dataset, Origin};
use crate::render::{
    self, Figure, FigureCell, FigureColumn, FigureOptions, FigureRow, RenderError, ValueRange,
};
use crate::text::Text;

/// Resolution of saved figures, in pixels an inch: what printers expect.
const DPI: u32 = 300;

/// Draws the figure of what the settings show and saves it as PNG.
///
/// # Errors
/// The figure would be too large, or the file cannot be written.
pub fn save(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    text: &Text,
    path: &Path,
) -> Result<(), RenderError> {
    let options = FigureOptions {
        decimal_mark: text.decimal_mark(),
        ..FigureOptions::default()
    };
    let pixels = render::draw(&figure(maps, dataset, settings, text), options)?;
    render::save_png(&pixels, DPI, path)
}

/// The figure of what the settings show, in the language of `text`.
pub(super) fn figure(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    text: &Text,
) -> Figure {
    let shown = columns(maps, settings);
    let rows = maps.images.iter().enumerate().filter_map(|(row, &image)| {
        let probabilities = maps.activations.probabilities.get(row)?;
        let predicted = most_likely(probabilities);
        let probability = f64::from(probabilities[predicted]);
        Some(FigureRow {
            thumbnail: thumbnail(maps.gallery.pixels(image)?),
            lines: vec![
                text.image_number(image),
                maps.gallery
                    .label(image)
                    .map_or_else(String::new, |label| text.class_name(label).to_owned()),
                text.prediction(predicted as u8, probability),
            ],
            cells: shown
                .iter()
                .filter_map(|column| {
                    let cell = cell(maps, settings, *column, row)?;
                    let all_zero = cell.own_range == ValueRange::default();
                    Some(FigureCell {
                        width: cell.width,
                        height: cell.height,
                        values: cell.values.to_vec(),
                        range: cell.range,
                        colormap: cell.colormap,
                        caption: text.range(cell.own_range),
                        badge: all_zero.then(|| text.maps.all_zero.to_owned()),
                    })
                })
                .collect(),
        })
    });
    let rows = rows.collect();
    let head = |column: &Column| {
        let layer = &maps.activations.layers[column.layer];
        FigureColumn {
            title: format!("{} · {}", layer.name, column.channel),
            subtitle: format!("{}×{}×{}", layer.channels, layer.height, layer.width),
        }
    };
    let data = text.origin(&dataset.origin);
    Figure {
        title: text.maps.figure_title.to_owned(),
        subtitle: text.nth_of_words(settings.convolution),
        columns: shown.iter().map(head).collect(),
        rows,
        colorbar: None,
        footer: match dataset.origin {
            Origin::Synthetic => text.data.synthetic.to_owned(),
            Origin::Folder { .. } => format!("{data} · {}", text.range_mode(settings.range)),
        },
    }
}

fn thumbnail(pixels: &[u8]) -> Option<Box<[u8; FigureRow::THUMBNAIL_BYTES]>> {
    <[u8; FigureRow::THUMBNAIL_BYTES]>::try_from(pixels)
        .ok()
        .map(Box::new)
}
