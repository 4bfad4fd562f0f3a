//! What layers with weights have in common: an input, weights, a bias, and their place in candle's graph.

use super::gradients::{Gradient, Node, record};
use super::tensor::floats;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};
use std::sync::Arc;

/// An operator of an input `x`, weights `w` and a bias `b`.
pub trait Layer: Send + Sync + 'static {
    /// The name in error messages.
    fn name(&self) -> &'static str;

    /// The output, from the numbers and shapes of x, w and b.
    fn forward(&self, values: [&[f32]; 3], shapes: [&Shape; 3]) -> Result<(Vec<f32>, Shape)>;

    /// The gradients of x (if it `needs` one), w and b from the gradient `dy` of the output `y`.
    fn backward(
        &self,
        inputs: [&Tensor; 3],
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Gradient, Tensor)>;
}

/// Applies a layer; the graph is recorded only if one of the tensors tracks gradients.
pub fn apply<L: Layer>(layer: L, x: &Tensor, w: &Tensor, b: &Tensor) -> Result<Tensor> {
    let recorded = Recorded(Arc::new(Applied {
        layer,
        inputs: [x, w, b].map(Clone::clone),
    }));
    if ![x, w, b].into_iter().any(Tensor::track_op) {
        return x.apply_op3_no_bwd(w, b, &recorded);
    }
    let node = Arc::clone(&recorded.0);
    let y = x.apply_op3(w, b, recorded)?;
    record(&y, &node);
    Ok(y)
}

struct Applied<L> {
    layer: L,
    inputs: [Tensor; 3],
}

impl<L: Layer> Node for Applied<L> {
    fn backward(&self, y: &Tensor, dy: &Tensor) -> Result<Vec<(Tensor, Gradient)>> {
        let [x, w, b] = &self.inputs;
        let (dx, dw, db) = self.layer.backward([x, w, b], y, dy)?;
        let all = [
            (x, dx.map(Gradient::Whole)),
            (w, Some(dw)),
            (b, Some(Gradient::Whole(db))),
        ];
        let needed = all.into_iter().filter(|(input, _)| input.track_op());
        Ok(needed
            .filter_map(|(input, gradient)| Some((input.clone(), gradient?)))
            .collect())
    }
}

/// As candle sees it. Candle's graph owns it, and so keeps [`record`]'s promise.
struct Recorded<L>(Arc<Applied<L>>);

impl<L: Layer> CustomOp3 for Recorded<L> {
    fn name(&self) -> &'static str {
        self.0.layer.name()
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
        let (y, shape) = self
            .0
            .layer
            .forward(values, [x_layout, w_layout, b_layout].map(Layout::shape))?;
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
        let (dx, dw, db) = self.0.layer.backward([x, w, b], y, dy)?;
        let dw = w.track_op().then(|| dw.tensor()).transpose()?;
        Ok((dx, dw, b.track_op().then_some(db)))
    }
}
