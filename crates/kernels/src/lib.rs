//! The fast operators: every layer a network can have, forward and backward, as custom operators of candle.
//!
//! Activations are `(images, height, width, channels)`, convolution weights `(kernel, kernel, in, out)`, dense weights `(in, out)`;
//! all f32, contiguous, on the CPU. An operator works on the thread that calls it: to use several, give each a slice of the batch, a
//! graph and a [`backward`] of its own, and let one [`Adam::step`] sum them up. A wrong shape or type is an error, never a panic.

mod adam;
mod backward;
mod conv;
mod dense;
mod direct;
mod forward;
mod geometry;
mod gradients;
mod grey;
mod kernel;
mod layer;
mod lists;
mod loss;
mod matmul;
mod pool;
mod simd;
mod sparse;
mod tensor;
#[cfg(test)]
mod tests;
mod tile;
mod transposed;
mod unit;
mod window;
mod winograd;

pub use adam::{Adam, AdamConfig, AdamState, Moments};
pub use conv::{conv, conv_relu, conv_relu_pool};
pub use dense::{dense, dense_relu};
pub use forward::multiplications;
pub use gradients::{Gradients, backward};
pub use loss::softmax_cross_entropy;
pub use pool::max_pool;
pub use unit::{use_vector_unit, vector_unit, vector_units};

/// What a convolution does at the border.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Padding {
    #[default]
    /// Only whole patches: the map shrinks by kernel − 1.
    Valid,
    /// Zeros around the map, which keeps its size.
    Same,
}

/// Same padding or none, as the field writes it.
impl std::fmt::Display for Padding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Same => "same",
        })
    }
}
