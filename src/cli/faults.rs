//! An error in the system's language, on one line.

use std::error::Error;
use std::io;

use crate::text::Text;
use convlens_core::dataset::DataError;
use convlens_core::dataset::download::DownloadError;
use convlens_core::dataset::picture::PictureError;
use convlens_core::explore::{InspectError, TestSetError};
use convlens_core::lessons::LessonError;
use convlens_core::network::SpecError;
use convlens_core::network::import::ImportError;
use convlens_core::network::weights::WeightsError;
use convlens_core::render::RenderError;
use convlens_core::training::runs::RunError;
use convlens_core::training::{ConfigError, TrainingError};

/// The words of an error and of what it came from.
#[must_use]
pub fn in_words(error: &anyhow::Error) -> String {
    let text = super::text();
    let mut links = Vec::new();
    for link in error.chain() {
        match known(text, link) {
            // Ours say what they came from themselves.
            Some(words) => {
                links.push(words);
                break;
            }
            None => links.push(link.to_string()),
        }
    }
    links.join(": ")
}

/// Any of this program's errors, in words.
fn known(text: &Text, error: &(dyn Error + 'static)) -> Option<String> {
    /// Tries one type after another.
    macro_rules! any_of {
        ($($kind:ty => $words:ident,)+) => {
            $(if let Some(error) = error.downcast_ref::<$kind>() {
                return Some(text.$words(error));
            })+
        };
    }
    any_of! {
        DataError => data_error,
        DownloadError => download_error,
        PictureError => picture_error,
        InspectError => inspect_error,
        TestSetError => test_set_error,
        SpecError => spec_error,
        ImportError => import_error,
        WeightsError => weights_error,
        RenderError => render_error,
        RunError => run_error,
        ConfigError => config_error,
        TrainingError => training_fault,
        LessonError => lesson_error,
        io::Error => system_error,
    }
    None
}
