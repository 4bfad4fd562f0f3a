//! Questions about a network and some pictures: pure functions of both, and the thread that
//! answers them for the window ([`Explorer`]).

mod ablation;
mod activations;
mod confusion;
mod excitations;
mod explorer;
mod kernels;
mod predictions;
mod test_set;

pub use ablation::{Ablation, ablated};
pub use activations::{Activations, LayerMaps, activations};
pub use confusion::{ClassTally, ConfusionMatrix};
pub use excitations::{Excitation, Excitations, FilterStatistics, excitations};
pub use explorer::{Explorer, Job};
pub use kernels::{Kernels, kernels};
pub use predictions::{Prediction, Predictions, predictions};
pub use test_set::{Progress, TestSetError, conv_layer};
