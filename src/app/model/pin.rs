//! The value that the user has pinned: the inspector takes it apart, with the newest weights.

use convlens_core::dataset::ImageId;
use convlens_core::explore::Place;
use convlens_core::figures::MapsSettings;
use convlens_core::network::{Layer, with_maps};

/// A value of a network, by name, so that it outlives the network it was pinned in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub image: ImageId,
    /// The layer's name.
    pub layer: String,
    /// Channel of a map; unit or class of a dense layer.
    pub channel: usize,
    pub row: usize,
    pub column: usize,
}

impl Pin {
    /// Where it is in a network; in one with smaller maps or fewer channels, at their end.
    pub fn place(&self, layers: &[Layer]) -> Option<Place> {
        let layer = layers.iter().position(|layer| layer.name == self.layer)?;
        let (channels, height, width) = layers[layer].output.extent();
        Some(Place {
            layer,
            channel: self.channel.min(channels - 1),
            row: self.row.min(height - 1),
            column: self.column.min(width - 1),
        })
    }

    /// The pin after a change of what the maps show: gone with its row, and on the same map of the grid at another
    /// convolution number.
    pub fn follow(
        mut self,
        before: &MapsSettings,
        after: &MapsSettings,
        layers: &[Layer],
    ) -> Option<Self> {
        if with_maps(layers, &self.layer).is_some() {
            self.channel = (self.channel + after.convolution).saturating_sub(before.convolution);
        }
        after.images.contains(&self.image).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens_core::network::Preset;

    fn pin(layer: &str) -> Pin {
        Pin {
            image: 7.into(),
            layer: layer.to_owned(),
            channel: 20,
            row: 10,
            column: 3,
        }
    }

    #[test]
    fn a_pin_outlives_its_network_where_it_can() {
        let place = |preset: Preset, layer| pin(layer).place(&preset.spec().plan().unwrap());
        let at = |layer, channel, row, column| {
            Some(Place {
                layer,
                channel,
                row,
                column,
            })
        };
        assert_eq!(place(Preset::Conv64, "conv2"), at(2, 20, 10, 3));
        assert_eq!(place(Preset::Conv16, "conv2"), at(2, 15, 10, 3));
        assert_eq!(place(Preset::Conv16, "pool2"), at(3, 15, 4, 3));
        assert_eq!(place(Preset::Conv64, "dense1"), at(4, 20, 0, 0));
        assert_eq!(place(Preset::Dense, "conv2"), None);
    }

    #[test]
    fn a_pin_follows_the_convolution_number_and_goes_with_its_row() {
        let layers = Preset::Conv64.spec().plan().unwrap();
        let before = MapsSettings::default();
        let mut after = before.clone();
        after.convolution = before.convolution + 4;
        let channel = |layer| pin(layer).follow(&before, &after, &layers).unwrap().channel;
        assert_eq!(channel("conv1"), 24);
        assert_eq!(channel("dense2"), 20, "a class is no convolution number");
        after.toggle(7_usize);
        assert_eq!(pin("conv1").follow(&before, &after, &layers), None);
    }
}
