//! The maps as a figure for paper.

use std::io::Write as _;
use std::path::Path;

use super::grid::{Column, MapSet, cell, columns};
use super::settings::MapsSettings;
use super::words::FigureWords;
use crate::dataset::{Dataset, Picture};
use crate::explore::most_likely;
use crate::files;
use crate::render::{
    self, ColorBar, Figure, FigureCell, FigureColumn, FigureOptions, FigureRow, Pixels, RangeMode,
    RenderError, Sheet, ValueRange,
};

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
    words: &dyn FigureWords,
    path: &Path,
) -> Result<(), RenderError> {
    if !is_svg(path) {
        return render::save_png(&draw(maps, dataset, settings, words)?, DPI, path);
    }
    save_svg(&draw_svg(maps, dataset, settings, words)?, path)
}

/// Saves a sheet of pictures: as SVG where the path ends in `.svg`, else as PNG.
///
/// # Errors
/// As [`save`].
pub fn save_sheet(sheet: &Sheet, path: &Path) -> Result<(), RenderError> {
    if is_svg(path) {
        save_svg(&sheet.svg(DPI)?, path)
    } else {
        render::save_png(&sheet.draw()?, DPI, path)
    }
}

fn is_svg(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("svg"))
}

fn save_svg(svg: &str, path: &Path) -> Result<(), RenderError> {
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
    words: &dyn FigureWords,
) -> Result<Pixels, RenderError> {
    render::draw(&figure(maps, dataset, settings, words), options(words))
}

/// The same as an SVG document.
///
/// # Errors
/// The figure would be too large.
pub fn draw_svg(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    words: &dyn FigureWords,
) -> Result<String, RenderError> {
    let figure = figure(maps, dataset, settings, words);
    render::draw_svg(&figure, options(words), DPI)
}

/// The same as several documents of at most so many columns, to stand below one another: all layers of a deep network side by side are wider
/// than a page.
///
/// # Errors
/// As [`draw_svg`].
pub fn draw_svg_in_parts(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    words: &dyn FigureWords,
    across: usize,
) -> Result<Vec<String>, RenderError> {
    let parts = figure(maps, dataset, settings, words).in_parts(across);
    let parts = parts.iter();
    parts
        .map(|part| render::draw_svg(part, options(words), DPI))
        .collect()
}

fn options(words: &dyn FigureWords) -> FigureOptions {
    FigureOptions {
        decimal_mark: words.decimal_mark(),
        ..FigureOptions::default()
    }
}

/// The figure of what the settings show, in the language of `words`.
pub(super) fn figure(
    maps: &MapSet,
    dataset: &Dataset,
    settings: &MapsSettings,
    words: &dyn FigureWords,
) -> Figure {
    let shown = columns(maps, settings);
    let rows = maps.images.iter().enumerate().filter_map(|(row, &image)| {
        let probabilities = maps.activations.probabilities.get(row)?;
        let predicted = most_likely(probabilities);
        let probability = f64::from(probabilities[predicted]);
        Some(FigureRow {
            thumbnail: Some(picture_pixels(&maps.gallery.picture(image)?)),
            lines: vec![
                words.image(image),
                maps.gallery
                    .label(image)
                    .map_or_else(String::new, |label| words.class(label)),
                words.prediction(predicted as u8, probability),
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
                        caption: words.range(cell.own_range),
                        badge: all_zero.then(|| words.all_zero()),
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
    Figure {
        title: words.title(),
        subtitle: words.convolution(settings.convolution),
        columns: shown.iter().map(head).collect(),
        colorbar: color_bar(&rows, settings.range, words),
        rows,
        footer: words.footer(dataset, settings.range),
    }
}

/// The scale of the colours: with numbers where all maps share one, else with words for its ends.
/// None where there are maps in different colours.
fn color_bar(rows: &[FigureRow], mode: RangeMode, words: &dyn FigureWords) -> Option<ColorBar> {
    let mut cells = rows.iter().flat_map(|row| &row.cells);
    let first = cells.next()?;
    if !cells.clone().all(|cell| cell.colormap == first.colormap) {
        return None;
    }
    let share_one = cells.all(|cell| cell.range == first.range);
    Some(ColorBar {
        label: if share_one {
            words.value()
        } else {
            words.range_mode(mode)
        },
        range: first.range,
        colormap: first.colormap,
        ends: (!share_one).then(|| words.ends()),
    })
}

/// A picture to be drawn.
#[must_use]
pub fn picture_pixels(picture: &Picture) -> Pixels {
    let size = picture.size();
    render::byte_picture(size.width, size.height, size.channels, picture.bytes())
}
