//! The kernels of a convolution, filter by filter.

use super::test_set::{TestSetError, is_conv, not_a_convolution};
use crate::network::{Model, Shape};

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
}

/// The kernels of the convolution at `layer`.
///
/// # Errors
/// The layer is no convolution.
pub fn kernels(model: &Model, layer: usize) -> Result<Kernels, TestSetError> {
    let found = model.layers().get(layer).filter(|l| is_conv(l));
    let Some((found, parameters)) = found.zip(model.parameters(layer)) else {
        return Err(not_a_convolution(model, &(layer + 1).to_string()));
    };
    let Shape::Maps { channels, .. } = found.input else {
        return Err(not_a_convolution(model, &found.name));
    };
    let (side, _, _, filters) = parameters.weight.dims4()?;
    let weights = parameters.weight.permute((3, 2, 0, 1))?;
    Ok(Kernels {
        name: found.name.clone(),
        filters,
        channels,
        side,
        weights: weights.flatten_all()?.to_vec1()?,
        biases: parameters.bias.to_vec1()?,
    })
}
