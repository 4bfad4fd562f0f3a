//! What the view "Why this class?" asks, and what came of it.

use crate::app::model::data::PicturesKey;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::{DatasetId, ImageId};
use convlens_core::explore::{GradCam, OcclusionMap, OcclusionPatch, Region};

/// What the view is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplainSettings {
    /// The picture; the first row where it is no longer one.
    pub image: Option<ImageId>,
    /// `None`: the predicted one.
    pub class: Option<usize>,
    pub patch: OcclusionPatch,
}

impl ExplainSettings {
    /// The picture of these rows that the view is about: the one chosen, or else the first.
    pub fn image_among(&self, rows: &[ImageId]) -> ImageId {
        let chosen = self.image.filter(|image| rows.contains(image));
        chosen
            .or_else(|| rows.first().copied())
            .unwrap_or(ImageId::Test(0))
    }
}

/// Everything that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainAsked {
    pub whose: Whose,
    pub pictures: PicturesKey,
    pub image: ImageId,
    /// `None`: the predicted one.
    pub class: Option<usize>,
    pub patch: OcclusionPatch,
}

impl Asked for ExplainAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// What speaks for a class.
pub struct Explained {
    pub asked: ExplainAsked,
    /// 28×28 bytes.
    pub pixels: Vec<u8>,
    pub label: Option<u8>,
    pub predicted: usize,
    pub class: usize,
    pub occlusion: OcclusionMap,
    /// The mean drop over each pixel.
    pub drops: Vec<f32>,
    pub grad_cam: Option<GradCam>,
    /// What each cell of the Grad-CAM sees of the picture, row by row.
    pub fields: Vec<Region>,
}
