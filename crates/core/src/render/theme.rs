//! The ground that is drawn on.

/// The colors of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// White, for paper.
    #[default]
    Light,
    /// Nearly black, for slides.
    Dark,
}
