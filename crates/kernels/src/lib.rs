//! The arithmetic of a small convolutional network on the CPU: a training step that is compiled once, and the layers as custom
//! operators of candle, for every question outside of it.
//!
//! [`Step`] takes a [`Network`], a batch size and pictures, and trains on a [`Team`] of threads; [`Evaluator`] measures a set of pictures
//! on it. Weights are candle's variables in the hands of an [`Optimizer`]. [`convolution`], [`max_pool_of`], [`average_pool`],
//! [`batch_norm`], [`activate`] and [`dense`] apply one layer to tensors, on the thread that calls; so do [`conv_relu`], [`conv_relu_pool`],
//! [`max_pool`] and [`dense_relu`], the commonest kinds. Each kernel is written once and compiled for AVX-512, AVX2, SSE4.2, NEON and plain
//! code; the widest [`vector_unit`] that the processor has is taken at run time.
//!
//! Activations are `(images, height, width, channels)`, convolution weights `(rows, columns, in / groups, out)`, dense weights
//! `(in, out)`; all f32, contiguous, on the CPU. A wrong shape or type is an error, never a panic.
//!
//! ```
//! use candle_core::{Device, Tensor, Var};
//! use convlens_kernels::{
//!     Activation, Batch, Network, Operator, Optimizer, OptimizerConfig, Padding, Step, Team, Training,
//! };
//!
//! // Two 6×6 pictures: one bright above, the other below.
//! let pixels: Vec<u8> = (0..72).map(|pixel| if (pixel / 18) % 3 == 0 { 255 } else { 0 }).collect();
//! let batch = Batch { pixels: &pixels, labels: &[0, 1], rows: &[0, 1] };
//!
//! let network = Network::chain([6, 6, 1], [
//!     Operator::convolution(3, 8, Padding::Valid),
//!     Operator::max_pool(),
//!     Operator::dense(2, Activation::None),
//! ]);
//! let weights = |shape: &[usize]| {
//!     let numbers = Tensor::arange(0.0_f32, shape.iter().product::<usize>() as f32, &Device::Cpu)?;
//!     Var::from_tensor(&numbers.sin()?.affine(0.3, 0.0)?.reshape(shape)?) // any small numbers that differ
//! };
//! let variables = [weights(&[3, 3, 1, 8])?, weights(&[8])?, weights(&[2 * 2 * 8, 2])?, weights(&[2])?];
//!
//! let mut step = Step::new(&network, 2, Training::default())?;
//! let mut team = Team::new(2, "example").map_err(candle_core::Error::wrap)?;
//! let mut optimizer = Optimizer::new(variables.to_vec(), OptimizerConfig::default());
//! let mut losses = Vec::new();
//! for _ in 0..20 {
//!     losses.push(step.train(&mut team, &mut optimizer, batch)?.loss); // changes the variables in place
//! }
//! assert!(losses[19] < losses[0]);
//! # Ok::<(), candle_core::Error>(())
//! ```

mod activation;
mod alive;
mod choice;
mod conv;
mod dense;
mod direct;
mod dropout;
mod forward;
mod general;
mod geometry;
mod grey;
mod join;
mod kernel;
mod layer;
mod lists;
mod loss;
mod matmul;
mod norm;
mod operators;
mod optimizer;
mod pass;
mod pieces;
mod pool;
mod pools;
mod simd;
mod slide;
mod sparse;
mod step;
mod sum;
mod team;
mod tensor;
#[cfg(test)]
mod tests;
mod tile;
mod unit;
mod window;
mod winograd;

pub use activation::Activation;
pub use conv::{conv, conv_relu, conv_relu_pool};
pub use dense::{dense, dense_relu};
pub use forward::multiplications;
pub use operators::{activate, average_pool, batch_norm, convolution, max_pool_of};
pub use optimizer::{AdamState, Moments, Optimizer, OptimizerConfig, Rule};
pub use pool::max_pool;
pub use slide::Window;
pub use step::{
    Batch, Evaluated, Evaluator, Input, Kernel, Layer, Network, Normalization, Operator, Profile,
    Step, Trained, Training,
};
pub use team::Team;
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
