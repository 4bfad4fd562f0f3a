//! What the view that changes pictures by hand asks, and what came of it.

use crate::app::model::compare::Other;
use crate::app::model::data::PicturesKey;
use crate::app::model::whose::Judged;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::picture::Transform;
use convlens_core::dataset::{DatasetId, ImageId, Picture};
use convlens_core::explore::{Moved, Way};

/// What is done to the picture, and what is shown of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TransformSettings {
    pub transform: Transform,
    /// The layer whose maps are shown, by name; the first where there is none of this name.
    pub layer: Option<String>,
    /// What the accuracy over the test set is measured against.
    pub way: Way,
    /// Whether it is measured: that takes seconds.
    pub measures: bool,
    /// A second network beside it.
    pub other: Other,
}

impl Default for TransformSettings {
    fn default() -> Self {
        Self {
            transform: Transform {
                shift: [0.0, 4.0],
                ..Transform::default()
            },
            layer: None,
            way: Way::Shift,
            measures: false,
            other: Other::None,
        }
    }
}

/// Everything that the maps depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct MovedAsked {
    pub whose: Whose,
    pub pictures: PicturesKey,
    pub image: ImageId,
    pub transform: Transform,
}

impl Asked for MovedAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// A picture, the same changed, and what the network makes of both.
pub struct MovedPicture {
    pub asked: MovedAsked,
    pub picture: Picture,
    pub changed: Picture,
    pub label: Option<u8>,
    pub moved: Moved,
}

/// Which accuracies are asked for: of which network, for which way to change pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedAsked {
    pub judged: Judged,
    pub way: Way,
}

impl Asked for ChangedAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        self.judged.about()
    }
}

/// Accuracy for each amount of [`Way::usual`], 0 to 1.
pub type Accuracies = Vec<f64>;
