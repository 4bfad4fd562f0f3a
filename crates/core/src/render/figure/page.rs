//! Where everything of a figure stands on its page: measured once, then drawn.

use crate::render::{
    Pixels, RenderError,
    canvas::Canvas,
    paragraph::{Align, Paragraph},
    pixels::Area,
    svg::Svg,
};

use super::{
    ColorBar, Figure, FigureOptions, colorbar,
    look::Look,
    row::{Row, head_width},
};

/// The most pixels of a page, 192 MB in memory: five columns and some twenty rows.
const MAX_PIXELS: usize = 64_000_000;

/// The largest cell that can be asked for; maps with more pixels than that still get larger ones.
const MAX_CELL_PIXELS: usize = 4096;

/// A figure with every text broken into lines and every length known, in pixels.
pub(super) struct Page<'a> {
    options: FigureOptions,
    look: Look,
    /// The side of the square around each map.
    side: usize,
    title: Paragraph,
    subtitle: Paragraph,
    headings: Vec<Heading>,
    rows: Vec<Row<'a>>,
    bar: Option<Bar<'a>>,
    footer: Paragraph,
    /// Where the first column of maps begins.
    grid_x: usize,
    room: Room,
}

/// The lengths that depend on what is written, in pixels. Those of several figures that follow one another are the largest of
/// each, so that nothing moves between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    /// Pictures and what stands below them.
    head: usize,
    /// All between the margins.
    content: usize,
    title: usize,
    subtitle: usize,
    headings: usize,
    rows: Vec<usize>,
    footer: usize,
}

impl Room {
    /// What all figures need. Words broken into other lines need other heights, so that the widths come first.
    pub fn of(figures: &[Figure], options: FigureOptions) -> Self {
        let mut room = Self::default();
        // How wide the page is depends on how wide the heads of all are.
        for _ in 0..2 {
            for figure in figures {
                let Self { head, content, .. } = Page::new(figure, options, &room).room;
                room = Self {
                    head,
                    content,
                    ..Self::default()
                };
            }
        }
        for figure in figures {
            room = Page::new(figure, options, &room).room;
        }
        room
    }
}

/// What stands above a column of maps or above the color bar.
struct Heading {
    title: Paragraph,
    subtitle: Paragraph,
}

struct Bar<'a> {
    data: &'a ColorBar,
    heading: Heading,
    x: usize,
    width: usize,
    height: usize,
}

impl<'a> Page<'a> {
    /// With at least so much room.
    pub fn new(figure: &'a Figure, options: FigureOptions, least: &Room) -> Self {
        let cell_pixels = options.cell_pixels.clamp(1, MAX_CELL_PIXELS);
        let look = Look::new(cell_pixels, options.theme);
        let maps = figure
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .filter(|cell| !cell.values.is_empty());
        let side = maps
            .map(|cell| cell.width.max(cell.height))
            .fold(cell_pixels, usize::max);

        let head_width = figure
            .rows
            .iter()
            .map(|row| head_width(row, &look))
            .fold(least.head, usize::max);
        let rows: Vec<Row<'a>> = figure
            .rows
            .iter()
            .map(|row| Row::new(row, look, side, head_width))
            .collect();
        let row_heights = rows.iter().enumerate().map(|(place, row)| {
            let least = least.rows.get(place).copied().unwrap_or(0);
            row.height().max(least)
        });
        let row_heights: Vec<usize> = row_heights.collect();
        let grid_x = look.margin
            + if head_width == 0 {
                0
            } else {
                head_width + look.gap
            };
        let columns = figure
            .rows
            .iter()
            .map(|row| row.cells.len())
            .fold(figure.columns.len(), usize::max);
        let grid_end = grid_x + (columns * (side + look.gap)).saturating_sub(look.gap);

        let bar = figure.colorbar.as_ref().map(|data| {
            // Level with the maps: from the top of the first to the bottom of the last.
            let above = row_heights.split_last().map_or(&[][..], |(_, above)| above);
            let height = above.iter().map(|height| height + look.gap).sum::<usize>() + side;
            let numbers = colorbar::labels_width(data, height, look.note, options.decimal_mark);
            let label = (look.note.width(&data.label).ceil() as usize).min(look.max_label_width);
            let width = label.max(look.bar_width + numbers);
            Bar {
                data,
                heading: Heading::new("", &data.label, &look, width),
                x: grid_end + 2 * look.gap,
                width,
                height,
            }
        });

        let end = bar.as_ref().map_or(grid_end, |bar| bar.x + bar.width);
        let texts = [
            (&figure.title, look.title),
            (&figure.subtitle, look.note),
            (&figure.footer, look.footer),
        ];
        let wanted =
            texts.map(|(text, style)| (style.width(text).ceil() as usize).min(look.max_text_width));
        let content_width = wanted
            .into_iter()
            .fold(least.content.max(end - look.margin), usize::max);
        let [title, subtitle, footer] =
            texts.map(|(text, style)| Paragraph::new(text, style, content_width));
        let heading = |column: &super::FigureColumn| {
            Heading::new(&column.title, &column.subtitle, &look, side)
        };
        let headings: Vec<Heading> = figure.columns.iter().map(heading).collect();
        let room = Room {
            head: head_width,
            content: content_width,
            title: title.height().max(least.title),
            subtitle: subtitle.height().max(least.subtitle),
            headings: headings
                .iter()
                .map(Heading::height)
                .fold(least.headings, usize::max),
            rows: row_heights,
            footer: footer.height().max(least.footer),
        };
        Self {
            options,
            look,
            side,
            title,
            subtitle,
            headings,
            rows,
            bar,
            footer,
            grid_x,
            room,
        }
    }

