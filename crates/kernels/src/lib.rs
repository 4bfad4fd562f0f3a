//! The layers of a small convolutional network, forward and backward, as custom operators of candle for the CPU.
//!
//! A network calls [`conv_relu`], [`conv_relu_pool`], [`max_pool`], [`dense_relu`] and [`dense`]; training closes with
//! [`softmax_cross_entropy`], [`backward`] and [`Adam::step`]. Each kernel is written once and compiled for AVX-512, AVX2, SSE4.2,
//! NEON and plain code; the widest [`vector_unit`] that the processor has is taken at run time.
//!
//! Activations are `(images, height, width, channels)`, convolution weights `(kernel, kernel, in, out)`, dense weights `(in, out)`;
//! all f32, contiguous, on the CPU. A wrong shape or type is an error, never a panic.
//!
//! ```
//! use candle_core::{Device, Tensor, Var};
//! use convlens_kernels::{Adam, AdamConfig, Padding, backward, conv_relu_pool, dense, softmax_cross_entropy};
//!
//! // Two 6×6 pictures: one bright above, the other below.
//! let pixels: Vec<f32> = (0..72).map(|pixel| if (pixel / 18) % 3 == 0 { 1.0 } else { 0.0 }).collect();
//! let x = Tensor::from_vec(pixels, (2, 6, 6, 1), &Device::Cpu)?;
//! let labels = [0, 1];
//!
//! let weights = |shape: &[usize]| {
//!     let numbers = Tensor::arange(0.0_f32, shape.iter().product::<usize>() as f32, &Device::Cpu)?;
//!     Var::from_tensor(&numbers.sin()?.affine(0.3, 0.0)?.reshape(shape)?) // any small numbers that differ
//! };
//! let (w1, b1) = (weights(&[3, 3, 1, 8])?, weights(&[8])?);
//! let (w2, b2) = (weights(&[2 * 2 * 8, 2])?, weights(&[2])?);
//! let mut adam = Adam::new(vec![w1.clone(), b1.clone(), w2.clone(), b2.clone()], AdamConfig::default());
//!
//! let mut losses = Vec::new();
//! for _ in 0..20 {
//!     let maps = conv_relu_pool(&x, &w1, &b1, Padding::Valid)?; // (2, 2, 2, 8)
//!     let logits = dense(&maps, &w2, &b2)?; // (2, 2)
//!     let (loss, _hits) = softmax_cross_entropy(&logits, &labels, labels.len())?;
//!     adam.step(&[backward(&loss)?])?; // changes the variables in place
//!     losses.push(loss.to_scalar::<f32>()?);
//! }
//! assert!(losses[19] < losses[0]);
//! # Ok::<(), candle_core::Error>(())
//! ```
//!
//! An operator works on the thread that calls it. To use several, give each a slice of the batch, a graph and a [`backward`] of its
//! own, divide every loss by the size of the whole batch, and hand all gradients to one [`Adam::step`], which adds them up in order.

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
