//! An error on one line.

use convlens_core::harmless::clean;

/// The words of an error and of what it came from, unless it says that itself, as this program's own do.
#[must_use]
pub fn in_words(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for words in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = words;
        } else if !said.contains(&words) {
            said = format!("{said}: {words}");
        }
    }
    clean(said)
}
