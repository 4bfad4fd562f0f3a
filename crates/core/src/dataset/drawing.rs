//! A picture drawn by hand on the pixels of a network's picture, or opened and drawn over, with every step back.

use std::sync::Arc;

use super::picture::{OpenedPicture, Reduction, Steps, reduce};
use super::{Picture, PictureSize};

/// Steps back that are kept.
const MOST_UNDO: usize = 200;

/// A round brush with a soft edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    /// Radius in pixels, [`Brush::RADII`].
    pub radius: f32,
    /// Take away instead of adding.
    pub erases: bool,
    /// Red, green and blue; on a grey picture it is white.
    pub colour: [u8; 3],
}

impl Brush {
    /// The radii offered.
    pub const RADII: std::ops::RangeInclusive<f32> = 0.5..=5.0;

    /// How much it covers at a distance from its middle, 0 to 1: all within half of its radius,
    /// nothing from half a pixel beyond it.
    fn cover(self, distance: f32) -> f32 {
        let (full, end) = (self.radius / 2.0, self.radius + 0.5);
        ((end - distance) / (end - full)).clamp(0.0, 1.0)
    }
}

/// What is on the pad.
#[derive(Clone, PartialEq)]
enum Sheet {
    Drawn(Picture),
    Opened(Arc<OpenedPicture>),
}

/// The pad: what is on it, how it is reduced to what the network gets, and the way back.
#[derive(Clone)]
pub struct Drawing {
    size: PictureSize,
    sheet: Sheet,
    how: Reduction,
    steps: Steps,
    undo: Vec<(Sheet, Reduction)>,
    redo: Vec<(Sheet, Reduction)>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self::new(Picture::blank(PictureSize::FASHION_MNIST))
    }
}

impl Drawing {
    /// A pad of a picture's size, with that on it.
    #[must_use]
    pub fn new(picture: Picture) -> Self {
        let size = picture.size();
        let sheet = Sheet::Drawn(picture);
        let how = Reduction::default();
        Self {
            size,
            steps: steps(&sheet, how, size),
            sheet,
            how,
            undo: Vec::new(),
            redo: Vec::new(),
        }
    }

    /// The size of what the network gets.
    #[must_use]
    pub fn size(&self) -> PictureSize {
        self.size
    }

    /// Makes it of another size: an opened picture is reduced anew, a drawing stretched. There is no way back.
    pub fn set_size(&mut self, size: PictureSize) {
        if size == self.size {
            return;
        }
        self.size = size;
        self.undo.clear();
        self.redo.clear();
        match &mut self.sheet {
            Sheet::Drawn(picture) => *picture = picture.to_size(size),
            Sheet::Opened(picture) => self.how = Reduction::suggested(&picture.grey, size),
        }
        self.update();
    }

    /// What the network gets, and how it came about.
    #[must_use]
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Which steps are taken.
    #[must_use]
    pub fn reduction(&self) -> Reduction {
        self.how
    }

    /// The pixels that a brush would change: the drawing itself, or what an opened picture has
    /// been reduced to.
    #[must_use]
    pub fn pad(&self) -> &Picture {
        match &self.sheet {
            Sheet::Drawn(picture) => picture,
            Sheet::Opened(_) => &self.steps.picture,
        }
    }

    /// The picture opened, until it is drawn over.
    #[must_use]
    pub fn opened(&self) -> Option<&OpenedPicture> {
        match &self.sheet {
            Sheet::Drawn(_) => None,
            Sheet::Opened(picture) => Some(picture),
        }
    }

