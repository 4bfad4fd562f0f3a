//! Which layer the Channels view shows.

use super::maps::MapsAnswer;

/// Index into the maps' layers of the one of that name, or else of the first.
pub fn layer_shown(maps: &MapsAnswer, name: Option<&str>) -> usize {
    let layers = &maps.set.activations.layers;
    let named = |name: &str| layers.iter().position(|layer| layer.name == name);
    name.and_then(named).unwrap_or(0)
}

/// Index into the network's layers of the convolution whose filters make the maps of a layer: itself,
/// or the one before a pool, which leaves a map of zeros as it is.
pub fn filters_of(maps: &MapsAnswer, layer: usize) -> Option<usize> {
    let shown = maps.set.activations.layers.get(layer)?;
    let below = maps.snapshot.model.layers().get(..=shown.layer)?;
    below.iter().rposition(|layer| layer.kind.is_conv())
}
