//! The convolution operators as candle sees them.

use super::Padding;
use super::forward::Whole;
use super::geometry::Geometry;
use super::kernel;
use super::layer::{Layer, apply};
use candle_core::{Result, Shape, Tensor};

/// Convolution, bias and `ReLU`: `x (images, height, width, channels)` → `(images, height', width', filters)`.
///
/// `w` is `(kernel, kernel, channels, filters)` with a kernel of 1, 3, 5 or 7, `b` is `(filters,)`. `height' = height` with same
/// padding, `height + 1 − kernel` with valid. The result carries no gradient.
///
/// # Errors
/// If a tensor is not contiguous f32 on the CPU, shapes do not fit, the map is smaller than the kernel, or a picture or the weights have
/// about 2³² numbers or more.
pub fn conv_relu(x: &Tensor, w: &Tensor, b: &Tensor, padding: Padding) -> Result<Tensor> {
    Convolution::apply("conv_relu", padding, true, false, [x, w, b])
}

/// Convolution, bias, `ReLU` and 2×2 max-pooling with stride 2 (an odd last row or column is dropped); as [`conv_relu`] otherwise.
///
/// # Errors
/// As [`conv_relu`].
pub fn conv_relu_pool(x: &Tensor, w: &Tensor, b: &Tensor, padding: Padding) -> Result<Tensor> {
    Convolution::apply("conv_relu_pool", padding, true, true, [x, w, b])
}

/// Convolution and bias, the values before `ReLU`.
///
/// # Errors
/// As [`conv_relu`].
pub fn conv(x: &Tensor, w: &Tensor, b: &Tensor, padding: Padding) -> Result<Tensor> {
    Convolution::apply("conv", padding, false, false, [x, w, b])
}

struct Convolution {
    name: &'static str,
    padding: Padding,
    relu: bool,
    pool: bool,
}

impl Convolution {
    fn apply(
        name: &'static str,
        padding: Padding,
        relu: bool,
        pool: bool,
        [x, w, b]: [&Tensor; 3],
    ) -> Result<Tensor> {
        let convolution = Self {
            name,
            padding,
            relu,
            pool,
        };
        apply(convolution, &x.detach(), w, b)
    }
}

impl Layer for Convolution {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forward(&self, [x, w, b]: [&[f32]; 3], shapes: [&Shape; 3]) -> Result<(Vec<f32>, Shape)> {
        let geometry = Geometry::new(self.name, shapes, self.padding, self.pool)?;
        let mut out = vec![0.0; geometry.images * geometry.output_length()];
        if geometry.images > 0 {
            kernel::run(Whole {
                geometry,
                relu: self.relu,
                x,
                w,
                b,
                out: &mut out,
            });
        }
        Ok((out, geometry.output_shape()))
    }
}