    /// Whether nothing has been drawn or opened.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        matches!(&self.sheet, Sheet::Drawn(picture) if picture.is_blank())
    }

    /// Whether there is a step to go back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether a step back can be taken again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Begins a stroke: from here on [`stroke`](Self::stroke) belongs to one step back. An opened
    /// picture becomes a drawing, as it was reduced.
    pub fn begin_stroke(&mut self) {
        self.remember();
        if let Sheet::Opened(_) = self.sheet {
            self.sheet = Sheet::Drawn(self.steps.picture.clone());
            self.how = Reduction::default();
        }
    }

    /// Draws from one place to another, in pixels from the top left corner: (0.5, 0.5) is the
    /// middle of the first. Places outside, and those that are not finite, leave what they touch.
    pub fn stroke(&mut self, from: (f32, f32), to: (f32, f32), brush: Brush) {
        let Sheet::Drawn(picture) = &mut self.sheet else {
            return;
        };
        let PictureSize {
            width, channels, ..
        } = self.size;
        let pixels = picture.bytes_mut().chunks_exact_mut(channels);
        for (index, pixel) in pixels.enumerate() {
            let middle = ((index % width) as f32 + 0.5, (index / width) as f32 + 0.5);
            let cover = brush.cover(distance_to_segment(middle, from, to));
            if cover.is_nan() {
                continue;
            }
            if let [red, green, blue] = pixel {
                // Paint covers what is below it; the eraser leaves black.
                for (value, paint) in [red, green, blue].into_iter().zip(brush.colour) {
                    let paint = if brush.erases { 0.0 } else { f32::from(paint) };
                    let below = f32::from(*value);
                    *value = (below + cover * (paint - below)).round() as u8;
                }
            } else if let [value] = pixel {
                let ink = (255.0 * cover).round() as u8;
                *value = if brush.erases {
                    (*value).min(255 - ink)
                } else {
                    (*value).max(ink)
                };
            }
        }
        self.update();
    }

    /// Takes everything off the pad.
    pub fn clear(&mut self) {
        if self.is_blank() {
            return;
        }
        self.remember();
        self.sheet = Sheet::Drawn(Picture::blank(self.size));
        self.how = Reduction::default();
        self.update();
    }

    /// Puts a picture on the pad, with the steps that suit it.
    pub fn open(&mut self, picture: Arc<OpenedPicture>) {
        self.remember();
        self.how = Reduction::suggested(&picture.grey, self.size);
        self.sheet = Sheet::Opened(picture);
        self.update();
    }

    /// Puts another picture on the pad, in the pad's size, to be drawn over.
    pub fn copy_from(&mut self, picture: &Picture) {
        self.remember();
        self.how = Reduction::default();
        self.sheet = Sheet::Drawn(picture.to_size(self.size));
        self.update();
    }

    /// Takes other steps.
    pub fn set_reduction(&mut self, how: Reduction) {
        if how != self.how {
            self.remember();
            self.how = how;
            self.update();
        }
    }

    /// Goes a step back.
    pub fn undo(&mut self) {
        if let Some((sheet, how)) = self.undo.pop() {
            self.redo.push((self.sheet.clone(), self.how));
            (self.sheet, self.how) = (sheet, how);
            self.update();
        }
    }

    /// Takes a step back again.
    pub fn redo(&mut self) {
        if let Some((sheet, how)) = self.redo.pop() {
            self.undo.push((self.sheet.clone(), self.how));
            (self.sheet, self.how) = (sheet, how);
            self.update();
        }
    }

    fn remember(&mut self) {
        self.redo.clear();
        self.undo.push((self.sheet.clone(), self.how));
        if self.undo.len() > MOST_UNDO {
            self.undo.remove(0);
        }
    }

    fn update(&mut self) {
        self.steps = steps(&self.sheet, self.how, self.size);
    }
}

fn steps(sheet: &Sheet, how: Reduction, size: PictureSize) -> Steps {
    match sheet {
        Sheet::Drawn(picture) => reduce(picture, how, size),
        Sheet::Opened(picture) => reduce(&picture.picture(size.is_colour()), how, size),
    }
}

