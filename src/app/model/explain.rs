//! What the view "Why this class?" asks, and what came of it.

use crate::app::model::data::PicturesKey;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::{DatasetId, ImageId, Picture};
use convlens_core::explore::{
    GradCam, OcclusionMap, OcclusionPatch, Region, Saliency, SaliencyMethod, SmallestChange,
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
    /// What stands beside the occlusion.
    pub way: Way,
}

/// A way to explain beside the occlusion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    #[default]
    GradCam,
    /// How the score answers to each pixel.
    Pixels(SaliencyMethod),
    /// A small change that makes another class of the picture.
    Change,
}

impl Way {
    /// All, in the order they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        let pixels = SaliencyMethod::ALL.into_iter().map(Self::Pixels);
        [Self::GradCam]
            .into_iter()
            .chain(pixels)
            .chain([Self::Change])
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
    pub against: Option<usize>,
    pub patch: OcclusionPatch,
    pub layer: Option<String>,
    pub way: Way,
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
    /// If it was asked for, and found.
    pub change: Option<SmallestChange>,
    /// What each cell of the Grad-CAM sees of the picture, row by row.
    pub fields: Vec<Region>,
}
