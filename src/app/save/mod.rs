//! What can be saved from the window, and how: made on a thread of its own, then written to a file
//! or copied to the clipboard.

mod content;
mod make;
mod screenshot;

use std::path::PathBuf;

use super::explore::Answer;
use super::notices::{Notice, Offer};
use super::runs;
use super::state::State;
use crate::text::{Framework, Text};
use convlens_core::network::export::WeightsFormat;
use convlens_core::training::runs::package;

pub use screenshot::{Screenshot, taken};

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SaveAs {
    /// The notebook's figure as PNG.
    FigurePng,
    /// The same as SVG.
    FigureSvg,
    /// The middle of the window as PNG.
    View,
    /// The maps at every moment of a run, as animated GIF.
    Animation,
    /// All maps of the chosen images, as NPZ.
    Activations,
    /// The epochs of the run looked at, as CSV.
    Epochs,
    /// Its batches, as CSV.
    Batches,
    /// The confusion matrix, as CSV.
    Confusion,
    /// How alike the maps in Compare are, as CSV.
    Similarity,
    /// The table of the compared runs, as CSV.
    Table,
    /// The weights looked at.
    Weights(WeightsFormat),
    /// The run looked at, as one file.
    Run,
    /// The teacher's lesson, with the run looked at if there is one, as one file.
    Lesson,
    /// The settings at the left as a Python program.
    Code(Framework),
}

impl SaveAs {
    /// Those that are pictures, numbers, networks, programs.
    pub const PICTURES: [Self; 4] = [
        Self::FigurePng,
        Self::FigureSvg,
        Self::View,
        Self::Animation,
    ];
    pub const NUMBERS: [Self; 6] = [
        Self::Activations,
        Self::Epochs,
        Self::Batches,
        Self::Confusion,
        Self::Similarity,
        Self::Table,
    ];
    pub const NETWORKS: [Self; 5] = [
        Self::Run,
        Self::Lesson,
        Self::Weights(WeightsFormat::Safetensors),
        Self::Weights(WeightsFormat::Keras),
        Self::Weights(WeightsFormat::KerasWeights),
    ];
    pub const PROGRAMS: [Self; 2] = [Self::Code(Framework::Keras), Self::Code(Framework::PyTorch)];

    /// Ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::FigurePng | Self::View => "png",
            Self::FigureSvg => "svg",
            Self::Animation => "gif",
            Self::Activations => "npz",
            Self::Epochs | Self::Batches | Self::Confusion | Self::Similarity | Self::Table => {
                "csv"
            }
            Self::Weights(format) => format.ending(),
            Self::Run | Self::Lesson => package::ENDING,
            Self::Code(_) => "py",
        }
    }

    /// Label, what it is for, and a file name.
    pub fn words(self, text: &Text) -> [&'static str; 3] {
        let words = &text.export;
        match self {
            Self::FigurePng => [words.figure_png, words.figure_png_hint, words.figure_file],
            Self::FigureSvg => [words.figure_svg, words.figure_svg_hint, words.figure_file],
            Self::View => [words.view, words.view_hint, words.view_file],
            Self::Animation => [words.film, text.timeline.save_hint, text.timeline.file],
            Self::Activations => [
                words.activations,
                words.activations_hint,
                words.activations_file,
            ],
            Self::Epochs => [words.epochs, words.epochs_hint, words.epochs_file],
            Self::Batches => [words.batches, words.batches_hint, words.batches_file],
            Self::Confusion => [words.confusion, words.confusion_hint, words.confusion_file],
            Self::Similarity => [
                words.similarity,
                words.similarity_hint,
                words.similarity_file,
            ],
            Self::Table => [words.runs, text.runs.save_table_hint, text.runs.table_file],
            Self::Weights(WeightsFormat::Safetensors) => {
                [words.weights, words.weights_hint, words.network_file]
            }
            Self::Weights(WeightsFormat::Keras) => {
                [words.keras, words.keras_hint, words.network_file]
            }
            Self::Weights(WeightsFormat::KerasWeights) => [
                words.keras_weights,
                words.keras_weights_hint,
                words.network_file,
            ],
            Self::Run => [words.run, words.run_hint, words.run_file],
            Self::Lesson => [words.lesson, words.lesson_hint, words.lesson_file],
            Self::Code(Framework::Keras) => [
                words.keras_code,
                words.keras_code_hint,
                words.keras_program_file,
            ],
            Self::Code(Framework::PyTorch) => [
                words.pytorch_code,
                words.pytorch_code_hint,
                words.pytorch_program_file,
            ],
        }
    }

    /// Its file name with the ending; of what a run's weights give it has the run's number.
    pub fn file_name(self, state: &State) -> String {
        let text = state.text();
        let [.., name] = self.words(text);
        let run = match self {
            Self::View | Self::Table | Self::Lesson | Self::Code(_) => None,
            _ => state.run_looked_at(),
        };
        let name = run.map_or_else(
            || name.to_owned(),
            |run| {
                let number = format!("{}-{}", text.export.run_file, run.number());
                match self {
                    Self::Run => number,
                    _ => format!("{number}-{name}"),
                }
            },
        );
        self.with_ending(name.into()).display().to_string()
    }

    /// The path with this ending, unless it has it.
    pub fn with_ending(self, path: PathBuf) -> PathBuf {
        let ending = format!(".{}", self.ending());
        let name = path.file_name().map(|name| name.to_string_lossy());
        let has_it = name.is_some_and(|name| name.to_ascii_lowercase().ends_with(&ending));
        if has_it {
            return path;
        }
        let mut name = path.into_os_string();
        name.push(ending);
        name.into()
    }

    /// Whether it can be copied to the clipboard: a picture or a text.
    pub fn can_be_copied(self) -> bool {
        !matches!(
            self,
            Self::FigureSvg
                | Self::Animation
                | Self::Activations
                | Self::Weights(_)
                | Self::Run
                | Self::Lesson
        )
    }

    /// Why there is nothing to save, if so.
    pub fn why_not(self, state: &State) -> Option<&'static str> {
        let text = &state.text().export;
        let no_maps = || {
            let maps = state.maps.answer();
            maps.is_none_or(|maps| maps.set.activations.layers.is_empty())
        };
        let (is_missing, why) = match self {
            Self::FigurePng | Self::FigureSvg => (no_maps(), text.no_maps),
            Self::Activations => (state.maps.answer().is_none(), text.no_maps),
            Self::Epochs | Self::Batches | Self::Run | Self::Animation => {
                (state.run_looked_at().is_none(), text.no_run)
            }
            Self::Confusion => (state.test_set.verdict().is_none(), text.no_confusion),
            Self::Similarity => {
                let compared = state.compared.answer();
                (
                    compared.is_none_or(|compared| compared.matrix.is_none()),
                    text.no_similarity,
                )
            }
            Self::Lesson => (state.preferences.lesson.folder.is_none(), text.no_lesson),
            Self::Table => (state.runs.list.is_empty(), text.no_run),
            Self::Code(_) => (state.outline.error.is_some(), text.impossible_network),
            Self::View | Self::Weights(_) => (false, ""),
        };
        is_missing.then_some(why)
    }
}

