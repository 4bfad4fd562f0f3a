//! What can be wrong with a lesson.

use std::io;

use crate::network::SpecError;

/// A lesson that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}{}: {fault}", line.map_or(String::new(), |line| format!(", line {line}")))]
pub struct LessonError {
    /// The file or folder.
    pub file: String,
    /// The line, from 1, where the fault has one.
    pub line: Option<usize>,
    /// What is wrong.
    pub fault: LessonFault,
}

/// The faults of a step's file or of a folder of them.
#[derive(Debug, thiserror::Error)]
pub enum LessonFault {
    /// The system does not hand it out.
    #[error("it cannot be read ({0}); check the path and its permissions")]
    Unreadable(io::Error),
    /// No step in the folder.
    #[error("there is no step here; put Markdown files into it, such as 01-hello.md")]
    NoSteps,
    /// A step's name that not every system takes.
    #[error(
        "this name does not work on every system; use letters, digits, spaces, - and _, at most 100"
    )]
    BadName,
    /// It could not be put on disk.
    #[error("it cannot be written ({0}); check that the folder may be written to and has room")]
    NotWritten(io::Error),
    /// What is there is not only a lesson.
    #[error(
        "something other than a lesson is there already; rename it, or open the lesson elsewhere"
    )]
    Occupied,
    /// Too many steps in the folder.
    #[error("there are more than {0} steps here; divide the lesson into several folders")]
    TooManySteps(usize),
    /// The file is larger than any step should be.
    #[error("it is longer than {0} bytes; divide it into several steps")]
    TooLong(usize),
    /// The file is not text.
    #[error("it is not UTF-8 text; save it as UTF-8")]
    NotText,
    /// The file does not begin as a step does.
    #[error("a step begins with a line +++, its title and actions, and another line +++")]
    NoFrontMatter,
    /// The second `+++` is missing.
    #[error("the line +++ that ends the title and actions is missing")]
    Unclosed,
    /// Not TOML.
    #[error("this is not TOML: {0}")]
    Syntax(String),
    /// A field that there is not.
    #[error("there is no `{name}` here; use one of: {}", known.join(", "))]
    UnknownField {
        /// What was written.
        name: String,
        /// What may be written.
        known: &'static [&'static str],
    },
    /// A word that stands for nothing.
    #[error("`{field}` cannot be `{word}`; use one of: {}", known.join(", "))]
    UnknownWord {
        /// The field.
        field: String,
        /// What was written.
        word: String,
        /// What may be written.
        known: Vec<&'static str>,
    },
    /// A field is not there.
    #[error("`{0}` is missing; add it")]
    Missing(&'static str),
    /// A value of another kind.
    #[error("`{field}` must be {expected}")]
    WrongKind {
        /// The field.
        field: String,
        /// What it must be.
        expected: Expected,
    },
    /// A number out of its range.
    #[error("`{field}` is out of range; choose {min} to {max}")]
    OutOfRange {
        /// The field.
        field: String,
        /// The least it may be.
        min: f64,
        /// The most it may be.
        max: f64,
    },
    /// A number between others that are offered.
    #[error("`{field}` must be one of: {}", known.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))]
    NotOffered {
        /// The field.
        field: String,
        /// What may be written.
        known: Vec<usize>,
    },
    /// An action that is none: every one is a table with one key.
    #[error("an action is one name with its value in braces, such as {{ network = \"dense\" }}")]
    NotOneAction,
    /// More runs than a class waits for.
    #[error("these are more than {0} runs; take fewer networks or seeds")]
    TooManyRuns(usize),
    /// A range that ends before it begins.
    #[error("the first end of a range must be below the second, such as [0, 1]")]
    RangeEnds,
    /// A network that cannot be.
    #[error("this network can't be built: {0}")]
    Network(SpecError),
    /// Nothing to read.
    #[error("`{0}` is empty; write something or leave it out")]
    Empty(String),
    /// A kernel that is not as large as it says.
    #[error("`values` must be {0} rows of {0} numbers between -100 and 100")]
    KernelValues(usize),
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Text in quotes.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Values in square brackets, this many at least and at most.
    List(usize, usize),
    /// Fields in braces or below a heading.
    Fields,
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text => f.write_str("text in quotes"),
            Self::Whole => f.write_str("a whole number"),
            Self::Number => f.write_str("a number"),
            Self::Flag => f.write_str("true or false"),
            Self::List(min, max) => write!(f, "a list of {min} to {max} values in square brackets"),
            Self::Fields => f.write_str("fields in braces"),
        }
    }
}
