//! A text broken into lines that fit a width.

use super::canvas::Canvas;
use super::text::TextStyle;

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
    use super::super::text::Weight;
    use super::*;

    const STYLE: TextStyle = TextStyle {
        weight: Weight::Regular,
        size: 20.0,
        color: [0; 3],
    };

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
}
