//! What the view "Why this class?" asks, and what came of it.

use crate::app::model::data::PicturesKey;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::{DatasetId, ImageId, Picture};
use convlens_core::explore::{
    GradCam, OcclusionMap, OcclusionPatch, Region, Saliency, SaliencyMethod,
};

/// What the view is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplainSettings {
    /// `None`: the predicted one.
    pub class: Option<usize>,
    /// And why not this one.
    pub against: Option<usize>,
    pub patch: OcclusionPatch,
    /// The layer whose maps Grad-CAM weighs, by name; `None`, and where the network has no such: the usual one.
    pub layer: Option<String>,
    /// How the score answers to each pixel, in place of Grad-CAM.
    pub saliency: Option<SaliencyMethod>,
}

/// Everything that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainAsked {
    pub whose: Whose,
    pub pictures: PicturesKey,
    pub image: ImageId,
    /// `None`: the predicted one.
    pub class: Option<usize>,
    pub against: Option<usize>,
    pub patch: OcclusionPatch,
    pub layer: Option<String>,
    pub saliency: Option<SaliencyMethod>,
}

impl Asked for ExplainAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// What speaks for a class.
pub struct Explained {
    pub asked: ExplainAsked,
    pub picture: Picture,
    pub label: Option<u8>,
    pub predicted: usize,
    pub class: usize,
    /// The class that it is held against, and its probability.
    pub against: Option<(usize, f32)>,
    pub occlusion: OcclusionMap,
    /// The mean drop over each pixel.
    pub drops: Vec<f32>,
    pub grad_cam: Option<GradCam>,
    pub saliency: Option<Saliency>,
    /// What each cell of the Grad-CAM sees of the picture, row by row.
    pub fields: Vec<Region>,
}
