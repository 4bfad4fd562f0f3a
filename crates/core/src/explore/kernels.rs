//! The kernels of a convolution, filter by filter.

use super::test_set::{TestSetError, is_conv, not_a_convolution};
use crate::dataset::IMAGE_SIDE;
use crate::network::{Layer, Model, Shape};

/// The kernels of one convolution. A filter is `channels × side × side` weights and a bias: as deep as
/// its input has maps.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernels {
    /// The layer's name.
    pub name: String,
    /// Number of filters.
    pub filters: usize,
    /// Maps of the layer's input, and so slices of a filter.
    pub channels: usize,
    /// Rows and columns of a slice.
    pub side: usize,
    /// `(filters, channels, side, side)`, row-major.
    pub weights: Vec<f32>,
    /// One a filter.
    pub biases: Vec<f32>,
}

impl Kernels {
    /// All weights of a filter, `(channels, side, side)`; empty where there is no such filter.
    #[must_use]
    pub fn filter(&self, filter: usize) -> &[f32] {
        let len = self.channels * self.side * self.side;
        self.weights
            .get(filter * len..(filter + 1) * len)
            .unwrap_or_default()
    }

    /// How strong each slice of a filter is: the length of the vector of its weights. One an input channel.
    #[must_use]
    pub fn strengths(&self, filter: usize) -> Vec<f32> {
        let slices = self
            .filter(filter)
            .chunks_exact((self.side * self.side).max(1));
        let length = |slice: &[f32]| slice.iter().map(|w| w * w).sum::<f32>().sqrt();
        slices.map(length).collect()
    }

    /// The input channels of the strongest slices of a filter, at most `most`, the strongest first.
    #[must_use]
    pub fn strongest(&self, filter: usize, most: usize) -> Vec<usize> {
        let strengths = self.strengths(filter);
        let mut channels: Vec<usize> = (0..strengths.len()).collect();
        channels.sort_by(|&a, &b| strengths[b].total_cmp(&strengths[a]));
        channels.truncate(most);
        channels
    }

    /// The weights of these slices of a filter, one after another.
    #[must_use]
    pub fn slices(&self, filter: usize, channels: &[usize]) -> Vec<f32> {
        let (all, len) = (self.filter(filter), self.side * self.side);
        let slices = channels
            .iter()
            .filter_map(|channel| all.get(channel * len..(channel + 1) * len));
        slices.flatten().copied().collect()
    }
}

/// Whether a layer weighs the pixels of the picture itself, so that the weights of each unit make a picture: a
/// template that the picture is compared with.
#[must_use]
pub fn has_templates(layer: &Layer) -> bool {
    !layer.has_maps() && layer.input == Shape::PICTURE
}

/// The kernels of the convolution at `layer`, or the templates of a dense layer that has some: see [`has_templates`].
///
/// # Errors
/// The layer is neither.
pub fn kernels(model: &Model, layer: usize) -> Result<Kernels, TestSetError> {
    let found = model.layers().get(layer);
    let found = found.filter(|l| is_conv(l) || has_templates(l));
    let Some((found, parameters)) = found.zip(model.parameters(layer)) else {
        return Err(not_a_convolution(model, &(layer + 1).to_string()));
    };
    let (weights, channels, side) = match found.input {
        Shape::Maps { channels, .. } if is_conv(found) => {
            let (side, ..) = parameters.weight.dims4()?;
            (parameters.weight.permute((3, 2, 0, 1))?, channels, side)
        }
        _ => (parameters.weight.t()?, 1, IMAGE_SIDE), // (units, pixels)
    };
    let biases = parameters.bias.to_vec1()?;
    Ok(Kernels {
        name: found.name.clone(),
        filters: biases.len(),
        channels,
        side,
        weights: weights.flatten_all()?.to_vec1()?,
        biases,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_slices_come_first() {
        let kernels = Kernels {
            name: "conv2".into(),
            filters: 2,
            channels: 3,
            side: 1,
            weights: vec![0.0, 0.0, 0.0, 0.5, -2.0, 1.0],
            biases: vec![0.0; 2],
        };
        assert_eq!(kernels.strengths(1), [0.5, 2.0, 1.0]);
        assert_eq!(kernels.strongest(1, 2), [1, 2]);
        assert_eq!(kernels.slices(1, &[1, 2]), [-2.0, 1.0]);
        assert!(kernels.slices(1, &[3]).is_empty());
        assert!(kernels.strengths(7).is_empty());
    }
}
