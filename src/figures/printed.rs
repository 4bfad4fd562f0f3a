//! The maps as a figure for paper.

use std::io::Write as _;
use std::path::Path;

use super::grid::{Column, MapSet, cell, columns, most_likely};
use super::settings::MapsSettings;
use crate::dataset::{Dataset, Origin};
use crate::files;
use crate::render::{
    self, ColorBar, Figure, FigureCell, FigureColumn, FigureOptions, FigureRow, Pixels, RangeMode,
    RenderError, ValueRange,
};
use crate::text::Text;

/// Resolution of saved figures, in pixels an inch: what printers expect.
pub const DPI: u32 = 300;

/// Draws the figure of what the settings show and saves it: as SVG where the path ends in `.svg`,
/// else as PNG.
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
    let is_svg = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    if !is_svg {
        return render::save_png(&draw(maps, dataset, settings, text)?, DPI, path);
    }
    let svg = draw_svg(maps, dataset, settings, text)?;
    files::replace(path, |file| file.write_all(svg.as_bytes())).map_err(|source| {
        RenderError::Save {
            path: path.to_owned(),
            source,
        }
    })
}

/// Draws the figure of what the settings show, as large as it is printed.
///
/// # Errors
/// The figure would be too large.
pub fn draw(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    text: &Text,
) -> Result<Pixels, RenderError> {
    render::draw(&figure(maps, dataset, settings, text), options(text))
}

/// The same as an SVG document.
///
/// # Errors
/// The figure would be too large.
pub fn draw_svg(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    text: &Text,
) -> Result<String, RenderError> {
    let figure = figure(maps, dataset, settings, text);
    render::draw_svg(&figure, options(text), DPI)
}

fn options(text: &Text) -> FigureOptions {
    FigureOptions {
        decimal_mark: text.decimal_mark(),
        ..FigureOptions::default()
    }
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
    let rows: Vec<FigureRow> = rows.collect();
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
        colorbar: color_bar(&rows, settings.range, text),
        rows,
        footer: match dataset.origin {
            Origin::Synthetic => text.data.synthetic.to_owned(),
            Origin::Folder { .. } | Origin::Images { .. } | Origin::Emnist { .. } => {
                format!("{data} · {}", text.range_mode(settings.range))
            }
        },
    }
}

/// The scale of the colours: with numbers where all maps share one, else with words for its ends.
/// None where there are maps in different colours.
fn color_bar(rows: &[FigureRow], mode: RangeMode, text: &Text) -> Option<ColorBar> {
    let mut cells = rows.iter().flat_map(|row| &row.cells);
    let first = cells.next()?;
    if !cells.clone().all(|cell| cell.colormap == first.colormap) {
        return None;
    }
    let share_one = cells.all(|cell| cell.range == first.range);
    let words = || [text.export.lowest, text.export.highest].map(str::to_owned);
    Some(ColorBar {
        label: if share_one {
            text.export.value.to_owned()
        } else {
            text.range_mode(mode).to_owned()
        },
        range: first.range,
        colormap: first.colormap,
        ends: (!share_one).then(words),
    })
}

fn thumbnail(pixels: &[u8]) -> Option<Box<[u8; FigureRow::THUMBNAIL_BYTES]>> {
    <[u8; FigureRow::THUMBNAIL_BYTES]>::try_from(pixels)
        .ok()
        .map(Box::new)
}
