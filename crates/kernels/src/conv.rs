//! The convolution operators as candle sees them.

use super::Padding;
use super::backward::{Alive, Backward};
use super::forward::Forward;
use super::geometry::Geometry;
use super::gradients::Gradient;
use super::kernel;
use super::layer::{Layer, apply};
use super::tensor::{tensor, with_floats};
use candle_core::{Result, Shape, Tensor, bail};
use std::sync::OnceLock;

/// Convolution, bias and `ReLU`: `x (images, height, width, channels)` → `(images, height', width', filters)`.
///
/// `w` is `(kernel, kernel, channels, filters)` with a kernel of 1, 3, 5 or 7, `b` is `(filters,)`. `height' = height` with same
/// padding, `height + 1 − kernel` with valid. `relu'(0)` is 0.
///
/// # Errors
/// If a tensor is not contiguous f32 on the CPU, shapes do not fit, the map is smaller than the kernel, or a picture or the weights have
/// about 2³² numbers or more.
pub fn conv_relu(x: &Tensor, w: &Tensor, b: &Tensor, padding: Padding) -> Result<Tensor> {
    Convolution::new("conv_relu", padding, true, false).apply(x, w, b)
}

/// Convolution, bias, `ReLU` and 2×2 max-pooling with stride 2 (an odd last row or column is dropped); as [`conv_relu`] otherwise.
///
/// # Errors
/// As [`conv_relu`].
pub fn conv_relu_pool(x: &Tensor, w: &Tensor, b: &Tensor, padding: Padding) -> Result<Tensor> {
    Convolution::new("conv_relu_pool", padding, true, true).apply(x, w, b)
}

/// Convolution and bias, the values before `ReLU`. For display: the result carries no gradient.
///
/// # Errors
/// As [`conv_relu`].
pub fn conv(x: &Tensor, w: &Tensor, b: &Tensor, padding: Padding) -> Result<Tensor> {
    Convolution::new("conv", padding, false, false).apply(&x.detach(), &w.detach(), &b.detach())
}

struct Convolution {
    name: &'static str,
    padding: Padding,
    relu: bool,
    pool: bool,
    /// Whether a backward pass may follow.
    tracked: bool,
    /// The position of the maximum of each window, kept for the backward pass.
    codes: OnceLock<Vec<u8>>,
}

impl Convolution {
    fn new(name: &'static str, padding: Padding, relu: bool, pool: bool) -> Self {
        Self {
            name,
            padding,
            relu,
            pool,
            tracked: false,
            codes: OnceLock::new(),
        }
    }

    fn apply(mut self, x: &Tensor, w: &Tensor, b: &Tensor) -> Result<Tensor> {
        self.tracked = [x, w, b].into_iter().any(Tensor::track_op);
        apply(self, x, w, b)
    }
}

impl Layer for Convolution {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forward(&self, [x, w, b]: [&[f32]; 3], shapes: [&Shape; 3]) -> Result<(Vec<f32>, Shape)> {
        let geometry = Geometry::new(self.name, shapes, self.padding, self.pool)?;
        let length = geometry.images * geometry.output_length();
        let mut out = vec![0.0; length];
        let mut codes = (self.pool && self.tracked).then(|| vec![0; length]);
        if geometry.images > 0 {
            kernel::run(Forward {
                geometry,
                relu: self.relu,
                x,
                w,
                b,
                out: &mut out,
                codes: codes.as_deref_mut(),
            });
        }
        if let Some(codes) = codes {
            self.codes.get_or_init(|| codes);
        }
        Ok((out, geometry.output_shape()))
    }

    fn backward(
        &self,
        [x, w, b]: [&Tensor; 3],
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Gradient, Tensor)> {
        let geometry = Geometry::new(
            self.name,
            [x.shape(), w.shape(), b.shape()],
            self.padding,
            self.pool,
        )?;
        let mut dx = x.track_op().then(|| vec![0.0; x.elem_count()]);
        let (mut dw, mut db) = (vec![0.0; w.elem_count()], vec![0.0; b.elem_count()]);
        with_floats(self.name, [x, w, y, dy], |values| {
            let &[x, w, y, dy] = values else {
                unreachable!("as many slices as tensors")
            };
            let alive = match (self.pool, self.codes.get()) {
                (false, _) => Alive::Positive(y),
                (true, Some(codes)) => Alive::Maximum(codes),
                (true, None) => bail!("{}: the forward pass has not run", self.name),
            };
            if geometry.images > 0 {
                kernel::run(Backward {
                    geometry,
                    x,
                    w,
                    dy,
                    alive,
                    dx: dx.as_deref_mut(),
                    dw: &mut dw,
                    db: &mut db,
                });
            }
            Ok(())
        })??;
        Ok((
            dx.map(|dx| tensor(dx, x.shape())).transpose()?,
            Gradient::Whole(tensor(dw, w.shape())?),
            tensor(db, b.shape())?,
        ))
    }
}
