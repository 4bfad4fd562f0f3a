//! An error in the system's language, on one line.

use std::error::Error;
use std::io;

use crate::dataset::DataError;
use crate::dataset::download::DownloadError;
use crate::dataset::picture::PictureError;
use crate::explore::{InspectError, TestSetError};
use crate::lessons::LessonError;
use crate::network::SpecError;
use crate::network::import::ImportError;
use crate::network::weights::WeightsError;
use crate::render::RenderError;
use crate::text::Text;
use crate::training::runs::RunError;
use crate::training::{ConfigError, TrainingError};

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