fn distance_to_segment(point: (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let along = (to.0 - from.0, to.1 - from.1);
    let length = along.0 * along.0 + along.1 * along.1;
    let offset = (point.0 - from.0, point.1 - from.1);
    let t = if length > 0.0 {
        ((offset.0 * along.0 + offset.1 * along.1) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (offset.0 - t * along.0).hypot(offset.1 - t * along.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PEN: Brush = Brush {
        radius: 1.5,
        erases: false,
        colour: [255, 200, 0],
    };

    fn dot(drawing: &mut Drawing, at: (f32, f32), brush: Brush) {
        drawing.begin_stroke();
        drawing.stroke(at, at, brush);
    }

    fn opened(width: u32, height: u32, grey: u8) -> Arc<OpenedPicture> {
        Arc::new(OpenedPicture {
            grey: image::GrayImage::from_pixel(width, height, image::Luma([grey])),
            colour: image::RgbImage::from_pixel(width, height, image::Rgb([grey, 0, 0])),
            size: (width, height),
            is_animated: false,
            is_transparent: false,
        })
    }

    #[test]
    fn a_dot_is_bright_in_its_middle_and_soft_at_its_edge() {
        let mut drawing = Drawing::default();
        dot(&mut drawing, (10.5, 5.5), PEN);
        let at = |x: usize, y: usize| drawing.pad().bytes()[y * 28 + x];
        assert_eq!(at(10, 5), 255);
        assert!((1..255).contains(&at(11, 6)), "{}", at(11, 6));
        assert_eq!(at(13, 5), 0);
        assert_eq!(at(9, 5), at(11, 5), "symmetric");
        assert_eq!(drawing.pad(), &drawing.steps().picture);
    }

    #[test]
    fn the_eraser_takes_away_and_undo_brings_back() {
        let mut drawing = Drawing::default();
        drawing.begin_stroke();
        drawing.stroke((2.0, 14.0), (26.0, 14.0), PEN);
        let line = drawing.pad().clone();
        let eraser = Brush {
            radius: 3.0,
            erases: true,
            ..PEN
        };
        dot(&mut drawing, (14.0, 14.0), eraser);
        assert_eq!(drawing.pad().bytes()[14 * 28 + 14], 0);
        drawing.undo();
        assert_eq!(drawing.pad(), &line);
        drawing.undo();
        assert!(drawing.is_blank() && !drawing.can_undo());
        drawing.undo();
        drawing.redo();
        assert_eq!(drawing.pad(), &line);
        drawing.clear();
        assert!(drawing.is_blank() && !drawing.can_redo());
        drawing.undo();
        assert_eq!(drawing.pad(), &line);
    }

    #[test]
    fn a_picture_is_a_drawing_once_drawn_over() {
        let mut drawing = Drawing::default();
        drawing.open(opened(56, 28, 240));
        assert!(drawing.opened().is_some() && drawing.reduction().invert);
        let reduced = drawing.pad().clone();
        dot(&mut drawing, (14.0, 14.0), PEN);
        assert!(drawing.opened().is_none());
        assert_eq!(drawing.reduction(), Reduction::default());
        assert_eq!(drawing.pad().bytes()[14 * 28 + 14], 255);
        assert_eq!(drawing.pad().bytes()[7 * 28], reduced.bytes()[7 * 28]);
        drawing.undo();
        assert!(drawing.opened().is_some() && drawing.reduction().invert);
        drawing.set_reduction(Reduction::default());
        assert_eq!(drawing.pad().bytes()[14 * 28 + 14], 240);
    }

    #[test]
    fn in_colour_paint_covers_and_a_new_size_stretches() {
        let mut drawing = Drawing::new(Picture::blank(PictureSize::colour(32)));
        dot(&mut drawing, (10.5, 5.5), PEN);
        let at = |drawing: &Drawing, x: usize, y: usize, side: usize| {
            let from = 3 * (y * side + x);
            <[u8; 3]>::try_from(&drawing.pad().bytes()[from..from + 3]).unwrap()
        };
        assert_eq!(at(&drawing, 10, 5, 32), [255, 200, 0]);
        let blue = Brush {
            colour: [0, 0, 255],
            radius: 4.0,
            ..PEN
        };
        dot(&mut drawing, (10.5, 5.5), blue);
        assert_eq!(at(&drawing, 10, 5, 32), [0, 0, 255]);
        drawing.set_size(PictureSize::colour(64));
        assert_eq!(drawing.steps().picture.size(), PictureSize::colour(64));
        assert_eq!(at(&drawing, 21, 11, 64), [0, 0, 255]);
        drawing.open(opened(64, 64, 200));
        assert_eq!(at(&drawing, 40, 40, 64), [200, 0, 0]);
        drawing.set_size(PictureSize::grey(28));
        assert_eq!(drawing.pad().size(), PictureSize::grey(28));
        assert!(drawing.opened().is_some() && !drawing.can_undo());
    }

    proptest! {
        #[test]
        fn any_strokes_are_undone_one_by_one(
            strokes in prop::collection::vec(
                (any::<(f32, f32)>(), (-40.0_f32..70.0, -40.0_f32..70.0), 0.5_f32..5.0, any::<bool>()),
                0..12,
            ),
        ) {
            let mut drawing = Drawing::default();
            let mut sheets = vec![drawing.pad().clone()];
            for (from, to, radius, erases) in strokes {
                drawing.begin_stroke();
                drawing.stroke(from, to, Brush { radius, erases, ..PEN });
                sheets.push(drawing.pad().clone());
            }
            while let Some(sheet) = sheets.pop() {
                prop_assert_eq!(drawing.pad(), &sheet);
                drawing.undo();
            }
            prop_assert!(!drawing.can_undo());
        }
    }
}
