//! What becomes of maps and answers when the picture is moved.
//!
//! A convolution is equivariant to shifts: the map of a shifted picture is the shifted map, but for what comes in at the edge; behind strides
//! and pools that holds for shifts by whole cells (Goodfellow, Bengio and Courville 2016, "Deep Learning", section 9.2). For turning, zooming
//! and light nothing promises it.

use candle_core::Result;

use super::activations::{Activations, activations};
use super::receptive_field::{Region, uncut_receptive_field};
use crate::dataset::Picture;
use crate::dataset::picture::{Beyond, Transform};
use crate::network::{Layer, Model};

/// What a network makes of a picture and of the same picture changed.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Of the picture, and of the changed one.
    pub activations: Activations,
    /// For each layer of `activations`.
    pub layers: Vec<MovedMaps>,
}

/// The maps of a layer for the picture, moved as the picture was.
#[derive(Clone, Debug)]
pub struct MovedMaps {
    /// `(channels, height, width)`, row-major; not a number where a cell comes from beyond the map.
    pub values: Vec<f32>,
    /// Pixels of the picture from one cell to the next, `[down, right]`.
    pub pixels: [f32; 2],
}

/// How far two maps are from one another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apart {
    /// Mean of the absolute differences, over the mean of the absolute values of the moved map; 0 where both are nothing.
    pub share: f32,
    /// Cells that were compared: those that have come from within the map.
    pub cells: usize,
}

impl Moved {
    /// A channel of a layer by place in [`Activations::layers`]: its map of the picture, the same moved, and its map of the changed picture.
    /// `None` where there is no such map.
    #[must_use]
    pub fn maps(&self, layer: usize, channel: usize) -> Option<[&[f32]; 3]> {
        let maps = self.activations.layers.get(layer)?;
        let cells = maps.height * maps.width;
        let moved = self.layers.get(layer)?.values.get(channel * cells..)?;
        let moved = moved.get(..cells)?;
        Some([maps.map(0, channel)?, moved, maps.map(1, channel)?])
    }

    /// How far the moved maps of a layer, all channels together, are from those of the changed picture.
    #[must_use]
    pub fn apart(&self, layer: usize) -> Option<Apart> {
        let moved = &self.layers.get(layer)?.values;
        let of_changed = self
            .activations
            .layers
            .get(layer)?
            .values
            .get(moved.len()..)?;
        Some(apart(moved, of_changed))
    }
}

/// The same of two maps; cells of `moved` that are not numbers are left out.
#[must_use]
pub fn apart(moved: &[f32], of_changed: &[f32]) -> Apart {
    let (mut difference, mut whole, mut cells) = (0.0_f64, 0.0_f64, 0);
    for (moved, changed) in moved
        .iter()
        .zip(of_changed)
        .filter(|(moved, _)| !moved.is_nan())
    {
        difference += f64::from((changed - moved).abs());
        whole += f64::from(moved.abs());
        cells += 1;
    }
    Apart {
        share: if difference == 0.0 {
            0.0
        } else {
            (difference / whole) as f32
        },
        cells,
    }
}

/// What the network makes of a picture before and after a change.
///
/// # Errors
/// A picture of another size than the network takes.
pub fn moved(model: &Model, picture: &Picture, transform: &Transform, seed: u64) -> Result<Moved> {
    let changed = transform.of(picture, seed);
    let activations = activations(model, [picture.bytes(), changed.bytes()])?;
    let layers = activations.layers.iter().map(|maps| {
        let pixels = pixels_a_cell(model.layers(), maps.layer);
        let sides = [maps.height, maps.width];
        let sources = transform.motion(pixels).sources(sides, Beyond::Nothing);
        let sources: Vec<_> = sources.collect();
        let maps_moved = (0..maps.channels).filter_map(|channel| maps.map(0, channel));
        let values = maps_moved.flat_map(|map| {
            sources.iter().map(|source| match source {
                Some(source) => source.mix(|row, column| map[row * maps.width + column]),
                None => f32::NAN,
            })
        });
        MovedMaps {
            values: values.collect(),
            pixels,
        }
    });
    let layers = layers.collect();
    Ok(Moved {
        activations,
        layers,
    })
}

/// Pixels from what one cell of a layer's maps sees to what the next one sees, `[down, right]`: the strides on the way, multiplied.
fn pixels_a_cell(layers: &[Layer], layer: usize) -> [f32; 2] {
    let sees = |row, column| uncut_receptive_field(layers, layer, Region::cell(row, column));
    let (Some(first), Some(below), Some(right)) = (sees(0, 0), sees(1, 0), sees(0, 1)) else {
        return [1.0; 2];
    };
    let pixels = [below.row - first.row, right.column - first.column];
    pixels.map(|pixels| pixels.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::synthetic;
    use crate::network::weights;

    /// Exact where it must be: whole cells, a convolution without padding, what has come from within.
    #[test]
    fn the_map_of_a_shifted_picture_is_the_shifted_map() {
        let model = weights::built_in().unwrap();
        let picture = synthetic(1, 9).test.picture(4);
        for (shift, layers) in [
            ([1.0, 0.0], 1),
            ([-3.0, 2.0], 1),
            ([2.0, -4.0], 3),
            ([4.0, 8.0], 4),
        ] {
            let transform = Transform {
                shift,
                ..Transform::default()
            };
            let moved = moved(&model, &picture, &transform, 0).unwrap();
            for layer in 0..layers {
                let maps = &moved.activations.layers[layer];
                let apart = moved.apart(layer).unwrap();
                assert!(apart.share < 1e-5, "{shift:?} {}: {apart:?}", maps.name);
                let pixels = moved.layers[layer].pixels;
                let lost = [0, 1].map(|axis| (shift[axis].abs() / pixels[axis]) as usize);
                let kept = (maps.height - lost[0]) * (maps.width - lost[1]);
                assert_eq!(apart.cells, kept * maps.channels);
                assert!(kept > 0);
            }
        }
        // A shift by one is half a cell behind the first pool, and a turn is no shift.
        let odd = Transform {
            shift: [1.0, 0.0],
            ..Transform::default()
        };
        let apart = super::moved(&model, &picture, &odd, 0)
            .unwrap()
            .apart(1)
            .unwrap();
        assert!(apart.share > 0.01, "{apart:?}");
        let turned = Transform {
            turn: 30.0,
            ..Transform::default()
        };
        let apart = super::moved(&model, &picture, &turned, 0)
            .unwrap()
            .apart(0)
            .unwrap();
        assert!(apart.share > 0.1, "{apart:?}");
    }
}
