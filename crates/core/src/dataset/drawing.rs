//! A picture drawn by hand on 28×28 pixels, or opened and drawn over, with every step back.

use std::sync::Arc;

use image::GrayImage;

use super::picture::{OpenedPicture, Reduction, Steps, reduce};
use super::{IMAGE_PIXELS, IMAGE_SIDE};

/// Steps back that are kept.
const MOST_UNDO: usize = 200;

/// A round brush with a soft edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    /// Radius in pixels, [`Brush::RADII`].
    pub radius: f32,
    /// Take away instead of adding.
    pub erases: bool,
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
    Drawn(Box<[u8; IMAGE_PIXELS]>),
    Opened(Arc<OpenedPicture>),
}

impl Sheet {
    const fn blank() -> [u8; IMAGE_PIXELS] {
        [0; IMAGE_PIXELS]
    }
}

/// The pad: what is on it, how it is reduced to what the network gets, and the way back.
#[derive(Clone)]
pub struct Drawing {
    sheet: Sheet,
    how: Reduction,
    steps: Steps,
    undo: Vec<(Sheet, Reduction)>,
    redo: Vec<(Sheet, Reduction)>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self::from_pixels(Box::new(Sheet::blank()), Reduction::default())
    }
}

impl Drawing {
    /// A pad that already has something on it.
    #[must_use]
    pub fn from_pixels(pixels: Box<[u8; IMAGE_PIXELS]>, how: Reduction) -> Self {
        let sheet = Sheet::Drawn(pixels);
        Self {
            steps: steps(&sheet, how),
            sheet,
            how,
            undo: Vec::new(),
            redo: Vec::new(),
        }
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
    pub fn pad(&self) -> &[u8; IMAGE_PIXELS] {
        match &self.sheet {
            Sheet::Drawn(pixels) => pixels,
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
        matches!(&self.sheet, Sheet::Drawn(pixels) if **pixels == Sheet::blank())
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
        let Sheet::Drawn(pixels) = &mut self.sheet else {
            return;
        };
        for (index, pixel) in pixels.iter_mut().enumerate() {
            let middle = (
                (index % IMAGE_SIDE) as f32 + 0.5,
                (index / IMAGE_SIDE) as f32 + 0.5,
            );
            let cover = brush.cover(distance_to_segment(middle, from, to));
            if cover.is_nan() {
                continue;
            }
            let ink = (255.0 * cover).round() as u8;
            *pixel = if brush.erases {
                (*pixel).min(255 - ink)
            } else {
                (*pixel).max(ink)
            };
        }
        self.update();
    }

    /// Takes everything off the pad.
    pub fn clear(&mut self) {
        if self.is_blank() {
            return;
        }
        self.remember();
        self.sheet = Sheet::Drawn(Box::new(Sheet::blank()));
        self.how = Reduction::default();
        self.update();
    }

    /// Puts a picture on the pad, with the steps that suit it.
    pub fn open(&mut self, picture: Arc<OpenedPicture>) {
        self.remember();
        self.how = Reduction::suggested(&picture.grey);
        self.sheet = Sheet::Opened(picture);
        self.update();
    }

    /// Puts other 28×28 pixels on the pad, to be drawn over.
    pub fn copy_from(&mut self, pixels: &[u8; IMAGE_PIXELS]) {
        self.remember();
        self.how = Reduction::default();
        self.sheet = Sheet::Drawn(Box::new(*pixels));
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
        self.steps = steps(&self.sheet, self.how);
    }
}

fn steps(sheet: &Sheet, how: Reduction) -> Steps {
    match sheet {
        Sheet::Drawn(pixels) => {
            let side = IMAGE_SIDE as u32;
            let image = GrayImage::from_fn(side, side, |x, y| {
                image::Luma([pixels[y as usize * IMAGE_SIDE + x as usize]])
            });
            reduce(&image, how)
        }
        Sheet::Opened(picture) => reduce(&picture.grey, how),
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
    };

    fn dot(drawing: &mut Drawing, at: (f32, f32), brush: Brush) {
        drawing.begin_stroke();
        drawing.stroke(at, at, brush);
    }

    fn opened(width: u32, height: u32, grey: u8) -> Arc<OpenedPicture> {
        Arc::new(OpenedPicture {
            grey: GrayImage::from_pixel(width, height, image::Luma([grey])),
            size: (width, height),
            is_animated: false,
            is_transparent: false,
        })
    }

    #[test]
    fn a_dot_is_bright_in_its_middle_and_soft_at_its_edge() {
        let mut drawing = Drawing::default();
        dot(&mut drawing, (10.5, 5.5), PEN);
        let at = |x: usize, y: usize| drawing.pad()[y * 28 + x];
        assert_eq!(at(10, 5), 255);
        assert!((1..255).contains(&at(11, 6)), "{}", at(11, 6));
        assert_eq!(at(13, 5), 0);
        assert_eq!(at(9, 5), at(11, 5), "symmetric");
        assert_eq!(drawing.pad(), &*drawing.steps().picture);
    }

    #[test]
    fn the_eraser_takes_away_and_undo_brings_back() {
        let mut drawing = Drawing::default();
        drawing.begin_stroke();
        drawing.stroke((2.0, 14.0), (26.0, 14.0), PEN);
        let line = *drawing.pad();
        let eraser = Brush {
            radius: 3.0,
            erases: true,
        };
        dot(&mut drawing, (14.0, 14.0), eraser);
        assert_eq!(drawing.pad()[14 * 28 + 14], 0);
        drawing.undo();
        assert_eq!(*drawing.pad(), line);
        drawing.undo();
        assert!(drawing.is_blank() && !drawing.can_undo());
        drawing.undo();
        drawing.redo();
        assert_eq!(*drawing.pad(), line);
        drawing.clear();
        assert!(drawing.is_blank() && !drawing.can_redo());
        drawing.undo();
        assert_eq!(*drawing.pad(), line);
    }

    #[test]
    fn a_picture_is_a_drawing_once_drawn_over() {
        let mut drawing = Drawing::default();
        drawing.open(opened(56, 28, 200));
        assert!(drawing.opened().is_some() && drawing.reduction().invert);
        let reduced = *drawing.pad();
        dot(&mut drawing, (14.0, 14.0), PEN);
        assert!(drawing.opened().is_none());
        assert_eq!(drawing.reduction(), Reduction::default());
        assert_eq!(drawing.pad()[14 * 28 + 14], 255);
        assert_eq!(drawing.pad()[7 * 28], reduced[7 * 28]);
        drawing.undo();
        assert!(drawing.opened().is_some() && drawing.reduction().invert);
        drawing.set_reduction(Reduction::default());
        assert_eq!(drawing.pad()[14 * 28 + 14], 200);
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
            let mut sheets = vec![*drawing.pad()];
            for (from, to, radius, erases) in strokes {
                drawing.begin_stroke();
                drawing.stroke(from, to, Brush { radius, erases });
                sheets.push(*drawing.pad());
            }
            while let Some(sheet) = sheets.pop() {
                prop_assert_eq!(*drawing.pad(), sheet);
                drawing.undo();
            }
            prop_assert!(!drawing.can_undo());
        }
    }
}
