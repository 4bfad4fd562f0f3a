//! What the network makes of the drawing.

use super::whose::{Asked, Whose};
use convlens_core::dataset::DatasetId;

/// Which weights and which drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnAsked {
    pub whose: Whose,
    pub drawing: u64,
}

impl Asked for DrawnAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, None)
    }
}
