//! Every word the window shows, in English and Spanish. What only commands say is in `cli`, in English.
//!
//! Fixed texts are in `topics`, a file a topic, both languages side by side. Sentences with
//! numbers in them are methods, a file of them a subject, that match on the language, so that they
//! cannot miss one either.

mod by_hand;
mod embedding;
mod errors;
mod experiments;
mod figures;
mod files;
mod histograms;
mod import_errors;
mod inspections;
mod lesson;
mod lesson_errors;
mod maps;
mod networks;
mod numbers;
mod overview;
mod own_pictures;
mod picture_errors;
mod plots;
mod progress;
mod python;
mod run_errors;
mod sentences;
mod status;
mod test_set;
mod topics;
mod transform;

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use convlens_core::dataset::Classes;

pub use figures::NetworkFigure;
pub use files::{PreferencesFault, SetAside};
pub use progress::{ProgressWords, RunWords};
pub use python::Framework;
pub use topics::Text;

/// A language of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Language {
    /// The system's language if it is Spanish, else English.
    #[cfg(feature = "window")]
    #[must_use]
    pub fn of_system() -> Self {
        let spanish = sys_locale::get_locales()
            .next()
            .is_some_and(|locale| locale.starts_with("es"));
        if spanish { Self::Es } else { Self::En }
    }

    /// Its ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The language of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::En, Self::Es]
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// Its own name for itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
        }
    }

    /// Its texts, which name the classes of a data set.
    ///
    /// Texts live as long as the program, so that any thread can hold them. Those with a data set's
    /// own names are therefore kept too: some kilobytes for each such data set that is opened.
    #[must_use]
    pub fn text_for(self, classes: &Classes) -> &'static Text {
        static OWN: Mutex<Vec<(Language, Classes, &'static Text)>> = Mutex::new(Vec::new());
        let Some(names) = classes.names() else {
            return self.text();
        };
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = own.iter().find(|(l, c, _)| *l == self && c == classes);
        if let Some((.., text)) = known {
            return text;
        }
        let names = names.iter().map(|name| &*name.clone().leak());
        let base = match self {
            Self::En => Text::EN,
            Self::Es => Text::ES,
        };
        let text: &'static Text = Box::leak(Box::new(Text {
            classes: Vec::leak(names.collect()),
            ..base
        }));
        own.push((self, classes.clone(), text));
        text
    }

    /// Its texts.
    #[must_use]
    pub fn text(self) -> &'static Text {
        match self {
            Self::En => &Text::EN,
            Self::Es => &Text::ES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_empty_and_sentences_are_translated() {
        let (english, spanish) = (Language::En.text().all(), Language::Es.text().all());
        for ((name, en), (_, es)) in english.iter().zip(&spanish) {
            assert!(!en.trim().is_empty() && !es.trim().is_empty(), "{name}");
            // Words may be alike in both languages; sentences are not.
            let sentence = en.split(' ').count() > 2 && en.chars().any(char::is_alphabetic);
            assert!(!sentence || en != es, "{name} is not translated");
        }
    }

    #[test]
    fn languages_are_found_by_code() {
        for language in [Language::En, Language::Es] {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        assert_eq!(Language::from_code("de"), None);
    }
}
