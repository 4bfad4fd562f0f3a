//! What the view of the whole network asks, and what came of it.

use crate::app::model::data::PicturesKey;
use crate::app::model::pin::Pin;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::{DatasetId, ImageId};
use convlens_core::explore::{Overview, WeightPlace};
use convlens_core::network::Layer;

/// Channels of a layer that are shown, at least and at most.
pub const MOST: std::ops::RangeInclusive<usize> = 2..=16;

/// What is shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverviewSettings {
    /// Channels of a layer.
    pub most: usize,
    /// A channel or unit whose sum is shown, by the layer's name.
    pub chosen: Option<(String, usize)>,
    /// The place, row by row, whose sum is shown of the chosen channel's map; `None` for the sums of the whole map.
    pub pixel: Option<usize>,
    /// Whether it is gone through backward, and from what.
    pub backward: Option<BackFrom>,
    /// The weight whose gradient is taken apart then.
    pub weight: Option<WeightPlace>,
}

impl OverviewSettings {
    /// The value whose sum is shown, in a network of these layers.
    pub fn pin(&self, image: ImageId, layers: &[Layer]) -> Option<Pin> {
        let (layer, channel) = self.chosen.clone()?;
        let place = self.pixel.filter(|_| self.backward.is_none())?;
        let found = layers.iter().find(|other| other.name == layer)?;
        let (_, _, width) = found.output.extent();
        Some(Pin {
            image,
            layer,
            channel,
            row: place / width.max(1),
            column: place % width.max(1),
        })
    }
}

/// Of what the gradient is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackFrom {
    /// The loss; of a picture without a label the score of the likeliest class.
    #[default]
    Loss,
    /// The score of a class.
    Class(u8),
}

impl Default for OverviewSettings {
    fn default() -> Self {
        Self {
            most: 6,
            chosen: None,
            pixel: None,
            backward: None,
            weight: None,
        }
    }
}

/// Everything that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverviewAsked {
    pub whose: Whose,
    pub pictures: PicturesKey,
    pub image: ImageId,
    pub most: usize,
    /// The convolution number of all views.
    pub convolution: usize,
    pub backward: Option<BackFrom>,
    pub weight: Option<WeightPlace>,
}

impl Asked for OverviewAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// The network looking at a picture.
pub struct Overlooked {
    pub asked: OverviewAsked,
    pub overview: Overview,
}