    fn width(&self) -> usize {
        self.room.content + 2 * self.look.margin
    }

    /// The page in pixels.
    pub fn pixels(&self) -> Result<Pixels, RenderError> {
        let Heights { page, .. } = self.heights()?;
        let mut pixels = Pixels::new(self.width(), page, self.look.paper);
        self.draw(&mut pixels)?;
        Ok(pixels)
    }

    /// The page as SVG that prints at `dpi` pixels an inch.
    pub fn svg(&self, dpi: u32, title: &str) -> Result<String, RenderError> {
        let Heights { page, .. } = self.heights()?;
        let mut svg = Svg::new(self.width(), page, self.look.paper);
        self.draw(&mut svg)?;
        Ok(svg.finish(dpi, title))
    }

    fn heights(&self) -> Result<Heights, RenderError> {
        let Look {
            margin, gap, near, ..
        } = self.look;
        // The bar's first number reaches above the bar, into the air below its label.
        let label_height = self
            .bar
            .as_ref()
            .map_or(0, |bar| bar.heading.height() + near);
        let headings_y = margin + self.room.title + self.room.subtitle + gap;
        let headings_end = headings_y + self.room.headings.max(label_height);
        let top = headings_end + near;
        let rows_height = self
            .room
            .rows
            .iter()
            .map(|height| height + gap)
            .sum::<usize>();
        let footer_y = top + rows_height.max(self.bar.as_ref().map_or(0, |bar| bar.height + gap));
        let (width, height) = (self.width(), footer_y + self.room.footer + margin);
        if width
            .checked_mul(height)
            .is_none_or(|pixels| pixels > MAX_PIXELS)
        {
            return Err(RenderError::TooLarge {
                width,
                height,
                limit: MAX_PIXELS,
            });
        }
        Ok(Heights {
            headings_end,
            top,
            footer_y,
            page: height,
        })
    }

    fn draw(&self, canvas: &mut impl Canvas) -> Result<(), RenderError> {
        let Look {
            margin,
            gap,
            near,
            note,
            bar_width,
            ..
        } = self.look;
        let Heights {
            headings_end,
            top,
            footer_y,
            ..
        } = self.heights()?;
        self.title.draw(canvas, margin, margin, Align::Left);
        self.subtitle
            .draw(canvas, margin, margin + self.room.title, Align::Left);
        let column_x = |column| self.grid_x + column * (self.side + gap);
        for (column, heading) in self.headings.iter().enumerate() {
            heading.draw(canvas, column_x(column), headings_end, Align::Center);
        }
        let mut y = top;
        for (row, height) in self.rows.iter().zip(&self.room.rows) {
            row.draw(canvas, y, column_x);
            y += height + gap;
        }
        if let Some(bar) = &self.bar {
            bar.heading
                .draw(canvas, bar.x, headings_end - near, Align::Left);
            let area = Area {
                x: bar.x,
                y: top,
                width: bar_width,
                height: bar.height,
            };
            colorbar::draw(canvas, bar.data, area, note, self.options.decimal_mark);
        }
        self.footer.draw(canvas, margin, footer_y, Align::Left);
        Ok(())
    }
}

/// Where things stand from the top of the page.
struct Heights {
    headings_end: usize,
    /// The first row of maps.
    top: usize,
    footer_y: usize,
    /// The whole page.
    page: usize,
}

impl Heading {
    fn new(title: &str, subtitle: &str, look: &Look, width: usize) -> Self {
        Self {
            title: Paragraph::new(title, look.heading, width),
            subtitle: Paragraph::new(subtitle, look.note, width),
        }
    }

    fn height(&self) -> usize {
        self.title.height() + self.subtitle.height()
    }

    /// Draws it so that it ends at `bottom`, next to what it heads.
    fn draw(&self, canvas: &mut impl Canvas, x: usize, bottom: usize, align: Align) {
        self.title.draw(canvas, x, bottom - self.height(), align);
        self.subtitle
            .draw(canvas, x, bottom - self.subtitle.height(), align);
    }
}
