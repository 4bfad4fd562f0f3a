//! Words on a picture, and the two fonts that the window uses too.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};

use super::Pixels;
use super::canvas::Canvas;

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

/// Where lines of a paragraph stand between its edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
}

/// A text broken into lines that fit a width.
#[derive(Debug)]
pub(super) struct Paragraph {
    style: TextStyle,
    /// Pixels between its edges.
    width: usize,
    lines: Vec<String>,
}

impl Paragraph {
    pub fn new(text: &str, style: TextStyle, width: usize) -> Self {
        let lines = text
            .lines()
            .flat_map(|line| wrapped(line, style, width as f32))
            .collect();
        Self {
            style,
            width,
            lines,
        }
    }

    /// Pixels down; none for an empty text.
    pub fn height(&self) -> usize {
        (self.lines.len() as f32 * self.style.line_height()).ceil() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The width of the longest line, in pixels.
    pub fn longest_line(&self) -> usize {
        self.lines
            .iter()
            .map(|line| self.style.width(line).ceil() as usize)
            .max()
            .unwrap_or(0)
    }

    pub fn draw(&self, canvas: &mut impl Canvas, x: usize, y: usize, align: Align) {
        for (index, line) in self.lines.iter().enumerate() {
            let space = match align {
                Align::Left => 0.0,
                Align::Center => (0.5 * (self.width as f32 - self.style.width(line))).max(0.0),
            };
            canvas.text(
                self.style,
                line,
                x as f32 + space,
                y as f32 + index as f32 * self.style.line_height(),
            );
        }
    }
}

/// Breaks a line between words, and inside a word only where it alone is wider than `width`.
fn wrapped(text: &str, style: TextStyle, width: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(breaks).filter(|word| !word.is_empty()) {
        let line = lines.last().map_or("", String::as_str);
        let joined = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if style.width(&joined) <= width {
            lines.pop();
            lines.push(joined);
        } else {
            if line.is_empty() {
                lines.pop();
            }
            lines.extend(broken(word, style, width));
        }
    }
    lines
}

/// Whether a line may end at this character: at any space but the no-break ones.
fn breaks(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}')
}

/// Cuts a word into the longest pieces that fit, of one character at least.
fn broken(word: &str, style: TextStyle, width: f32) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0.0;
    for character in word.chars() {
        let advance = style.width(character.encode_utf8(&mut [0; 4]));
        if used > 0.0 && used + advance > width {
            pieces.push(String::new());
            used = 0.0;
        }
        used += advance;
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
    }
    pieces
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
    fn lines_break_between_words_but_not_at_no_break_spaces() {
        let width = STYLE.width("predicción: zapatilla 99,7") + 1.0;
        let text = "  predicción: zapatilla 99,7\u{a0}%  ";
        assert_eq!(
            wrapped(text, STYLE, width),
            ["predicción: zapatilla", "99,7\u{a0}%"]
        );
    }

    #[test]
    fn only_a_word_that_cannot_fit_is_cut() {
        let lines = wrapped("un electroencefalografista", STYLE, 100.0);
        assert_eq!(lines[0], "un");
        assert_eq!(lines[1..].concat(), "electroencefalografista");
        assert!(
            lines.iter().all(|line| STYLE.width(line) <= 100.0),
            "{lines:?}"
        );
        assert_eq!(wrapped("ñu", STYLE, 0.0), ["ñ", "u"]);
    }

    #[test]
    fn a_paragraph_is_as_high_as_its_lines() {
        assert_eq!(Paragraph::new("", STYLE, 100).height(), 0);
        assert_eq!(Paragraph::new("one", STYLE, 100).height(), 25);
        assert_eq!(Paragraph::new("one\ntwo", STYLE, 100).height(), 50);
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
