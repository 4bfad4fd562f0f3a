//! What the Filters view asks for: kernels, and probabilities with and without some filters.

use crate::app::model::data::PicturesKey;
use crate::app::model::slot::Slot;
use crate::app::model::whose::{Asked, Whose};
use convlens_core::dataset::{DatasetId, Gallery, ImageId};
use convlens_core::explore::{Ablation, FilterStep, Kernels};
use convlens_core::lessons::ShownPart;
use convlens_core::render::ValueRange;

/// Where the search for a preferred input begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PreferredFrom {
    #[default]
    Grey,
    Noise,
    /// The picture at hand.
    Image(ImageId),
}

/// The newest answers.
#[derive(Default)]
pub struct FiltersAnswers {
    pub kernels: Slot<KernelsAsked, KernelsAnswer>,
    pub probabilities: Slot<ProbabilitiesAsked, Probabilities>,
    pub next_step: Slot<NextStepAsked, FilterStep>,
    /// Where the search for what a filter answers to begins.
    pub preferred_from: PreferredFrom,
    /// The part of the view that the lesson speaks of, and which wish of it this is: it is scrolled to.
    pub look_at: Option<(ShownPart, u64)>,
    /// The tiles show what each filter answers to most, not its kernel.
    pub shows_preferred: bool,
}

impl FiltersAnswers {
    /// Whether every question is answered.
    pub fn is_settled(&self) -> bool {
        self.kernels.is_settled() && self.probabilities.is_settled() && self.next_step.is_settled()
    }
}

/// Which kernels.
#[derive(Clone, Debug, PartialEq)]
pub struct KernelsAsked {
    pub whose: Whose,
    /// Index into the network's layers.
    pub layer: usize,
}

impl Asked for KernelsAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, None)
    }
}

/// Which filter's next step, of a run that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct NextStepAsked {
    pub whose: Whose,
    /// Index into the network's layers.
    pub layer: usize,
    pub filter: usize,
}

impl Asked for NextStepAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, None)
    }
}

/// The kernels of a layer.
pub struct KernelsAnswer {
    /// Whose they are.
    pub whose: Whose,
    /// Index into the network's layers.
    pub layer: usize,
    pub kernels: Kernels,
    /// Lowest and highest weight of all filters.
    pub range: ValueRange,
}

/// Which probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbabilitiesAsked {
    pub whose: Whose,
    pub pictures: PicturesKey,
    pub images: Vec<ImageId>,
    pub ablation: Ablation,
}

impl Asked for ProbabilitiesAsked {
    fn about(&self) -> (&Whose, Option<DatasetId>) {
        (&self.whose, self.pictures.0)
    }
}

/// Class probabilities of the chosen images.
pub struct Probabilities {
    pub images: Vec<ImageId>,
    pub gallery: Gallery,
    /// A row an image, of the whole network.
    pub before: Vec<Vec<f32>>,
    /// Without the filters that are off; `None` if all are on.
    pub after: Option<Vec<Vec<f32>>>,
}
