//! What a page is drawn on: pixels for a screen or a printer, or shapes for a vector file.

use super::pixels::{Area, Pixels};
use super::text::TextStyle;

/// Takes the parts of a page. Lengths are in pixels of the page, from its top left corner.
pub(super) trait Canvas {
    /// Fills a rectangle.
    fn fill(&mut self, area: Area, color: [u8; 3]);

    /// Fills a convex polygon, with soft edges.
    fn polygon(&mut self, corners: &[[f32; 2]], color: [u8; 3]);

    /// Draws a picture with each of its pixels a square of `factor` pixels, never smoothed.
    fn picture(&mut self, picture: &Pixels, x: usize, y: usize, factor: usize);

    /// Writes one line of text in the line box whose top left corner is (`x`, `y`).
    fn text(&mut self, style: TextStyle, text: &str, x: f32, y: f32);
}

impl Canvas for Pixels {
    fn fill(&mut self, area: Area, color: [u8; 3]) {
        Self::fill(self, area, color);
    }

    fn polygon(&mut self, corners: &[[f32; 2]], color: [u8; 3]) {
        self.fill_polygon(corners, color);
    }

    fn picture(&mut self, picture: &Pixels, x: usize, y: usize, factor: usize) {
        self.draw_enlarged(picture, x, y, factor);
    }

    fn text(&mut self, style: TextStyle, text: &str, x: f32, y: f32) {
        style.draw(self, text, x, y);
    }
}
