//! What can be saved from the window, and where it goes.

use crate::paper::Paper;
use crate::text::{Framework, Text};
use convlens_core::network::export::WeightsFormat;
use convlens_core::training::runs::package;
use eframe::egui::{ColorImage, Rect};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SaveAs {
    /// The notebook's figure as PNG.
    FigurePng,
    /// The same as SVG.
    FigureSvg,
    /// The middle of the window as PNG.
    View,
    /// The same as SVG.
    ViewSvg,
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
    /// The points of the view of that name, as CSV.
    Points,
    /// The table of the compared runs, as CSV.
    Table,
    /// The numbers that the view on screen draws, as CSV.
    Shown,
    /// The weights looked at.
    Weights(WeightsFormat),
    /// The run looked at, as one file.
    Run,
    /// The teacher's lesson, with the run looked at if there is one, as one file.
    Lesson,
    /// The lesson on screen as a page of HTML.
    Paper(Paper),
    /// The compared runs with curves, maps and shows of hands as a page of HTML.
    Report,
    /// The settings at the left as a Python program.
    Code(Framework),
}

impl SaveAs {
    /// Those that are pictures, numbers, networks, programs.
    pub const PICTURES: [Self; 5] = [
        Self::FigurePng,
        Self::FigureSvg,
        Self::View,
        Self::ViewSvg,
        Self::Animation,
    ];
    pub const NUMBERS: [Self; 8] = [
        Self::Shown,
        Self::Activations,
        Self::Epochs,
        Self::Batches,
        Self::Confusion,
        Self::Similarity,
        Self::Points,
        Self::Table,
    ];
    pub const NETWORKS: [Self; 6] = [
        Self::Run,
        Self::Lesson,
        Self::Weights(WeightsFormat::Safetensors),
        Self::Weights(WeightsFormat::Keras),
        Self::Weights(WeightsFormat::KerasWeights),
        Self::Weights(WeightsFormat::Onnx),
    ];
    pub const PAPERS: [Self; 4] = [
        Self::Paper(Paper::Handout),
        Self::Paper(Paper::Worksheet),
        Self::Paper(Paper::Solutions),
        Self::Report,
    ];
    pub const PROGRAMS: [Self; 2] = [Self::Code(Framework::Keras), Self::Code(Framework::PyTorch)];

    /// Ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::FigurePng | Self::View => "png",
            Self::FigureSvg | Self::ViewSvg => "svg",
            Self::Animation => "gif",
            Self::Activations => "npz",
            Self::Epochs
            | Self::Batches
            | Self::Confusion
            | Self::Similarity
            | Self::Points
            | Self::Table
            | Self::Shown => "csv",
            Self::Weights(format) => format.ending(),
            Self::Run | Self::Lesson => package::ENDING,
            Self::Code(_) => "py",
            Self::Paper(_) | Self::Report => "html",
        }
    }

    /// Label, what it is for, and a file name.
    pub fn words(self, text: &Text) -> [&'static str; 3] {
        let words = &text.export;
        match self {
            Self::FigurePng => [words.figure_png, words.figure_png_hint, words.figure_file],
            Self::FigureSvg => [words.figure_svg, words.figure_svg_hint, words.figure_file],
            Self::View => [words.view, words.view_hint, words.view_file],
            Self::ViewSvg => [words.view_svg, words.view_svg_hint, words.view_file],
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
            Self::Points => [words.points, words.points_hint, words.points_file],
            Self::Shown => [words.shown, words.shown_hint, words.shown_file],
            Self::Table => [words.runs, text.runs.save_table_hint, text.runs.table_file],
            Self::Weights(WeightsFormat::Safetensors) => {
                [words.weights, words.weights_hint, words.network_file]
            }
            Self::Weights(WeightsFormat::Keras) => {
                [words.keras, words.keras_hint, words.network_file]
            }
            Self::Weights(WeightsFormat::Onnx) => [words.onnx, words.onnx_hint, words.network_file],
            Self::Weights(WeightsFormat::KerasWeights) => [
                words.keras_weights,
                words.keras_weights_hint,
                words.network_file,
            ],
            Self::Run => [words.run, words.run_hint, words.run_file],
            Self::Lesson => [words.lesson, words.lesson_hint, words.lesson_file],
            Self::Paper(paper) => {
                let (paper, name) = (&text.paper, paper);
                match name {
                    Paper::Handout => [paper.handout, paper.handout_hint, paper.handout_file],
                    Paper::Worksheet => {
                        [paper.worksheet, paper.worksheet_hint, paper.worksheet_file]
                    }
                    Paper::Solutions => {
                        [paper.solutions, paper.solutions_hint, paper.solutions_file]
                    }
                }
            }
            Self::Report => [text.report.label, text.report.hint, text.report.file],
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
                | Self::ViewSvg
                | Self::Animation
                | Self::Activations
                | Self::Weights(_)
                | Self::Run
                | Self::Lesson
        )
    }
}

/// Where something goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// A file; one of that name is replaced.
    File(PathBuf),
    Clipboard,
}

/// What the clipboard is to hold.
pub enum Clip {
    Text(String),
    Picture(eframe::egui::ColorImage),
}

/// A screenshot that was asked for.
pub struct Screenshot {
    pub target: Target,
    pub stage: Stage,
    /// The shapes that were drawn, not their pixels.
    pub as_shapes: bool,
}

/// How far it is.
pub enum Stage {
    /// So many frames are drawn first: the menu that it was asked from still closes.
    Waiting(u8),
    /// Of these points of the window.
    Taken(Receiver<Arc<ColorImage>>, Rect),
}

impl Screenshot {
    pub fn wanted(target: Target, as_shapes: bool) -> Self {
        Self {
            target,
            as_shapes,
            stage: Stage::Waiting(2),
        }
    }
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
