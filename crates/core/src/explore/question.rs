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

/// Index of the largest probability.
#[must_use]
pub fn most_likely(probabilities: &[f32]) -> usize {
    let best = probabilities
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(index, _)| index)
}
