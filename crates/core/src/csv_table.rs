//! Tables for a spreadsheet: comma-separated, numbers with a point and in full, a heading in the
//! first line.

use crate::harmless;

/// Lines of fields as comma-separated values. Words go through [`text`].
pub fn csv<L: IntoIterator<Item = String>>(lines: impl Iterator<Item = L>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        // Writing to memory does not fail.
        let _written = writer.write_record(line);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A field of words, such as a name. A spreadsheet computes what begins like a formula, and a
/// formula from elsewhere can send away what stands beside it: as OWASP advises ("CSV Injection"),
/// a single quote in front makes it words. Numbers may begin with a minus; they do not come here.
pub fn text(words: &str) -> String {
    let is_formula =
        words.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let quote = if is_formula { "'" } else { "" };
    format!("{quote}{}", harmless::clean(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_words_and_the_rest_stays() {
        for formula in ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert!(text(formula).starts_with('\''), "{formula:?}");
        }
        for words in ["", "Ankle boot", "64-64", "a=b", "'=1", "é"] {
            assert_eq!(text(words), words);
        }
        assert_eq!(text("a\u{1b}[2J"), "a\\u{1b}[2J");
        let csv = csv([vec![text("=1,\"2\""), "-0.5".to_owned()]].into_iter());
        assert_eq!(csv, "\"'=1,\"\"2\"\"\",-0.5\n");
    }
}
