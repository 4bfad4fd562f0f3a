//! The lesson that the program brings along.

use super::error::LessonError;
use super::parse::parse_step;
use super::step::Lesson;

/// The files of a language, in their order.
macro_rules! files {
    ($language:literal) => {
        files!($language:
            "01-garments", "02-dense-baseline", "03-convolution", "04-kernels", "05-filters",
            "06-pooling", "07-cnn", "08-epochs", "09-maps", "10-alike", "11-fewer-filters",
            "12-one-convolution", "13-three-convolutions", "14-dropout", "15-activation",
            "16-batch-norm", "17-words")
    };
    ($language:literal: $($name:literal),+) => {
        &[$((
            $name,
            include_str!(concat!("../../assets/lessons/", $language, "/", $name, ".md")),
        ),)+]
    };
}

const EN: &[(&str, &str)] = files!("en");
const ES: &[(&str, &str)] = files!("es");

/// The built-in lesson in Spanish for the code `es`, else in English.
///
/// # Errors
/// A file is wrong, which the tests rule out.
pub fn built_in(language: &str) -> Result<Lesson, LessonError> {
    let files = if language == "es" { ES } else { EN };
    let steps = files
        .iter()
        .map(|(name, source)| parse_step(&format!("{name}.md"), name, source));
    Ok(Lesson {
        steps: steps.collect::<Result<_, _>>()?,
    })
}
