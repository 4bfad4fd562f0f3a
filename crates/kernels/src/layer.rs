//! What layers with weights have in common as operators of candle: an input, weights and a bias.

use super::tensor::floats;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

/// An operator of an input `x`, weights `w` and a bias `b`.
pub trait Layer: Send + Sync + 'static {
    /// The name in error messages.
    fn name(&self) -> &'static str;

    /// The output, from the numbers and shapes of x, w and b.
    fn forward(&self, values: [&[f32]; 3], shapes: [&Shape; 3]) -> Result<(Vec<f32>, Shape)>;

    /// The gradient of `x` from the gradient `dy` of the output `y`, if the layer passes one on.
    fn input_gradient(
        &self,
        _x: &Tensor,
        _w: &Tensor,
        _y: &Tensor,
        _dy: &Tensor,
    ) -> Result<Option<Tensor>> {
        Ok(None)
    }

    /// The gradients of `w` and `b`, likewise.
    fn weight_gradients(
        &self,
        _x: &Tensor,
        _w: &Tensor,
        _y: &Tensor,
        _dy: &Tensor,
    ) -> Result<Option<[Tensor; 2]>> {
        Ok(None)
    }
}

/// Whether a gradient of one of these is asked for.
pub fn is_tracked(tensors: [&Tensor; 3]) -> bool {
    tensors.into_iter().any(Tensor::track_op)
}

/// Applies a layer. The result carries the gradients of those of the three for which they are asked.
pub fn apply<L: Layer>(layer: L, x: &Tensor, w: &Tensor, b: &Tensor) -> Result<Tensor> {
    if is_tracked([x, w, b]) {
        x.apply_op3(w, b, Operator(layer))
    } else {
        x.apply_op3_no_bwd(w, b, &Operator(layer))
    }
}

/// As candle sees it.
struct Operator<L>(L);

impl<L: Layer> CustomOp3 for Operator<L> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        w: &CpuStorage,
        w_layout: &Layout,
        b: &CpuStorage,
        b_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let name = self.name();
        let values = [
            floats(name, x, x_layout)?,
            floats(name, w, w_layout)?,
            floats(name, b, b_layout)?,
        ];
        let shapes = [x_layout, w_layout, b_layout].map(Layout::shape);
        let (y, shape) = self.0.forward(values, shapes)?;
        Ok((CpuStorage::F32(y), shape))
    }

    fn bwd(
        &self,
        x: &Tensor,
        w: &Tensor,
        b: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let dx = if x.track_op() {
            self.0.input_gradient(x, w, y, dy)?
        } else {
            None
        };
        if !w.track_op() && !b.track_op() {
            return Ok((dx, None, None));
        }
        let weights = self.0.weight_gradients(x, w, y, dy)?;
        let (dw, db) = weights.map_or((None, None), |[dw, db]| (Some(dw), Some(db)));
        Ok((dx, dw, db))
    }
}
