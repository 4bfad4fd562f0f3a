//! The lesson as data: steps in Markdown, what each shows, asks and lets predict.
//!
//! A step is a file: TOML between two lines `+++`, then Markdown. The built-in lesson is in
//! `assets/lessons`, a folder a language; a teacher can have a folder of her own, which is read with
//! bounds and reported line by line where it is wrong. `docs/lessons.md` says what a file
//! may hold. What a step wants shown is a list of [`Show`]: who shows it is not known here.

mod built_in;
mod by_hand;
mod error;
mod folder;
mod parse;
mod prediction;
mod read;
mod sent;
mod show;
mod step;

pub use built_in::{built_in, built_in_files, copy_built_in};
pub use by_hand::{ByHand, HandKernel, HandOperation, HandPicture};
pub use error::{Expected, LessonError, LessonFault};
pub use folder::{MAX_FILE_BYTES, MAX_STEPS, read_both, read_folder};
pub use parse::parse_step;
pub use prediction::{Caution, Guess, Measured, Outcome, Predicted, Spread, Trend};
pub use sent::{Keep, check, default_folder, is_lesson, keep, to_send};
pub use show::{
    Experiment, MAX_IMAGES, MAX_RUNS, Settings, Show, ShownPart, ShownView, ShownWeights,
};
pub use step::{Check, Exercise, Lesson, Step};
