//! The lesson that the program brings along.

use std::path::Path;
use std::{fs, io};

use super::error::LessonError;
use super::parse::parse_step;
use super::step::Lesson;

/// The files of a language, in their order.
macro_rules! files {
    ($language:literal) => {
        files!($language:
            "01-garments", "02-dense-baseline", "03-convolution", "04-kernels", "05-filters",
            "06-pooling", "07-cnn", "07b-overview", "07c-learning", "08-epochs", "08b-stop", "09-maps", "10-alike", "10b-moved",
            "10c-wanted", "11-fewer-filters",
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

/// The files of the built-in lesson, to be changed and sent: path with `/` below its folder, and content.
pub fn built_in_files() -> impl Iterator<Item = (String, &'static str)> {
    [("en", EN), ("es", ES)]
        .into_iter()
        .flat_map(|(language, files)| {
            let named = files.iter();
            named.map(move |(name, source)| (format!("{language}/{name}.md"), *source))
        })
}

/// Writes the built-in lesson into a folder of its own, which is made; one that is there already stays as it is.
///
/// # Errors
/// The folder exists, or cannot be written.
pub fn copy_built_in(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::create_dir(folder)?;
    for (path, source) in built_in_files() {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, source)?;
    }
    Ok(())
}

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
