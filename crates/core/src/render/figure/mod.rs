//! The printed figure: pictures down the side, layers across the top, a map where they meet.

mod colorbar;
mod look;
mod page;
mod row;
mod scatter;
#[cfg(test)]
mod tests;

use self::page::{Page, Room};
pub use self::scatter::{Scatter, draw_scatter, draw_scatter_svg};
use super::{Colormap, DecimalMark, Pixels, RenderError, Theme, ValueRange};

/// What a figure shows, as plain data.
///
/// Every text comes already translated. It is broken into lines where it must be, but not at a no-break space; an
/// empty one takes no room.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// In large letters at the top left.
    pub title: String,
    /// Below the title: the network, its accuracy, the convolution number.
    pub subtitle: String,
    /// What stands above the columns of maps, from the left.
    pub columns: Vec<FigureColumn>,
    /// The rows, from the top.
    pub rows: Vec<FigureRow>,
    /// The scale that all maps share, drawn at the right; none where each map has its own range.
    pub colorbar: Option<ColorBar>,
    /// In small letters at the bottom left.
    pub footer: String,
}

impl Figure {
    /// Figures of at most so many columns each, of which the first has the title and the last the footer.
    #[must_use]
    pub fn in_parts(&self, across: usize) -> Vec<Self> {
        let count = self.columns.len().div_ceil(across.max(1)).max(1);
        let each = self.columns.len().div_ceil(count).max(1);
        let part = |number: usize| {
            let columns = self.columns.iter().skip(number * each).take(each);
            let rows = self.rows.iter().map(|row| FigureRow {
                thumbnail: row.thumbnail.clone(),
                lines: row.lines.clone(),
                cells: (row.cells.iter().skip(number * each).take(each).cloned()).collect(),
            });
            let on = |is_there: bool, words: &str| {
                if is_there {
                    words.to_owned()
                } else {
                    String::new()
                }
            };
            Self {
                title: on(number == 0, &self.title),
                subtitle: on(number == 0, &self.subtitle),
                columns: columns.cloned().collect(),
                rows: rows.collect(),
                colorbar: self.colorbar.clone(),
                footer: on(number + 1 == count, &self.footer),
            }
        };
        (0..count).map(part).collect()
    }
}

/// The heading of one column.
#[derive(Clone, Debug, Default)]
pub struct FigureColumn {
    /// The layer, such as "Conv 1".
    pub title: String,
    /// Its shape or channel, such as "26×26, map 1".
    pub subtitle: String,
}

/// One picture and its maps.
#[derive(Clone, Debug, Default)]
pub struct FigureRow {
    /// The picture as the network got it.
    pub thumbnail: Option<Pixels>,
    /// What is said below it; the first line stands out.
    pub lines: Vec<String>,
    /// Its maps, in the order of the columns. A row may have fewer than the others.
    pub cells: Vec<FigureCell>,
}

/// One map.
#[derive(Clone, Debug, Default)]
pub struct FigureCell {
    /// Values in a row of the map.
    pub width: usize,
    /// Rows of the map.
    pub height: usize,
    /// `(height, width)`, row by row.
    pub values: Vec<f32>,
    /// What the ends of the color map stand for.
    pub range: ValueRange,
    /// How values become colors.
    pub colormap: Colormap,
    /// Said below the map, such as "0 … 0.73".
    pub caption: String,
    /// A warning set off below the caption, such as "all zero".
    pub badge: Option<String>,
}

/// A scale with numbers.
#[derive(Clone, Debug, Default)]
pub struct ColorBar {
    /// What the numbers are, such as "activation".
    pub label: String,
    /// What the ends stand for.
    pub range: ValueRange,
    /// The colors between them.
    pub colormap: Colormap,
    /// Words for the lowest and the highest color instead of numbers, where maps have ranges of
    /// their own.
    pub ends: Option<[String; 2]>,
}

/// How a figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureOptions {
    /// The side of the square that each map fills as far as a whole factor allows; everything else is in
    /// proportion. A map with more pixels than this makes all cells larger.
    pub cell_pixels: usize,
    /// The colors of the page.
    pub theme: Theme,
    /// How the numbers of the color bar are written.
    pub decimal_mark: DecimalMark,
}

impl Default for FigureOptions {
    /// Four columns come to about 3000 pixels, a page at 300 dpi, and maps of 26, 13, 10 and 5 fill their cells exactly.
    fn default() -> Self {
        Self {
            cell_pixels: 520,
            theme: Theme::default(),
            decimal_mark: DecimalMark::default(),
        }
    }
}

/// Draws a figure; the same figure gives the same pixels.
///
/// ```
/// use convlens_core::render::{Colormap, Figure, FigureCell, FigureOptions, FigureRow, ValueRange, draw};
///
/// let values = vec![0.0, 0.25, 0.5, 1.0];
/// let range = ValueRange::of(&values);
/// let cell = FigureCell { width: 2, height: 2, values, range, colormap: Colormap::Inferno, ..Default::default() };
/// let row = FigureRow { lines: vec!["#0".into(), "Ankle boot".into()], cells: vec![cell], ..Default::default() };
/// let page = draw(&Figure { rows: vec![row], ..Default::default() }, FigureOptions::default())?;
/// assert!(page.rgb.contains(&Colormap::Inferno.at(0.25)));
/// # Ok::<(), convlens_core::render::RenderError>(())
/// ```
///
/// # Errors
/// [`RenderError::MapSize`] when a map has other than `width * height` values, [`RenderError::TooLarge`] when the
/// page would have more than 64 million pixels.
pub fn draw(figure: &Figure, options: FigureOptions) -> Result<Pixels, RenderError> {
    check(figure)?;
    Page::new(figure, options, &Room::default()).pixels()
}

/// Draws figures that follow one another, such as the frames of a film: all of one size, and with everything in the same
/// place, however long what is written on each. They are drawn one at a time.
///
/// # Errors
/// As [`draw`].
pub fn draw_alike(
    figures: &[Figure],
    options: FigureOptions,
) -> Result<impl Iterator<Item = Result<Pixels, RenderError>>, RenderError> {
    figures.iter().try_for_each(check)?;
    let room = Room::of(figures, options);
    Ok(figures
        .iter()
        .map(move |figure| Page::new(figure, options, &room).pixels()))
}

/// Draws a figure as SVG, of the size that the pixels of [`draw`] have at `dpi` pixels an inch: maps
/// as squares that nothing smooths, words as text.
///
/// # Errors
/// As [`draw`].
pub fn draw_svg(figure: &Figure, options: FigureOptions, dpi: u32) -> Result<String, RenderError> {
    check(figure)?;
    Page::new(figure, options, &Room::default()).svg(dpi, &figure.title)
}

/// Refuses maps with other than `width * height` values.
fn check(figure: &Figure) -> Result<(), RenderError> {
    for (row, cells) in figure.rows.iter().map(|row| &row.cells).enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let FigureCell { width, height, .. } = *cell;
            if width.checked_mul(height) != Some(cell.values.len()) {
                let found = cell.values.len();
                return Err(RenderError::MapSize {
                    row: row + 1,
                    column: column + 1,
                    width,
                    height,
                    found,
                });
            }
        }
    }
    Ok(())
}
