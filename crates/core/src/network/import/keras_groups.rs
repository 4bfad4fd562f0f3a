//! Where a Keras 3 file keeps the weights of its layers: a group for each, which holds its variables by number.

use super::array::Pair;
use super::error::ImportFault;
use super::hdf5::Hdf5;

/// Groups of layers in a Keras 3 weights file, and in those of TensorFlow 2.12 to 2.15.
pub(super) const LAYER_GROUPS: [&str; 2] = ["layers", "_layer_checkpoint_dependencies"];

/// The group that holds a group for each layer.
pub(super) fn layer_group(file: &Hdf5) -> Result<&'static str, ImportFault> {
    for group in LAYER_GROUPS {
        if !file.groups(group)?.is_empty() {
            return Ok(group);
        }
    }
    Err(ImportFault::NoWeights)
}

/// Kernel and bias of a Keras 3 layer, its variables 0 and 1; of a batch normalization also mean and variance, 2 and 3.
pub(super) fn pair(file: &mut Hdf5, group: &str, name: String) -> Result<Pair, ImportFault> {
    let [weight, bias, mean, variance] =
        [0, 1, 2, 3].map(|number| file.array(&format!("{group}/vars/{number}")));
    Ok(Pair {
        weight: weight?.ok_or_else(|| ImportFault::Missing(name.clone()))?,
        bias: bias?,
        running: mean?
            .zip(variance?)
            .map(|(mean, variance)| [mean, variance]),
        name,
    })
}
