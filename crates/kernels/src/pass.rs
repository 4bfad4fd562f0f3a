//! What the forward pass of a convolution reads and writes, for each of its algorithms.

use super::geometry::Geometry;
use super::pieces::Pieces;
use super::winograd::cut::Cut;
use std::ops::Range;

/// An algorithm. Each has its own way to lay out the weights, which is done once for all pictures, block of filters by block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Term by term.
    Direct,
    /// Winograd's, in tiles of these sizes.
    Winograd(Cut),
}

/// `ReLU(x ∗ w + b)`, pooled if the geometry says so, into `out`; codes of the maxima into `codes` when pooling (see
/// [`Window`](super::window::Window)).
pub struct Forward<'a> {
    pub geometry: Geometry,
    pub method: Method,
    /// Whether negative values become zero; with a pooling they always do.
    pub relu: bool,
    /// Whether sums over zeros alone are exactly zero, as what is bent there asks. With `relu` they always are.
    pub zeros_stay: bool,
    pub x: &'a [f32],
    /// As [`LayOut`](super::forward::LayOut) leaves them.
    pub weights: &'a [f32],
    pub b: &'a [f32],
    /// Overwritten.
    pub out: Pieces<'a, f32>,
    /// Overwritten.
    pub codes: Option<Pieces<'a, u8>>,
    /// Which blocks of filters, of two vectors each.
    pub blocks: Range<usize>,
}
