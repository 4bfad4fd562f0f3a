//! Words on a picture, and the two fonts of the program.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};

use super::Pixels;

/// Inter Regular, OpenType, Latin with the signs that figures need; digits are tabular.
pub const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
/// Inter `SemiBold`, the same characters.
pub const SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");

static FONTS: LazyLock<[FontRef<'static>; 2]> = LazyLock::new(|| {
    [REGULAR, SEMIBOLD].map(|bytes| {
        FontRef::try_from_slice(bytes).expect("the embedded fonts are whole: a test draws both")
    })
});

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Headings.
    SemiBold,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextStyle {
    /// How heavy its letters are.
    pub weight: Weight,
    /// The em in pixels.
    pub size: f32,
    /// The color of its letters.
    pub color: [u8; 3],
}

impl TextStyle {
    /// From one line of text to the next, in pixels.
    #[must_use]
    pub fn line_height(self) -> f32 {
        1.25 * self.size
    }

    /// How far `text` reaches on one line, in pixels.
    #[must_use]
    pub fn width(self, text: &str) -> f32 {
        let font = self.font();
        self.glyphs(text)
            .last()
            .map_or(0.0, |(glyph, x)| x + font.h_advance(glyph))
    }

    /// Draws `text` on one line in the line box whose top left corner is (`x`, `y`), cut off at the picture's edge.
    pub fn draw(self, pixels: &mut Pixels, text: &str, x: f32, y: f32) {
        let font = self.font();
        let baseline = self.baseline(y);
        for (glyph, offset) in self.glyphs(text) {
            let placed = glyph.with_scale_and_position(font.scale(), point(x + offset, baseline));
            let Some(outline) = font.outline_glyph(placed) else {
                continue;
            };
            let corner = outline.px_bounds().min;
            outline.draw(|column, row, coverage| {
                let (x, y) = (corner.x + column as f32, corner.y + row as f32);
                if x >= 0.0 && y >= 0.0 {
                    pixels.blend(x as usize, y as usize, self.color, coverage.min(1.0));
                }
            });
        }
    }

    /// Where the letters of a line stand whose box begins at `y`.
    pub(super) fn baseline(self, y: f32) -> f32 {
        let font = self.font();
        (y + 0.5 * (self.line_height() - font.height()) + font.ascent()).round()
    }

    fn font(self) -> ab_glyph::PxScaleFont<&'static FontRef<'static>> {
        let font = &FONTS[self.weight as usize];
        // ab_glyph's scale is from the lowest descender to the highest ascender, not the em.
        let em = font.units_per_em().unwrap_or(1000.0);
        font.into_scaled(PxScale::from(self.size * font.height_unscaled() / em))
    }

    /// Each character's glyph and where it starts, kerned; control characters are spaces.
    fn glyphs(self, text: &str) -> impl Iterator<Item = (ab_glyph::GlyphId, f32)> {
        let font = self.font();
        text.chars()
            .scan((0.0, None), move |(x, before), character| {
                let glyph = font.glyph_id(if character.is_control() {
                    ' '
                } else {
                    character
                });
                if let Some(before) = before.replace(glyph) {
                    *x += font.h_advance(before) + font.kern(before, glyph);
                }
                Some((glyph, *x))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: TextStyle = TextStyle {
        weight: Weight::Regular,
        size: 20.0,
        color: [0; 3],
    };

    fn drawn(text: &str, style: TextStyle) -> Pixels {
        let mut pixels = Pixels::new(400, 30, [255; 3]);
        style.draw(&mut pixels, text, 2.0, 2.0);
        pixels
    }

    #[test]
    fn both_fonts_hold_every_sign_the_program_writes() {
        let signs =
            "AZaz09áéíóúüñÁÉÍÓÚÜÑ¿¡«»ªº’“”–—… ·•°×÷±−≈≤≥≠Σ∑∂√∞²³αβεησμλ←→↑↓↔↩↪■□▲▼▶◀●○◆✓✗⁰¹⁴⁵⁶⁷⁸⁹⁻";
        for font in &*FONTS {
            let missing: String = signs.chars().filter(|&c| font.glyph_id(c).0 == 0).collect();
            assert_eq!(missing, "");
        }
    }

    #[test]
    fn letters_are_drawn_where_measured_with_soft_edges() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let style = TextStyle { weight, ..STYLE };
            let pixels = drawn("Mapas", style);
            let inked = |x: usize| (0..pixels.height).any(|y| pixels.get(x, y) != Some([255; 3]));
            let last = (0..pixels.width)
                .rfind(|&x| inked(x))
                .expect("something is drawn");
            assert!(
                (last as f32 - (2.0 + style.width("Mapas"))).abs() < 3.0,
                "{last}"
            );
            assert!(
                pixels.rgb.contains(&[0; 3]) && pixels.rgb.iter().any(|c| (1..255).contains(&c[0]))
            );
        }
        assert_ne!(
            drawn("Mapas", STYLE),
            drawn(
                "Mapas",
                TextStyle {
                    weight: Weight::SemiBold,
                    ..STYLE
                }
            )
        );
    }

    #[test]
    fn digits_are_equally_wide_and_letters_are_kerned() {
        assert!(
            "0123456789"
                .chars()
                .all(|digit| (STYLE.width(&digit.to_string()) - STYLE.width("0")).abs() < 1e-4)
        );
        assert!(STYLE.width("To") < STYLE.width("T") + STYLE.width("o") - 0.5);
    }

    #[test]
    fn any_text_can_be_drawn_over_any_edge() {
        for text in [
            "\u{0}\t\r\n",
            "漢字 🙂 \u{301}",
            "",
            "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        ] {
            for (x, y) in [(-50.0, -9.0), (395.0, 25.0), (1e9, 1e9)] {
                STYLE.draw(&mut Pixels::new(400, 30, [255; 3]), text, x, y);
            }
        }
    }
}
