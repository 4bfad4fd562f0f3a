//! Which class an explanation is about, and which other one it is held against.

/// Why this class, or why this one and not that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClassQuestion {
    /// The class asked about.
    pub class: usize,
    /// The class that it is held against, if any.
    pub against: Option<usize>,
}

impl From<usize> for ClassQuestion {
    /// Why this class.
    fn from(class: usize) -> Self {
        Self {
            class,
            against: None,
        }
    }
}
