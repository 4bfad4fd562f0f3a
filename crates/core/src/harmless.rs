//! Text from elsewhere, where people read it: names in models, runs and data sets can hold anything.

use std::fmt::Display;

/// Most characters of a sentence that are shown at its beginning, and at its end.
const SHOWN: (usize, usize) = (1500, 500);

/// Whether a terminal would obey the character, or whether it is invisible or turns the letters
/// beside it round, so that a text reads as another. The joiners U+200C and U+200D are not among
/// these: Persian, Hindi and emoji are written with them.
#[must_use]
pub fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// A sentence on one line: what is harmful is written as Rust does, such as `\u{1b}`, and the middle
/// of an endless one is left out.
#[must_use]
pub fn clean(text: impl Display) -> String {
    let text = text.to_string();
    let end = text.chars().count().saturating_sub(SHOWN.1);
    let mut clean = String::with_capacity(text.len());
    for (place, character) in text.chars().enumerate() {
        if (SHOWN.0..end).contains(&place) {
            if place == SHOWN.0 {
                clean.push('…');
            }
        } else if is_harmful(character) {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
    }
    clean
}

/// A name of at most so many characters, with blanks for what is harmful in it.
#[must_use]
pub fn name(text: &str, most: usize) -> String {
    let blanked = text.trim().chars().map(blank);
    blanked.take(most).collect()
}

/// Text of several lines, with blanks for what is harmful in it.
#[must_use]
pub fn lines(text: &str) -> String {
    let kept = |character| matches!(character, '\n' | '\r' | '\t');
    let blanked = text.chars().map(|c| if kept(c) { c } else { blank(c) });
    blanked.collect()
}

/// The character, or a blank in its place.
pub(crate) fn blank(character: char) -> char {
    if is_harmful(character) {
        ' '
    } else {
        character
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_harmful_is_left_and_all_else_stays() {
        let evil = "\u{1b}[2J\u{7}\u{9b}31m\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\r\n\tx";
        for made in [clean(evil), name(evil, 100)] {
            assert!(!made.contains(is_harmful), "{made:?}");
            assert!(made.contains('x'), "{made:?}");
        }
        assert_eq!(clean("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\nb");
        assert_eq!(lines("a\u{1b}b\n\tc\u{202e}"), "a b\n\tc ");
        let good = "Botín 28×28 “a” C:\\data مى\u{200c}خواهم 👩\u{200d}🏫 שלום";
        assert_eq!((clean(good), name(good, 100)), (good.into(), good.into()));
    }

    #[test]
    fn endless_sentences_keep_their_beginning_and_end() {
        let fits = "é".repeat(2000);
        assert_eq!(clean(&fits), fits);
        let long = clean(format!("file: {}; choose another", "é".repeat(1_000_000)));
        assert_eq!(long.chars().count(), 2001);
        assert!(long.starts_with("file: é") && long.ends_with("é; choose another"));
        assert_eq!(name("  éééé  ", 3), "ééé");
    }
}
