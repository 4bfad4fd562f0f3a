//! Native file dialogs as the rest knows them: what is asked for, what was chosen.

use crate::app::model::save::SaveAs;
use std::path::PathBuf;

/// A dialog to open.
pub enum Dialog {
    /// Choose the folder of a data set.
    DataFolder { title: String },
    /// Choose a picture to open.
    Picture { title: String },
    /// Choose the folder of a lesson.
    LessonFolder { title: String },
    /// Choose a model, a run or a picture to open.
    Open { title: String },
    /// Choose where to save something.
    File {
        what: SaveAs,
        title: String,
        folder: PathBuf,
        name: String,
    },
}

/// What was chosen. A cancelled dialog sends nothing.
pub enum Choice {
    DataFolder(PathBuf),
    Picture(PathBuf),
    LessonFolder(PathBuf),
    Open(PathBuf),
    /// Where to save; whether the dialog has asked about a file that is there.
    File {
        what: SaveAs,
        path: PathBuf,
        asked: bool,
    },
    /// The system opened no dialog.
    NoDialog,
}
