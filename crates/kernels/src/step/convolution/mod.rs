//! Nodes that go back through a convolution of the fast kind: bias, `ReLU` and perhaps a pooling, whose zeros are left out.
#![allow(unsafe_code)] // See `Node`.

mod input;
mod prepare;
mod update;
mod weights;

pub use input::InputGradientNode;
pub use prepare::{ArrangeNode, SpreadNode};
pub use update::UpdateWeights;
pub use weights::{Way, WeightGradientNode};

use super::super::alive::Alive;
use super::super::geometry::Geometry;
use super::super::sparse::Layout;
use super::memory::{Id, Variable};
use super::node::Context;
use std::ops::Range;

/// A convolution as its backward nodes see it.
#[derive(Clone, Copy)]
pub struct Convolution {
    pub geometry: Geometry,
    pub lanes: usize,
    pub x: Id,
    /// The output, which says where the gradient passes unless codes do.
    pub y: Id,
    pub dy: Id,
    /// Of the pooling, if there is one.
    pub codes: Option<Id>,
    pub weights: Variable,
}

impl Convolution {
    fn outputs(&self, images: &Range<usize>) -> Range<usize> {
        let length = self.geometry.output_length();
        images.start * length..images.end * length
    }

    fn inputs(&self, images: &Range<usize>) -> Range<usize> {
        let length = self.geometry.input_length();
        images.start * length..images.end * length
    }

    /// # Safety
    /// As [`View::read`](super::memory::View::read).
    unsafe fn alive<'a>(&self, context: &Context<'a>, images: &Range<usize>) -> Alive<'a> {
        let outputs = self.outputs(images);
        // SAFETY: the caller's promise.
        unsafe {
            match self.codes {
                Some(codes) => Alive::Maximum(context.view.read_bytes(codes, outputs)),
                None => Alive::Positive(context.view.read(self.y, outputs)),
            }
        }
    }

    fn layout(&self) -> Layout {
        Layout::new(&self.geometry, self.lanes)
    }
}
