//! A lesson's files on their way in a `.convlens` file. What they say is checked in
//! [`crate::lessons`]; here it is made sure that they can be put into a folder of their own and
//! nowhere else.

use std::collections::HashSet;

use crate::harmless::is_harmful;

/// Most files of a lesson: steps of its own folder and of a folder for each of two languages.
pub const MAX_FILES: usize = 3 * 64;
/// Most bytes of one of them.
pub const MAX_FILE_BYTES: usize = 64 * 1024;
/// Folder of the archive that they are in.
const FOLDER: &str = "lesson/";
/// Subfolders that a lesson may have, one a language.
pub const LANGUAGES: [&str; 2] = ["en", "es"];
/// Longest name of a lesson or a step, in characters.
const MAX_NAME: usize = 100;

/// A lesson as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonFiles {
    /// The name of its folder; a [plain one](is_plain).
    pub name: String,
    /// Its Markdown files, by their paths below the folder: `01-shoes.md`, `es/01-shoes.md`.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The entry of a file in an archive.
pub(super) fn entry_of(file: &str) -> String {
    format!("{FOLDER}{file}")
}

/// The inverse of [`entry_of`], of exactly such paths as a lesson has.
pub(super) fn file_of(entry: &str) -> Option<&str> {
    let file = entry.strip_prefix(FOLDER)?;
    is_file(file).then_some(file)
}

/// Whether a path is that of a lesson's file: a Markdown file with a plain name, in no folder or in
/// that of a language.
#[must_use]
pub fn is_file(path: &str) -> bool {
    let name = LANGUAGES
        .iter()
        .find_map(|language| path.strip_prefix(language)?.strip_prefix('/'))
        .unwrap_or(path);
    name.strip_suffix(".md").is_some_and(is_plain)
}

/// Whether two of the paths would be one file where letters' case does not count.
#[must_use]
pub fn collide<'a>(mut paths: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = HashSet::new();
    !paths.all(|path| seen.insert(path.to_lowercase()))
}

/// Whether a name is that of a file or folder on every system, and of none but itself.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let at_ends = |c: char| c == '.' || c.is_whitespace();
    let device = name.split('.').next().unwrap_or_default().to_uppercase();
    let numbered = |port: &str| {
        let number = device.strip_prefix(port);
        number.is_some_and(|n| matches!(n.as_bytes(), [b'0'..=b'9']))
    };
    let is_device = ["CON", "PRN", "AUX", "NUL"].contains(&device.trim_end())
        || numbered("COM")
        || numbered("LPT");
    !name.is_empty()
        && name.chars().count() <= MAX_NAME
        && !name.contains(has_a_meaning)
        && !name.starts_with(at_ends)
        && !name.ends_with(at_ends)
        && !is_device
}

/// A plain name as like this one as can be.
#[must_use]
pub fn plain(name: &str) -> String {
    let replaced: String = name
        .chars()
        .take(MAX_NAME)
        .map(|c| if has_a_meaning(c) { '-' } else { c })
        .collect();
    let trimmed = replaced.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if is_plain(trimmed) {
        trimmed.to_owned()
    } else {
        "lesson".to_owned()
    }
}

/// Characters that some system reads as more than a letter of a name.
fn has_a_meaning(c: char) -> bool {
    is_harmful(c) || r#"/\:*?"<>|"#.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lessons_files_are_named() {
        for good in [
            "lesson/01-shoes.md",
            "lesson/es/01 Qué es.md",
            "lesson/en/a.md",
        ] {
            let file = file_of(good).unwrap();
            assert_eq!(entry_of(file), good);
        }
        for bad in [
            "lesson/",
            "lesson/.md",
            "lesson/../a.md",
            "lesson/en/../../a.md",
            "lesson//a.md",
            "lesson/fr/a.md",
            "lesson/en/es/a.md",
            "lesson/en\\a.md",
            "lesson/C:a.md",
            "lesson/a.md/",
            "lesson/a.sh",
            "lesson/nul.md",
            "lesson/Com1.x.md",
            "lesson/a .md",
            "lesson/a\0.md",
            "/lesson/a.md",
            "../lesson/a.md",
        ] {
            assert_eq!(file_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn any_name_becomes_a_plain_one() {
        for (name, expected) in [
            ("Zapatos y bolsos", "Zapatos y bolsos"),
            ("a/b:c", "a-b-c"),
            ("..", "lesson"),
            (" .x. ", "x"),
            ("", "lesson"),
            ("AUX", "lesson"),
        ] {
            assert_eq!(plain(name), expected);
            assert!(is_plain(&plain(name)));
        }
        assert!(is_plain(&plain(&"é".repeat(500))));
        assert!(collide(["a.md", "A.md"].into_iter()));
        assert!(!collide(["a.md", "es/a.md"].into_iter()));
    }
}