/// Where something goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// A file; one of that name is replaced.
    File(PathBuf),
    Clipboard,
}

/// Saves to a file, but asks first if there is one of that name.
pub fn ask_and_save(state: &mut State, what: SaveAs, path: PathBuf) {
    let file = path.clone();
    let job = move || -> Answer {
        let exists = file.exists();
        Box::new(move |state: &mut State| {
            if exists {
                let message = state.text().replaces(&file);
                let offers = vec![Offer::ReplaceFile(what, file)];
                state.notices.push(Notice::question(message, offers));
            } else {
                save(state, what, Target::File(file));
            }
        })
    };
    state.saver.ask(path, Box::new(job));
}

/// Makes it and writes or copies it, on the saver's thread.
pub fn save(state: &mut State, what: SaveAs, target: Target) {
    match (what, target) {
        (SaveAs::View, target) => state.screenshot = Some(Screenshot::wanted(target)),
        (SaveAs::Animation, Target::File(path)) => runs::save_film(state, path),
        (what, target) => {
            if let Some(make) = make::make(state, what) {
                run(state, make, target);
            }
        }
    }
}

/// Writes or copies what `make` gives.
fn run(
    state: &mut State,
    make: impl FnOnce() -> Result<content::Content, String> + Send + 'static,
    target: Target,
) {
    let text = state.text();
    let (question, folder) = match &target {
        Target::File(path) => (path.clone(), path.parent().map(PathBuf::from)),
        Target::Clipboard => (PathBuf::new(), None),
    };
    let job = move || -> Answer {
        let made = make();
        let done = made.and_then(|content| match target {
            Target::File(path) => {
                let written = content.write(&path, text);
                written.map(|()| (text.saved_as(&path), None))
            }
            Target::Clipboard => Ok((text.export.copied.to_owned(), content.clip())),
        });
        Box::new(move |state: &mut State| match done {
            Ok((message, clip)) => {
                // Where something was saved the next will be; a folder that failed is not proposed again.
                state.preferences.figure_folder = folder.or(state.preferences.figure_folder.take());
                state.clip = clip.or(state.clip.take());
                state.notices.push(Notice::done(message));
            }
            Err(message) => state.notices.push(Notice::error(message)),
        })
    };
    state.saver.ask(question, Box::new(job));
}

/// What the clipboard is to hold.
pub enum Clip {
    Text(String),
    Picture(eframe::egui::ColorImage),
}

/// Puts on the clipboard what was made for it.
pub fn put_on_clipboard(state: &mut State, ctx: &eframe::egui::Context) {
    match state.clip.take() {
        Some(Clip::Text(text)) => ctx.copy_text(text),
        Some(Clip::Picture(picture)) => ctx.copy_image(picture),
        None => {}
    }
}

/// The folder that a path is proposed in.
pub fn folder(state: &State) -> PathBuf {
    let last = state.preferences.figure_folder.clone();
    last.or_else(|| etcetera::home_dir().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_get_their_ending_once() {
        let name = |what: SaveAs, name: &str| what.with_ending(name.into()).display().to_string();
        assert_eq!(name(SaveAs::Table, "runs"), "runs.csv");
        assert_eq!(name(SaveAs::Table, "runs.CSV"), "runs.CSV");
        assert_eq!(name(SaveAs::Animation, "v1.2"), "v1.2.gif");
        let keras = SaveAs::Weights(WeightsFormat::KerasWeights);
        assert_eq!(name(keras, "a.h5"), "a.h5.weights.h5");
        assert_eq!(name(keras, "a.weights.h5"), "a.weights.h5");
    }
}
