//! Questions about a network and some pictures: pure functions of both.

mod ablation;
mod activations;
mod backward;
pub mod by_hand;
mod changed;
mod channels;
mod confusion;
pub mod embedding;
mod excitations;
mod grad_cam;
mod image_sets;
mod inspect;
mod kernels;
mod moved;
mod next_step;
mod occlusion;
mod overview;
mod predictions;
mod preferred;
mod question;
mod receptive_field;
mod saliency;
mod similarity;
mod smallest_change;
pub mod statistics;
mod test_set;
mod weight_difference;
mod windows;

pub use ablation::{Ablation, ablated};
pub use activations::{Activations, LayerMaps, activations};
pub use backward::{GradientOf, Gradients, LayerGradients, backward};
pub use changed::{Way, accuracy_when_changed};
pub use channels::{ChannelFigure, channel_figures, ranked_channels};
pub use confusion::{ClassTally, ConfusionMatrix};
pub use excitations::{Excitation, Excitations, FilterStatistics, excitations};
pub use grad_cam::{GradCam, grad_cam, usual_layer};
pub use image_sets::ImageSet;
pub use inspect::{
    Activated, Arithmetic, ChannelSum, ClassScore, ConvSum, DenseSum, Handed, InspectError,
    Inspection, LISTED_TERMS, NormSum, Passed, Place, PoolChoice, PoolMean, Source, Term, inspect,
};
pub use kernels::{Kernels, has_templates, kernels};
pub use moved::{Apart, Moved, MovedMaps, apart, moved};
pub use next_step::{FilterStep, StepWith, WeightStep, filter_step, step_can_be_told};
pub use occlusion::{OcclusionMap, OcclusionPatch, occlusion};
pub use overview::{
    KernelSlice, Overview, OverviewColumn, OverviewEdge, OverviewNode, OverviewOptions,
    WeightGradient, WeightPlace, WeightTerm, overview,
};
pub use predictions::{Prediction, Predictions, predictions};
pub use preferred::{
    Objective, PreferredInput, PreferredSettings, Response, Start, Target, preferred_input,
    preferred_inputs, strongest_responses, targets,
};
pub use question::{ClassQuestion, most_likely};
pub use receptive_field::{Region, receptive_field, uncut_receptive_field};
pub use saliency::{Saliency, SaliencyMethod, saliency};
pub use similarity::{
    ClassMeans, Likeness, MeanLikeness, SimilarityMatrix, difference, likeness, similarity,
};
pub use smallest_change::{SmallestChange, smallest_change};
pub use test_set::{Progress, TestSetError, conv_layer};
pub use weight_difference::{LayerDifference, largest_first, map_differences, weight_differences};
