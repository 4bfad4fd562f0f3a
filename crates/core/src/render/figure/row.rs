//! One picture and its maps, with every text broken into lines.

use crate::render::{
    Pixels,
    canvas::Canvas,
    heatmap,
    paragraph::{Align, Paragraph},
    pixels::Area,
    text::TextStyle,
};

use super::{FigureCell, FigureRow, look::Look};

pub(super) struct Row<'a> {
    data: &'a FigureRow,
    look: Look,
    /// The side of the square around each map.
    side: usize,
    lines: Vec<Paragraph>,
    notes: Vec<Note>,
}

/// What stands below a map; a badge that is not there is empty.
struct Note {
    caption: Paragraph,
    badge: Paragraph,
}

/// How wide the thumbnail and the lines below it would like to be: 0 where there are none.
pub(super) fn head_width(row: &FigureRow, look: &Look) -> usize {
    let lines = row.lines.iter().enumerate();
    let widths = lines.map(|(index, line)| line_style(index, look).width(line).ceil() as usize);
    let thumbnail = row
        .thumbnail
        .as_ref()
        .map_or(0, |picture| picture.width * thumbnail_factor(picture, look));
    widths
        .max()
        .unwrap_or(0)
        .min(look.max_head_width)
        .max(thumbnail)
}

/// Pixels for each pixel of a thumbnail.
fn thumbnail_factor(picture: &Pixels, look: &Look) -> usize {
    let side = picture.width.max(picture.height).max(1);
    (look.thumbnail_side / side).max(1)
}

fn line_style(index: usize, look: &Look) -> TextStyle {
    if index == 0 { look.name } else { look.note }
}

impl<'a> Row<'a> {
    pub fn new(data: &'a FigureRow, look: Look, side: usize, head_width: usize) -> Self {
        let lines = data.lines.iter().enumerate();
        let note = |cell: &FigureCell| Note {
            caption: Paragraph::new(&cell.caption, look.note, side),
            badge: Paragraph::new(cell.badge.as_deref().unwrap_or(""), look.warning, side),
        };
        Self {
            data,
            look,
            side,
            lines: lines
                .map(|(index, line)| Paragraph::new(line, line_style(index, &look), head_width))
                .collect(),
            notes: data.cells.iter().map(note).collect(),
        }
    }

    pub fn height(&self) -> usize {
        let head =
            self.thumbnail_height() + self.lines.iter().map(Paragraph::height).sum::<usize>();
        let room = |text: &Paragraph| {
            if text.is_empty() {
                0
            } else {
                self.look.near + text.height()
            }
        };
        let cells = self
            .notes
            .iter()
            .map(|note| self.side + room(&note.caption) + room(&note.badge));
        cells.fold(head, usize::max)
    }

    fn thumbnail_height(&self) -> usize {
        self.data.thumbnail.as_ref().map_or(0, |picture| {
            picture.height * thumbnail_factor(picture, &self.look) + self.look.near
        })
    }

    /// Draws the row below `top`, with the left edge of each map's square at `column_x`.
    pub fn draw(&self, canvas: &mut impl Canvas, top: usize, column_x: impl Fn(usize) -> usize) {
        let look = &self.look;
        if let Some(picture) = &self.data.thumbnail {
            let factor = thumbnail_factor(picture, look);
            self.draw_framed(canvas, picture, look.margin, top, factor);
        }
        let mut y = top + self.thumbnail_height();
        for line in &self.lines {
            line.draw(canvas, look.margin, y, Align::Left);
            y += line.height();
        }
        for (column, (cell, note)) in self.data.cells.iter().zip(&self.notes).enumerate() {
            self.draw_map(canvas, cell, column_x(column), top);
            self.draw_note(canvas, note, column_x(column), top + self.side + look.near);
        }
    }

    /// Draws a map as large as a whole factor allows, in the middle of its square.
    fn draw_map(&self, canvas: &mut impl Canvas, cell: &FigureCell, x: usize, y: usize) {
        let &FigureCell {
            width,
            height,
            range,
            colormap,
            ..
        } = cell;
        if cell.values.is_empty() {
            return;
        }
        let factor = self.side / width.max(height);
        let (x, y) = (
            x + (self.side - width * factor) / 2,
            y + (self.side - height * factor) / 2,
        );
        self.draw_framed(
            canvas,
            &heatmap(width, height, &cell.values, range, colormap),
            x,
            y,
            factor,
        );
    }

    /// Draws a picture with a thin line around it, without which a white edge would be lost on the paper.
    fn draw_framed(
        &self,
        canvas: &mut impl Canvas,
        picture: &Pixels,
        x: usize,
        y: usize,
        factor: usize,
    ) {
        let line = self.look.frame_width;
        let frame = Area {
            x: x - line,
            y: y - line,
            width: picture.width * factor + 2 * line,
            height: picture.height * factor + 2 * line,
        };
        canvas.fill(frame, self.look.frame);
        canvas.picture(picture, x, y, factor);
    }

    fn draw_note(&self, canvas: &mut impl Canvas, note: &Note, x: usize, y: usize) {
        note.caption.draw(canvas, x, y, Align::Center);
        if !note.badge.is_empty() {
            let space = if note.caption.is_empty() {
                0
            } else {
                note.caption.height() + self.look.near
            };
            let width = (note.badge.longest_line() + 2 * self.look.near).min(self.side);
            let area = Area {
                x: x + (self.side - width) / 2,
                y: y + space,
                width,
                height: note.badge.height(),
            };
            canvas.fill(area, self.look.badge);
            note.badge.draw(canvas, x, y + space, Align::Center);
        }
    }
}
