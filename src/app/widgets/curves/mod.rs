//! Loss and accuracy as runs go: what is drawn of them, and the two plots.

pub mod drawn;
pub mod key;
pub mod look;
pub mod plot;
pub mod series;
