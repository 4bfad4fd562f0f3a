//! What the network makes of the drawing.

/// Which weights and which drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnAsked {
    pub weights: u64,
    pub drawing: u64,
}
