//! The convolution operators as candle sees them.

use super::Padding;
use super::forward::Whole;
use super::geometry::Geometry;
use super::kernel;
use super::layer::{Layer, apply, is_tracked};
use super::operators;
use super::pool::max_pool;
use super::slide::Window;
use super::tensor::with_floats;
use candle_core::{Device, Result, Shape, Tensor};

/// Convolution, bias and `ReLU`: `x (images, height, width, channels)` → `(images, height', width', filters)`.
///
/// `w` is `(kernel, kernel, channels, filters)` with a kernel of 1, 3, 5 or 7, `b` is `(filters,)`. `height' = height` with same
/// padding, `height + 1 − kernel` with valid. Candle's `backward` passes through to all three; `relu'(0)` is 0.
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
    if is_tracked([x, w, b]) {
        // The gradient asks which of a window was the largest, which the joined operator does not keep.
        let y = Convolution::apply("conv_relu_pool", padding, true, false, [x, w, b])?;
        return max_pool(&y);
    }
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
        apply(convolution, x, w, b)
    }

    /// The window, and the gradient of the sums.
    fn sums(&self, w: &Tensor, y: &Tensor, dy: &Tensor) -> Result<(Window, Tensor)> {
        let kernel = w.dims()[0];
        let mut window = Window::square(kernel);
        if self.padding == Padding::Same {
            window = window.padded([kernel / 2; 2]);
        }
        if !self.relu {
            return Ok((window, dy.contiguous()?));
        }
        let dz = with_floats(self.name, [y, dy], |values| {
            let pairs = values[0].iter().zip(values[1]);
            let passed = pairs.map(|(y, dy)| if *y > 0.0 { *dy } else { 0.0 });
            passed.collect::<Vec<f32>>()
        })?;
        Ok((window, Tensor::from_vec(dz, y.shape(), &Device::Cpu)?))
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

    fn input_gradient(
        &self,
        x: &Tensor,
        w: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<Option<Tensor>> {
        let (window, dz) = self.sums(w, y, dy)?;
        operators::input_gradient(window, 1, [x, w], &dz).map(Some)
    }

    fn weight_gradients(
        &self,
        x: &Tensor,
        w: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<Option<[Tensor; 2]>> {
        let (window, dz) = self.sums(w, y, dy)?;
        operators::weight_gradients(window, 1, [x, w], &dz).map(Some)
    }
}
