//! Pictures in a grid, each with a line below it.

use super::RenderError;
use super::canvas::Canvas;
use super::mosaic_columns;
use super::pixels::{Area, Pixels};
use super::svg::Svg;
use super::text::{TextStyle, Weight};

/// About how large a picture is drawn, in pixels: as many times its size as fit, and at least once.
const SIDE: usize = 280;
/// Between pictures, and around all.
const GAP: usize = 28;
/// The most pixels of a sheet, as of a figure.
const MAX_PIXELS: usize = 64_000_000;

const TITLE: TextStyle = TextStyle {
    weight: Weight::SemiBold,
    size: 42.0,
    color: [0x1a, 0x1c, 0x22],
};
const CAPTION: TextStyle = TextStyle {
    weight: Weight::Regular,
    size: 30.0,
    color: [0x5a, 0x5f, 0x6b],
};
const PAPER: [u8; 3] = [0xff; 3];
const EMPTY: [u8; 3] = [0xe6, 0xe8, 0xec];

/// Pictures of one size in a grid as near to a square as can be, in reading order.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Above them, on one line; it may be cut off at the edge.
    pub title: String,
    /// Each with what is said below it. Where there is none to draw its place is plain.
    pub pictures: Vec<(Option<Pixels>, String)>,
}

impl Sheet {
    /// In pixels.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`] with more than 64 million pixels.
    pub fn draw(&self) -> Result<Pixels, RenderError> {
        let (width, height) = self.size()?;
        let mut page = Pixels::new(width, height, PAPER);
        self.draw_on(&mut page);
        Ok(page)
    }

    /// As SVG, as large as the pixels are at `dpi` pixels an inch.
    ///
    /// # Errors
    /// As [`draw`](Self::draw).
    pub fn svg(&self, dpi: u32) -> Result<String, RenderError> {
        let (width, height) = self.size()?;
        let mut page = Svg::new(width, height, PAPER);
        self.draw_on(&mut page);
        Ok(page.finish(dpi, &self.title))
    }

    /// Columns, how many times each picture is enlarged, and the width and height of its place.
    fn grid(&self) -> (usize, usize, [usize; 2]) {
        let drawn = self.pictures.iter().filter_map(|(p, _)| p.as_ref());
        let (width, height) = drawn.fold((1, 1), |(width, height), picture| {
            (picture.width.max(width), picture.height.max(height))
        });
        let factor = (SIDE / width.max(height)).max(1);
        let widest = self.pictures.iter().map(|(_, words)| CAPTION.width(words));
        let widest = widest.fold(0.0, f32::max).ceil() as usize;
        let width = (width * factor).max(widest);
        let columns = mosaic_columns(self.pictures.len()).max(1);
        (columns, factor, [width, height * factor])
    }

    fn size(&self) -> Result<(usize, usize), RenderError> {
        let (columns, _, [width, height]) = self.grid();
        let rows = self.pictures.len().div_ceil(columns);
        let title = TITLE.width(&self.title).ceil() as usize;
        let width = (columns * (width + GAP)).max(title + GAP) + GAP;
        let height = top() + rows * (height + caption() + GAP) + GAP;
        if width.checked_mul(height).is_none_or(|all| all > MAX_PIXELS) {
            return Err(RenderError::TooLarge {
                width,
                height,
                limit: MAX_PIXELS,
            });
        }
        Ok((width, height))
    }

    fn draw_on(&self, canvas: &mut impl Canvas) {
        canvas.text(TITLE, &self.title, GAP as f32, GAP as f32 / 2.0);
        let (columns, factor, [width, height]) = self.grid();
        for (place, (picture, words)) in self.pictures.iter().enumerate() {
            let x = GAP + place % columns * (width + GAP);
            let y = top() + place / columns * (height + caption() + GAP);
            if let Some(picture) = picture {
                canvas.picture(picture, x, y, factor);
            } else {
                canvas.fill(
                    Area {
                        x,
                        y,
                        width,
                        height,
                    },
                    EMPTY,
                );
            }
            canvas.text(CAPTION, words, x as f32, (y + height) as f32);
        }
    }
}

fn top() -> usize {
    GAP + TITLE.line_height().ceil() as usize
}

fn caption() -> usize {
    CAPTION.line_height().ceil() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stand_in_reading_order_each_enlarged_as_a_whole() {
        let pictures = (0..3).map(|i| {
            let picture = Pixels::new(28, 28, [10 * i, 0, 0]);
            ((i != 1).then_some(picture), i.to_string())
        });
        let sheet = Sheet {
            title: "conv1".into(),
            pictures: pictures.collect(),
        };
        let page = sheet.draw().unwrap();
        let at = |column: usize, row: usize| {
            let y = top() + row * (280 + caption() + GAP);
            [0, 279].map(|end| page.get(GAP + column * (280 + GAP) + end, y + end))
        };
        assert_eq!(at(0, 0), [Some([0, 0, 0]); 2]);
        assert_eq!(at(1, 0), [Some(EMPTY); 2]);
        assert_eq!(at(0, 1), [Some([20, 0, 0]); 2]);
        assert_eq!(at(1, 1), [Some(PAPER); 2]);
        let svg = sheet.svg(300).unwrap();
        assert!(
            svg.contains("scale(10)") && svg.contains(">conv1<"),
            "{svg}"
        );
    }

    #[test]
    fn a_sheet_beyond_memory_is_refused() {
        let picture = Pixels::new(256, 256, [0; 3]);
        let sheet = Sheet {
            pictures: vec![(Some(picture), String::new()); 900],
            ..Sheet::default()
        };
        assert!(matches!(sheet.draw(), Err(RenderError::TooLarge { .. })));
    }
}
