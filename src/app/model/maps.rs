//! What the Maps view asks for: feature maps of the chosen pictures, and the arithmetic of one of their values.

use crate::app::model::data::PicturesKey;
use crate::app::model::pin::Pin;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::{DatasetId, ImageId};
use convlens_core::explore::Inspection;
use convlens_core::figures::MapSet;
use convlens_core::training::Snapshot;
use std::sync::Arc;

/// Which maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapsAsked {
    pub whose: Whose,
    /// The weights that the colours' ranges belong to, if others.
    pub frozen: Option<u64>,
    pub pictures: PicturesKey,
    pub images: Vec<ImageId>,
}

impl Asked for MapsAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// The feature maps of the chosen pictures.
pub struct MapsAnswer {
    pub asked: MapsAsked,
    /// The weights they belong to.
    pub snapshot: Arc<Snapshot>,
    pub set: MapSet,
}

/// The maps that are there already.
#[derive(Default)]
pub struct PrefetchedMaps {
    pub known: Vec<Arc<MapsAnswer>>,
    pub is_asked: bool,
}

impl PrefetchedMaps {
    /// The answer to a question not yet asked.
    pub fn get(&self, wanted: &MapsAsked) -> Option<Arc<MapsAnswer>> {
        self.known
            .iter()
            .find(|maps| maps.asked == *wanted)
            .cloned()
    }

    /// No more are on their way.
    pub fn give_up(&mut self) {
        self.is_asked = false;
    }
}

/// Which value, of which weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectAsked {
    pub whose: Whose,
    pub pictures: PicturesKey,
    pub pin: Pin,
}

impl Asked for InspectAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// The pinned value taken apart.
pub struct Inspected {
    pub asked: InspectAsked,
    pub inspection: Inspection,
    /// Name of the layer before, if there is one.
    pub layer_before: Option<String>,
    /// Rows and columns of the layer's input maps.
    pub input_size: (usize, usize),
}
