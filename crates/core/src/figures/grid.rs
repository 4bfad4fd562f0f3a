//! Which map stands where, and from which value to which its colours go.

use std::sync::Arc;

use candle_core::Result;

use super::settings::MapsSettings;
use crate::dataset::{Gallery, ImageId};
use crate::explore::{Activations, activations};
use crate::network::Model;
use crate::render::{Colormap, RangeMode, ValueRange};

/// The maps of some pictures, all layers and channels.
pub struct MapSet {
    /// The pictures, a row each.
    pub images: Vec<ImageId>,
    /// Where they are.
    pub gallery: Gallery,
    /// What the network makes of them.
    pub activations: Activations,
    /// One entry a layer of the activations.
    pub layer_ranges: Vec<LayerRanges>,
    /// Maps whose ranges the colours keep, so that two moments of a training can be compared; of
    /// the same images and layers, or they count for nothing.
    pub frozen: Option<Arc<MapSet>>,
}

impl MapSet {
    /// The maps that ranges are taken from.
    fn ranges_from(&self) -> &Self {
        let is_alike = |other: &&Self| {
            let shapes = |maps: &Self| -> Vec<_> {
                let layers = maps.activations.layers.iter();
                layers
                    .map(|layer| {
                        (
                            layer.name.clone(),
                            layer.channels,
                            layer.height,
                            layer.width,
                        )
                    })
                    .collect()
            };
            other.images == self.images && shapes(other) == shapes(self)
        };
        self.frozen.as_deref().filter(is_alike).unwrap_or(self)
    }
}

/// Ranges of one layer over all its channels and the chosen pictures.
#[derive(Clone, Copy, Debug)]
pub struct LayerRanges {
    /// After ReLU.
    pub after_relu: ValueRange,
    /// Before ReLU, of convolutions.
    pub before_relu: Option<ValueRange>,
}

/// One map on the grid: what is drawn and how.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// `height × width` values, row by row.
    pub values: &'a [f32],
    /// Columns of the map.
    pub width: usize,
    /// Rows of the map.
    pub height: usize,
    /// What the ends of the colours stand for.
    pub range: ValueRange,
    /// Which colours.
    pub colormap: Colormap,
    /// Lowest and highest value of this map.
    pub own_range: ValueRange,
    /// The channel shown; the layer's last one if the number chosen is beyond it.
    pub channel: usize,
}

/// One column: a layer at one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Index into the answer's layers.
    pub layer: usize,
    /// The channel shown.
    pub channel: usize,
    /// The number chosen is beyond the layer's channels.
    pub clamped: bool,
}

/// Computes the maps of pictures; those that the gallery has not are left out.
///
/// # Errors
/// Those of the operators.
pub fn map_set(model: &Model, gallery: &Gallery, images: &[ImageId]) -> Result<MapSet> {
    let found = images
        .iter()
        .filter_map(|&id| Some((id, gallery.pixels(id)?)));
    let (images, pictures): (Vec<ImageId>, Vec<&[u8]>) = found.unzip();
    let activations = activations(model, pictures)?;
    let layer_ranges = activations.layers.iter().map(|layer| LayerRanges {
        after_relu: ValueRange::of(&layer.values),
        before_relu: layer.before_relu.as_ref().map(ValueRange::of),
    });
    Ok(MapSet {
        images,
        gallery: gallery.clone(),
        layer_ranges: layer_ranges.collect(),
        activations,
        frozen: None,
    })
}

/// Maps side by side when one layer is shown alone.
const SIDE_BY_SIDE: usize = 4;

/// The columns that the settings ask for.
#[must_use]
pub fn columns(maps: &MapSet, settings: &MapsSettings) -> Vec<Column> {
    let layers = &maps.activations.layers;
    let at = |layer: usize, number: usize| Column {
        layer,
        channel: number.min(layers[layer].channels - 1),
        clamped: number >= layers[layer].channels,
    };
    let alone = settings
        .layer
        .as_ref()
        .and_then(|name| layers.iter().position(|layer| layer.name == *name));
    match alone {
        None => (0..layers.len())
            .map(|layer| at(layer, settings.convolution))
            .collect(),
        Some(layer) => {
            let first = at(layer, settings.convolution);
            let end = (first.channel + SIDE_BY_SIDE).min(layers[layer].channels);
            let others = (first.channel + 1..end).map(|number| at(layer, number));
            std::iter::once(first).chain(others).collect()
        }
    }
}

/// What is drawn at one place of the grid.
#[must_use]
pub fn cell<'a>(
    maps: &'a MapSet,
    settings: &MapsSettings,
    column: Column,
    row: usize,
) -> Option<Cell<'a>> {
    let layer = maps.activations.layers.get(column.layer)?;
    let before = settings.before_relu && layer.before_relu.is_some();
    let from = maps.ranges_from();
    let values_of = |maps: &'a MapSet, row| {
        let layer = maps.activations.layers.get(column.layer)?;
        if before {
            layer.map_before_relu(row, column.channel)
        } else {
            layer.map(row, column.channel)
        }
    };
    let values = values_of(maps, row)?;
    let own_range = ValueRange::of(values);
    let ranges = from.layer_ranges.get(column.layer)?;
    let range = match settings.range {
        RangeMode::PerMap => ValueRange::of(values_of(from, row)?),
        RangeMode::PerColumn => (0..from.activations.images)
            .filter_map(|row| values_of(from, row))
            .map(ValueRange::of)
            .reduce(ValueRange::union)?,
        RangeMode::PerLayer if before => ranges.before_relu?,
        RangeMode::PerLayer => ranges.after_relu,
        RangeMode::Fixed(range) => range,
    };
    let colormap = if before {
        Colormap::Diverging
    } else {
        Colormap::Inferno
    };
    Some(Cell {
        values,
        width: layer.width,
        height: layer.height,
        range,
        colormap,
        own_range,
        channel: column.channel,
    })
}
