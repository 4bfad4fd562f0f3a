//! Every word the window shows, in English and Spanish.
//!
//! Fixed texts are the fields of [`Text`], of which there is one value a language: a text that is
//! missing in one of them does not compile. Sentences with numbers in them are methods (in
//! `sentences` and `errors`) that match on the language, so that they cannot miss one either.

mod en;
mod errors;
mod es;
mod numbers;
mod sentences;

use serde::{Deserialize, Serialize};

pub use sentences::{ProgressWords, RunWords};

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

    /// Its texts.
    #[must_use]
    pub fn text(self) -> &'static Text {
        match self {
            Self::En => &en::TEXT,
            Self::Es => &es::TEXT,
        }
    }
}

/// Declares [`Text`] with a field for each fixed text.
macro_rules! texts {
    ($($name:ident),+ $(,)?) => {
        /// The fixed texts of one language. A field ending in `_hint` explains the control of the
        /// same name.
        #[expect(missing_docs, reason = "the texts speak for themselves")]
        pub struct Text {
            pub language: Language,
            pub classes: [&'static str; crate::dataset::CLASS_COUNT],
            $(pub $name: &'static str,)+
        }

        impl Text {
            /// Name and text of every field, for the tests.
            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }
    };
}

texts! {
    // Training
    train, train_hint, pause, pause_hint, resume, step, step_hint, stop, stop_hint,
    not_trained_yet, training, epochs, epochs_hint, batch_size, batch_size_hint,
    learning_rate, learning_rate_hint, seed, seed_hint, training_images, training_images_hint,
    // Settings
    light, light_theme, dark, dark_theme,
    // Data
    data_hint, opening_data, no_data_yet, downloading, data_in_use, other_data, folder, open,
    choose_data_folder, cancel, download, download_hint, use_synthetic, synthetic_hint,
    search_again, search_hint, synthetic,
    // Network
    network, input, input_details, flatten_details, pool_details, dense_details, output_details,
    parameters,
    // Curves
    loss, accuracy, accuracy_note, epoch, each_batch, training_smoothed, training_running, test,
    // Test images
    index, add, add_hint, random, random_hint, class, all_classes, notebook_images,
    notebook_images_hint,
    // Maps
    layer, all_layers, convolution, range_label, range_hint, lowest, highest, before_relu,
    before_relu_hint, save_figure_button, save_figure_hint, save_figure, figure_file,
    figure_title, built_in_network, no_maps, all_zero, show_all_layers, show_layer_alone,
    // Notices
    dismiss, explorer_failed,
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
